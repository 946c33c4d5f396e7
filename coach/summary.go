package coach

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"studycoach/content/say"
	"studycoach/schedule"
)

// From how many people on a number about a group is shown, so that it never
// is about one person.
const (
	leastActive  = 2 // hours, shares and their change, of a week or a day
	leastAnswers = 5 // answers to a checkpoint
)

// Lengths of the lists of a summary.
const (
	summaryBoard    = 5
	summaryStreaks  = 5
	summaryBlockers = 3
	summaryReached  = 10
)

// showSummary shows a lead the summary of the running week, or with "last" of
// the week before.
func (c *Coach) showSummary(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicAt(s.Cohort, nil, r.At)
		if err != nil {
			return Reply{}, err
		}
		week := t.today.Week()
		if strings.EqualFold(r.Text, "last") {
			week -= 7
		}
		m, err := c.summaryMessage(ctx, s.Cohort, t, week)
		if err == nil && m == nil {
			m = Say(Text(say.Text(say.NoSummaryYet{Start: longDate(s.Cohort.Start)})))
		}
		return Reply{Message: m}, err
	})
}

// weekTotals is a cohort's week as its counters have it.
type weekTotals struct {
	active, finished int
	deep, ai         [7]int // minutes, Monday first
	people           [7]int // with a check-in on the day
	blockers         map[string]int
}

func totalsOf(tally map[string]int) weekTotals {
	w := weekTotals{active: tally["n"], finished: tally["u"], blockers: map[string]int{}}
	for i := range 7 {
		day := strconv.Itoa(i)
		w.deep[i], w.ai[i], w.people[i] = tally["d"+day], tally["a"+day], tally["p"+day]
	}
	for field, n := range tally {
		if unit, ok := strings.CutPrefix(field, "b:"); ok {
			w.blockers[unit] = n
		}
	}
	return w
}

func (w weekTotals) sums() (deep, ai int) {
	for i := range 7 {
		deep += w.deep[i]
		ai += w.ai[i]
	}
	return deep, ai
}

// drawn returns the week as the chart shows it: without the days on which a
// single learner studied. When that would leave out just one day, which the
// week's sum would give away, the day with the least time goes, too.
func (w weekTotals) drawn() (shown weekTotals, left []int) {
	for i := range 7 {
		if 0 < w.people[i] && w.people[i] < leastActive {
			left = append(left, i)
		}
	}
	if len(left) == 1 {
		least := -1
		for i := range 7 {
			if w.people[i] >= leastActive && (least < 0 || w.deep[i]+w.ai[i] < w.deep[least]+w.ai[least]) {
				least = i
			}
		}
		if least >= 0 {
			left = append(left, least)
		}
	}
	for _, i := range left {
		w.deep[i], w.ai[i] = 0, 0
	}
	return w, left
}

// summaryMessage is the summary of a cohort's week, nil for weeks before its
// start.
func (c *Coach) summaryMessage(ctx context.Context, co *Cohort, t topic, week schedule.Date) (*Message, error) {
	if week+6 < co.Start {
		return nil, nil
	}
	tally, err := c.store.Tally(ctx, co.ID, weekTally(week))
	if err != nil {
		return nil, err
	}
	before, err := c.store.Tally(ctx, co.ID, weekTally(week-7))
	if err != nil {
		return nil, err
	}
	now, last := totalsOf(tally), totalsOf(before)
	deep, ai := now.sums()
	line := say.Summary{
		Cohort: say.Literal(co.Name), Week: weekLabel(week), Active: now.active, Shown: now.active >= leastActive,
		Minutes: deep + ai, DeepShare: share(deep, deep+ai), AIShare: share(ai, deep+ai), Advice: t.roadmap.DeepShare,
		Goal: co.Goal(week + 6), Each: (deep + ai + now.active/2) / max(now.active, 1), Finished: now.finished,
		HoursMin: t.roadmap.Hours.Min, HoursMax: t.roadmap.Hours.Max,
	}
	if last.active >= leastActive {
		lastDeep, lastAI := last.sums()
		line.Compared, line.Change = true, deep+ai-lastDeep-lastAI
	}
	m := Say(Title(say.Unmarked(say.Text(say.SummaryTitle{Cohort: say.Literal(co.Name).String(), Week: weekLabel(week)}))), Text(say.Text(line)))
	drawn, left := now.drawn()
	if line.Shown && (drawn.deep != [7]int{} || drawn.ai != [7]int{}) {
		chart := weekChart(co, week, drawn)
		m.Blocks = append(m.Blocks, Picture(Image{Alt: say.Unmarked(say.Text(chartAlt(week, drawn, chart.Goal))), Week: &chart}))
	}
	more, err := c.summaryPeople(ctx, co, t, week, now.active)
	if err != nil {
		return nil, err
	}
	more.Blockers = t.topBlockers(now.blockers)
	c.comingWeek(&more, t, week)
	if text := say.Text(more); strings.TrimSpace(text) != "" {
		m.Blocks = append(m.Blocks, Text(text))
	}
	counts, ok, err := c.summaryCheckpoint(ctx, co, t, week)
	if err != nil {
		return nil, err
	}
	if ok {
		m.Blocks = append(m.Blocks, Text(say.Text(counts)))
	}
	m.Blocks = append(m.Blocks, Context(say.Text(say.SummaryFoot{Least: leastActive, DaysLeft: len(left)})))
	return m, nil
}

