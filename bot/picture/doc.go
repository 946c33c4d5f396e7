// Package picture draws the two pictures a study group sees: [Week], the chart
// under a weekly summary, and [Heat], a learner's last twelve weeks.
//
// Drawing and nothing else belongs here: colours, sizes, where a mark goes.
// Words never do, and no rule of studying: every label arrives in the data,
// and so does what counts as a goal. The data is plain and small, so that a
// stored job can carry it and be drawn later, on another machine, to the same
// bytes. The package reads no store, no clock and no network, and knows of no
// chat platform; alternative text is the caller's, who has the words.
//
// A picture is a card with a background of its own, since a chat theme may be
// light or dark, and is meant to be read on a phone, 360 points wide. Any data
// gives a picture: minutes are clamped, long labels are cut, and letters the
// built-in font cannot show are left out.
package picture
