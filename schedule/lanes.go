package schedule

import (
	"context"
	"time"
)

// lanes hands out the jobs that Run has claimed. All of it belongs to the
// goroutine of Run, except that those of the jobs report to done.
type lanes struct {
	*Runner
	work     context.Context // of the running jobs
	byName   map[string]*lane
	ready    []*lane // with a job to start and none running, first come, first served
	running  int
	done     chan *lane
	failures int // of the queue, in a row
}

// lane is what must be shared in turn. It exists while it has a job.
type lane struct {
	name string
	busy bool      // one of its jobs is running
	jobs []claimed // not started, in due order
}

// maxHeld bounds the jobs that wait in a lane behind a running one. What is
// claimed beyond that goes back for half a lease, out of the way of others.
const maxHeld = 16

func newLanes(work context.Context, r *Runner) *lanes {
	return &lanes{Runner: r, work: work, byName: make(map[string]*lane), done: make(chan *lane, r.o.Workers)}
}

// round claims jobs and runs them for as long as any runs and ctx is not done.
// It holds nothing when it returns, early if Drain or Advance asks for the turn,
// and says how long Run may sleep.
func (l *lanes) round(ctx context.Context) (wait time.Duration) {
	stop := ctx.Done()
	for {
		wait = l.o.Poll
		if !l.stopping(ctx) {
			wait = l.fill(ctx)
		}
		if l.stopping(ctx) {
			l.releaseAll()
		} else {
			l.renew()
			l.start()
		}
		if l.running == 0 {
			return wait
		}
		select {
		case ln := <-l.done:
			l.finished(ln)
			for range len(l.done) { // fill is worth more the more there are
				l.finished(<-l.done)
			}
		case <-time.After(wait):
		case <-l.wake:
		case <-stop:
			stop = nil
		}
	}
}

// stopping reports whether the round is to end.
func (l *lanes) stopping(ctx context.Context) bool { return ctx.Err() != nil || l.asked.Load() > 0 }

// fill claims as many jobs as there are workers free, so that none waits here
// that another process could start, and says how long there will be nothing to
// do but wait for running ones.
func (l *lanes) fill(ctx context.Context) (wait time.Duration) {
	limit := l.o.Workers - l.running - len(l.ready)
	if limit <= 0 {
		l.ticked()
		return l.o.Poll
	}
	now := l.o.Now()
	got, err := l.claim(ctx, now, limit)
	for _, j := range got {
		l.admit(j, now)
	}
	switch {
	case err == nil && len(got) == limit:
		wait = 0 // there may be more, in other lanes
	case err == nil:
		wait, err = l.untilNext(ctx)
	}
	return l.pause(ctx, wait, err)
}

// minSleep keeps a queue that calls a job due, but does not give it, from
// keeping the runner busy.
const minSleep = 10 * time.Millisecond

func (l *lanes) untilNext(ctx context.Context) (time.Duration, error) {
	next, ok, err := l.nextDue(ctx)
	if err != nil || !ok {
		return l.o.Poll, err
	}
	return max(minSleep, min(next.Sub(l.o.Now()), l.o.Poll)), nil
}

// maxPause is the longest time between tries while the queue fails.
const maxPause = 5 * time.Second

// pause turns a wait into a longer one if the queue has failed.
func (l *lanes) pause(ctx context.Context, wait time.Duration, err error) time.Duration {
	if err == nil {
		l.failures = 0
		return wait
	}
	if ctx.Err() != nil { // not the queue's fault
		return l.o.Poll
	}
	l.failures++
	wait = min(l.o.Poll<<min(l.failures-1, 8), max(l.o.Poll, maxPause))
	l.o.Log.Error("queue failed", "error", err, "failures", l.failures, "pause", wait)
	return wait
}

// admit puts a claimed job into its lane.
func (l *lanes) admit(j claimed, now time.Time) {
	name := j.Key
	if l.o.Lane != nil {
		if n := l.o.Lane(j.Job); n != "" {
			name = n
		}
	}
	ln := l.byName[name]
	if ln == nil {
		ln = &lane{name: name}
		l.byName[name] = ln
	}
	if len(ln.jobs) == maxHeld {
		o := Outcome{State: Waiting, Retry: now.Add(l.o.Lease / 2), Free: true, Reason: "many before it"}
		if err := l.record(l.work, j.Job, now, o); err != nil {
			l.log(j.Job).Warn("job not put back", "error", err)
		}
		return
	}
	if !ln.busy && len(ln.jobs) == 0 {
		l.ready = append(l.ready, ln)
	}
	ln.jobs = insert(ln.jobs, j)
}

// renew gives back what has waited in its lane for a fifth of its lease, so that
// whatever starts has most of a lease to run in. It is claimed again at once,
// here or by another process with a worker free.
func (l *lanes) renew() {
	now := time.Now()
	l.drop(func(j claimed) bool { return j.until.Sub(now) < l.o.Lease*4/5 })
}

// releaseAll gives back all that has not started.
func (l *lanes) releaseAll() { l.drop(func(claimed) bool { return true }) }

func (l *lanes) drop(which func(claimed) bool) {
	var dropped []claimed
	for _, ln := range l.byName {
		kept := ln.jobs[:0]
		for _, j := range ln.jobs {
			if which(j) {
				dropped = append(dropped, j)
			} else {
				kept = append(kept, j)
			}
		}
		ln.jobs = kept
	}
	if len(dropped) == 0 {
		return
	}
	ready := l.ready[:0]
	for _, ln := range l.ready {
		if len(ln.jobs) > 0 {
			ready = append(ready, ln)
		} else {
			delete(l.byName, ln.name)
		}
	}
	l.ready = ready
	l.release(l.work, l.o.Now(), dropped)
}

// start runs what can run.
func (l *lanes) start() {
	for l.running < l.o.Workers && len(l.ready) > 0 {
		ln := l.ready[0]
		l.ready = l.ready[1:]
		j := ln.jobs[0]
		ln.jobs = ln.jobs[1:]
		ln.busy = true
		l.running++
		go func() {
			defer func() { l.done <- ln }()
			l.attempt(l.work, j, l.o.Now())
		}()
	}
}

// finished takes note that a lane's job has ended.
func (l *lanes) finished(ln *lane) {
	l.running--
	ln.busy = false
	if len(ln.jobs) > 0 {
		l.ready = append(l.ready, ln)
	} else {
		delete(l.byName, ln.name)
	}
}
