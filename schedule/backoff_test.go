package schedule

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffDoubles(t *testing.T) {
	low, high := func() float64 { return 0 }, func() float64 { return 0.999_999_999 }
	for attempt, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		want *= time.Second
		if got := Backoff(attempt, low); got != want {
			t.Errorf("after %d failures at least %s, want %s", attempt, got, want)
		}
		if got := Backoff(attempt, high).Round(time.Second); got != 2*want {
			t.Errorf("after %d failures at most %s, want %s", attempt, got, 2*want)
		}
	}
}

func TestBackoffKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.Int().Draw(t, "attempt")
		share := rapid.Float64Range(0, 1).Draw(t, "rnd")
		if d := Backoff(attempt, func() float64 { return share }); d < time.Second || d > 10*time.Minute {
			t.Errorf("Backoff(%d) = %s", attempt, d)
		}
	})
}
