package coach

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"studycoach/schedule"
)

// dayByDay reads a story of one letter a day from monday on, with spaces
// between the weeks:
//
//	d  done          D  done although not expected
//	m  not done      h  holiday    a  away    r  own rest day    o  weekday off
func dayByDay(story string) (Days, Calendar, schedule.Date) {
	days, cal := Days{}, Calendar{Start: monday}
	d := monday
	for _, c := range strings.ReplaceAll(story, " ", "") {
		study := schedule.EveryDay
		var rest schedule.Weekdays
		switch c {
		case 'd':
			days.Put(d, Day{Deep: 30, AI: 15})
		case 'D':
			days.Put(d, Day{Deep: 30, AI: 15})
			cal.Holidays = append(cal.Holidays, d)
		case 'h':
			cal.Holidays = append(cal.Holidays, d)
		case 'a':
			cal.Away = append(cal.Away, Span{d, d})
		case 'r':
			rest = schedule.EveryDay
		case 'o':
			study = 0
		}
		cal.Study = append(cal.Study, StudyRule{d, study})
		cal.Rest = append(cal.Rest, Rest{d, rest})
		d++
	}
	return days, cal, d - 1
}

func TestTheRulesOfAStreak(t *testing.T) {
	tests := []struct {
		rule  string
		story string // the last day is today
		want  Streak // without Through
	}{
		{"a day with a check-in counts", "d", Streak{Count: 1, Best: 1, Earned: 1}},
		{"day by day", "ddd", Streak{Count: 3, Best: 3, Earned: 3}},
		{"today without a check-in does not break", "dddm", Streak{Count: 3, Best: 3, Earned: 3}},
		{"a missed day does, once it is over", "dddmm", Streak{Count: 0, Best: 3, Earned: 3}},
		{"and the count begins again", "dddmd", Streak{Count: 1, Best: 3, Earned: 4}},
		{"weekday off, holiday, away and rest neither break nor add", "ddohard", Streak{Count: 3, Best: 3, Earned: 3}},
		{"unless there was a check-in: then it adds one", "ddDd", Streak{Count: 4, Best: 4, Earned: 4}},

		{"seven counted days earn a freeze", "ddddddd", Streak{Count: 7, Best: 7, Freezes: 1}},
		{"also with days off between", "ddddohdDd", Streak{Count: 7, Best: 7, Freezes: 1}},
		{"also across the end of a streak", "dddmdddd", Streak{Count: 4, Best: 4, Freezes: 1}},
		{"a missed day uses it and does not add", "ddddddd md", Streak{Count: 8, Best: 8, Earned: 1}},
		{"the next miss ends the streak", "ddddddd mmd", Streak{Count: 1, Best: 7, Earned: 1}},
		{"today does not use it", "ddddddd m", Streak{Count: 7, Best: 7, Freezes: 1}},
		{"nor does a holiday", "ddddddd hd", Streak{Count: 8, Best: 8, Freezes: 1, Earned: 1}},
		{"fourteen days earn two", "ddddddd ddddddd", Streak{Count: 14, Best: 14, Freezes: 2}},
		{"two are held at most", "ddddddd ddddddd ddddddd", Streak{Count: 21, Best: 21, Freezes: 2}},
		{"the third was not put by", "ddddddd ddddddd ddddddd mmmd", Streak{Count: 1, Best: 21, Earned: 1}},
		{"two cover two misses", "ddddddd ddddddd mmd", Streak{Count: 15, Best: 15, Earned: 1}},
		{"a used freeze is earned again", "ddddddd mddddddd", Streak{Count: 14, Best: 14, Freezes: 1}},
		{"a frozen day is none of the seven", "ddddddd mdddddd", Streak{Count: 13, Best: 13, Earned: 6}},
		{"nothing yet", "m", Streak{}},
		{"missing from the first day on", "mmmm", Streak{}},
	}
	for _, tt := range tests {
		days, cal, today := dayByDay(tt.story)
		got := Streak{}.AsOf(days, cal, today)
		got.Through = 0
		if got != tt.want {
			t.Errorf("%s: %s gives %+v, want %+v", tt.rule, tt.story, got, tt.want)
		}
	}
}

