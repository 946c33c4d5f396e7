package slack

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"studycoach/coach"
)

var everyField = coach.Form{
	Verb: "settings", Args: map[string]string{"cohort": "aaaaaaaaaa"},
	Title: "Settings", Submit: "Save", Intro: "It is *yours* alone.",
	Fields: []coach.FormField{
		{Name: "zone", Label: "Time zone", Kind: coach.FieldText, Value: "Europe/Zagreb", Hint: "As in America/New_York", Max: 64},
		{Name: "note", Label: "Note", Kind: coach.FieldArea, Value: "a & <b>\n*c*", Max: 2000, Optional: true},
		{Name: "number", Label: "How many", Kind: coach.FieldNumber, Value: "12"},
		{Name: "until", Label: "Until", Kind: coach.FieldDate, Value: "2027-03-14"},
		{Name: "nudge", Label: "Nudge", Kind: coach.FieldTime, Value: "09:00"},
		{Name: "goal", Label: "Hours a week", Kind: coach.FieldOne, Value: "10", Options: []coach.Option{{Value: "10", Label: "Ten"}, {Value: "15", Label: "Fifteen"}}},
		{Name: "rest", Label: "Rest days", Kind: coach.FieldMany, Value: "sat,sun", Options: []coach.Option{{Value: "fri", Label: "Friday"}, {Value: "sat", Label: "Saturday"}, {Value: "sun", Label: "Sunday"}}},
		{Name: "board", Label: "Show me on the board", Kind: coach.FieldYes, Value: "yes"},
	},
}

// filled is a view as Slack submits it when nobody changed what it held.
func filled(v slack.ModalViewRequest) slack.View {
	state := &slack.ViewState{Values: map[string]map[string]slack.BlockAction{}}
	for _, b := range v.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		a := slack.BlockAction{Type: slack.ActionType(in.Element.ElementType())}
		id := ""
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			id, a.Value = e.ActionID, e.InitialValue
		case *slack.NumberInputBlockElement:
			id, a.Value = e.ActionID, e.InitialValue
		case *slack.DatePickerBlockElement:
			id, a.SelectedDate = e.ActionID, e.InitialDate
		case *slack.TimePickerBlockElement:
			id, a.SelectedTime = e.ActionID, e.InitialTime
		case *slack.SelectBlockElement:
			if id = e.ActionID; e.InitialOption != nil {
				a.SelectedOption = *e.InitialOption
			}
		case *slack.MultiSelectBlockElement:
			id = e.ActionID
			for _, o := range e.InitialOptions {
				a.SelectedOptions = append(a.SelectedOptions, *o)
			}
		case *slack.CheckboxGroupsBlockElement:
			id = e.ActionID
			for _, o := range e.InitialOptions {
				a.SelectedOptions = append(a.SelectedOptions, *o)
			}
		}
		state.Values[in.BlockID] = map[string]slack.BlockAction{id: a}
	}
	return slack.View{
		Type: v.Type, Title: v.Title, Submit: v.Submit, Blocks: v.Blocks,
		CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, State: state,
	}
}

func TestAFormComesBackAsItWasShown(t *testing.T) {
	at := where{Room: "slack/T1/C1", Thread: "1700000000.000100"}
	verb, args, w, err := submitted(filled(modal(everyField, at)))
	if err != nil || verb != everyField.Verb || w != at {
		t.Fatalf("it comes back as %s from %+v: %v", verb, w, err)
	}
	want := map[string]string{"cohort": "aaaaaaaaaa"}
	for _, f := range everyField.Fields {
		want[f.Name] = f.Value
	}
	if diff := cmp.Diff(want, args); diff != "" {
		t.Error("the values (-want +got):\n", diff)
	}
}

func TestForeignViewsAreRefused(t *testing.T) {
	ours := filled(modal(everyField, where{}))
	for name, change := range map[string]func(v *slack.View){
		"another app's":      func(v *slack.View) { v.CallbackID = "form" },
		"another version's":  func(v *slack.View) { v.CallbackID = "studycoach/0/form" },
		"without metadata":   func(v *slack.View) { v.PrivateMetadata = "" },
		"with other's":       func(v *slack.View) { v.PrivateMetadata = "{}" },
		"with torn metadata": func(v *slack.View) { v.PrivateMetadata = v.PrivateMetadata[:20] },
	} {
		v := ours
		change(&v)
		if _, _, _, err := submitted(v); !errors.Is(err, errForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFormToMendIsAnsweredWhereItCanBe(t *testing.T) {
	at := where{Room: "slack/T1/C1"}
	open := filled(modal(everyField, at))
	wrong := func(change func(f *coach.Form)) coach.Form {
		f := everyField
		f.Fields = slices.Clone(everyField.Fields)
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		form coach.Form
		want map[string]string // errors at fields; nil: another view
	}{
		"errors": {
			wrong(func(f *coach.Form) { f.Fields[0].Error, f.Fields[2].Error = "No such zone.", "Too many." }),
			map[string]string{blockID(everyField, everyField.Fields[0]): "No such zone.", blockID(everyField, everyField.Fields[2]): "Too many."},
		},
		"none":                     {everyField, nil},
		"a value that was changed": {wrong(func(f *coach.Form) { f.Fields[0].Value, f.Fields[0].Error = "Zagreb", "No such zone." }), nil},
		"another field":            {wrong(func(f *coach.Form) { f.Fields[0].Name, f.Fields[1].Error = "place", "Too long." }), nil},
		"fewer fields":             {wrong(func(f *coach.Form) { f.Fields, f.Fields[0].Error = f.Fields[:2], "No such zone." }), nil},
		"other arguments":          {wrong(func(f *coach.Form) { f.Args, f.Fields[0].Error = nil, "No such zone." }), nil},
		"another form":             {wrong(func(f *coach.Form) { f.Verb, f.Fields[0].Error = "setup", "No such zone." }), nil},
	} {
		got := again(open, c.form, at)
		if c.want == nil {
			if got.ResponseAction != slack.RAUpdate || got.View == nil {
				t.Errorf("%s: it is answered with %s", name, got.ResponseAction)
			}
			continue
		}
		if got.ResponseAction != slack.RAErrors || !cmp.Equal(got.Errors, c.want) {
			t.Errorf("%s: it is answered with %s %q, want %q", name, got.ResponseAction, got.Errors, c.want)
		}
	}
}

// Slack keeps what was typed into a block of the same id.
func TestBlocksOfAnotherFormOrValueHaveOtherIDs(t *testing.T) {
	field, other := everyField.Fields[0], everyField
	first := blockID(everyField, field)
	other.Args = map[string]string{"cohort": "bbbbbbbbbb"}
	if id := blockID(other, field); id == first {
		t.Errorf("%s is the block of another form too", id)
	}
	field.Value = "Asia/Kolkata"
	if id := blockID(everyField, field); id == first {
		t.Errorf("%s is the block of another value too", id)
	}
}

func TestHomeHasTheMessage(t *testing.T) {
	v := home(*coach.Say(coach.Title("Week 3"), coach.Text("Two days.")))
	if v.Type != slack.VTHomeTab || len(v.Blocks.BlockSet) != 2 {
		t.Errorf("home is %+v", v)
	}
}
