package coach

import (
	"context"
	"slices"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
)

// assess shows the learner's own course over the checkpoints, opens the form
// of one, and takes its submission.
func (c *Coach) assess(ctx context.Context, r request) (Reply, error) {
	if r.Submit {
		return c.update(ctx, r, Scope{Assessments: true}, func(s State) (Change, Reply, error) { return c.assessed(r, s) })
	}
	return c.view(ctx, r, Scope{Assessments: true}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		if check, ok := t.roadmap.Checkpoint(r.Arg("check")); ok {
			return Reply{Form: r.checkpointForm(check, s.Assessments)}, nil
		}
		line := say.Assessments{}
		for _, a := range s.Assessments {
			if check, ok := t.roadmap.Checkpoint(a.Checkpoint); ok {
				line.Rows = append(line.Rows, assessmentRow(check, a))
			}
		}
		m := Say(Text(""))
		open, ok := t.checkpoint()
		if ok {
			line.Open = open.Title
			m.Blocks = append(m.Blocks, Actions(r.to(press(say.ButtonCheckpoint, "assess", "check", open.ID))))
		} else if len(t.roadmap.Checkpoints) > 0 {
			line.FirstWeek = t.roadmap.Checkpoints[0].Week
		}
		m.Blocks[0] = Text(say.Text(line))
		return Reply{Message: m}, nil
	})
}

// checkpoint returns the latest one that was asked up to today.
func (t topic) checkpoint() (latest content.Checkpoint, ok bool) {
	for _, check := range t.roadmap.Checkpoints {
		if d, known := t.checkpointDate(check.Week); known && d <= t.today {
			latest, ok = check, true
		}
	}
	return latest, ok
}

// checkpointForm asks for agreement with each statement.
func (r request) checkpointForm(check content.Checkpoint, before []Assessment) *Form {
	var yes []string
	if i := slices.IndexFunc(before, func(a Assessment) bool { return a.Checkpoint == check.ID }); i >= 0 {
		yes = before[i].Yes
	}
	f := &Form{
		Verb: "assess", Args: map[string]string{"cohort": string(r.cohort), "check": check.ID},
		Title: say.FormCheckpoint.String(), Intro: say.Text(say.CheckpointIntro{Title: check.Title}), Submit: say.ButtonSave.String(),
	}
	for _, s := range slices.Concat(check.OnTrack, check.RedFlags) {
		ticked := ""
		if slices.Contains(yes, s.ID) {
			ticked = "yes"
		}
		f.Fields = append(f.Fields, FormField{Name: "s-" + s.ID, Label: clip(say.Unmarked(s.Text), 150), Kind: FieldYes, Value: ticked, Optional: true})
	}
	return f
}

// assessed keeps a submitted checkpoint and says what to go back to.
func (c *Coach) assessed(r request, s State) (Change, Reply, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return Change{}, Reply{}, err
	}
	check, ok := t.roadmap.Checkpoint(r.Arg("check"))
	if !ok {
		return Change{}, Reply{}, refuse(say.CheckpointGone{})
	}
	a := Assessment{Checkpoint: check.ID, Date: t.today}
	for _, s := range slices.Concat(check.OnTrack, check.RedFlags) {
		if r.Arg("s-"+s.ID) == "yes" {
			a.Yes = append(a.Yes, s.ID)
		}
	}
	line := say.Assessed{Row: assessmentRow(check, a)}
	for _, statement := range goBack(check, a) {
		u, _ := t.roadmap.Unit(statement.Back)
		line.Back = append(line.Back, say.GoBack{Statement: statement.Text, Unit: u.ID, Title: u.Title})
	}
	return Change{Learner: s.Learner.clone(), Assessments: []Assessment{a}}, Reply{Message: Say(Text(say.Text(line)))}, nil
}

// goBack returns the statements that went the wrong way: those of being on
// track without agreement, and the red flags with it.
func goBack(check content.Checkpoint, a Assessment) []content.Statement {
	var wrong []content.Statement
	for _, s := range check.OnTrack {
		if !slices.Contains(a.Yes, s.ID) {
			wrong = append(wrong, s)
		}
	}
	for _, s := range check.RedFlags {
		if slices.Contains(a.Yes, s.ID) {
			wrong = append(wrong, s)
		}
	}
	return wrong
}

func assessmentRow(check content.Checkpoint, a Assessment) say.AssessmentRow {
	row := say.AssessmentRow{Title: check.Title, Date: longDate(a.Date), OnTrackOf: len(check.OnTrack), RedFlagsOf: len(check.RedFlags)}
	for _, s := range check.OnTrack {
		if slices.Contains(a.Yes, s.ID) {
			row.OnTrack++
		}
	}
	for _, s := range check.RedFlags {
		if slices.Contains(a.Yes, s.ID) {
			row.RedFlags++
		}
	}
	return row
}

// checkpointCounts describes how a cohort answered a checkpoint, from
// leastAnswers people up and never by name.
func checkpointCounts(check content.Checkpoint, tally map[string]int) (say.CheckpointCounts, bool) {
	line := say.CheckpointCounts{Title: check.Title, People: tally["n"]}
	if line.People < leastAnswers {
		return line, false
	}
	for _, s := range check.OnTrack {
		line.OnTrack = append(line.OnTrack, say.StatementCount{Text: strings.TrimSpace(s.Text), N: tally["y:"+s.ID]})
	}
	for _, s := range check.RedFlags {
		line.RedFlags = append(line.RedFlags, say.StatementCount{Text: strings.TrimSpace(s.Text), N: tally["y:"+s.ID]})
	}
	return line, true
}
