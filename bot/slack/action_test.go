package slack

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"studycoach/coach"
)

func TestButtonsBringTheirVerbAndArgumentsBack(t *testing.T) {
	for _, a := range []coach.Action{
		{Label: "Check in", Verb: "checkin"},
		{Label: "Done", Verb: "done", Args: map[string]string{"unit": "w03d2", "text": `é&=;/\"|:,%{}<>`, "empty": ""}},
	} {
		m := coach.Say(coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Other", Verb: "other"}, a))
		posts := render(*m, nil)
		block := posts[0].Blocks[1].(*slack.ActionBlock)
		b := block.Elements.ElementSet[1].(*slack.ButtonBlockElement)
		verb, args, err := pressed(&slack.BlockAction{ActionID: b.ActionID, Value: b.Value})
		if err != nil || verb != a.Verb || !cmp.Equal(args, a.Args) {
			t.Errorf("%q comes back as %s %q, %v", a.Args, verb, args, err)
		}
	}
}

func TestForeignButtonsAreRefused(t *testing.T) {
	for _, a := range []slack.BlockAction{
		{},
		{ActionID: "approve", Value: `{"verb":"checkin"}`},
		{ActionID: "studycoach/0/1/0", Value: `{"verb":"checkin"}`},
		{ActionID: prefix + "1/0", Value: "checkin"},
		{ActionID: prefix + "1/0", Value: `{}`},
		{ActionID: prefix + "1/0"},
	} {
		if _, _, err := pressed(&a); !errors.Is(err, errForeign) {
			t.Errorf("%+v gives %v", a, err)
		}
	}
}
