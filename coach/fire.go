package coach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"studycoach/content"
	"studycoach/schedule"
)

// The kinds of jobs that Fire carries out.
const (
	kindPrompt     = "prompt"     // "prompt/<cohort>/<date>"
	kindSummary    = "summary"    // "summary/<cohort>/<date>"
	kindCheckpoint = "checkpoint" // "checkpoint/<cohort>/<date>"
	kindNudge      = "nudge"      // "nudge/<cohort>/<learner>/<date>"
	kindAnnounce   = "announce"   // "announce/<cohort>/<announcement>"
	kindForget     = "forget"     // "forget/<cohort>/<the request>"
	kindMoved      = "moved"      // "moved/<cohort>/<the notice>"
)

// Handlers returns what carries out the jobs of the coach, by kind. rnd
// spreads retries, see [schedule.Backoff].
func (c *Coach) Handlers(rnd func() float64) map[string]schedule.Handler {
	work := func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
		switch err := c.Fire(ctx, j, now); {
		case err == nil && j.Kind == kindNudge:
			return schedule.Outcome{Forget: now.Add(NudgeMemory)}
		case err == nil:
			return schedule.Outcome{}
		case errors.Is(err, ErrSkipped):
			return schedule.Outcome{State: schedule.Skipped, Reason: err.Error()}
		default:
			return schedule.Outcome{State: schedule.Waiting, Retry: now.Add(schedule.Backoff(j.Attempt, rnd)), Reason: err.Error()}
		}
	}
	handlers := map[string]schedule.Handler{}
	for _, kind := range []string{kindPrompt, kindSummary, kindCheckpoint, kindNudge, kindAnnounce, kindForget, kindMoved} {
		handlers[kind] = work
	}
	return handlers
}

// How late a message may go out. A prompt or nudge of yesterday morning helps
// nobody; a summary or announcement does.
const (
	latePrompt    = 2 * time.Hour
	lateSummary   = 24 * time.Hour
	expiresNotice = 24 * time.Hour
)

// ErrSkipped wraps the reason why a job was too late to be of use.
var ErrSkipped = errors.New("skipped")

// Fire carries out a job that came due: it commits the deliveries and the next
// occurrence in one step. Carrying out a job again changes nothing. An error
// that is ErrSkipped says that the job was done without a message, being late.
func (c *Coach) Fire(ctx context.Context, j schedule.Job, now time.Time) error {
	parts := strings.Split(j.Key, "/")
	if len(parts) < 3 {
		return fmt.Errorf("job %q has no cohort", j.Key)
	}
	f := firing{job: j, now: now, cohort: CohortID(parts[1]), name: lastPart(j.Key)}
	switch j.Kind {
	case kindNudge:
		return c.fireNudge(ctx, f)
	case kindAnnounce:
		return c.fireAnnounce(ctx, f)
	case kindForget:
		return c.fireForget(ctx, f)
	case kindMoved:
		return c.fireMoved(ctx, f)
	case kindPrompt, kindSummary, kindCheckpoint:
		return c.fireChain(ctx, f)
	}
	return fmt.Errorf("job %q is of unknown kind %q", j.Key, j.Kind)
}

// firing is a job on its way.
type firing struct {
	job    schedule.Job
	now    time.Time
	cohort CohortID
	name   string // the last part of the key: a date, or an announcement's id
}

// fireChain runs one occurrence of a cohort's prompts, summaries or
// checkpoints, and plans the next.
func (c *Coach) fireChain(ctx context.Context, f firing) error {
	date, err := schedule.ParseDate(f.name)
	if err != nil {
		return fmt.Errorf("job %q: %w", f.job.Key, err)
	}
	reason, late := schedule.Late(f.job, f.now, f.limit())
	var posts []posting
	if !late {
		if posts, err = c.compose(ctx, f, date); err != nil {
			return err
		}
	}
	_, _, err = c.store.Update(ctx, Scope{Cohort: f.cohort}, func(s State) (Change, error) {
		if s.Cohort == nil || s.Cohort.Pending[f.job.Kind] != f.job.Key {
			return Change{}, nil // the cohort is gone, or has other plans by now
		}
		co := s.Cohort.clone()
		co.Last[f.job.Kind] = date
		delete(co.Pending, f.job.Kind)
		change := Change{Cohort: co}
		if f.job.Kind == kindCheckpoint && len(posts) > 0 {
			co.Asked = posts[0].about
		}
		if err := c.planNext(&change, co, f.job.Kind, 0, f.now); err != nil {
			return Change{}, err
		}
		err := f.deliver(&change, co, date, posts, f.job.Due)
		return change, err
	})
	if err == nil && late {
		return fmt.Errorf("%w: %s", ErrSkipped, reason)
	}
	return err
}

