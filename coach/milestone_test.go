package coach_test

import (
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestMilestone(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	all := mustRoadmap().Milestones
	first := all[0]
	w.say("ada", "/coach settings board on")

	form := w.say("ada", "/coach milestone").Form
	if len(form.Fields[0].Options) != len(all) || form.Fields[0].Value != first.ID {
		t.Errorf("the form offers %+v", form.Fields[0])
	}
	form = w.submit("ada", form, "number", "499").Form
	if want := say.Unmarked(say.Text(say.MilestoneShort{Least: first.Least, Measure: first.Measure})); form == nil || form.Fields[1].Error != want || form.Fields[1].Value != "499" {
		t.Fatalf("too few is answered with %+v", form)
	}
	w.wantLine(w.submit("ada", form, "number", "620"), say.MilestoneNoted{Title: first.Title, Measure: first.Measure, N: 620, Named: true, Left: len(all) - 1})
	w.wantLine(w.say("ada", "/coach milestone "+first.ID+" 700"), say.MilestoneBefore{Title: first.Title, Day: "Mon 1 Mar"})
	w.wantText(w.say("ada", "/coach milestone flying"), "I do not know that milestone", first.ID)
	w.wantText(w.say("ada", "/coach me"), "Milestones: "+first.Title+" (Mon 1 Mar)")
	if got := w.say("ada", "/coach milestone").Form.Fields[0].Value; got != all[1].ID {
		t.Errorf("the form proposes %s", got)
	}

	// Bob reports one, and does not want to be named.
	w.wantText(w.say("bob", "/coach milestone "+all[1].ID+" 5"), all[1].Title+", reached", "That stays between us")
	w.say("ada", "/checkin 1h")
	w.say("bob", "/checkin 1h")
	w.clock(7, "19:00")
	summary := w.last(coach.ClassSummary, general)
	text := textOf(&summary.Message)
	w.wantIn(text, "Milestones reached: Ada ("+first.Title+")")
	w.wantNot(text, all[1].Title)

	// What is reported is exported, and is not told once Ada wants no more of it.
	w.wantIn(string(w.say("ada", "/coach export").Files[0].Data), `"id": "`+first.ID+`"`, `"number": 620`)
	w.say("ada", "/coach settings board off")
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), "Milestones reached")
}
