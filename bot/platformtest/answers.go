package platformtest

import (
	"bytes"
	"errors"
	"strings"

	"studycoach/coach"
)

var answerChecks = []check{
	{"an answer is seen by whom it answers alone", func(f *fixture) {
		f.says(coach.Text("45 min."))
		f.Chat.Type(f.Ada, f.Room, "/checkin 45m")
		f.reads([]Message{f.one(f.Ada, f.Room)}, "45 min.")
		f.send(f.delivery("prompt/1", coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"})))
		f.Chat.Press(f.Ada, f.Chat.See(f.Ada, f.Room)[1], "Check in")
		f.reads(f.Chat.See(f.Ada, f.Room), "45 min.", "Day 1", "45 min.")
		f.reads([]Message{f.one(f.Ben, f.Room)}, "Day 1")
	}},

	{"an answer to a reply in a thread is seen by whom it answers alone", func(f *fixture) {
		f.send(f.delivery("prompt/1", coach.Text("Day 1")))
		f.says(coach.Text("45 min."))
		f.Chat.Reply(f.Ada, f.one(f.Ada, f.Room), "45m")
		f.reads(f.Chat.See(f.Ada, f.Room), "Day 1", "45 min.")
		f.reads([]Message{f.one(f.Ben, f.Room)}, "Day 1")
	}},

	{"no answer shows nothing", func(f *fixture) {
		f.Chat.Type(f.Ada, f.Ada.Direct(), "hello")
		f.event()
		same(f, "messages", len(f.Chat.See(f.Ada, f.Ada.Direct())), 0)
	}},

	{"an answer can take the place of the message whose button was pressed", func(f *fixture) {
		f.says(coach.Text("45 min."), coach.Actions(coach.Action{Label: "Undo", Verb: "undo", Args: map[string]string{"id": "7"}}))
		f.Chat.Type(f.Ada, f.Room, "/checkin 45m")
		f.take()
		f.answers(coach.Reply{Replace: true, Message: coach.Say(coach.Text("Taken back."))}, nil)
		f.Chat.Press(f.Ada, f.one(f.Ada, f.Room), "Undo")
		e := f.event()
		same(f, "the verb", e.Verb, "undo")
		same(f, "the argument", e.Args["id"], "7")
		now := f.one(f.Ada, f.Room)
		same(f, "the message", now.Text, "Taken back.")
		same(f, "buttons", len(now.Buttons), 0)
	}},

	{"an answer takes nothing from what others see", func(f *fixture) {
		f.send(f.delivery("prompt/1", coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"})))
		f.answers(coach.Reply{Replace: true, Message: coach.Say(coach.Text("45 min."))}, nil)
		f.Chat.Press(f.Ada, f.one(f.Ada, f.Room), "Check in")
		f.reads(f.Chat.See(f.Ada, f.Room), "Day 1", "45 min.")
		f.reads([]Message{f.one(f.Ben, f.Room)}, "Day 1")
	}},

	{"files arrive byte for byte", func(f *fixture) {
		var every []byte
		for b := range 256 {
			every = append(every, byte(b))
		}
		files := []coach.File{
			{Name: "studycoach-export.json", Type: "application/json", Data: []byte(`{"note":"é & <b>"}` + "\r\n")},
			{Name: "studycoach-export.csv", Type: "text/csv", Data: bytes.Repeat(every, 400)},
		}
		f.answers(coach.Reply{Message: coach.Say(coach.Text("All that is kept.")), Files: files}, nil)
		f.Chat.Type(f.Ada, f.Ada.Direct(), "/coach export")
		all := f.Chat.See(f.Ada, f.Ada.Direct())
		f.reads(all, "All that is kept.")
		var got []coach.File
		for _, m := range all {
			got = append(got, m.Files...)
		}
		if len(got) != len(files) {
			f.Fatalf("there are %d files, want %d", len(got), len(files))
		}
		for i, want := range files {
			same(f, "the name", got[i].Name, want.Name)
			if !bytes.Equal(got[i].Data, want.Data) {
				f.Errorf("%s has %d bytes that differ from the %d sent", want.Name, len(got[i].Data), len(want.Data))
			}
		}
	}},

	{"an answer that failed shows nothing of why, and the next one works", func(f *fixture) {
		f.answers(coach.Reply{}, errors.New("redis: a secret"))
		f.Chat.Type(f.Ada, f.Ada.Direct(), "/coach me")
		f.says(coach.Text("Here you are."))
		f.Chat.Type(f.Ada, f.Ada.Direct(), "/coach me")
		all := f.Chat.See(f.Ada, f.Ada.Direct())
		f.reads(all, "Here you are.")
		if said := strings.Join(texts(all), "\n"); strings.Contains(said, "secret") {
			f.Errorf("it is told why: %s", said)
		}
	}},
}
