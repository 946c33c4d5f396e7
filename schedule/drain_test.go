package schedule

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2027, 3, 14, 12, 0, 0, 0, time.UTC)

func jobAt(at time.Time, key string) Job { return Job{Key: key, Kind: "work", Due: at} }

func TestDrainRunsInDueOrderWithWhatIsAdded(t *testing.T) {
	var got []string
	q := newMemory(
		jobAt(noon, "c"), jobAt(noon.Add(-time.Hour), "a"), jobAt(noon.Add(time.Second), "too early"), jobAt(noon, "d"),
	)
	r := NewRunner(RunnerOptions{Queue: q, Handlers: work(func(ctx context.Context, j Job, now time.Time) Outcome {
		got = append(got, j.Key)
		if !now.Equal(noon) {
			t.Errorf("%s runs at %s", j.Key, now)
		}
		switch j.Key {
		case "a":
			_ = q.Add(ctx, jobAt(noon.Add(-time.Minute), "b"))
		case "d":
			_ = q.Add(ctx, jobAt(noon, "e"))
		case "e":
			return Outcome{State: Waiting, Retry: now, Reason: "busy"} // not due any more
		}
		return Outcome{}
	})})
	n, err := r.Drain(t.Context(), noon)
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, got); diff != "" || n != 5 || err != nil {
		t.Errorf("%d, %v (-want +got):\n%s", n, err, diff)
	}
	if n, err := r.Drain(t.Context(), noon); n != 0 || err != nil {
		t.Errorf("then %d, %v", n, err)
	}
}

// Due order goes across partitions, however many batches it takes to see it.
func TestDrainTakesMoreThanABatch(t *testing.T) {
	q := newMemory()
	var want, got []string
	for i := range 2*drainBatch + 10 {
		key := fmt.Sprintf("%04d", i)
		want = append(want, key)
		j := jobAt(noon.Add(time.Duration(i)*time.Second), key)
		j.Part = (i + 1) % 2
		_ = q.Add(t.Context(), j)
	}
	r := NewRunner(RunnerOptions{Queue: q, Handlers: work(func(_ context.Context, j Job, _ time.Time) Outcome {
		got = append(got, j.Key)
		return Outcome{}
	})})
	if _, err := r.Drain(t.Context(), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDrainStopsWithItsContext(t *testing.T) {
	q := newMemory(jobAt(noon, "a"), jobAt(noon, "b"), jobAt(noon, "c"))
	ctx, cancel := context.WithCancel(t.Context())
	r := NewRunner(RunnerOptions{Queue: q, Handlers: work(func(context.Context, Job, time.Time) Outcome {
		cancel()
		return Outcome{}
	})})
	if n, err := r.Drain(ctx, noon); n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("Drain = %d, %v", n, err)
	}
	if got := q.unclaimed(); len(got) != 2 || !q.done["a"] {
		t.Errorf("given back: %v; done: %v", got, q.done)
	}
	if n, err := r.Drain(ctx, noon); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("then Drain = %d, %v", n, err)
	}
}

func TestDrainSaysWhenTheQueueFails(t *testing.T) {
	q := newMemory()
	q.setFail(errors.New("gone"))
	r := NewRunner(RunnerOptions{Queue: q})
	if _, err := r.Drain(t.Context(), noon); err == nil || err.Error() != "claim due jobs: gone" {
		t.Errorf("Drain: %v", err)
	}
	if err := r.Advance(t.Context(), noon, noon.Add(time.Hour), func(time.Time) { t.Error("the clock moved") }); err == nil || err.Error() != "ask when the next job is due: gone" {
		t.Errorf("Advance: %v", err)
	}
}

// What takes longer than a lease in all is claimed anew in between.
func TestDrainKeepsLeasesFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory()
		for i := range 8 {
			_ = q.Add(t.Context(), in(time.Duration(i)*time.Millisecond, fmt.Sprint(i)))
		}
		r := NewRunner(RunnerOptions{Queue: q, Handlers: work(func(ctx context.Context, j Job, _ time.Time) Outcome {
			if ends, _ := ctx.Deadline(); time.Until(ends) < 24*time.Second {
				t.Errorf("%s starts with %s of its lease left", j.Key, time.Until(ends))
			}
			d.note("%s", j.Key)
			time.Sleep(10 * time.Second)
			return Outcome{}
		})})
		if n, err := r.Drain(t.Context(), time.Now().Add(time.Second)); n != 8 || err != nil {
			t.Errorf("Drain = %d, %v", n, err)
		}
		d.check(t, "0s 0", "10s 1", "20s 2", "30s 3", "40s 4", "50s 5", "1m0s 6", "1m10s 7")
	})
}

