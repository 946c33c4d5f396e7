package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// wantNoTrace reports where something of somebody is still kept.
func (w *world) wantNoTrace(who string, words ...string) {
	w.Helper()
	dump, err := w.store.Dump(w.Context())
	if err != nil {
		w.Fatalf("dump: %v", err)
	}
	for key, value := range dump {
		for _, trace := range append(words, string(user(who)), string(user(who).Direct())) {
			if strings.Contains(key+"\n"+value, trace) {
				w.Errorf("%q is still in %s: %.1500s", trace, key, value)
			}
		}
	}
}

func TestForgetMeLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	second := w.cohortIn(other, "name", "Owls")
	w.join("ada", "bob")
	e := typed(w.event("ada"), "/coach join")
	e.Room = other
	w.handle(e)
	w.say("ada", "/coach settings board on")
	for d := 1; d <= 7; d++ {
		w.clock(d, "10:00")
		w.say("ada", "/checkin 45m secret note, stuck on a secret")
		w.say("bob", "/checkin 30m")
	}
	w.press("ada", w.press("ada", w.say("ada", "/coach quiz").Message, "Just show it").Message, "Good")
	w.clock(28, "10:00")
	w.submit("ada", w.press("ada", w.say("ada", "/coach assess").Message, "Take the checkpoint").Form)
	w.say("ada", "/checkin 45m, stuck on a secret") // and the lead is about to be told
	w.wantText(w.say("ada", "/coach leave"), "You have left Crew")

	before := w.snapshot()
	ask := w.dm("ada", "/coach forget-me")
	w.wantText(ask, "This deletes everything I keep about you in ", "Crew", "Owls", "It cannot be undone.")
	if got := buttons(ask.Message); !slices.Equal(got, []string{"Yes, delete everything", "Export my data"}) {
		t.Errorf("buttons are %v", got)
	}
	w.unchanged("asking first", before)

	sure := w.pressed("ada", ask.Message, "Yes, delete everything")
	done := w.handle(sure)
	w.wantLine(done, say.Forgotten{})
	if !done.Replace {
		t.Error("the question stays")
	}
	w.wantNoTrace("ada", "secret", "Ada")
	if got := w.loadIn(second, "ada").Learner; got != nil {
		t.Errorf("learner %+v", got)
	}
	// Bob's week is what is left.
	tally, err := w.store.Tally(t.Context(), w.load("bob").Cohort.ID, "week/2027-03-01")
	if err != nil || tally["n"] != 1 || tally["d0"] != 30 || tally["b:w01d1"] != 0 {
		t.Errorf("the counters are %v, %v", tally, err)
	}
	if checks, _ := w.store.Tally(t.Context(), w.load("bob").Cohort.ID, "check/"+mustRoadmap().Checkpoints[0].ID); len(checks) != 0 {
		t.Errorf("the checkpoint's counters are %v", checks)
	}
	w.wantLine(w.dm("ada", "/coach forget-me"), say.NothingKept{})
	w.clock(35, "10:00")
	w.wantNoTrace("ada", "secret", "Ada")

	// Whoever comes back is new, also when the press is delivered again.
	w.wantText(w.say("ada", "/coach join"), "Welcome to Crew")
	w.wantText(w.say("ada", "/coach me"), "In all: 0 min", "best no days")
	w.wantLine(w.handle(sure), say.Forgotten{})
	if w.load("ada").Learner == nil {
		t.Error("the press that came again forgot a new learner")
	}
}

