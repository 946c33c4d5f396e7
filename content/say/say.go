package say

import (
	_ "embed" // the wording
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"text/template"

	"github.com/goccy/go-yaml"
)

var (
	//go:embed lines.yaml
	linesYAML []byte
	//go:embed words.yaml
	wordsYAML []byte
	//go:embed commands.yaml
	commandsYAML []byte
)

// copybook is the wording, read once and never changed.
var copybook = sync.OnceValues(func() (*book, error) { return parse(linesYAML, wordsYAML, commandsYAML) })

type book struct {
	lines    *template.Template // one template a line type
	words    map[string]string
	commands map[string]about
}

// about describes a command.
type about struct {
	Usage, About string
	Options      map[string]string
}

func parse(lines, words, commands []byte) (*book, error) {
	var sources map[string]string
	b := &book{lines: template.New("").Funcs(functions).Option("missingkey=error")}
	if err := yaml.Unmarshal(lines, &sources); err != nil {
		return nil, fmt.Errorf("lines.yaml: %w", err)
	}
	if err := yaml.Unmarshal(words, &b.words); err != nil {
		return nil, fmt.Errorf("words.yaml: %w", err)
	}
	if err := yaml.Unmarshal(commands, &b.commands); err != nil {
		return nil, fmt.Errorf("commands.yaml: %w", err)
	}
	var errs []error
	for name, source := range sources {
		if _, err := b.lines.New(name).Parse(strings.TrimSpace(source)); err != nil {
			errs = append(errs, fmt.Errorf("lines.yaml: %w", err))
		}
	}
	return b, errors.Join(errs...)
}

// Check reads the whole wording and reports what is wrong with it. A program
// calls it once at its start; after that Text and Word cannot fail.
func Check() error {
	_, err := copybook()
	return err
}

// Text renders a line: a struct of this package. The result is marked up.
// A line without a template, which the tests of this package rule out, shows
// its name.
func Text(line any) string {
	name := reflect.TypeOf(line).Name()
	b, err := copybook()
	if err != nil {
		return name
	}
	var out strings.Builder
	if err := b.lines.ExecuteTemplate(&out, name, line); err != nil {
		return name
	}
	return strings.TrimSpace(out.String())
}

// Word is the key of a text without variables: a button, a label, a hint.
type Word string

// String returns the text of the word, unmarked.
func (w Word) String() string {
	b, err := copybook()
	if err != nil || b.words[string(w)] == "" {
		return string(w)
	}
	return b.words[string(w)]
}

// CommandUsage says what may follow a command, whose name has underscores for dashes;
// empty when nothing.
func CommandUsage(command string) string { return describe(command).Usage }

// CommandAbout says in one sentence what a command does.
func CommandAbout(command string) string { return describe(command).About }

// CommandOption says in one sentence what an option of a command takes, or for
// "option.value" what that value of it means.
func CommandOption(command, option string) string { return describe(command).Options[option] }

func describe(command string) about {
	b, err := copybook()
	if err != nil {
		return about{}
	}
	return b.commands[command]
}

// functions are what templates may call beside the built-in ones.
var functions = template.FuncMap{
	"time":   Minutes,
	"hours":  Hours,
	"plural": Plural,
	"list":   List,
	"sub":    func(a, b int) int { return a - b },
	// The end of a sentence that ends with somebody else's words, which may end
	// one themselves.
	"stop":     Stop,
	"trimstop": func(s string) string { return strings.TrimSuffix(s, ".") },
}

// Stop ends a sentence with a full stop, unless s ends one.
func Stop(s string) string {
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// Minutes renders a length of time as people write it: "45 min", "1 h", "1 h 30".
func Minutes(m int) string {
	switch {
	case m < 0:
		return "-" + Minutes(-m)
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	default:
		return fmt.Sprintf("%d h %02d", m/60, m%60)
	}
}

// Hours renders a length of time in minutes to the nearest hour: "under 1 h",
// "9 h".
func Hours(m int) string {
	if m < 30 {
		return "under 1 h"
	}
	return fmt.Sprintf("%d h", (m+30)/60)
}

// Plural renders n with the form of the noun that goes with it: "1 day",
// "3 days", "no days".
func Plural(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	default:
		return fmt.Sprintf("%d %s", n, many)
	}
}

// List joins items as a sentence does: "a", "a and b", "a, b and c".
func List(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
}
