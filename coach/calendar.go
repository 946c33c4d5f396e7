package coach

import (
	"slices"

	"studycoach/schedule"
)

// Calendar says which study days are expected of one learner, or of a cohort
// when it holds nothing of a learner's own.
//
// Study weekdays and own rest days stand from a date on. Whoever changes them
// adds a rule that starts on the day of the change, so that no day already
// lived through is judged by a later wish.
type Calendar struct {
	Start    schedule.Date   // the cohort's first day, or the day the learner joined if that is later; 0: nothing is expected
	End      schedule.Date   // the last day: the roadmap's, or the one the learner left on; 0: open
	Study    []StudyRule     // the cohort's study weekdays
	Holidays []schedule.Date // the cohort's holidays
	Pauses   []Span          // the cohort stands still
	Away     []Span          // the learner is away
	Rest     []Rest          // the learner's own rest days
}

// StudyRule holds a cohort's study weekdays from a date on.
type StudyRule struct {
	From schedule.Date
	Days schedule.Weekdays
}

// Rest holds a learner's own rest days from a date on.
type Rest struct {
	From schedule.Date
	Days schedule.Weekdays
}

// Span is a run of days, both ends included. A To of 0 leaves it open.
type Span struct{ From, To schedule.Date }

// Contains tells whether d lies in the span.
func (s Span) Contains(d schedule.Date) bool { return s.From <= d && (d <= s.To || s.To == 0) }

// Expectation says whether a study day is expected, and if not, why not.
type Expectation string

// What can be said of a day. Where several hold, the first of this order
// counts.
const (
	BeforeStart Expectation = "before start"
	AfterEnd    Expectation = "after end"
	CohortPause Expectation = "pause"
	AwayDay     Expectation = "away"
	Holiday     Expectation = "holiday"
	WeekdayOff  Expectation = "weekday off" // no study weekday of the cohort, or none is set yet
	RestDay     Expectation = "own rest day"
	Expected    Expectation = "expected"
)

// Expect tells what is expected of day d.
func (c Calendar) Expect(d schedule.Date) Expectation {
	switch {
	case d < c.Start, c.Start == 0:
		return BeforeStart
	case d > c.End && c.End != 0:
		return AfterEnd
	case inSpans(c.Pauses, d):
		return CohortPause
	case inSpans(c.Away, d):
		return AwayDay
	case slices.Contains(c.Holidays, d):
		return Holiday
	case !standing(c.Study, d).Has(d.Weekday()):
		return WeekdayOff
	case standing(c.Rest, d).Has(d.Weekday()):
		return RestDay
	default:
		return Expected
	}
}

// standing returns the weekdays as they stood on d. The rule that started last
// counts; of two with the same start, the one further down.
func standing[R StudyRule | Rest](rules []R, d schedule.Date) (days schedule.Weekdays) {
	var from schedule.Date
	for _, rule := range rules {
		if r := StudyRule(rule); from <= r.From && r.From <= d {
			from, days = r.From, r.Days
		}
	}
	return days
}

func inSpans(spans []Span, d schedule.Date) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Contains(d) })
}
