package schedule

import (
	"context"
	"fmt"
	"time"
)

// drainBatch is how many jobs Drain claims in one call.
const drainBatch = 256

// Drain works off everything that is due at now, with what that adds, one job
// after another in due order, and returns how many jobs it ran once nothing is
// due. Run's own work waits meanwhile. Drain ends early, with an error, when ctx
// is done or the queue fails.
func (r *Runner) Drain(ctx context.Context, now time.Time) (n int, err error) {
	if err := r.takeFromRun(ctx); err != nil {
		return 0, err
	}
	defer func() { <-r.turn }()
	return r.drain(ctx, now)
}

// Advance moves a clock forward as if time had passed: set is called with each
// time between from and to at which a job is due, and the job is worked off
// then, in due order; at last with to. Run's own work waits meanwhile. A job
// that is tried again comes at its own later time. When it fails, the clock
// stays where the failure was.
func (r *Runner) Advance(ctx context.Context, from, to time.Time, set func(time.Time)) error {
	if to.Before(from) {
		return fmt.Errorf("the clock does not go back, from %s to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	if err := r.takeFromRun(ctx); err != nil {
		return err
	}
	defer func() { <-r.turn }()
	vain := 0 // times in a row that nothing was given
	for now := from; ; {
		next, ok, err := r.nextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || next.After(to) {
			set(to)
			return nil
		}
		if next.After(now) {
			now = next
			set(now)
		}
		n, err := r.drain(ctx, now)
		if err != nil {
			return err
		}
		if vain++; n > 0 {
			vain = 0
		}
		if vain == maxVain {
			return fmt.Errorf("the queue calls a job due at %s and does not give it", next.Format(time.RFC3339))
		}
	}
}

// maxVain is how often a job may be called due and then not be given, as when it
// is cancelled in between, before the queue is taken to be at fault.
const maxVain = 10

func (r *Runner) drain(ctx context.Context, now time.Time) (n int, err error) {
	var due []claimed
	giveBack := func() {
		var jobs []Ended
		for _, j := range due {
			jobs = append(jobs, unstarted(j.Job, j.Due, "not started"))
		}
		due = nil
		r.release(ctx, now, jobs)
	}
	defer giveBack()
	for {
		if len(due) > 0 && r.stale(due[0].until) {
			giveBack() // and claim them again: whatever starts has most of a lease to run in
		}
		if due, err = r.claimAll(ctx, now, due); err != nil || len(due) == 0 {
			return n, err
		}
		var j claimed
		j, due = due[0], due[1:]
		_, again := r.finish(ctx, now, []attempted{r.attempt(ctx, j, now)})
		r.finishAgain(ctx, now, again)
		n++
	}
}

// claimAll adds everything due at now to due, in due order.
func (r *Runner) claimAll(ctx context.Context, now time.Time, due []claimed) ([]claimed, error) {
	for {
		if err := ctx.Err(); err != nil {
			return due, err
		}
		got, err := r.claim(ctx, now, drainBatch)
		if err != nil {
			return due, err
		}
		for _, j := range got {
			due = insert(due, j)
		}
		if len(got) < drainBatch {
			return due, nil
		}
	}
}

func (r *Runner) nextDue(ctx context.Context) (time.Time, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, queueTimeout)
	defer cancel()
	next, ok, err := r.o.Queue.NextDue(ctx)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("ask when the next job is due: %w", err)
	}
	r.ticked()
	return next, ok, nil
}
