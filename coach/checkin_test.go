package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestCheckInByText(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-02-22")
	w.join("ada")
	w.clock(3, "20:00")
	for i, test := range []struct {
		text string
		want coach.Entry
	}{
		{"45m read about joins", coach.Entry{Deep: 45, Unit: "w02d3", Note: "read about joins"}},
		{"1h30 deep", coach.Entry{Deep: 90, Unit: "w02d3"}},
		{"#ai half an hour of review", coach.Entry{AI: 30, Unit: "w02d3", Note: "of review"}},
		{"20m w01d2 what a copy copies", coach.Entry{Deep: 20, Unit: "w01d2", Note: "what a copy copies"}},
		{"20m yesterday", coach.Entry{Deep: 20, Unit: "w02d2", Date: day(2), Late: true}},
		{"20m, stuck on the planner", coach.Entry{Deep: 20, Unit: "w02d3", Note: "stuck on the planner", Blocker: "the planner"}},
	} {
		reply := w.say("ada", "/checkin "+test.text)
		w.wantText(reply, "Logged", test.want.Unit)
		test.want.Seq, test.want.Kind, test.want.At = i, coach.CheckIn, w.now
		if test.want.Date == 0 {
			test.want.Date = day(3)
		}
		entries := w.load("ada").Entries
		if diff := cmp.Diff(test.want, entries[len(entries)-1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestTheReplySaysWhatWasUnderstood(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "10")
	w.join("ada")
	w.wantLine(w.say("ada", "/checkin 45m read _about_ *joins*, stuck on [x](y)"), say.CheckedIn{
		Minutes: 45, Deep: 45, Unit: "w01d1", Title: "An empty file and no completion", Note: "read _about_ *joins*, stuck on [x](y)", Blocker: "[x](y)",
		Streak: 1, Week: 45, Goal: 600,
	})
	w.clock(2, "20:00")
	w.wantLine(w.say("ada", "/checkin 1h15 ai"), say.CheckedIn{
		Minutes: 75, AI: 75, Unit: "w01d2", Title: "What a copy copies", Streak: 2, Week: 120, Goal: 600,
	})
	for d := 3; d <= 6; d++ {
		w.clock(d, "20:00")
		w.say("ada", "/checkin 10m")
	}
	w.clock(7, "20:00") // a Sunday off counts all the same
	w.wantText(w.say("ada", "/checkin 10m"), "Streak: 7 days, 1 freeze held.", "you earned a freeze", "That makes 7 days in a row.", "This week: 2 h 50")
	w.clock(8, "20:00")
	reply := w.say("ada", "/checkin 30m on sunday")
	w.wantText(reply, "back-dated to Sun 7 Mar", "That week: 3 h 20", "Streak: 7 days")
	w.wantNot(textOf(reply.Message), "earned", "in a row")
	if got := buttons(reply.Message); !slices.Equal(got, []string{"Undo", "Edit", "Sorted it"}) {
		t.Errorf("buttons are %v", got)
	}
}

func TestAFreezeThatComesBackIsNotEarnedAnew(t *testing.T) {
	w := newWorld(t)
	w.cohort("study", "mon-sun")
	w.join("ada")
	for d := 1; d <= 7; d++ {
		w.clock(d, "20:00")
		w.say("ada", "/checkin 10m")
	}
	w.clock(9, "20:00")
	w.wantText(w.say("ada", "/checkin 10m"), "Streak: 8 days")
	if text := textOf(w.say("ada", "/checkin 10m yesterday").Message); !strings.Contains(text, "Streak: 9 days, 1 freeze held") || strings.Contains(text, "earned") {
		t.Errorf("the reply is %q", text)
	}
}

func TestCheckInByForm(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-02-22")
	w.join("ada")
	w.clock(3, "20:00")
	form := w.say("ada", "/checkin").Form
	if form.Verb != "checkin" || fieldOf(form, "unit").Value != "w02d3" || fieldOf(form, "date").Value != "2027-03-03" {
		t.Errorf("the form is %+v", form)
	}
	var dates []string
	for _, o := range fieldOf(form, "date").Options {
		dates = append(dates, o.Label)
	}
	if diff := cmp.Diff([]string{"Today (Wed 3 Mar)", "Yesterday (Tue 2 Mar)", "Mon 1 Mar", "Sun 28 Feb"}, dates); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
	for i, test := range []struct {
		values []string
		want   coach.Entry
	}{
		{[]string{"time", "45m"}, coach.Entry{Deep: 45, Unit: "w02d3"}},
		{[]string{"time", "1h", "mode", "ai", "note", "n", "finished", "yes"}, coach.Entry{AI: 60, Unit: "w02d3", Finished: true, Note: "n"}},
		{[]string{"time", "2h25", "mode", "plan", "unit", "w02d1"}, coach.Entry{Deep: 120, AI: 25, Unit: "w02d1"}},
		{[]string{"time", "29m", "mode", "plan", "unit", "w02d1"}, coach.Entry{Deep: 24, AI: 5, Unit: "w02d1"}},
		{[]string{"time", "10m", "unit", "w01d6"}, coach.Entry{AI: 10, Unit: "w01d6"}}, // a unit whose mode is to direct AI
		{[]string{"time", "10m", "date", "2027-02-28", "blocker", "b"}, coach.Entry{Deep: 10, Unit: "w02d3", Date: day(0), Late: true, Blocker: "b"}},
	} {
		w.wantText(w.submit("ada", form, test.values...), "Logged")
		test.want.Seq, test.want.Kind, test.want.At = i, coach.CheckIn, w.now
		if test.want.Date == 0 {
			test.want.Date = day(3)
		}
		if diff := cmp.Diff(test.want, w.load("ada").Entries[i]); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.values, diff)
		}
	}
	w.wantError(w.submit("ada", form, "time", "", "note", "kept"), "time", "How long was it?")
	w.wantError(w.submit("ada", form, "time", "17h"), "time", "more than one check-in can hold")
	w.wantError(w.submit("ada", form, "time", "45"), "time", "45 of what?")
	reply := w.submit("ada", form, "time", "45m", "date", "some day", "note", "kept")
	w.wantError(reply, "date", "I am not sure which day you mean")
	if got := fieldOf(reply.Form, "note").Value; got != "kept" {
		t.Errorf("the note is %q", got)
	}
	if got := len(w.load("ada").Entries); got != 6 {
		t.Errorf("%d entries", got)
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-02-27")
	w.join("ada")
	w.clock(2, "20:00")
	w.say("ada", "/checkin 16h")
	form := w.say("ada", "/checkin").Form
	before := w.snapshot()
	for _, test := range []struct{ field, value, problem string }{
		{"date", "2027-03-03", "That day has not come yet"},
		{"date", "2027-02-26", "That is too long ago"},
		{"time", "8h01m", "That day has 16 h already"},
		{"unit", "w99d9", "There is no unit w99d9"},
		{"time", "45m ai", "Only the time here"},
		{"time", "45m yesterday", "Only the time here"},
		{"time", "w01d1 45m", "Only the time here"},
		{"time", "45m about joins", "Only the time here"},
	} {
		reply := w.submit("ada", form, "time", "45m", "note", "kept", "blocker", "this", test.field, test.value)
		w.wantError(reply, test.field, test.problem)
		if got := fieldOf(reply.Form, "note").Value + fieldOf(reply.Form, "blocker").Value + fieldOf(reply.Form, test.field).Value; got != "keptthis"+test.value {
			t.Errorf("%s: the form holds %q", test.problem, got)
		}
	}
	w.unchanged("a refused form", before)
	w.wantText(w.submit("ada", form, "time", "About 45 min."), "Logged 45 min")
}

func TestTextWithoutATimeBringsTheFormWithTheRest(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-02-22")
	w.join("ada")
	w.clock(3, "20:00")
	for _, test := range []struct{ text, problem, note, mode, unit, date string }{
		{"read about joins", "How long was it?", "read about joins", "", "w02d3", "2027-03-03"},
		{"read about joins, w02d1 #ai yesterday", "How long was it?", "read about joins", "ai", "w02d1", "2027-03-02"},
		{"1h or 2h of joins yesterday", "I am not sure how long 1h is", "1h or 2h of joins yesterday", "", "w02d2", "2027-03-02"},
		{"a long night tomorrow 2031-01-01", "How long was it?", "a long night tomorrow", "", "w02d3", "2027-03-03"},
	} {
		reply := w.say("ada", "/checkin "+test.text)
		w.wantError(reply, "time", test.problem)
		for field, want := range map[string]string{"note": test.note, "mode": test.mode, "unit": test.unit, "date": test.date} {
			if got := fieldOf(reply.Form, field).Value; got != want {
				t.Errorf("%s: field %s is %q, want %q", test.text, field, got, want)
			}
		}
	}
}

func TestDoneForToday(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "09:00")
	prompt := w.last(coach.ClassPrompt, general)
	w.clock(2, "20:00")
	w.wantLine(w.press("ada", &prompt.Message, "Done for today"), say.CheckedIn{
		Minutes: 135, Deep: 110, AI: 25, Unit: "w01d2", Title: "What a copy copies", Finished: true, Streak: 1, Week: 135, Goal: 720,
	})
	s := w.load("ada")
	if !s.Learner.Finished.Has("w01d2") || s.Learner.Days.On(day(2)).Finished != 1 {
		t.Errorf("the unit is not finished: %+v", s.Learner)
	}
	before := w.snapshot()
	w.wantText(w.press("ada", &prompt.Message, "Done for today"), "You have finished w01d2")
	e := w.pressed("ada", &prompt.Message, "Done for today")
	e.Args = map[string]string{"unit": "w99d9"}
	w.wantText(w.handle(e), "There is no unit w99d9")
	w.unchanged("done before", before)
	e = w.pressed("ada", &prompt.Message, "Done for today")
	e.Args = map[string]string{}
	w.clock(3, "20:00")
	e.At = w.now
	w.wantText(w.handle(e), "w01d3")
}

func TestAUnitIsFinishedOnce(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	form := w.say("ada", "/checkin").Form
	first := w.submit("ada", form, "time", "10m", "finished", "yes")
	w.submit("ada", form, "time", "20m", "finished", "yes")
	w.clock(2, "10:00")
	w.submit("ada", form, "time", "30m", "finished", "yes", "date", "2027-03-02")
	finished := func() (n int) {
		for _, d := range w.load("ada").Learner.Days {
			n += int(d.Finished)
		}
		return n
	}
	if got := finished(); got != 1 {
		t.Errorf("it is finished %d times", got)
	}
	w.press("ada", first.Message, "Undo") // the second one finished it as well
	if got := finished(); got != 1 {
		t.Errorf("after an undo it is finished %d times", got)
	}
}

func TestAReplyInAPromptsThreadIsAboutItsUnit(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "09:00")
	tuesday := w.last(coach.ClassPrompt, general)
	w.clock(4, "12:00")
	w.wantText(w.thread("ada", tuesday, "1h, found it at last"), "Logged 1 h deep on w01d2", "Note: found it at last")
	w.wantText(w.thread("ada", tuesday, "20m w01d3"), "Logged 20 min deep on w01d3")
	w.wantText(w.thread("ada", tuesday, "1h of joins, 2h of copies"), "I see more than one time: 1 h and 2 h.")
	w.wantLine(w.thread("bob", tuesday, "1h"), say.NotALearner{Cohort: "Crew"})
	w.wantText(w.press("bob", w.thread("bob", tuesday, "1h").Message, "Join"), "Welcome to Crew")
	if e := w.load("ada").Entries[0]; e.Date != day(4) {
		t.Errorf("the day is %s", e.Date)
	}
	welcome := w.last(coach.ClassNotice, general)
	if reply := w.thread("ada", welcome, "1h of waiting"); reply.Message != nil {
		t.Errorf("a thread that is no prompt's is answered with %q", textOf(reply.Message))
	}
}