// A prompt every day at 9, each planting the next, and a delivery that comes
// through at the third try: a week passes as it would have.
func TestAdvanceLetsTimePass(t *testing.T) {
	r9, err := ParseRule("0 9 * * *", "America/New_York", EveryDay&^WeekdaysOf(time.Saturday), nil)
	if err != nil {
		t.Fatal(err)
	}
	from := mustTime(t, "2027-03-11T12:00:00-05:00")
	to := mustTime(t, "2027-03-15T12:00:00-04:00")
	first, _ := r9.NextAfter(from)
	q := newMemory(Job{Key: "prompt/" + first.Slot.String(), Kind: "prompt", Due: first.At, Payload: []byte(first.Slot.String())})

	var got []string
	clock := from
	set := func(now time.Time) {
		if now.Before(clock) {
			t.Errorf("the clock goes back from %s to %s", clock, now)
		}
		clock = now
	}
	note := func(j Job, now time.Time) {
		if !now.Equal(clock) {
			t.Errorf("%s runs at %s, when the clock shows %s", j.Key, now, clock)
		}
		got = append(got, now.In(r9.Zone()).Format("Mon 15:04:05 -07 ")+j.Key)
	}
	r := NewRunner(RunnerOptions{
		Queue: q, Rand: func() float64 { return 0 }, Now: func() time.Time { return clock },
		Handlers: map[string]Handler{
			"prompt": func(ctx context.Context, j Job, now time.Time) Outcome {
				note(j, now)
				slot, err := ParseSlot(string(j.Payload))
				if err != nil {
					return Outcome{State: Dead, Reason: "damaged"}
				}
				next, _ := r9.Next(slot)
				_ = q.Add(ctx,
					Job{Key: "delivery/" + slot.Date.String(), Kind: "delivery", Due: now},
					Job{Key: "prompt/" + next.Slot.String(), Kind: "prompt", Due: next.At, Payload: []byte(next.Slot.String())})
				return Outcome{}
			},
			"delivery": func(_ context.Context, j Job, now time.Time) Outcome {
				note(j, now)
				if j.Key == "delivery/2027-03-12" && j.Attempt < 2 {
					return Outcome{State: Waiting, Retry: now.Add(Backoff(j.Attempt, func() float64 { return 0 })), Reason: "502"}
				}
				return Outcome{}
			},
		},
	})
	if err := r.Advance(t.Context(), from, to, set); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Fri 09:00:00 -05 prompt/2027-03-12T09:00",
		"Fri 09:00:00 -05 delivery/2027-03-12",
		"Fri 09:00:01 -05 delivery/2027-03-12",
		"Fri 09:00:03 -05 delivery/2027-03-12",
		"Sun 09:00:00 -04 prompt/2027-03-14T09:00",
		"Sun 09:00:00 -04 delivery/2027-03-14",
		"Mon 09:00:00 -04 prompt/2027-03-15T09:00",
		"Mon 09:00:00 -04 delivery/2027-03-15",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !clock.Equal(to) {
		t.Errorf("the clock stands at %s", clock)
	}
}

func TestAdvanceDoesNotGoBack(t *testing.T) {
	r := NewRunner(RunnerOptions{Queue: newMemory()})
	err := r.Advance(t.Context(), noon, noon.Add(-time.Second), func(time.Time) { t.Error("the clock moved") })
	if err == nil || !strings.Contains(err.Error(), "does not go back") {
		t.Errorf("Advance: %v", err)
	}
}

func TestAdvanceStopsAtAContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	q := newMemory(jobAt(noon, "a"))
	var clock time.Time
	r := NewRunner(RunnerOptions{Queue: q, Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
		cancel()
		return Outcome{State: Waiting, Retry: now.Add(time.Hour)}
	})})
	if err := r.Advance(ctx, noon.Add(-time.Hour), noon.Add(24*time.Hour), func(now time.Time) { clock = now }); !errors.Is(err, context.Canceled) {
		t.Errorf("Advance: %v", err)
	}
	if !clock.Equal(noon) {
		t.Errorf("the clock stands at %s, past the failure", clock)
	}
	if err := r.Advance(ctx, noon, noon.Add(time.Hour), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Advance: %v", err)
	}
}

// stuck calls a job due that it does not give.
type stuck struct{ *memory }

func (stuck) Claim(context.Context, time.Time, time.Duration, int) ([]Job, error) { return nil, nil }

// counting counts calls of NextDue, Claim and FinishAll, and the outcomes.
type counting struct {
	Queue
	asked, claims, finishes, finished int
}

func (c *counting) FinishAll(ctx context.Context, now time.Time, all []Ended) []error {
	c.finishes++
	c.finished += len(all)
	return c.Queue.FinishAll(ctx, now, all)
}

