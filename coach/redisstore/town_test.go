package redisstore_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// town is an installation at work: the real coach and runner on a store, a clock
// that only the test moves, and a chat platform that remembers what was posted.
type town struct {
	*testing.T
	store  *redisstore.Store
	coach  *coach.Coach
	runner *schedule.Runner

	mu     sync.Mutex
	now    time.Time
	moved  chan struct{}  // closed when the clock moves, and another then
	posted map[string]int // deliveries, by key
	events int
}

// monday is when a town begins.
var monday = time.Date(2027, 3, 1, 7, 0, 0, 0, time.UTC)

// newTown opens the town that a store holds. What was posted before is known to
// the platform, which the outbox asks where a delivery may have been sent.
func newTown(t *testing.T, store *redisstore.Store, now time.Time, before map[string]int) *town {
	t.Helper()
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, store: store, coach: coach.New(store, library), now: now, moved: make(chan struct{}), posted: map[string]int{}}
	handlers := w.coach.Handlers(func() float64 { return 0 })
	handlers[coach.Deliver] = func(ctx context.Context, j schedule.Job, _ time.Time) schedule.Outcome {
		if j.Intent != "" && before[j.Key]+w.posts()[j.Key] > 0 {
			return schedule.Outcome{} // looked for, and found
		}
		j.Intent = "sent"
		if err := store.Note(ctx, j); err != nil {
			return schedule.Outcome{State: schedule.Dead, Reason: err.Error()}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.posted[j.Key]++
		return schedule.Outcome{}
	}
	w.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: store, Handlers: handlers})
	return w
}

// posts returns what was posted until now.
func (w *town) posts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.posted)
}

func (w *town) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// later returns when the clock has moved on.
func (w *town) later(ctx context.Context) {
	w.mu.Lock()
	moved := w.moved
	w.mu.Unlock()
	select {
	case <-moved:
	case <-ctx.Done():
	}
}

// advance moves the clock, and works off what falls due.
func (w *town) advance(to time.Time) {
	w.Helper()
	if err := w.runner.Advance(w.Context(), w.clock(), to, func(now time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now = now
		close(w.moved)
		w.moved = make(chan struct{})
	}); err != nil {
		w.Error(err)
	}
}

// handle answers an event that must not fail.
func (w *town) handle(e coach.Event) coach.Reply {
	w.Helper()
	w.mu.Lock()
	w.events++
	if e.ID, e.At = fmt.Sprintf("event %d at %d", w.events, w.now.Unix()), w.now; e.Room == "" {
		e.Room = e.From.Direct()
	}
	w.mu.Unlock()
	reply, err := w.coach.Handle(w.Context(), e)
	if err != nil {
		w.Errorf("%s %s %q: %v", e.From, e.Verb, e.Text, err)
	}
	return reply
}

func account(name string) coach.UserRef { return coach.UserRef("web/playground/" + name) }

