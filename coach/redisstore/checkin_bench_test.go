package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// BenchmarkHandle takes check-ins through the whole coach.
func BenchmarkHandle(b *testing.B) {
	each(b, func(b *testing.B, s *redisstore.Store) {
		p := classOf(b, s, 13)
		sideBySide(b, noop(b, s), p.checkIn)
	})
}

// BenchmarkCheckIn commits what check-ins change, without the coach: each is a
// load and a commit.
func BenchmarkCheckIn(b *testing.B) {
	each(b, func(b *testing.B, s *redisstore.Store) {
		p := classOf(b, s, 13)
		sideBySide(b, noop(b, s), p.commit)
	})
}

// BenchmarkDuplicate takes check-ins that were taken before.
func BenchmarkDuplicate(b *testing.B) {
	s := openFor(b, "redis")
	p := classOf(b, s, 13)
	crowd(b, clients, p.n(), p.checkIn)
	written := writes(b, s)
	again := func(ctx context.Context, i int) error { return p.handle(ctx, i%p.n()) }
	b.Run("redis", func(b *testing.B) { sideBySide(b, noop(b, s), again) })
	if n := writes(b, s) - written; n != 0 {
		b.Errorf("%d changes were written", n)
	}
}

// BenchmarkWait takes check-ins with a replica that confirms each, beside the
// same without waiting for it.
func BenchmarkWait(b *testing.B) {
	server := storetest.StartRedis(b, "--appendfsync", "everysec")
	storetest.StartRedis(b, "--appendfsync", "everysec").Follow(server.Addr)
	relaxed := classOf(b, open(b, redisstore.Options{URL: server.URL()}), 13)
	waiting := *relaxed
	waiting.store = open(b, redisstore.Options{URL: server.URL(), Wait: true})
	waiting.coach = coachOf(b, waiting.store)
	b.Run("redis", func(b *testing.B) { sideBySide(b, relaxed.checkIn, waiting.checkIn) })
}

// BenchmarkEmbedded takes check-ins in the embedded store, beside the same on a
// Redis that syncs every write, as the embedded store does.
func BenchmarkEmbedded(b *testing.B) {
	server := classOf(b, open(b, redisstore.Options{URL: storetest.StartRedis(b).URL()}), 13)
	embedded := classOf(b, openFor(b, "embedded"), 13)
	sideBySide(b, server.checkIn, embedded.checkIn)
}

// BenchmarkBytes tells what a learner of half a year takes in Redis, with all that
// finds them, and what each of their notes takes beside its own bytes. Receipts,
// which go after an hour, are left out.
func BenchmarkBytes(b *testing.B) {
	server := storetest.StartRedis(b)
	s := open(b, redisstore.Options{URL: server.URL()})
	const cohorts, learners, events, entries = 50, 80, 8, 150
	note := strings.Repeat("n", 100)
	grown := func(times int, change func(coach.CohortID, coach.LearnerID) coach.Change) float64 {
		before := memory(b, s)
		crowd(b, 16, cohorts*learners*times, func(ctx context.Context, i int) error {
			cohort := coach.CohortID(fmt.Sprintf("cohort%04d", i%cohorts))
			id := coach.LearnerID(fmt.Sprintf("slack/T024BE7LD/U%08d", i%(cohorts*learners)))
			_, _, err := s.Update(ctx, coach.Scope{Cohort: cohort, Learner: id, Event: fmt.Sprint(times, "/", i)},
				func(coach.State) (coach.Change, error) { return change(cohort, id), nil })
			return err
		})
		return (memory(b, s) - before) / (cohorts * learners)
	}
	_ = grown(1, func(coach.CohortID, coach.LearnerID) coach.Change { return coach.Change{} }) // connections and scripts
	learner := grown(events, func(c coach.CohortID, id coach.LearnerID) coach.Change {
		return coach.Change{Learner: halfAYear(c, id)}
	})
	notes := grown(1, func(coach.CohortID, coach.LearnerID) (c coach.Change) {
		for i := range entries {
			at := time.Unix(1790000000, 0).AddDate(0, 0, i)
			c.Entries = append(c.Entries, coach.Entry{Seq: i, Kind: coach.CheckIn, At: at,
				Date: schedule.LocalDate(at, time.UTC), Deep: 45, AI: 15, Unit: "w05d2", Note: note})
		}
		return c
	})
	for b.Loop() { // what was measured does not depend on it
	}
	b.ReportMetric(learner, "B/learner")
	b.ReportMetric(notes/entries-float64(len(note)), "B/note")
}

