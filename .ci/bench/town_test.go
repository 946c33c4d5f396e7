package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/content"
	"studycoach/schedule"
)

// town is a workspace of a platform whose learners, of several cohorts, have
// checked in every day for thirteen weeks.
type town struct {
	platform, workspace string // such as "slack" and "T1"
	redis               *storetest.Redis
	store               *redisstore.Store
	coach               *coach.Coach
	room                func(cohort int) string  // ids as the platform has them
	user                func(learner int) string // a learner is in the cohort of their number modulo cohorts
}

const (
	cohorts  = 50
	learners = 2000
	weeks    = 13
)

// notes are what people write, more or less.
var notes = []string{
	"12m read about EXPLAIN ANALYZE and wrote down what the planner does with a partial index",
	"15m #ai had it write the table tests, and mended three that could not fail",
	"9m the parser takes quoted fields now; still wrong on a line end inside of one",
	"0h20 w05d2 traced a request through the pool, it waits where I did not expect it",
	"5m reviewed yesterday's notes, drew the state machine again from memory",
}

// settle opens a store on a Redis of its own and fills the town.
func (t *town) settle(b *testing.B) {
	b.Helper()
	t.redis = storetest.StartRedis(b, "--appendfsync", "everysec")
	store, err := redisstore.Open(b.Context(), redisstore.Options{URL: t.redis.URL()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	library, err := content.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	t.store, t.coach = store, coach.New(store, library)

	begun := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -7*weeks).Add(12 * time.Hour)
	var ids []coach.CohortID
	for c := range cohorts {
		reply := t.handle(b, coach.Event{
			ID: fmt.Sprint("setup/", c), From: t.ref("LEAD"), Room: t.roomID(c), At: begun.AddDate(0, 0, -2), Verb: "setup", Submit: true,
			Args: map[string]string{
				"name": "Bench", "roadmap": "backend", "start": schedule.LocalDate(begun, time.UTC).String(), "zone": "UTC",
				"prompt": "09:00", "study": "mon,tue,wed,thu,fri,sat,sun", "summary-day": "sun", "summary-time": "18:00", "goal": "12",
			},
		})
		ids = append(ids, coach.CohortID(reply.Message.Blocks[len(reply.Message.Blocks)-1].Actions[0].Args["cohort"]))
	}
	model := coach.Event{ID: "join", From: t.ref(t.user(0)), Name: "Person", Room: t.roomID(0), At: begun, Verb: "join"}
	t.handle(b, model)
	for n := range 7 * weeks {
		e := model
		e.ID, e.At, e.Verb, e.Text = fmt.Sprint("lived/", n), begun.AddDate(0, 0, n), "checkin", notes[n%len(notes)]
		t.handle(b, e)
	}
	lived, err := store.Load(b.Context(), coach.Scope{Cohort: ids[0], Learner: model.From, Entries: true})
	if err != nil {
		b.Fatal(err)
	}
	together(learners-1, func(i int) {
		l := *lived.Learner
		l.Cohort, l.ID, l.Nudge = ids[(i+1)%cohorts], t.ref(t.user(i+1)), ""
		_, _, err := store.Update(b.Context(), coach.Scope{Cohort: l.Cohort, Learner: l.ID}, func(coach.State) (coach.Change, error) {
			return coach.Change{Learner: &l, Entries: lived.Entries}, nil
		})
		if err != nil {
			b.Error(err)
		}
	})
	t.forgetJobs(b)
}

// forgetJobs drops what was to be posted in all those weeks.
func (t *town) forgetJobs(b *testing.B) {
	drop := func(context.Context, schedule.Job, time.Time) schedule.Outcome { return schedule.Outcome{} }
	handlers := map[string]schedule.Handler{coach.Deliver: drop}
	for kind := range t.coach.Handlers(rand.Float64) {
		handlers[kind] = drop
	}
	runner := schedule.NewRunner(schedule.RunnerOptions{Queue: t.store, Handlers: handlers})
	if _, err := runner.Drain(b.Context(), time.Now()); err != nil {
		b.Fatal(err)
	}
}

// together calls do for each number below n, several at once.
func together(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

func (t *town) roomID(cohort int) coach.RoomID {
	return coach.RoomID(t.platform + "/" + t.workspace + "/" + t.room(cohort))
}

func (t *town) ref(user string) coach.UserRef { return coach.User(t.platform, t.workspace, user) }

func (t *town) handle(b *testing.B, e coach.Event) coach.Reply {
	b.Helper()
	reply, err := t.coach.Handle(b.Context(), e)
	if err != nil || reply.Message == nil {
		b.Fatal(reply, err)
	}
	return reply
}

// start has a platform run on the town's coach until the benchmark ends.
func (t *town) start(b *testing.B, p bot.Platform) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := bot.Answer(t.coach.Handle, log, bot.NewMetrics(t.platform))
	done := make(chan error)
	go func() { done <- p.Run(ctx, h) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
}
