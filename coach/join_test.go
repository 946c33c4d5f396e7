package coach_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestJoin(t *testing.T) {
	w := newWorld(t)
	id := w.cohort("start", "2027-03-03", "goal", "10")
	w.zones["ada"] = "america/new york"
	w.now = at(2, "08:59") // 03:59 in New York
	w.wantText(w.say("ada", "/coach join"), "Welcome to Crew, Ada", "The first unit comes on Wed 3 Mar", "about 10 hours a week", "your days in America/New_York, and nudge you at 19:00")
	want := &coach.Learner{
		ID: user("ada"), Cohort: id, Name: "Ada", Joined: day(1),
		Settings: coach.Settings{Zone: "America/New_York", Nudge: 19 * 60, Quiet: coach.Quiet{From: 22 * 60, To: 7 * 60}},
		Nudge:    "nudge/" + string(id) + "/web/playground/ada/2027-03-02",
	}
	if diff := cmp.Diff(want, w.load("ada").Learner); diff != "" {
		t.Errorf("learner (-want +got):\n%s", diff)
	}
	before := w.snapshot()
	w.wantLine(w.say("ada", "/coach join"), say.JoinedBefore{Cohort: "Crew"})
	w.unchanged("joined before", before)

	w.zones["bob"] = "Mars/Olympus"
	w.wantText(w.say("bob", "/coach join"), "Welcome to Crew", "your days in UTC")
}

func TestJoinWithoutACohort(t *testing.T) {
	w := newWorld(t)
	w.wantLine(w.say("ada", "/coach join"), say.NoCohort{})
	w.wantLine(w.dm("ada", "/coach join"), say.NoCohort{})
	if dump := w.snapshot(); len(dump) != 0 {
		t.Errorf("the store holds %v", dump)
	}
}

func TestWhoLeavesIsLeftInPeace(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.say("ada", "/checkin 45m, stuck on joins")
	left := w.say("ada", "/coach leave")
	w.wantText(left, "You have left Crew")
	for _, text := range []string{"/checkin 45m", "/coach me", "/coach leave", "/coach stuck on joins", "/coach settings board on", "/coach undo"} {
		w.wantLine(w.say("ada", text), say.NotALearner{Cohort: "Crew"})
	}
	w.wantNot(textOf(w.say("lena", "/coach roster").Message), "Ada")
	w.clock(5, "10:00")
	w.wantNot(textOf(w.say("lena", "/coach attention").Message), "Ada")
	if got := w.posted(coach.ClassNudge, user("ada").Direct()); len(got) != 0 {
		t.Errorf("nudges went out: %v", times(got))
	}
	if jobs := w.waiting("nudge/"); len(jobs) != 1 {
		t.Errorf("nudges are planned: %v", jobs)
	}
	w.wantText(w.press("ada", left.Message, "Join again"), "Welcome back to Crew, Ada")
}

func TestTheGapIsNotExpectedOfWhoComesBack(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 45m")
	w.clock(2, "10:00")
	w.say("ada", "/checkin 45m")
	w.clock(3, "10:00")
	w.say("ada", "/coach leave")
	w.clock(10, "10:00")
	w.say("ada", "/coach join")
	w.wantText(w.say("ada", "/coach why"), "Your streak is 2 days", "Wed 3 Mar to Tue 9 Mar, 7 days · away", "Wed 10 Mar · open")
	w.wantText(w.say("ada", "/checkin 45m"), "Streak: 3 days")
	w.clock(12, "10:00") // Thursday was expected again
	w.wantText(w.say("ada", "/coach why"), "Your streak is no days", "Thu 11 Mar · missed")
}

func TestLeavingAndComingBackOnOneDay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 45m")
	w.clock(2, "10:00")
	w.say("ada", "/coach leave")
	w.say("ada", "/coach join")
	w.clock(3, "10:00")
	w.wantText(w.say("ada", "/coach why"), "Your streak is no days", "Tue 2 Mar · missed")
}

func TestALeadWhoLeavesStaysALead(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("lena")
	w.wantText(w.say("lena", "/coach leave"), "You are still one of its leads")
	w.wantText(w.say("lena", "/coach roster"), "Crew: no learners")
}
