package platformtest

import (
	"bytes"
	"fmt"
	"strings"

	"studycoach/coach"
)

var messageChecks = []check{
	{"every kind of block is shown, in order", func(f *fixture) {
		all := f.shown(
			coach.Title("Week 3, day 2"),
			coach.Text("First paragraph.\n\nSecond paragraph."),
			coach.Fields(coach.Field{Label: "Time", Value: "2 h"}, coach.Field{Label: "Mode", Value: "deep"}),
			coach.Actions(
				coach.Action{Label: "Check in", Verb: "checkin", Style: coach.Primary},
				coach.Action{Label: "Forget me", Verb: "forget-me", Style: coach.Danger},
				coach.Action{Label: "I'm stuck", Verb: "stuck"},
			),
			coach.Code("if *x < 1 && _y_ {\n\treturn `z`\n}"),
			coach.Context("Small print."),
		)
		if len(all) != 1 {
			f.Fatalf("it is shown as %d messages", len(all))
		}
		f.reads(all, "Week 3, day 2", "First paragraph.", "Second paragraph.", "Time", "2 h", "Mode", "deep", "if *x < 1 && _y_ {", "return `z`", "Small print.")
		sameList(f, "buttons", all[0].Buttons, []string{"Check in", "Forget me", "I'm stuck"})
	}},

	{"marks style words and are not seen", func(f *fixture) {
		const marked = "Read *one chapter* _slowly_, run `EXPLAIN`, see [the manual](https://example.org/manual?a=1&b=2)."
		for _, block := range []coach.Block{
			coach.Text(marked), coach.Context(marked), coach.Fields(coach.Field{Label: "Task", Value: marked}),
		} {
			all := f.shown(block)
			f.reads(all, "Read one chapter slowly, run EXPLAIN, see the manual")
			if text := strings.Join(texts(all), ""); strings.ContainsAny(text, "*_`[]") {
				f.Errorf("marks are seen in %q", text)
			}
			sameList(f, "links", all[0].Links, []string{"https://example.org/manual?a=1&b=2"})
		}
	}},

	{"a room is shown by its name", func(f *fixture) {
		id := f.Room.Channel()
		marked := "It lives in [#" + id + "](#), and *here*."
		for _, block := range []coach.Block{
			coach.Text(marked), coach.Context(marked), coach.Fields(coach.Field{Label: "Rooms", Value: marked}),
		} {
			all := f.shown(block)
			f.reads(all, "It lives in #"+id+", and here.")
			sameList(f, "rooms", all[0].Rooms, []string{id})
		}
		none := f.shown(coach.Text("It lives in [#no such room](#)."))
		f.reads(none, "It lives in #no such room.")
	}},

	{"a picture arrives with its description", func(f *fixture) {
		all := f.shown(coach.Text("The week:"), coach.Picture(coach.Image{
			Alt: `Ten hours & a "half" <in all>, most on Monday.`, Week: &coach.WeekChart{Title: "Spring", Deep: [7]int{60}},
		}))
		images := all[len(all)-1].Images
		if len(images) != 1 {
			f.Fatalf("there are %d pictures", len(images))
		}
		same(f, "the description", images[0].Alt, `Ten hours & a "half" <in all>, most on Monday.`)
		if !bytes.HasPrefix(images[0].Data, []byte("\x89PNG\r\n\x1a\n")) {
			f.Errorf("the picture is no PNG: %.20q", images[0].Data)
		}
	}},

	{"the longest blocks are shown whole", func(f *fixture) {
		title, text := long("title", 150), long("text", 3000)
		f.reads(f.shown(coach.Title(title), coach.Text(text)), title, text)

		var fields []coach.Field
		var parts []string
		for i := range 10 {
			fields = append(fields, coach.Field{Label: long(fmt.Sprint("label", i), 75), Value: long(fmt.Sprint("value", i), 1000)})
			parts = append(parts, fields[i].Label, fields[i].Value)
		}
		f.reads(f.shown(coach.Fields(fields...)), parts...)

		var actions []coach.Action
		var labels []string
		for i := range 5 {
			actions = append(actions, coach.Action{Label: long(fmt.Sprint("button", i), 40), Verb: "checkin"})
			labels = append(labels, actions[i].Label)
		}
		all := f.shown(coach.Text("Choose."), coach.Actions(actions...))
		sameList(f, "buttons", all[len(all)-1].Buttons, labels)
	}},

	{"a direct message is for its reader alone", func(f *fixture) {
		d := f.delivery("nudge/1", coach.Text("Only you."))
		d.Room = f.Ada.Direct()
		f.send(d)
		f.reads([]Message{f.one(f.Ada, d.Room)}, "Only you.")
		same(f, "what Ben sees of it", len(f.Chat.See(f.Ben, d.Room)), 0)
		same(f, "what is in the room", len(f.Chat.See(f.Ada, f.Room)), 0)
	}},
}

// long is n characters of more than one byte that begin with a name.
func long(name string, n int) string {
	return name + strings.Repeat("ö", n-len(name))
}
