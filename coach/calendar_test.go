package coach

import (
	"testing"
	"time"

	"studycoach/schedule"
)

// monday is a Monday; the tests name the days of the two weeks around it.
const monday = schedule.Date(20787) // 2026-11-30

const (
	tuesday = monday + iota + 1
	wednesday
	thursday
	friday
	saturday
	sunday
	nextMonday
	nextTuesday
	nextWednesday
	nextThursday
	nextFriday
	nextSaturday
	nextSunday
)

var (
	workdays = schedule.WeekdaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	sixDays  = workdays | schedule.WeekdaysOf(time.Saturday)
	fridays  = schedule.WeekdaysOf(time.Friday)
)

func TestWhatIsExpected(t *testing.T) {
	if monday.String() != "2026-11-30" || monday.Weekday() != time.Monday {
		t.Fatalf("monday is %s, a %s", monday, monday.Weekday())
	}
	open := Calendar{Start: monday, Study: []StudyRule{{monday, workdays}}}
	with := func(change func(*Calendar)) Calendar {
		c := open
		change(&c)
		return c
	}
	away := with(func(c *Calendar) { c.Away = []Span{{tuesday, thursday}} })
	rules := with(func(c *Calendar) {
		c.Study = []StudyRule{{monday, workdays}, {thursday, sixDays}, {nextMonday, sixDays}, {nextMonday, fridays}}
	})
	rests := with(func(c *Calendar) { c.Rest = []Rest{{wednesday, fridays}, {nextWednesday, 0}} })

	tests := []struct {
		rule string
		cal  Calendar
		day  schedule.Date
		want Expectation
	}{
		{"a study weekday is expected", open, monday, Expected},
		{"another weekday is off", open, saturday, WeekdayOff},
		{"nothing before the start", open, monday - 3, BeforeStart},
		{"nothing without a start", Calendar{Study: []StudyRule{{1, schedule.EveryDay}}}, monday, BeforeStart},
		{"the last day is expected", with(func(c *Calendar) { c.End = friday }), friday, Expected},
		{"nothing after the end", with(func(c *Calendar) { c.End = friday }), nextMonday, AfterEnd},
		{"no study weekdays, nothing expected", Calendar{Start: monday}, monday, WeekdayOff},
		{"nor before the first rule", with(func(c *Calendar) { c.Study = []StudyRule{{wednesday, workdays}} }), tuesday, WeekdayOff},

		{"the day before being away", away, monday, Expected},
		{"the first day away", away, tuesday, AwayDay},
		{"the last day away", away, thursday, AwayDay},
		{"back again", away, friday, Expected},
		{"away without an end", with(func(c *Calendar) { c.Away = []Span{{From: tuesday}} }), nextSunday, AwayDay},
		{"a pause", with(func(c *Calendar) { c.Pauses = []Span{{tuesday, tuesday}} }), tuesday, CohortPause},
		{"a holiday", with(func(c *Calendar) { c.Holidays = []schedule.Date{friday, tuesday} }), tuesday, Holiday},

		{"study weekdays as they were", rules, saturday - 7, BeforeStart},
		{"study weekdays before the change", rules, wednesday, Expected},
		{"study weekdays after the change", rules, saturday, Expected},
		{"of two changes on a day the later one", rules, nextTuesday, WeekdayOff},
		{"of two changes on a day the later one", rules, nextFriday, Expected},

		{"rest days never reach back", rests, friday - 7, BeforeStart},
		{"an own rest day", rests, friday, RestDay},
		{"no longer a rest day", rests, nextFriday, Expected},
		{"a rest day that is off anyway", with(func(c *Calendar) { c.Rest = []Rest{{monday, schedule.EveryDay}} }), saturday, WeekdayOff},

		{"a pause before being away", with(func(c *Calendar) { c.Pauses, c.Away = []Span{{From: monday}}, []Span{{From: monday}} }), monday, CohortPause},
		{"away before a holiday", with(func(c *Calendar) { c.Holidays, c.Away = []schedule.Date{tuesday}, []Span{{From: monday}} }), tuesday, AwayDay},
		{"a holiday before a weekday off", with(func(c *Calendar) { c.Holidays = []schedule.Date{saturday} }), saturday, Holiday},
	}
	for _, tt := range tests {
		if got := tt.cal.Expect(tt.day); got != tt.want {
			t.Errorf("%s: %s, %s, is %q, want %q", tt.rule, tt.day.Weekday(), tt.day, got, tt.want)
		}
	}
}
