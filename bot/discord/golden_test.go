package discord

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/content/say"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with the one in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); -update writes it anew:\n%s", path, diff)
	}
}

// asJSON is a value as JSON for a reader.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw) + "\n"
}

func TestWhatPeopleSee(t *testing.T) {
	sights := platformtest.Look(t, platform)
	for name, m := range sights.Messages {
		golden(t, name, seen(render(m)))
	}
	for name, f := range sights.Forms {
		if w, ok := modal(f); ok {
			golden(t, name, seenWindow(w))
			continue
		}
		golden(t, name, seen([]post{form(f)}))
	}
}

// everyBlock has all that a message can have, and people's words in it.
var everyBlock = *coach.Say(
	coach.Title("Week 3, day 2: <b> & *stars*"),
	coach.Text("Read *one chapter* _slowly_, run `EXPLAIN a < b`, see [the manual](https://example.org/manual?a=1&b=2).\n\n"+
		"Ada wrote: "+say.Literal("*hi* <@1> @everyone :smile: https://evil.example & more").String()),
	coach.Fields(coach.Field{Label: "Time", Value: "*2 h*"}, coach.Field{Label: "By", Value: say.Literal("@everyone_").String()}),
	coach.Code("if *x < 1 && _y_ {\n\treturn `z`\n}"),
	coach.Picture(coach.Image{Alt: `Ten hours & a "half", most on Monday.`}),
	coach.Actions(
		coach.Action{Label: "Check in", Verb: "checkin", Style: coach.Primary},
		coach.Action{Label: "I'm <stuck>", Verb: "stuck", Args: map[string]string{"unit": "w03d2", "text": "a & b"}},
		coach.Action{Label: "Forget me", Verb: "forget-me", Style: coach.Danger},
	),
	coach.Context("Small print of <Ada> & co."),
	coach.Context("Small print with a [link](https://example.org)."),
)

func TestBlocksAsTheyAreSent(t *testing.T) {
	posts := render(everyBlock)
	golden(t, "blocks", seen(posts))
	m, _ := (&Platform{o: Options{Draw: func(coach.Image) ([]byte, error) { return nil, nil }}}).outgoing(posts[0])
	golden(t, "blocks-sent", asJSON(t, m))
}

func TestFormsAsTheyAreSent(t *testing.T) {
	f := checkInForm()
	f.Fields[0].Error = "That is more than a day has."
	golden(t, "form", seen([]post{form(f)}))
	golden(t, "form-sent", asJSON(t, form(f)))
	w, _ := modal(wordsForm())
	golden(t, "window", seenWindow(w))
	golden(t, "window-sent", asJSON(t, w))
}

func TestCommandsAsTheyAreRegistered(t *testing.T) {
	golden(t, "commands-sent", asJSON(t, commands()))
}