func TestDaysOutsideTheCalendar(t *testing.T) {
	cal := Calendar{Start: monday, Study: []StudyRule{{monday, schedule.EveryDay}}}
	done := Day{Deep: 45}

	early := Streak{}.AsOf(Days{{monday - 2, done}, {monday - 1, Day{}}, {monday, done}}, cal, monday)
	if want := (Streak{Count: 2, Best: 2, Earned: 2, Through: monday}); early != want {
		t.Errorf("a check-in dated before joining counts: got %+v, want %+v", early, want)
	}
	// Checked in on Wednesday in Kiritimati, then flew to where it is Tuesday.
	ahead := Streak{}.AsOf(Days{{monday, done}, {wednesday, done}}, cal, tuesday)
	if want := (Streak{Count: 2, Best: 2, Earned: 2, Through: wednesday}); ahead != want {
		t.Errorf("a check-in of a day still to come here counts: got %+v, want %+v", ahead, want)
	}
	cal.End = tuesday
	if got := (Streak{}).AsOf(Days{{monday, done}, {tuesday, done}}, cal, nextSunday).Count; got != 2 {
		t.Errorf("nothing breaks after the end: count %d, want 2", got)
	}
	if got := Ledger(nil, Calendar{}, monday, 0); got != nil {
		t.Errorf("no start and no check-in: got rows %v", got)
	}
	if got := (Streak{}).AsOf(Days{{monday, done}}, Calendar{}, tuesday).Count; got != 1 {
		t.Errorf("no start and one check-in: count %d, want 1", got)
	}
}

func TestAChangeOfASettledDayCountsAgain(t *testing.T) {
	days, cal, today := dayByDay("ddddddd ddddddd")
	settled := Settle(Streak{}, days, cal, today)
	if want := (Streak{Count: 8, Best: 8, Freezes: 1, Earned: 1, Through: nextMonday}); settled != want {
		t.Fatalf("settled is %+v, want %+v", settled, want)
	}
	days.Put(nextMonday, Day{})
	if got, want := Recount(settled, days, cal, today, nextMonday), (Streak{Count: 7, Best: 7, Through: nextMonday}); got != want {
		t.Errorf("without the last settled day: got %+v, want %+v", got, want)
	}
	days.Put(nextTuesday, Day{})
	if got := Recount(settled, days, cal, today, nextTuesday); got != settled {
		t.Errorf("a later day is not settled yet: got %+v, want %+v", got, settled)
	}
}

func TestTheLedgerCanBeCheckedByHand(t *testing.T) {
	days, cal, today := dayByDay("ddddddd maohr D m m d m")
	days.Put(tuesday, Day{AI: 60, Late: true})
	var got []string
	for _, r := range Ledger(days, cal, today, 0) {
		line := fmt.Sprintf("%s  %-6s  %-12s  %2d min  count %d  freezes %d", r.Date.Format("Mon 02 Jan"), r.Verdict, r.Expect, r.Day.Minutes(), r.After.Count, r.After.Freezes)
		if r.Day.Late {
			line += "  late"
		}
		if r.Earned {
			line += "  earned"
		}
		got = append(got, line)
	}
	want := []string{
		"Mon 30 Nov  done    expected      45 min  count 1  freezes 0",
		"Tue 01 Dec  done    expected      60 min  count 2  freezes 0  late",
		"Wed 02 Dec  done    expected      45 min  count 3  freezes 0",
		"Thu 03 Dec  done    expected      45 min  count 4  freezes 0",
		"Fri 04 Dec  done    expected      45 min  count 5  freezes 0",
		"Sat 05 Dec  done    expected      45 min  count 6  freezes 0",
		"Sun 06 Dec  done    expected      45 min  count 7  freezes 1  earned",
		"Mon 07 Dec  frozen  expected       0 min  count 7  freezes 0",
		"Tue 08 Dec  away    away           0 min  count 7  freezes 0",
		"Wed 09 Dec  rest    weekday off    0 min  count 7  freezes 0",
		"Thu 10 Dec  rest    holiday        0 min  count 7  freezes 0",
		"Fri 11 Dec  rest    own rest day   0 min  count 7  freezes 0",
		"Sat 12 Dec  done    holiday       45 min  count 8  freezes 0",
		"Sun 13 Dec  missed  expected       0 min  count 0  freezes 0",
		"Mon 14 Dec  missed  expected       0 min  count 0  freezes 0",
		"Tue 15 Dec  done    expected      45 min  count 1  freezes 0",
		"Wed 16 Dec  open    expected       0 min  count 1  freezes 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if last := Ledger(days, cal, today, 2); len(last) != 2 || last[1].Date != today || last[1].After.Count != 1 {
		t.Errorf("the last two rows are %+v", last)
	}
	days.Put(today+1, Day{Deep: 5})
	if rows := Ledger(days, cal, today, 1); rows[0].Date != today+1 || rows[0].After.Count != 2 {
		t.Errorf("the row of a day still to come here is %+v", rows)
	}
}

