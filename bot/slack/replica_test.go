package slack

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// replicas are two processes with one store, beside one workspace.
type replicas struct {
	*testing.T
	a, b  *fakeChat
	store *redisstore.Store
}

func newReplicas(t *testing.T) *replicas {
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
	x := &replicas{T: t, store: store}
	f := newFakeSlack(t)
	f.instant = true
	for _, c := range []**fakeChat{&x.a, &x.b} {
		do := coach.New(store, library)
		*c = f.chat(t, false, func(o *Options) { o.Notice = do.Notice })
		(*c).running(bot.Answer(do.Handle, slog.New(slog.DiscardHandler), bot.NewMetrics(platform)))
	}
	return x
}

// held is all that is stored, but for what it remembers of events. The parts of
// a value come in no order.
func (x *replicas) held() map[string]string {
	x.Helper()
	all, err := x.store.Dump(x.Context())
	if err != nil {
		x.Fatal(err)
	}
	for key, value := range all {
		lines := strings.Split(value, "\n")
		slices.Sort(lines)
		if all[key] = strings.Join(lines, "\n"); strings.Contains(key, ":r:") {
			delete(all, key)
		}
	}
	return all
}

// entries are those of a learner, in the only cohort.
func (x *replicas) entries(user string) []coach.Entry {
	x.Helper()
	ids, err := x.store.CohortsOf(x.Context(), userRef(user))
	if err != nil || len(ids) != 1 {
		x.Fatalf("%s is in %q: %v", user, ids, err)
	}
	s, err := x.store.Load(x.Context(), coach.Scope{Cohort: ids[0], Learner: userRef(user), Entries: true})
	if err != nil {
		x.Fatal(err)
	}
	return s.Entries
}

// once hands something over to one replica, and then again and again, in turn
// and at once, to both; only the first time may change what is stored.
func (x *replicas) once(what string, k kind, payload []byte) {
	x.Helper()
	before := x.held()
	if code, _ := x.b.post(x.Context(), k, payload); code != 200 {
		x.Errorf("%s: it is answered with %d", what, code)
	}
	x.b.settle()
	x.again(what, k, payload, before)
}

func (x *replicas) again(what string, k kind, payload []byte, before map[string]string) {
	x.Helper()
	after := x.held()
	if cmp.Equal(before, after) {
		x.Errorf("%s: it changes nothing", what)
	}
	var all sync.WaitGroup
	for _, c := range []*fakeChat{x.a, x.b, x.a} {
		all.Go(func() {
			if code, _ := c.post(context.WithoutCancel(x.Context()), k, payload); code != 200 {
				x.Errorf("%s: again, it is answered with %d", what, code)
			}
		})
	}
	all.Wait()
	x.a.platform.recent.events.Clear() // a process that does not remember
	x.a.post(x.Context(), k, payload)
	x.a.settle()
	x.b.settle()
	if diff := cmp.Diff(after, x.held()); diff != "" {
		x.Errorf("%s: again, it changes more (-once +again):\n%s", what, diff)
	}
}

