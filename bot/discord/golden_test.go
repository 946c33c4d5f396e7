package discord

import (
	"encoding/json"
	"testing"

	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/content/say"
)

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
		platformtest.Golden(t, name, seen(render(m)))
	}
	for name, f := range sights.Forms {
		if w, ok := modal(f); ok {
			platformtest.Golden(t, name, seenWindow(w))
			continue
		}
		platformtest.Golden(t, name, seen([]post{form(f)}))
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
	platformtest.Golden(t, "blocks", seen(posts))
	m, _ := (&Platform{o: Options{Draw: func(coach.Image) ([]byte, error) { return nil, nil }}}).outgoing(posts[0])
	platformtest.Golden(t, "blocks-sent", asJSON(t, m))
}

func TestFormsAsTheyAreSent(t *testing.T) {
	f := checkInForm()
	f.Fields[0].Error = "That is more than a day has."
	platformtest.Golden(t, "form", seen([]post{form(f)}))
	platformtest.Golden(t, "form-sent", asJSON(t, form(f)))
	w, _ := modal(wordsForm())
	platformtest.Golden(t, "window", seenWindow(w))
	platformtest.Golden(t, "window-sent", asJSON(t, w))
}

func TestCommandsAsTheyAreRegistered(t *testing.T) {
	platformtest.Golden(t, "commands-sent", asJSON(t, commands()))
}