func TestMinutesOfDaysAndWeeks(t *testing.T) {
	days := Days{
		{monday - 1, Day{Deep: 1}}, {monday, Day{Deep: 2, AI: 20}}, {sunday, Day{Deep: 4, AI: 40}}, {nextMonday, Day{AI: 80}},
	}
	if deep, ai := days.WeekMinutes(monday); deep != 6 || ai != 60 {
		t.Errorf("the week has %d + %d minutes, want 6 + 60", deep, ai)
	}
	if deep, ai := days.Total(); deep != 7 || ai != 140 {
		t.Errorf("all days have %d + %d minutes, want 7 + 140", deep, ai)
	}
	if got := days.On(monday).Minutes(); got != 22 {
		t.Errorf("the day has %d minutes, want 22", got)
	}
}

// life is a learner whose days and calendar change as time passes, and the
// streak that their record keeps.
type life struct {
	days    Days
	cal     Calendar
	today   schedule.Date
	west    schedule.Date // how far today lies behind where the days change first
	settled Streak
}

// live draws what happens next. Calendars change from today on, but for being
// away and for a holiday, which can be told late.
func (l *life) live(t *rapid.T) {
	changed := l.today
	some := rapid.SampledFrom([]schedule.Weekdays{schedule.EveryDay, schedule.EveryDay, sixDays, workdays, fridays, 0})
	switch rapid.IntRange(0, 20).Draw(t, "what") {
	case 0:
		l.cal.Study = append(l.cal.Study, StudyRule{changed, some.Draw(t, "study")})
	case 1:
		l.cal.Rest = append(l.cal.Rest, Rest{changed, some.Draw(t, "rest")})
	case 2:
		changed += schedule.Date(rapid.IntRange(-9, 9).Draw(t, "holiday"))
		l.cal.Holidays = append(l.cal.Holidays, changed)
	case 3:
		changed += schedule.Date(rapid.IntRange(-9, 9).Draw(t, "away"))
		l.cal.Away = append(l.cal.Away, Span{changed, changed + schedule.Date(rapid.IntRange(0, 9).Draw(t, "for"))})
	case 4:
		l.cal.Pauses = append(l.cal.Pauses, Span{changed, changed + 2})
	case 5: // flies
		l.today += l.west
		l.west = schedule.Date(rapid.IntRange(0, ahead).Draw(t, "west"))
		l.today -= l.west
	case 6, 7, 8: // edits or takes back
		changed -= schedule.Date(rapid.IntRange(0, BackDating).Draw(t, "edited"))
		l.days.Put(changed, Day{AI: rapid.Int32Range(0, 1).Draw(t, "minutes")})
	case 9, 10, 11: // back-dates
		changed -= schedule.Date(rapid.IntRange(0, BackDating).Draw(t, "late"))
		l.days.Put(changed, Day{Deep: l.days.On(changed).Deep + 5, Late: true})
	default:
		l.days.Put(changed, Day{Deep: l.days.On(changed).Deep + 30})
		l.settled = Recount(l.settled, l.days, l.cal, l.today, changed)
		l.today += schedule.Date(rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 2, 3, 12}).Draw(t, "later"))
		return
	}
	l.settled = Recount(l.settled, l.days, l.cal, l.today, changed)
}

