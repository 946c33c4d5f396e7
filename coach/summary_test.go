package coach_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestTheWeeklySummary(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "10")
	w.join("ada", "bob", "cyd")
	w.say("ada", "/coach settings board on")
	for d := 1; d <= 6; d++ {
		w.clock(d, "20:00")
		w.say("ada", "/checkin 1h")
		w.say("bob", "/checkin 30m ai")
	}
	w.say("bob", "/checkin 15m, stuck on joins")
	w.say("cyd", "/coach stuck on joins")
	w.clock(7, "10:00")
	w.say("ada", "/checkin 20m ai")
	w.clock(7, "18:00")
	first := w.last(coach.ClassSummary, general)
	text := textOf(&first.Message)
	// 5 x 60 minutes deep; 6 x 30 + 20 directing AI, and 60 + 15 on Saturday, whose unit does.
	w.wantIn(text, "Crew: the week of 1 Mar – 7 Mar", "2 learners studied 9 h 35 together, 4 h 48 each", "the goal is 10 h, the roadmap's advice 10 to 15 h",
		"52 % deep and 48 % directing AI (advice: 70 and 30)", "Units finished: 0.", "Streaks reached: Ada 7 days", "Where people got stuck: w01d6 Have the tests written, then doubt them (2)",
		"Next week is week 2: Memory, and what a loop costs")
	w.wantNot(text, "Bob", "Cyd", "week before")

	w.clock(8, "20:00")
	w.press("ada", w.say("ada", "/coach today").Message, "Done for today")
	w.press("bob", w.say("bob", "/coach today").Message, "Done for today")
	w.clock(14, "18:00")
	second := w.last(coach.ClassSummary, general)
	text = textOf(&second.Message)
	w.wantIn(text, "2 learners studied 4 h 50 together", "Units finished: 2.", "4 h 45 less than the week before")
	w.wantNot(text, "Streaks reached", "stuck:")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Sun 7 18:00", "Sun 14 18:00"}) {
		t.Errorf("summaries at %v", got)
	}
	w.wantText(w.say("lena", "/coach summary last"), "the week of 1 Mar – 7 Mar", "2 learners studied 9 h 35")
}

func TestTheSummaryKeepsNumbersAboutOnePerson(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.wantIn(textOf(w.say("lena", "/coach summary").Message), "A quiet week, without check-ins.")
	w.say("ada", "/checkin 1h23m")
	m := w.say("lena", "/coach summary").Message
	w.wantIn(textOf(m), "A quiet week: one learner checked in, so there are no sums to show.")
	w.wantNot(textOf(m), "1 h 23", "%", "Ada")
	for _, b := range m.Blocks {
		if b.Image != nil {
			t.Error("a chart of one person is drawn")
		}
	}
	w.say("bob", "/checkin 10m")
	w.wantText(w.say("lena", "/coach summary"), "2 learners studied 1 h 33 together")

	w.clock(8, "10:00")
	w.say("ada", "/checkin 1h")
	w.say("bob", "/checkin 1h")
	w.wantText(w.say("lena", "/coach summary"), "27 min more than the week before")
	w.press("bob", w.dm("bob", "/coach forget-me").Message, "Yes, delete everything")
	w.join("cyd", "dan")
	w.say("cyd", "/checkin 1h")
	w.say("dan", "/checkin 1h")
	text := textOf(w.say("lena", "/coach summary").Message) // last week is Ada's alone by now
	w.wantIn(text, "3 learners studied 3 h")
	w.wantNot(text, "week before")
}

func TestTheSummaryNamesOnlyThoseWhoWantIt(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	people := []string{"ada", "bob", "cyd", "dan"}
	w.join(people...)
	for _, who := range people[:2] {
		w.say(who, "/coach settings board on")
	}
	for i, who := range people {
		w.say(who, fmt.Sprintf("/checkin %dh", i+1))
	}
	text := textOf(w.say("lena", "/coach summary").Message)
	w.wantIn(text, "Bob 2 h", "Ada 1 h")
	w.wantNot(text, "Cyd", "Dan")

	w.say("cyd", "/coach settings board on") // now the sum would tell Dan's hours
	text = textOf(w.say("lena", "/coach summary").Message)
	w.wantIn(text, "Cyd, Bob, Ada")
	w.wantNot(text, "Dan", "Cyd 3", "Bob 2", "Ada 1")

	w.say("cyd", "/coach settings board off")
	w.say("bob", "/coach leave")
	w.say("ada", "/coach settings board off")
	w.wantNot(textOf(w.say("lena", "/coach summary").Message), "Ada", "Bob", "Cyd", "Dan")
}

