package coach

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// Reached is a milestone that a learner reported.
type Reached struct {
	ID   string
	Date schedule.Date
	N    int // the measure, 0 where nothing is counted
}

// milestone opens the form of a milestone, and keeps what is reported:
// "milestone 500-lines 620".
func (c *Coach) milestone(ctx context.Context, r request) (Reply, error) {
	if !r.Submit && r.Text == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			t, err := c.topicOf(r, s)
			if err != nil {
				return Reply{}, err
			}
			if len(t.roadmap.Milestones) == 0 {
				return Reply{}, refuse(say.NoMilestones{})
			}
			return Reply{Form: r.milestoneForm(t.roadmap, s.Learner)}, nil
		})
	}
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) { return c.reached(r, s) })
}

func (r request) milestoneForm(roadmap *content.Roadmap, l *Learner) *Form {
	f := &Form{
		Verb: "milestone", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormMilestone.String(), Submit: say.ButtonSave.String(),
		Fields: []FormField{
			{Name: "milestone", Label: say.LabelMilestone.String(), Kind: FieldOne},
			{Name: "number", Label: say.LabelNumber.String(), Kind: FieldNumber, Hint: say.HintNumber.String(), Optional: true},
		},
	}
	for _, m := range roadmap.Milestones {
		if _, done := l.reached(m.ID); !done && f.Fields[0].Value == "" {
			f.Fields[0].Value = m.ID
		}
		label := m.Title
		if m.Measure != "" {
			label += " (" + m.Measure + ")"
		}
		f.Fields[0].Options = append(f.Fields[0].Options, Option{Value: m.ID, Label: clip(label, 75)})
	}
	return f
}

// reached keeps a reported milestone, once.
func (c *Coach) reached(r request, s State) (Change, Reply, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return Change{}, Reply{}, err
	}
	id, number, _ := strings.Cut(r.Text, " ")
	if r.Submit {
		id, number = r.Arg("milestone"), r.Arg("number")
	}
	m, ok := t.roadmap.Milestone(strings.ToLower(id))
	if !ok {
		line := say.NoMilestones{}
		for _, m := range t.roadmap.Milestones {
			line.Titles = append(line.Titles, m.ID)
		}
		return Change{}, Reply{}, refuse(line)
	}
	if before, done := s.Learner.reached(m.ID); done {
		return Change{}, Reply{}, refuse(say.MilestoneBefore{Title: m.Title, Day: longDate(before.Date)})
	}
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 0 {
		n = 0
	}
	if n < m.Least {
		f := r.milestoneForm(t.roadmap, s.Learner)
		f.Fields[0].Value, f.Fields[1].Value = m.ID, clip(strings.TrimSpace(number), 9)
		f.Fields[1].Error = say.Unmarked(say.Text(say.MilestoneShort{Least: m.Least, Measure: m.Measure}))
		return Change{}, Reply{}, &Refusal{Form: f, Line: say.CheckTheForm{}}
	}
	l := s.Learner.clone()
	l.Milestones = append(slices.Clone(l.Milestones), Reached{ID: m.ID, Date: t.today, N: n})
	line := say.MilestoneNoted{Title: m.Title, Measure: m.Measure, N: n, Named: l.named(), Left: len(t.roadmap.Milestones) - len(l.Milestones)}
	return Change{Learner: l}, Reply{Message: Say(Text(say.Text(line)))}, nil
}

// reached returns the milestone of an id as the learner reported it.
func (l *Learner) reached(id string) (Reached, bool) {
	i := slices.IndexFunc(l.Milestones, func(m Reached) bool { return m.ID == id })
	if i < 0 {
		return Reached{}, false
	}
	return l.Milestones[i], true
}

// milestoneRows are a learner's milestones as they are shown.
func milestoneRows(roadmap *content.Roadmap, l *Learner) []say.MilestoneRow {
	var rows []say.MilestoneRow
	for _, reached := range l.Milestones {
		if m, ok := roadmap.Milestone(reached.ID); ok {
			rows = append(rows, say.MilestoneRow{Title: m.Title, Day: longDate(reached.Date)})
		}
	}
	return rows
}

// reachedBoard holds who reached a milestone in a week and wants to be named;
// the score is the milestone's place in the roadmap, from 1.
func reachedBoard(week schedule.Date) string { return "reached/" + week.String() }

// rankReached keeps a learner on the week's board of milestones.
func (ch *Change) rankReached(t topic, after *Learner) {
	for _, reached := range after.Milestones {
		if reached.Date.Week() != t.today.Week() {
			continue
		}
		if i := slices.IndexFunc(t.roadmap.Milestones, func(m content.Milestone) bool { return m.ID == reached.ID }); i >= 0 {
			ch.Ranks = append(ch.Ranks, Rank{Board: reachedBoard(t.today.Week()), Learner: after.ID, Score: i + 1})
		}
	}
}
