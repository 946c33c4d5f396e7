package platformtest

import (
	"maps"

	"studycoach/coach"
)

// Two forms that together have every kind of field.
var (
	wordsForm = coach.Form{
		Verb: "announce", Args: map[string]string{"cohort": "aaaaaaaaaa"},
		Title: "Announce & <b>", Submit: "Preview", Intro: "It goes to *everybody* in the cohort.",
		Fields: []coach.FormField{
			{Name: "title", Label: "Heading", Kind: coach.FieldText, Value: "News & <such>", Hint: "Up to 60 characters"},
			{Name: "text", Label: "What to say", Kind: coach.FieldArea, Max: 2000},
			{Name: "date", Label: "Day", Kind: coach.FieldDate, Value: "2027-03-15", Optional: true},
			{Name: "time", Label: "Time", Kind: coach.FieldTime, Value: "09:00", Optional: true},
		},
	}
	choicesForm = coach.Form{
		Verb: "settings", Title: "Settings", Submit: "Save",
		Fields: []coach.FormField{
			{Name: "goal", Label: "Hours a week", Kind: coach.FieldOne, Value: "10", Options: []coach.Option{
				{Value: "10", Label: "Ten"}, {Value: "15", Label: "Fifteen"},
			}},
			{Name: "rest", Label: "Rest days", Kind: coach.FieldMany, Value: "sat,sun", Optional: true, Options: []coach.Option{
				{Value: "fri", Label: "Friday"}, {Value: "sat", Label: "Saturday"}, {Value: "sun", Label: "Sunday"},
			}},
			{Name: "board", Label: "Show me on the board", Kind: coach.FieldYes, Value: "yes"},
		},
	}
)

