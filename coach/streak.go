package coach

import (
	"math"

	"studycoach/schedule"
)

// The numbers of the streak's rules.
const (
	BackDating    = 3 // study days that a check-in, an edit or an undo can reach back
	FreezeEvery   = 7 // counted days that earn a freeze
	FreezesAtMost = 2 // that can be held
)

// ahead is how many dates a learner's study day can lie behind one on which
// they checked in before: a flight from UTC+14 to UTC-12 goes back 26 hours.
const ahead = 2

// Streak is a learner's run of counted days. The zero Streak is the one from
// before the first day.
//
// A day with a check-in counts, whether it was expected or not. A missed
// expected day uses a freeze if one is held, else the streak ends. Every
// seventh counted day earns a freeze, and nothing while two are held; those
// seven go on being counted across days off, freezes and the end of a streak.
type Streak struct {
	Count   int           // counted days without an unprotected miss between them
	Best    int           // the highest Count so far
	Freezes int           // held, 0 to 2
	Earned  int           // counted days since a freeze was due last, 0 to 6
	Through schedule.Date // the last day that is taken in; 0: none
}

// Verdict is what became of a study day.
type Verdict string

// The verdicts.
const (
	VerdictDone   Verdict = "done"   // has a check-in: it counts
	VerdictRest   Verdict = "rest"   // not expected, and not done
	VerdictAway   Verdict = "away"   // not expected because the learner was away
	VerdictFrozen Verdict = "frozen" // missed, and a freeze protected the streak
	VerdictMissed Verdict = "missed" // missed: the streak ended, if there was one
	VerdictOpen   Verdict = "open"   // today, or later, without a check-in so far
)

// Step takes in day d, which is over or done, and returns the streak after it.
func (s Streak) Step(d schedule.Date, done bool, e Expectation) (Streak, Verdict) {
	s.Through = d
	switch {
	case done:
		s.Count++
		s.Best = max(s.Best, s.Count)
		s.Earned++
		if s.Earned == FreezeEvery {
			s.Earned = 0
			s.Freezes = min(s.Freezes+1, FreezesAtMost)
		}
		return s, VerdictDone
	case e == AwayDay:
		return s, VerdictAway
	case e != Expected:
		return s, VerdictRest
	case s.Freezes > 0:
		s.Freezes--
		return s, VerdictFrozen
	default:
		s.Count = 0
		return s, VerdictMissed
	}
}

// Fold takes in the days after from.Through up to and on through, all of which
// are over.
func Fold(days Days, cal Calendar, from Streak, through schedule.Date) Streak {
	s := from
	for d := s.next(days, cal); d <= through; d++ {
		s, _ = s.Step(d, days.On(d).Done(), cal.Expect(d))
	}
	s.Through = max(s.Through, through)
	return s
}

// next returns the first day that s has not taken in. A learner's first day is
// the start of their calendar, or an earlier one that they checked in for.
func (s Streak) next(days Days, cal Calendar) schedule.Date {
	if s.Through != 0 {
		return s.Through + 1
	}
	first, ok := days.first()
	switch {
	case cal.Start != 0 && ok:
		return min(cal.Start, first)
	case cal.Start != 0:
		return cal.Start
	case ok:
		return first
	default:
		return math.MaxInt32 // nothing was expected and nothing done
	}
}

// AsOf returns the streak as it stands on today: with all days before it, and
// with today, and the days that a traveller's calendar has already shown, once
// they are done. Before that they neither add nor break.
func (s Streak) AsOf(days Days, cal Calendar, today schedule.Date) Streak {
	s = Fold(days, cal, s, today-1)
	for d := today; d <= today+ahead; d++ {
		if d > s.Through && days.On(d).Done() {
			s, _ = s.Step(d, true, cal.Expect(d))
		}
	}
	return s
}

// Settle takes in the days that can no longer change: those that neither
// today's check-ins can reach, nor those of a place or a cohort whose calendar
// lies behind the learner's. It is what a record keeps, so that AsOf has a
// handful of days to look at however long the learner has been here.
func Settle(s Streak, days Days, cal Calendar, today schedule.Date) Streak {
	return Fold(days, cal, s, today-BackDating-ahead-1)
}

// Recount brings the settled streak of a record up to date after a change. The
// earliest day whose check-ins or expectation changed is changed; when it is
// already settled, everything is counted again from the first day.
func Recount(s Streak, days Days, cal Calendar, today, changed schedule.Date) Streak {
	if changed <= s.Through {
		s = Streak{}
	}
	return Settle(s, days, cal, today)
}

// LedgerRow explains one study day: its verdict, what that rests on, and the
// streak after it.
type LedgerRow struct {
	Date    schedule.Date
	Verdict Verdict
	Day     Day         // the minutes of a day that is done
	Expect  Expectation // why a day that is not done did not, or did, matter
	Earned  bool        // the day earned a freeze; After holds it
	After   Streak
}

// Ledger returns the last n days up to today, in order, each with its verdict;
// all days since the first when n is 0. A day beyond today has a row once it
// has a check-in. It counts from the first day, so that the rows can be
// followed by hand from zero, and the last one ends with the counts of AsOf.
func Ledger(days Days, cal Calendar, today schedule.Date, n int) []LedgerRow {
	var rows []LedgerRow
	var s Streak
	for d := s.next(days, cal); d <= today+ahead; d++ {
		row := LedgerRow{Date: d, Verdict: VerdictOpen, Day: days.On(d), Expect: cal.Expect(d), After: s}
		if d < today || row.Day.Done() {
			row.After, row.Verdict = s.Step(d, row.Day.Done(), row.Expect)
			row.Earned = row.After.Freezes > s.Freezes
		} else if d > today {
			continue
		}
		s = row.After
		rows = append(rows, row)
	}
	if n > 0 && n < len(rows) {
		rows = rows[len(rows)-n:]
	}
	return rows
}
