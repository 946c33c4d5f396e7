package coach_test

import (
	"slices"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

func (w *world) wantNudges(who string, want ...string) {
	w.Helper()
	if got := times(w.posted(coach.ClassNudge, user(who).Direct())); !slices.Equal(got, want) {
		w.Errorf("%s was nudged at %v, want %v", who, got, want)
	}
}

func TestANudgeGoesToThoseWhoHaveNotCheckedIn(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob", "cyd", "dan", "eve")
	w.say("ada", "/checkin 10m")
	w.say("cyd", "/coach settings nudge off")
	w.say("dan", "/coach leave")
	w.say("eve", "/coach away 2 days")
	w.clock(2, "19:00")
	w.wantNudges("ada", "Tue 2 19:00")
	w.wantNudges("bob", "Mon 1 19:00", "Tue 2 19:00")
	w.wantNudges("cyd")
	w.wantNudges("dan")
	w.wantNudges("eve")
	w.clock(3, "19:00")
	w.wantNudges("eve", "Wed 3 19:00")

	nudge := w.last(coach.ClassNudge, user("ada").Direct())
	w.wantIn(textOf(&nudge.Message), "Ada, today's unit is still open: w01d3 Lists, maps and sets (2 h 20).")
	if got := buttons(&nudge.Message); !slices.Equal(got, []string{"Check in", "Done for today", "I'm stuck"}) {
		t.Errorf("buttons are %v", got)
	}
	w.wantText(w.press("ada", &nudge.Message, "Done for today"), "Unit finished")
}

func TestNoNudgeOnDaysThatAreNotExpected(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-02")
	w.join("ada")
	w.say("ada", "/coach settings rest wed")
	w.say("lena", "/coach holiday 2027-03-04")
	w.clock(5, "10:00")
	w.say("lena", "/coach pause")
	w.clock(6, "08:00")
	w.say("lena", "/coach resume")
	w.clock(8, "20:00")
	w.wantNudges("ada", "Tue 2 19:00", "Sat 6 19:00", "Mon 8 19:00")
}

func TestNudgesRestWhenNobodyAnswers(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	nudged := func() int { return len(w.posted(coach.ClassNudge, user("ada").Direct())) }
	said := func() string {
		nudge := w.last(coach.ClassNudge, user("ada").Direct())
		return textOf(&nudge.Message)
	}
	quiet := "I keep quiet from now on"
	w.clock(10, "20:00") // of the days from Monday the 1st, one is a Sunday
	if got := nudged(); got != 9 {
		t.Fatalf("ada was nudged %d times", got)
	}
	w.wantNot(said(), quiet)
	w.clock(31, "20:00")
	if got := nudged(); got != 10 {
		t.Errorf("ada was nudged %d times", got)
	}
	w.wantIn(said(), quiet)
	w.say("ada", "/checkin 10m")
	w.clock(32, "20:00")
	if got := nudged(); got != 11 {
		t.Errorf("after a check-in ada was nudged %d times", got)
	}
	w.wantNot(said(), quiet)
}

func TestNoNudgeInQuietHours(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/coach settings quiet 18:00-20:00")
	w.clock(2, "17:00")
	w.wantNudges("ada")
	w.say("ada", "/coach settings quiet 18:00-19:00")
	w.clock(3, "17:00")
	w.wantNudges("ada", "Tue 2 19:00")
}

func TestANudgeComesAtTheLearnersOwnTime(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.zones["ada"], w.zones["bob"] = "Asia/Tokyo", "America/New_York"
	w.join("ada", "bob")
	w.clock(3, "00:00")
	w.wantNudges("ada", "Mon 1 10:00", "Tue 2 10:00")
	w.wantNudges("bob", "Tue 2 00:00", "Wed 3 00:00")
}

func TestNoNudgeBeforeTheOwnFirstDay(t *testing.T) {
	w := newWorld(t)
	w.cohort("zone", "Pacific/Kiritimati", "start", day(3).String())
	w.zones["ada"] = "Pacific/Honolulu" // a date behind
	w.join("ada")
	w.clock(3, "12:00") // Wednesday in Kiritimati has come and gone, in Honolulu it has not begun
	w.wantNudges("ada")
	w.clock(4, "12:00")
	w.wantNudges("ada", "Thu 4 05:00") // Wednesday, 19:00
}

func TestANudgeAfterMidnightIsAboutTheStudyDayThatEnds(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.say("ada", "/coach settings quiet off")
	w.say("ada", "/coach settings nudge 01:00")
	w.say("bob", "/coach settings quiet off")
	w.say("bob", "/coach settings nudge 01:00")
	w.clock(1, "20:00")
	w.say("bob", "/checkin 10m")
	w.clock(2, "02:00")
	w.wantNudges("ada", "Tue 2 01:00")
	w.wantNudges("bob")
	nudge := w.last(coach.ClassNudge, user("ada").Direct())
	w.wantIn(textOf(&nudge.Message), "w01d1")
}

func TestATravellerIsNudgedOnceADate(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "19:30")
	w.say("ada", "/coach settings zone America/New_York") // 14:30 there
	w.clock(2, "12:00")
	w.wantNudges("ada", "Mon 1 19:00")
	w.say("ada", "/coach settings zone Asia/Tokyo") // 21:00 there
	w.clock(3, "12:00")
	w.wantNudges("ada", "Mon 1 19:00", "Wed 3 10:00")
}

