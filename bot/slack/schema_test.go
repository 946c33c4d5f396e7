package slack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/slack-go/slack"
)

// The schemas that Slack publishes of what it takes.
const (
	blocksSchema   = "gen-SlackBlocks.schema.json"
	modalSchema    = "gen-SlackModalView.schema.json"
	homeSchema     = "gen-SlackHomeView.schema.json"
	manifestSchema = "slack-manifest.schema.2.0.0.json"
)

// schemas holds each schema once it has been read.
var schemas sync.Map

// schema is one of Slack's schemas. It skips the test where they are not beside
// the project.
func schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	s, err := readSchema(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "":
		t.Skip("Slack's schemas are not beside the project: ", err)
	case err != nil:
		t.Fatal(err)
	}
	return s
}

// readSchema reads one of Slack's schemas, once.
func readSchema(name string) (*jsonschema.Schema, error) {
	if s, ok := schemas.Load(name); ok {
		return s.(*jsonschema.Schema), nil
	}
	path := filepath.Join("../../../shared/schemas", name)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(ecmaScript)
	s, err := c.Compile(path)
	if err != nil {
		return nil, err
	}
	schemas.Store(name, s)
	return s, nil
}

// ecmaScript compiles the expressions of schemas, which look ahead as package
// regexp does not.
func ecmaScript(expr string) (jsonschema.Regexp, error) {
	re, err := regexp2.Compile(expr, regexp2.ECMAScript)
	return expression{re}, err
}

type expression struct{ *regexp2.Regexp }

func (e expression) MatchString(s string) bool {
	ok, err := e.Regexp.MatchString(s)
	return ok && err == nil
}

// fits reports what of a value, as it is sent, Slack's schema does not allow.
func fits(t testing.TB, name string, value any) error {
	t.Helper()
	return schema(t, name).Validate(decode(t, value))
}

// fitsMessage reports what of posts Slack would refuse: what its schema does not
// allow, and what breaks its limits, of which the schema holds none.
func fitsMessage(t testing.TB, posts []post) error {
	t.Helper()
	var errs []error
	if len(posts) == 0 {
		errs = append(errs, errors.New("there is no post"))
	}
	for _, p := range posts {
		l := limits{blocks: 50}
		l.check("", decode(t, p.Blocks))
		l.atMost("the fallback", p.Text, 4000)
		l.atMost("a message", encode(p.Blocks), 12_000)
		errs = append(errs, fits(t, blocksSchema, p.Blocks), errors.Join(l.broken...))
	}
	return errors.Join(errs...)
}

func fitsModal(t testing.TB, v slack.ModalViewRequest) error {
	t.Helper()
	l := limits{blocks: 100}
	l.check("", decode(t, v.Blocks.BlockSet))
	l.atMost("the title", v.Title.Text, 24)
	l.atMost("the submit button", v.Submit.Text, 24)
	l.atMost("the metadata", v.PrivateMetadata, 3000)
	return errors.Join(fits(t, modalSchema, v), errors.Join(l.broken...))
}

func fitsHome(t testing.TB, v slack.HomeTabViewRequest) error {
	t.Helper()
	l := limits{blocks: 100}
	l.check("", decode(t, v.Blocks.BlockSet))
	return errors.Join(fits(t, homeSchema, v), errors.Join(l.broken...))
}

// decode reads a value as it is sent.
func decode(t testing.TB, value any) any {
	t.Helper()
	sent, err := jsonschema.UnmarshalJSON(strings.NewReader(encode(value)))
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// limits finds what in blocks, as they are sent, breaks a limit that Slack
// documents. Its numbers are those of the documentation, and not the bot's.
type limits struct {
	blocks int // how many there may be
	broken []error
}

func (l *limits) note(format string, args ...any) {
	l.broken = append(l.broken, fmt.Errorf(format, args...))
}

func (l *limits) atMost(what, s string, limit int) {
	if n := len(utf16.Encode([]rune(s))); n > limit {
		l.note("%s has %d characters, more than %d", what, n, limit)
	}
}

// check walks through what a field of a block holds.
func (l *limits) check(field string, value any) {
	switch v := value.(type) {
	case []any:
		l.count(field, len(v))
		for _, e := range v {
			l.check(field, e)
		}
	case map[string]any:
		if _, choice := v["value"]; choice && v["type"] == nil {
			l.atMost("an option", v["text"].(map[string]any)["text"].(string), 75)
			l.atMost("an option's value", v["value"].(string), 150)
		}
		switch v["type"] {
		case "header":
			l.atMost("a header", v["text"].(map[string]any)["text"].(string), 150)
		case "button":
			l.atMost("a button", v["text"].(map[string]any)["text"].(string), 75)
			l.atMost("a button's value", v["value"].(string), 2000)
		case "checkboxes":
			l.count("boxes", len(v["options"].([]any)))
		case "actions":
			l.count("buttons", len(v["elements"].([]any)))
		}
		for name, e := range v {
			l.check(name, e)
		}
	case string:
		l.text(field, v)
	}
}

// count checks how much there is of what a field holds.
func (l *limits) count(field string, n int) {
	most := map[string]int{"": l.blocks, "options": 100, "option_groups": 100, "boxes": 10, "buttons": 25}[field]
	if n == 0 || most > 0 && n > most {
		l.note("there are %d of %q", n, field)
	}
}

// text checks what a field says.
func (l *limits) text(field, s string) {
	switch field {
	case "text", "initial_value":
		l.atMost("a text", s, 3000)
	case "alt_text":
		l.atMost("an alt text", s, 2000)
	case "action_id", "block_id":
		l.atMost("an id", s, 255)
	}
	if field == "text" && s == "" {
		l.note("a text is empty")
	}
	if !utf8.ValidString(s) || strings.Contains(s, "\uFFFD") {
		l.note("a character was torn in %q", s)
	}
}
