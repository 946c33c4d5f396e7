package schedule

import (
	"errors"
	"slices"
	"time"
)

// away is a job that was given back to the queue unstarted, because its lane was
// full or its lease had grown old. Until it comes again, or is found not to, no
// job of its lane that is due after it starts.
type away struct {
	Job            // its key and when it was first due, no more
	back time.Time // when it is due again
	look int       // the last look that began before it was given back
}

// givenBack is a job on its way into the queue.
type givenBack struct {
	Ended
	lane *lane
}

// find returns where a job is, or would be, among those away.
func (ln *lane) find(j Job) (at int, found bool) {
	return slices.BinarySearchFunc(ln.away, j, func(a away, j Job) int { return inOrder(a.Job, j) })
}

// comes takes a job from those away, if it is one.
func (ln *lane) comes(j Job) {
	if at, found := ln.find(j); found {
		ln.away = slices.Delete(ln.away, at, at+1)
	}
}

// overtakes reports whether a job comes after one that is away.
func (ln *lane) overtakes(j Job) bool { return len(ln.away) > 0 && inOrder(ln.away[0].Job, j) < 0 }

const (
	minTook = 10 * time.Millisecond // what a job takes at least in the reckoning of nextTurn
	minTurn = time.Millisecond      // between two turns: the queue keeps their order, in whole milliseconds
)

// nextTurn returns when a job that cannot stay is to come back: when its turn is
// to be expected, as far as the last job and the running one tell, and not later
// than longest from now, but after those away that it comes after.
func (ln *lane) nextTurn(j Job, now time.Time, longest time.Duration) time.Time {
	took := max(ln.took, minTook)
	if ln.busy {
		took = max(took, time.Since(ln.begun))
	}
	at, _ := ln.find(j)
	turn := now.Add(min(time.Duration(len(ln.jobs)+at)*took, longest)).Truncate(minTurn)
	if at > 0 {
		if soonest := ln.away[at-1].back.Add(minTurn); turn.Before(soonest) {
			return soonest
		}
	}
	return turn
}

// sendBack has the lane expect a job that goes back to be due at a time.
func (l *lanes) sendBack(ln *lane, j claimed, due time.Time, why string) givenBack {
	ln.comes(j.Job) // should an earlier claim of it be away
	at, _ := ln.find(j.Job)
	ln.away = slices.Insert(ln.away, at, away{Job{Key: j.Key, Due: j.Due}, due, l.looks})
	l.expecting[ln] = true
	return givenBack{unstarted(j.Job, due, why), ln}
}

// giveBack gives back what was sent back. What is not its runner's any more is
// not expected; what the queue did not take comes when its lease runs out.
func (l *lanes) giveBack(now time.Time, all []givenBack) {
	list := make([]Ended, len(all))
	for i, b := range all {
		list[i] = b.Ended
	}
	for i, err := range l.release(l.work, now, list) {
		ln, j := all[i].lane, all[i].Job
		switch at, found := ln.find(j); {
		case err == nil || !found:
		case errors.Is(err, ErrLeaseLost):
			ln.comes(j)
		default:
			ln.away[at].back = j.Lease
		}
	}
}

// arrived returns the lanes of found jobs, which expect them no more. Nor does a
// lane expect what would have been found by a look that found less than it asked
// for: that was cancelled, or another process has it.
func (l *lanes) arrived(f found) []*lane {
	lanes := make([]*lane, len(f.jobs))
	for i, j := range f.jobs {
		lanes[i] = l.lane(j.Job)
		lanes[i].comes(j.Job)
	}
	if f.err == nil && !f.all {
		missed := func(a away) bool { return a.look < l.looks && !a.back.After(f.now) }
		for ln := range l.expecting {
			ln.away = slices.DeleteFunc(ln.away, missed)
		}
	}
	return lanes
}

// settle forgets the lanes that expect nothing more and have nothing to do.
func (l *lanes) settle() {
	for ln := range l.expecting {
		if len(ln.away) == 0 {
			delete(l.expecting, ln)
			l.forget(ln)
		}
	}
}
