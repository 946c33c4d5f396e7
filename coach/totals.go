package coach

import (
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
func (c *Coach) addTotals(change *Change, s State, before *Learner, at time.Time) {
	after := change.Learner
	sums := map[Count]int{}
	if before != nil {
		before.sum(sums, -1)
		blockers(sums, s.Entries, -1)
	}
	if after != nil {
		after.sum(sums, +1)
		blockers(sums, slices.Concat(s.Entries, change.Entries), +1)
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
		return strings.Compare(a.Tally+" "+a.Field, b.Tally+" "+b.Field)
	})
	c.addRanks(change, s, before, after, at)
}

// sum adds what a learner contributes to the cohort's weeks.
func (l *Learner) sum(sums map[Count]int, sign int) {
	weeks := map[schedule.Date]bool{}
	for d, day := range l.Days {
		tally, i := weekTally(d.Week()), strconv.Itoa(int(d-d.Week()))
		weeks[d.Week()] = true
		sums[Count{Tally: tally, Field: "d" + i}] += sign * day.Deep
		sums[Count{Tally: tally, Field: "a" + i}] += sign * day.AI
		sums[Count{Tally: tally, Field: "p" + i}] += sign
		sums[Count{Tally: tally, Field: "u"}] += sign * day.Finished
	}
	for week := range weeks {
		sums[Count{Tally: weekTally(week), Field: "n"}] += sign
	}
}

func blockers(sums map[Count]int, log []Entry, sign int) {
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

// addRanks keeps a learner on the boards while they want to be named, and off
// them otherwise.
func (c *Coach) addRanks(change *Change, s State, before, after *Learner, at time.Time) {
	id := LearnerID("")
	old, now := ranks(before), ranks(after)
	switch {
	case before != nil:
		id = before.ID
	case after != nil:
		id = after.ID
	}
	if after.named() && s.Cohort != nil {
		if t, err := c.topicAt(s.Cohort, after, at); err == nil {
			reached := after.Streak.AsOf(after.Days, t.calendar, t.today).Count
			was := 0
			if before.named() {
				was = before.Streak.AsOf(before.Days, calendarOf(t.course, before), t.today).Count
			}
			board := streakBoard(t.today.Week())
			if m := crossed(was, reached); m > 0 {
				now[board] = m
			} else if crossed(reached, was) > 0 {
				old[board], now[board] = 1, 0
			}
		}
	}
	if before.named() && !after.named() {
		for week := range weeksOf(before) {
			old[streakBoard(week)] = 1
		}
	}
	boards := maps.Clone(old)
	maps.Copy(boards, now)
	for _, board := range slices.Sorted(maps.Keys(boards)) {
		if old[board] != now[board] {
			change.Ranks = append(change.Ranks, Rank{Board: board, Learner: id, Score: now[board]})
		}
	}
}

// named tells whether a learner wants to be named; l may be nil.
func (l *Learner) named() bool { return l != nil && l.Settings.Board && l.Left == 0 }

// ranks returns the minutes of each week for the boards of a learner who wants
// to be named.
func ranks(l *Learner) map[string]int {
	scores := map[string]int{}
	if l.named() {
		for d, day := range l.Days {
			scores[hoursBoard(d.Week())] += day.Minutes()
		}
	}
	return scores
}

// weeksOf returns the weeks in which a learner checked in.
func weeksOf(l *Learner) map[schedule.Date]bool {
	weeks := map[schedule.Date]bool{}
	for d := range l.Days {
		weeks[d.Week()] = true
	}
	return weeks
}
