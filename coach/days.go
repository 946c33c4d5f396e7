package coach

import "studycoach/schedule"

// Day is what a learner did on one study day: the sum of its check-ins.
type Day struct {
	Deep, AI int  // minutes
	Finished int  // units finished with its check-ins, at most 3 are told apart
	Late     bool // at least one of its check-ins was back-dated
}

// Minutes is the time of the day in both modes.
func (d Day) Minutes() int { return d.Deep + d.AI }

// Done tells whether the day has a check-in: none is shorter than a minute.
func (d Day) Done() bool { return d.Minutes() > 0 }

// Days holds a learner's study days; a day without a check-in may be absent.
type Days map[schedule.Date]Day

// WeekMinutes returns the minutes of the seven days from week on, which is a
// Monday as [schedule.Date.Week] gives it.
func (days Days) WeekMinutes(week schedule.Date) (deep, ai int) {
	for d := week; d < week+7; d++ {
		deep += days[d].Deep
		ai += days[d].AI
	}
	return deep, ai
}

// Total returns the minutes of all days.
func (days Days) Total() (deep, ai int) {
	for _, d := range days {
		deep += d.Deep
		ai += d.AI
	}
	return deep, ai
}

// first returns the earliest day with a check-in; ok is false when there is
// none.
func (days Days) first() (first schedule.Date, ok bool) {
	for d, day := range days {
		if day.Done() && (!ok || d < first) {
			first, ok = d, true
		}
	}
	return first, ok
}
