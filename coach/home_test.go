package coach_test

import (
	"fmt"
	"slices"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

// home opens somebody's home page, which changes nothing.
func (w *world) home(who string) *coach.Message {
	w.Helper()
	before := w.snapshot()
	e := w.event(who)
	e.Room, e.Verb = e.From.Direct(), "home"
	m := w.handle(e).Message
	w.unchanged("the home page", before)
	if len(m.Blocks) > 60 {
		w.Errorf("the home page has %d blocks", len(m.Blocks))
	}
	return m
}

func TestTheHomePageOfALearner(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 45m")
	m := w.home("ada")
	w.wantIn(textOf(m), "Crew\n", "Week 1, w01d1: An empty file and no completion", "Streak: 1 day", "Freezes: 0 of 2", "This week: 45 min of 12 h",
		"Study time of the last 12 weeks", "/coach away")
	w.wantNot(textOf(m), "question is due", "For leads", "Prompt at")
	if !slices.ContainsFunc(m.Blocks, func(b coach.Block) bool { return b.Image != nil && b.Image.Heat != nil }) {
		t.Error("there is no heat map")
	}
	w.wantText(w.press("ada", m, "Done for today"), "Logged")
	w.wantText(w.press("ada", m, "Why this streak?"), "Your streak is")
	if w.press("ada", m, "Settings").Form == nil {
		t.Error("the settings do not open")
	}

	w.press("ada", w.press("ada", w.say("ada", "/coach quiz").Message, "Just show it").Message, "Good")
	w.clock(6, "20:00")
	m = w.home("ada")
	w.wantIn(textOf(m), "1 question is due.")
	w.wantText(w.press("ada", m, "Answer questions"), "From w01d1")
	w.clock(7, "20:00") // a Sunday
	w.wantIn(textOf(w.home("ada")), "No unit today: rest counts, too.")
}

func TestTheHomePageOfALead(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.say("ada", "/checkin 45m")
	m := w.home("lena")
	w.wantIn(textOf(m), "Crew · Backend", "Prompt at 09:00, next Mon 1 Mar 09:00.", "Summary on Sunday at", "Checked in this week: 1 learner.", "For leads")
	w.wantNot(textOf(m), "Streak:", "Announcements", "w01d1")
	w.press("lena", w.submit("lena", w.press("lena", m, "Announce").Form, "text", "Hello", "date", "2027-03-20").Message, "Plan it")
	w.submit("lena", w.say("lena", "/coach announce").Form, "text", "A mere draft")
	w.say("lena", "/coach pause")
	m = w.home("lena")
	w.wantIn(textOf(m), "(paused)", "Sat 20 Mar", "Hello")
	w.wantNot(textOf(m), "A mere draft")
	w.wantText(w.press("lena", m, buttons(m)[slices.Index(buttons(m), "Show the cohort")+1]), "")
	w.wantNot(textOf(w.home("lena")), "Hello")
	w.wantText(w.press("lena", m, "Show the cohort"), "Crew")

	w.join("lena")
	w.wantIn(textOf(w.home("lena")), "The cohort is paused.", "Streak: no days", "Checked in this week")
}

func TestTheHomePageOfAStranger(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.wantIn(textOf(w.home("ada")), say.Unmarked(say.Text(say.HomeEmpty{})), "/coach help")
	w.join("ada")
	w.say("ada", "/coach leave")
	m := w.home("ada")
	w.wantIn(textOf(m), say.Unmarked(say.Text(say.HomeEmpty{Left: true})), "You were in Crew.")
	w.wantText(w.press("ada", m, "Join again"), "Welcome back to Crew")
}

func TestTheHomePageOfManyCohorts(t *testing.T) {
	w := newWorld(t)
	for i := 1; i <= 17; i++ {
		room := coach.RoomID(fmt.Sprintf("web/playground/room%02d", i))
		w.cohortIn(room, "name", fmt.Sprint("Crew ", i))
		for _, who := range []string{"lena", "ada"} {
			e := typed(w.event(who), "/coach join")
			e.Room = room
			w.handle(e)
		}
		m := w.home("lena")
		text := textOf(m)
		switch {
		case i <= 2:
			w.wantIn(text, fmt.Sprint("Crew ", i, "\n"), "Done when", "Prompt at")
		case i <= 15:
			w.wantIn(text, fmt.Sprint("Crew ", i, "\n"), "Today: w01d1 An empty file and no completion. Streak: no days. This week: 0 min of 12 h.")
			w.wantNot(text, "more cohort")
		default:
			w.wantIn(text, "And "+say.Plural(i-15, "more cohort", "more cohorts"))
		}
	}
	w.wantText(w.press("ada", w.home("ada"), "Today"), "w01d1")
}
