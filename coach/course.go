package coach

import (
	"studycoach/content"
	"studycoach/schedule"
)

// course is a cohort's way through its roadmap: one unit each study day, in
// order, from the start date on. Days off, holidays and pauses move what comes
// after them; nothing is skipped.
type course struct {
	calendar Calendar
	units    []content.Unit
}

// horizon bounds how far ahead a course is looked up: a cohort that studies one
// day a week needs three years for 156 units.
const horizon = 4 * 366

func newCourse(c *Cohort, r *content.Roadmap) course {
	return course{
		calendar: Calendar{Start: c.Start, Study: c.Study, Holidays: c.Holidays, Pauses: c.Pauses},
		units:    r.Units(),
	}
}

// studies tells whether d is a study day of the cohort.
func (c course) studies(d schedule.Date) bool { return c.calendar.Expect(d) == Expected }

// index returns how many study days came before d: the index of d's unit where
// d is a study day, and of the next one where it is not.
func (c course) index(d schedule.Date) int {
	n := 0
	for day := c.calendar.Start; day < d && n < len(c.units); day++ {
		if c.studies(day) {
			n++
		}
	}
	return n
}

// on returns the unit of a study day; ok is false on other days, before the
// start and after the end.
func (c course) on(d schedule.Date) (u content.Unit, ok bool) {
	if i := c.index(d); c.studies(d) && i < len(c.units) {
		return c.units[i], true
	}
	return u, false
}

// latest returns the unit of the last study day up to d; before the first one
// it returns the first unit.
func (c course) latest(d schedule.Date) content.Unit {
	return c.units[max(c.reached(d)-1, 0)]
}

// reached returns how many units were on the plan up to and on d.
func (c course) reached(d schedule.Date) int { return c.index(d + 1) }

// date returns the day of the unit with an index; ok is false when the course
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

// end returns the day of the last unit.
func (c course) end() (schedule.Date, bool) { return c.date(len(c.units) - 1) }
