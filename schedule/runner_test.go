package schedule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// diary notes what handlers did and when, reckoned from the bubble's start.
type diary struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func newDiary() *diary { return &diary{start: time.Now()} }

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%s ", time.Since(d.start))+fmt.Sprintf(format, args...))
}

func (d *diary) check(t *testing.T, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if diff := cmp.Diff(want, d.lines); diff != "" {
		t.Errorf("what happened (-want +got):\n%s", diff)
	}
}

// start runs a runner in the bubble and returns a function that stops it and
// waits for it.
func start(t *testing.T, r *Runner) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	}
}

// in returns a job of the kind "work" that is due in a while.
func in(d time.Duration, key string) Job {
	return Job{Key: key, Kind: "work", Due: time.Now().Add(d)}
}

// work returns the handlers for such jobs.
func work(h Handler) map[string]Handler { return map[string]Handler{"work": h} }

// room is the lane of a job with a key like room/1.
func room(j Job) string {
	name, _, _ := strings.Cut(j.Key, "/")
	return name
}

// takes returns a handler that notes its job and takes the time given for the
// job's lane.
func takes(d *diary, times map[string]time.Duration) Handler {
	return func(_ context.Context, j Job, _ time.Time) Outcome {
		d.note("%s", j.Key)
		time.Sleep(times[room(j)])
		return Outcome{}
	}
}

func TestRunWorksWhenJobsAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(90*time.Minute, "c"), in(1500*time.Millisecond, "b"), in(-time.Hour, "a"))
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, nil))}))
		time.Sleep(2 * time.Hour)
		stop()
		d.check(t, "0s a", "1.5s b", "1h30m0s c")
		if len(q.jobs) != 0 {
			t.Errorf("left: %v", q.jobs)
		}
	})
}

func TestOneLaneRunsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(-1*time.Minute, "room/b"), in(-3*time.Minute, "room/c"), in(-2*time.Minute, "room/a"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"room": 2 * time.Second})),
		}))
		time.Sleep(time.Minute)
		stop()
		d.check(t, "0s room/c", "2s room/a", "4s room/b")
	})
}

func TestASlowLaneDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory()
		for i := range 100 { // all overdue before anything else
			_ = q.Add(t.Context(), in(-time.Hour, fmt.Sprintf("slow/%03d", i)))
		}
		_ = q.Add(t.Context(), in(0, "quick/1"), in(5*time.Second, "quick/2"), in(0, "other/1"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Workers: 2, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"slow": 20 * time.Second})),
		}))
		time.Sleep(10 * time.Second)
		if held := q.claimed(); held > maxHeld+1 {
			t.Errorf("%d jobs are held for one lane", held)
		}
		stop()
		slices.Sort(d.lines[:3])
		d.check(t, "0s other/1", "0s quick/1", "0s slow/000", "5s quick/2")
	})
}

// A backlog of one lane that outlasts leases many times over is worked off, each
// job once and in due order.
func TestALongLaneComesToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory()
		var want []string
		for i := range 60 {
			_ = q.Add(t.Context(), in(time.Duration(i)*time.Millisecond-time.Hour, fmt.Sprintf("slow/%03d", i)))
			want = append(want, fmt.Sprintf("slow/%03d", i))
		}
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"slow": 23 * time.Second})),
		}))
		time.Sleep(time.Hour)
		stop()
		var got []string
		for _, line := range d.lines {
			_, key, _ := strings.Cut(line, " ")
			got = append(got, key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// However many jobs of one slow room are due before everybody else's, the others
// run at once, and the backlog is not moved to and fro all the time.
func TestABacklogOfOneRoomDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := &counting{Queue: newMemory()}
		for i := range 300 {
			_ = q.Add(t.Context(), in(-time.Hour, fmt.Sprintf("slow/%03d", i)))
		}
		_ = q.Add(t.Context(), in(0, "quick/1"), in(40*time.Second, "quick/2"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Workers: 2, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"slow": time.Minute})),
		}))
		time.Sleep(45 * time.Second)
		stop()
		slices.Sort(d.lines)
		d.check(t, "0s quick/1", "0s slow/000", "40s quick/2")
		if q.finished > 6*300 {
			t.Errorf("%d outcomes were recorded in 45 s", q.finished)
		}
	})
}

