package coach_test

import (
	"slices"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestStuckTellsTheLeads(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "10:00")
	reply := w.say("ada", "/coach stuck joins on *three* tables")
	w.wantText(reply, "you are stuck on w01d2 What a copy copies", "I told 1 lead")
	w.clock(2, "10:01")
	help := w.last(coach.ClassNotice, user("lena").Direct())
	w.wantIn(textOf(&help.Message), "Ada in Crew is stuck on w01d2", "joins on *three* tables")
	if s := w.load("ada"); s.Learner.Stuck.Unit != "w01d2" || len(s.Learner.Days) != 0 {
		t.Errorf("learner %+v", s.Learner)
	}
	w.wantText(w.say("lena", "/coach attention"), "Ada · stuck on w01d2: joins on *three* tables")
	w.wantText(w.say("ada", "/coach me"), "Stuck on w01d2")

	w.wantLine(w.press("ada", reply.Message, "Sorted it"), say.Unstuck{})
	w.wantNot(textOf(w.say("lena", "/coach attention").Message), "Ada")
	before := w.snapshot()
	w.wantLine(w.press("ada", reply.Message, "Sorted it"), say.Unstuck{})
	w.unchanged("unstuck before", before)
}

func TestTheStuckButtonAsksWhatIsInTheWay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(2, "09:00")
	prompt := w.last(coach.ClassPrompt, general)
	w.clock(4, "10:00")
	form := w.press("ada", &prompt.Message, "I'm stuck").Form
	if fieldOf(form, "unit").Value != "w01d2" {
		t.Errorf("the unit is %q", fieldOf(form, "unit").Value)
	}
	if got := fieldOf(w.say("ada", "/coach stuck").Form, "unit").Value; got != "w01d4" {
		t.Errorf("without a button the unit is %q", got)
	}
	w.wantText(w.submit("ada", form, "note", strings.Repeat("long ", 1000)), "you are stuck on w01d2")
	if got := len([]rune(w.load("ada").Entries[0].Blocker)); got != 1000 {
		t.Errorf("%d characters are kept", got)
	}
	before := w.snapshot()
	w.wantLine(w.submit("ada", form, "note", "x", "unit", "w99d9"), say.UnknownUnit{Typed: "w99d9"})
	w.unchanged("an unknown unit", before)
}

func TestABlockerGoesWithItsOwnEntryOnly(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	logged := w.say("ada", "/checkin 45m")
	blocker := w.say("ada", "/coach stuck on joins") // within the same second
	w.press("ada", logged.Message, "Undo")
	if l := w.load("ada").Learner; l.Stuck == nil || l.Stuck.Entry != 1 {
		t.Fatalf("stuck is %+v", l.Stuck)
	}
	w.press("ada", blocker.Message, "Undo")
	if l := w.load("ada").Learner; l.Stuck != nil {
		t.Errorf("stuck is %+v", l.Stuck)
	}
}

func TestALeadWhoIsStuckIsNotTold(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("lena")
	w.wantText(w.say("lena", "/coach stuck on joins"), "The cohort has no other lead to tell")
	if jobs := w.waiting("send/help"); jobs != nil {
		t.Errorf("jobs are %v", jobs)
	}
}

func TestASecondLeadIsToldToo(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.say("lena", "/coach lead bob")
	w.wantText(w.say("ada", "/coach stuck on joins"), "I told 2 leads")
	w.clock(1, "08:01")
	var rooms []coach.RoomID
	for _, p := range w.posted(coach.ClassNotice, "") {
		rooms = append(rooms, p.Room)
	}
	if slices.Sort(rooms); !slices.Equal(rooms, []coach.RoomID{user("bob").Direct(), user("lena").Direct(), general}) {
		t.Errorf("rooms are %v", rooms)
	}
}
