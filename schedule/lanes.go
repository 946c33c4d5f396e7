package schedule

import (
	"context"
	"slices"
	"time"
)

// lanes hands out the jobs that Run has claimed. All of it belongs to the
// goroutine of Run; those that look for jobs, work them off and record what
// became of them report to found, worked and recorded.
type lanes struct {
	*Runner
	work   context.Context // of the running jobs
	byName map[string]*lane
	ready  []*lane   // with a job to start and none at work, first come, first served
	oldest time.Time // no job that has not started is claimed up to an earlier time

	expecting map[*lane]bool // lanes some of whose jobs are away

	looking  bool // for jobs that are due
	looks    int  // begun so far
	found    chan found
	more     bool      // the last look found all it asked for
	woken    bool      // there may be some since the last look
	look     time.Time // when to look again if neither is so
	failures int       // of looks, in a row

	running int // handlers at work
	todo    chan started
	worked  chan attempted
	pace    pace

	ended     []attempted // handlers have returned, and this is to be recorded
	ending    int         // what is not recorded yet, with what is being recorded
	recording bool        // some is, for the first time
	recorded  chan recorded
}

// lane is what must be shared in turn. It exists while it has a job.
type lane struct {
	name  string
	busy  bool      // the outcome of one of its jobs is still to be recorded
	jobs  []claimed // not started, in due order, and all of them before those away
	away  []away    // given back, in due order
	begun time.Time // when the job that it is busy with began
	took  time.Duration
}

// started is a job for a worker.
type started struct {
	claimed
	lane *lane
}

// found is what a look for due jobs gave.
type found struct {
	jobs []claimed     // in due order
	now  time.Time     // when they were claimed, or none was due
	all  bool          // as many as were asked for
	wait time.Duration // until it is worth to look again
	err  error
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
	maxAhead = 2048
)

// newLanes has the workers wait for jobs, until todo is closed.
func newLanes(work context.Context, r *Runner) *lanes {
	l := &lanes{
		Runner: r, work: work, byName: make(map[string]*lane), expecting: make(map[*lane]bool),
		todo: make(chan started, r.o.Workers), worked: make(chan attempted, r.o.Workers),
		found: make(chan found), recorded: make(chan recorded),
	}
	for range r.o.Workers {
		go func() {
			for j := range l.todo {
				a := l.attempt(l.work, j.claimed, l.o.Now())
				a.lane = j.lane
				l.worked <- a
			}
		}()
	}
	return l
}

// round claims jobs and runs them for as long as any runs and ctx is not done.
// It holds nothing when it returns, early if Drain or Advance asks for the turn,
// and says how long Run may sleep.
func (l *lanes) round(ctx context.Context) (wait time.Duration) {
	stop := ctx.Done()
	l.woken = true
	for {
		wait = l.o.Poll
		if l.stopping(ctx) {
			l.drop(func(claimed) bool { return true })
		} else {
			l.renew()
			l.start()
			wait = l.fill(ctx)
		}
		l.record()
		if l.running+l.ending == 0 && !l.looking {
			return wait
		}
		select {
		case f := <-l.found:
			l.admit(ctx, f)
		case a := <-l.worked:
			l.note(a)
			for range len(l.worked) { // fill and record are worth more the more there are
				l.note(<-l.worked)
			}
		case r := <-l.recorded:
			l.free(r)
		case <-time.After(wait):
		case <-l.wake:
			l.woken = true
		case <-stop:
			stop = nil
		}
	}
}

// stopping reports whether the round is to end.
func (l *lanes) stopping(ctx context.Context) bool { return ctx.Err() != nil || l.asked.Load() > 0 }

// fill has a job claimed for every worker that is free, and ahead of that as many
// as ended in the last moment: while jobs are quick they come in large batches,
// and yet none waits here for long that another process could start. It says how
// long there will be nothing to do but wait for what is under way.
func (l *lanes) fill(ctx context.Context) (wait time.Duration) {
	if l.looking {
		return l.o.Poll
	}
	most := l.o.Workers + min(l.pace.ended(time.Now()), maxAhead)
	limit := most - l.running - l.ending - len(l.ready)
	if limit <= 0 || len(l.ready) > 0 && limit < most/2 {
		l.ticked()
		return l.o.Poll
	}
	if wait := time.Until(l.look); wait > 0 && !l.more && !l.woken {
		return wait
	}
	due := l.more
	l.looking, l.woken = true, false
	l.looks++
	go func() { l.found <- l.find(ctx, limit, due) }()
	return l.o.Poll
}

