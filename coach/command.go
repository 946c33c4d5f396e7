package coach

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"studycoach/content/say"
)

// command is one row of the table that drives parsing, help and what every
// platform registers.
type command struct {
	name   string
	who    who
	hidden bool // typed by nobody: a button names it, or a platform of itself
	run    func(c *Coach, ctx context.Context, r request) (Reply, error)
	takes  []option
}

// who may use a command.
type who int

const (
	anybody  who = iota // needs no cohort
	guests              // needs a cohort, not membership
	learners            // members of the cohort
	leads
)

// order is the order of the commands in help, and the whole list of those that
// people type.
var order = []string{
	"checkin", "join", "leave", "today", "me", "why", "plan", "undo", "edit", "stuck", "board",
	"quiz", "assess", "milestone", "away", "settings", "link", "unlink", "export", "forget-me", "help",
	"setup", "cohort", "announce", "roster", "attention", "holiday", "pause", "resume", "summary", "posts", "rehearse", "room", "lead",
}

// commands is the command table.
var commands map[string]*command

func init() {
	table := []*command{
		{name: "checkin", who: learners, run: (*Coach).checkIn, takes: []option{texts, choice("mode", "deep", "ai"), {name: "unit", kind: OptionUnit}, date("day")}},
		{name: "done", who: learners, hidden: true, run: (*Coach).doneToday},
		{name: "join", who: guests, run: (*Coach).join},
		{name: "leave", who: learners, run: (*Coach).leave},
		{name: "today", who: guests, run: (*Coach).today},
		{name: "me", who: learners, run: (*Coach).me},
		{name: "why", who: learners, run: (*Coach).why, takes: []option{{name: "days", kind: OptionNumber}}},
		{name: "plan", who: guests, run: (*Coach).plan},
		{name: "undo", who: learners, run: (*Coach).undo},
		{name: "edit", who: learners, run: (*Coach).edit},
		{name: "amend", who: anybody, hidden: true, run: (*Coach).amend},
		{name: "retract", who: anybody, hidden: true, run: (*Coach).retract},
		{name: "stuck", who: learners, run: (*Coach).stuck, takes: []option{texts}},
		{name: "unstuck", who: learners, hidden: true, run: (*Coach).unstuck},
		{name: "board", who: learners, run: (*Coach).board},
		{name: "quiz", who: learners, run: (*Coach).quiz},
		{name: "reveal", who: learners, hidden: true, run: (*Coach).reveal},
		{name: "rate", who: learners, hidden: true, run: (*Coach).rate},
		{name: "assess", who: learners, run: (*Coach).assess},
		{name: "milestone", who: learners, run: (*Coach).milestone, takes: []option{texts}},
		{name: "away", who: learners, run: (*Coach).away, takes: []option{date("until")}},
		{name: "settings", who: learners, run: (*Coach).settings, takes: []option{{name: "zone", kind: OptionZone, after: "zone"}, texts}},
		{name: "link", who: anybody, run: (*Coach).link, takes: []option{{name: "code", kind: OptionText}}},
		{name: "unlink", who: learners, run: (*Coach).unlink},
		{name: "export", who: guests, run: (*Coach).export},
		{name: "forget-me", who: anybody, run: (*Coach).forgetMe},
		{name: "help", who: anybody, run: (*Coach).help},
		{name: "home", who: anybody, hidden: true, run: (*Coach).home},
		{name: "setup", who: anybody, run: (*Coach).setup},
		{name: "cohort", who: leads, run: (*Coach).showCohort, takes: []option{choice("action", "edit")}},
		{name: "announce", who: leads, run: (*Coach).announce, takes: []option{choice("action", "list"), {name: "ping", kind: OptionGroup, after: "ping"}, texts}},
		{name: "post", who: leads, hidden: true, run: (*Coach).post},
		{name: "cancel", who: leads, hidden: true, run: (*Coach).cancel},
		{name: "roster", who: leads, run: (*Coach).roster},
		{name: "attention", who: leads, run: (*Coach).attention},
		{name: "holiday", who: leads, run: (*Coach).holiday, takes: []option{choice("action", "remove"), date("days")}},
		{name: "pause", who: leads, run: (*Coach).pause},
		{name: "resume", who: leads, run: (*Coach).resume},
		{name: "summary", who: leads, run: (*Coach).showSummary, takes: []option{choice("week", "last")}},
		{name: "posts", who: leads, run: (*Coach).posts},
		{name: "resend", who: leads, hidden: true, run: (*Coach).resend},
		{name: "drop", who: leads, hidden: true, run: (*Coach).drop},
		{name: "rehearse", who: leads, run: (*Coach).rehearse, takes: []option{date("from")}},
		{name: "room", who: anybody, run: (*Coach).room, takes: []option{choice("action", "remove"), {name: "code", kind: OptionText}}},
		{name: "lead", who: leads, run: (*Coach).lead, takes: []option{choice("action", "add", "remove"), {name: "person", kind: OptionUser}}},
	}
	commands = make(map[string]*command, len(table))
	for _, cmd := range table {
		if cmd.who != anybody && cmd.name != "join" { // whoever joins means a cohort that they are not in
			cmd.takes = append(cmd.takes, ofCohort)
		}
		commands[cmd.name] = cmd
	}
}