// limit is how late the occurrence of a chain may be.
func (f firing) limit() time.Duration {
	if f.job.Kind == kindPrompt {
		return latePrompt
	}
	return lateSummary
}

// deliver adds the messages of an occurrence to the change, in order.
func (f firing) deliver(change *Change, co *Cohort, date schedule.Date, posts []posting, due time.Time) error {
	for i, post := range posts {
		key := fmt.Sprintf("send/%s/%s/%s", f.job.Kind, f.cohort, date)
		if f.job.Kind == kindPrompt {
			key += "/" + post.about
		}
		d := Delivery{Key: key, Class: classes[f.job.Kind], Message: *post.message, Expires: f.limit()}
		if i == 0 && d.Class == ClassPrompt && co.Threads {
			d.Thread = post.message.title()
		}
		if err := change.deliver(co, d, due.Add(time.Duration(i)*time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

var classes = map[string]Class{kindPrompt: ClassPrompt, kindSummary: ClassSummary, kindCheckpoint: ClassNotice}

// posting is a message of an occurrence.
type posting struct {
	message *Message
	about   string // the id of a prompt's part, or of a checkpoint
}

// compose writes what an occurrence has to say, which may be nothing: of a
// prompt, a message for each part of the day's step.
func (c *Coach) compose(ctx context.Context, f firing, date schedule.Date) ([]posting, error) {
	s, err := c.store.Load(ctx, Scope{Cohort: f.cohort})
	if err != nil || s.Cohort == nil {
		return nil, err
	}
	t, err := c.topicAt(s.Cohort, nil, f.job.Due)
	if err != nil {
		return nil, err
	}
	var posts []posting
	switch f.job.Kind {
	case kindPrompt:
		step, _ := t.course.on(date)
		for i, part := range step.Parts {
			posts = append(posts, posting{t.partMessage(step, i, date, "", s.Cohort.ID), part.ID})
		}
	case kindCheckpoint:
		posts = t.checkpointPosting(s.Cohort, date)
	default:
		m, err := c.summaryMessage(ctx, s.Cohort, t, summarised(date))
		if err != nil || m == nil {
			return nil, err
		}
		posts = []posting{{message: m}}
	}
	return posts, nil
}

// replan cancels the cohort's waiting prompts, summaries and checkpoints and
// plans the next ones after now. When today is a study day that has had no
// prompt and its time is over, as after a late start, the end of a pause or a
// change of the time, today's is posted at once.
func (c *Coach) replan(change *Change, co *Cohort, now time.Time) error {
	today := schedule.LocalDate(now, zoneOf(co, nil))
	for _, kind := range []string{kindPrompt, kindSummary, kindCheckpoint} {
		if err := c.planNext(change, co, kind, today, now); err != nil {
			return err
		}
	}
	return nil
}

// planNext plans the next occurrence of one kind. A prompt is planned for from
// or later, and one that is planned for from, and whose time is over, for now.
func (c *Coach) planNext(change *Change, co *Cohort, kind string, from schedule.Date, now time.Time) error {
	if key := co.Pending[kind]; key != "" {
		change.Cancel = append(change.Cancel, key)
		delete(co.Pending, kind)
	}
	t, err := c.topicAt(co, nil, now)
	if err != nil {
		return err
	}
	var next schedule.Occurrence
	var ok bool
	switch kind {
	case kindPrompt:
		next, ok = c.nextPrompt(co, t.course, from)
		if next.Slot.Date == from && next.At.Before(now) {
			next.At = now.Truncate(time.Millisecond)
		}
	case kindSummary:
		if next, ok, err = c.nextSummary(co, t.course, now); err != nil {
			return err
		}
	case kindCheckpoint:
		next, ok = t.nextCheckpoint(co, now)
	}
	if !ok {
		return nil
	}
	key := fmt.Sprintf("%s/%s/%s", kind, co.ID, next.Slot.Date)
	co.Pending[kind] = key
	change.Add = append(change.Add, schedule.Job{Key: key, Kind: kind, Part: co.ID.Part(), Due: next.At})
	return nil
}

// nextPrompt is the next time a prompt is posted: at the prompt time of the
// first study day from a date on that comes after the last prompt's. When the
// runner comes too late for it, it is skipped then, and can be listed.
func (c *Coach) nextPrompt(co *Cohort, course course, from schedule.Date) (schedule.Occurrence, bool) {
	zone := zoneOf(co, nil)
	first := max(co.Start, from, co.Last[kindPrompt]+1)
	for d := first; d < first+horizon; d++ {
		if course.index(d) >= course.steps.Len() {
			return schedule.Occurrence{}, false
		}
		if !course.studies(d) {
			if course.calendar.standsStill(d) {
				return schedule.Occurrence{}, false
			}
			continue
		}
		slot := schedule.Slot{Date: d, Time: co.Prompt}
		return schedule.Occurrence{Slot: slot, At: schedule.Resolve(slot, zone)}, true
	}
	return schedule.Occurrence{}, false
}

// standsStill tells whether nothing is expected from d on for good.
func (c Calendar) standsStill(d schedule.Date) bool {
	n := len(c.Pauses)
	return n > 0 && c.Pauses[n-1].To == 0 && c.Pauses[n-1].From <= d
}

// nextSummary is the next time a summary is posted: weekly, until the one of
// the last step's week.
func (c *Coach) nextSummary(co *Cohort, course course, now time.Time) (next schedule.Occurrence, ok bool, err error) {
	zone := zoneOf(co, nil)
	rule, err := schedule.ParseRule(schedule.WeeklyAt(co.Summary.Day, co.Summary.At), zone.String(), schedule.EveryDay, nil)
	if err != nil {
		return next, false, fmt.Errorf("summary of cohort %s: %w", co.ID, err)
	}
	last := max(summarised(co.Last[kindSummary]), co.Start.Week()-7)
	next, ok = nextAfter(rule, now, co.Start)
	for ok && (summarised(next.Slot.Date) <= last || course.calendar.paused(summarised(next.Slot.Date))) {
		if course.calendar.standsStill(summarised(next.Slot.Date)) {
			return next, false, nil
		}
		next, ok = rule.Next(next.Slot)
	}
	if end, known := course.end(); known && summarised(next.Slot.Date) > end.Week() {
		return next, false, nil
	}
	return next, ok, nil
}

// summarised is the week that a summary posted on a date is about: the one that
// ends with a Sunday's own, else the last whole one.
func summarised(d schedule.Date) schedule.Date { return (d + 1).Week() - 7 }

// paused tells whether a whole week lies in pauses.
func (c Calendar) paused(week schedule.Date) bool {
	for d := week; d < week+7; d++ {
		if !inSpans(c.Pauses, d) {
			return false
		}
	}
	return true
}

// nextCheckpoint is the next time a checkpoint is posted: at the prompt time of
// the day after the last unit of its week.
func (t topic) nextCheckpoint(co *Cohort, now time.Time) (schedule.Occurrence, bool) {
	asked := slices.IndexFunc(t.roadmap.Checkpoints, func(check content.Checkpoint) bool { return check.ID == co.Asked })
	for _, check := range t.roadmap.Checkpoints[asked+1:] {
		d, ok := t.checkpointDate(check.Week)
		if !ok {
			continue
		}
		slot := schedule.Slot{Date: d, Time: co.Prompt}
		if at := schedule.Resolve(slot, zoneOf(co, nil)); at.After(now) {
			return schedule.Occurrence{Slot: slot, At: at}, true
		}
	}
	return schedule.Occurrence{}, false
}

// checkpointDate is the day on which the checkpoint of a week is asked.
func (t topic) checkpointDate(week int) (schedule.Date, bool) {
	w, ok := t.roadmap.Week(week)
	if !ok || len(w.Units) == 0 {
		return 0, false
	}
	i, _ := t.roadmap.UnitIndex(w.Units[len(w.Units)-1].ID)
	d, ok := t.course.date(t.course.steps.StepOf(i))
	return d + 1, ok
}