func TestForgettingThatWasCutOffIsFinished(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada", "bob")
	again := schedule.Job{Key: fmt.Sprintf("forget/%s/request", id), Kind: "forget", Payload: []byte(user("ada"))}
	fire := func() {
		t.Helper()
		if err := w.coach.Fire(t.Context(), again, w.now); err != nil {
			t.Fatal(err)
		}
	}
	fire()
	if w.load("ada").Learner == nil {
		t.Fatal("somebody who is there was forgotten")
	}
	w.press("ada", w.say("ada", "/coach forget-me").Message, "Yes, delete everything")
	if jobs := w.waiting("forget/"); jobs != nil {
		t.Errorf("it was finished, and %v wait", jobs)
	}
	left := schedule.Job{Key: fmt.Sprintf("nudge/%s/%s/2027-03-01", id, user("ada")), Part: id.Part(), Due: w.now}
	if err := w.store.Add(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	fire()
	w.wantNoTrace("ada")
}

func TestWhatIsStillToBePostedForgetsTheName(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada", "bob")
	text := "*Hours of those who want to be named:* Ada 9 h, Adam 2 h; well done, Ada"
	for i, ends := range []schedule.State{"", schedule.Dead} {
		j, err := coach.Delivery{
			Key: fmt.Sprintf("send/summary/%s/2027-03-0%d/%s", id, i+7, general), Room: general, Class: coach.ClassSummary,
			Message: *coach.Say(coach.Text(text)),
		}.Job(id.Part(), at(20, "18:00"))
		if err == nil {
			err = w.store.Add(t.Context(), j)
		}
		if err != nil {
			t.Fatal(err)
		}
		if ends == "" {
			continue
		}
		claimed, err := w.store.Claim(t.Context(), at(20, "18:00"), time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claimed {
			outcome := schedule.Outcome{State: schedule.Waiting, Retry: c.Due, Free: true}
			if c.Key == j.Key {
				outcome = schedule.Outcome{State: ends, Reason: "refused"}
			}
			if err := w.store.Finish(t.Context(), c, w.now, outcome); err != nil {
				t.Fatal(err)
			}
		}
	}

	w.press("ada", w.say("ada", "/coach forget-me").Message, "Yes, delete everything")
	waiting, err := w.store.List(t.Context(), schedule.Waiting, "send/summary/", 10)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("waiting are %v, %v", waiting, err)
	}
	d, err := coach.DeliveryOf(waiting[0])
	if want := "*Hours of those who want to be named:* … 9 h, Adam 2 h; well done, …"; err != nil || d.Message.Blocks[0].Text != want || !waiting[0].Due.Equal(at(20, "18:00")) {
		t.Errorf("the summary is %+v, %v", d, err)
	}
	if dead, err := w.store.List(t.Context(), schedule.Dead, "", 10); err != nil || len(dead) != 0 {
		t.Errorf("dead are %v, %v", dead, err)
	}
}

func TestForgettingALead(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada", "bob")
	w.clock(1, "10:00")
	w.press("lena", w.draft("Hello").Message, "Post it now")
	w.press("lena", w.draft("Later", "date", "2027-03-10").Message, "Plan it")
	w.clock(1, "10:30")
	before := w.snapshot()
	w.wantLine(w.dm("lena", "/coach forget-me"), say.OnlyLead{Cohort: "Crew"})
	w.unchanged("the only lead", before)

	w.say("lena", "/coach lead ada")
	w.now = at(2, "08:00")
	w.say("bob", "/coach stuck on joins") // on its way to both leads
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	w.wantNoTrace("lena", "Lena")
	if co := w.load("ada").Cohort; !slices.Equal(co.Leads, []coach.UserRef{user("ada")}) || co.By != "" {
		t.Errorf("leads are %v, by %q", co.Leads, co.By)
	}
	w.clock(11, "10:00")
	if got := w.last(coach.ClassAnnouncement, general); !strings.Contains(textOf(&got.Message), "Later") {
		t.Errorf("what was planned became %q", textOf(&got.Message))
	}
	w.wantIn(textOf(&w.posted(coach.ClassNotice, user("ada").Direct())[0].Message), "Bob in Crew is stuck")
	if jobs, _ := w.store.List(t.Context(), schedule.Waiting, "prompt/"+string(id), 10); len(jobs) != 1 {
		t.Errorf("prompts are planned: %v", jobs)
	}
}

func TestAFormerLeadIsForgottenToo(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "10:00")
	w.press("lena", w.draft("Hello").Message, "Post it now")
	w.clock(1, "10:30")
	w.say("lena", "/coach lead ada")
	w.say("ada", "/coach lead remove lena")
	w.wantText(w.say("lena", "/coach forget-me"), "everything I keep about you in Crew")
	w.press("lena", w.say("lena", "/coach forget-me").Message, "Yes, delete everything")
	w.wantNoTrace("lena", "Lena")
}

func TestALeadAlone(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("lena")
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	w.wantNoTrace("lena", "Lena")
}

func TestNothingIsKeptOfAStranger(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	before := w.snapshot()
	w.wantLine(w.say("stranger", "/coach forget-me"), say.NothingKept{})
	w.wantText(w.say("stranger", "/coach today"), "w01d1")
	e := w.event("stranger")
	e.Verb, e.Args = "forget-me", map[string]string{"sure": "yes"}
	w.wantLine(w.handle(e), say.Forgotten{})
	w.unchanged("a stranger", before)
}
