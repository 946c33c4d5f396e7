package schedule

import (
	"context"
	"slices"
	"time"
)

// lanes hands out the jobs that Run has claimed. All of it belongs to the
// goroutine of Run, except that those that work and record report to worked and
// recorded.
type lanes struct {
	*Runner
	work      context.Context // of the running jobs
	byName    map[string]*lane
	ready     []*lane   // with a job to start and none at work, first come, first served
	oldest    time.Time // no job that has not started is claimed up to an earlier time
	running   int       // handlers at work
	worked    chan attempted
	ended     []attempted // handlers have returned, and this is to be recorded
	ending    int         // what is not recorded yet, with what is being recorded
	recording bool        // some is, for the first time
	recorded  chan recorded
	pace      pace
	more      bool      // the last claim got all it asked for
	look      time.Time // when to look for more if it did not
	failures  int       // of the queue, in a row
}

// lane is what must be shared in turn. It exists while it has a job.
type lane struct {
	name  string
	busy  bool      // the outcome of one of its jobs is still to be recorded
	jobs  []claimed // not started, in due order
	begun time.Time // when the job that it is busy with began
	took  time.Duration
	turn  time.Time // when the next job for which there is no room is to come back
}

// recorded is reported when outcomes have been recorded, or given up.
type recorded struct {
	all   []attempted
	again bool // these took more than one try
}

const (
	// maxHeld bounds the jobs that wait in a lane behind a running one. What is
	// claimed beyond that goes back, out of the way of others.
	maxHeld = 16

	// maxAhead bounds the jobs that are claimed before a worker is free.
	maxAhead = 1024
)

func newLanes(work context.Context, r *Runner) *lanes {
	return &lanes{
		Runner: r, work: work, byName: make(map[string]*lane),
		worked: make(chan attempted, r.o.Workers), recorded: make(chan recorded),
	}
}

// round claims jobs and runs them for as long as any runs and ctx is not done.
// It holds nothing when it returns, early if Drain or Advance asks for the turn,
// and says how long Run may sleep.
func (l *lanes) round(ctx context.Context) (wait time.Duration) {
	stop := ctx.Done()
	l.look = time.Time{}
	for {
		wait = l.o.Poll
		if !l.stopping(ctx) {
			wait = l.fill(ctx)
		}
		if l.stopping(ctx) {
			l.drop(func(claimed) bool { return true })
		} else {
			l.renew()
			l.start()
		}
		l.record()
		if l.running+l.ending == 0 {
			return wait
		}
		select {
		case a := <-l.worked:
			l.note(a)
			for range len(l.worked) { // fill and record are worth more the more there are
				l.note(<-l.worked)
			}
		case r := <-l.recorded:
			l.free(r)
		case <-time.After(wait):
		case <-l.wake:
			l.look = time.Time{}
		case <-stop:
			stop = nil
		}
	}
}

// stopping reports whether the round is to end.
func (l *lanes) stopping(ctx context.Context) bool { return ctx.Err() != nil || l.asked.Load() > 0 }

// fill claims a job for every worker that is free, and ahead of that as many as
// ended in the last moment: while jobs are quick they come in large batches, and
// yet none waits here for long that another process could start. It says how
// long there will be nothing to do but wait for running ones.
func (l *lanes) fill(ctx context.Context) (wait time.Duration) {
	most := l.o.Workers + min(l.pace.ended(time.Now()), maxAhead)
	limit := most - l.running - l.ending - len(l.ready)
	if limit <= 0 || len(l.ready) > 0 && limit < most/2 {
		l.ticked()
		return l.o.Poll
	}
	if !l.more {
		if wait := time.Until(l.look); wait > 0 {
			return wait
		}
		if wait, due, err := l.untilNext(ctx); err != nil || !due {
			return l.pause(ctx, wait, err)
		}
	}
	now := l.o.Now()
	got, err := l.claim(ctx, now, limit)
	l.admit(got, now)
	if l.more = len(got) == limit; len(got) == 0 {
		wait = minSleep
	}
	return l.pause(ctx, wait, err)
}

// minSleep keeps a queue that calls a job due, but does not give it, from
// keeping the runner busy.
const minSleep = 10 * time.Millisecond

// untilNext says how long it is until the next job is due, Poll at most, and
// whether one is due now.
func (l *lanes) untilNext(ctx context.Context) (wait time.Duration, due bool, err error) {
	next, ok, err := l.nextDue(ctx)
	if err != nil || !ok {
		return l.o.Poll, false, err
	}
	wait = min(next.Sub(l.o.Now()), l.o.Poll)
	return wait, wait <= 0, nil
}

// maxPause is the longest time between tries while the queue fails.
const maxPause = 5 * time.Second

// pause turns a wait into a longer one if the queue has failed, and has fill keep
// to it.
func (l *lanes) pause(ctx context.Context, wait time.Duration, err error) time.Duration {
	defer func() { l.look = time.Now().Add(wait) }()
	if err == nil {
		l.failures = 0
		return wait
	}
	if wait = l.o.Poll; ctx.Err() != nil {
		return wait // it is not the queue's fault
	}
	l.failures++
	wait = min(wait<<min(l.failures-1, 8), max(wait, maxPause))
	l.o.Log.Error("queue failed", "error", err, "failures", l.failures, "pause", wait)
	return wait
}