// A room with a backlog is at work all the time, whatever pace it has.
func TestABacklogIsWorkedOffAtItsPace(t *testing.T) {
	for _, pace := range []time.Duration{5 * time.Millisecond, 40 * time.Millisecond, time.Second} {
		t.Run(pace.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDiary()
				q := newMemory()
				const n = 500
				for i := range n {
					_ = q.Add(t.Context(), in(-time.Hour, fmt.Sprintf("room/%03d", i)))
				}
				stop := start(t, NewRunner(RunnerOptions{
					Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"room": pace})),
				}))
				time.Sleep(n*pace*5/4 + 5*time.Second)
				stop()
				if len(d.lines) != n {
					t.Errorf("%d jobs ran", len(d.lines))
				}
			})
		})
	}
}

// distant is a queue whose calls take a while.
type distant struct{ *counting }

func (q distant) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	time.Sleep(5 * time.Millisecond)
	return q.counting.Claim(ctx, now, lease, limit)
}

func (q distant) FinishAll(ctx context.Context, now time.Time, all []Ended) []error {
	time.Sleep(5 * time.Millisecond)
	return q.counting.FinishAll(ctx, now, all)
}

// Many quick jobs take far fewer calls of the queue than there are jobs.
func TestQuickJobsAreTakenInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &counting{Queue: newMemory()}
		const n = 5000
		for i := range n {
			_ = q.Add(t.Context(), in(-time.Hour, fmt.Sprint(i)))
		}
		stop := start(t, NewRunner(RunnerOptions{Queue: distant{q}, Workers: 8, Handlers: work(takes(newDiary(), nil))}))
		time.Sleep(time.Second)
		stop()
		if q.finished != n {
			t.Errorf("%d jobs ran", q.finished)
		}
		if q.claims > n/100 || q.finishes > n/100 {
			t.Errorf("%d claims, %d records of outcomes", q.claims, q.finishes)
		}
	})
}

// No more is claimed than soon starts, so that nothing waits here that another
// process could start.
func TestSlowJobsAreNotHoarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		for i := range 1000 {
			_ = q.Add(t.Context(), in(-time.Hour, fmt.Sprint(i)))
		}
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Workers: 4, Handlers: work(func(context.Context, Job, time.Time) Outcome {
			time.Sleep(time.Second)
			return Outcome{}
		})}))
		for range 20 {
			time.Sleep(900 * time.Millisecond)
			if held := q.claimed(); held > 2*4 {
				t.Errorf("%d jobs are held", held)
			}
		}
		stop()
	})
}

// stubborn is a queue that for a while does not take the outcome of one job.
type stubborn struct {
	*memory
	key   string
	until time.Time
}

func (q stubborn) FinishAll(ctx context.Context, now time.Time, all []Ended) []error {
	errs := q.memory.FinishAll(ctx, now, all[:0])
	for _, e := range all {
		if e.Job.Key == q.key && time.Now().Before(q.until) {
			errs = append(errs, errors.New("gone"))
		} else {
			errs = append(errs, q.Finish(ctx, e.Job, now, e.Outcome))
		}
	}
	return errs
}

// An outcome waits neither for a job that still runs nor for an outcome that
// cannot be recorded.
func TestOutcomesWaitForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := stubborn{newMemory(in(0, "slow/1"), in(0, "lost/1"), in(0, "quick/1"), in(100*time.Millisecond, "quick/2")), "lost/1", time.Now().Add(time.Second)}
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Handlers: work(takes(d, map[string]time.Duration{"slow": 10 * time.Second})),
			Observe: func(j Job, _, _ time.Duration, _ Outcome) { d.note("%s is recorded", j.Key) },
		}))
		time.Sleep(20 * time.Second)
		stop()
		slices.Sort(d.lines[:4]) // in any order at the same time
		d.check(t, "0s lost/1", "0s quick/1", "0s quick/1 is recorded", "0s slow/1",
			"100ms quick/2", "100ms quick/2 is recorded", "1.2s lost/1 is recorded", "10s slow/1 is recorded")
	})
}

func TestNoMoreThanWorkersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		for i := range 20 {
			_ = q.Add(t.Context(), in(0, fmt.Sprint(i)))
		}
		var mu sync.Mutex
		running, most, total := 0, 0, 0
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Workers: 3, Handlers: work(func(context.Context, Job, time.Time) Outcome {
			mu.Lock()
			running, total = running+1, total+1
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return Outcome{}
		})}))
		time.Sleep(10 * time.Second)
		stop()
		if most != 3 || total != 20 {
			t.Errorf("%d of 20 jobs ran, %d at once; want all, 3 at once", total, most)
		}
	})
}

// What another process adds is found within Poll; what this one says it added,
// at once.
func TestRunFindsWhatIsAdded(t *testing.T) {
	for _, test := range []struct {
		name string
		wake bool
		want string
	}{{"by another", false, "10s new"}, {"with Wake", true, "9.3s new"}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDiary()
				q := newMemory(in(time.Hour, "later"))
				r := NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, nil))})
				stop := start(t, r)
				time.Sleep(9300 * time.Millisecond)
				_ = q.Add(t.Context(), in(0, "new"))
				if test.wake {
					r.Wake(time.Now())
				}
				time.Sleep(2 * time.Second)
				stop()
				d.check(t, test.want)
			})
		})
	}
}

func TestWhatAJobAddsIsDoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		next := map[string]string{"a": "b", "b": "c"}
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(func(ctx context.Context, j Job, _ time.Time) Outcome {
			d.note("%s", j.Key)
			time.Sleep(time.Millisecond)
			if key := next[j.Key]; key != "" {
				_ = q.Add(ctx, in(0, key))
			}
			return Outcome{}
		})}))
		time.Sleep(10 * time.Second)
		stop()
		d.check(t, "0s a", "1ms b", "2ms c")
	})
}

func TestWakeForLaterIsLeftToThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		r := NewRunner(RunnerOptions{Queue: q})
		stop := start(t, r)
		time.Sleep(500 * time.Millisecond)
		before, _ := q.counts()
		r.Wake(time.Now().Add(time.Hour))
		synctest.Wait()
		if after, _ := q.counts(); after != before {
			t.Error("the runner went to the queue for a job due in an hour")
		}
		stop()
	})
}

func TestAnIdleRunnerAsksOncePerPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &counting{Queue: newMemory(in(time.Hour, "later"))}
		stop := start(t, NewRunner(RunnerOptions{Queue: q}))
		time.Sleep(59500 * time.Millisecond)
		stop()
		if q.asked != 60 || q.claims != 0 {
			t.Errorf("%d times asked and %d claims in a minute", q.asked, q.claims)
		}
	})
}

// Somebody moves the clock by a day: what is due then comes within Poll.
func TestRunNoticesAMovedClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(24*time.Hour, "tomorrow"))
		var mu sync.Mutex
		ahead := time.Duration(0)
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, nil)), Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(ahead)
		}}))
		time.Sleep(2500 * time.Millisecond)
		mu.Lock()
		ahead = 24 * time.Hour
		mu.Unlock()
		time.Sleep(time.Second)
		stop()
		d.check(t, "3s tomorrow")
	})
}

func TestOutcomesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "fine"), in(0, "late"), in(0, "hopeless"), Job{Key: "odd", Kind: "unheard of", Due: time.Now()})
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
			d.note("%s", j.Key)
			switch j.Key {
			case "late":
				return Outcome{State: Skipped, Reason: "2h5m late"}
			case "hopeless":
				return Outcome{State: Dead, Reason: "the room is gone"}
			}
			return Outcome{}
		})}))
		time.Sleep(time.Hour)
		stop()
		var got []string
		for _, s := range []State{Waiting, Dead, Skipped} {
			jobs, _ := q.List(t.Context(), s, "", 10)
			for _, j := range jobs {
				got = append(got, fmt.Sprintf("%s %s: %s", j.Key, s, j.Reason))
			}
		}
		want := []string{"hopeless dead: the room is gone", `odd dead: no handler for jobs of kind "unheard of"`, "late skipped: 2h5m late"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !q.done["fine"] || len(d.lines) != 3 {
			t.Errorf("done: %v; runs: %v", q.done, d.lines)
		}
	})
}

func TestObserveIsToldOfEveryRecordedAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(-time.Minute, "late"), in(time.Minute, "stolen"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Rand: func() float64 { return 0 },
			Observe: func(j Job, late, took time.Duration, o Outcome) {
				d.note("%s, attempt %d, %v late, took %v: %q %s", j.Key, j.Attempt, late, took, o.State, o.Reason)
			},
			Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
				time.Sleep(2 * time.Second)
				switch {
				case j.Key == "stolen":
					if _, err := q.Claim(t.Context(), now.Add(time.Hour), time.Hour, 1); err != nil {
						t.Error(err)
					}
				case j.Attempt == 0:
					return Outcome{State: Waiting, Retry: now.Add(10 * time.Second), Reason: "no answer"}
				}
				return Outcome{Reason: "done so"}
			}),
		}))
		time.Sleep(2 * time.Minute)
		stop()
		d.check(t,
			`2s late, attempt 0, 1m0s late, took 2s: "waiting" no answer`,
			`12s late, attempt 1, 1m10s late, took 2s: "" done so`,
		)
	})
}

func TestAJobWaitsAsLongAsToldToRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
			d.note("%s attempt %d, %s", j.Key, j.Attempt, j.Reason)
			switch len(d.lines) {
			case 1:
				return Outcome{State: Waiting, Retry: now.Add(7 * time.Second), Free: true, Reason: "told to wait"}
			case 2:
				return Outcome{State: Waiting, Retry: now.Add(time.Minute), Reason: "no answer"}
			}
			return Outcome{}
		})}))
		time.Sleep(time.Hour)
		stop()
		d.check(t, "0s a attempt 0, ", "7s a attempt 0, told to wait", "1m7s a attempt 1, no answer")
	})
}

func TestRetryAtOnceBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Rand: func() float64 { return 0 },
			Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
				d.note("%s", j.Key)
				return Outcome{State: Waiting, Retry: now}
			}),
		}))
		time.Sleep(20 * time.Second)
		stop()
		d.check(t, "0s a", "1s a", "3s a", "7s a", "15s a")
	})
}

func TestAPanicIsAFailedAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var log bytes.Buffer
		q := newMemory(Job{Key: "prompt/1", Kind: "work", Due: time.Now(), Payload: []byte("private words")}, in(0, "fine"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Rand: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Handlers: work(func(_ context.Context, j Job, _ time.Time) Outcome {
				if j.Key == "fine" {
					return Outcome{}
				}
				d.note("%s attempt %d", j.Key, j.Attempt)
				switch j.Attempt {
				case 0:
					panic(string(j.Payload))
				case 1:
					_ = j.Payload[len(j.Payload)]
				}
				return Outcome{}
			}),
		}))
		time.Sleep(time.Minute)
		stop()
		d.check(t, "0s prompt/1 attempt 0", "1s prompt/1 attempt 1", "3s prompt/1 attempt 2")
		if !q.done["fine"] || !q.done["prompt/1"] {
			t.Errorf("done: %v", q.done)
		}
		for _, want := range []string{"job=prompt/1", "panic=string", "index out of range [13]", "runner_test.go"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q:\n%s", want, &log)
			}
		}
		if strings.Contains(log.String(), "private") {
			t.Errorf("the log quotes the payload:\n%s", &log)
		}
	})
}