// Slack hands an event over again when it was not acknowledged: at once, after
// one minute and after five, to whichever replica. It is done once, whichever
// attempt is the first to arrive.
func TestReplicasDoOneThing(t *testing.T) {
	x := newReplicas(t)
	room := delivery("").Room
	x.a.Type(userRef(ben), room, "/coach setup")
	x.a.Submit(userRef(ben), map[string]string{"name": "Crew", "start": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)})
	id, err := x.store.CohortIn(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("send/prompt/%s/%s/w01d1/%s", id, schedule.StudyDay(time.Now(), time.UTC), room)
	d := delivery(key, coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Done for today", Verb: "done"}))
	if _, err := x.a.platform.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	typed := func(text string) []byte {
		x.a.mu.Lock()
		defer x.a.mu.Unlock()
		command, rest, _ := strings.Cut(text, " ")
		return x.a.command(ada, general, command, rest)
	}
	x.once("a command", kindCommand, typed("/coach join"))
	x.once("a check-in", kindCommand, typed("/checkin 20m reading"))

	prompt := x.a.See(userRef(ada), room)[0]
	x.once("a button", kindInteraction, x.a.press(ada, prompt, "Done for today"))

	x.a.Type(userRef(ada), room, "/coach settings")
	_, form := x.a.submission(ada, map[string]string{"nudge": "20:00"})
	x.once("a form", kindInteraction, form)

	f := x.a.fakeSlack
	f.mu.Lock()
	_, ts, _ := strings.Cut(string(prompt.ID), "/")
	reply := x.a.write(ada, general, "45m joins", ts)
	said := f.rooms[general].messages[len(f.rooms[general].messages)-1]
	f.clock += 2e6 // a message is known by its second
	direct := x.a.write(ada, f.direct(ada), "30m more joins", "")
	f.mu.Unlock()
	x.once("a reply", kindEvent, reply)
	x.once("a direct message", kindEvent, direct)
	before := x.entries(ada)

	changed := func(subtype, text string) []byte {
		f.mu.Lock()
		defer f.mu.Unlock()
		old := map[string]any{"type": "message", "user": ada, "team": teamID, "text": "45m joins", "ts": said.ts, "thread_ts": said.thread}
		e := map[string]any{"type": "message", "subtype": subtype, "channel": general, "channel_type": "channel", "previous_message": old}
		if text != "" {
			now := maps.Clone(old)
			now["text"] = text
			e["message"] = now
		}
		return f.event(e)
	}
	x.once("an edit", kindEvent, changed("message_changed", "50m joins"))
	x.once("a deletion", kindEvent, changed("message_deleted", ""))
	after := x.entries(ada)[len(before):]
	if len(after) != 2 || after[0].Kind != coach.Edit || after[0].Minutes() != 50 || after[1].Kind != coach.Undo || after[1].Ref != after[0].Ref {
		t.Errorf("the edit and the deletion are %+v", after)
	}

	f.mu.Lock()
	f.users[ada].Zone = "Asia/Tokyo"
	moved := f.event(map[string]any{"type": "user_change", "user": f.users[ada].object()})
	archived := f.event(map[string]any{"type": "channel_archive", "channel": general, "user": ben})
	f.mu.Unlock()
	x.once("a new zone", kindEvent, moved)
	x.once("an archived room", kindEvent, archived)
}

// Slack hands a text over again whose answer is there, since nobody told that it
// was taken. It is answered again only where the answer never came.
func TestAReplicaDoesNotAnswerTwice(t *testing.T) {
	x := newReplicas(t)
	room := delivery("").Room
	x.a.Type(userRef(ben), room, "/coach setup")
	x.a.Submit(userRef(ben), map[string]string{"name": "Crew", "start": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)})
	x.a.Type(userRef(ada), room, "/coach join")
	x.b.retry = true
	f := x.a.fakeSlack
	say := func(text string) (payload []byte) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return x.a.write(ada, f.direct(ada), text, "")
	}
	answers := func() (said []string) {
		for _, m := range x.a.See(userRef(ada), userRef(ada).Direct()) {
			said = append(said, strings.SplitN(m.Text, "\n", 2)[0])
		}
		return said
	}
	hand := func(to *fakeChat, payload []byte) {
		t.Helper()
		if code, _ := to.post(t.Context(), kindEvent, payload); code != 200 {
			t.Errorf("it is answered with %d", code)
		}
		to.settle()
	}
	before := answers()
	checkIn := say("25m reading")
	hand(x.a, checkIn)
	once := answers()
	if len(once) != len(before)+1 {
		t.Fatalf("the answers are %q", once)
	}
	hand(x.b, checkIn)
	if diff := cmp.Diff(once, answers()); diff != "" {
		t.Errorf("another replica answers again (-once +again):\n%s", diff)
	}

	f.mu.Lock()
	direct := f.rooms[f.direct(ada)]
	direct.messages = direct.messages[:len(direct.messages)-1]
	f.mu.Unlock()
	x.b.platform.recent.events.Clear()
	hand(x.b, checkIn)
	if diff := cmp.Diff(once, answers()); diff != "" {
		t.Errorf("an answer that is not there is not given (-want +got):\n%s", diff)
	}
	if n := len(x.entries(ada)); n != 1 {
		t.Errorf("%d check-ins", n)
	}
}
