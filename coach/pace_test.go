package coach_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content"
)

func TestASlowCohortStudiesUnitsInParts(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "6")
	w.join("ada")
	w.clock(1, "10:00")
	prompt := w.last(coach.ClassPrompt, general)
	w.wantIn(textOf(&prompt.Message), "Week 1, w01d1, part 1 of 2: ", "Mon 1 Mar · 40 min", "The rest of this unit follows on the next study day.\n1. ")
	w.wantNot(textOf(&prompt.Message), "Done when:", "for today,")
	w.wantText(w.say("ada", "/coach plan"), "0 of 156 units are behind you", "Pace: 6 hours a week on 6 days.",
		"▸ Mon 1 Mar w01d1 An empty file and no completion, part 1 of 2 (40 min)", "· Wed 3 Mar w01d2 What a copy copies, part 1 of 3 (30 min)")

	w.wantText(w.press("ada", &prompt.Message, "Done for today"), "Logged 40 min deep on w01d1 An empty file and no completion.\n")
	w.wantText(w.press("ada", &prompt.Message, "Done for today"), "Part 1 of 2 of w01d1 An empty file and no completion is logged for today already.")
	w.wantText(w.thread("ada", prompt, "20m more"), "Logged 20 min deep on w01d1")
	if form := w.press("ada", &prompt.Message, "I'm stuck").Form; fieldOf(form, "unit").Value != "w01d1" {
		t.Errorf("stuck on %q", fieldOf(form, "unit").Value)
	}
	w.wantText(w.say("ada", "/coach quiz"), "No question is due yet") // before the unit has ended

	w.clock(1, "20:00")
	w.wantText(w.say("ada", "/coach today"), "part 1 of 2")
	w.clock(2, "10:00")
	prompt = w.last(coach.ClassPrompt, general)
	w.wantIn(textOf(&prompt.Message), "Week 1, w01d1, part 2 of 2: ", "Done when:", "\n2. ", "\n3. ")
	w.wantText(w.press("ada", &prompt.Message, "Check in"), "")
	w.wantText(w.press("ada", &prompt.Message, "Done for today"), "Unit finished.")
	w.wantText(w.press("ada", &prompt.Message, "Done for today"), "You have finished w01d1")
	w.wantText(w.say("ada", "/coach quiz"), "w01d1")
	w.wantText(w.say("ada", "/coach me"), "Units finished: 1 of 156.")
	w.clock(3, "20:01")
	nudge := w.last(coach.ClassNudge, user("ada").Direct())
	w.wantIn(textOf(&nudge.Message), "w01d2 What a copy copies, part 1 of 3 (30 min)")
}

func TestAFastCohortStudiesSeveralUnitsADay(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "20")
	w.join("ada")
	w.clock(1, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Mon 1 09:00 w01d2")
	prompts := w.posted(coach.ClassPrompt, general)
	w.wantIn(textOf(&prompts[0].Message), "Week 1, w01d1: ", "The first of 2 for today, 3 h 30 in all.", "Done when:")
	w.wantIn(textOf(&prompts[1].Message), "Week 1, w01d2, part 1 of 2: ", "Number 2 of 2 for today, 3 h 30 in all.\nThe rest of this unit follows")
	w.wantText(w.say("ada", "/coach plan"), "▸ Mon 1 Mar w01d1 An empty file and no completion, w01d2 What a copy copies, part 1 of 2 (3 h 30)",
		"· Tue 2 Mar w01d2 What a copy copies, part 2 of 2, w01d3 Lists, maps and sets (3 h 15)")

	today := w.say("ada", "/coach today").Message
	w.wantIn(textOf(today), "Week 1, w01d1: ")
	w.wantText(w.press("ada", today, "w01d2"), "Week 1, w01d2, part 1 of 2: ")
	w.wantText(w.thread("ada", prompts[1], "30m ahead of time"), "on w01d2")
	w.wantText(w.say("ada", "/checkin 20m"), "on w01d1")
	w.press("ada", today, "Done for today")
	w.wantText(w.say("ada", "/checkin 20m"), "on w01d2") // as w01d1 is finished
	w.wantText(w.say("ada", "/coach today"), "Week 1, w01d2, part 1 of 2: ")
	w.wantText(w.press("ada", &prompts[1].Message, "Done for today"), "on w01d2")
}

// TestAnotherPaceGoesOnWhereTheCohortIs changes the hours twice: each counts from
// the next day on, and together the prompts are each task once, in order.
func TestAnotherPaceGoesOnWhereTheCohortIs(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "6")
	w.clock(3, "08:00")
	set := func(hours string) {
		w.submit("lena", w.say("lena", "/coach cohort edit").Form, "goal", hours)
	}
	set("20")
	w.wantText(w.say("lena", "/coach cohort"), "Goal: 20 hours a week from Thu 4 Mar on.")
	w.clock(4, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Tue 2 09:00 w01d1.2", "Wed 3 09:00 w01d2", "Thu 4 09:00 w01d2.2", "Thu 4 09:00 w01d3")
	w.wantIn(textOf(&w.posted(coach.ClassPrompt, general)[3].Message), "part 2 of 2")
	set("")
	w.clock(8, "10:00")
	w.wantText(w.say("lena", "/coach cohort"), "Goal: 12 hours a week.")
	w.wantNot(textOf(w.say("lena", "/coach plan").Message), "Pace:")

	var got, want []string
	for _, p := range w.posted(coach.ClassPrompt, general) {
		got = append(got, strings.SplitN(p.Key, "/", 6)[4])
	}
	steps := mustRoadmap().Paced(content.Pace{Hours: 6, Days: 6}).Then(3, content.Pace{Hours: 20, Days: 6}).Then(4, content.Pace{Hours: 12, Days: 6})
	for i := range 7 {
		for _, p := range steps.At(i).Parts {
			want = append(want, p.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || !slices.Contains(got, "w01d5") {
		t.Errorf("prompts (-want +got):\n%s", diff)
	}
}

// TestAPaceChangedAfterTheDaysPrompt is about the hours before four in which the
// study day is still yesterday's, and today's prompt may be out.
func TestAPaceChangedAfterTheDaysPrompt(t *testing.T) {
	w := newWorld(t)
	w.cohort("goal", "20", "prompt", "02:30", "start", "2027-03-02")
	w.clock(2, "03:00")
	w.submit("lena", w.say("lena", "/coach cohort edit").Form, "goal", "6")
	w.clock(3, "03:00")
	w.wantPrompts("Tue 2 02:30 w01d1", "Tue 2 02:30 w01d2", "Wed 3 02:30 w01d2.3")
}

// TestCheckpointsFollowThePace holds that one is asked on the day after its last
// week's last unit, however long that took.
func TestCheckpointsFollowThePace(t *testing.T) {
	for hours, want := range map[string]string{"12": "Sun 28 Mar", "6": "Tue 4 May", "20": "Sat 20 Mar"} {
		w := newWorld(t)
		w.cohort("goal", hours)
		w.clock(80, "10:00")
		for _, p := range w.posted(coach.ClassNotice, general) {
			if strings.Contains(p.Key, "/checkpoint/") {
				if got := p.at.Format("Mon 2 Jan"); got != want {
					t.Errorf("at %s h a week it is asked on %s, want %s", hours, got, want)
				}
				break
			}
		}
		before := w.posted(coach.ClassPrompt, general)
		if !slices.ContainsFunc(before, func(p post) bool { return strings.Contains(p.Key, "/w04d6") }) {
			t.Errorf("at %s h a week the fourth week was not reached", hours)
		}
	}
}
