package coach_test

import (
	"fmt"
	"slices"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestTheBoardNamesThoseWhoWantIt(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob", "cyd", "dan")
	w.say("dan", "/checkin 3h")
	w.say("ada", "/checkin 45m")
	w.say("bob", "/checkin 1h")
	w.say("cyd", "/checkin 2h")
	off := w.say("ada", "/coach board")
	w.wantLine(off, say.Board{Cohort: "Crew", Week: "1 Mar"})
	if got := buttons(off.Message); !slices.Equal(got, []string{"Name me, too"}) {
		t.Errorf("buttons are %v", got)
	}
	w.wantText(w.press("ada", off.Message, "Name me, too"), "Named on the board: yes")
	w.say("bob", "/coach settings board on")
	w.say("ada", "/checkin 5m yesterday") // before the start: refused
	w.say("ada", "/checkin 30m")
	on := w.say("ada", "/coach board")
	w.wantLine(on, say.Board{Cohort: "Crew", Week: "1 Mar", On: true, Hours: true, Rows: []say.BoardRow{{Place: 1, Name: "Ada", Score: 75}, {Place: 2, Name: "Bob", Score: 60}}})
	if got := buttons(on.Message); len(got) != 0 {
		t.Errorf("buttons are %v", got)
	}
	w.say("ada", "/coach undo")
	w.wantLine(w.say("cyd", "/coach board"), say.Board{Cohort: "Crew", Week: "1 Mar", Hours: true, Rows: []say.BoardRow{{Place: 1, Name: "Bob", Score: 60}, {Place: 2, Name: "Ada", Score: 45}}})

	w.say("bob", "/coach leave")
	w.say("ada", "/coach settings board off")
	w.wantLine(w.say("cyd", "/coach board"), say.Board{Cohort: "Crew", Week: "1 Mar"})
	w.say("bob", "/coach join")
	w.wantLine(w.say("cyd", "/coach board"), say.Board{Cohort: "Crew", Week: "1 Mar", Hours: true, Rows: []say.BoardRow{{Place: 1, Name: "Bob", Score: 60}}})
	w.clock(8, "10:00")
	w.wantLine(w.say("cyd", "/coach board"), say.Board{Cohort: "Crew", Week: "8 Mar"})
}

func TestTheHoursOfTheOneWhoIsNotNamedCannotBeTold(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	people := []string{"ada", "bob", "cyd", "dan", "eve", "fay", "gus"} // more than a summary names
	w.join(people...)
	for i, who := range people {
		w.say(who, fmt.Sprintf("/checkin %dh", i+1))
		if who != "gus" {
			w.say(who, "/coach settings board on")
		}
	}
	for _, text := range []string{textOf(w.say("ada", "/coach board").Message), textOf(w.say("lena", "/coach summary").Message)} {
		w.wantIn(text, "Fay", "Bob")
		w.wantNot(text, "Fay 6 h", "6 h\n", "Gus")
	}
	w.say("fay", "/coach settings board off") // two are not named
	w.wantText(w.say("ada", "/coach board"), "Eve · 5 h")
	w.wantText(w.say("lena", "/coach summary"), "Eve 5 h")
	w.say("fay", "/coach settings board on")
	w.say("gus", "/coach settings board on") // all want it
	w.wantText(w.say("ada", "/coach board"), "Gus · 7 h")
	w.wantText(w.say("lena", "/coach summary"), "Gus 7 h")
}

func TestTheBoardHasTenPlaces(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	for i := range 12 {
		who := fmt.Sprintf("learner%02d", i)
		w.join(who)
		w.say(who, "/coach settings board on")
		w.say(who, fmt.Sprintf("/checkin %dh", 1+i))
	}
	text := textOf(w.say("learner00", "/coach board").Message)
	w.wantIn(text, "1. Learner11 · 12 h", "10. Learner02 · 3 h")
	w.wantNot(text, "Learner01", "11.")
}

func TestAnOldStreakIsNoMilestoneOfTheWeek(t *testing.T) {
	w := newWorld(t)
	w.cohort("study", "mon-sun")
	w.join("ada", "bob")
	for d := 1; d <= 9; d++ {
		w.clock(d, "10:00")
		w.say("ada", "/checkin 10m")
		w.say("bob", "/checkin 10m")
	}
	w.say("ada", "/coach settings board on")
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), "Streaks reached")
}

func TestAMilestoneThatIsTakenBack(t *testing.T) {
	w := newWorld(t)
	w.cohort("study", "mon-sun", "summary-day", "mon", "summary-time", "20:00")
	w.join("ada", "bob")
	w.say("ada", "/coach settings board on")
	for d := 1; d <= 7; d++ {
		w.now = at(d, "10:00")
		w.say("ada", "/checkin 10m")
		w.say("bob", "/checkin 10m")
	}
	w.wantText(w.say("lena", "/coach summary"), "Streaks reached: Ada 7 days")
	w.say("ada", "/coach undo")
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), "Streaks reached")
	w.say("ada", "/checkin 10m")
	w.wantText(w.say("lena", "/coach summary"), "Streaks reached: Ada 7 days")
	w.now = at(8, "10:00")
	w.say("ada", "/coach undo") // on the Monday after
	w.wantNot(textOf(w.say("lena", "/coach summary last").Message), "Streaks reached")
	w.say("ada", "/checkin 10m on sunday")
	w.wantText(w.say("lena", "/coach summary"), "Streaks reached: Ada 7 days") // in the week in which it was reported
}

func TestARankThatWasLeftBehindNamesNobody(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada", "bob")
	if _, _, err := w.store.Update(t.Context(), coach.Scope{Cohort: id}, func(coach.State) (coach.Change, error) {
		return coach.Change{Ranks: []coach.Rank{
			{Board: "hours/2027-03-01", Learner: user("ada"), Score: 60}, {Board: "hours/2027-03-01", Learner: user("gone"), Score: 60}}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	w.wantLine(w.say("bob", "/coach board"), say.Board{Cohort: "Crew", Week: "1 Mar"})
}
