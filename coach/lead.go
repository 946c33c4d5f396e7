package coach

import (
	"context"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// showCohort shows the cohort to its lead, opens the form to change it, and
// takes its submission.
func (c *Coach) showCohort(ctx context.Context, r request) (Reply, error) {
	form := func(co *Cohort) *Form {
		f := c.cohortForm(co)
		f.Verb, f.Args = "cohort", map[string]string{"cohort": string(r.cohort)}
		f.Title, f.Submit = say.FormCohort.String(), say.ButtonSave.String()
		return f
	}
	if !r.Submit {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			if r.Arg("form") != "" || strings.EqualFold(r.Text, "edit") {
				return Reply{Form: form(s.Cohort)}, nil
			}
			unsent, err := c.unsent(ctx, r.cohort)
			if err != nil {
				return Reply{}, err
			}
			m := Say(Text(say.Text(c.cohortLine(s.Cohort, r.At))))
			for _, closed := range s.Cohort.Closed {
				m.Blocks = append(m.Blocks, Text(say.Text(closed.line(r.Room))))
			}
			actions := r.leadActions()
			if len(unsent) > 0 {
				m.Blocks = append(m.Blocks, Text(say.Text(say.UnsentSome{N: len(unsent)})))
				actions = append(actions, r.to(press(say.ButtonPosts, "posts")))
			}
			m.Blocks = append(m.Blocks, Actions(actions...))
			return Reply{Message: m}, nil
		})
	}
	return c.reviseCohort(ctx, r, func(co *Cohort) (any, error) {
		f := form(co)
		f.fill(r.Args)
		roadmap := co.Roadmap
		c.takeCohort(f, co, r.At)
		if roadmap != co.Roadmap && schedule.StudyDay(r.At, zoneOf(co, nil)) >= co.Start {
			f.field("roadmap").Error = say.Unmarked(say.Text(say.StartedAlready{Start: longDate(co.Start)}))
		}
		if f.failed() {
			return nil, &Refusal{Form: f, Line: say.CheckTheForm{}}
		}
		return c.cohortLine(co, r.At), nil
	})
}

// leadActions are what a lead does most.
func (r request) leadActions() []Action {
	return []Action{
		r.to(press(say.ButtonEdit, "cohort", "form", "1")), r.to(press(say.ButtonAnnounce, "announce")),
		r.to(press(say.ButtonAttention, "attention")), r.to(press(say.ButtonRehearse, "rehearse")),
	}
}