func TestTheSummaryBeforeTheStart(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-10")
	w.wantLine(w.say("lena", "/coach summary"), say.NoSummaryYet{Start: "Wed 10 Mar"})
	w.clock(7, "19:00")
	if got := w.posted(coach.ClassSummary, ""); len(got) != 0 {
		t.Errorf("summaries at %v", times(got))
	}
	w.clock(14, "19:00")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Sun 14 18:00"}) {
		t.Errorf("summaries at %v", got)
	}
}

func TestTheSummaryOnAMondayIsAboutTheWeekBefore(t *testing.T) {
	w := newWorld(t)
	w.cohort("summary-day", "mon", "summary-time", "08:00")
	w.join("ada", "bob")
	w.say("ada", "/checkin 1h")
	w.say("bob", "/checkin 1h")
	w.clock(8, "09:00")
	summary := w.last(coach.ClassSummary, general)
	w.wantIn(textOf(&summary.Message), "the week of 1 Mar – 7 Mar", "2 learners studied 2 h")
}

func TestSummariesEndWithTheRoadmap(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(225, "10:00")
	got := times(w.posted(coach.ClassSummary, "")) // from 7 March to 29 August
	if len(got) != 26 || got[0] != "Sun 7 18:00" || got[25] != "Sun 29 18:00" {
		t.Errorf("summaries at %v", got)
	}
	if got := w.waiting(""); len(got) != 0 {
		t.Errorf("planned are %v", got)
	}
}

func TestTheChartShowsWhatTwoOrMoreDid(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "12")
	w.join("ada", "bob")
	for d, who := range map[int][]string{1: {"ada", "bob"}, 2: {"ada"}, 3: {"ada", "bob"}, 4: {"ada", "bob"}, 5: {"bob"}} {
		w.now = at(d, "20:00")
		for _, name := range who {
			w.say(name, fmt.Sprintf("/checkin %dm", 10*d))
			w.say(name, fmt.Sprintf("/checkin %dm ai", d))
		}
	}
	w.now = at(6, "10:00")
	var image *coach.Image
	for _, b := range w.say("lena", "/coach summary").Message.Blocks {
		if b.Image != nil {
			image = b.Image
		}
	}
	chart := image.Week
	if diff := cmp.Diff([2][7]int{{20, 0, 60, 80}, {2, 0, 6, 8}}, [2][7]int{chart.Deep, chart.AI}); diff != "" {
		t.Errorf("the chart shows (-want +got):\n%s", diff)
	}
	// Two learners with 12 hours on 6 days.
	if chart.Goal != 240 || chart.Days[0] != "Mon 1" || !strings.Contains(image.Alt, "Mon 20 min and 2 min; Tue none") {
		t.Errorf("the chart is %+v, alt %q", chart, image.Alt)
	}
}

// TestTheSummaryIsTheSumOfTheEntries compares what a summary says with an
// independent sum over everybody's entries.
func TestTheSummaryIsTheSumOfTheEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		id := w.cohort("study", "mon-sun")
		people := []string{"ada", "bob", "cyd", "dan"}
		w.join(people...)
		for d := 1; d <= 7; d++ {
			w.now = at(d, "12:00")
			for _, who := range people {
				switch rapid.IntRange(0, 4).Draw(t, "what") {
				case 0:
					w.say(who, fmt.Sprintf("/checkin %dm", rapid.IntRange(1, 300).Draw(t, "deep")))
				case 1:
					w.say(who, fmt.Sprintf("/checkin %dm ai, stuck on x", rapid.IntRange(1, 300).Draw(t, "ai")))
				case 2:
					w.press(who, w.say(who, "/coach today").Message, "Done for today")
				case 3:
					w.say(who, "/coach undo")
				}
			}
		}
		deep, ai, finished, active := 0, 0, 0, 0
		for _, who := range people {
			sum := sumOf(w.loadIn(id, who).Entries, day(1))
			deep, ai, finished = deep+sum.deep, ai+sum.ai, finished+sum.finished
			if sum.deep+sum.ai > 0 {
				active++
			}
		}
		text := textOf(w.say("lena", "/coach summary").Message)
		if active < 2 {
			w.wantNot(text, "together")
			return
		}
		w.wantIn(text, fmt.Sprintf("%d learners studied %s together, %s each", active, say.Minutes(deep+ai), say.Minutes(int(math.Round(float64(deep+ai)/float64(active))))),
			fmt.Sprintf("Units finished: %d.", finished))
	})
}
