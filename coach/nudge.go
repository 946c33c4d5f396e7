package coach

import (
	"context"
	"fmt"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

func nudgeJob(c CohortID, l LearnerID, d schedule.Date) string {
	return fmt.Sprintf("%s/%s/%s/%s", kindNudge, c, l, d)
}

func nudgeDelivery(c CohortID, l LearnerID, d schedule.Date) string {
	return fmt.Sprintf("send/%s/%s/%s/%s", kindNudge, c, l, d)
}

// fireNudge sends a learner's nudge, or a reminder of due questions, to those
// who want it and only while it is of use, and plans the next one.
func (c *Coach) fireNudge(ctx context.Context, f firing) error {
	date, err := schedule.ParseDate(f.name)
	if err != nil {
		return fmt.Errorf("job %q: %w", f.job.Key, err)
	}
	id := LearnerID(f.job.Payload)
	reason, late := schedule.Late(f.job, f.now, latePrompt)
	_, _, err = c.store.Update(ctx, Scope{Cohort: f.cohort, Learner: id, Cards: true}, func(s State) (Change, error) {
		if s.Cohort == nil || s.Learner == nil || s.Learner.Nudge != f.job.Key {
			return Change{}, nil // gone, or with other plans by now
		}
		t, err := c.topicAt(s.Cohort, s.Learner, f.job.Due)
		if err != nil {
			return Change{}, err
		}
		l := s.Learner.clone()
		l.Nudged, l.Nudge = date, ""
		change := Change{Learner: l}
		if err := c.planNudge(&change, s.Cohort, l, f.now); err != nil {
			return Change{}, err
		}
		m := t.nudge(s, f.cohort)
		zone := zoneOf(s.Cohort, l)
		local := schedule.SlotAt(f.now, zone).Time
		soon := schedule.StudyDay(f.job.Due, zone) < t.today // the cohort has begun, their own first day has not
		if late || soon || m == nil || l.Settings.Quiet.Covers(local) {
			return change, nil
		}
		if !l.reaches(l.writeTo()) {
			err := t.roomNote(&change, s, date, f.job.Due)
			return change, err
		}
		job, err := Delivery{
			Key: nudgeDelivery(f.cohort, id, date), Room: l.writeTo().Direct(), Class: ClassNudge, Message: *m, Expires: latePrompt,
		}.Job(f.cohort.Part(), f.job.Due)
		change.Add = append(change.Add, job)
		return change, err
	})
	if err == nil && late {
		return fmt.Errorf("%w: %s", ErrSkipped, reason)
	}
	return err
}

// nudge is what to say to a learner at their nudge time, nil when nothing:
// a nudge when the day expects a check-in that is not there, and a reminder of
// due questions to those who asked for one.
func (t topic) nudge(s State, cohort CohortID) *Message {
	l := s.Learner
	due := dueCards(s.Cards, t.today)
	quiz := press(say.ButtonQuiz, "quiz", "cohort", string(cohort))
	switch {
	case t.expectsNudge(l):
		part, left := l.next(t.course.latest(t.today))
		streak := l.Streak.AsOf(l.Days, t.calendar, t.today)
		line := say.Nudge{
			Name: say.Literal(l.Name), Unit: part.Unit.ID, Title: part.Unit.Title, Part: part.Number, Of: part.Of, Minutes: part.Minutes(), Finished: !left,
			Streak: streak.Count, Freezes: streak.Freezes, Last: t.missed(l.Days) == maxUnanswered-1,
		}
		actions := partActions(part, cohort)
		if line.Finished {
			actions = Actions(press(say.ButtonCheckIn, "checkin", "cohort", string(cohort)))
		}
		if l.Settings.Recall && due > 0 {
			line.Due = due
			actions.Actions = append(actions.Actions, quiz)
		}
		return Say(Text(say.Text(line)), actions)
	case l.Settings.Recall && due > 0 && !inSpans(l.Away, t.today) && !inSpans(t.calendar.Pauses, t.today):
		return Say(Text(say.Text(say.RecallDue{Name: say.Literal(l.Name), Due: due})), Actions(quiz))
	}
	return nil
}

// maxUnanswered is how many nudges in a row go unanswered, about two weeks of
// them. Then they rest until the learner checks in.
const maxUnanswered = 10

// expectsNudge tells whether a learner is to be nudged for today's unit.
func (t topic) expectsNudge(l *Learner) bool {
	return t.calendar.Expect(t.today) == Expected && !l.Days.On(t.today).Done() && !l.Settings.NudgeOff && t.missed(l.Days) < maxUnanswered
}

// roomNote adds to the change a nudge that goes to a room, for a learner whom no
// direct message reaches and who asked for it. It mentions nobody.
func (t topic) roomNote(change *Change, s State, date schedule.Date, due time.Time) error {
	co, l := s.Cohort, s.Learner
	room := co.roomFor(l.writeTo())
	if room == "" {
		return nil
	}
	line := say.RoomNote{Name: say.Literal(l.Name), Due: dueCards(s.Cards, t.today)}
	actions := Actions(press(say.ButtonQuiz, "quiz", "cohort", string(co.ID)))
	if t.expectsNudge(l) {
		part, _ := l.next(t.course.latest(t.today))
		line.Unit, line.Title = part.Unit.ID, part.Unit.Title
		actions = partActions(part, co.ID)
	}
	job, err := Delivery{
		Key:  fmt.Sprintf("send/note/%s/%s/%s", co.ID, l.ID, date), // one a day
		Room: room, Class: ClassNudge, Message: *Say(Text(say.Text(line)), actions), Expires: latePrompt,
	}.Job(co.ID.Part(), due)
	change.Add = append(change.Add, job)
	return err
}

// roomFor is the open room in which a learner's note goes: of the account's own
// workspace where there is one. It is empty when no room is open.
func (c *Cohort) roomFor(u UserRef) (best RoomID) {
	for _, room := range c.Rooms {
		if c.closed(room) == "" && (best == "" || best.Workspace() != u.Workspace()) && (best == "" || room.Workspace() == u.Workspace()) {
			best = room
		}
	}
	return best
}
