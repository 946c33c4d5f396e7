package coach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// Settings of a learner who has not chosen any.
const (
	defaultNudge = schedule.TimeOfDay(19 * 60)
	quietFrom    = schedule.TimeOfDay(22 * 60)
	quietTo      = schedule.TimeOfDay(7 * 60)
)

// join makes the sender a learner of the cohort, or welcomes them back.
func (c *Coach) join(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		var l *Learner
		switch old := s.Learner; {
		case old == nil:
			l = r.newLearner()
			l.Joined = schedule.StudyDay(r.At, zoneOf(s.Cohort, l))
		case old.Left == 0:
			return Change{}, Reply{}, refuse(say.JoinedBefore{Cohort: say.Literal(s.Cohort.Name)}, r.to(press(say.ButtonToday, "today")), r.to(press(say.ButtonMe, "me")))
		default:
			l = old.clone()
			if t.today > l.Left {
				l.Away = append(l.Away, Span{From: l.Left, To: t.today - 1})
			}
			l.Left = 0
		}
		l.Name = nameOf(r.Event, l.Name)
		change := Change{Learner: l}
		if err := c.planNudge(&change, s.Cohort, l, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		line := say.Welcome{
			Name: say.Literal(l.Name), Cohort: say.Literal(s.Cohort.Name), Roadmap: t.roadmap.Title, Zone: zoneOf(s.Cohort, l).String(),
			Start: longDate(s.Cohort.Start), Started: t.today >= s.Cohort.Start, Goal: s.Cohort.Goal(t.today), Prompt: s.Cohort.Prompt.String(),
			Nudge: l.Settings.Nudge.String(), Back: s.Learner != nil,
		}
		return change, Reply{Message: Say(Text(say.Text(line)), Actions(
			r.to(press(say.ButtonToday, "today")), r.to(press(say.ButtonSettings, "settings")), press(say.ButtonHelp, "help")))}, nil
	})
}

// newLearner is the sender as a learner of the cohort who has yet to join.
func (r request) newLearner() *Learner {
	l := &Learner{ID: r.From, Cohort: r.cohort, Name: nameOf(r.Event, ""), Settings: Settings{Nudge: defaultNudge, Quiet: Quiet{From: quietFrom, To: quietTo}}}
	if zone, err := schedule.LoadZone(r.Zone); err == nil {
		l.Settings.Zone = zone.String()
	}
	return l
}

// leave ends the sender's membership; what they did is kept until they come
// back or ask to be forgotten.
func (c *Coach) leave(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		l := s.Learner.clone()
		l.Left = schedule.StudyDay(r.At, zoneOf(s.Cohort, l))
		l.Stuck = nil
		change := Change{Learner: l}
		if err := c.planNudge(&change, s.Cohort, l, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		line := say.Goodbye{Cohort: say.Literal(s.Cohort.Name), Lead: s.ledBy(r.From)}
		return change, Reply{Message: Say(Text(say.Text(line)), Actions(r.to(press(say.ButtonRejoin, "join")), r.to(press(say.ButtonForget, "forget-me"))))}, nil
	})
}

// planNudge replaces a learner's waiting nudge by the next one after now, at
// the learner's own time and on a date that has not had one.
func (c *Coach) planNudge(change *Change, co *Cohort, l *Learner, now time.Time) error {
	if l.Nudge != "" {
		change.Add = slices.DeleteFunc(change.Add, func(j schedule.Job) bool { return j.Key == l.Nudge })
		change.Cancel = append(change.Cancel, l.Nudge, nudgeDelivery(co.ID, l.ID, l.Nudged))
		l.Nudge = ""
	}
	if l.Left != 0 || l.Of != "" || l.gone() || !l.reaches(l.writeTo()) && !l.Settings.RoomNotes || l.Settings.NudgeOff && !l.Settings.Recall {
		return nil
	}
	loc := zoneOf(co, l)
	rule, err := schedule.ParseRule(schedule.DailyAt(l.Settings.Nudge), loc.String(), schedule.EveryDay, nil)
	if err != nil {
		return fmt.Errorf("nudge of %s: %w", l.ID, err)
	}
	next, ok := nextAfter(rule, now, l.Nudged)
	if !ok {
		return nil
	}
	l.Nudge = nudgeJob(co.ID, l.ID, next.Slot.Date)
	change.Add = append(change.Add, schedule.Job{Key: l.Nudge, Kind: kindNudge, Part: co.ID.Part(), Due: next.At, Payload: []byte(l.ID)})
	return nil
}

// nextAfter returns the first occurrence of a daily or weekly rule after now
// whose date is after last.
func nextAfter(rule schedule.Rule, now time.Time, last schedule.Date) (schedule.Occurrence, bool) {
	next, ok := rule.NextAfter(now)
	for ok && next.Slot.Date <= last {
		next, ok = rule.Next(next.Slot)
	}
	return next, ok
}
