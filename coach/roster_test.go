package coach_test

import (
	"fmt"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestRoster(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.zones["bob"] = "Asia/Tokyo"
	w.join("bob", "ada", "lena")
	w.press("ada", w.say("ada", "/coach today").Message, "Done for today")
	w.say("bob", "/coach away 3 days")
	w.wantLine(w.say("lena", "/coach roster"), say.Roster{Cohort: "Crew", Total: 3, Rows: []say.RosterRow{
		{Name: "Ada", Zone: "UTC", Now: "08:00", Joined: "Mon 1 Mar", Finished: 1},
		{Name: "Bob", Zone: "Asia/Tokyo", Now: "17:00", Joined: "Mon 1 Mar", Away: true},
		{Name: "Lena", Zone: "UTC", Now: "08:00", Joined: "Mon 1 Mar", Lead: true},
	}})
}

func TestALongRosterFitsItsMessage(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	for i := range 250 {
		for _, text := range []string{"/coach join", "/coach stuck " + strings.Repeat("very ", 30)} {
			e := typed(w.event(fmt.Sprintf("learner%03d", i)), text)
			e.Name = fmt.Sprintf("*%03d* %s", i, strings.Repeat("_long name_", 5))
			w.handle(e)
		}
	}
	for _, text := range []string{textOf(w.say("lena", "/coach roster").Message), textOf(w.say("lena", "/coach attention").Message)} {
		w.wantIn(text, "*000* _long")
		more, named := 0, strings.Count(text, "\n*")
		if _, err := fmt.Sscanf(text[strings.LastIndex(text, "\n"):], "\nand %d more", &more); err != nil || named == 0 || named+more != 250 {
			t.Errorf("%d are named and %d more of 250: %.300s", named, more, text)
		}
	}
}

func TestAttentionIsForThreeMissedDaysOrABlocker(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob", "cyd", "dan", "eve")
	w.say("ada", "/checkin 10m")
	w.say("bob", "/coach away 3 days")
	w.say("cyd", "/coach settings rest tue")
	w.clock(3, "10:00")
	w.say("eve", "/coach stuck on joins")
	w.wantLine(w.say("lena", "/coach attention"), say.Attention{Cohort: "Crew", Days: 3, Total: 1, Rows: []say.AttentionRow{
		{Name: "Eve", Stuck: "w01d3", Note: "on joins"},
	}})
	w.clock(4, "10:00")
	w.wantLine(w.say("lena", "/coach attention"), say.Attention{Cohort: "Crew", Days: 3, Total: 2, Rows: []say.AttentionRow{
		{Name: "Dan", Missed: 3}, {Name: "Eve", Stuck: "w01d3", Note: "on joins", Missed: 3},
	}})
	w.clock(5, "10:00") // three days without Ada, and three expected ones without Cyd
	w.say("dan", "/checkin 10m")
	w.wantLine(w.say("lena", "/coach attention"), say.Attention{Cohort: "Crew", Days: 3, Total: 3, Rows: []say.AttentionRow{
		{Name: "Ada", Missed: 3}, {Name: "Cyd", Missed: 3}, {Name: "Eve", Stuck: "w01d3", Note: "on joins", Missed: 4},
	}})
	if got := len(w.posted(coach.ClassNotice, general)); got != 1 {
		t.Errorf("%d notices in the room", got) // the welcome
	}
}

func TestNobodyNeedsAttention(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantLine(w.say("lena", "/coach attention"), say.Attention{Cohort: "Crew", Days: 3})
}
