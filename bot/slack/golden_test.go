package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/content/say"
)

// everyBlock has all that a message can have, and people's words in it.
var everyBlock = *coach.Say(
	coach.Title("Week 3, day 2: <b> & *stars*"),
	coach.Text("Read *one chapter* _slowly_, run `EXPLAIN a < b`, see [the manual](https://example.org/manual?a=1&b=2).\n\n"+
		"Ada wrote: "+say.Literal("*hi* <!channel> :smile: https://evil.example & more").String()),
	coach.Fields(coach.Field{Label: "Time", Value: "*2 h*"}, coach.Field{Label: "By", Value: say.Literal("@everyone_").String()}),
	coach.Code("if *x < 1 && _y_ {\n\treturn `z`\n}"),
	coach.Picture(coach.Image{Alt: `Ten hours & a "half", most on Monday.`}),
	coach.Picture(coach.Image{Alt: "A picture that could not be uploaded."}),
	coach.Actions(
		coach.Action{Label: "Check in", Verb: "checkin", Style: coach.Primary},
		coach.Action{Label: "I'm <stuck>", Verb: "stuck", Args: map[string]string{"unit": "w03d2", "text": "a & b"}},
		coach.Action{Label: "Forget me", Verb: "forget-me", Style: coach.Danger},
	),
	coach.Context("Small print of <Ada> & co."),
	coach.Context("Small print with a [link](https://example.org)."),
)

func TestBlocksAsTheyAreSent(t *testing.T) {
	posts := render(everyBlock, []string{"F0123456789", ""})
	if err := fitsMessage(t, posts); err != nil {
		t.Error(err)
	}
	platformtest.Golden(t, "blocks", seen(posts))
	platformtest.Golden(t, "blocks-sent", sent(posts[0]))
}

func TestFormsAsTheyAreSent(t *testing.T) {
	f := everyField
	f.Fields = slices.Clone(f.Fields)
	f.Fields[0].Error = "There is no such zone."
	var many, more []coach.Option
	for i := range 12 {
		many = append(many, coach.Option{Value: fmt.Sprint("m", i), Label: fmt.Sprint("Choice ", i)})
	}
	for i := range 102 {
		more = append(more, coach.Option{Value: fmt.Sprint("n", i), Label: fmt.Sprint("Choice ", i)})
	}
	f.Fields = append(f.Fields,
		coach.FormField{Name: "many", Label: "Many", Kind: coach.FieldMany, Value: "m3,m4,unknown", Options: many},
		coach.FormField{Name: "more", Label: "More than a menu takes", Kind: coach.FieldOne, Value: "n101", Options: more},
		coach.FormField{Name: "none", Label: "A choice of nothing", Kind: coach.FieldOne},
		coach.FormField{Name: "day", Label: "A day that is none", Kind: coach.FieldDate, Value: "2027-02-30", Optional: true},
		coach.FormField{Name: "clock", Label: "A time without its zero", Kind: coach.FieldTime, Value: "9:05"},
		coach.FormField{Name: "count", Label: "A number that is none", Kind: coach.FieldNumber, Value: "ten"},
	)
	v := modal(f, where{Room: "slack/T1/C1", Thread: "1700000000.000100"})
	if err := fitsModal(t, v); err != nil {
		t.Error(err)
	}
	platformtest.Golden(t, "form", seenForm(v))
	v.Blocks.BlockSet = slices.DeleteFunc(v.Blocks.BlockSet, func(b slack.Block) bool { return strings.HasSuffix(b.ID(), "/more") }) // long
	platformtest.Golden(t, "form-sent", sent(v))
}

// A home of more blocks than Slack takes says that there is more.
func TestHomeSaysWhatItLeavesOut(t *testing.T) {
	var m coach.Message
	for i := range maxViewBlocks + 1 {
		m.Blocks = append(m.Blocks, coach.Text(fmt.Sprint("Line ", i)))
	}
	v := home(m)
	if err := fitsHome(t, v); err != nil {
		t.Error(err)
	}
	if got := drawn(v.Blocks.BlockSet); !strings.HasSuffix(got, "Line 98\n\n_There is more than fits here._\n") {
		t.Errorf("it ends with %q", got[len(got)-80:])
	}
}

// sent is a value as JSON for a reader.
func sent(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}
