package coach_test

import (
	"strings"
	"testing"

	"studycoach/content/say"
)

func TestTodayShowsTheUnitOfTheDay(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-02")
	w.join("ada")
	w.wantLine(w.say("ada", "/coach today"), say.NoUnitToday{Day: "Mon 1 Mar", Why: "before", Next: "Tue 2 Mar", Title: "An empty file and no completion"})
	if got := buttons(w.say("ada", "/coach today").Message); len(got) != 0 {
		t.Errorf("before the start the buttons are %v", got)
	}
	w.clock(2, "04:00")
	reply := w.say("ada", "/coach today")
	w.wantText(reply, "Week 1, w01d1: An empty file and no completion", "Tue 2 Mar · 2 h 10", "1. 40 min.", "No AI today", "Done when", "To think about")
	if got := strings.Join(buttons(reply.Message), ", "); got != "Check in, Done for today, I'm stuck" {
		t.Errorf("buttons are %s", got)
	}
	w.clock(3, "03:59")
	w.wantText(w.say("ada", "/coach today"), "w01d1")
	w.clock(3, "10:00")
	w.wantText(w.say("bob", "/coach today"), "w01d2") // also to guests
	w.clock(7, "10:00")
	reply = w.say("ada", "/coach today")
	w.wantText(reply, "No unit today: rest counts, too.", "Next: Have the tests written, then doubt them on Mon 8 Mar.")
	if got := strings.Join(buttons(reply.Message), ", "); got != "Check in" {
		t.Errorf("buttons are %s", got)
	}
}

func TestTodayOnDaysOff(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("lena", "/coach holiday 2027-03-02")
	w.clock(2, "10:00")
	w.wantLine(w.say("ada", "/coach today"), say.NoUnitToday{Day: "Tue 2 Mar", Why: "holiday", Next: "Wed 3 Mar", Title: "What a copy copies"})
	w.clock(3, "10:00")
	w.say("lena", "/coach pause")
	w.wantLine(w.say("ada", "/coach today"), say.NoUnitToday{Day: "Wed 3 Mar", Why: "pause"})
}

func TestTodayAfterTheEnd(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(182, "10:00")
	w.wantText(w.say("ada", "/coach today"), "You are through the roadmap")
	w.wantText(w.say("ada", "/coach plan"), "156 of 156 units are behind you; the roadmap ends on Sat 28 Aug 2027", "No more units ahead.")
	w.wantText(w.say("ada", "/checkin 45m of rest"), "Logged 45 min", "w26d6", "Streak: 1 day")
}

func TestPlanShowsTheComingDays(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("lena", "/coach holiday 2027-03-03")
	w.clock(2, "10:00")
	w.press("ada", w.say("ada", "/coach today").Message, "Done for today")
	reply := w.say("ada", "/coach plan")
	w.wantText(reply, "1 of 156 units is behind you; the roadmap ends on Mon 30 Aug 2027", "✓ Tue 2 Mar w01d2", "· Thu 4 Mar w01d3", "· Tue 9 Mar w02d1")
	w.wantNot(textOf(reply.Message), "Wed 3 Mar", "w01d1", "w02d3")
	w.wantText(w.say("bob", "/coach plan"), "▸ Tue 2 Mar w01d2")
	w.say("lena", "/coach pause")
	reply = w.say("ada", "/coach plan")
	w.wantText(reply, "1 of 156 units is behind you", "No more units ahead.")
	w.wantNot(textOf(reply.Message), "the last one on")
}

func TestTasksComeInTheChosenLanguage(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	differ := 0
	for _, u := range mustRoadmap().Units() {
		for _, task := range u.Tasks {
			if task.In("rust") != task.Text {
				differ++
			}
		}
	}
	if differ == 0 {
		t.Fatal("the roadmap has no variants")
	}
	w.say("ada", "/coach settings language rust")
	found := 0
	for d := 1; d <= 181; d++ {
		w.clock(d, "10:00")
		text := textOf(w.say("ada", "/coach today").Message)
		for _, u := range mustRoadmap().Units() {
			for _, task := range u.Tasks {
				if in := say.Unmarked(task.In("rust")); task.In("rust") != task.Text && strings.Contains(text, in) {
					found++
				}
			}
		}
	}
	if found != differ {
		t.Errorf("%d of %d variants were shown", found, differ)
	}
}
