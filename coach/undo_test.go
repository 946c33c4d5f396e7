package coach_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestUndoTakesTheLastCheckInBack(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantLine(w.say("ada", "/coach undo"), say.NothingToUndo{})
	w.say("ada", "/checkin 45m")
	w.say("ada", "/checkin 30m yesterday") // refused: before the start
	w.say("ada", "/checkin 20m ai")
	w.wantLine(w.say("ada", "/coach undo"), say.Undone{Minutes: 20, Unit: "w01d1", Day: "Mon 1 Mar", Streak: 1, Week: 45, Goal: 720})
	w.wantLine(w.say("ada", "/coach undo"), say.Undone{Minutes: 45, Unit: "w01d1", Day: "Mon 1 Mar", Week: 0, Goal: 720})
	w.wantLine(w.say("ada", "/coach undo"), say.NothingToUndo{})
	s := w.load("ada")
	if len(s.Learner.Days) != 0 || len(s.Entries) != 4 || s.Learner.Entries != 4 {
		t.Errorf("days %v, entries %+v", s.Learner.Days, s.Entries)
	}
}

func TestTheUndoButtonTakesItsOwnCheckInBack(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	first := w.say("ada", "/checkin 45m")
	w.say("ada", "/checkin 20m")
	reply := w.press("ada", first.Message, "Undo")
	w.wantLine(reply, say.Undone{Minutes: 45, Unit: "w01d1", Day: "Mon 1 Mar", Streak: 1, Week: 20, Goal: 720})
	if !reply.Replace {
		t.Error("it does not take the place of the confirmation")
	}
	before := w.snapshot()
	w.wantLine(w.press("ada", first.Message, "Undo"), say.UndoneBefore{})
	w.wantLine(w.press("ada", first.Message, "Edit"), say.UndoneBefore{})
	w.unchanged("undone before", before)
}

func TestUndoOfADoneUnit(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	done := w.press("ada", w.say("ada", "/coach today").Message, "Done for today")
	w.press("ada", done.Message, "Undo")
	if s := w.load("ada"); len(s.Learner.Finished) != 0 {
		t.Errorf("finished is %v", s.Learner.Finished)
	}
	w.wantText(w.press("ada", w.say("ada", "/coach today").Message, "Done for today"), "Unit finished")
}

func TestWhatIsOldIsSettled(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	old := w.say("ada", "/checkin 45m")
	w.clock(5, "03:59")
	form := w.press("ada", old.Message, "Edit").Form
	w.clock(5, "04:00")
	before := w.snapshot()
	for _, reply := range []coach.Reply{
		w.say("ada", "/coach undo"), w.say("ada", "/coach edit"), w.press("ada", old.Message, "Undo"), w.submit("ada", form, "time", "10m"),
	} {
		w.wantLine(reply, say.TooOldToChange{Days: 3, Day: "Mon 1 Mar"})
	}
	w.unchanged("too old", before)
}

func TestUndoOfABlocker(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	stuck := w.say("ada", "/coach stuck on joins")
	w.wantLine(w.press("ada", stuck.Message, "Undo"), say.Undone{Unit: "w01d1", Day: "Mon 1 Mar", Goal: 720})
	if l := w.load("ada").Learner; l.Stuck != nil {
		t.Errorf("stuck is %+v", l.Stuck)
	}
	logged := w.say("ada", "/checkin 45m, stuck on joins")
	w.press("ada", logged.Message, "Undo")
	if l := w.load("ada").Learner; l.Stuck != nil {
		t.Errorf("stuck is %+v", l.Stuck)
	}
}

