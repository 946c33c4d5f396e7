package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

var (
	jobs   = flag.Int("jobs", 100_000, "how many jobs are due at one instant")
	rounds = flag.Int("rounds", 5, "how often each side has its turn")
)

// BenchmarkDispatch has jobs that are due at one instant worked off by 64
// workers that do nothing: by the runner on its queue, and by asynq, in turns on
// one Redis. Both keep what a retry needs and a payload of 40 bytes, more than a
// nudge has; ours also remembers the keys of done jobs. It reports medians of the
// ratios of the rate, the 99th percentile of lateness and the memory that a
// waiting job takes.
//
// asynq has its best case: its tasks are pending before its server starts, so it
// need not find out that they are due.
func BenchmarkDispatch(b *testing.B) {
	redis := storetest.StartRedis(b, "--appendonly", "no")
	for b.Loop() {
		var rate, p99, bytes []float64
		for range *rounds {
			ours, theirs := dispatchOurs(b, redis), dispatchAsynq(b, redis)
			b.Logf("%.0f/s, p99 %s, %.0f bytes; asynq %.0f/s, p99 %s, %.0f bytes",
				ours.perSecond, ours.p99.Round(time.Millisecond), ours.bytes,
				theirs.perSecond, theirs.p99.Round(time.Millisecond), theirs.bytes)
			rate = append(rate, ours.perSecond/theirs.perSecond)
			p99 = append(p99, ours.p99.Seconds()/theirs.p99.Seconds())
			bytes = append(bytes, ours.bytes/theirs.bytes)
		}
		b.ReportMetric(median(rate), "x-asynq")
		b.ReportMetric(median(p99), "p99-x-asynq")
		b.ReportMetric(median(bytes), "bytes-x-asynq")
	}
}

func median(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }

const workers = 64

// A dispatch is what was measured of one.
type dispatch struct {
	perSecond float64
	p99       time.Duration // of the time from the instant to the job's start
	bytes     float64       // of Redis a job
}

// lateness collects how late jobs start.
type lateness struct {
	from  time.Time
	n     atomic.Int64
	of    []time.Duration
	ended sync.WaitGroup
}

func newLateness(n int) *lateness {
	l := &lateness{of: make([]time.Duration, n)}
	l.ended.Add(n)
	return l
}

func (l *lateness) job() {
	l.of[l.n.Add(1)-1] = time.Since(l.from)
	l.ended.Done()
}

func (l *lateness) measured(bytes float64) dispatch {
	took := time.Since(l.from)
	slices.Sort(l.of)
	return dispatch{float64(len(l.of)) / took.Seconds(), l.of[(len(l.of)-1)*99/100], bytes}
}

var payload = []byte(strings.Repeat("p", 40))

func key(i int) string { return fmt.Sprintf("prompt/07abcdefgh/%08d", i) }

func dispatchOurs(b *testing.B, redis *storetest.Redis) dispatch {
	redis.Do("FLUSHALL")
	store, err := redisstore.Open(b.Context(), redisstore.Options{URL: redis.URL()})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	empty := memory(redis)
	due := time.Now()
	batch := make([]schedule.Job, 0, *jobs)
	for i := range *jobs {
		batch = append(batch, schedule.Job{Key: key(i), Kind: "work", Part: i % schedule.Partitions, Due: due, Payload: payload})
	}
	if err := store.Add(b.Context(), batch...); err != nil {
		b.Fatal(err)
	}
	bytes := float64(memory(redis)-empty) / float64(*jobs)

	late := newLateness(*jobs)
	runner := schedule.NewRunner(schedule.RunnerOptions{
		Queue: store, Workers: workers,
		Handlers: map[string]schedule.Handler{"work": func(context.Context, schedule.Job, time.Time) schedule.Outcome {
			late.job()
			return schedule.Outcome{}
		}},
	})
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	late.from = time.Now()
	running.Go(func() { _ = runner.Run(ctx) })
	late.ended.Wait()
	stop()
	running.Wait() // the outcomes are recorded, too
	got := late.measured(bytes)
	if left, _, err := store.NextDue(b.Context()); err != nil || !left.IsZero() {
		b.Fatal("not all was worked off", left, err)
	}
	return got
}

func dispatchAsynq(b *testing.B, redis *storetest.Redis) dispatch {
	redis.Do("FLUSHALL")
	opt := asynq.RedisClientOpt{Addr: redis.Addr}
	client := asynq.NewClient(opt)
	defer client.Close()
	add := func(n int, options ...asynq.Option) {
		var next atomic.Int64
		var adding sync.WaitGroup
		for range workers {
			adding.Go(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					task := asynq.NewTask("work", payload, append(slices.Clip(options), asynq.TaskID(key(i)))...)
					if _, err := client.EnqueueContext(b.Context(), task); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		adding.Wait()
	}
	empty := memory(redis)
	add(*jobs/5, asynq.ProcessIn(time.Hour))
	bytes := float64(memory(redis)-empty) / float64(*jobs/5)
	redis.Do("FLUSHALL")
	add(*jobs)

	late := newLateness(*jobs)
	server := asynq.NewServer(opt, asynq.Config{Concurrency: workers, LogLevel: asynq.FatalLevel})
	late.from = time.Now()
	if err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		late.job()
		return nil
	})); err != nil {
		b.Fatal(err)
	}
	late.ended.Wait()
	got := late.measured(bytes)
	server.Shutdown()
	return got
}

// memory is what the data of a Redis uses.
func memory(redis *storetest.Redis) int64 {
	for line := range strings.Lines(redis.Do("INFO", "memory")) {
		if text, ok := strings.CutPrefix(line, "used_memory:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil {
				panic(err)
			}
			return n
		}
	}
	panic(errors.New("Redis does not say how much memory it uses"))
}
