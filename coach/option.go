package coach

import (
	"strings"

	"studycoach/content/say"
)

// option is a part of what may follow a command, for platforms that ask for
// each part on its own.
type option struct {
	name   string
	kind   OptionKind
	after  string   // the word that it follows when it is typed
	values []string // of an OptionChoice, as they are typed
}

// texts is what is typed after most commands.
var texts = option{name: "text", kind: OptionText}

// ofCohort is the cohort that a command is about.
var ofCohort = option{name: "cohort", kind: OptionCohort}

func date(name string) option { return option{name: name, kind: OptionDate} }

func choice(name string, values ...string) option {
	return option{name: name, kind: OptionChoice, values: values}
}

// CommandOption is a part of what may follow a command. All may be left out;
// the parts that are given, in this order, are what would be typed. Only the
// cohort is not typed: it is an argument of the event.
type CommandOption struct {
	Name    string // lower-case letters
	Kind    OptionKind
	About   string // one sentence of at most 100 characters
	Choices []Option
	after   string
}

// OptionKind says what an option takes.
type OptionKind string

// The kinds of options.
const (
	OptionText   OptionKind = "text"
	OptionNumber OptionKind = "number" // from 1
	OptionDate   OptionKind = "date"   // as people write it: "friday", "5 jan", "2027-03-14"
	OptionChoice OptionKind = "choice" // one of Choices
	OptionUser   OptionKind = "user"   // an account, as the platform writes a mention of it
	OptionZone   OptionKind = "zone"   // see Coach.Suggest
	OptionUnit   OptionKind = "unit"   // see Coach.Suggest
	OptionCohort OptionKind = "cohort" // see Coach.Suggest; one of the sender's, by its id or name
	OptionGroup  OptionKind = "group"  // a group of accounts, as the platform writes a mention of it: "<@&7>" a role on Discord
)

// options describes what a command takes.
func (c *command) options() []CommandOption {
	var list []CommandOption
	for _, o := range c.takes {
		described := CommandOption{Name: o.name, Kind: o.kind, About: say.CommandOption(c.key(), o.name), after: o.after}
		if o.kind == OptionCohort {
			described.About = say.AboutCohort.String()
		}
		for _, v := range o.values {
			described.Choices = append(described.Choices, Option{Value: v, Label: say.CommandOption(c.key(), o.name+"."+v)})
		}
		list = append(list, described)
	}
	return list
}

// Read makes of the values of options, by name, the text that the command would
// be typed with, and the arguments of its event, which may be nil.
func (c Command) Read(values map[string]string) (text string, args map[string]string) {
	var words []string
	for _, o := range c.Options {
		v := strings.TrimSpace(values[o.Name])
		switch {
		case v == "":
		case o.Kind == OptionCohort:
			args = map[string]string{o.Name: v}
		case o.after != "":
			words = append(words, o.after, v)
		default:
			words = append(words, v)
		}
	}
	return strings.Join(words, " "), args
}
