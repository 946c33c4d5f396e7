package coach_test

import (
	"fmt"
	"slices"
	"testing"

	"studycoach/content/say"
)

func TestAssess(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	check := mustRoadmap().Checkpoints[0]
	w.wantLine(w.say("ada", "/coach assess"), say.Assessments{FirstWeek: 4})
	w.clock(28, "10:00")
	open := w.say("ada", "/coach assess")
	w.wantLine(open, say.Assessments{Open: check.Title})

	form := w.press("ada", open.Message, "Take the checkpoint").Form
	if len(form.Fields) != len(check.OnTrack)+len(check.RedFlags) {
		t.Fatalf("the form has %d fields", len(form.Fields))
	}
	good := []string{"s-" + check.OnTrack[0].ID, "yes", "s-" + check.RedFlags[1].ID, "yes"}
	reply := w.submit("ada", form, good...)
	w.wantText(reply, fmt.Sprintf("1 of %d signs of being on track, 1 of %d red flags", len(check.OnTrack), len(check.RedFlags)),
		say.Unmarked(check.OnTrack[1].Text)+" See "+check.OnTrack[1].Back, say.Unmarked(check.RedFlags[1].Text)+" See "+check.RedFlags[1].Back)
	w.wantNot(textOf(reply.Message), say.Unmarked(check.OnTrack[0].Text), say.Unmarked(check.RedFlags[0].Text))

	form = w.press("ada", open.Message, "Take the checkpoint").Form
	for _, f := range form.Fields {
		if ticked := f.Value == "yes"; ticked != slices.Contains(good, f.Name) {
			t.Errorf("field %s is %q", f.Name, f.Value)
		}
	}
	w.clock(30, "10:00")
	values := []string{}
	for _, s := range check.OnTrack {
		values = append(values, "s-"+s.ID, "yes")
	}
	for _, s := range check.RedFlags {
		values = append(values, "s-"+s.ID, "")
	}
	w.wantText(w.submit("ada", form, values...), "Nothing to go back to.")
	if got := w.load("ada").Assessments; len(got) != 1 || got[0].Date != day(30) {
		t.Errorf("assessments are %+v", got)
	}
	w.wantText(w.say("ada", "/coach assess"), fmt.Sprintf("Tue 30 Mar · %s: %d of %[2]d signs", check.Title, len(check.OnTrack)))

	e := w.submitted("ada", form)
	e.Args["check"] = "gone"
	before := w.snapshot()
	w.wantLine(w.handle(e), say.CheckpointGone{})
	w.unchanged("a checkpoint that is gone", before)
}

func TestTheCohortSeesCountsFromFivePeopleOn(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	people := []string{"ada", "bob", "cyd", "dan", "eve"}
	w.join(people...)
	check := mustRoadmap().Checkpoints[0]
	w.clock(28, "10:00")
	assess := func(who string, yes ...string) {
		t.Helper()
		values := []string{}
		for _, id := range yes {
			values = append(values, "s-"+id, "yes")
		}
		form := w.press(who, w.say(who, "/coach assess").Message, "Take the checkpoint").Form
		for i := range form.Fields {
			form.Fields[i].Value = ""
		}
		w.wantText(w.submit(who, form, values...), "Kept, for your eyes only")
	}
	for i, who := range people[:4] {
		assess(who, check.OnTrack[0].ID, check.RedFlags[i%2].ID)
		assess(who, check.OnTrack[0].ID, check.RedFlags[0].ID) // again
	}
	counts := check.Title + ", as "
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), counts)
	assess("eve")
	text := textOf(w.say("lena", "/coach summary").Message)
	w.wantIn(text, counts+"5 people see themselves", "4 · "+say.Unmarked(check.OnTrack[0].Text), "0 · "+say.Unmarked(check.OnTrack[1].Text),
		"4 · "+say.Unmarked(check.RedFlags[0].Text), "0 · "+say.Unmarked(check.RedFlags[1].Text))
	w.wantNot(text, "Ada", "Bob", "Cyd", "Dan", "Eve")

	w.press("eve", w.dm("eve", "/coach forget-me").Message, "Yes, delete everything")
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), counts)
}

func TestACheckpointIsOpenFromTheDayItIsAskedOn(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(27, "10:00") // the last unit's day
	w.wantLine(w.say("ada", "/coach assess"), say.Assessments{FirstWeek: 4})
	w.clock(45, "10:00")
	w.wantText(w.say("ada", "/coach assess"), "is open")
}
