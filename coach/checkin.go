package coach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

const (
	dayMinutes = 1440 // that a study day can hold
	shownNote  = 400  // characters of a note that the reply shows
)

// checkIn logs study time: from text, from the submitted form, and with
// neither it opens the form.
func (c *Coach) checkIn(ctx context.Context, r request) (Reply, error) {
	if r.Submit {
		return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) { return c.submitted(r, s) })
	}
	if r.Text == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			f, err := c.checkInForm(r, s, Said{})
			return Reply{Form: f}, err
		})
	}
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) { return c.spoken(r, s) })
}

// spoken logs what the text of a check-in says.
func (c *Coach) spoken(r request, s State) (Change, Reply, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return Change{}, Reply{}, err
	}
	said, err := ParseSaid(r.Text)
	if err != nil || said.Minutes == 0 {
		return Change{}, Reply{}, c.askTime(r, s, said, err)
	}
	e, err := t.entrySaid(r, s.Learner, said, t.writtenOn(r, s))
	if err != nil {
		return Change{}, Reply{}, err
	}
	return c.enter(r, s, t, e)
}

// entrySaid is the check-in that a text means which was written on a study day.
func (t topic) entrySaid(r request, l *Learner, said Said, written schedule.Date) (Entry, error) {
	date, ok := said.Date.On(written)
	if !ok {
		return Entry{}, refuse(say.UnclearDate{})
	}
	e := Entry{Date: date, Unit: said.Unit, Note: clip(said.Note, maxNote), Blocker: clip(said.Blocker, maxNote)}
	if e.Unit == "" {
		e.Unit = t.unitFor(r.Thread, date, l)
	}
	e.setMinutes(said.Minutes, said.Mode, t.roadmap)
	return e, nil
}

// askTime asks for the time that a text did not tell, with the form that
// already holds the rest.
func (c *Coach) askTime(r request, s State, said Said, problem error) error {
	var unclear *TimeError
	var line any = say.HowLong{}
	if errors.As(problem, &unclear) {
		line, said.Note = timeLine(unclear), r.Text
	}
	if r.plain {
		return refuse(line, r.to(press(say.ButtonCheckIn, "checkin")))
	}
	f, err := c.checkInForm(r, s, said)
	if err != nil {
		return err
	}
	f.field("time").Error = say.Unmarked(say.Text(line))
	return &Refusal{Form: f, Line: line}
}

// submitted logs what the form says.
func (c *Coach) submitted(r request, s State) (Change, Reply, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return Change{}, Reply{}, err
	}
	f, err := c.checkInForm(r, s, Said{})
	if err != nil {
		return Change{}, Reply{}, err
	}
	e, err := t.entryOf(r, s, f, Entry{})
	if err != nil {
		return Change{}, Reply{}, err
	}
	return c.log(r, s, t, e)
}

// entryOf reads a submitted check-in form; what is wrong comes back as the form
// with the errors at its fields. old is the check-in that is changed, if any.
func (t topic) entryOf(r request, s State, f *Form, old Entry) (Entry, error) {
	f.fill(r.Args)
	e := Entry{
		Unit: r.Arg("unit"), Finished: r.Arg("finished") == "yes",
		Note: clip(r.Arg("note"), maxNote), Blocker: clip(r.Arg("blocker"), maxNote),
	}
	said, err := ParseSaid(r.Arg("time"))
	var unclear *TimeError
	switch {
	case errors.As(err, &unclear):
		f.field("time").Error = say.Unmarked(say.Text(timeLine(unclear)))
	case said.Minutes == 0:
		f.field("time").Error = say.Unmarked(say.Text(say.HowLong{}))
	case said != Said{Minutes: said.Minutes}:
		f.field("time").Error = say.Unmarked(say.Text(say.TimeOnly{}))
	}
	if e.Date, err = schedule.ParseDate(r.Arg("date")); err != nil {
		f.field("date").Error = say.Unmarked(say.Text(say.UnclearDate{}))
	}
	if e.Unit == "" {
		e.Unit = t.unitFor(r.Thread, e.Date, s.Learner)
	}
	e.setMinutes(said.Minutes, r.Arg("mode"), t.roadmap)
	if !f.failed() {
		already := s.Learner.Days.On(e.Date).Minutes()
		if e.Date == old.Date {
			already -= old.Minutes()
		}
		if field, line := t.wrong(e, already); line != nil {
			f.field(field).Error = say.Unmarked(say.Text(line))
		}
	}
	if f.failed() {
		return e, &Refusal{Form: f, Line: say.CheckTheForm{}}
	}
	return e, nil
}

