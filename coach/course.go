package coach

import (
	"slices"

	"studycoach/content"
	"studycoach/schedule"
)

// course is a cohort's way through its roadmap: one step each study day, in
// order, from the start date on. Days off, holidays and pauses move what comes
// after them, and another pace cuts it anew from where the cohort is; nothing is
// skipped.
type course struct {
	calendar Calendar
	steps    content.Steps
	last     schedule.Date // the day of the last step; 0: it cannot be told
}

// horizon bounds how far ahead a course is looked up: at 5 h a week, the
// built-in roadmap takes 63 weeks.
const horizon = 4 * 366

func newCourse(c *Cohort, r *content.Roadmap) course {
	way := course{
		calendar: Calendar{Start: c.Start, Study: c.Study, Holidays: c.Holidays, Pauses: c.Pauses},
		steps:    r.Paced(c.pace(c.Start)),
	}
	for _, d := range c.turns() {
		way.steps = way.steps.Then(way.index(d), c.pace(d))
	}
	way.last, _ = way.date(way.steps.Len() - 1)
	return way
}

// madeCourse is a course as it was made for a cohort, of which it has a copy.
type madeCourse struct {
	course
	of      *Cohort
	roadmap *content.Roadmap
}

// maxCourses is how many courses [Coach] remembers, of about 5 kB each, so that
// their days need not be counted for each check-in.
const maxCourses = 1000

// courseOf returns the course of a cohort.
func (c *Coach) courseOf(co *Cohort, r *content.Roadmap) course {
	made, ok := c.courses.get(co.ID)
	if !ok || made.roadmap != r || !made.of.goesTheWayOf(co) {
		made = madeCourse{of: co.clone(), roadmap: r}
		made.course = newCourse(made.of, r)
		c.courses.put(co.ID, made)
	}
	return made.course
}

// goesTheWayOf tells whether all that a course follows from, beside the roadmap,
// is the same of both.
func (c *Cohort) goesTheWayOf(o *Cohort) bool {
	return c.Start == o.Start && slices.Equal(c.Study, o.Study) && slices.Equal(c.Goals, o.Goals) &&
		slices.Equal(c.Holidays, o.Holidays) && slices.Equal(c.Pauses, o.Pauses)
}

// pace is how much the cohort studies as it stood on a date.
func (c *Cohort) pace(d schedule.Date) content.Pace {
	return content.Pace{Hours: c.Goal(d), Days: standing(c.Study, d).Count()}
}

// turns are the days after the start from which on the pace may be another.
func (c *Cohort) turns() []schedule.Date {
	var days []schedule.Date
	for _, rule := range c.Study {
		days = append(days, rule.From)
	}
	for _, rule := range c.Goals {
		days = append(days, rule.From)
	}
	slices.Sort(days)
	return slices.DeleteFunc(slices.Compact(days), func(d schedule.Date) bool { return d <= c.Start })
}

// studies tells whether d is a study day of the cohort.
func (c course) studies(d schedule.Date) bool { return c.calendar.Expect(d) == Expected }

// index returns how many study days came before d: the index of d's step where
// d is a study day, and of the next one where it is not.
func (c course) index(d schedule.Date) int {
	n := 0
	for day := c.calendar.Start; day < d && n < c.steps.Len(); day++ {
		if c.studies(day) {
			n++
		}
	}
	return n
}

// on returns the step of a study day; ok is false on other days, before the
// start and after the end.
func (c course) on(d schedule.Date) (s content.Step, ok bool) {
	if i := c.index(d); c.studies(d) && i < c.steps.Len() {
		return c.steps.At(i), true
	}
	return s, false
}

// latest returns the step of the last study day up to d; before the first one
// it returns the first step.
func (c course) latest(d schedule.Date) content.Step {
	return c.steps.At(max(c.index(d+1)-1, 0))
}

// reached returns how many units were on the plan up to and on d, as a whole.
func (c course) reached(d schedule.Date) int { return c.steps.Units(c.index(d + 1)) }

// date returns the day of the step with an index; ok is false when the course
// stands still (it is paused, or every day is off) and no day can be told.
func (c course) date(index int) (d schedule.Date, ok bool) {
	n := 0
	for d = c.calendar.Start; d < c.calendar.Start+horizon; d++ {
		if !c.studies(d) {
			continue
		}
		if n == index {
			return d, true
		}
		n++
	}
	return 0, false
}

// end returns the day of the last step; ok is as date has it.
func (c course) end() (d schedule.Date, ok bool) { return c.last, c.last != 0 }
