package coach

import (
	"context"
	"fmt"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// today shows the day's unit.
func (c *Coach) today(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		if u, ok := t.course.on(t.today); ok {
			return Reply{Message: unitMessage(t, u, t.today, languageOf(s.Learner), r.cohort)}, nil
		}
		m := Say(Text(say.Text(t.idle())))
		if s.Learner != nil && t.today >= t.course.calendar.Start {
			m.Blocks = append(m.Blocks, Actions(r.to(press(say.ButtonCheckIn, "checkin"))))
		}
		return Reply{Message: m}, nil
	})
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
	if d, ok := t.course.date(i); ok && i < len(t.course.units) {
		line.Next, line.Title = longDate(d), t.course.units[i].Title
	} else if i >= len(t.course.units) {
		line.Why = "after"
	}
	if w, ok := t.roadmap.WeekOf(t.course.latest(t.today).ID); ok && line.Why == "off" {
		line.Rest = w.Rest
	}
	return line
}

// plan shows the coming study days and how far the cohort has come.
func (c *Coach) plan(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		line := say.Plan{Cohort: say.Literal(s.Cohort.Name), Roadmap: t.roadmap.Title, Done: t.course.index(t.today), Units: len(t.course.units)}
		for i := line.Done; i < min(line.Done+7, line.Units); i++ {
			d, ok := t.course.date(i)
			if !ok {
				break
			}
			u := t.course.units[i]
			day := say.PlanDay{Date: longDate(d), Unit: u.ID, Title: u.Title, Minutes: u.Minutes(), Today: d == t.today}
			if s.Learner != nil {
				day.Finished = s.Learner.Finished[u.ID]
			}
			line.Days = append(line.Days, day)
		}
		if end, ok := t.course.end(); ok {
			line.End = end.Format("Mon 2 Jan 2006")
		}
		if w, ok := t.roadmap.WeekOf(t.course.latest(t.today).ID); ok {
			line.Week, line.Theme = w.Number, w.Title
		}
		return Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// unitMessage shows a unit as the work of a day, with the buttons to report it.
func unitMessage(t topic, u content.Unit, d schedule.Date, language string, cohort CohortID) *Message {
	head := say.UnitHead{Day: longDate(d), Minutes: u.Minutes(), Deep: u.Deep, AI: u.Delegate, Skill: t.roadmap.SkillTitle(u.Skill), Delegate: u.Mode == content.Delegate}
	week, _ := t.roadmap.WeekOf(u.ID)
	tasks := make([]string, len(u.Tasks))
	for i, task := range u.Tasks {
		tasks[i] = fmt.Sprintf("%d. %s", i+1, task.In(language))
	}
	m := Say(
		Title(say.Unmarked(say.Text(say.UnitTitle{Week: week.Number, Unit: u.ID, Title: u.Title}))),
		Text(say.Text(head)),
		Text(strings.Join(tasks, "\n")),
		Text(say.Text(say.UnitAI{May: u.AI.May, MayNot: u.AI.MayNot, Prompt: say.Literal(u.AI.Prompt), Check: u.AI.Check})),
		Text(say.Text(say.UnitGoal{DoneWhen: u.DoneWhen, Think: u.Think})),
	)
	if len(u.Links) > 0 {
		line := say.UnitLinks{}
		for _, link := range u.Links {
			line.Links = append(line.Links, say.UnitLink{Title: say.Literal(link.Title), URL: link.URL, Read: link.Read})
		}
		m.Blocks = append(m.Blocks, Context(say.Text(line)))
	}
	m.Blocks = append(m.Blocks, unitActions(u.ID, cohort))
	return m
}

// unitActions are the buttons under a unit.
func unitActions(unit string, cohort CohortID) Block {
	args := []string{"unit", unit, "cohort", string(cohort)}
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
