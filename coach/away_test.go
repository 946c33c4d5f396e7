package coach_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestAwayUntil(t *testing.T) {
	for text, want := range map[string]coach.Span{
		"until 2027-03-05": {From: day(1), To: day(5)},
		"5 mar":            {From: day(1), To: day(5)},
		"March 5":          {From: day(1), To: day(5)},
		"Friday":           {From: day(1), To: day(5)},
		"till fri":         {From: day(1), To: day(5)},
		"monday":           {From: day(1), To: day(8)},
		"today":            {From: day(1), To: day(1)},
		"tomorrow":         {From: day(1), To: day(2)},
		"3 days":           {From: day(1), To: day(3)},
		"for 1 day":        {From: day(1), To: day(1)},
		"for 2  weeks":     {From: day(1), To: day(14)},
		"28 feb":           {From: day(1), To: day(365)},
		"until 5.3.":       {From: day(1), To: day(5)},
		"28. 2.":           {From: day(1), To: day(365)},
		"05.03.2027":       {From: day(1), To: day(5)},
	} {
		w := newWorld(t)
		w.cohort()
		w.join("ada")
		w.wantText(w.say("ada", "/coach away "+text), "Noted. Until "+want.To.Format("Mon 2 Jan 2006"))
		if diff := cmp.Diff([]coach.Span{want}, w.load("ada").Learner.Away); diff != "" {
			t.Errorf("away %s (-want +got):\n%s", text, diff)
		}
	}
}

func TestAwayUntilWhen(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	before := w.snapshot()
	for text, want := range map[string]any{
		"someday":          say.UnclearUntil{Typed: "someday"},
		"0 days":           say.UnclearUntil{Typed: "0 days"},
		"-3 days":          say.UnclearUntil{Typed: "-3 days"},
		"30 february":      say.UnclearUntil{Typed: "30 february"},
		"until 2027-02-28": say.PastDate{Day: "Sun 28 Feb"},
		"yesterday":        say.PastDate{Day: "Sun 28 Feb"},
		"31.2.":            say.UnclearUntil{Typed: "31.2."},
		"5.13.2027":        say.UnclearUntil{Typed: "5.13.2027"},
		"2028-03-02":       say.TooFarAhead{Days: 366},
		"999 weeks":        say.TooFarAhead{Days: 366},
		"2027-03-05_*x*":   say.UnclearUntil{Typed: "2027-03-05_*x*"},
	} {
		w.wantLine(w.say("ada", "/coach away "+text), want)
	}
	w.unchanged("an unclear date", before)
	form := w.say("ada", "/coach away").Form
	if got := fieldOf(form, "until").Value; got != "2027-03-08" {
		t.Errorf("the form holds %s", got)
	}
	w.wantText(w.submit("ada", form), "Until Mon 8 Mar 2027 (8 days)")
}

func TestAwayKeepsTheStreakAndEndsEarly(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 10m")
	w.clock(2, "10:00")
	w.say("ada", "/coach away 3 days")
	w.wantText(w.say("lena", "/coach roster"), "away")
	w.clock(3, "10:00")
	w.say("ada", "/coach away 2 weeks") // longer after all
	w.clock(5, "10:00")
	w.wantText(w.say("ada", "/checkin 10m"), "Streak: 2 days") // counts all the same
	w.clock(6, "10:00")
	w.wantLine(w.say("ada", "/coach away off"), say.BackFromAway{})
	if diff := cmp.Diff([]coach.Span{{From: day(2), To: day(2)}, {From: day(3), To: day(5)}}, w.load("ada").Learner.Away); diff != "" {
		t.Errorf("away (-want +got):\n%s", diff)
	}
	w.clock(8, "10:00")
	w.wantText(w.say("ada", "/coach why"), "Tue 2 Mar to Thu 4 Mar, 3 days · away", "Fri 5 Mar · done 10 min · 2", "Sat 6 Mar · missed", "no days")
}
