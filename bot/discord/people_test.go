package discord

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/bot"
	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/content/say"
)

// Ada in the servers One and Two, and the room of each.
const (
	adaOfOne = ada
	adaOfTwo = coach.UserRef("discord/101/301")
	roomOne  = room
	roomTwo  = coach.RoomID("discord/101/201")
)

// twoServers have a cohort each, of which Ada is a learner.
type twoServers struct {
	*chat
	store *redisstore.Store
	coach *coach.Coach
	asked atomic.Int32 // how often it had to be found out whose a message is
}

func newTwoServers(t *testing.T) *twoServers {
	t.Helper()
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	store, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	x := &twoServers{store: store, coach: coach.New(store, library)}
	p, f := open(t, func(o *Options) {
		o.Suggest = x.coach.Suggest
		o.Sender = func(ctx context.Context, e coach.Event, all []coach.UserRef) (coach.UserRef, error) {
			x.asked.Add(1)
			return x.coach.Sender(ctx, e, all)
		}
	})
	f.guild("101", "Other")
	f.channel("201", "101", "lounge")
	x.chat = &chat{fake: f, platform: p, told: map[string]string{}, form: map[string]*fakeInteraction{}}
	run(t, p, bot.Answer(x.coach.Handle, slog.New(slog.DiscardHandler), bot.NewMetrics(platform)))
	for in, name := range map[coach.RoomID]string{roomOne: "One", roomTwo: "Two"} {
		lead := coach.UserRef(in.Workspace() + "/302")
		x.Type(lead, in, "/lead setup")
		x.Submit(lead, map[string]string{"name": name, "start": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)})
		x.Type(coach.UserRef(in.Workspace()+"/301"), in, "/coach join")
	}
	return x
}

func (x *twoServers) cohort(in coach.RoomID) string {
	x.t.Helper()
	id, err := x.store.CohortIn(x.t.Context(), in)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(id)
}

// logged is how often Ada checked in, by account.
func (x *twoServers) logged() map[coach.UserRef]int {
	x.t.Helper()
	all := map[coach.UserRef]int{}
	for u, in := range map[coach.UserRef]coach.RoomID{adaOfOne: roomOne, adaOfTwo: roomTwo} {
		for _, who := range []coach.UserRef{adaOfOne, adaOfTwo} {
			s, err := x.store.Load(x.t.Context(), coach.Scope{Cohort: coach.CohortID(x.cohort(in)), Learner: who, Entries: true})
			if err != nil || (s.Learner != nil) != (who == u) {
				x.t.Fatalf("in the cohort of %s %s is %+v (%v)", in, who, s.Learner, err)
			}
			all[who] += len(s.Entries)
		}
	}
	return all
}

// nudge sends Ada a nudge of the cohort of a room.
func (x *twoServers) nudge(to coach.UserRef, in coach.RoomID) platformtest.Message {
	x.t.Helper()
	d := delivery("send/nudge/" + x.cohort(in) + "/" + string(to) + "/2027-03-15")
	d.Room = to.Direct()
	d.Message = *coach.Say(coach.Text("Time to study"), coach.Actions(
		coach.Action{Label: "Log it", Verb: "checkin", Args: map[string]string{"cohort": x.cohort(in), "text": "45m"}}))
	if _, err := x.platform.Send(x.t.Context(), d); err != nil {
		x.t.Fatal(err)
	}
	return x.latest()
}

// latest is the last of Ada's direct messages.
func (x *twoServers) latest() platformtest.Message {
	all := x.See(ada, ada.Direct())
	return all[len(all)-1]
}

// command has Ada type a check-in into her direct messages, for a cohort.
func (x *twoServers) command(cohort string) {
	x.t.Helper()
	x.interact("301", x.where(ada.Direct()), 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{
		map[string]any{"type": 3, "name": "text", "value": "45m"}, map[string]any{"type": 3, "name": "cohort", "value": cohort},
	}}, nil)
}

// Whoever is in cohorts of two servers is answered in direct messages as who
// they are in the cohort that they mean.
func TestDirectMessagesOfWhoIsInTwoServers(t *testing.T) {
	x := newTwoServers(t)
	if n := x.asked.Load(); n > 0 {
		t.Errorf("in servers it is asked %d times whose an event is", n)
	}
	one, two := x.nudge(adaOfOne, roomOne), x.nudge(adaOfTwo, roomTwo)
	write := func() { x.Type(ada, ada.Direct(), "45m") }
	var left platformtest.Message
	for _, c := range []struct {
		name string
		do   func()
		as   coach.UserRef
	}{
		{"words after the later nudge", write, adaOfTwo},
		{"the button of the older nudge", func() { x.Press(ada, one, "Log it") }, adaOfOne},
		{"words after that", write, adaOfOne},
		{"the other button", func() { x.Press(ada, two, "Log it") }, adaOfTwo},
		{"a reply to the older nudge", func() { x.Reply(ada, one, "45m") }, adaOfOne},
		{"a cohort by name", func() { x.command("two") }, adaOfTwo},
		{"a cohort by id", func() { x.command(x.cohort(roomOne)) }, adaOfOne},
		{"words that come again after another nudge", func() {
			write()
			x.nudge(adaOfTwo, roomTwo)
			x.Again()
		}, adaOfOne},
		{"a button after a restart", func() {
			x.platform.home.Clear()
			x.Press(ada, two, "Log it")
		}, adaOfTwo},
		{"words after One was left", func() {
			x.nudge(adaOfOne, roomOne)
			x.Type(ada, ada.Direct(), "/coach leave")
			left = x.latest()
			write()
		}, adaOfTwo},
	} {
		want := x.logged()
		want[c.as]++
		c.do()
		if diff := cmp.Diff(want, x.logged()); diff != "" {
			t.Errorf("%s: she is told %q (-want +got):\n%s", c.name, x.latest().Text, diff)
		}
	}
	x.Press(ada, one, "Log it")
	if text := x.latest().Text; !strings.Contains(text, "not in One yet") {
		t.Errorf("on the button of what she left she is told %q", text)
	}
	x.Press(ada, left, say.ButtonForget.String())
	if text := x.latest().Text; !strings.Contains(text, "One") || strings.Contains(text, "Two") {
		t.Errorf("to have forgotten what she left she is asked %q", text)
	}
}

// In direct messages the cohorts of all servers are suggested, and no others.
func TestCohortsOfAllServersAreSuggested(t *testing.T) {
	x := newTwoServers(t)
	for in, want := range map[coach.RoomID][]string{ada.Direct(): {"One", "Two"}, roomOne: {"One"}, roomTwo: {"Two"}} {
		var got []string
		for _, c := range x.interact("301", x.where(in), 4, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{
			map[string]any{"type": 3, "name": "cohort", "value": "", "focused": true},
		}}, nil).Choices {
			got = append(got, c.(map[string]any)["name"].(string))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("in %s suggested are %v, want %v", in, got, want)
		}
	}
}