// doneToday logs the day's unit, or part of one, with its planned time; the last
// part finishes the unit.
func (c *Coach) doneToday(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{Entries: true}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		part, ok := t.partOf(r, s.Learner)
		if !ok {
			return Change{}, Reply{}, refuse(say.UnknownUnit{Typed: quoted(r.Arg("unit"), 20)})
		}
		u := part.Unit
		if s.Learner.Finished.Has(u.ID) {
			return Change{}, Reply{}, refuse(say.FinishedBefore{Unit: u.ID, Title: u.Title}, r.to(press(say.ButtonCheckIn, "checkin")))
		}
		e := Entry{Date: t.today, Deep: part.Deep, AI: part.Delegate, Unit: u.ID, Finished: part.Last()}
		before := func(old Entry) bool {
			return old.Date == e.Date && old.Unit == e.Unit && old.Deep == e.Deep && old.AI == e.AI
		}
		if !e.Finished && slices.ContainsFunc(checkIns(s.Entries), before) {
			return Change{}, Reply{}, refuse(say.PartBefore{Unit: u.ID, Title: u.Title, Part: part.Number, Of: part.Of}, r.to(press(say.ButtonCheckIn, "checkin")))
		}
		return c.enter(r, s, t, e)
	})
}

// topic is what a check-in is measured against.
type topic struct {
	roadmap  *content.Roadmap
	course   course
	calendar Calendar
	today    schedule.Date // the learner's study day
}

// topicOf gathers the topic of a request; the state's learner may be nil.
func (c *Coach) topicOf(r request, s State) (topic, error) {
	return c.topicAt(s.Cohort, s.Learner, r.At)
}

func (c *Coach) topicAt(co *Cohort, l *Learner, at time.Time) (topic, error) {
	roadmap, err := c.roadmapOf(co)
	if err != nil {
		return topic{}, err
	}
	return topic{roadmap: roadmap, course: c.courseOf(co, roadmap)}.of(co, l, at), nil
}

// of is the topic as a learner of the same cohort has it, or nobody in
// particular where l is nil.
func (t topic) of(co *Cohort, l *Learner, at time.Time) topic {
	t.today = schedule.StudyDay(at, zoneOf(co, l))
	if t.today < co.Start && schedule.LocalDate(at, zoneOf(co, nil)) >= co.Start {
		t.today = co.Start // the cohort has begun; nobody is to wait for their own midnight
	}
	t.calendar = calendarOf(t.course, l)
	return t
}

// calendarOf says which days the course expects of a learner.
func calendarOf(course course, l *Learner) Calendar {
	cal := course.calendar
	if end, ok := course.end(); ok {
		cal.End = end
	}
	if l == nil {
		return cal
	}
	cal.Start = max(cal.Start, l.Joined)
	cal.Away, cal.Rest = l.Away, l.Rest
	if l.Left != 0 && (cal.End == 0 || l.Left-1 < cal.End) {
		cal.End = l.Left - 1
	}
	return cal
}

// unitFor is the unit that a check-in is about when it does not say: that of
// the prompt it replies to, else of what is next of the latest step planned up
// to the date.
func (t topic) unitFor(thread string, d schedule.Date, l *Learner) string {
	if part, ok := promptPart(thread); ok {
		return unitOf(part)
	}
	part, _ := l.next(t.course.latest(d))
	return part.Unit.ID
}

// unitOf is the unit of a part, told by its id.
func unitOf(part string) string {
	unit, _, _ := strings.Cut(part, ".")
	return unit
}

// partOf is the part that a button names, else what is next of the day's step.
func (t topic) partOf(r request, l *Learner) (content.Part, bool) {
	if id := r.Arg("unit"); id != "" {
		return t.course.steps.Part(id)
	}
	if id, ok := promptPart(r.Thread); ok {
		return t.course.steps.Part(id)
	}
	part, _ := l.next(t.course.latest(t.today))
	return part, true
}

// setMinutes puts the time on the side of the mode: "deep", "ai", or "plan"
// for the shares that the unit plans. A mode that was not said is the unit's
// own.
func (e *Entry) setMinutes(minutes int, mode string, roadmap *content.Roadmap) {
	u, _ := roadmap.Unit(e.Unit)
	switch {
	case mode == "ai", mode == "" && u.Mode == content.Delegate:
		e.AI = minutes
	case mode == "plan" && u.Minutes() > 0:
		e.Deep = minutes * u.Deep / u.Minutes()
		e.AI = minutes - e.Deep
	default:
		e.Deep = minutes
	}
}

