package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// TestHalfAYearAsRehearsed runs cohorts for half a year, with everything that
// a bot consists of but a chat platform, and compares each post with what was
// rehearsed after the last change of plans.
func TestHalfAYearAsRehearsed(t *testing.T) {
	for zone, later := range map[string]string{"America/New_York": "Europe/Berlin", "Africa/Casablanca": "Australia/Lord_Howe"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			h := newDiary(t, redisstore.Options{DataDir: t.TempDir()})
			h.submit("/coach setup", "name", "Crew", "start", "2027-01-04", "zone", zone, "prompt", "09:00", "study", "mon-fri")
			h.say("/coach join")
			h.say("/coach settings nudge off") // nudges are no part of a rehearsal, and take their time here
			h.say("/coach holiday 2027-01-18..2027-01-20")
			h.submit("/coach announce", "text", "Books are here", "date", "2027-03-30", "time", "07:30")
			h.asRehearsed("2027-02-10T12:00:00Z")

			h.say("/checkin 45m read about indexes") // which changes what a summary says, not when
			h.say("/coach pause")
			h.asRehearsed("2027-02-20T12:00:00Z")
			h.say("/coach resume")
			h.asRehearsed("2027-02-27T12:00:00Z")

			h.submit("/coach cohort edit", "prompt", "02:30", "study", "mon-sun", "summary-time", "00:00") // clocks jump over these
			h.say("/coach holiday 2027-03-15")
			h.asRehearsed("2027-05-01T12:00:00Z")
			h.submit("/coach cohort edit", "zone", later, "prompt", "23:59")
			h.asRehearsed("2027-07-04T12:00:00Z")
			if n := len(h.posts); n < 150 {
				t.Errorf("only %d posts in half a year", n)
			}
		})
	}
}

// diary is a bot on a clock of its own, whose chat platform notes what is posted.
type diary struct {
	*testing.T
	store  *redisstore.Store
	coach  *coach.Coach
	runner *schedule.Runner
	now    time.Time
	events int
	posts  []string // what was posted into the room
	refuse error    // what the room answers instead of taking a post
}

const study = coach.RoomID("diary/w/study")

func newDiary(t *testing.T, o redisstore.Options) *diary {
	t.Helper()
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	h := &diary{T: t, now: time.Date(2027, 1, 2, 12, 0, 0, 0, time.UTC)}
	if h.store, err = redisstore.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	h.coach = coach.New(h.store, library)
	handlers := h.coach.Handlers(rand.Float64)
	handlers[coach.Deliver] = bot.NewOutbox(bot.OutboxOptions{Queue: h.store, Platforms: []bot.Platform{h}}).Carry
	h.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: h.store, Handlers: handlers, Lane: bot.Lane})
	return h
}

// Name implements bot.Platform.
func (*diary) Name() string { return "diary" }

// Pace implements bot.Platform.
func (*diary) Pace() bot.Pace { return bot.Pace{} }

// Run implements bot.Platform.
func (*diary) Run(context.Context, bot.Handler) error { return nil }

// Find implements bot.Platform.
func (*diary) Find(context.Context, coach.Delivery) (bot.MessageID, bool, error) {
	return "", false, nil
}

// Send implements bot.Platform.
func (h *diary) Send(_ context.Context, d coach.Delivery) (bot.MessageID, error) {
	if d.Room == study && h.refuse != nil {
		return "", h.refuse
	}
	if d.Room == study {
		kind := strings.Split(d.Key, "/")[1]
		title := d.Message.Blocks[0].Title
		if kind == "announce" {
			title = d.Message.Blocks[1].Text
		}
		h.posts = append(h.posts, entry(h.now, kind, title, d.Room))
	}
	return bot.MessageID(d.Key), nil
}

func entry(at time.Time, kind, title string, room ...coach.RoomID) string {
	return fmt.Sprint(at.UTC().Format("2006-01-02T15:04:05Z "), kind, " ", title, " ", room)
}

// say has a lead, who also learns, type a command.
func (h *diary) say(text string) coach.Reply {
	h.Helper()
	verb, rest, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	return h.handle(coach.Event{Verb: verb, Text: rest})
}

// submit fills in the form that a command opens, and presses the first button of
// what comes back when that is a preview.
func (h *diary) submit(text string, values ...string) {
	h.Helper()
	f := h.say(text).Form
	if f == nil {
		h.Fatalf("%s opens no form", text)
	}
	args := map[string]string{}
	for _, field := range f.Fields {
		args[field.Name] = field.Value
	}
	maps.Copy(args, f.Args)
	for i := 0; i < len(values); i += 2 {
		args[values[i]] = values[i+1]
	}
	reply := h.handle(coach.Event{Verb: f.Verb, Submit: true, Args: args})
	if reply.Form != nil {
		h.Fatalf("%s %v has errors: %+v", text, values, reply.Form.Fields)
	}
	if blocks := reply.Message.Blocks; f.Verb == "announce" {
		plan := blocks[len(blocks)-1].Actions[0]
		h.handle(coach.Event{Verb: plan.Verb, Args: plan.Args})
	}
}

func (h *diary) handle(e coach.Event) coach.Reply {
	h.Helper()
	h.events++
	e.ID, e.From, e.Name, e.Room, e.At = fmt.Sprint(h.events), coach.User("diary", "w", "lea"), "Lea", study, h.now
	reply, err := h.coach.Handle(h.Context(), e)
	if err != nil {
		h.Fatalf("%s %s: %v", e.Verb, e.Text, err)
	}
	return reply
}

// until lets time pass.
func (h *diary) until(to time.Time) {
	h.Helper()
	if err := h.runner.Advance(h.Context(), h.now, to, func(t time.Time) { h.now = t }); err != nil {
		h.Fatal(err)
	}
}

// asRehearsed rehearses half a year, lets the time pass up to an instant, and
// compares what was posted until then.
func (h *diary) asRehearsed(until string) {
	h.Helper()
	to, err := time.Parse(time.RFC3339, until)
	if err != nil {
		h.Fatal(err)
	}
	id, err := h.store.CohortIn(h.Context(), study)
	if err != nil {
		h.Fatal(err)
	}
	r, err := h.coach.Rehearse(h.Context(), id, h.now, h.now.AddDate(0, 6, 0))
	if err != nil {
		h.Fatal(err)
	}
	var want []string
	for _, day := range r.Days {
		for _, p := range day.Posts {
			if !p.At.After(to) {
				want = append(want, entry(p.At, p.Kind, p.Title, p.Rooms...))
			}
		}
	}
	before := len(h.posts)
	h.until(to)
	posted := slices.Clone(h.posts[before:])
	slices.Sort(posted)
	slices.Sort(want)
	if diff := cmp.Diff(want, posted); diff != "" {
		h.Errorf("until %s rehearsed (-) and posted (+):\n%s", until, diff)
	}
}
