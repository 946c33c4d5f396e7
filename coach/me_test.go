package coach_test

import (
	"fmt"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestMe(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "10")
	w.join("ada")
	w.wantLine(textBlock(w.say("ada", "/coach me")), say.Me{Name: "Ada", Cohort: "Crew", FreezeIn: 7, Goal: 600, Advice: 70, Units: 156})
	w.say("ada", "/checkin 1h")
	for d := 2; d <= 8; d++ {
		w.clock(d, "20:00")
		w.say("ada", "/checkin 15m ai")
	}
	w.clock(9, "20:00")
	w.press("ada", w.say("ada", "/coach today").Message, "Done for today")
	w.clock(10, "20:00")
	w.clock(11, "20:00") // Wednesday was missed, and frozen
	w.say("ada", "/checkin 45m")
	w.say("ada", "/coach stuck on joins")
	reply := w.say("ada", "/coach me")
	// 60 + 120 + 45 minutes deep, and 7 x 15 + 25 directing AI.
	w.wantLine(textBlock(reply), say.Me{
		Name: "Ada", Cohort: "Crew", Streak: 10, Best: 10, Freezes: 0, FreezeIn: 4,
		Total: 355, Week: 15 + 145 + 45, Goal: 600, Today: 45, DeepShare: 63, AIShare: 37, Advice: 70, Finished: 1, Units: 156, Stuck: "w02d4",
	})
	image := reply.Message.Blocks[1].Image
	heat := image.Heat
	if len(heat.Minutes) != 12 || heat.Minutes[10] != [7]int{60, 15, 15, 15, 15, 15, 15} || heat.Minutes[11] != [7]int{15, 145, 0, 45, -1, -1, -1} {
		t.Errorf("the heat map shows %v", heat.Minutes)
	}
	if got := strings.Join(heat.Weeks, " "); got != "  Jan    Feb    Mar " {
		t.Errorf("weeks are labelled %q", got)
	}
	if want := say.Unmarked(say.Text(say.HeatAlt{Weeks: 12, Days: 10, Minutes: 355, Most: 205, MostWeek: "8 Mar"})); image.Alt != want {
		t.Errorf("the alt text is %q, want %q", image.Alt, want)
	}
}

// textBlock is a reply without all but its first text.
func textBlock(r coach.Reply) coach.Reply {
	return coach.Reply{Message: coach.Say(r.Message.Blocks[0])}
}

func TestWhyExplainsEveryDay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("lena", "/coach holiday 2027-03-10")
	for d := 1; d <= 8; d++ {
		w.clock(d, "20:00")
		if d != 7 {
			w.say("ada", "/checkin 30m")
		}
	}
	w.clock(9, "20:00")
	w.clock(10, "20:00")
	w.clock(11, "20:00")
	w.say("ada", "/coach away until 2027-03-12")
	w.clock(13, "20:00")
	w.say("ada", "/coach settings rest mon")
	w.clock(16, "20:00")
	w.say("ada", "/checkin 30m on saturday")
	w.wantLine(w.say("ada", "/coach why 30"), say.Why{Streak: 8, FreezeIn: 6, Rows: []say.WhyRow{
		{Date: "Mon 1 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 1},
		{Date: "Tue 2 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 2},
		{Date: "Wed 3 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 3},
		{Date: "Thu 4 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 4},
		{Date: "Fri 5 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 5},
		{Date: "Sat 6 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 6},
		{Date: "Sun 7 Mar", Verdict: "rest", Because: "weekday off", Count: 6},
		{Date: "Mon 8 Mar", Verdict: "done", Minutes: 30, Because: "expected", Earned: true, Count: 7},
		{Date: "Tue 9 Mar", Verdict: "frozen", Because: "expected", Count: 7},
		{Date: "Wed 10 Mar", Verdict: "rest", Because: "holiday", Count: 7},
		{Date: "Thu 11 Mar", Verdict: "away", Because: "away", Count: 7},
		{Date: "Fri 12 Mar", Verdict: "away", Because: "away", Count: 7},
		{Date: "Sat 13 Mar", Verdict: "done", Minutes: 30, Late: true, Because: "expected", Count: 8},
		{Date: "Sun 14 Mar", Verdict: "rest", Because: "weekday off", Count: 8},
		{Date: "Mon 15 Mar", Verdict: "rest", Because: "own rest day", Count: 8},
		{Date: "Tue 16 Mar", Verdict: "open", Because: "expected", Count: 8},
	}})
	for typed, rows := range map[string]int{"": 14, "3": 3, "0": 1, "-7": 1, "99999999999999999999": 14, "many": 14, "500": 16} {
		if got := strings.Count(textOf(w.say("ada", "/coach why "+typed).Message), " · ") / 2; got != rows {
			t.Errorf("why %s shows %d rows, want %d", typed, got, rows)
		}
	}
}

func TestWhyFoldsALongAbsence(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "20:00")
	w.say("ada", "/checkin 30m")
	w.clock(5, "20:00")
	w.say("ada", "/checkin 30m")
	w.clock(6, "20:00")
	w.say("ada", "/coach away until 2027-03-10")
	w.clock(12, "20:00")
	w.say("lena", "/coach pause")
	w.clock(16, "20:00")
	w.say("lena", "/coach resume")
	w.clock(18, "20:00")
	line := say.Why{FreezeIn: 5, Rows: []say.WhyRow{
		{Date: "Mon 1 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 1},
		{Date: "Tue 2 Mar", To: "Thu 4 Mar", Days: 3, Verdict: "missed", Because: "expected"},
		{Date: "Fri 5 Mar", Verdict: "done", Minutes: 30, Because: "expected", Count: 1},
		{Date: "Sat 6 Mar", To: "Wed 10 Mar", Days: 5, Verdict: "away", Because: "away", Count: 1},
		{Date: "Thu 11 Mar", Verdict: "missed", Because: "expected"},
		{Date: "Fri 12 Mar", To: "Mon 15 Mar", Days: 4, Verdict: "rest", Because: "pause"},
		{Date: "Tue 16 Mar", Verdict: "missed", Because: "expected"}, // two are two rows
		{Date: "Wed 17 Mar", Verdict: "missed", Because: "expected"},
		{Date: "Thu 18 Mar", Verdict: "open", Because: "expected"},
	}}
	reply := w.say("ada", "/coach why 30")
	w.wantLine(reply, line)
	w.wantText(reply, "Tue 2 Mar to Thu 4 Mar, 3 days · missed: expected, and no freeze was held · 0\n", "Sat 6 Mar to Wed 10 Mar, 5 days · away: nothing was expected · 1\n")

	// The days asked for are counted as days.
	line.Rows = append([]say.WhyRow{{Date: "Sun 14 Mar", Verdict: "rest", Because: "pause"}, {Date: "Mon 15 Mar", Verdict: "rest", Because: "pause"}}, line.Rows[6:]...)
	w.wantLine(w.say("ada", "/coach why 5"), line)
}

func TestWhyIsShortEvenOfManyDays(t *testing.T) {
	w := newWorld(t)
	w.cohort("study", "mon-sun")
	w.join("ada")
	for d := 1; d <= 60; d++ {
		w.now = at(d, "20:00")
		w.say("ada", fmt.Sprintf("/checkin %dm", 10+d))
	}
	w.wantText(w.say("ada", "/coach why 400"), "Your streak is 60 days", "A day ends at 04:00.")
}