// enter logs a new entry that no form can mend, or refuses it.
func (c *Coach) enter(r request, s State, t topic, e Entry) (Change, Reply, error) {
	if _, line := t.wrong(e, s.Learner.Days.On(e.Date).Minutes()); line != nil {
		return Change{}, Reply{}, refuse(line)
	}
	return c.log(r, s, t, e)
}

// log adds a new entry, and says what was understood.
func (c *Coach) log(r request, s State, t topic, e Entry) (Change, Reply, error) {
	l := s.Learner.clone()
	l.Name = nameOf(r.Event, l.Name)
	e.Kind, e.Seq, e.At, e.Late = CheckIn, l.Entries, r.reported(), e.Date != t.today
	e.Account = l.logOf(r.From)
	before := l.Streak.AsOf(l.Days, t.calendar, t.today)
	l.Entries++
	l.add(e)
	l.Streak = Recount(l.Streak, l.Days, t.calendar, t.today, e.Date)
	change := Change{Learner: l, Entries: []Entry{e}}
	if e.Date == t.today && l.Nudged >= t.today-1 { // an older one is out, or of no use any more
		change.Cancel = append(change.Cancel, nudgeDelivery(r.cohort, l.ID, l.Nudged)) // if it is still on its way
	}
	if e.Blocker != "" {
		if err := c.raise(&change, s.Cohort, l, t, e, r.At); err != nil {
			return Change{}, Reply{}, err
		}
	}
	return change, c.checkedIn(r, s.Cohort, l, t, e, before, nil), nil
}

// wrong says what the rules do not take of a check-in, and the field of its form
// that is to be mended; the line is nil when nothing is. already is what the
// study day holds without it.
func (t topic) wrong(e Entry, already int) (field string, line any) {
	_, known := t.roadmap.Unit(e.Unit)
	switch {
	case e.Date > t.today:
		return "date", say.FutureDate{}
	case e.Date < t.today-BackDating:
		return "date", say.TooFarBack{Days: BackDating, Earliest: longDate(t.today - BackDating)}
	case e.Date < t.course.calendar.Start:
		return "date", say.NotStarted{Start: longDate(t.course.calendar.Start)}
	case !known:
		return "unit", say.UnknownUnit{Typed: quoted(e.Unit, 20)}
	case e.Minutes() > MaxMinutes:
		return "time", say.TooLong{Max: MaxMinutes}
	case already+e.Minutes() > dayMinutes:
		return "time", say.DayFull{Already: already}
	}
	return "", nil
}

// checkedIn says what was understood, the streak, and the week against the
// goal, and offers to take it back. was is what a correction has changed.
func (c *Coach) checkedIn(r request, co *Cohort, l *Learner, t topic, e Entry, before Streak, was *say.Was) Reply {
	now := l.Streak.AsOf(l.Days, t.calendar, t.today)
	deep, ai := l.Days.WeekMinutes(e.Date.Week())
	u, _ := t.roadmap.Unit(e.Unit)
	line := say.CheckedIn{
		Minutes: e.Minutes(), Deep: e.Deep, AI: e.AI, Unit: e.Unit, Title: u.Title, Finished: e.Finished, Was: was,
		Note: say.Literal(clip(e.Note, shownNote)), Blocker: say.Literal(clip(e.Blocker, shownNote)),
		Streak: now.Count, Freezes: now.Freezes, EarnedFreeze: now.Freezes > before.Freezes && now.Earned == 0,
		Week: deep + ai, Goal: co.Goal(e.Date) * 60, Milestone: crossed(before.Count, now.Count),
	}
	if e.Late {
		line.Day = longDate(e.Date)
	}
	name := r.nameEntry(l, e)
	actions := []Action{
		r.to(press(say.ButtonUndo, "undo", "entry", name)),
		r.to(press(say.ButtonEdit, "edit", "entry", name)),
	}
	if l.Stuck != nil {
		actions = append(actions, r.to(press(say.ButtonUnstuck, "unstuck")))
	}
	return Reply{Message: Say(Text(say.Text(line)), Actions(actions...))}
}

// milestones are the streaks worth a word.
var milestones = []int{7, 14, 30, 50, 75, 100, 125, 150, 200, 250, 300, 365}

// crossed returns the highest milestone above from and up to to, or 0.
func crossed(from, to int) int {
	highest := 0
	for _, m := range milestones {
		if from < m && m <= to {
			highest = m
		}
	}
	return highest
}