// admit puts claimed jobs into their lanes, and back where a lane is full.
func (l *lanes) admit(jobs []claimed, now time.Time) {
	var full []Ended
	for _, j := range jobs {
		ln := l.lane(j.Job)
		if len(ln.jobs) == maxHeld {
			full = append(full, unstarted(j.Job, ln.nextTurn(now, l.o.Lease/2), "many before it"))
			continue
		}
		if !ln.busy && len(ln.jobs) == 0 {
			l.ready = append(l.ready, ln)
		}
		ln.jobs = insert(ln.jobs, j)
		if l.oldest.IsZero() || j.until.Before(l.oldest) {
			l.oldest = j.until
		}
	}
	l.pace.count(time.Now(), len(full))
	l.release(l.work, now, full)
}

// lane returns the lane of a job.
func (l *lanes) lane(j Job) *lane {
	name := j.Key
	if l.o.Lane != nil {
		if n := l.o.Lane(j); n != "" {
			name = n
		}
	}
	ln := l.byName[name]
	if ln == nil {
		ln = &lane{name: name}
		l.byName[name] = ln
	}
	return ln
}

// minTook is what a job takes at least in the reckoning of nextTurn.
const minTook = 10 * time.Millisecond

// nextTurn returns when the next job for which a full lane has no room is to
// come back: when its turn is to be expected, as far as the last job and the
// running one tell, and not later than longest from now.
func (ln *lane) nextTurn(now time.Time, longest time.Duration) time.Time {
	took := max(ln.took, minTook)
	if ln.busy {
		took = max(took, time.Since(ln.begun))
	}
	if soonest := now.Add(maxHeld * took); ln.turn.Before(soonest) {
		ln.turn = soonest
	} else {
		ln.turn = ln.turn.Add(took)
	}
	if latest := now.Add(longest); ln.turn.After(latest) {
		ln.turn = latest
	}
	return ln.turn
}

// stale reports whether a claim has spent a fifth of its lease.
func (r *Runner) stale(until time.Time) bool { return time.Until(until) < r.o.Lease*4/5 }

// renew gives back what is stale, so that whatever starts has most of a lease to
// run in. It is claimed again at once, here or by another process with a worker
// free.
func (l *lanes) renew() {
	if !l.oldest.IsZero() && l.stale(l.oldest) {
		l.drop(func(j claimed) bool { return l.stale(j.until) })
	}
}

// drop gives back those that have not started and that are to go.
func (l *lanes) drop(which func(claimed) bool) {
	l.oldest = time.Time{}
	var dropped []Ended
	for _, ln := range l.byName {
		kept := ln.jobs[:0]
		for _, j := range ln.jobs {
			if which(j) {
				dropped = append(dropped, unstarted(j.Job, j.Due, "not started"))
				continue
			}
			kept = append(kept, j)
			if l.oldest.IsZero() || j.until.Before(l.oldest) {
				l.oldest = j.until
			}
		}
		ln.jobs = kept
	}
	l.ready = slices.DeleteFunc(l.ready, func(ln *lane) bool { return l.forget(ln) })
	l.release(l.work, l.o.Now(), dropped)
}

// start runs what can run.
func (l *lanes) start() {
	for l.running < l.o.Workers && len(l.ready) > 0 {
		ln := l.ready[0]
		l.ready = l.ready[1:]
		j := ln.jobs[0]
		ln.jobs = ln.jobs[1:]
		ln.busy, ln.begun = true, time.Now()
		l.running++
		go func() {
			a := l.attempt(l.work, j, l.o.Now())
			a.lane = ln
			l.worked <- a
		}()
	}
}

// note takes note that a handler has returned.
func (l *lanes) note(a attempted) {
	l.running--
	l.ending++
	l.ended = append(l.ended, a)
}

// record records what has ended. While that is under way the next ones gather,
// and then go together; what has to be tried again holds up nobody.
func (l *lanes) record() {
	if l.recording || len(l.ended) == 0 {
		return
	}
	all, now := l.ended, l.o.Now()
	l.ended, l.recording = nil, true
	go func() {
		over, again := l.finish(l.work, now, all)
		l.recorded <- recorded{over, false}
		if len(again) > 0 {
			l.finishAgain(l.work, now, again)
			l.recorded <- recorded{again, true}
		}
	}()
}

// free has the lanes of recorded outcomes go on: not earlier, so that a crash
// repeats one job of a lane at most.
func (l *lanes) free(r recorded) {
	now := time.Now()
	for _, a := range r.all {
		ln := a.lane
		ln.busy, ln.took = false, now.Sub(ln.begun)
		if !l.forget(ln) {
			l.ready = append(l.ready, ln)
		}
	}
	if l.failures == 0 {
		l.look = time.Time{} // they may have added what is due
	}
	l.ending -= len(r.all)
	l.pace.count(now, len(r.all))
	if !r.again {
		l.recording = false
	}
}

// forget removes a lane that has no job left, and reports whether it had none.
func (l *lanes) forget(ln *lane) bool {
	if ln.busy || len(ln.jobs) > 0 {
		return false
	}
	delete(l.byName, ln.name)
	return true
}

// pace counts what ended in the window that is open and in the one before.
type pace struct {
	begun        time.Time
	open, before int
}

const paceWindow = 100 * time.Millisecond

func (p *pace) count(now time.Time, n int) {
	p.roll(now)
	p.open += n
}

// ended returns about how many ended in the last window.
func (p *pace) ended(now time.Time) int {
	p.roll(now)
	return max(p.open, p.before)
}

func (p *pace) roll(now time.Time) {
	passed := now.Sub(p.begun)
	if passed < paceWindow {
		return
	}
	p.before = p.open
	if passed >= 2*paceWindow {
		p.before = 0
	}
	p.open, p.begun = 0, now
}