// Verbs lists the names of all commands, those that nobody types too.
func Verbs() []string { return slices.Sorted(maps.Keys(commands)) }

// VerbOf names the command that an event is for, one of Verbs; it is empty for
// plain text and for what names none.
func VerbOf(e Event) string {
	if e.Verb == "" {
		return ""
	}
	cmd, _, err := lookup(e)
	if err != nil {
		return ""
	}
	return cmd.name
}

// Command describes a command that people type, for completion, registration
// and help.
type Command struct {
	Name    string // as typed: "/checkin", "/coach today"
	Usage   string // what may follow, such as "[time and note]"; may be empty
	Summary string // one sentence
	Lead    bool   // for leads only
	Options []CommandOption
}

// Commands lists the commands that people type, in the order of help. The list is
// not to be changed.
func Commands() []Command { return described() }

var described = sync.OnceValue(func() []Command {
	list := make([]Command, 0, len(order))
	for _, name := range order {
		typed := "/coach " + name
		if name == "checkin" {
			typed = "/checkin"
		}
		list = append(list, Command{
			Name:    typed,
			Usage:   commands[name].usage(),
			Summary: say.CommandAbout(commands[name].key()),
			Lead:    commands[name].who == leads || name == "setup" || name == "room",
			Options: commands[name].options(),
		})
	}
	return list
})

// key is the name under which package say knows a command.
func (c *command) key() string { return strings.ReplaceAll(c.name, "-", "_") }

// usage says what may follow the name of a command; nothing where it is empty.
func (c *command) usage() string { return say.CommandUsage(c.key()) }

// lookup finds the command that an event names. For "coach" it is the first
// word of the text, and the event comes back without it.
func lookup(e Event) (*command, Event, error) {
	typed := e.Verb == "coach"
	if typed {
		word, rest := firstWord(strings.TrimLeft(e.Text, "/ "))
		if strings.EqualFold(word, "coach") && rest != "" { // written out in a message
			word, rest = firstWord(rest)
		}
		e.Verb, e.Text = strings.ToLower(word), rest
	}
	if e.Verb = strings.TrimSpace(e.Verb); e.Verb == "" {
		e.Verb = "help"
	}
	if text := e.Arg("text"); text != "" && e.Text == "" {
		e.Text = text
	}
	cmd, ok := commands[e.Verb]
	if !ok || typed && cmd.hidden {
		return nil, e, refuse(say.UnknownCommand{Typed: quoted(e.Verb, 40), Near: say.Nearest(e.Verb, order)}, press(say.ButtonHelp, "help"))
	}
	return cmd, e, nil
}

// firstWord cuts text behind its first word.
func firstWord(text string) (word, rest string) {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}