// checkInForm is the form of a new check-in, with what was said already.
func (c *Coach) checkInForm(r request, s State, said Said) (*Form, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return nil, err
	}
	e := Entry{Date: t.today, Note: clip(said.Note, maxNote), Blocker: clip(said.Blocker, maxNote)}
	if d, ok := said.Date.On(t.today); ok && d <= t.today && d >= t.today-BackDating {
		e.Date = d
	}
	e.Unit = t.unitFor(r.Thread, e.Date, s.Learner)
	for _, named := range []string{unitOf(r.Arg("unit")), said.Unit} {
		if _, known := t.roadmap.Unit(named); known {
			e.Unit = named
		}
	}
	f := t.entryForm(e)
	f.field("mode").Value = said.Mode
	f.Verb, f.Args = "checkin", map[string]string{"cohort": string(r.cohort)}
	f.Title, f.Submit = say.FormCheckIn.String(), say.ButtonCheckIn.String()
	return f, nil
}

// entryForm asks for everything about a check-in; e says what it holds at
// first.
func (t topic) entryForm(e Entry) *Form {
	mode, minutes, finished := "", "", ""
	if e.Minutes() > 0 {
		minutes = say.Minutes(e.Minutes())
	}
	switch {
	case e.Deep > 0 && e.AI > 0:
		mode = "plan"
	case e.Deep > 0:
		mode = "deep"
	case e.AI > 0:
		mode = "ai"
	}
	if e.Finished {
		finished = "yes"
	}
	return &Form{Fields: []FormField{
		{Name: "time", Label: say.LabelTime.String(), Kind: FieldText, Value: minutes, Hint: say.HintTime.String(), Max: 40},
		{Name: "mode", Label: say.LabelMode.String(), Kind: FieldOne, Value: mode, Optional: true, Options: []Option{
			{Value: "deep", Label: say.OptionDeep.String()}, {Value: "ai", Label: say.OptionAI.String()},
			{Value: "plan", Label: say.OptionPlan.String()}}},
		{Name: "unit", Label: say.LabelUnit.String(), Kind: FieldOne, Value: e.Unit, Options: t.unitOptions(e.Unit)},
		{Name: "date", Label: say.LabelDate.String(), Kind: FieldOne, Value: e.Date.String(), Options: t.dateOptions()},
		{Name: "finished", Label: say.LabelFinished.String(), Kind: FieldYes, Value: finished, Optional: true},
		{Name: "note", Label: say.LabelNote.String(), Kind: FieldArea, Value: e.Note, Optional: true, Max: maxNote},
		{Name: "blocker", Label: say.LabelBlocker.String(), Kind: FieldArea, Value: e.Blocker, Hint: say.HintBlocker.String(), Optional: true, Max: maxNote},
	}}
}

// unitOptions are the units around the day's, so many that every platform
// shows them.
func (t topic) unitOptions(chosen string) []Option {
	all, reached := t.roadmap.Units(), t.course.reached(t.today)
	units := all[max(reached-18, 0):min(reached+6, len(all))]
	options := make([]Option, 0, len(units)+1)
	found := false
	for _, u := range units {
		options = append(options, Option{Value: u.ID, Label: clip(u.ID+" · "+u.Title, 75)})
		found = found || u.ID == chosen
	}
	if u, ok := t.roadmap.Unit(chosen); ok && !found {
		options = append([]Option{{Value: u.ID, Label: clip(u.ID+" · "+u.Title, 75)}}, options...)
	}
	return options
}

func (t topic) dateOptions() []Option {
	var options []Option
	for back := range schedule.Date(BackDating + 1) {
		d := t.today - back
		if back > 0 && d < t.course.calendar.Start {
			break
		}
		label := longDate(d)
		switch back {
		case 0:
			label = fmt.Sprintf("%s (%s)", say.Today, label)
		case 1:
			label = fmt.Sprintf("%s (%s)", say.Yesterday, label)
		}
		options = append(options, Option{Value: d.String(), Label: label})
	}
	return options
}

// longDate renders a date as people read it.
func longDate(d schedule.Date) string { return d.Format("Mon 2 Jan") }

// nameOf is the name to keep for the sender of an event.
func nameOf(e Event, kept string) string {
	if e.Name != "" {
		return e.Name
	}
	if kept != "" {
		return kept
	}
	return RoomID(e.From).Channel()
}

// isPrompt tells whether a delivery key is that of a daily prompt.
func isPrompt(key string) bool { _, ok := promptPart(key); return ok }

// promptPart reads the part's id from the delivery key of a daily prompt,
// "send/prompt/<cohort>/<date>/<part>/<room>".
func promptPart(key string) (part string, ok bool) {
	parts := strings.SplitN(key, "/", 6)
	if len(parts) < 6 || parts[0] != "send" || parts[1] != kindPrompt {
		return "", false
	}
	return parts[4], true
}