func TestEditChangesACheckIn(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantLine(w.say("ada", "/coach edit"), say.NothingToUndo{})
	w.clock(3, "20:00")
	logged := w.say("ada", "/checkin 45m read about joins")
	w.say("ada", "/checkin 10m")
	form := w.press("ada", logged.Message, "Edit").Form
	values := map[string]string{}
	for _, f := range form.Fields {
		values[f.Name] = f.Value
	}
	if diff := cmp.Diff(map[string]string{
		"time": "45 min", "mode": "deep", "unit": "w01d3", "date": "2027-03-03", "finished": "", "note": "read about joins", "blocker": "",
	}, values); diff != "" {
		t.Errorf("the form holds (-want +got):\n%s", diff)
	}
	reply := w.submit("ada", form, "time", "1h", "mode", "ai", "unit", "w01d2", "date", "2027-03-02", "finished", "yes", "note", "really about copies")
	w.wantLine(reply, say.CheckedIn{
		Minutes: 60, AI: 60, Unit: "w01d2", Title: "What a copy copies", Day: "Tue 2 Mar", Finished: true, Note: "really about copies",
		Streak: 2, Week: 70, Goal: 720, Was: &say.Was{Minutes: 45, Deep: 45, Unit: "w01d3", Day: "Wed 3 Mar"},
	})
	want := coach.Days{{Date: day(2), Day: coach.Day{AI: 60, Finished: 1, Late: true}}, {Date: day(3), Day: coach.Day{Deep: 10}}}
	if diff := cmp.Diff(want, w.load("ada").Learner.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	again := w.press("ada", reply.Message, "Edit").Form
	if got := fieldOf(again, "time").Value + " " + fieldOf(again, "mode").Value + " " + fieldOf(again, "finished").Value; got != "1 h ai yes" {
		t.Errorf("the form holds %s", got)
	}
	before := w.snapshot()
	w.wantText(w.submit("ada", again), "As it was: 1 h directing AI on w01d2 What a copy copies, back-dated to Tue 2 Mar. Unit finished.\nNote: really about copies\nStreak: 2 days.")
	w.unchanged("the same", before)
	w.wantText(w.submit("ada", again, "date", "2027-03-03", "finished", "", "mode", "deep"), "Corrected: 1 h deep on w01d2 What a copy copies. It was 1 h directing AI, Tue 2 Mar. It no longer finishes the unit.\n")
	want = coach.Days{{Date: day(3), Day: coach.Day{Deep: 70}}}
	if diff := cmp.Diff(want, w.load("ada").Learner.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	w.wantText(w.press("ada", reply.Message, "Undo"), "Taken back: 1 h on w01d2, Wed 3 Mar.")
}

func TestAnEditIsHeldToTheRules(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(5, "20:00")
	logged := w.say("ada", "/checkin 16h")
	w.say("ada", "/checkin 7h")
	form := w.press("ada", logged.Message, "Edit").Form
	before := w.snapshot()
	reply := w.submit("ada", form, "time", "", "note", "kept")
	w.wantError(reply, "time", "How long was it?")
	if reply.Form.Verb != "edit" || reply.Form.Title != form.Title || !cmp.Equal(reply.Form.Args, form.Args) || fieldOf(reply.Form, "note").Value != "kept" {
		t.Errorf("another form came back: %+v", reply.Form)
	}
	w.wantError(w.submit("ada", form, "date", "2027-03-01"), "date", "That is too long ago")
	w.wantError(w.submit("ada", form, "date", "2027-03-06"), "date", "That day has not come yet")
	w.wantError(w.submit("ada", form, "unit", "w99d9"), "unit", "There is no unit w99d9")
	w.unchanged("a refused edit", before)

	w.say("ada", "/checkin 8h01m yesterday")
	reply = w.submit("ada", form, "date", "2027-03-04", "note", "kept")
	w.wantError(reply, "time", "That day has 8 h 01 already")
	if reply.Form.Verb != "edit" || fieldOf(reply.Form, "note").Value != "kept" {
		t.Errorf("another form came back: %+v", reply.Form)
	}
	w.say("ada", "/checkin 1h")
	w.wantText(w.submit("ada", form, "note", "the day is full, with this one in it"), "Corrected: 16 h")
	w.wantText(w.submit("ada", form, "date", "2027-03-04", "time", "15h59m"), "Corrected: 15 h 59", "back-dated to Thu 4 Mar")
}

func TestABlockerIsNoCheckInToEdit(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/coach stuck on joins")
	w.wantLine(w.say("ada", "/coach edit"), say.NothingToUndo{})
	w.say("ada", "/checkin 45m")
	w.say("ada", "/coach stuck on copies")
	form := w.say("ada", "/coach edit").Form
	w.wantText(w.submit("ada", form, "time", "1h"), "Corrected: 1 h")
	if got := w.load("ada").Learner.Days.On(day(1)).Minutes(); got != 60 {
		t.Errorf("%d minutes", got)
	}
}

func TestAnEditCanRaiseAndSettleABlocker(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	form := w.press("ada", w.say("ada", "/checkin 45m").Message, "Edit").Form
	reply := w.submit("ada", form, "blocker", "the planner")
	w.wantText(reply, "Stuck on: the planner")
	w.clock(1, "08:01")
	help := w.last(coach.ClassNotice, user("lena").Direct())
	w.wantIn(textOf(&help.Message), "Ada in Crew is stuck on w01d1", "the planner")
	if l := w.load("ada").Learner; l.Stuck == nil || l.Stuck.Note != "the planner" {
		t.Errorf("stuck is %+v", l.Stuck)
	}
	w.submit("ada", w.press("ada", reply.Message, "Edit").Form, "time", "50m")
	w.clock(1, "08:02")
	if got := len(w.posted(coach.ClassNotice, user("lena").Direct())); got != 1 {
		t.Errorf("the lead was told %d times", got)
	}
	w.submit("ada", w.press("ada", reply.Message, "Edit").Form, "blocker", "")
	if l := w.load("ada").Learner; l.Stuck != nil {
		t.Errorf("stuck is %+v", l.Stuck)
	}
}
