package platformtest

import (
	"maps"
	"reflect"
	"time"

	"studycoach/coach"
)

var eventChecks = []check{
	{"a command", func(f *fixture) {
		f.Chat.Type(f.Ada, f.Room, "/checkin 45m read <about> EXPLAIN & *more*")
		e := f.event()
		same(f, "the sender", e.From, f.Ada)
		same(f, "the room", e.Room, f.Room)
		same(f, "the platform", e.Room.Platform(), f.Platform.Name())
		same(f, "the verb", e.Verb, "checkin")
		same(f, "the text", e.Text, "45m read <about> EXPLAIN & *more*")
		same(f, "submitted", e.Submit, false)
	}},

	{"plain text in direct messages", func(f *fixture) {
		f.Chat.Type(f.Ben, f.Ben.Direct(), "1h30 joins & <indexes>")
		e := f.event()
		same(f, "the sender", e.From, f.Ben)
		same(f, "the room", e.Room, f.Ben.Direct())
		same(f, "the verb", e.Verb, "")
		same(f, "the text", e.Text, "1h30 joins & <indexes>")
	}},

	{"a reply in a thread names the delivery", func(f *fixture) {
		f.send(f.delivery("prompt/aaaaaaaaaa/2027-03-15", coach.Text("Day 1")))
		f.Chat.Reply(f.Ada, f.one(f.Ada, f.Room), "45m")
		e := f.event()
		same(f, "the thread", e.Thread, "prompt/aaaaaaaaaa/2027-03-15")
		same(f, "the sender", e.From, f.Ada)
		same(f, "the room", e.Room, f.Room)
		same(f, "the verb", e.Verb, "")
		same(f, "the text", e.Text, "45m")
	}},

	{"a button brings its verb and arguments back", func(f *fixture) {
		args := map[string]string{"unit": "w03d2", "text": `é&=;/\"|:,%{}<>`, "empty": ""}
		f.send(f.delivery("prompt/1", coach.Text("Day 1"), coach.Actions(
			coach.Action{Label: "Check in", Verb: "checkin", Args: map[string]string{"unit": "w03d1"}},
			coach.Action{Label: "Done for today", Verb: "checkin", Args: args},
			coach.Action{Label: "I'm stuck", Verb: "stuck"},
		)))
		f.Chat.Press(f.Ada, f.one(f.Ada, f.Room), "Done for today")
		e := f.event()
		same(f, "the verb", e.Verb, "checkin")
		if !maps.Equal(e.Args, args) {
			f.Errorf("the arguments are %q, want %q", e.Args, args)
		}
		same(f, "the sender", e.From, f.Ada)
		same(f, "the room", e.Room, f.Room)
		same(f, "the text", e.Text, "")
		same(f, "submitted", e.Submit, false)
		f.Chat.Press(f.Ben, f.one(f.Ben, f.Room), "I'm stuck")
		e = f.event()
		same(f, "the verb", e.Verb, "stuck")
		same(f, "arguments", len(e.Args), 0)
		same(f, "the sender", e.From, f.Ben)
	}},

	{"a button in direct messages", func(f *fixture) {
		d := f.delivery("nudge/1", coach.Text("Not yet today?"), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"}))
		d.Room = f.Ada.Direct()
		f.send(d)
		f.says(coach.Text("How long?"))
		f.Chat.Press(f.Ada, f.one(f.Ada, d.Room), "Check in")
		same(f, "the room", f.event().Room, d.Room)
		f.reads(f.Chat.See(f.Ada, d.Room), "Not yet today?", "How long?")
	}},

	{"an event that comes twice is the same event", func(f *fixture) {
		f.send(f.delivery("prompt/1", coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"})))
		prompt := f.one(f.Ada, f.Room)
		for what, act := range map[string]func(){
			"a command": func() { f.Chat.Type(f.Ada, f.Room, "/checkin 45m") },
			"text":      func() { f.Chat.Type(f.Ada, f.Ada.Direct(), "45m") },
			"a reply":   func() { f.Chat.Reply(f.Ada, prompt, "45m") },
			"a button":  func() { f.Chat.Press(f.Ada, prompt, "Check in") },
		} {
			act()
			first := f.event()
			f.Chat.Again()
			again := f.event()
			first.At, again.At = time.Time{}, time.Time{}
			if !reflect.DeepEqual(first, again) {
				f.Errorf("%s is %+v and again %+v", what, first, again)
			}
			act()
			if other := f.event(); other.ID == first.ID {
				f.Errorf("%s, done anew, has the old id %s", what, other.ID)
			}
		}
	}},

	{"nothing is taken once Run has ended", func(f *fixture) {
		f.Chat.Type(f.Ada, f.Room, "/coach me")
		f.event()
		f.stop()
		f.Chat.Again()
		same(f, "events", len(f.take()), 0)
	}},
}
