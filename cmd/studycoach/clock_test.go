package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// newClock returns the clock of a process on a machine whose own may be moved
// ahead, as it may be while the process runs.
func newClock(t *testing.T, url string) (_ *clock, ahead *atomic.Int64) {
	t.Helper()
	store, err := redisstore.Open(t.Context(), redisstore.Options{URL: url})
	try(t, err)
	t.Cleanup(func() { try(t, store.Close()) })
	ahead = new(atomic.Int64)
	local := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	return &clock{store: store, local: local, log: slog.New(slog.NewTextHandler(t.Output(), nil))}, ahead
}

// A clock that is off is not gone by, however it came to be off.
func TestClockFollowsRedis(t *testing.T) {
	c, ahead := newClock(t, storetest.StartRedis(t).URL())
	for _, off := range []time.Duration{0, time.Second, time.Hour, 30 * time.Hour, -time.Second, -time.Hour, 0} {
		ahead.Store(int64(off))
		try(t, c.check(t.Context()))
		got := time.Until(c.Now())
		if got.Abs() > redisstore.MaxClockOffset {
			t.Errorf("on a machine that is %v ahead, the clock is %v ahead", off, got)
		}
		if off.Abs() == time.Second && got.Round(time.Second) != off {
			t.Errorf("a machine that is %v ahead is corrected to %v", off, got)
		}
	}
}

// Three replicas, two on machines an hour off: each job is done once and not
// before it is due.
func TestSkewedReplicas(t *testing.T) {
	t.Parallel() // it waits for the time most of the time
	redis := storetest.StartRedis(t)
	const jobs = 60
	begin := time.Now().Truncate(time.Millisecond)
	var mu sync.Mutex
	done := map[string]int{}
	all := make(chan struct{})
	work := func(_ context.Context, j schedule.Job, _ time.Time) schedule.Outcome {
		mu.Lock()
		defer mu.Unlock()
		if early := time.Until(j.Due); early > redisstore.MaxClockOffset {
			t.Errorf("%s is done %v early", j.Key, early)
		}
		if done[j.Key]++; len(done) == jobs {
			close(all)
		}
		return schedule.Outcome{}
	}

	ctx, stop := context.WithCancel(t.Context())
	var replicas sync.WaitGroup
	for _, off := range []time.Duration{-time.Hour, 0, time.Hour} {
		c, ahead := newClock(t, redis.URL())
		ahead.Store(int64(off))
		try(t, c.check(ctx))
		r := schedule.NewRunner(schedule.RunnerOptions{
			Queue: c.store, Handlers: map[string]schedule.Handler{"work": work}, Now: c.Now, Poll: 100 * time.Millisecond,
		})
		replicas.Go(func() { try(t, r.Run(ctx)) })
		if off != 0 {
			continue
		}
		for i := range jobs {
			j := schedule.Job{Key: fmt.Sprint("job", i), Kind: "work", Part: i % schedule.Partitions, Due: begin.Add(time.Duration(i) * 40 * time.Millisecond)}
			try(t, c.store.Add(ctx, j, schedule.Job{Key: "later" + j.Key, Kind: "work", Part: j.Part, Due: j.Due.Add(30 * time.Minute)}))
		}
	}
	<-all
	stop()
	replicas.Wait()
	for key, n := range done {
		if n != 1 {
			t.Errorf("%s is done %d times", key, n)
		}
	}
}
