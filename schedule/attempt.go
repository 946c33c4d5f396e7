package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// claimed is a job in the runner's hands.
type claimed struct {
	Job
	until time.Time // the machine's time to which the lease is sure to last
}

// queueTimeout bounds a call of the queue. Claims and outcomes are bounded by it
// alone, and not cut off by the end of a context: what was claimed or done would
// be left hanging.
const queueTimeout = 5 * time.Second

// claim claims up to limit jobs. The end of the leases is reckoned by the
// machine's own clock from before the call, so it holds although the queue's
// time, or a clock that somebody moves, runs apart from it.
func (r *Runner) claim(ctx context.Context, now time.Time, limit int) ([]claimed, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTimeout)
	defer cancel()
	until := time.Now().Add(r.o.Lease)
	jobs, err := r.o.Queue.Claim(ctx, now, r.o.Lease, limit)
	if err != nil {
		return nil, fmt.Errorf("claim due jobs: %w", err)
	}
	r.ticked()
	got := make([]claimed, len(jobs))
	for i, j := range jobs {
		got[i] = claimed{j, until}
	}
	return got, nil
}

// insert puts j among jobs in due order. A second claim of the same job takes
// the place of the first, whose lease has lapsed.
func insert(jobs []claimed, j claimed) []claimed {
	i, found := slices.BinarySearchFunc(jobs, j, func(a, b claimed) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key, b.Key))
	})
	if found {
		jobs[i] = j
		return jobs
	}
	return slices.Insert(jobs, i, j)
}

// attempt works one job off and records what became of it.
func (r *Runner) attempt(ctx context.Context, j claimed, now time.Time) {
	work, cancel := context.WithDeadline(ctx, j.until)
	defer cancel()
	begun := time.Now()
	o := r.call(work, j.Job, now)
	took := time.Since(begun)
	if o.State == Waiting && o.Retry.Sub(now) < time.Millisecond {
		// Queues keep whole milliseconds; a job that is due again this instant
		// would be tried for ever.
		o.Retry = now.Add(Backoff(j.Attempt, r.o.Rand))
	}
	if r.finish(ctx, j.Job, now, o) {
		r.o.Observe(j.Job, now.Sub(j.Due), took, o)
	}
}

// call runs the job's handler.
func (r *Runner) call(ctx context.Context, j Job, now time.Time) (o Outcome) {
	handle, ok := r.o.Handlers[j.Kind]
	if !ok {
		return Outcome{State: Dead, Reason: fmt.Sprintf("no handler for jobs of kind %s", quoted(j.Kind))}
	}
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		what := fmt.Sprintf("%T", p) // its value may hold what people wrote
		if err, ok := p.(runtime.Error); ok {
			what = err.Error()
		}
		r.log(j).Error("job panicked", "panic", what, "stack", string(debug.Stack()))
		o = Outcome{State: Waiting, Retry: now.Add(Backoff(j.Attempt, r.o.Rand)), Reason: "the handler panicked"}
	}()
	return handle(ctx, j, now)
}

// finish records an outcome, with a few tries: a job that did its work but
// could not say so is handed out again. It tells whether it was recorded.
func (r *Runner) finish(ctx context.Context, j Job, now time.Time, o Outcome) bool {
	err := r.record(ctx, j, now, o)
	for _, pause := range []time.Duration{200 * time.Millisecond, time.Second} {
		if err == nil || errors.Is(err, ErrLeaseLost) || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done(): // one try more, at once
		}
		err = r.record(ctx, j, now, o)
	}
	switch {
	case err == nil:
		r.logOutcome(ctx, j, o)
	case errors.Is(err, ErrLeaseLost): // cancelled, or its lease ran out
		r.log(j).Info("job outcome not wanted", "state", string(o.State), "reason", ErrLeaseLost.Error())
	default:
		r.log(j).Error("job outcome not recorded", "state", string(o.State), "error", err)
	}
	return err == nil
}

// release gives claimed jobs back unstarted. When that fails, the leases run
// out soon enough.
func (r *Runner) release(ctx context.Context, now time.Time, jobs []claimed) {
	for _, j := range jobs {
		o := Outcome{State: Waiting, Retry: j.Due, Free: true, Reason: "not started"}
		switch err := r.record(ctx, j.Job, now, o); {
		case errors.Is(err, ErrLeaseLost): // somebody has it already
		case err != nil:
			r.log(j.Job).Warn("job not released", "error", err)
			return
		}
	}
}

func (r *Runner) record(ctx context.Context, j Job, now time.Time, o Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTimeout)
	defer cancel()
	return r.o.Queue.Finish(ctx, j, now, o)
}

func (r *Runner) logOutcome(ctx context.Context, j Job, o Outcome) {
	log, reason := r.log(j), slog.String("reason", o.Reason)
	switch o.State {
	case Dead:
		log.LogAttrs(ctx, slog.LevelError, "job dead", reason)
	case Skipped:
		log.LogAttrs(ctx, slog.LevelWarn, "job skipped", reason)
	case Waiting:
		log.LogAttrs(ctx, slog.LevelInfo, "job waits", reason, slog.Time("retry", o.Retry))
	default:
		log.LogAttrs(ctx, slog.LevelInfo, "job done", reason)
	}
}

func (r *Runner) log(j Job) *slog.Logger {
	return r.o.Log.With("job", j.Key, "kind", j.Kind, "attempt", j.Attempt)
}
