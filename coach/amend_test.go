package coach_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

// wantNothing reports an answer where none is due.
func (w *world) wantNothing(what string, r coach.Reply) {
	w.Helper()
	if r.Message != nil || r.Form != nil {
		w.Errorf("%s is answered: %q", what, textOf(r.Message))
	}
}

// tuesdays is a cohort of ada's on the evening of a Tuesday.
func tuesdays(t *testing.T) (w *world, written time.Time) {
	t.Helper()
	w = newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "20:00")
	return w, w.now
}

func TestAnEditedMessageChangesItsCheckIn(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m ai read about joins")
	w.until(written.Add(500 * time.Millisecond))
	w.clock(2, "21:00")
	w.say("ada", "/checkin 10m")
	reply := w.amend("ada", written, "1h w01d1 yesterday, read about copies")
	w.wantLine(reply, say.CheckedIn{
		Minutes: 60, Deep: 60, Unit: "w01d1", Title: "An empty file and no completion", Day: "Mon 1 Mar", Note: "read about copies", Streak: 2, Week: 70, Goal: 720,
		Was: &say.Was{Minutes: 45, AI: 45, Unit: "w01d2", Day: "Tue 2 Mar"},
	})
	w.wantText(reply, "Corrected: 1 h deep on w01d1 An empty file and no completion, back-dated to Mon 1 Mar. It was 45 min directing AI on w01d2, Tue 2 Mar.\nNote")
	if diff := cmp.Diff([]string{"Undo", "Edit"}, buttons(reply.Message)); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	w.wantText(w.amend("ada", written, "1h"), "Corrected: 1 h deep on w01d1 An empty file and no completion. It was on Mon 1 Mar.\n", "This week: 1 h 10")
	w.wantText(w.amend("ada", written, "1h, with a note"), "Corrected: 1 h deep on w01d1 An empty file and no completion.\nNote: with a note")
	want := coach.Days{{Date: day(2), Day: coach.Day{Deep: 70}}}
	if diff := cmp.Diff(want, w.load("ada").Learner.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

func TestAnEditThatChangesNothingIsQuiet(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m yesterday, read about joins")
	w.clock(3, "08:30")
	before := w.snapshot()
	w.wantNothing("the same", w.amend("ada", written, "yesterday 45 min, read about joins"))
	w.wantNothing("another message", w.amend("ada", written.Add(time.Second), "no time in here"))
	w.wantNothing("somebody else's", w.amend("bob", written, "no time in here"))
	w.wantNothing("a message to come", w.amend("ada", written.AddDate(1, 0, 0), "45m"))
	w.wantNothing("another message", w.retract("ada", written.Add(time.Second)))
	w.wantNothing("somebody else's", w.retract("bob", written))
	w.unchanged("nothing", before)
}

func TestADeletedMessageTakesItsCheckInBack(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m")
	w.clock(2, "21:00")
	w.say("ada", "/checkin 10m")
	e := w.changed("ada", "retract", written, "")
	line := say.Undone{Minutes: 45, Unit: "w01d2", Day: "Tue 2 Mar", Streak: 1, Week: 10, Goal: 720}
	w.wantLine(w.handle(e), line)
	before := w.snapshot()
	w.wantLine(w.handle(e), line) // told again
	w.wantNothing("deleted before", w.retract("ada", written))
	w.unchanged("deleted before", before)
}

func TestAnAmendmentComesTwice(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m")
	e := w.changed("ada", "amend", written, "1h")
	first := textOf(w.handle(e).Message)
	before := w.snapshot()
	if again := textOf(w.handle(e).Message); again != first {
		t.Errorf("it is answered with %q, and then %q", first, again)
	}
	w.unchanged("the second time", before)
}

func TestAnEditedMessageBecomesACheckIn(t *testing.T) {
	w, _ := tuesdays(t)
	w.clock(2, "23:50")
	written := w.now
	w.dm("ada", "read about joins")
	w.clock(3, "20:00")
	e := w.changed("ada", "amend", written, "30m read about joins")
	w.wantText(w.handle(e), "Logged 30 min deep on w01d2", "back-dated to Tue 2 Mar")
	before := w.snapshot()
	w.wantText(w.handle(e), "Logged 30 min deep on w01d2")
	w.unchanged("the second time", before)
	w.wantText(w.amend("ada", written, "40m read about joins"), "Corrected: 40 min deep on w01d2", "It was 30 min deep.")
	if diff := cmp.Diff(coach.Days{{Date: day(2), Day: coach.Day{Deep: 40, Late: true}}}, w.load("ada").Learner.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	w.wantText(w.amend("ada", w.now.Add(-time.Minute), "45"), "If it is minutes, write 45m.")
	w.wantText(w.amend("ada", at(1, "08:00").AddDate(0, 0, -9), "45m"), "That is too long ago")
}

func TestAMessageInAThreadIsFollowed(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "09:00")
	prompt := w.last(coach.ClassPrompt, general)
	w.clock(3, "20:00")
	written := w.now
	in := func(room coach.RoomID, thread, text string) coach.Reply {
		e := w.changed("ada", "amend", written, text)
		e.Room, e.Thread = room, thread
		return w.handle(e)
	}
	w.thread("ada", prompt, "nice one")
	w.wantNothing("no time", in(general, prompt.Key, "nice ones"))
	w.wantNothing("no prompt's thread", in(general, "send/welcome/x/y", "45m"))
	w.wantText(in(general, prompt.Key, "45m, nice one"), "Logged 45 min deep on w01d2")
	w.wantText(in(general, prompt.Key, "45m w01d3"), "Corrected: 45 min deep on w01d3", "It was on w01d2.")
	w.wantText(in(general, prompt.Key, "45m"), "Corrected: 45 min deep on w01d2", "It was on w01d3.")
}

func TestWhatAnEditLeavesStanding(t *testing.T) {
	for text, why := range map[string]string{
		"read about joins":          "I see no time in your message any more.",
		"":                          "I see no time in your message any more.",
		"1h of joins, 2h of copies": "I see more than one time: 1 h and 2 h.",
		"17h":                       "17h is more than one check-in can hold",
		"1h w99d9":                  "There is no unit w99d9",
		"1h 8 days ago":             "That is too long ago",
		"1h on 30 feb":              "I am not sure which day you mean.",
		"16h":                       "That day has 9 h already",
	} {
		t.Run(text, func(t *testing.T) {
			w, written := tuesdays(t)
			w.dm("ada", "45m")
			w.clock(2, "21:00")
			w.say("ada", "/checkin 9h")
			before := w.snapshot()
			reply := w.amend("ada", written, text)
			w.wantText(reply, why, "Your check-in stands as it was: 45 min on w01d2, Tue 2 Mar. Undo takes it back.")
			w.unchanged(text, before)
			w.wantText(w.press("ada", reply.Message, "Undo"), "Taken back: 45 min")
		})
	}
}

func TestAMessageThatIsSettled(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m")
	w.clock(6, "04:00")
	before := w.snapshot()
	w.wantNothing("the same", w.amend("ada", written, "45m"))
	settled := say.TooOldToChange{Days: 3, Day: "Tue 2 Mar"}
	w.wantLine(w.amend("ada", written, "1h"), settled)
	w.wantLine(w.amend("ada", written, "hm"), settled)
	w.wantLine(w.retract("ada", written), settled)
	w.unchanged("settled", before)
}

func TestAnEditAfterUndo(t *testing.T) {
	w, written := tuesdays(t)
	w.press("ada", w.dm("ada", "4h").Message, "Undo")
	before := w.snapshot()
	w.wantNothing("the same", w.amend("ada", written, "4 h"))
	w.wantNothing("no time", w.amend("ada", written, "hm"))
	w.wantNothing("deleted", w.retract("ada", written))
	w.unchanged("undone before", before)
	w.wantText(w.amend("ada", written, "45m"), "Logged 45 min")
	w.wantText(w.retract("ada", written), "Taken back: 45 min")
	if l := w.load("ada").Learner; len(l.Days) != 0 {
		t.Errorf("days are %v", l.Days)
	}
}

func TestAnEditAfterLeaving(t *testing.T) {
	w, written := tuesdays(t)
	w.dm("ada", "45m")
	w.say("ada", "/coach leave")
	w.wantLine(w.retract("ada", written), say.NotALearner{Cohort: "Crew"})
}

func TestAnEditFindsItsCohort(t *testing.T) {
	w, id := town(t) // ada is in two cohorts, and has checked in in one
	written := w.now
	w.clock(1, "08:10")
	w.wantText(w.amend("ada", written, "1h, more than it was"), "Corrected: 1 h")
	if got := w.loadIn(id, "ada").Learner.Days.On(day(1)).Minutes(); got != 60 {
		t.Errorf("%d minutes", got)
	}
	w.wantText(w.amend("ada", written.Add(time.Minute), "1h, of a message"), "Which one is this about?")
}

func TestANewDayIsNoOldEditsBusiness(t *testing.T) {
	w, written := tuesdays(t)
	form := w.press("ada", w.dm("ada", "45m, one").Message, "Edit").Form
	w.submit("ada", form, "finished", "yes")
	w.say("ada", "/coach settings zone Pacific/Auckland") // where it is Wednesday
	w.wantText(w.amend("ada", written, "50m, two"), "Corrected: 50 min", "It was 45 min deep.")
	want := coach.Days{{Date: day(2), Day: coach.Day{Deep: 50, Finished: 1}}}
	if diff := cmp.Diff(want, w.load("ada").Learner.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}
