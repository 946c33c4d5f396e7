package coach

import (
	"context"
	"slices"
	"strings"

	"studycoach/content/say"
)

// Bounds of the lists that leads see.
const (
	rosterSize    = 40
	attentionSize = 20
	attentionDays = 3 // expected days without a check-in
)

// roster lists the learners to a lead.
func (c *Coach) roster(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicAt(s.Cohort, nil, r.At)
		if err != nil {
			return Reply{}, err
		}
		line := say.Roster{Cohort: say.Literal(s.Cohort.Name)}
		err = c.eachLearner(ctx, s.Cohort.ID, func(l Learner) {
			if l.Left != 0 || l.gone() {
				return
			}
			line.Total++
			if len(line.Rows) == rosterSize {
				return
			}
			zone := zoneOf(s.Cohort, &l)
			line.Rows = append(line.Rows, say.RosterRow{
				Name: say.Literal(l.Name), Zone: zone.String(), Now: r.At.In(zone).Format("15:04"),
				Joined: longDate(l.Joined), Away: inSpans(l.Away, t.of(s.Cohort, &l, r.At).today), Lead: s.Cohort.ledBy(&l, l.ID), Finished: len(l.Finished),
			})
		})
		if err != nil {
			return Reply{}, err
		}
		slices.SortFunc(line.Rows, func(a, b say.RosterRow) int { return strings.Compare(string(a.Name), string(b.Name)) })
		for tooLong(line) {
			line.Rows = line.Rows[:len(line.Rows)-1]
		}
		return Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// attention tells a lead, and nobody else, who could use a kind word: those
// who are stuck, and those without a check-in for three expected days.
func (c *Coach) attention(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicAt(s.Cohort, nil, r.At)
		if err != nil {
			return Reply{}, err
		}
		line := say.Attention{Cohort: say.Literal(s.Cohort.Name), Days: attentionDays}
		err = c.eachLearner(ctx, s.Cohort.ID, func(l Learner) {
			if l.Left != 0 || l.gone() {
				return
			}
			row := say.AttentionRow{Name: say.Literal(l.Name)}
			if row.Missed = t.of(s.Cohort, &l, r.At).missed(l.Days); row.Missed < attentionDays {
				row.Missed = 0
			}
			if l.Stuck != nil {
				row.Stuck, row.Note = l.Stuck.Unit, say.Literal(l.Stuck.Note)
			}
			if row.Missed == 0 && row.Stuck == "" {
				return
			}
			if line.Total++; len(line.Rows) < attentionSize {
				line.Rows = append(line.Rows, row)
			}
		})
		if err != nil {
			return Reply{}, err
		}
		slices.SortFunc(line.Rows, func(a, b say.AttentionRow) int { return strings.Compare(string(a.Name), string(b.Name)) })
		for tooLong(line) {
			line.Rows = line.Rows[:len(line.Rows)-1]
		}
		return Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// missed counts the expected days without a check-in since the last one with
// one, today not included.
func (t topic) missed(days Days) int {
	n := 0
	for d := t.today - 1; d >= t.calendar.Start; d-- {
		if days.On(d).Done() {
			break
		}
		if t.calendar.Expect(d) == Expected {
			n++
		}
	}
	if days.On(t.today).Done() {
		return 0
	}
	return n
}
