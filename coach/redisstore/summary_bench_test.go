package redisstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/content"
	"studycoach/schedule"
)

// BenchmarkSummary makes a cohort's weekly summary from its counters.
func BenchmarkSummary(b *testing.B) {
	for _, on := range []string{"embedded", "redis"} {
		for _, people := range []int{100, 10000} {
			b.Run(fmt.Sprintf("%s/%d", on, people), func(b *testing.B) {
				c := coachOf(b, openFor(b, on))
				id := cohortOf(b, c, "web/playground/bench", people)
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
