package coach

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// today shows the day's unit or part of one; of several the one that a button
// names, else the first that the learner has not finished.
func (c *Coach) today(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		return Reply{Message: r.dayMessage(t, s.Learner)}, nil
	})
}

// dayMessage shows what there is to do today. The learner may be nil.
func (r request) dayMessage(t topic, l *Learner) *Message {
	if step, ok := t.course.on(t.today); ok {
		return r.stepMessage(t, step, l)
	}
	m := Say(Text(say.Text(t.idle())))
	if l != nil && t.today >= t.course.calendar.Start {
		m.Blocks = append(m.Blocks, Actions(r.to(press(say.ButtonCheckIn, "checkin"))))
	}
	return m
}

// idle says why a day has no unit, and when the next one comes.
func (t topic) idle() say.NoUnitToday {
	line := say.NoUnitToday{Day: longDate(t.today)}
	switch t.course.calendar.Expect(t.today) {
	case BeforeStart:
		line.Why = "before"
	case CohortPause:
		line.Why = "pause"
	case Holiday:
		line.Why = "holiday"
	case WeekdayOff:
		line.Why = "off"
	default:
		line.Why = "after"
	}
	i := t.course.index(t.today)
	if d, ok := t.course.date(i); ok && i < t.course.steps.Len() {
		line.Next, line.Title = longDate(d), t.course.steps.At(i).Parts[0].Unit.Title
	} else if i >= t.course.steps.Len() {
		line.Why = "after"
	}
	if line.Why == "off" {
		line.Rest = t.week().Rest
	}
	return line
}

// week is that of the roadmap in which the cohort is.
func (t topic) week() content.Week {
	w, _ := t.roadmap.WeekOf(t.course.latest(t.today).Parts[0].Unit.ID)
	return w
}

// plan shows the coming study days and how far the cohort has come.
func (c *Coach) plan(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		steps, behind := t.course.steps, t.course.index(t.today)
		line := say.Plan{Cohort: say.Literal(s.Cohort.Name), Roadmap: t.roadmap.Title, Done: steps.Units(behind), Units: len(t.roadmap.Units())}
		if pace := s.Cohort.pace(t.today + 1); !t.roadmap.Natural(pace) {
			line.Hours, line.StudyDays = pace.Hours, pace.Days
		}
		for i := behind; i < min(behind+planDays, steps.Len()); i++ {
			d, ok := t.course.date(i)
			if !ok {
				break
			}
			step := steps.At(i)
			day := say.PlanDay{Date: longDate(d), Minutes: step.Minutes(), Today: d == t.today}
			for _, p := range step.Parts {
				day.Parts = append(day.Parts, say.PlanPart{Unit: p.Unit.ID, Title: p.Unit.Title, Part: p.Number, Of: p.Of})
			}
			_, left := s.Learner.next(step)
			day.Finished = !left
			line.Days = append(line.Days, day)
		}
		if end, ok := t.course.end(); ok {
			line.End = end.Format("Mon 2 Jan 2006")
		}
		if behind > 0 {
			w := t.week()
			line.Week, line.Theme = w.Number, w.Title
		}
		return Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// planDays is how many study days the plan shows.
const planDays = 7

// next returns the first part of a step whose unit the learner has not finished,
// and the last part when there is none. The learner may be nil.
func (l *Learner) next(step content.Step) (p content.Part, left bool) {
	for _, p = range step.Parts {
		if l == nil || !l.Finished.Has(p.Unit.ID) {
			return p, true
		}
	}
	return p, false
}

// stepMessage shows one part of the day's step, and leads to the others.
func (r request) stepMessage(t topic, step content.Step, l *Learner) *Message {
	shown, _ := l.next(step)
	i := slices.IndexFunc(step.Parts, func(p content.Part) bool { return p.ID == r.Arg("unit") })
	if i < 0 {
		i = slices.IndexFunc(step.Parts, func(p content.Part) bool { return p.ID == shown.ID })
	}
	m := t.partMessage(step, i, t.today, languageOf(l), r.cohort)
	var others []Action
	for j, p := range step.Parts {
		if j != i && len(others) < 5 {
			show := press(say.ButtonToday, "today", "unit", p.ID, "cohort", string(r.cohort))
			show.Label = p.Unit.ID
			others = append(others, show)
		}
	}
	if others != nil {
		m.Blocks = append(m.Blocks, Actions(others...))
	}
	return m
}

// partMessage shows a part of a step as the work of a day, with the buttons to
// report it. What ends the unit comes with its last part.
func (t topic) partMessage(step content.Step, i int, d schedule.Date, language string, cohort CohortID) *Message {
	part := step.Parts[i]
	u := part.Unit
	head := say.UnitHead{
		Day: longDate(d), Minutes: part.Minutes(), Deep: part.Deep, AI: part.Delegate, Skill: t.roadmap.SkillTitle(u.Skill), Delegate: u.Mode == content.Delegate,
		Last: part.Last(), Nth: i + 1, Parts: len(step.Parts), DayMinutes: step.Minutes(),
	}
	week, _ := t.roadmap.WeekOf(u.ID)
	ai := part.AI()
	tasks := make([]string, len(part.Tasks))
	for i, task := range part.Tasks {
		tasks[i] = fmt.Sprintf("%d. %s", part.First+i+1, task.In(language))
	}
	m := Say(
		Title(say.Unmarked(say.Text(say.UnitTitle{Week: week.Number, Unit: u.ID, Title: u.Title, Part: part.Number, Of: part.Of}))),
		Text(say.Text(head)),
		Text(strings.Join(tasks, "\n")),
		Text(say.Text(say.UnitAI{May: ai.May, MayNot: ai.MayNot, Prompt: ai.Prompt != ""})),
	)
	if ai.Prompt != "" {
		m.Blocks = append(m.Blocks, Code(ai.Prompt)) // to be copied as it is
	}
	if len(ai.Check) > 0 {
		m.Blocks = append(m.Blocks, Text(say.Text(say.UnitCheck{Check: ai.Check})))
	}
	if part.Last() {
		m.Blocks = append(m.Blocks, Text(say.Text(say.UnitGoal{DoneWhen: u.DoneWhen, Think: u.Think})))
	}
	if len(u.Links) > 0 {
		line := say.UnitLinks{}
		for _, link := range u.Links {
			line.Links = append(line.Links, say.UnitLink{Title: say.Literal(link.Title), URL: link.URL, Read: link.Read})
		}
		m.Blocks = append(m.Blocks, Context(say.Text(line)))
	}
	m.Blocks = append(m.Blocks, partActions(part, cohort))
	return m
}

// partActions are the buttons under a part.
func partActions(part content.Part, cohort CohortID) Block {
	args := []string{"unit", part.ID, "cohort", string(cohort)}
	checkIn, done := press(say.ButtonCheckIn, "checkin", args...), press(say.ButtonDone, "done", args...)
	checkIn.Style = Primary
	return Actions(checkIn, done, press(say.ButtonStuck, "stuck", args...))
}

func languageOf(l *Learner) string {
	if l == nil {
		return ""
	}
	return l.Settings.Language
}
