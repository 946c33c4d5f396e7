package coach_test

import (
	"testing"

	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

func TestReview(t *testing.T) {
	for _, test := range []struct {
		before int // days of the last interval
		rating coach.Rating
		after  int
	}{
		{0, coach.Again, 1},
		{0, coach.Hard, 1},
		{0, coach.Good, 3},
		{0, coach.Easy, 7},
		{1, coach.Hard, 2},
		{1, coach.Good, 3},
		{3, coach.Good, 6},
		{6, coach.Good, 12},
		{7, coach.Easy, 21},
		{10, coach.Hard, 12},
		{80, coach.Again, 1},
		{80, coach.Good, 120},
		{120, coach.Easy, 120},
		{120, coach.Hard, 120},
	} {
		c := coach.Review(coach.Card{Question: "q", Interval: test.before, Times: 4, Missed: 2}, test.rating, day(1))
		missed := 2
		if test.rating == coach.Again {
			missed = 3
		}
		want := coach.Card{Question: "q", Due: day(1) + schedule.Date(test.after), Interval: test.after, Times: 5, Missed: missed}
		if c != want {
			t.Errorf("%d days, then %s: %+v, want %+v", test.before, test.rating, c, want)
		}
	}
}

func TestWhatWasMissedComesBackSooner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := coach.Card{Question: "q"}
		ratings := []coach.Rating{coach.Again, coach.Hard, coach.Good, coach.Easy}
		for _, r := range rapid.SliceOf(rapid.SampledFrom(ratings)).Draw(t, "ratings") {
			c = coach.Review(c, r, day(1))
		}
		last := schedule.Date(0)
		for _, r := range ratings {
			next := coach.Review(c, r, day(1))
			if next.Due < last || next.Due <= day(1) || next.Due > day(1)+120 {
				t.Fatalf("after %+v, %s is due on %s", c, r, next.Due)
			}
			last = next.Due
		}
	})
}
