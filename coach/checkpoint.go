package coach

import (
	"slices"

	"studycoach/content/say"
	"studycoach/schedule"
)

// checkpointPosting invites the room to the checkpoint of a date, of several to
// the last one.
func (t topic) checkpointPosting(co *Cohort, date schedule.Date) []posting {
	for _, check := range slices.Backward(t.roadmap.Checkpoints) {
		if d, ok := t.checkpointDate(check.Week); !ok || d != date {
			continue
		}
		take := press(say.ButtonCheckpoint, "assess", "check", check.ID, "cohort", string(co.ID))
		take.Style = Primary
		return []posting{{about: check.ID, message: Say(
			Title(check.Title),
			Text(say.Text(say.CheckpointCall{Week: check.Week, Statements: len(check.OnTrack) + len(check.RedFlags)})),
			Actions(take),
		)}}
	}
	return nil
}
