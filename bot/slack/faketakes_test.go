package slack

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What the fake is sent it holds to Slack's own schemas, and to the limits that
// are not in them. What does not fit fails the test, and is refused as well.

func (f *fakeSlack) takesBlocks(raw string) bool {
	l := limits{blocks: 50}
	l.atMost("a message", raw, 12_000)
	return f.takes(blocksSchema, raw, raw, l)
}

func (f *fakeSlack) takesModal(raw string) bool { return f.takesView(modalSchema, raw) }

func (f *fakeSlack) takesHome(raw string) bool { return f.takesView(homeSchema, raw) }

func (f *fakeSlack) takesView(name, raw string) bool {
	var v struct {
		Title    struct{ Text string }
		Submit   struct{ Text string }
		Metadata string `json:"private_metadata"`
		Blocks   json.RawMessage
	}
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		f.t.Errorf("a view is no JSON: %v", err)
		return false
	}
	l := limits{blocks: 100}
	l.atMost("the title", v.Title.Text, 24)
	l.atMost("the submit button", v.Submit.Text, 24)
	l.atMost("the metadata", v.Metadata, 3000)
	return f.takes(name, raw, string(v.Blocks), l)
}

// takes tells whether Slack takes what is sent as raw, with blocks in it.
func (f *fakeSlack) takes(name, raw, blocks string, l limits) bool {
	var errs []error
	s, err := readSchema(name)
	switch {
	case err == nil:
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
		if err == nil {
			err = s.Validate(value)
		}
		errs = append(errs, err)
	case !errors.Is(err, fs.ErrNotExist) || os.Getenv("CI") != "":
		errs = append(errs, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(blocks))
	if errs = append(errs, err); err == nil {
		l.check("", value)
	}
	if err := errors.Join(append(errs, l.broken...)...); err != nil {
		f.t.Errorf("Slack would not take it: %v\n%.4000s", err, raw)
		return false
	}
	return true
}

// takesErrors reports errors of a form that stand at no field of it.
func (f *fakeSlack) takesErrors(v *fakeView, errs map[string]string) {
	fields := map[string]bool{}
	for _, b := range items(v.view["blocks"]) {
		if b := b.(map[string]any); b["type"] == "input" {
			fields[str(b["block_id"])] = true
		}
	}
	for id, text := range errs {
		if !fields[id] || text == "" {
			f.t.Errorf("the error %q is at the block %s, which the form does not have", text, id)
		}
	}
}
