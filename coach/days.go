package coach

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"studycoach/schedule"
)

// Day is what a learner did on one study day: the sum of its check-ins. A record
// holds hundreds of them, so it is small.
type Day struct {
	Deep, AI int32 // minutes
	Finished int8  // units finished with its check-ins, at most 3 are told apart
	Late     bool  // at least one of its check-ins was back-dated
}

// Minutes is the time of the day in both modes.
func (d Day) Minutes() int { return int(d.Deep) + int(d.AI) }

// Done tells whether the day has a check-in: none is shorter than a minute.
func (d Day) Done() bool { return d.Minutes() > 0 }

// Days holds a learner's study days in order; a day without a check-in may be
// absent.
type Days []StudyDay

// StudyDay is a day at its date.
type StudyDay struct {
	Date schedule.Date
	Day
}

// On returns what was done on a date.
func (days Days) On(d schedule.Date) Day {
	if i, found := days.find(d); found {
		return days[i].Day
	}
	return Day{}
}

// Put replaces the day of a date.
func (days *Days) Put(d schedule.Date, day Day) {
	i, found := days.find(d)
	if !found {
		*days = slices.Insert(*days, i, StudyDay{Date: d})
	}
	(*days)[i].Day = day
}

func (days Days) find(d schedule.Date) (i int, found bool) {
	return slices.BinarySearchFunc(days, d, func(day StudyDay, d schedule.Date) int { return cmp.Compare(day.Date, d) })
}

// WeekMinutes returns the minutes of the seven days from week on, which is a
// Monday as [schedule.Date.Week] gives it.
func (days Days) WeekMinutes(week schedule.Date) (deep, ai int) {
	for d := week; d < week+7; d++ {
		day := days.On(d)
		deep += int(day.Deep)
		ai += int(day.AI)
	}
	return deep, ai
}

// Total returns the minutes of all days.
func (days Days) Total() (deep, ai int) {
	for _, d := range days {
		deep += int(d.Deep)
		ai += int(d.AI)
	}
	return deep, ai
}

// first returns the earliest day with a check-in; ok is false when there is
// none.
func (days Days) first() (first schedule.Date, ok bool) {
	i := slices.IndexFunc(days, func(day StudyDay) bool { return day.Done() })
	if i < 0 {
		return 0, false
	}
	return days[i].Date, true
}

// differing yields the dates whose days before and after are not the same, and
// both of these.
func differing(before, after Days) iter.Seq2[schedule.Date, [2]Day] {
	return func(yield func(schedule.Date, [2]Day) bool) {
		for len(before)+len(after) > 0 {
			var pair [2]Day
			d := schedule.Date(math.MaxInt32)
			if len(before) > 0 {
				d = before[0].Date
			}
			if len(after) > 0 {
				d = min(d, after[0].Date)
			}
			if len(before) > 0 && before[0].Date == d {
				pair[0], before = before[0].Day, before[1:]
			}
			if len(after) > 0 && after[0].Date == d {
				pair[1], after = after[0].Day, after[1:]
			}
			if pair[0] != pair[1] && !yield(d, pair) {
				return
			}
		}
	}
}

// Units is a set of units: their ids in order.
type Units []string

// Has tells whether a unit is in the set.
func (units Units) Has(id string) bool {
	_, found := slices.BinarySearch(units, id)
	return found
}

// Put adds a unit to the set.
func (units *Units) Put(id string) {
	if i, found := slices.BinarySearch(*units, id); !found {
		*units = slices.Insert(*units, i, id)
	}
}
