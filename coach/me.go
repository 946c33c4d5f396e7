package coach

import (
	"context"
	"strconv"

	"studycoach/content/say"
	"studycoach/schedule"
)

// The heat map.
const (
	heatWeeks = 12  // shown
	heatFull  = 180 // minutes of a full day
)

// me shows the sender's own numbers and the heat map of the last weeks.
func (c *Coach) me(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		return Reply{Message: r.numbers(t, s)}, nil
	})
}

// numbers shows where a learner stands.
func (r request) numbers(t topic, s State) *Message {
	l := s.Learner
	streak := l.Streak.AsOf(l.Days, t.calendar, t.today)
	deep, ai := l.Days.Total()
	weekDeep, weekAI := l.Days.WeekMinutes(t.today.Week())
	line := say.Me{
		Name: say.Literal(l.Name), Cohort: say.Literal(s.Cohort.Name),
		Streak: streak.Count, Best: streak.Best, Freezes: streak.Freezes, FreezeIn: FreezeEvery - streak.Earned,
		Full:  streak.Freezes == FreezesAtMost,
		Total: deep + ai, Week: weekDeep + weekAI, Goal: s.Cohort.Goal(t.today) * 60,
		DeepShare: share(deep, deep+ai), AIShare: share(ai, deep+ai), Advice: t.roadmap.DeepShare,
		Finished: len(l.Finished), Units: len(t.roadmap.Units()), Today: l.Days.On(t.today).Minutes(),
	}
	if l.Stuck != nil {
		line.Stuck = l.Stuck.Unit
	}
	if l.Also != "" {
		line.Linked = l.otherThan(r.From).label(r.From)
	}
	line.Milestones = milestoneRows(t.roadmap, l)
	heat := heatMap(l.Days, t.today)
	return Say(
		Text(say.Text(line)),
		Picture(Image{Alt: heatAlt(heat, l.Days, t.today), Heat: &heat}),
		Actions(r.to(press(say.ButtonWhy, "why")), r.to(press(say.ButtonCheckIn, "checkin")), r.to(press(say.ButtonSettings, "settings"))),
	)
}

// share is part in whole as rounded per cent, 0 of nothing.
func share(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (part*200 + whole) / (2 * whole)
}

func heatMap(days Days, today schedule.Date) HeatMap {
	h := HeatMap{
		Title:     say.Unmarked(say.Text(say.HeatTitle{Weeks: heatWeeks})),
		LessLabel: say.HeatLess.String(), MoreLabel: say.HeatMore.String(),
		Days: weekdayLabels(), Full: heatFull,
	}
	for monday := today.Week() - 7*(heatWeeks-1); monday <= today; monday += 7 {
		label := ""
		if month := monday.Format("Jan"); month != (monday - 7).Format("Jan") {
			label = month
		}
		h.Weeks = append(h.Weeks, label)
		var row [7]int
		for i := range row {
			if row[i] = -1; monday+schedule.Date(i) <= today {
				row[i] = days.On(monday + schedule.Date(i)).Minutes()
			}
		}
		h.Minutes = append(h.Minutes, row)
	}
	return h
}

func heatAlt(h HeatMap, days Days, today schedule.Date) string {
	line := say.HeatAlt{Weeks: len(h.Weeks)}
	for monday := today.Week() - 7*(heatWeeks-1); monday <= today; monday += 7 {
		deep, ai := days.WeekMinutes(monday)
		line.Minutes += deep + ai
		if deep+ai > line.Most {
			line.Most, line.MostWeek = deep+ai, monday.Format("2 Jan")
		}
		for d := monday; d < monday+7; d++ {
			if days.On(d).Done() {
				line.Days++
			}
		}
	}
	return say.Unmarked(say.Text(line))
}

func weekdayLabels() (labels [7]string) {
	for i := range labels {
		labels[i] = (schedule.Date(4) + schedule.Date(i)).Format("Mon") // 1970-01-05 was a Monday
	}
	return labels
}

// Days that why shows: by default, and at most.
const (
	whyDays    = 14
	whyDaysMax = 35
)

// why shows the ledger of the streak: each day, its verdict, and what that
// rests on.
func (c *Coach) why(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		n := whyDays
		if asked, err := strconv.Atoi(r.Text); err == nil {
			n = min(max(asked, 1), whyDaysMax)
		}
		streak := s.Learner.Streak.AsOf(s.Learner.Days, t.calendar, t.today)
		line := say.Why{Streak: streak.Count, Freezes: streak.Freezes, FreezeIn: FreezeEvery - streak.Earned, Full: streak.Freezes == FreezesAtMost}
		line.Rows = whyRows(Ledger(s.Learner.Days, t.calendar, t.today, n))
		return Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// folded is from how many days on those of one absence share a row.
const folded = 3

func whyRows(days []LedgerRow) (rows []say.WhyRow) {
	for len(days) > 0 {
		first, n := days[0], 1
		for n < len(days) && first.absentAs(days[n]) {
			n++
		}
		if n < folded {
			n = 1
		}
		row := say.WhyRow{
			Date: longDate(first.Date), Verdict: string(first.Verdict), Minutes: first.Day.Minutes(), Late: first.Day.Late,
			Because: string(first.Expect), Earned: first.Earned, Count: days[n-1].After.Count,
		}
		if n > 1 {
			row.To, row.Days = longDate(days[n-1].Date), n
		}
		rows, days = append(rows, row), days[n:]
	}
	return rows
}

// absentAs tells whether nothing was done on both days, and no freeze used, for
// the same reason.
func (row LedgerRow) absentAs(other LedgerRow) bool {
	switch row.Verdict {
	case VerdictRest, VerdictAway, VerdictMissed:
		return row.Verdict == other.Verdict && row.Expect == other.Expect
	}
	return false
}