// summaryPeople gathers what names people: those who want to be named.
func (c *Coach) summaryPeople(ctx context.Context, co *Cohort, t topic, week schedule.Date, active int) (more say.SummaryMore, err error) {
	if more.Hours, err = c.showsHours(ctx, co.ID, week, active); err != nil {
		return more, err
	}
	boards, err := c.named(ctx, co.ID,
		top{hoursBoard(week), summaryBoard}, top{streakBoard(week), summaryStreaks}, top{reachedBoard(week), summaryReached})
	if err != nil {
		return more, err
	}
	more.Board, more.Streaks = boards[0], boards[1]
	for _, row := range boards[2] {
		if i := row.Score - 1; i < len(t.roadmap.Milestones) {
			more.Reached = append(more.Reached, say.ReachedRow{Name: row.Name, Title: t.roadmap.Milestones[i].Title})
		}
	}
	return more, nil
}

// topBlockers are the units on which most blockers were reported.
func (t topic) topBlockers(counts map[string]int) []say.BlockerRow {
	units := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	var rows []say.BlockerRow
	for _, id := range units[:min(len(units), summaryBlockers)] {
		u, _ := t.roadmap.Unit(id)
		rows = append(rows, say.BlockerRow{Unit: id, Title: u.Title, N: counts[id]})
	}
	return rows
}

// comingWeek tells the theme of the week after the summarised one.
func (c *Coach) comingWeek(more *say.SummaryMore, t topic, week schedule.Date) {
	for d := week + 7; d < week+14; d++ {
		if step, ok := t.course.on(d); ok {
			if w, ok := t.roadmap.WeekOf(step.Parts[0].Unit.ID); ok {
				more.NextWeek, more.NextTheme = w.Number, w.Title
			}
			return
		}
	}
}

// summaryCheckpoint is how the cohort answered the checkpoint of the week
// before, once enough have.
func (c *Coach) summaryCheckpoint(ctx context.Context, co *Cohort, t topic, week schedule.Date) (line say.CheckpointCounts, ok bool, err error) {
	for _, check := range t.roadmap.Checkpoints {
		d, known := t.checkpointDate(check.Week)
		if !known || d < week-7 || d > week+6 {
			continue
		}
		tally, err := c.store.Tally(ctx, co.ID, checkTally(check.ID))
		if err != nil {
			return line, false, err
		}
		line, ok = checkpointCounts(check, tally)
	}
	return line, ok, nil
}

// weekChart draws the hours a day, with a goal line at the cohort's share of
// its weekly goal for each active learner on each study day.
func weekChart(co *Cohort, week schedule.Date, w weekTotals) WeekChart {
	chart := WeekChart{
		Title: say.Unmarked(say.Text(say.ChartTitle{Cohort: say.Literal(co.Name).String(), Week: weekLabel(week)})), Deep: w.deep, AI: w.ai,
		DeepLabel: say.ChartDeep.String(), AILabel: say.ChartAI.String(), GoalLabel: say.ChartGoal.String(), Unit: say.ChartHours.String(),
	}
	for i := range chart.Days {
		chart.Days[i] = (week + schedule.Date(i)).Format("Mon 2")
	}
	if days := standing(co.Study, week+6).Count(); days > 0 {
		chart.Goal = co.Goal(week+6) * 60 * w.active / days
	}
	return chart
}

func chartAlt(week schedule.Date, w weekTotals, goal int) say.ChartAlt {
	line := say.ChartAlt{Week: weekLabel(week), Goal: goal}
	for i := range 7 {
		line.Days = append(line.Days, say.ChartDay{Day: (week + schedule.Date(i)).Format("Mon"), Deep: w.deep[i], AI: w.ai[i]})
	}
	return line
}

// weekLabel renders the seven days from a Monday.
func weekLabel(week schedule.Date) string {
	return week.Format("2 Jan") + " – " + (week + 6).Format("2 Jan")
}
