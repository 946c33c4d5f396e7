package schedule

import "time"

// The bounds of Backoff.
const (
	minBackoff = time.Second
	maxBackoff = 10 * time.Minute
)

// Backoff returns how long to wait before trying again after a job has failed
// attempt times before: about twice as long each time, from 1 s to 10 min. rnd
// returns a number in [0, 1), as [math/rand/v2.Float64] does; it spreads the
// wait over the upper half of its range, so that many jobs that failed together
// do not come back together.
func Backoff(attempt int, rnd func() float64) time.Duration {
	top := 2 * minBackoff
	for ; attempt > 0 && top < maxBackoff; attempt-- {
		top *= 2
	}
	half := min(top, maxBackoff) / 2
	return half + time.Duration(rnd()*float64(half))
}
