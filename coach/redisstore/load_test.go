package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/coach/redisstore"
)

// load checks in as several learners at once until it ends. An event that
// fails is sent again until it is acknowledged, as platforms do.
type load struct {
	t     *testing.T
	store *redisstore.Store
	acked acknowledged
	group sync.WaitGroup

	mu       sync.Mutex
	progress sync.Cond // of what follows
	ending   bool
	acks     [writers]int
	failures [writers]int
	kinds    map[string]int // of errors, with how often they came
	slowest  time.Duration
}

// loads numbers the loads of this process, so that no two send the same event.
var loads atomic.Int64

func startLoad(t *testing.T, s *redisstore.Store) *load {
	t.Helper()
	l := &load{t: t, store: s, kinds: map[string]int{}}
	l.progress.L = &l.mu
	number := loads.Add(1)
	for n := range writers {
		l.group.Go(func() {
			for i := 0; ; i++ {
				event := fmt.Sprintf("%d/load%d/%d", n, number, i)
				for !l.checkIn(n, event) {
				}
				if l.acked[n] = append(l.acked[n], event); l.ended() {
					return
				}
			}
		})
	}
	return l
}

// checkIn sends an event and tells whether it was acknowledged.
func (l *load) checkIn(n int, event string) bool {
	scope, fn := checkIn(event)
	begun := time.Now()
	receipt, _, err := l.store.Update(l.t.Context(), scope, fn)
	took := time.Since(begun)
	if err == nil && string(receipt) != event {
		l.t.Errorf("event %s is answered with %q", event, receipt)
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, took)
	if err == nil {
		l.acks[n]++
	} else {
		l.failures[n]++
		l.kinds[kind(err)]++
	}
	l.progress.Broadcast()
	return err == nil || l.t.Context().Err() != nil
}

// kind is what sort of error it is: the first word of Redis's, or our own.
func kind(err error) string {
	var refused redis.Error
	switch {
	case errors.As(err, &refused):
		return regexp.MustCompile(`^\w+`).FindString(refused.Error())
	case errors.Is(err, redisstore.ErrUnreplicated):
		return "unreplicated"
	case errors.Is(err, coach.ErrUnknown):
		return "unknown"
	case errors.Is(err, context.DeadlineExceeded):
		return "late"
	default:
		return "unreached"
	}
}

func (l *load) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ending
}

// acknowledges waits until each learner has n more check-ins acknowledged.
func (l *load) acknowledges(n int) { l.await(&l.acks, n) }

// fails waits until each learner has failed to check in n times more.
func (l *load) fails(n int) { l.await(&l.failures, n) }

func (l *load) await(counts *[writers]int, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := *counts
	for i := range counts {
		for counts[i] < was[i]+n {
			l.progress.Wait()
		}
	}
}

// seen returns the kinds of errors that came so far, and forgets them.
func (l *load) seen() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds := slices.Sorted(maps.Keys(l.kinds))
	clear(l.kinds)
	return kinds
}

// end waits until what is under way is acknowledged, and returns all that was.
func (l *load) end() *acknowledged {
	l.t.Helper()
	l.mu.Lock()
	l.ending = true
	l.mu.Unlock()
	l.group.Wait()
	total := 0
	for _, n := range l.acks {
		total += n
	}
	if l.slowest > 6*time.Second { // 3 s, and as much again for a busy machine
		l.t.Errorf("a call took %v", l.slowest)
	}
	l.t.Logf("%d check-ins acknowledged, the slowest call took %v", total, l.slowest.Round(time.Millisecond))
	return &l.acked
}
