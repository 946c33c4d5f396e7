package platformtest

import (
	"context"
	"errors"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

var deliveryChecks = []check{
	{"what was sent is found, where the platform shows it", func(f *fixture) {
		d := f.delivery("summary/aaaaaaaaaa/2027-03-15", coach.Text("A good week."))
		for _, step := range []struct {
			name string
			sent bool
		}{{"before the send", false}, {"after it", true}} {
			var id bot.MessageID
			if step.sent {
				id = f.send(d)
				f.send(f.delivery("summary/bbbbbbbbbb/2027-03-15", coach.Text("Another one.")))
			}
			got, found, err := f.Platform.Find(f.Context(), d)
			switch {
			case !f.Looks && !errors.Is(err, bot.ErrCannotLook):
				f.Errorf("%s: looking gives %v, want ErrCannotLook", step.name, err)
			case f.Looks && (err != nil || found != step.sent || found && got != id):
				f.Errorf("%s: found %t as %q: %v; it is %q", step.name, found, got, err, id)
			}
		}
	}},

	{"a message's name is the one that people's chat has", func(f *fixture) {
		id := f.send(f.delivery("prompt/1", coach.Text("Day 1")))
		same(f, "the id", f.one(f.Ada, f.Room).ID, id)
	}},

	{"a delivery that is sent again is there once where the platform sees to it, else again", func(f *fixture) {
		d := f.delivery("prompt/1", coach.Text("Day 1"))
		first, second := f.send(d), f.send(d)
		if f.Once {
			same(f, "the id", second, first)
			f.one(f.Ada, f.Room)
			return
		}
		if there := f.Chat.See(f.Ada, f.Room); len(there) != 2 || there[0].ID != first || there[1].ID != second {
			f.Errorf("sent as %q and %q; there is %+v", first, second, there)
		}
	}},

	{"messages stand in the order in which they were sent", func(f *fixture) {
		for _, key := range []string{"c", "a", "b"} {
			f.send(f.delivery(key, coach.Text("Message "+key)))
		}
		f.reads(f.Chat.See(f.Ada, f.Room), "Message c", "Message a", "Message b")
	}},

	{"an unknown room is refused for good", func(f *fixture) {
		for _, room := range []coach.RoomID{
			f.Room + "-not", (f.Ada + "-not").Direct(), coach.RoomID(f.Platform.Name()), "nowhere/W1/C1", "",
		} {
			d := f.delivery("prompt/1", coach.Text("Day 1"))
			d.Room = room
			_, err := f.Platform.Send(f.Context(), d)
			if err == nil {
				f.Errorf("%q is a room", room)
				continue
			}
			same(f, string(room)+": the reason", f.failed(err).Reason, bot.Refused)
			if !errors.Is(err, bot.ErrNoRoom) {
				f.Errorf("%q: the error is %v, want ErrNoRoom", room, err)
			}
		}
		same(f, "messages", len(f.Chat.See(f.Ada, f.Room)), 0)
	}},

	{"the pace is one that can be kept, and stays", func(f *fixture) {
		pace := f.Platform.Pace()
		for what, r := range map[string]bot.Rate{"room": pace.Room, "workspace": pace.Workspace, "platform": pace.Platform} {
			if r.Every < 0 || r.Every > time.Minute || r.Burst < 0 {
				f.Errorf("a %s takes %d messages, then one every %v", what, r.Burst, r.Every)
			}
		}
		f.send(f.delivery("prompt/1", coach.Text("Day 1")))
		same(f, "the pace", f.Platform.Pace(), pace)
	}},

	{"a send without time fails, and is not refused", func(f *fixture) {
		ctx, cancel := context.WithCancel(f.Context())
		cancel()
		_, err := f.Platform.Send(ctx, f.delivery("prompt/1", coach.Text("Day 1")))
		if r := f.failed(err).Reason; r != bot.Failed && r != bot.Unsure {
			f.Errorf("the reason is %s", r)
		}
		if !errors.Is(err, context.Canceled) {
			f.Errorf("the error is %v", err)
		}
	}},
}
