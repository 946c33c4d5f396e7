package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"studycoach/content/say"
)

// Problem is one thing that is wrong with a file of a roadmap.
type Problem struct {
	File    string // its path in the directory that was read
	Line    int    // from 1
	Column  int    // from 1, in characters
	What    string // what is wrong
	Instead string // what to write instead
}

// String returns the problem on one line, as compilers report one.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", p.File, p.Line, p.Column, p.What, p.Instead)
}

// Problems are all problems of what was read, in the order of the files.
type Problems []Problem

// Error returns the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sort puts the problems in the order of the files.
func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
}

// What the platforms show, in characters. Discord:
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
// Slack: https://docs.slack.dev/reference/block-kit/blocks and, for the button,
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const (
	discordTitle       = 256
	discordDescription = 4096
	discordFieldName   = 256
	discordFieldValue  = 1024
	discordEmbeds      = 6000 // all embeds of a message together
	discordMessage     = 2000 // text outside embeds
	slackHeader        = 150
	slackSection       = 3000
	slackButton        = 75 // an option of a menu too
)

// What a roadmap may hold, in characters, so that every text fits wherever a
// platform shows it.
const (
	maxName  = min(60, slackButton)                                       // a roadmap, skill or phase
	maxTitle = min(80, discordTitle, discordFieldName, slackHeader)       // a week, unit, checkpoint or link
	maxTask  = 600                                                        // one task in one language
	maxPick  = 150                                                        // one option of a choice, beside its letter
	maxCode  = 1500                                                       // the code of a review
	maxText  = min(discordFieldValue, discordMessage, slackSection)       // any other text, and a list
	maxWhole = min(slackSection, discordDescription, discordEmbeds) - 500 // what makes up one message, beside its headings
)

// What a roadmap may ask of people.
const (
	maxHours      = 60 // a week, advised
	maxWeek       = 999
	maxUnits      = 7 // a week: one a day
	minTasks      = 2 // a unit
	maxTasks      = 4
	maxUnitTime   = 960 // minutes: what one check-in can report
	maxLines      = 40  // of code to review
	shareLatitude = 10  // per cent: how far a phase may be from the advised deep share
)

// length counts the characters of text as the stricter platform may: in UTF-16
// code units, of which an emoji takes two.
func length(text string) int { return len(utf16.Encode([]rune(text))) }

// checkText reports what must not be in any text.
func checkText(n node, text string, most int) {
	if got := length(text); got > most {
		n.report(fmt.Sprintf("keep it to %d, so that every platform can show it", most), "%s has %d characters", n.name, got)
		return // the rest need not be read
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
		n.report("remove it, or write a space", "%s holds the control character %U", n.name, []rune(text[i:])[0])
	}
	if stray := say.Stray(text); stray != "" {
		n.report(`close it, or write a backslash before it if it stands for itself`, "%s has a stray mark at %q", n.name, start(stray))
	}
}

// checkTitle reports what must not be in a text that platforms show unstyled.
func checkTitle(n node, text string) {
	switch {
	case strings.Contains(text, "\n"):
		n.report("write it on one line", "%s has several lines", n.name)
	case say.Stray(text) == "" && say.Unmarked(text) != text:
		n.report("write it without marks", "%s is shown as plain text but has marks", n.name)
	}
}

// checkWhole reports texts that together do not fit one message.
func checkWhole(n node, texts ...string) {
	total := 0
	for _, t := range texts {
		total += length(t)
	}
	if total > maxWhole {
		n.report(fmt.Sprintf("shorten it to %d, since it is shown as one message", maxWhole), "%s has %d characters in all", n.name, total)
	}
}

// checkTime reports a week outside the roadmap's hours.
func checkTime(n node, units []Unit, advised Hours) {
	total := spentOn(units).total()
	if advised.Max > 0 && (total < advised.Min*60 || total > advised.Max*60) {
		n.report(fmt.Sprintf("plan the %d to %d h of roadmap.yaml, %d to %d minutes", advised.Min, advised.Max, advised.Min*60, advised.Max*60),
			"the units of the week take %d minutes in all", total)
	}
}

// checkShare reports a phase whose time in deep mode is too far from the
// advised share.
func checkShare(n node, p Phase, advised int) {
	s := p.spent()
	if advised > 0 && s.total() > 0 && (s.share() < advised-shareLatitude || s.share() > advised+shareLatitude) {
		n.report(fmt.Sprintf("move minutes between the modes until it is %d to %d %%", max(0, advised-shareLatitude), min(100, advised+shareLatitude)),
			"%d %% of the phase's time is deep", s.share())
	}
}

// checkTasks reports times at the heads of tasks that do not add up to the
// unit's, or that differ between the variants of one task.
func checkTasks(n node, u Unit) {
	sum, timed := 0, 0
	for i, t := range u.Tasks {
		minutes, _, ok := head(t.Text)
		for _, language := range Languages() {
			if v, _, _ := head(t.In(language)); v != minutes {
				n.report("begin both with the same time", "task %d takes %d minutes, but in %s %d", i+1, minutes, language, v)
			}
		}
		if ok {
			sum, timed = sum+minutes, timed+1
		}
	}
	switch all := timed == len(u.Tasks); {
	case timed == 0 || u.Minutes() == 0:
	case all && sum != u.Minutes():
		n.report("make the times at the heads of the tasks add up to the minutes", "the tasks of %s take %d minutes, but it plans %d", u.ID, sum, u.Minutes())
	case !all && sum >= u.Minutes():
		n.report("leave some for the tasks without a time", "some tasks of %s take all of its %d minutes", u.ID, u.Minutes())
	}
}

// checkAI reports time for directing AI in which there is nothing to direct it
// to, and work for AI that no time is planned for.
func checkAI(n node, u Unit) {
	switch planned, listed := u.Delegate > 0, len(u.AI.May) > 0; {
	case n.value == nil || u.Minutes() == 0: // reported already
	case planned && !listed:
		n.report("list in may what to direct it to do, or plan delegate: 0", "%s plans %d minutes of directing AI, but may lists nothing", u.ID, u.Delegate)
	case listed && !planned:
		n.report("plan minutes in delegate, or leave may out", "may lists what to direct AI to do, but %s plans no minutes for it", u.ID)
	}
}

// start shortens text to what a message can quote.
func start(text string) string {
	const most = 24
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// hint completes a report on an unknown word with the known ones.
func hint(word string, known []string) string {
	if k := say.Nearest(word, known); k != "" {
		return fmt.Sprintf("did you mean %s?", k)
	}
	if strings.Contains(word, " ") {
		return "put the text in quotes if the colon belongs to it"
	}
	return "known are " + say.List(slices.Compact(slices.Sorted(slices.Values(known))))
}