func (c *counting) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	c.claims++
	return c.Queue.Claim(ctx, now, lease, limit)
}

func (c *counting) NextDue(ctx context.Context) (time.Time, bool, error) {
	c.asked++
	return c.Queue.NextDue(ctx)
}

func TestAQueueThatIsStuckSpinsNobody(t *testing.T) {
	r := NewRunner(RunnerOptions{Queue: stuck{newMemory(jobAt(noon, "a"))}})
	err := r.Advance(t.Context(), noon, noon.Add(time.Hour), func(time.Time) {})
	if err == nil || !strings.Contains(err.Error(), "does not give it") {
		t.Errorf("Advance: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		q := &counting{Queue: stuck{newMemory(in(0, "a"))}}
		stop := start(t, NewRunner(RunnerOptions{Queue: q}))
		time.Sleep(time.Second)
		stop()
		if q.asked > 1+int(time.Second/minSleep) {
			t.Errorf("Run asked %d times in a second", q.asked)
		}
	})
}

// taken is a queue from which a job that is called due is taken before it can be
// claimed.
type taken struct {
	*memory
	key string
}

func (q taken) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	delete(q.jobs, q.key)
	return q.memory.Claim(ctx, now, lease, limit)
}

func TestAdvanceBearsACancelledJob(t *testing.T) {
	d := newDiary()
	q := taken{newMemory(jobAt(noon, "cancelled"), jobAt(noon.Add(time.Minute), "b")), "cancelled"}
	r := NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, nil))})
	if err := r.Advance(t.Context(), noon, noon.Add(time.Hour), func(time.Time) {}); err != nil || len(d.lines) != 1 {
		t.Errorf("Advance: %v; %v", err, d.lines)
	}
}

// While the clock moves, Run does nothing of its own; and the move waits for
// what Run has begun.
func TestRunAndAdvanceTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		begin := time.Now()
		q := newMemory(in(0, "room/1"), in(0, "room/2"), in(24*time.Hour, "room/3"), in(25*time.Hour, "room/4"))
		var mu sync.Mutex
		clock := begin
		r := NewRunner(RunnerOptions{
			Queue: q, Lane: room,
			Now: func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return clock
			},
			Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
				d.note("%s begins, %s on", j.Key, now.Sub(begin))
				time.Sleep(3 * time.Second)
				d.note("%s ends", j.Key)
				return Outcome{}
			}),
		})
		stop := start(t, r)
		time.Sleep(time.Second)
		err := r.Advance(t.Context(), begin, begin.Add(48*time.Hour), func(now time.Time) {
			mu.Lock()
			defer mu.Unlock()
			clock = now
			d.note("the clock shows %s on", now.Sub(begin))
		})
		if err != nil {
			t.Error(err)
		}
		synctest.Wait() // Run has the turn again, and sleeps
		_ = q.Add(t.Context(), jobAt(begin.Add(48*time.Hour), "room/5"))
		r.Wake(begin.Add(48 * time.Hour))
		time.Sleep(10 * time.Second)
		stop()
		d.check(t,
			"0s room/1 begins, 0s on", "3s room/1 ends",
			"3s room/2 begins, 0s on", "6s room/2 ends",
			"6s the clock shows 24h0m0s on", "6s room/3 begins, 24h0m0s on", "9s room/3 ends",
			"9s the clock shows 25h0m0s on", "9s room/4 begins, 25h0m0s on", "12s room/4 ends",
			"12s the clock shows 48h0m0s on",
			"12s room/5 begins, 48h0m0s on", "15s room/5 ends",
		)
	})
}

// Run does not finish its backlog before it gives the turn away.
func TestDrainNeedNotWaitForABacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		for i := range 10 {
			_ = q.Add(t.Context(), in(0, fmt.Sprint(i)))
		}
		r := NewRunner(RunnerOptions{Queue: q, Workers: 2, Handlers: work(takes(newDiary(), map[string]time.Duration{"0": time.Second, "1": time.Second}))})
		stop := start(t, r)
		synctest.Wait()
		if n, err := r.Drain(t.Context(), time.Now()); n != 8 || err != nil {
			t.Errorf("Drain = %d, %v; want the 8 jobs that had not started", n, err)
		}
		stop()
	})
}

// Somebody who waits for the turn and gives up leaves Run as it was.
func TestDrainGivesUpWaitingForRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"), in(10*time.Second, "b"))
		r := NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, map[string]time.Duration{"a": 5 * time.Second}))})
		stop := start(t, r)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Drain(ctx, time.Now()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Drain: %v", err)
		}
		time.Sleep(time.Minute)
		stop()
		d.check(t, "0s a", "10s b")
	})
}
