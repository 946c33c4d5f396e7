package coach

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/schedule"
)

// The counters of a cohort's week, in the tally weekTally names:
//
//	n        learners with a check-in
//	d0..d6   deep minutes from Monday on
//	a0..a6   minutes directing AI
//	p0..p6   learners with a check-in on the day
//	u        units finished
//	b:<unit> blockers reported on a unit
//
// and of a checkpoint, in the tally checkTally names:
//
//	n        learners who answered
//	y:<id>   learners who agreed with a statement
//
// They are the sums over the learners of the cohort: whatever changes a
// learner changes them by the difference, in the same commit.

func weekTally(week schedule.Date) string  { return "week/" + week.String() }
func checkTally(checkpoint string) string  { return "check/" + checkpoint }
func hoursBoard(week schedule.Date) string { return "hours/" + week.String() }
func streakBoard(week schedule.Date) string {
	return "streak/" + week.String()
}

// addTotals adds to a change the counters and ranks that follow from what it
// does to the learner, who was before as the state has it.
func (c *Coach) addTotals(change *Change, s State, before *Learner, at time.Time) error {
	after := change.Learner
	sums := map[Count]int{}
	weeks := sumDays(sums, daysOf(before), daysOf(after))
	s.sumWaiting(sums, before, after)
	if o := change.Other; o != nil {
		others := sumDays(sums, daysOf(s.Other.Learner), daysOf(o))
		s.Other.sumWaiting(sums, s.Other.Learner, o)
		if err := c.addRanks(change, s, s.Other.Learner, o, others, at); err != nil {
			return err
		}
	}
	if before != nil {
		sumBlockers(sums, s.Entries, -1)
	}
	if after != nil {
		sumBlockers(sums, slices.Concat(s.Entries, change.Entries), +1)
	}
	for _, a := range change.Assessments {
		if i := slices.IndexFunc(s.Assessments, func(old Assessment) bool { return old.Checkpoint == a.Checkpoint }); i >= 0 {
			s.Assessments[i].sum(sums, -1)
		}
		a.sum(sums, +1)
	}
	if change.Forget {
		for _, a := range s.Assessments {
			a.sum(sums, -1)
		}
	}
	for count, n := range sums {
		if n != 0 {
			change.Tallies = append(change.Tallies, Count{Tally: count.Tally, Field: count.Field, N: n})
		}
	}
	slices.SortFunc(change.Tallies, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Tally, b.Tally), strings.Compare(a.Field, b.Field))
	})
	return c.addRanks(change, s, before, after, weeks, at)
}