// minSleep keeps a queue that calls a job due, but does not give it, from
// keeping the runner busy.
const minSleep = 10 * time.Millisecond

// find claims up to limit jobs, if some are due, which it asks first unless that
// is known.
func (l *lanes) find(ctx context.Context, limit int, due bool) found {
	if !due {
		next, ok, err := l.nextDue(ctx)
		now := l.o.Now()
		if err != nil || !ok {
			return found{now: now, wait: l.o.Poll, err: err}
		}
		if wait := next.Sub(now); wait > 0 {
			return found{now: now, wait: min(wait, l.o.Poll)}
		}
	}
	f := found{now: l.o.Now()}
	f.jobs, f.err = l.claim(ctx, f.now, limit)
	slices.SortStableFunc(f.jobs, func(a, b claimed) int { return inOrder(a.Job, b.Job) })
	f.all = len(f.jobs) == limit
	if len(f.jobs) == 0 {
		f.wait = minSleep
	}
	return f
}

// maxPause is the longest time between looks while the queue fails.
const maxPause = 5 * time.Second

// admit puts found jobs into their lanes, and back where a lane is full or has
// to wait for another job first.
func (l *lanes) admit(ctx context.Context, f found) {
	l.looking, l.more = false, f.all
	switch {
	case f.err == nil:
		l.failures = 0
	case ctx.Err() == nil: // else it is not the queue's fault
		l.failures++
		f.wait = min(l.o.Poll<<min(l.failures-1, 8), max(l.o.Poll, maxPause))
		l.o.Log.Error("queue failed", "error", f.err, "failures", l.failures, "pause", f.wait)
	}
	l.look = time.Now().Add(f.wait)

	var back []givenBack
	aside := func(ln *lane, j claimed) {
		turn := ln.nextTurn(j.Job, f.now, l.o.Lease/2)
		back = append(back, l.sendBack(ln, j, turn, "others before it"))
	}
	for i, ln := range l.arrived(f) {
		j := f.jobs[i]
		if ln.overtakes(j.Job) {
			aside(ln, j)
			continue
		}
		if !ln.busy && len(ln.jobs) == 0 {
			l.ready = append(l.ready, ln)
		}
		ln.jobs = insert(ln.jobs, j)
		if l.oldest.IsZero() || j.until.Before(l.oldest) {
			l.oldest = j.until
		}
		if last := len(ln.jobs) - 1; last == maxHeld {
			j, ln.jobs = ln.jobs[last], ln.jobs[:last]
			aside(ln, j)
		}
	}
	l.pace.count(time.Now(), len(back))
	l.giveBack(f.now, back)
	l.settle()
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

// drop gives back those that have not started and that are to go, with what
// comes after them in their lanes.
func (l *lanes) drop(which func(claimed) bool) {
	l.oldest = time.Time{}
	var dropped []givenBack
	for _, ln := range l.byName {
		kept := slices.IndexFunc(ln.jobs, which)
		if kept < 0 {
			kept = len(ln.jobs)
		}
		for _, j := range ln.jobs[kept:] {
			dropped = append(dropped, l.sendBack(ln, j, j.Due, "not started"))
		}
		ln.jobs = ln.jobs[:kept]
		for _, j := range ln.jobs {
			if l.oldest.IsZero() || j.until.Before(l.oldest) {
				l.oldest = j.until
			}
		}
	}
	l.ready = slices.DeleteFunc(l.ready, func(ln *lane) bool { return len(ln.jobs) == 0 })
	l.giveBack(l.o.Now(), dropped)
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
		l.todo <- started{j, ln}
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
		if len(ln.jobs) > 0 {
			l.ready = append(l.ready, ln)
		} else {
			l.forget(ln)
		}
	}
	l.woken = l.woken || l.failures == 0 // they may have added what is due
	l.ending -= len(r.all)
	l.pace.count(now, len(r.all))
	if !r.again {
		l.recording = false
	}
}

// forget removes a lane that has no job left and expects none.
func (l *lanes) forget(ln *lane) {
	if !ln.busy && len(ln.jobs) == 0 && len(ln.away) == 0 {
		delete(l.byName, ln.name)
	}
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