// memory is what a server has in use, without receipts.
func memory(b *testing.B, s *redisstore.Store) (bytes float64) {
	b.Helper()
	rdb := redisstore.ClientOf(s)
	keys, err := rdb.Keys(b.Context(), "sc:*:r:*").Result()
	if err != nil {
		b.Fatal(err)
	}
	for page := range slices.Chunk(keys, 500) {
		if err := rdb.Del(b.Context(), page...).Err(); err != nil {
			b.Fatal(err)
		}
	}
	info, err := rdb.Info(b.Context(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "used_memory:")
	_, _ = fmt.Sscan(rest, &bytes)
	return bytes
}

func each(b *testing.B, run func(*testing.B, *redisstore.Store)) {
	for _, on := range []string{"embedded", "redis"} {
		b.Run(on, func(b *testing.B) { run(b, openFor(b, on)) })
	}
}

// A class is learners of several cohorts who are some weeks into the roadmap.
type class struct {
	store   *redisstore.Store
	coach   *coach.Coach
	cohorts []coach.CohortID
	weeks   int
	next    *atomic.Int64 // the next check-in
}

const (
	benchCohorts  = 50
	benchLearners = 40 // of a cohort
)

func (p *class) n() int { return benchCohorts * benchLearners }

// at returns when the learners check in for the nth time: once on each study
// day, Monday to Saturday.
func (p *class) at(n int) time.Time { return benchDay.AddDate(0, 0, n/6*7+n%6) }

// notes are what people write, more or less.
var notes = []string{
	"45m read about EXPLAIN ANALYZE and wrote down what the planner does with a partial index",
	"1h30 #ai had it write the table tests, and mended three that could not fail",
	"50m the parser takes quoted fields now; still wrong on a line end inside of one",
	"2h w05d2 traced a request through the pool, it waits where I did not expect it",
	"35m reviewed yesterday's notes, drew the state machine again from memory",
}

func (p *class) event(i int) coach.Event {
	learner, round := i%p.n(), i/p.n()
	e := event(p.cohorts[learner%benchCohorts], learner/benchCohorts, fmt.Sprint("in/", i), notes[i%len(notes)])
	e.At = p.at(6*p.weeks + round)
	return e
}

func (p *class) handle(ctx context.Context, i int) error {
	reply, err := p.coach.Handle(ctx, p.event(i))
	if err == nil && (reply.Message == nil || len(reply.Message.Blocks) != 2) {
		err = fmt.Errorf("the reply is %+v", reply)
	}
	return err
}

func (p *class) checkIn(ctx context.Context, _ int) error {
	return p.handle(ctx, int(p.next.Add(1)-1))
}

// commit changes what a check-in changes.
func (p *class) commit(ctx context.Context, _ int) error {
	e := p.event(int(p.next.Add(1) - 1))
	id := coach.CohortID(e.Args["cohort"])
	day := schedule.LocalDate(e.At, time.UTC)
	_, _, err := p.store.Update(ctx, coach.Scope{Cohort: id, Learner: e.From, Event: e.ID}, func(s coach.State) (coach.Change, error) {
		l := s.Learner
		l.Days.Put(day, coach.Day{Deep: 45})
		l.Streak.Count++
		l.Entries++
		week := "week/" + day.Week().String()
		return coach.Change{
			Learner: l,
			Entries: []coach.Entry{{Seq: l.Entries - 1, Kind: coach.CheckIn, At: e.At, Date: day, Deep: 45, Unit: "w05d2", Note: e.Text}},
			Tallies: []coach.Count{{Tally: week, Field: "d0", N: 45}, {Tally: week, Field: "n", N: 1}, {Tally: week, Field: "p0", N: 1}},
			Ranks:   []coach.Rank{{Board: "hours/" + day.Week().String(), Learner: l.ID, Score: l.Days.On(day).Minutes()}},
			Cancel:  []string{"send/nudge/" + string(id) + "/" + string(l.ID) + "/" + day.String()},
			Receipt: receipt,
		}, nil
	})
	return err
}

// receipt is as long as that of a check-in.
var receipt = make([]byte, 600)

// classOf has one learner live through so many weeks, and puts as many more
// like them as there are to be.
func classOf(b *testing.B, s *redisstore.Store, weeks int) *class {
	b.Helper()
	p := &class{store: s, coach: coachOf(b, s), weeks: weeks, next: new(atomic.Int64)}
	for i := range benchCohorts {
		p.cohorts = append(p.cohorts, cohortOf(b, p.coach, coach.RoomID(fmt.Sprint("web/playground/bench", i)), 1))
	}
	for n := range 6 * weeks {
		e := event(p.cohorts[0], 0, fmt.Sprint("lived/", n), notes[n%len(notes)])
		e.At = p.at(n)
		if _, err := p.coach.Handle(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	model, err := s.Load(b.Context(), coach.Scope{Cohort: p.cohorts[0], Learner: person(0), Entries: true})
	if err != nil {
		b.Fatal(err)
	}
	crowd(b, 16, p.n(), func(ctx context.Context, i int) error {
		if i == 0 {
			return nil
		}
		l := *model.Learner
		l.Cohort, l.ID = p.cohorts[i%benchCohorts], person(i/benchCohorts)
		l.Nudge = ""
		_, _, err := s.Update(ctx, coach.Scope{Cohort: l.Cohort, Learner: l.ID}, func(coach.State) (coach.Change, error) {
			return coach.Change{Learner: &l, Entries: model.Entries}, nil
		})
		return err
	})
	return p
}

// noop is a script that does nothing, called as anybody would.
func noop(b *testing.B, s *redisstore.Store) func(context.Context, int) error {
	rdb := redisstore.ClientOf(s)
	script := redis.NewScript("return 1")
	if err := script.Load(b.Context(), rdb).Err(); err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context, _ int) error { return script.EvalSha(ctx, rdb, []string{"sc:none"}).Err() }
}

// writes counts the changes that a server has made.
func writes(b *testing.B, s *redisstore.Store) (n int) {
	b.Helper()
	info, err := redisstore.ClientOf(s).Info(b.Context(), "persistence").Result()
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "rdb_changes_since_last_save:")
	_, _ = fmt.Sscan(rest, &n)
	return n
}

const (
	rounds  = 5
	clients = 64
)

// sideBySide runs base and op in turns, b.N of each in all, from 64 clients.
// x-base is the rate of op over that of base, the median of five rounds.
func sideBySide(b *testing.B, base, op func(context.Context, int) error) {
	b.Helper()
	var ratios []float64
	b.ResetTimer()
	for range rounds {
		n := max(b.N/rounds, 1)
		b.StopTimer()
		bare := crowd(b, clients, n, base)
		b.StartTimer()
		full := crowd(b, clients, n, op)
		ratios = append(ratios, float64(bare)/float64(full))
	}
	b.StopTimer()
	slices.Sort(ratios)
	b.ReportMetric(ratios[rounds/2], "x-base")
}

// crowd has clients do n operations together and returns how long that took.
func crowd(b *testing.B, clients, n int, op func(ctx context.Context, i int) error) time.Duration {
	var done atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for i := done.Add(1) - 1; i < int64(n); i = done.Add(1) - 1 {
				if err := op(context.Background(), int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}
