package coach

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// amend and retract follow a message that was a check-in, and was edited or
// deleted on its platform. Their argument "at" is when it was first written, in
// Unix seconds; the check-in is known by it, since its At is that second. What
// is no check-in's is left without an answer.

// amend takes what an edited message says now in the place of the check-in that
// it was. One that was none becomes one when it holds a time now.
func (c *Coach) amend(ctx context.Context, r request) (Reply, error) {
	id, err := c.findWritten(ctx, &r)
	switch {
	case err != nil || r.written.IsZero():
		return Reply{}, err
	case id == "" && (!r.listened() || !r.tellsTime()):
		return Reply{}, nil
	case id == "":
		r.Verb, r.command, r.plain = "checkin", commands["checkin"], true
		return c.run(ctx, r)
	}
	r.cohort, r.command, r.plain = id, commands["edit"], true
	return c.follow(ctx, r, func(s State, t topic) (Change, Reply, error) {
		old, stands := writtenAt(checkIns(r.made(s)), r.written)
		if !stands {
			return c.tellAgain(r, s, t)
		}
		e, err := t.amended(r, s, old)
		if err != nil {
			return Change{}, Reply{}, err
		}
		return c.revise(r, s, t, old, e)
	})
}

// retract takes back the check-in of a message that was deleted.
func (c *Coach) retract(ctx context.Context, r request) (Reply, error) {
	id, err := c.findWritten(ctx, &r)
	if err != nil || id == "" {
		return Reply{}, err
	}
	r.cohort, r.command = id, commands["undo"]
	return c.follow(ctx, r, func(s State, t topic) (Change, Reply, error) {
		old, stands := writtenAt(checkIns(r.made(s)), r.written)
		if !stands {
			return Change{}, Reply{}, errQuiet
		}
		if err := t.open(old); err != nil {
			return Change{}, Reply{}, err
		}
		change, reply := r.takeBack(s, t, old)
		return change, reply, nil
	})
}

// errQuiet ends an update that has nothing to change and nothing to say.
var errQuiet = errors.New("there is nothing to say")

// follow commits what fn makes of a message that changed.
func (c *Coach) follow(ctx context.Context, r request, fn func(State, topic) (Change, Reply, error)) (Reply, error) {
	reply, err := c.update(ctx, r, Scope{Entries: true}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		return fn(s, t)
	})
	if errors.Is(err, errQuiet) {
		return Reply{}, nil
	}
	return reply, err
}

// findWritten reads when the message was first written, and returns the cohort
// in which it was a check-in, also one that was taken back; empty when it was
// none.
func (c *Coach) findWritten(ctx context.Context, r *request) (CohortID, error) {
	seconds, _ := strconv.ParseInt(r.Arg("at"), 10, 64) // 0 where there is none
	written := time.Unix(seconds, 0).UTC()
	if seconds <= 0 || written.After(r.At) {
		return "", nil
	}
	r.written = written
	ids, err := c.store.CohortsOf(ctx, r.From)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		s, err := c.loadFor(ctx, r.From, Scope{Cohort: id, Entries: true})
		if err != nil {
			return "", err
		}
		if _, ok := writtenAt(r.made(s), written); ok {
			return id, nil
		}
	}
	return "", nil
}

// writtenAt returns the last of the check-ins that were reported at a second.
func writtenAt(entries []Entry, at time.Time) (Entry, bool) {
	for _, e := range slices.Backward(entries) {
		if e.Kind == CheckIn && e.At.Equal(at) {
			return e, true
		}
	}
	return Entry{}, false
}

// tellsTime tells whether the text holds a time, or what may be one.
func (r request) tellsTime() bool {
	said, err := ParseSaid(r.Text)
	return err != nil || said.Minutes > 0
}

// writtenOn is the study day on which the text of a check-in was written.
func (t topic) writtenOn(r request, s State) schedule.Date {
	if r.written.IsZero() {
		return t.today
	}
	if first, ok := writtenAt(r.made(s), r.written); ok && !first.Late {
		return first.Date
	}
	return t.of(s.Cohort, s.Learner, r.written).today
}

// amended is what a standing check-in becomes by the new text of its message.
func (t topic) amended(r request, s State, old Entry) (Entry, error) {
	e, why, ok := t.readAgain(r, s, old)
	if ok && e.saysTheSame(old) {
		return Entry{}, errQuiet
	}
	if err := t.open(old); err != nil {
		return Entry{}, err
	}
	if ok {
		already := s.Learner.Days.On(e.Date).Minutes()
		if e.Date == old.Date {
			already -= old.Minutes()
		}
		_, why = t.wrong(e, already)
	}
	if !ok || why != nil {
		return Entry{}, r.stillStands(s.Learner, old, why)
	}
	return e, nil
}

// readAgain reads the new text of a check-in's message; where that cannot be
// one, ok is false and the line why may say more. It says everything that the
// text of a check-in does: what it no longer names is no longer meant. Only
// that the unit was finished stays, and so does a unit that no text named.
func (t topic) readAgain(r request, s State, old Entry) (e Entry, why any, ok bool) {
	said, err := ParseSaid(r.Text)
	var unclear *TimeError
	switch {
	case errors.As(err, &unclear):
		return e, timeLine(unclear), false
	case said.Minutes == 0:
		return e, nil, false
	}
	if said.Unit == "" && !isPrompt(r.Thread) {
		said.Unit = old.Unit
	}
	e, err = t.entrySaid(r, s.Learner, said, t.writtenOn(r, s))
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return e, refusal.Line, false
	}
	e.Finished = old.Finished && e.Unit == old.Unit
	return e, nil, true
}

// tellAgain logs the check-in of a message whose first one was taken back,
// unless it says nothing else than that did.
func (c *Coach) tellAgain(r request, s State, t topic) (Change, Reply, error) {
	if !r.tellsTime() {
		return Change{}, Reply{}, errQuiet
	}
	kept := slices.DeleteFunc(slices.Clone(r.made(s)), func(e Entry) bool { return e.Kind == Undo })
	if old, ok := writtenAt(checkIns(kept), r.written); ok {
		if e, _, ok := t.readAgain(r, s, old); ok && e.saysTheSame(old) {
			return Change{}, Reply{}, errQuiet
		}
	}
	return c.spoken(r, s)
}

// saysTheSame tells whether two check-ins differ in nothing that a text says.
func (e Entry) saysTheSame(other Entry) bool {
	return e.Date == other.Date && e.Deep == other.Deep && e.AI == other.AI && e.Unit == other.Unit &&
		e.Note == other.Note && e.Blocker == other.Blocker
}

// stillStands refuses a text that a check-in cannot have.
func (r request) stillStands(l *Learner, old Entry, why any) error {
	line := say.StillStands{Minutes: old.Minutes(), Unit: old.Unit, Day: longDate(old.Date)}
	if why != nil {
		line.Why = say.Text(why)
	}
	name := r.nameEntry(l, old)
	return refuse(line, r.to(press(say.ButtonUndo, "undo", "entry", name)), r.to(press(say.ButtonEdit, "edit", "entry", name)))
}