// A handler that outstays its lease is told, the job goes to another runner, and
// what the first reports is not believed.
func TestALostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		var log bytes.Buffer
		hung := func(ctx context.Context, j Job, _ time.Time) Outcome {
			d.note("first has it")
			<-ctx.Done()
			d.note("first is told: %v", ctx.Err())
			time.Sleep(10 * time.Second)
			return Outcome{State: Dead, Reason: "from the first"}
		}
		stop1 := start(t, NewRunner(RunnerOptions{Queue: q, Workers: 1, Handlers: work(hung), Log: slog.New(slog.NewTextHandler(&log, nil))}))
		synctest.Wait()
		stop2 := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(func(_ context.Context, j Job, _ time.Time) Outcome {
			d.note("second has it")
			time.Sleep(25 * time.Second)
			return Outcome{}
		})}))
		time.Sleep(time.Minute)
		stop1()
		stop2()
		slices.Sort(d.lines)
		d.check(t, "0s first has it", "30s first is told: context deadline exceeded", "30s second has it")
		if !q.done["a"] {
			t.Error("the second's outcome is not kept")
		}
		if !strings.Contains(log.String(), ErrLeaseLost.Error()) {
			t.Errorf("the first does not log what it lost:\n%s", &log)
		}
	})
}

// A stopped runner takes nothing more, gives back what it has not started, and
// lets what runs come to its end.
func TestStopReleasesAndFinishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "room/1"), in(time.Millisecond, "room/2"), in(2*time.Millisecond, "room/3"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"room": 5 * time.Second})),
		}))
		time.Sleep(3 * time.Second)
		if got := q.unclaimed(); len(got) != 0 {
			t.Errorf("not claimed before the stop: %v", got)
		}
		stop()
		d.note("stopped")
		d.check(t, "0s room/1", "5s stopped")
		if got := q.unclaimed(); !slices.Equal(got, []string{"room/2", "room/3"}) || !q.done["room/1"] {
			t.Errorf("given back: %v; done: %v", got, q.done)
		}
		for _, key := range q.unclaimed() {
			if j := q.jobs[key]; j.Attempt != 0 || !j.score.Equal(j.Due) {
				t.Errorf("%s was given back as attempt %d for %s, due %s", key, j.Attempt, j.score, j.Due)
			}
		}
	})
}

// slowClaim is a queue whose claims take a while.
type slowClaim struct{ *memory }

func (q slowClaim) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	jobs, err := q.memory.Claim(ctx, now, lease, limit)
	time.Sleep(time.Second)
	return jobs, err
}

// What is claimed in the moment of the stop is given back too.
func TestStopDuringAClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"), in(0, "b"))
		stop := start(t, NewRunner(RunnerOptions{Queue: slowClaim{q}, Handlers: work(takes(d, nil))}))
		time.Sleep(time.Second / 2)
		stop()
		d.check(t)
		if got := q.unclaimed(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("given back: %v", got)
		}
	})
}

// What waits long in its lane is given back, and comes again on a lease of which
// most is left.
func TestWaitingInALaneKeepsTheLeaseFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "room/1"), in(time.Second, "room/2"), in(10*time.Second, "room/3"))
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Lane: room, Handlers: work(func(_ context.Context, j Job, now time.Time) Outcome {
			if left := j.Lease.Sub(now); left < 24*time.Second {
				t.Errorf("%s starts with %s of its lease left", j.Key, left)
			}
			d.note("%s", j.Key)
			time.Sleep(23 * time.Second)
			return Outcome{}
		})}))
		time.Sleep(2 * time.Minute)
		stop()
		d.check(t, "0s room/1", "23s room/2", "46s room/3")
	})
}

func TestASecondClaimTakesThePlaceOfTheFirst(t *testing.T) {
	due := time.Now()
	first, second := claimed{Job: Job{Key: "b", Due: due}}, claimed{Job: Job{Key: "b", Due: due, Attempt: 1}}
	jobs := insert(insert(insert(nil, first), claimed{Job: Job{Key: "a", Due: due}}), second)
	if len(jobs) != 2 || jobs[0].Key != "a" || jobs[1].Attempt != 1 {
		t.Errorf("%+v", jobs)
	}
}

func TestGraceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Grace: 4 * time.Second, Handlers: work(func(ctx context.Context, j Job, now time.Time) Outcome {
			<-ctx.Done()
			return Outcome{State: Waiting, Retry: now.Add(time.Hour), Free: true, Reason: "stopped"}
		})}))
		time.Sleep(time.Second)
		stop()
		d.note("stopped")
		d.check(t, "5s stopped")
		if j := q.jobs["a"]; j.Reason != "stopped" || j.claimed {
			t.Errorf("its outcome is not kept: %+v", j)
		}
	})
}

func TestAFailingQueueIsTriedAgainMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(2*time.Second, "a"))
		var log bytes.Buffer
		r := NewRunner(RunnerOptions{Queue: q, Handlers: work(takes(d, nil)), Log: slog.New(slog.NewTextHandler(&log, nil))})
		stop := start(t, r)
		time.Sleep(500 * time.Millisecond)
		q.setFail(errors.New("connection refused"))
		time.Sleep(20 * time.Second) // after 0.5, 1.5, 3.5, 7.5, 12.5 and 17.5 s
		if _, refused := q.counts(); refused != 6 {
			t.Errorf("%d calls in 20 s of failure", refused)
		}
		time.Sleep(time.Hour)
		if lag := time.Since(r.LastTick()); lag < 59*time.Minute {
			t.Errorf("the last tick is %s ago", lag)
		}
		q.setFail(nil)
		time.Sleep(5 * time.Second)
		if lag := time.Since(r.LastTick()); lag > time.Second {
			t.Errorf("well again, but the last tick is %s ago", lag)
		}
		q.setFail(errors.New("connection refused")) // a hiccup now does not count as part of that
		time.Sleep(1100 * time.Millisecond)
		q.setFail(nil)
		time.Sleep(time.Second)
		if lag := time.Since(r.LastTick()); lag > time.Second {
			t.Errorf("after a hiccup the last tick is %s ago", lag)
		}
		stop()
		if !q.done["a"] {
			t.Error("the job did not come after all")
		}
		if !strings.Contains(log.String(), "ask when the next job is due: connection refused") {
			t.Errorf("the log does not say what was wrong:\n%s", &log)
		}
	})
}

// The queue is away for a moment just when a job has done its work.
func TestAnOutcomeIsRecordedAtTheSecondTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		stop := start(t, NewRunner(RunnerOptions{Queue: q, Handlers: work(func(context.Context, Job, time.Time) Outcome {
			d.note("a")
			q.setFail(errors.New("gone"))
			time.AfterFunc(100*time.Millisecond, func() { q.setFail(nil) })
			return Outcome{}
		})}))
		time.Sleep(5 * time.Minute)
		stop()
		d.check(t, "0s a")
	})
}

// It is away for longer: the job is handed out again, which handlers must bear.
func TestAnOutcomeThatIsLostMeansAnotherRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "a"))
		var log bytes.Buffer
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Handlers: work(func(context.Context, Job, time.Time) Outcome {
				d.note("a")
				if len(d.lines) == 1 {
					q.setFail(errors.New("gone"))
					time.AfterFunc(3*time.Second, func() { q.setFail(nil) })
				}
				return Outcome{}
			}),
		}))
		time.Sleep(5 * time.Minute)
		stop()
		d.check(t, "0s a", "30s a")
		if !strings.Contains(log.String(), "job outcome not recorded") {
			t.Errorf("the log does not say so:\n%s", &log)
		}
	})
}

func TestStopWhileTheQueueIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory(in(0, "room/1"), in(0, "room/2"))
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"room": 2 * time.Second})),
		}))
		time.Sleep(time.Second)
		q.setFail(errors.New("gone"))
		stop()
		d.note("stopped")
		d.check(t, "0s room/1", "3.2s stopped") // it tries twice more to say that it is done
	})
}

func TestLastTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(RunnerOptions{Queue: newMemory(in(0, "a")), Workers: 1, Handlers: work(func(context.Context, Job, time.Time) Outcome {
			time.Sleep(25 * time.Second)
			return Outcome{}
		})})
		if !r.LastTick().IsZero() {
			t.Errorf("a tick before Run: %s", r.LastTick())
		}
		stop := start(t, r)
		for range 20 { // idle or with every worker busy
			time.Sleep(1500 * time.Millisecond)
			if lag := time.Since(r.LastTick()); lag > time.Second {
				t.Errorf("the last tick is %s ago", lag)
			}
		}
		stop()
	})
}