// reviseCohort changes the cohort, plans its jobs anew, and says a line.
func (c *Coach) reviseCohort(ctx context.Context, r request, fn func(co *Cohort) (any, error)) (Reply, error) {
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		co := s.Cohort.clone()
		line, err := fn(co)
		if err != nil {
			return Change{}, Reply{}, err
		}
		change := Change{Cohort: co}
		if err := c.replan(&change, co, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		return change, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// cohortLine describes a cohort to its lead.
func (c *Coach) cohortLine(co *Cohort, now time.Time) say.Cohort {
	line := say.Cohort{
		Name: say.Literal(co.Name), Zone: co.Zone, Start: co.Start.Format("Mon 2 Jan 2006"), Prompt: co.Prompt.String(),
		Study: co.Study[len(co.Study)-1].Days.String(), SummaryDay: co.Summary.Day.String(), SummaryAt: co.Summary.At.String(),
		Leads: len(co.Leads), Rooms: len(co.Rooms),
	}
	today := schedule.StudyDay(now, zoneOf(co, nil))
	goal := co.Goals[len(co.Goals)-1]
	if line.Goal = goal.Hours; goal.From > max(today, co.Start) {
		line.GoalFrom = longDate(goal.From)
	}
	line.Paused = co.Paused(today)
	for _, d := range co.Holidays {
		if d >= today {
			line.Holidays = append(line.Holidays, d.Format("Mon 2 Jan 2006"))
		}
	}
	t, err := c.topicAt(co, nil, now)
	if err != nil {
		return line
	}
	line.Roadmap, line.Units, line.Done = t.roadmap.Title, len(t.roadmap.Units()), t.course.steps.Units(t.course.index(today))
	if end, ok := t.course.end(); ok {
		line.End = end.Format("Mon 2 Jan 2006")
	}
	if next, ok := c.nextPrompt(co, t.course, today); ok {
		if next.At.Before(now) {
			next.At = now // see replan
		}
		line.Next = next.At.In(zoneOf(co, nil)).Format("Mon 2 Jan 15:04")
	}
	return line
}

// clone copies what a use case changes in place.
func (c *Cohort) clone() *Cohort {
	copied := *c
	copied.Rooms, copied.Leads = slices.Clone(c.Rooms), slices.Clone(c.Leads)
	copied.Study, copied.Goals, copied.Invites = slices.Clone(c.Study), slices.Clone(c.Goals), slices.Clone(c.Invites)
	copied.Closed, copied.Moved = slices.Clone(c.Closed), slices.Clone(c.Moved)
	copied.Holidays, copied.Pauses = slices.Clone(c.Holidays), slices.Clone(c.Pauses)
	copied.Pending, copied.Last = map[string]string{}, map[string]schedule.Date{}
	for k, v := range c.Pending {
		copied.Pending[k] = v
	}
	for k, v := range c.Last {
		copied.Last[k] = v
	}
	return &copied
}

// maxHolidays is how many holidays a cohort may hold.
const maxHolidays = 100

// holiday adds holidays, one or a run of them, removes them, or lists them.
func (c *Coach) holiday(ctx context.Context, r request) (Reply, error) {
	text := r.Text
	if text == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			return Reply{Message: Say(Text(say.Text(holidaysLine(s.Cohort, r.At))))}, nil
		})
	}
	return c.reviseCohort(ctx, r, func(co *Cohort) (any, error) {
		today := schedule.StudyDay(r.At, zoneOf(co, nil))
		word, rest, _ := strings.Cut(text, " ")
		remove := strings.EqualFold(word, "remove")
		if remove || strings.EqualFold(word, "add") {
			text = rest
		}
		from, to, several := strings.Cut(strings.NewReplacer(" to ", "..", "–", "..").Replace(text), "..")
		first, ok := readDate(from, today)
		last := first
		if several && ok {
			last, ok = readDate(to, today)
		}
		switch {
		case !ok:
			return nil, refuse(say.UnclearUntil{Typed: quoted(text, 60)})
		case last < first, last-first >= 60:
			return nil, refuse(say.HolidayRange{Max: 60})
		case first < today-BackDating:
			return nil, refuse(say.TooFarBack{Days: BackDating, Earliest: longDate(today - BackDating)})
		}
		for d := first; d <= last; d++ {
			co.Holidays = slices.DeleteFunc(co.Holidays, func(h schedule.Date) bool { return h == d })
			if !remove {
				co.Holidays = append(co.Holidays, d)
			}
		}
		slices.Sort(co.Holidays)
		if len(co.Holidays) > maxHolidays {
			return nil, refuse(say.HolidayRange{Max: maxHolidays})
		}
		return holidaysLine(co, r.At), nil
	})
}

func holidaysLine(co *Cohort, now time.Time) say.Holidays {
	line := say.Holidays{}
	today := schedule.StudyDay(now, zoneOf(co, nil))
	for _, d := range co.Holidays {
		if d >= today-BackDating {
			line.Days = append(line.Days, d.Format("Mon 2 Jan 2006"))
		}
	}
	return line
}

// pause stops the cohort from today on: no prompts, and no day is expected.
func (c *Coach) pause(ctx context.Context, r request) (Reply, error) {
	return c.reviseCohort(ctx, r, func(co *Cohort) (any, error) {
		today := schedule.StudyDay(r.At, zoneOf(co, nil))
		if co.Paused(today) {
			return nil, refuse(say.PausedBefore{}, r.to(press(say.ButtonResume, "resume")))
		}
		co.Pauses = append(co.Pauses, Span{From: today})
		return say.Paused{Cohort: say.Literal(co.Name)}, nil
	})
}