func TestACheckInReachesBackThreeDays(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(6, "20:00")
	for back, want := range []string{"Logged 10 min", "back-dated to Fri 5 Mar", "back-dated to Thu 4 Mar", "back-dated to Wed 3 Mar",
		"That is too long ago: up to 3 days back works, so from Wed 3 Mar on."} {
		w.wantText(w.say("ada", fmt.Sprintf("/checkin 10m %d days ago", back)), want)
	}
	w.clock(8, "03:59") // still Sunday
	w.wantText(w.say("ada", "/checkin 10m on thursday"), "back-dated to Thu 4 Mar")
	w.clock(8, "04:00")
	w.wantText(w.say("ada", "/checkin 10m on thursday"), "That is too long ago")
	w.wantText(w.say("ada", "/checkin 10m on 2027-03-09"), "That day has not come yet")
	w.wantLine(w.say("ada", "/checkin 10m tomorrow"), say.FutureDate{})
	w.wantText(w.say("ada", "/checkin 10m on 30 February"), "I am not sure which day you mean")
}

func TestNothingCountsBeforeTheStart(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-03")
	w.join("ada")
	w.wantText(w.say("ada", "/checkin 10m"), "The cohort starts on Wed 3 Mar")
	w.clock(3, "10:00")
	w.wantText(w.say("ada", "/checkin 10m yesterday"), "The cohort starts on Wed 3 Mar")
	w.wantText(w.say("ada", "/checkin 10m"), "Logged 10 min")
}