func TestTheNudgeMovesOnTheSameDay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "18:00")
	w.say("ada", "/coach settings nudge 20:00")
	w.clock(1, "20:30")
	w.say("ada", "/coach settings nudge 21:00") // has had one
	w.clock(2, "20:30")
	w.say("ada", "/coach settings nudge 20:00") // too late for today
	w.clock(3, "12:00")
	w.say("ada", "/coach settings nudge off")
	w.say("ada", "/coach settings nudge on")
	w.clock(3, "21:30")
	w.wantNudges("ada", "Mon 1 20:00", "Wed 3 20:00")
	if jobs := w.waiting("nudge/"); len(jobs) != 1 || !strings.HasSuffix(jobs[0], "2027-03-04") {
		t.Errorf("planned are %v", jobs)
	}
	w.clock(4, "20:30")
	w.say("ada", "/coach settings nudge 21:00") // has had one; tomorrow's comes then
	w.clock(5, "21:30")
	w.wantNudges("ada", "Mon 1 20:00", "Wed 3 20:00", "Thu 4 20:00", "Fri 5 21:00")
}

func TestALateNudgeIsSkippedAndTheNextOneStands(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.skip(1, "21:00") // exactly two hours late
	w.clock(2, "12:00")
	w.wantNudges("ada", "Mon 1 21:00")
	w.skip(2, "21:01") // a minute more
	w.clock(2, "22:00")
	w.wantNudges("ada", "Mon 1 21:00")
	w.skip(4, "12:00")
	w.clock(4, "20:00")
	w.wantNudges("ada", "Mon 1 21:00", "Thu 4 19:00")
	skipped, err := w.store.List(t.Context(), schedule.Skipped, "nudge/", 10)
	if err != nil || len(skipped) != 2 || !strings.HasSuffix(skipped[1].Key, "2027-03-02") {
		t.Errorf("skipped are %+v, %v", skipped, err)
	}
}

func TestACheckInTakesBackANudgeOnItsWay(t *testing.T) {
	for _, clock := range []string{"19:00", "01:00"} { // the latter is of the study day before
		t.Run(clock, func(t *testing.T) {
			w := newWorld(t)
			w.cohort()
			w.join("ada")
			w.say("ada", "/coach settings quiet off")
			w.say("ada", "/coach settings nudge "+clock)
			planned, err := w.store.List(t.Context(), schedule.Waiting, "nudge/", 1)
			if err != nil || len(planned) != 1 {
				t.Fatalf("planned are %v, %v", planned, err)
			}
			w.now = planned[0].Due
			if err := w.coach.Fire(t.Context(), planned[0], w.now); err != nil {
				t.Fatal(err)
			}
			if got := w.waiting("send/nudge/"); len(got) != 1 {
				t.Fatalf("waiting are %v", got)
			}
			w.say("ada", "/checkin 10m yesterday") // refused
			if got := w.waiting("send/nudge/"); len(got) != 1 {
				t.Errorf("waiting are %v", got)
			}
			w.say("ada", "/checkin 10m")
			if got := w.waiting("send/nudge/"); len(got) != 0 {
				t.Errorf("waiting are %v", got)
			}
		})
	}
}

func TestARecallReminderIsForThoseWhoWantIt(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	for _, who := range []string{"ada", "bob"} {
		w.press(who, w.press(who, w.say(who, "/coach quiz").Message, "Just show it").Message, "Again")
		w.say(who, "/checkin 10m")
	}
	w.say("ada", "/coach settings recall on")
	w.clock(2, "10:00")
	w.say("ada", "/checkin 10m")
	w.clock(2, "19:00")
	w.wantNudges("ada", "Tue 2 19:00")
	w.wantNudges("bob", "Tue 2 19:00")
	reminder := w.last(coach.ClassNudge, user("ada").Direct())
	if got, want := textOf(&reminder.Message), say.Unmarked(say.Text(say.RecallDue{Name: "Ada", Due: 1})); got != want {
		t.Errorf("the reminder is %q, want %q", got, want)
	}
	if reply := w.press("ada", &reminder.Message, "Answer questions"); len(buttons(reply.Message)) != 2 {
		t.Errorf("the button brings %q", textOf(reply.Message))
	}
	w.clock(3, "19:00") // and with the nudge, where both are due
	nudge := w.last(coach.ClassNudge, user("ada").Direct())
	w.wantIn(textOf(&nudge.Message), "today's unit is still open", "1 question is due, too.")
	if got := buttons(&nudge.Message); !slices.Contains(got, "Answer questions") {
		t.Errorf("buttons are %v", got)
	}
	w.say("ada", "/coach settings nudge off")
	w.clock(4, "19:00") // nudges off, reminders on
	reminder = w.last(coach.ClassNudge, user("ada").Direct())
	w.wantNot(textOf(&reminder.Message), "still open")
	w.say("ada", "/coach away 3 days")
	w.clock(5, "19:00")
	w.wantNudges("ada", "Tue 2 19:00", "Wed 3 19:00", "Thu 4 19:00")
}
