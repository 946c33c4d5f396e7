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
	got := make([]claimed, len(jobs))
	for i, j := range jobs {
		got[i] = claimed{j, until}
	}
	return got, nil
}

// inOrder compares jobs by when they are due, and then by key.
func inOrder(a, b Job) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key, b.Key)) }

// insert puts j among jobs in due order. A second claim of the same job takes
// the place of the first, whose lease has lapsed.
func insert(jobs []claimed, j claimed) []claimed {
	at, found := slices.BinarySearchFunc(jobs, j, func(a, b claimed) int { return inOrder(a.Job, b.Job) })
	if found {
		jobs[at] = j
		return jobs
	}
	return slices.Insert(jobs, at, j)
}

// attempted is a job with its outcome, which is to be recorded.
type attempted struct {
	Ended
	late, took time.Duration
	lane       *lane // that it was in; nil for Drain
	err        error // why it is not recorded yet
}

// attempt works one job off.
func (r *Runner) attempt(ctx context.Context, j claimed, now time.Time) attempted {
	work, cancel := context.WithDeadline(ctx, j.until)
	defer cancel()
	begun := time.Now()
	o := r.call(work, j.Job, now)
	if o.State == Waiting && o.Retry.Sub(now) < time.Millisecond {
		// Queues keep whole milliseconds; a job that is due again this instant
		// would be tried for ever.
		o.Retry = now.Add(Backoff(j.Attempt, r.o.Rand))
	}
	return attempted{Ended: Ended{j.Job, o}, late: now.Sub(j.Due), took: time.Since(begun)}
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

// finish records outcomes. It returns those with which it is over, and those with
// which it is to be tried again.
func (r *Runner) finish(ctx context.Context, now time.Time, all []attempted) (over, again []attempted) {
	list := make([]Ended, len(all))
	for i, a := range all {
		list[i] = a.Ended
	}
	for i, err := range r.finishAll(ctx, now, list) {
		a := all[i]
		switch {
		case err == nil:
			r.logOutcome(ctx, a.Job, a.Outcome)
			r.o.Observe(a.Job, a.late, a.took, a.Outcome)
		case errors.Is(err, ErrLeaseLost): // cancelled, or its lease ran out
			r.log(a.Job).Info("job outcome not wanted", "state", string(a.Outcome.State), "reason", ErrLeaseLost.Error())
		default:
			a.err = err
			again = append(again, a)
			continue
		}
		over = append(over, a)
	}
	return over, again
}

// finishAgain tries a few times more: a job that did its work but could not say
// so is handed out again.
func (r *Runner) finishAgain(ctx context.Context, now time.Time, all []attempted) {
	for _, pause := range []time.Duration{200 * time.Millisecond, time.Second} {
		if len(all) == 0 || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done(): // one try more, at once
		}
		_, all = r.finish(ctx, now, all)
	}
	for _, a := range all {
		r.log(a.Job).Error("job outcome not recorded", "state", string(a.Outcome.State), "error", a.err)
	}
}

// releaseBatch is how many jobs are given back in one call.
const releaseBatch = 1024

// release gives claimed jobs back unstarted, as outcomes that say when they are
// to be due. Where that fails, which it says of each, the leases run out soon
// enough.
func (r *Runner) release(ctx context.Context, now time.Time, jobs []Ended) (errs []error) {
	for batch := range slices.Chunk(jobs, releaseBatch) {
		var failure error
		for i, err := range r.finishAll(ctx, now, batch) {
			errs = append(errs, err)
			if err != nil && !errors.Is(err, ErrLeaseLost) { // else somebody has it already
				failure = err
				r.log(batch[i].Job).Warn("job not released", "error", err)
			}
		}
		if failure != nil { // the others would fare no better
			return append(errs, slices.Repeat([]error{failure}, len(jobs)-len(errs))...)
		}
	}
	return errs
}

// unstarted is what becomes of a job that is given back.
func unstarted(j Job, due time.Time, why string) Ended {
	return Ended{j, Outcome{State: Waiting, Retry: due, Free: true, Reason: why}}
}

func (r *Runner) finishAll(ctx context.Context, now time.Time, all []Ended) []error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTimeout)
	defer cancel()
	return r.o.Queue.FinishAll(ctx, now, all)
}

func (r *Runner) logOutcome(ctx context.Context, j Job, o Outcome) {
	if o.State == "" && !r.o.Log.Enabled(ctx, slog.LevelInfo) {
		return // most are done, and not to be slowed down by what nobody reads
	}
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