func TestWhatACheckInAndADayCanHold(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantText(w.say("ada", "/checkin 16h"), "Logged 16 h")
	w.wantError(w.say("ada", "/checkin 961m"), "time", "961m is more than one check-in can hold, which is 16 h.")
	w.wantLine(w.say("ada", "/checkin 8h01m"), say.DayFull{Already: 960})
	w.wantText(w.say("ada", "/checkin 8h"), "Logged 8 h")
	w.wantLine(w.say("ada", "/checkin 1m"), say.DayFull{Already: 1440})
	w.wantText(w.say("ada", "/checkin 1m w99d9"), "There is no unit w99d9 in this roadmap.")
	if day := w.load("ada").Learner.Days.On(day(1)); day.Minutes() != 1440 {
		t.Errorf("the day holds %+v", day)
	}
}

func TestAUnitThatDoesNotExist(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	before := w.snapshot()
	w.wantLine(w.say("ada", "/checkin 1m w99d9"), say.UnknownUnit{Typed: "w99d9"})
	w.unchanged("an unknown unit", before)
}

func TestABlockerInACheckInTellsTheLeads(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.say("lena", "/coach lead bob")
	w.wantText(w.say("ada", "/checkin 45m, stuck on the planner"), "Stuck on: the planner")
	w.clock(1, "08:01")
	for _, lead := range []string{"lena", "bob"} {
		help := w.last(coach.ClassNotice, user(lead).Direct())
		w.wantIn(textOf(&help.Message), "Ada in Crew is stuck on w01d1", "the planner")
	}
	if got := w.load("ada").Learner.Stuck; got == nil || got.Note != "the planner" {
		t.Errorf("stuck is %+v", got)
	}
}

