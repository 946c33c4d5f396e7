package slack

import (
	"slices"
	"strings"
	"unicode/utf8"

	"studycoach/coach"
)

// Squares from a day without study to a full one, and of a day to come.
var squareOf = []string{"·", "░", "▒", "▓", "█"}

const noSquare = " "

// squares draws a heat map in characters of one width, a column a week. App Home
// has it so: it needs no upload whenever somebody checks in, and Slack does not
// say who sees a file there.
func squares(h coach.HeatMap) string {
	names := 0
	for _, day := range h.Days {
		names = max(names, utf8.RuneCountInString(day))
	}
	margin := strings.Repeat(" ", names+1)
	lines := []string{margin + columns(h.Weeks)}
	full := h.Full
	for _, week := range h.Minutes {
		if h.Full == 0 {
			full = max(full, slices.Max(week[:]))
		}
	}
	for day, name := range h.Days {
		line := name + margin[utf8.RuneCountInString(name):]
		for _, week := range h.Minutes {
			line += square(week[day], full) + " "
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(append(lines, margin+h.LessLabel+" "+strings.Join(squareOf, " ")+" "+h.MoreLabel), "\n")
}

// square shows the minutes of a day; -1 where it has not come yet.
func square(minutes, full int) string {
	switch {
	case minutes < 0:
		return noSquare
	case minutes == 0 || full <= 0:
		return squareOf[0]
	}
	return squareOf[min((4*minutes+full-1)/full, 4)]
}

// columns writes the labels of weeks over their columns, each two characters
// wide. A label that would reach into the next one is left out.
func columns(labels []string) string {
	row := []rune{}
	for i, label := range slices.Backward(labels) {
		at, text := 2*i, []rune(label)
		if len(text) == 0 || len(row) > at && at+len(text) >= firstMark(row) {
			continue
		}
		if need := at + len(text) - len(row); need > 0 {
			row = append(row, []rune(strings.Repeat(" ", need))...)
		}
		copy(row[at:], text)
	}
	return string(row)
}

// firstMark is where the first character of a row stands that is no space.
func firstMark(row []rune) int {
	return slices.IndexFunc(row, func(r rune) bool { return r != ' ' })
}
