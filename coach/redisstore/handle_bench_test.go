package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/content"
	"studycoach/schedule"
)

// BenchmarkHandle takes check-ins through the whole coach, beside a bare script
// that does nothing; see sideBySide.
func BenchmarkHandle(b *testing.B) {
	for _, on := range []string{"embedded", "redis"} {
		b.Run(on, func(b *testing.B) {
			s := openFor(b, on)
			const people = 2000
			c, id := cohortOf(b, s, people)
			var n atomic.Int64
			checkIn := func(ctx context.Context) error {
				i := n.Add(1)
				_, err := c.Handle(ctx, event(id, int(i%people), fmt.Sprint("bench/", b.N, "/", i), "1m on the walker"))
				return err
			}
			sideBySide(b, redisstore.ClientOf(s), checkIn)
		})
	}
}

// BenchmarkSummary makes a cohort's weekly summary from its counters.
func BenchmarkSummary(b *testing.B) {
	for _, on := range []string{"embedded", "redis"} {
		for _, people := range []int{100, 10000} {
			b.Run(fmt.Sprintf("%s/%d", on, people), func(b *testing.B) {
				c, id := cohortOf(b, openFor(b, on), people)
				for i := range people {
					if _, err := c.Handle(b.Context(), event(id, i, fmt.Sprint("in/", i), "45m on the walker")); err != nil {
						b.Fatal(err)
					}
				}
				e := event(id, 0, "", "")
				e.From, e.Verb, e.Text = lead, "summary", ""
				for b.Loop() {
					reply, err := c.Handle(b.Context(), e)
					if err != nil || len(reply.Message.Blocks) < 3 {
						b.Fatal(reply, err)
					}
				}
			})
		}
	}
}

func openFor(b *testing.B, on string) *redisstore.Store {
	if on == "embedded" {
		return open(b, redisstore.Options{DataDir: b.TempDir()})
	}
	return open(b, redisstore.Options{URL: storetest.StartRedis(b).URL()})
}

// benchDay is a Monday, the cohort's first study day.
var benchDay = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

const lead = coach.UserRef("web/playground/lead")

func person(i int) coach.UserRef { return coach.UserRef(fmt.Sprintf("web/playground/p%06d", i)) }

func event(id coach.CohortID, i int, event, text string) coach.Event {
	return coach.Event{
		ID: event, From: person(i), Name: fmt.Sprint("Person ", i), Room: "web/playground/bench", At: benchDay,
		Verb: "checkin", Text: text, Args: map[string]string{"cohort": string(id)},
	}
}

// cohortOf makes a coach with a cohort of so many learners in the store.
func cohortOf(b *testing.B, s *redisstore.Store, people int) (*coach.Coach, coach.CohortID) {
	b.Helper()
	library, err := content.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	c := coach.New(s, library)
	do := func(e coach.Event) coach.Reply {
		reply, err := c.Handle(b.Context(), e)
		if err != nil || reply.Message == nil {
			b.Fatal(e.Verb, reply, err)
		}
		return reply
	}
	reply := do(coach.Event{ID: "setup", From: lead, Room: "web/playground/bench", At: benchDay.AddDate(0, 0, -2), Verb: "setup", Submit: true, Args: map[string]string{
		"name": "Bench", "roadmap": library.Roadmaps()[0].ID, "start": schedule.LocalDate(benchDay, time.UTC).String(), "zone": "UTC",
		"prompt": "09:00", "study": "mon,tue,wed,thu,fri", "summary-day": "sun", "summary-time": "18:00", "goal": "12",
	}})
	id := coach.CohortID(reply.Message.Blocks[len(reply.Message.Blocks)-1].Actions[0].Args["cohort"])
	var joining sync.WaitGroup
	for worker := range 16 {
		joining.Go(func() {
			for i := worker; i < people; i += 16 {
				e := event(id, i, fmt.Sprint("join/", i), "")
				e.Verb = "join"
				if _, err := c.Handle(b.Context(), e); err != nil {
					b.Error(err)
				}
			}
		})
	}
	joining.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return c, id
}

// sideBySide runs op and a script that does nothing in turns, b.N of each in
// all, from 64 clients. x-noop is the rate of op over that of the script, the
// median of five rounds.
func sideBySide(b *testing.B, rdb redis.Scripter, op func(context.Context) error) {
	b.Helper()
	ctx := context.Background()
	noop := redis.NewScript("return 1")
	if err := noop.Load(ctx, rdb).Err(); err != nil {
		b.Fatal(err)
	}
	const rounds, clients = 5, 64
	var ratios []float64
	b.ResetTimer()
	for range rounds {
		n := max(b.N/rounds, 1)
		b.StopTimer()
		bare := crowd(b, clients, n, func(ctx context.Context) error {
			return noop.EvalSha(ctx, rdb, []string{"sc:none"}).Err()
		})
		b.StartTimer()
		full := crowd(b, clients, n, op)
		ratios = append(ratios, float64(bare)/float64(full))
	}
	b.StopTimer()
	slices.Sort(ratios)
	b.ReportMetric(ratios[rounds/2], "x-noop")
}

// crowd has clients do n operations together and returns how long that took.
func crowd(b *testing.B, clients, n int, op func(context.Context) error) time.Duration {
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := op(context.Background()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}