// setup starts a cohort in a room, with a prompt every weekday and a summary on
// Sundays, and returns it.
func (w *town) setup(lead, room, name string) coach.CohortID {
	w.Helper()
	w.handle(coach.Event{From: account(lead), Room: coach.RoomID("web/playground/" + room), Verb: "setup", Submit: true, Args: map[string]string{
		"name": name, "roadmap": "backend", "start": schedule.LocalDate(w.clock(), time.UTC).String(), "zone": "Europe/Lisbon",
		"prompt": "09:00", "study": "mon,tue,wed,thu,fri", "summary-day": "sun", "summary-time": "18:00", "goal": "12",
	}})
	id, err := w.store.CohortIn(w.Context(), coach.RoomID("web/playground/"+room))
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// say has somebody type a command to do with a cohort.
func (w *town) say(who string, c coach.CohortID, verb, text string) coach.Reply {
	w.Helper()
	return w.handle(coach.Event{
		From: account(who), Name: who, Verb: verb, Text: text, Args: map[string]string{"cohort": string(c)},
	})
}

// cohorts returns the cohorts of the town in which an account is.
func (w *town) cohorts(who string) []coach.CohortID {
	w.Helper()
	ids, err := w.store.CohortsOf(w.Context(), account(who))
	if err != nil {
		w.Fatal(err)
	}
	return ids
}

// exports returns what each of the people gets of each of their cohorts.
func (w *town) exports(people ...string) map[string]coach.Reply {
	w.Helper()
	exports := map[string]coach.Reply{}
	for _, who := range people {
		for _, c := range w.cohorts(who) {
			reply := w.say(who, c, "export", "")
			if len(reply.Files) == 0 {
				w.Errorf("%s gets no export of cohort %s: %+v", who, c, reply.Message)
			}
			exports[who+" in "+string(c)] = reply
		}
	}
	return exports
}

// update commits a change to what the coach has not to decide.
func (w *town) update(s coach.Scope, fn func(coach.State) coach.Change) {
	w.Helper()
	_, _, err := w.store.Update(w.Context(), s, func(state coach.State) (coach.Change, error) { return fn(state), nil })
	if err != nil {
		w.Fatal(err)
	}
}

var people = []string{"lea", "ada", "ben", "mei", "zoë"}

// settle makes a town of every kind of record: two rooms with a cohort each,
// somebody in both, three weeks of prompts and check-ins, and jobs in every
// state.
func settle(t *testing.T, store *redisstore.Store) *town {
	t.Helper()
	w := newTown(t, store, monday, nil)
	one, two := w.setup("lea", "general", "Frühling 🌱"), w.setup("lea", "random", "学习")
	for c, names := range map[coach.CohortID][]string{one: {"ada", "ben", "zoë"}, two: {"ada", "mei"}} {
		for _, who := range names {
			w.say(who, c, "join", "")
		}
	}
	for day := range 21 {
		w.advance(time.Date(2027, 3, 1+day, 20, 0, 0, 0, time.UTC))
		w.say("ada", one, "checkin", fmt.Sprintf("%dm #ai über Indizes gelesen — día %d 👩‍💻", 20+day, day))
		w.say("ada", two, "checkin", "1h30 索引")
		if day%3 == 0 {
			w.say("ben", one, "checkin", "2h #deep done")
			w.say("mei", two, "checkin", "45m")
			w.say("zoë", one, "checkin", "45m yesterday")
		}
	}
	w.say("ben", one, "undo", "")
	w.say("ada", one, "settings", "board on")
	w.say("ada", one, "away", "2027-04-01 to 2027-04-05")
	w.say("mei", two, "stuck", "on the planner\nand its statistics")
	w.say("ben", one, "leave", "")
	w.update(coach.Scope{Cohort: one, Learner: account("ada")}, func(coach.State) coach.Change {
		return coach.Change{
			Cards:       []coach.Card{{Question: "q-1", Due: 20900, Interval: 3, Times: 2, Missed: 1}, {Question: "q-2", Due: 20901}},
			Assessments: []coach.Assessment{{Checkpoint: "m1", Date: 20899, Yes: []string{"a", "b"}}},
			Tallies:     []coach.Count{{Tally: "check/m1", Field: "n", N: 1}, {Tally: "check/m1", Field: "y:a", N: 1}},
			Ranks:       []coach.Rank{{Board: "hours/2027-03-15", Learner: account("ada"), Score: 300}},
		}
	})
	w.update(coach.Scope{Cohort: two}, func(coach.State) coach.Change {
		return coach.Change{Announce: []coach.Announcement{
			{ID: "a1", By: account("lea"), ByName: "Lea", Text: "Grüße\nan alle 🎉", Made: w.now, Due: w.now.Add(time.Hour), Status: "planned", Job: "announce/" + string(two) + "/a1"},
			{ID: "a2", By: account("lea"), Made: w.now, Status: "cancelled"},
		}}
	})
	w.jobs(one)
	return w
}

// jobs adds jobs in every state: dead, skipped, tried again, and being carried
// out, the last with its intent noted. Done ones and waiting ones there are.
func (w *town) jobs(c coach.CohortID) {
	w.Helper()
	long := w.now.AddDate(0, 0, -1) // so that they come first
	for i, o := range []schedule.Outcome{
		{State: schedule.Dead, Reason: "no such room"},
		{State: schedule.Skipped, Reason: "3 h late"},
		{State: schedule.Waiting, Retry: w.now.Add(time.Minute), Reason: "busy"},
		{State: "in flight"},
	} {
		for _, part := range []int{c.Part(), (c.Part() + 1) % schedule.Partitions} {
			j := schedule.Job{Key: fmt.Sprintf("send/test/%s/%d", c, i), Kind: coach.Deliver, Part: part, Due: long, Payload: []byte("{}\x00\xff")}
			if part != c.Part() {
				j.Key = fmt.Sprintf("other/%d \xff", i) // names no cohort
			}
			if err := w.store.Add(w.Context(), j); err != nil {
				w.Fatal(err)
			}
			claimed, err := w.store.Claim(w.Context(), w.now, time.Minute, 1)
			if err != nil || len(claimed) != 1 || claimed[0].Key != j.Key {
				w.Fatalf("claimed %v, %v", claimed, err)
			}
			if j = claimed[0]; o.State == "in flight" {
				j.Intent = "sent once"
				err = w.store.Note(w.Context(), j)
			} else {
				err = w.store.Finish(w.Context(), j, w.now, o)
			}
			if err != nil {
				w.Fatal(err)
			}
		}
	}
}

// queue returns every job there is, by state.
func (w *town) queue() map[schedule.State][]schedule.Job {
	w.Helper()
	all := map[schedule.State][]schedule.Job{}
	for _, state := range []schedule.State{schedule.Waiting, schedule.Dead, schedule.Skipped} {
		jobs, err := w.store.List(w.Context(), state, "", 10000)
		if err != nil {
			w.Fatal(err)
		}
		all[state] = slices.Clip(jobs)
	}
	return all
}
