package coach

import (
	"studycoach/content/say"
	"studycoach/schedule"
)

// checkpointMessage invites the room to the checkpoint of a date, nil when it
// has none.
func (t topic) checkpointMessage(co *Cohort, date schedule.Date) *Message {
	for _, check := range t.roadmap.Checkpoints {
		if d, ok := t.checkpointDate(check.Week); !ok || d != date {
			continue
		}
		take := press(say.ButtonCheckpoint, "assess", "check", check.ID, "cohort", string(co.ID))
		take.Style = Primary
		return Say(
			Title(check.Title),
			Text(say.Text(say.CheckpointCall{Week: check.Week, Statements: len(check.OnTrack) + len(check.RedFlags)})),
			Actions(take),
		)
	}
	return nil
}