// resume lets the cohort go on from today.
func (c *Coach) resume(ctx context.Context, r request) (Reply, error) {
	return c.reviseCohort(ctx, r, func(co *Cohort) (any, error) {
		today := schedule.StudyDay(r.At, zoneOf(co, nil))
		if !co.Paused(today) {
			return nil, refuse(say.NotPaused{})
		}
		if co.shutOut() {
			return nil, refuse(co.Closed[0].line(r.Room), r.to(press(say.ButtonCohort, "cohort")))
		}
		co.Pauses, co.Halted = endSpans(co.Pauses, today), false
		return say.Resumed{Cohort: say.Literal(co.Name), Next: c.cohortLine(co, r.At).Next}, nil
	})
}

// lead lists the leads, makes a learner one, or takes that back.
func (c *Coach) lead(ctx context.Context, r request) (Reply, error) {
	word, name, _ := strings.Cut(r.Text, " ")
	remove := strings.EqualFold(word, "remove")
	if !remove && !strings.EqualFold(word, "add") {
		name = r.Text
	}
	if name = strings.TrimSpace(name); name == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			line := say.Leads{}
			for _, u := range s.Cohort.Leads {
				line.Names = append(line.Names, say.Literal(c.display(ctx, s.Cohort.ID, u)).String())
			}
			return Reply{Message: Say(Text(say.Text(line)))}, nil
		})
	}
	return c.reviseCohort(ctx, r, func(co *Cohort) (any, error) {
		who, err := c.find(ctx, r, name)
		is := co.ledBy(&who, who.ID)
		switch {
		case err != nil:
			return nil, err
		case remove && !is:
			return nil, refuse(say.NoLead{Name: say.Literal(who.Name)})
		case remove && co.ledOnlyBy(who.accounts()):
			return nil, refuse(say.OnlyLead{Cohort: say.Literal(co.Name)})
		case remove:
			co.Leads = slices.DeleteFunc(co.Leads, who.is)
		case !is && who.Left != 0:
			return nil, refuse(say.HasLeft{Name: say.Literal(who.Name)})
		case !is:
			co.Leads = append(co.Leads, who.ID)
		}
		return say.LeadChanged{Removed: remove}, nil
	})
}

// find returns the learner or lead of the request's cohort whom a lead means:
// by account ("@ada", "<@U1>") or by display name.
func (c *Coach) find(ctx context.Context, r request, name string) (Learner, error) {
	id := UserRef(r.From.Workspace() + "/" + strings.Trim(name, "<@!>"))
	s, err := c.loadFor(ctx, id, Scope{Cohort: r.cohort})
	if err != nil {
		return Learner{}, err
	}
	if s.Learner != nil {
		return *s.Learner, nil
	}
	if s.Cohort != nil && s.Cohort.IsLead(id) {
		return Learner{ID: id, Name: RoomID(id).Channel()}, nil
	}
	var found []Learner
	err = c.eachLearner(ctx, r.cohort, func(l Learner) {
		if strings.EqualFold(l.Name, strings.TrimPrefix(name, "@")) {
			found = append(found, l)
		}
	})
	if err != nil {
		return Learner{}, err
	}
	if len(found) != 1 {
		return Learner{}, refuse(say.NobodyFound{Typed: quoted(name, 60), Several: len(found) > 1})
	}
	return found[0], nil
}

// display is the name to show for an account.
func (c *Coach) display(ctx context.Context, id CohortID, u UserRef) string {
	if s, err := c.loadFor(ctx, u, Scope{Cohort: id}); err == nil && s.Learner != nil {
		return s.Learner.Name
	}
	return RoomID(u).Channel()
}

// eachLearner calls fn with every learner of a cohort.
func (c *Coach) eachLearner(ctx context.Context, id CohortID, fn func(Learner)) error {
	const page = 200
	after := LearnerID("")
	for {
		some, err := c.store.Learners(ctx, id, after, page)
		if err != nil {
			return err
		}
		for _, l := range some {
			fn(l)
		}
		if len(some) < page {
			return nil
		}
		after = some[len(some)-1].ID
	}
}