var formChecks = []check{
	{"a form is shown with what it holds", func(f *fixture) {
		for _, form := range []coach.Form{wordsForm, choicesForm} {
			seen := f.open(form)
			same(f, "the title", seen.Title, form.Title)
			if form.Intro != "" {
				same(f, "the introduction", seen.Intro, "It goes to everybody in the cohort.")
			}
			sameFields(f, seen, form)
		}
		_, open := f.Chat.Form(f.Ben)
		same(f, "a form in front of Ben", open, false)
	}},

	{"what it holds is submitted as it is", func(f *fixture) {
		f.submits(choicesForm, nil, map[string]string{"goal": "10", "rest": "sat,sun", "board": "yes"})
		f.submits(wordsForm, map[string]string{"text": "x"}, map[string]string{
			"cohort": "aaaaaaaaaa", "title": "News & <such>", "text": "x", "date": "2027-03-15", "time": "09:00",
		})
	}},

	{"what people set is submitted as they set it", func(f *fixture) {
		f.submits(choicesForm,
			map[string]string{"goal": "15", "rest": "fri,sun", "board": ""},
			map[string]string{"goal": "15", "rest": "fri,sun", "board": ""})
		text := "First & <second>,\n\n*third* \"fourth\" \\ @everyone 明日 👩‍💻"
		f.submits(wordsForm,
			map[string]string{"title": "O'Brien, & sons", "text": text, "date": "2028-02-29", "time": "23:59"},
			map[string]string{"cohort": "aaaaaaaaaa", "title": "O'Brien, & sons", "text": text, "date": "2028-02-29", "time": "23:59"})
	}},

	{"what is optional may be left empty", func(f *fixture) {
		f.submits(wordsForm, map[string]string{"text": "x", "date": "", "time": ""}, map[string]string{
			"cohort": "aaaaaaaaaa", "title": "News & <such>", "text": "x", "date": "", "time": "",
		})
		f.submits(choicesForm, map[string]string{"rest": ""}, map[string]string{"goal": "10", "rest": "", "board": "yes"})
	}},

	{"errors stand at their fields, beside what was typed", func(f *fixture) {
		f.open(wordsForm)
		wrong := wordsForm
		wrong.Fields = append([]coach.FormField(nil), wordsForm.Fields...)
		wrong.Fields[0].Value, wrong.Fields[0].Error = "Old *news*", "There is one of that name & time."
		wrong.Fields[1].Value = "A text\nof two lines."
		wrong.Fields[2].Value, wrong.Fields[2].Error = "2020-01-01", "That day is over."
		f.answers(coach.Reply{Form: &wrong}, nil)
		f.Chat.Submit(f.Ada, map[string]string{"title": "Old *news*", "text": "A text\nof two lines.", "date": "2020-01-01"})
		f.event()
		seen, open := f.Chat.Form(f.Ada)
		if !open {
			f.Fatal("the form is gone")
		}
		sameFields(f, seen, wrong)

		f.says(coach.Text("Done."))
		f.Chat.Submit(f.Ada, map[string]string{"date": "2027-03-16"})
		e := f.event()
		same(f, "what was typed before", e.Args["title"], "Old *news*")
		same(f, "what was mended", e.Args["date"], "2027-03-16")
		f.reads([]Message{f.one(f.Ada, f.Room)}, "Done.")
		_, open = f.Chat.Form(f.Ada)
		same(f, "the form is still open", open, false)
	}},

	{"a button opens a form too", func(f *fixture) {
		f.send(f.delivery("prompt/1", coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Settings", Verb: "settings"})))
		f.answers(coach.Reply{Form: &choicesForm}, nil)
		f.Chat.Press(f.Ben, f.one(f.Ben, f.Room), "Settings")
		seen, open := f.Chat.Form(f.Ben)
		if !open {
			f.Fatal("no form is shown")
		}
		sameFields(f, seen, choicesForm)
		f.take()
		f.Chat.Submit(f.Ben, nil)
		e := f.event()
		same(f, "the sender", e.From, f.Ben)
		same(f, "the room", e.Room, f.Room)
	}},

	{"a form that comes twice is the same event", func(f *fixture) {
		f.open(choicesForm)
		f.says(coach.Text("Saved."))
		f.Chat.Submit(f.Ada, nil)
		first := f.event()
		f.Chat.Again()
		same(f, "the id", f.event().ID, first.ID)
	}},
}

// open has Ada open a form in the room by a command.
func (f *fixture) open(form coach.Form) Form {
	f.Helper()
	f.answers(coach.Reply{Form: &form}, nil)
	f.Chat.Type(f.Ada, f.Room, "/coach "+form.Verb)
	f.take()
	seen, open := f.Chat.Form(f.Ada)
	if !open {
		f.Fatalf("no form %s is shown", form.Verb)
	}
	return seen
}

// submits has Ada open a form, set values, and submit it.
func (f *fixture) submits(form coach.Form, values, want map[string]string) {
	f.Helper()
	f.open(form)
	f.says(coach.Text("Saved."))
	f.Chat.Submit(f.Ada, values)
	e := f.event()
	same(f, "the verb", e.Verb, form.Verb)
	same(f, "submitted", e.Submit, true)
	same(f, "the sender", e.From, f.Ada)
	same(f, "the room", e.Room, f.Room)
	if !maps.Equal(e.Args, want) {
		f.Errorf("the arguments and values are %q, want %q", e.Args, want)
	}
}

// sameFields reports fields that are not shown as the form has them.
func sameFields(f *fixture, seen Form, form coach.Form) {
	f.Helper()
	if len(seen.Fields) != len(form.Fields) {
		f.Fatalf("there are %d fields, want %d", len(seen.Fields), len(form.Fields))
	}
	for i, want := range form.Fields {
		got := seen.Fields[i]
		same(f, "the field", got.Name, want.Name)
		same(f, want.Name+"'s label", got.Label, want.Label)
		same(f, want.Name+"'s hint", got.Hint, want.Hint)
		same(f, want.Name+"'s error", got.Error, want.Error)
		same(f, want.Name+"'s value", got.Value, want.Value)
		same(f, want.Name+" may be left empty", got.Optional, want.Optional)
		var labels []string
		for _, o := range want.Options {
			labels = append(labels, o.Label)
		}
		sameList(f, want.Name+"'s options", got.Options, labels)
	}
}
