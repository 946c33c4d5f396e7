package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/content"
	"studycoach/schedule"
)

// BenchmarkSummary makes the weekly summary of a cohort of 10,000 from its
// counters. x-reading is the time it takes over that of reading the learners'
// records, x-small over that of a cohort of 100: medians of five
// rounds.
func BenchmarkSummary(b *testing.B) {
	s := openFor(b, "redis")
	c := coachOf(b, s)
	small, large := studying(b, c, "web/playground/small", 100), studying(b, c, "web/playground/large", 10_000)
	b.ResetTimer()
	var reading, growth []float64
	for range rounds {
		few, many := summaries(b, c, small), summaries(b, c, large)
		reading = append(reading, float64(many)/float64(readings(b, s, large, 10_000)))
		growth = append(growth, float64(many)/float64(few))
	}
	slices.Sort(reading)
	slices.Sort(growth)
	b.ReportMetric(reading[rounds/2], "x-reading")
	b.ReportMetric(growth[rounds/2], "x-small")
}

// studying makes a cohort of so many learners who are on its boards and have
// checked in.
func studying(b *testing.B, c *coach.Coach, room coach.RoomID, people int) coach.CohortID {
	id := cohortOf(b, c, room, people)
	crowd(b, 16, people, func(ctx context.Context, i int) error {
		e := event(id, i, fmt.Sprint("board/", i), "board on")
		e.Verb = "settings"
		_, err := c.Handle(ctx, e)
		if err == nil {
			_, err = c.Handle(ctx, event(id, i, fmt.Sprint("in/", i), "45m on the walker"))
		}
		return err
	})
	return id
}

// summaries returns how long a summary of a cohort takes.
func summaries(b *testing.B, c *coach.Coach, id coach.CohortID) time.Duration {
	e := event(id, 0, "", "")
	e.From, e.Verb, e.Text = lead, "summary", ""
	n := max(b.N/rounds, 1)
	return crowd(b, clients, n, func(ctx context.Context, _ int) error {
		reply, err := c.Handle(ctx, e)
		if err == nil && len(reply.Message.Blocks) < 3 {
			err = fmt.Errorf("the summary is %+v", reply)
		}
		return err
	}) / time.Duration(n)
}

// readings returns how long it takes to read the records of so many learners of a
// cohort, 1,000 in a pipeline.
func readings(b *testing.B, s *redisstore.Store, id coach.CohortID, people int) time.Duration {
	n := max(b.N/rounds/100, 1)
	return crowd(b, clients, n*people/1000, func(ctx context.Context, i int) error {
		pipe := redisstore.ClientOf(s).Pipeline()
		for k := range 1000 {
			pipe.Get(ctx, redisstore.LearnerKey(id, person((1000*i+k)%people)))
		}
		_, err := pipe.Exec(ctx)
		return err
	}) / time.Duration(n)
}

func openFor(b *testing.B, on string) *redisstore.Store {
	if on == "embedded" {
		return open(b, redisstore.Options{DataDir: b.TempDir()})
	}
	return open(b, redisstore.Options{URL: storetest.StartRedis(b, "--appendfsync", "everysec").URL()})
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

func coachOf(b *testing.B, s *redisstore.Store) *coach.Coach {
	library, err := content.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	return coach.New(s, library)
}

// cohortOf makes a cohort of so many learners.
func cohortOf(b *testing.B, c *coach.Coach, room coach.RoomID, people int) coach.CohortID {
	b.Helper()
	reply, err := c.Handle(b.Context(), coach.Event{ID: "setup/" + string(room), From: lead, Room: room, At: benchDay.AddDate(0, 0, -2), Verb: "setup", Submit: true, Args: map[string]string{
		"name": "Bench", "roadmap": "backend", "start": schedule.LocalDate(benchDay, time.UTC).String(), "zone": "UTC",
		"prompt": "09:00", "study": "mon,tue,wed,thu,fri,sat", "summary-day": "sun", "summary-time": "18:00", "goal": "12",
	}})
	if err != nil || reply.Message == nil {
		b.Fatal(reply, err)
	}
	id := coach.CohortID(reply.Message.Blocks[len(reply.Message.Blocks)-1].Actions[0].Args["cohort"])
	crowd(b, 16, people, func(ctx context.Context, i int) error {
		e := event(id, i, fmt.Sprint("join/", i), "")
		e.Verb = "join"
		_, err := c.Handle(ctx, e)
		return err
	})
	return id
}
