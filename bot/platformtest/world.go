package platformtest

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// world is a cohort whose months pass in a moment, with the real coach.
type world struct {
	testing.TB
	platform string
	coach    *coach.Coach
	runner   *schedule.Runner
	now      time.Time
	acts     int
	posts    []coach.Delivery
	says     func(m coach.Message)
	asks     func(f coach.Form)
}

// newWorld begins on the first Monday of March 2027. What the coach says and
// asks goes to says and asks.
func newWorld(t testing.TB, platform string, says func(coach.Message), asks func(coach.Form)) *world {
	t.Helper()
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	store, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{TB: t, platform: platform, coach: coach.New(store, library), now: monday.Add(8 * time.Hour), says: says, asks: asks}
	handlers := w.coach.Handlers(func() float64 { return 0 })
	handlers[coach.Deliver] = func(_ context.Context, j schedule.Job, _ time.Time) schedule.Outcome {
		d, err := coach.DeliveryOf(j)
		if err != nil {
			t.Error(err)
		}
		w.says(d.Message)
		w.posts = append(w.posts, d)
		return schedule.Outcome{}
	}
	w.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: store, Handlers: handlers})
	return w
}

// monday is when a world's cohort starts.
var monday = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)

// by is an event of somebody's, now.
func (w *world) by(who string, e coach.Event) coach.Event {
	w.acts++
	e.ID, e.From, e.Name, e.Zone, e.At = fmt.Sprint("event ", w.acts), coach.User(w.platform, "W1", who), strings.ToLower(who), "UTC", w.now
	return e
}

// event has somebody do something in the cohort's room.
func (w *world) event(who string, e coach.Event) coach.Reply {
	w.Helper()
	e.Room = coach.RoomID(w.platform + "/W1/R1")
	r, err := w.coach.Handle(w.Context(), w.by(who, e))
	if err != nil {
		w.Fatalf("%s %q: %v", e.Verb, e.Text, err)
	}
	if r.Message != nil {
		w.says(*r.Message)
	}
	if r.Form != nil {
		w.asks(*r.Form)
	}
	return r
}

// types has somebody type a command, or plain text.
func (w *world) types(who, text string) coach.Reply {
	w.Helper()
	e := coach.Event{Text: text}
	if command, ok := strings.CutPrefix(text, "/"); ok {
		e.Verb, e.Text, _ = strings.Cut(command, " ")
	}
	return w.event(who, e)
}

func (w *world) presses(who string, a coach.Action) coach.Reply {
	w.Helper()
	return w.event(who, coach.Event{Verb: a.Verb, Args: a.Args})
}

// page is somebody's own.
func (w *world) page(who string) coach.Message {
	w.Helper()
	r, err := w.coach.Handle(w.Context(), w.by(who, coach.Event{Verb: "home", Room: coach.User(w.platform, "W1", who).Direct()}))
	if err != nil || r.Message == nil {
		w.Fatalf("%s has no page: %v", who, err)
	}
	return *r.Message
}

// submits fills in a form, with names and values in turn.
func (w *world) submits(who string, f *coach.Form, values ...string) coach.Reply {
	w.Helper()
	if f == nil {
		w.Fatal("there is no form")
	}
	args := maps.Clone(f.Args)
	if args == nil {
		args = map[string]string{}
	}
	for _, field := range f.Fields {
		args[field.Name] = field.Value
	}
	for i := 0; i < len(values); i += 2 {
		args[values[i]] = values[i+1]
	}
	return w.event(who, coach.Event{Verb: f.Verb, Args: args, Submit: true})
}

// until lets time pass, and what is due happen.
func (w *world) until(to time.Time) {
	w.Helper()
	if err := w.runner.Advance(w.Context(), w.now, to, func(t time.Time) { w.now = t }); err != nil {
		w.Fatal(err)
	}
}

func buttonsOf(r coach.Reply) (all []coach.Action) {
	if r.Message != nil {
		for _, b := range r.Message.Blocks {
			all = append(all, b.Actions...)
		}
	}
	return all
}