// sumDays adds what the days of a learner contribute to the cohort's weeks, as
// the difference between before and after, and returns the weeks it touches.
func sumDays(sums map[Count]int, before, after Days) map[schedule.Date]bool {
	weeks := map[schedule.Date]bool{}
	for d, pair := range differing(before, after) {
		was, is := pair[0], pair[1]
		weeks[d.Week()] = true
		tally, i := weekTally(d.Week()), strconv.Itoa(int(d-d.Week()))
		sums[Count{Tally: tally, Field: "d" + i}] += int(is.Deep - was.Deep)
		sums[Count{Tally: tally, Field: "a" + i}] += int(is.AI - was.AI)
		sums[Count{Tally: tally, Field: "p" + i}] += one(is.Done()) - one(was.Done())
		sums[Count{Tally: tally, Field: "u"}] += int(is.Finished - was.Finished)
	}
	for week := range weeks {
		sums[Count{Tally: weekTally(week), Field: "n"}] += one(after.minutes(week) > 0) - one(before.minutes(week) > 0)
	}
	return weeks
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// daysOf are the days that a learner contributes; an account that is linked
// contributes nothing of its own.
func daysOf(l *Learner) Days {
	if l == nil || l.Of != "" {
		return nil
	}
	return l.Days
}

// sumWaiting adds the difference that the answers to checkpoints make of an
// account that is linked, and waits from now on, or of one that is parted.
func (s State) sumWaiting(sums map[Count]int, before, after *Learner) {
	if before == nil || after == nil || (before.Of == "") == (after.Of == "") {
		return
	}
	sign := one(after.Of == "") - one(before.Of == "")
	for _, a := range s.Assessments {
		a.sum(sums, sign)
	}
}

// minutes returns the time of a week in both modes.
func (days Days) minutes(week schedule.Date) int {
	deep, ai := days.WeekMinutes(week)
	return deep + ai
}

func sumBlockers(sums map[Count]int, log []Entry, sign int) {
	for _, e := range standingEntries(log) {
		if e.Blocker != "" {
			sums[Count{Tally: weekTally(e.Date.Week()), Field: "b:" + e.Unit}] += sign
		}
	}
}

func (a Assessment) sum(sums map[Count]int, sign int) {
	sums[Count{Tally: checkTally(a.Checkpoint), Field: "n"}] += sign
	for _, id := range a.Yes {
		sums[Count{Tally: checkTally(a.Checkpoint), Field: "y:" + id}] += sign
	}
}

// addRanks keeps a learner on the boards while they want to be named, and takes
// them off otherwise. weeks are those whose minutes changed.
func (c *Coach) addRanks(change *Change, s State, before, after *Learner, weeks map[schedule.Date]bool, at time.Time) error {
	was, is := before.named(), after.named()
	if !was && !is {
		return nil
	}
	l := cmp.Or(after, before)
	if was != is {
		weeks = weeksOf(l)
	}
	for _, week := range slices.Sorted(maps.Keys(weeks)) {
		score := 0
		if is {
			score = after.Days.minutes(week)
		}
		change.Ranks = append(change.Ranks, Rank{Board: hoursBoard(week), Learner: l.ID, Score: score})
		if !is {
			change.Ranks = append(change.Ranks, Rank{Board: streakBoard(week), Learner: l.ID}, Rank{Board: reachedBoard(week), Learner: l.ID})
		}
	}
	if !is || s.Cohort == nil {
		return nil
	}
	return c.rankStreak(change, s.Cohort, before, after, weeks, at)
}

// rankStreak puts a learner on the week's board of streaks when the streak
// crosses a milestone, and off it when that is taken back, also off those of
// the weeks whose minutes changed. A milestone just reported goes on a board, too.
func (c *Coach) rankStreak(change *Change, co *Cohort, before, after *Learner, weeks map[schedule.Date]bool, at time.Time) error {
	t, err := c.topicAt(co, after, at)
	if err != nil {
		return err
	}
	was, is := 0, after.Streak.AsOf(after.Days, t.calendar, t.today).Count
	if before != nil {
		was = before.Streak.AsOf(before.Days, calendarOf(t.course, before), t.today).Count
	}
	if before == nil || len(before.Milestones) != len(after.Milestones) {
		change.rankReached(t, after)
	}
	weeks[t.today.Week()] = true
	switch reached := crossed(was, is); {
	case reached > 0:
		change.Ranks = append(change.Ranks, Rank{Board: streakBoard(t.today.Week()), Learner: after.ID, Score: reached})
	case crossed(is, was) > 0:
		for _, week := range slices.Sorted(maps.Keys(weeks)) {
			change.Ranks = append(change.Ranks, Rank{Board: streakBoard(week), Learner: after.ID})
		}
	}
	return nil
}

// named tells whether a learner wants to be named; l may be nil.
func (l *Learner) named() bool { return l != nil && l.Settings.Board && l.Left == 0 && l.Of == "" }

// weeksOf returns the weeks in which a learner checked in.
func weeksOf(l *Learner) map[schedule.Date]bool {
	weeks := map[schedule.Date]bool{}
	for _, day := range l.Days {
		weeks[day.Date.Week()] = true
	}
	return weeks
}