func TestALongNoteIsCut(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	long := strings.Repeat("*very* ", 500)
	reply := w.say("ada", "/checkin 45m "+long+". Stuck on "+long)
	w.wantText(reply, "Note: *very* *very*", "…", "Streak: 1 day. This week: 45 min of 12 h.")
	form := w.press("ada", reply.Message, "Edit").Form
	if e := w.load("ada").Entries[0]; len([]rune(e.Note)) != 1000 || fieldOf(form, "note").Value != e.Note {
		t.Errorf("kept are %d characters, the form holds %d", len([]rune(e.Note)), len([]rune(fieldOf(form, "note").Value)))
	}
	w.submit("ada", form, "blocker", long)
	if e := w.load("ada").Entries[1]; len([]rune(e.Blocker)) != 1000 {
		t.Errorf("kept are %d characters of the blocker", len([]rune(e.Blocker)))
	}
	w.clock(1, "08:01")
	help := w.last(coach.ClassNotice, user("lena").Direct())
	w.wantIn(textOf(&help.Message), "Ada in Crew is stuck on w01d1", "*very*")
}

func TestTheNameIsKeptUpToDate(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	e := typed(w.event("ada"), "/coach join")
	e.Name = ""
	w.handle(e)
	if got := w.load("ada").Learner.Name; got != "ada" {
		t.Errorf("the name is %q", got)
	}
	e = typed(w.event("ada"), "/checkin 45m")
	e.Name = "  Ada\n Lovelace "
	w.handle(e)
	if got := w.load("ada").Learner.Name; got != "Ada Lovelace" {
		t.Errorf("the name is %q", got)
	}
	e = typed(w.event("ada"), "/checkin 45m")
	e.Name = ""
	w.handle(e)
	if got := w.load("ada").Learner.Name; got != "Ada Lovelace" {
		t.Errorf("the name is %q", got)
	}
}