func newLife() *life {
	return &life{days: Days{}, cal: Calendar{Start: monday, Study: []StudyRule{{monday, schedule.EveryDay}}}, today: monday}
}

func TestAKeptStreakIsWhatCountingAgainGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife()
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			l.live(t)
			if again := Settle(Streak{}, l.days, l.cal, l.settled.Through+BackDating+ahead+1); again != l.settled {
				t.Fatalf("kept %+v, counted again %+v", l.settled, again)
			}
			kept, again := l.settled.AsOf(l.days, l.cal, l.today), Streak{}.AsOf(l.days, l.cal, l.today)
			if kept != again {
				t.Fatalf("today: kept %+v, counted again %+v", kept, again)
			}
			if kept.Freezes < 0 || kept.Freezes > FreezesAtMost || kept.Earned < 0 || kept.Earned >= FreezeEvery || kept.Best < kept.Count {
				t.Fatalf("impossible: %+v", kept)
			}
		}
	})
}

// The ledger is followed here as a person would, with its verdicts and dates
// alone.
func TestTheLedgerAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife()
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			l.live(t)
		}
		count, freezes, counted := 0, 0, 0
		var before schedule.Date
		rows := Ledger(l.days, l.cal, l.today, 0)
		for _, r := range rows {
			if before != 0 && r.Date != before+1 && r.Date <= l.today {
				t.Fatalf("%s follows %s", r.Date, before)
			}
			before = r.Date
			earned := false
			switch r.Verdict {
			case VerdictDone:
				count++
				counted++
				if counted%7 == 0 && freezes < 2 {
					freezes++
					earned = true
				}
			case VerdictFrozen:
				freezes--
			case VerdictMissed:
				count = 0
			case VerdictOpen:
				if r.Date != l.today {
					t.Fatalf("%s is open on %s", r.Date, l.today)
				}
			}
			if done := r.Verdict == VerdictDone; done != (r.Day.Minutes() > 0) {
				t.Fatalf("%s is %s with %d minutes", r.Date, r.Verdict, r.Day.Minutes())
			}
			if missed := r.Verdict == VerdictMissed || r.Verdict == VerdictFrozen; missed && r.Expect != Expected {
				t.Fatalf("%s is %s although %s", r.Date, r.Verdict, r.Expect)
			}
			if r.After.Count != count || r.After.Freezes != freezes || r.Earned != earned {
				t.Fatalf("%s has %+v, by hand it is count %d, freezes %d, earned %v", r.Date, r, count, freezes, earned)
			}
		}
		now := Streak{}.AsOf(l.days, l.cal, l.today)
		if now.Count != count || now.Freezes != freezes || now.Earned != counted%7 {
			t.Fatalf("the streak is %+v, by hand it is count %d, freezes %d, %d days counted", now, count, freezes, counted)
		}
	})
}

// A check-in, for today or back-dated as far as one can be, never costs
// anything of what a learner sees today.
func TestACheckInNeverLowersTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife()
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			l.live(t)
		}
		before := Streak{}.AsOf(l.days, l.cal, l.today)
		for back := range schedule.Date(BackDating + 1) {
			d := l.today - back
			if l.days.On(d).Done() {
				continue
			}
			days := slices.Clone(l.days)
			days.Put(d, Day{Deep: 1})
			after := Streak{}.AsOf(days, l.cal, l.today)
			if after.Count < before.Count || after.Best < before.Best {
				t.Fatalf("a check-in for %s, %d days ago, turns %+v into %+v", d, back, before, after)
			}
			if back == 0 && after.Count != before.Count+1 {
				t.Fatalf("today's check-in turns %+v into %+v", before, after)
			}
		}
	})
}
