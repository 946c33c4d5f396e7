package coach

import (
	"context"
	"slices"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// undo takes a check-in back: the one that a button names, or the last one.
func (c *Coach) undo(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{Entries: true}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		old, err := r.target(s.Learner, standingEntries(s.Entries), t)
		if err != nil {
			return Change{}, Reply{}, err
		}
		change, reply := r.takeBack(s, t, old)
		return change, reply, nil
	})
}

// takeBack undoes an entry, and says what was undone.
func (r request) takeBack(s State, t topic, old Entry) (Change, Reply) {
	change := t.record(s, Entry{Kind: Undo, Account: old.Account, Ref: old.Seq, Date: old.Date, At: r.At.Truncate(time.Second)})
	l := change.Learner
	l.unstick(old)
	deep, ai := l.Days.WeekMinutes(old.Date.Week())
	line := say.Undone{
		Minutes: old.Minutes(), Unit: old.Unit, Day: longDate(old.Date),
		Streak: l.Streak.AsOf(l.Days, t.calendar, t.today).Count, Week: deep + ai, Goal: s.Cohort.Goal(old.Date) * 60,
	}
	return change, Reply{Message: Say(Text(say.Text(line))), Replace: r.Arg("entry") != ""}
}

// edit changes a check-in: the one that a button names, or the last one. It
// opens the form, and takes its submission.
func (c *Coach) edit(ctx context.Context, r request) (Reply, error) {
	if !r.Submit {
		return c.view(ctx, r, Scope{Entries: true}, func(s State) (Reply, error) {
			t, err := c.topicOf(r, s)
			if err != nil {
				return Reply{}, err
			}
			old, err := r.target(s.Learner, checkIns(s.Entries), t)
			if err != nil {
				return Reply{}, err
			}
			return Reply{Form: r.editForm(s.Learner, t, old)}, nil
		})
	}
	return c.update(ctx, r, Scope{Entries: true}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		old, err := r.target(s.Learner, checkIns(s.Entries), t)
		if err != nil {
			return Change{}, Reply{}, err
		}
		e, err := t.entryOf(r, s, r.editForm(s.Learner, t, old), old)
		if err != nil {
			return Change{}, Reply{}, err
		}
		return c.revise(r, s, t, old, e)
	})
}

// revise puts e in the place of the check-in old, and says what was understood
// and corrected. Where that is nothing, it changes nothing.
func (c *Coach) revise(r request, s State, t topic, old, e Entry) (Change, Reply, error) {
	before, was := s.Learner.Streak.AsOf(s.Learner.Days, t.calendar, t.today), old.corrected(e)
	if was.Same {
		return Change{}, c.checkedIn(r, s.Cohort, s.Learner, t, old, before, was), nil
	}
	e.Account, e.Kind, e.Ref, e.At, e.Late = old.Account, Edit, old.Seq, r.At.Truncate(time.Second), old.Late
	if e.Date != old.Date {
		e.Late = e.Date != schedule.StudyDay(old.At, zoneOf(s.Cohort, s.Learner))
	}
	change := t.record(s, e)
	l := change.Learner
	if e.Blocker != old.Blocker {
		l.unstick(old)
	}
	e.Seq = old.Seq
	if e.Blocker != "" && e.Blocker != old.Blocker {
		if err := c.raise(&change, s.Cohort, l, t, e, r.At); err != nil {
			return Change{}, Reply{}, err
		}
	}
	return change, c.checkedIn(r, s.Cohort, l, t, e, before, was), nil
}

// corrected is what of the check-in now has changed. Notes are too long to say
// what they were.
func (e Entry) corrected(now Entry) *say.Was {
	was := &say.Was{Same: now.saysTheSame(e) && now.Finished == e.Finished, Finished: e.Finished && !now.Finished}
	if now.Deep != e.Deep || now.AI != e.AI {
		was.Minutes, was.Deep, was.AI = e.Minutes(), e.Deep, e.AI
	}
	if now.Unit != e.Unit {
		was.Unit = e.Unit
	}
	if now.Date != e.Date {
		was.Day = longDate(e.Date)
	}
	return was
}

// target is the one of the standing entries that an undo or edit is about. Only
// what lies within the back-dating days can be changed.
func (r request) target(l *Learner, standing []Entry, t topic) (Entry, error) {
	if len(standing) == 0 {
		return Entry{}, refuse(say.NothingToUndo{}, r.to(press(say.ButtonCheckIn, "checkin")))
	}
	e := standing[0]
	for _, later := range standing[1:] { // two logs that were put together are not in the order of time
		if !later.At.Before(e.At) || later.Account == e.Account {
			e = later
		}
	}
	if named := r.Arg("entry"); named != "" {
		i := slices.IndexFunc(standing, func(e Entry) bool { return r.nameEntry(l, e) == named })
		if i < 0 {
			return Entry{}, refuse(say.UndoneBefore{})
		}
		e = standing[i]
	}
	return e, t.open(e)
}

// open refuses to change an entry that is too old for it.
func (t topic) open(e Entry) error {
	if e.Date < t.today-BackDating {
		return refuse(say.TooOldToChange{Days: BackDating, Day: longDate(e.Date)})
	}
	return nil
}

// record adds an edit or undo to the log and recomputes the record from it.
func (t topic) record(s State, e Entry) Change {
	l := s.Learner.clone()
	e.Seq = l.Entries
	changed := e.Date
	for _, old := range s.Entries {
		if old.Account != e.Account {
			continue
		}
		if old.Seq == e.Ref || old.Kind == Edit && old.Ref == e.Ref {
			changed = min(changed, old.Date)
		}
	}
	l.Entries++
	l.recompute(append(slices.Clone(s.Entries), e))
	l.Streak = Recount(l.Streak, l.Days, t.calendar, t.today, changed)
	return Change{Learner: l, Entries: []Entry{e}}
}

// editForm is the form of a check-in that is changed.
func (r request) editForm(l *Learner, t topic, old Entry) *Form {
	f := t.entryForm(old)
	f.Verb, f.Args = "edit", map[string]string{"cohort": string(r.cohort), "entry": r.nameEntry(l, old)}
	f.Title, f.Submit = say.FormEdit.String(), say.ButtonSave.String()
	return f
}
