package coach_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

func TestSetupStartsACohort(t *testing.T) {
	w := newWorld(t)
	w.zones["lena"] = "Europe/Berlin"
	form := w.say("lena", "/coach setup").Form
	values := map[string]string{}
	for _, f := range form.Fields {
		values[f.Name] = f.Value
	}
	if diff := cmp.Diff(map[string]string{
		"name": "", "roadmap": "backend", "start": "2027-03-02", "zone": "Europe/Berlin", "prompt": "09:00",
		"study": "mon,tue,wed,thu,fri,sat", "summary-day": "sun", "summary-time": "18:00", "goal": "",
	}, values); diff != "" {
		t.Errorf("the form holds (-want +got):\n%s", diff)
	}

	reply := w.submit("lena", form, "name", "  Go \n crew ", "prompt", "7:30", "study", "mon,wed,fri", "summary-day", "fri", "goal", "8 h")
	w.wantText(reply, "Go crew is set up", "from Tue 2 Mar 2027 to", "The first prompt comes on Wed 3 Mar 07:30 (Europe/Berlin)")
	co := w.load("lena").Cohort
	want := &coach.Cohort{
		ID: co.ID, Name: "Go crew", Roadmap: "backend", Rooms: []coach.RoomID{general}, Leads: []coach.UserRef{user("lena")}, By: user("lena"),
		Created: monday, Start: day(2), Zone: "Europe/Berlin", Prompt: 7*60 + 30, Summary: coach.WeekTime{Day: 5, At: 18 * 60},
		Study: []coach.StudyRule{{Days: schedule.WeekdaysOf(1, 3, 5)}}, Goals: []coach.GoalRule{{Hours: 8}}, Last: map[string]schedule.Date{},
		Pending: map[string]string{
			"prompt":     "prompt/" + string(co.ID) + "/2027-03-03",
			"summary":    "summary/" + string(co.ID) + "/2027-03-12", // of the first whole week
			"checkpoint": "checkpoint/" + string(co.ID) + "/2027-04-20",
		},
	}
	if diff := cmp.Diff(want, co); diff != "" {
		t.Errorf("cohort (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Values(co.Pending)), slices.DeleteFunc(slices.Sorted(slices.Values(w.waiting(""))), func(key string) bool {
		return key == "send/welcome/"+string(co.ID)
	})); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}

	w.clock(1, "08:00")
	welcome := w.last(coach.ClassNotice, general)
	w.wantIn(textOf(&welcome.Message), "Go crew", "A study cohort starts here on Tue 2 Mar", "about 8 hours a week", "07:30 (Europe/Berlin)")
	w.wantText(w.press("ada", &welcome.Message, "Join"), "Welcome to Go crew")
}

func TestSetupAsksAgainWithWhatWasTyped(t *testing.T) {
	for _, test := range []struct{ field, typed, want string }{
		{"name", "  \n ", "What is the cohort called?"},
		{"roadmap", "astrology", "Please pick one of the roadmaps."},
		{"start", "someday", "I cannot tell which day someday is."},
		{"start", "2026-08-01", "From 180 days back to 366 days ahead."},
		{"start", "2026-09-03", "the last unit would be behind you already"},
		{"start", "2029-01-01", "From 180 days back to 366 days ahead."},
		{"zone", "Atlantis", `There is no time zone "Atlantis"`},
		{"zone", "", "A time zone is needed"},
		{"prompt", "25:00", "25:00"},
		{"prompt", "7", "7"},
		{"study", "", "Please leave at least one day to study."},
		{"study", "someday", "someday"},
		{"summary-day", "mon,tue", "One day of the week, please."},
		{"summary-day", "", "One day of the week, please."},
		{"summary-time", "late", "late"},
		{"goal", "4", "A number of hours from 5 to 25."},
		{"goal", "26", "A number of hours from 5 to 25."},
		{"goal", "-12", "A number of hours from 5 to 25."},
		{"goal", "many", "A number of hours from 5 to 25."},
	} {
		t.Run(test.field+" "+test.typed, func(t *testing.T) {
			w := newWorld(t)
			form := w.say("lena", "/coach setup").Form
			before := w.snapshot()
			values := []string{"name", "Crew", "goal", "15", "study", "mon-sun", test.field, test.typed}
			reply := w.submit("lena", form, values...)
			w.wantError(reply, test.field, test.want)
			if got := fieldOf(reply.Form, test.field).Value; got != strings.TrimSpace(test.typed) {
				t.Errorf("the field holds %q", got)
			}
			if got := fieldOf(reply.Form, "goal").Value; test.field != "goal" && got != "15" {
				t.Errorf("the goal is %q", got)
			}
			w.unchanged("a form with an error", before)
			w.wantText(w.submit("lena", reply.Form, "name", "Crew", "roadmap", "backend", "start", "2027-03-02", "zone", "UTC", "prompt", "09:00",
				"study", "mon-fri", "summary-day", "sun", "summary-time", "18:00", "goal", "12"), "is set up")
		})
	}
}

func TestARoomHoldsOneCohort(t *testing.T) {
	w := newWorld(t)
	form := w.say("lena", "/coach setup").Form
	late := w.say("bob", "/coach setup").Form
	w.submit("lena", form, "name", "Crew")
	before := w.snapshot()
	w.wantLine(w.say("bob", "/coach setup"), say.RoomTaken{Cohort: "Crew"})
	w.wantLine(w.submit("bob", late, "name", "Another"), say.RoomTaken{Cohort: "Crew"})
	w.wantLine(w.dm("bob", "/coach setup"), say.SetupInRoom{})
	w.unchanged("a taken room", before)
}

func TestARoomWithoutALeadIsFreeForAnybody(t *testing.T) {
	w := newWorld(t)
	old := w.cohort()
	w.join("lena")
	w.press("lena", w.draft("Later", "date", "2027-03-10").Message, "Plan it")
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	w.join("ada")
	form := w.say("bob", "/coach setup").Form
	w.wantIn(form.Intro, "*Crew* lives in this room and moves out")
	before := w.snapshot()
	w.wantError(w.submit("bob", form, "name", ""), "name", "What is the cohort called?")
	w.unchanged("a form with an error", before)
	e := w.submitted("bob", form, "name", "Owls")
	w.wantText(w.handle(e), "Owls is set up")
	if co := w.load("bob").Cohort; co.Name != "Owls" || !co.IsLead(user("bob")) {
		t.Errorf("the room is of %+v", co)
	}
	if jobs := w.waiting("prompt/" + string(old)); len(jobs) != 0 {
		t.Errorf("planned are %v", jobs)
	}
	w.clock(12, "10:00")
	if got := w.posted(coach.ClassAnnouncement, ""); len(got) != 0 {
		t.Errorf("announced were %v", got)
	}
	if got := w.posted(coach.ClassNudge, ""); len(got) != 0 {
		t.Errorf("nudges of a cohort that is no more at %v", times(got))
	}
	if got := w.loadIn(old, "ada"); got.Learner == nil || got.Cohort.Rooms != nil {
		t.Errorf("of the old cohort there is %+v", got)
	}
	before = w.snapshot()
	w.wantText(w.handle(e), "Owls is set up")
	w.unchanged("the same event", before)
}

func TestARoomIsFreeOnceTheCourseIsOver(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2026-10-01")
	last := schedule.DateOf(2026, 10, 1) + schedule.Date(7*len(mustRoadmap().Weeks())) - 1
	w.now = schedule.Resolve(schedule.Slot{Date: last, Time: 12 * 60}, time.UTC)
	w.wantLine(w.say("lena", "/coach setup"), say.RoomTaken{Cohort: "Crew"})
	w.now = w.now.Add(24 * time.Hour)
	before := w.snapshot()
	w.wantLine(w.say("bob", "/coach setup"), say.RoomTaken{Cohort: "Crew", Over: true})
	w.unchanged("not a lead", before)
	w.wantText(w.submit("lena", w.say("lena", "/coach setup").Form, "name", "Owls"), "Owls is set up")
	if co := w.load("lena").Cohort; co.Name != "Owls" {
		t.Errorf("the room is of %s", co.Name)
	}
}

func TestOfTwoSetupsAtOnceOneWins(t *testing.T) {
	w := newWorld(t)
	bobs := w.submitted("bob", w.say("bob", "/coach setup").Form, "name", "Another")
	w.coach = coach.New(&quicker{memory: w.store, first: func() { w.cohort() }}, library())
	w.wantText(w.handle(bobs), "lives in this room already")
	if co := w.load("bob").Cohort; co.Name != "Crew" {
		t.Errorf("the room is of %s", co.Name)
	}
}

// quicker is a store in which somebody else is quicker, once.
type quicker struct {
	*memory
	first func()
}

func (q *quicker) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	if first := q.first; first != nil {
		q.first = nil
		first()
	}
	return q.memory.Update(ctx, s, fn)
}

func TestASetupThatComesAgainIsTheSameCohort(t *testing.T) {
	w := newWorld(t)
	e := w.submitted("lena", w.say("lena", "/coach setup").Form, "name", "Crew")
	first := w.handle(e)
	before := w.snapshot()
	if diff := cmp.Diff(first, w.handle(e)); diff != "" {
		t.Errorf("the answer differs (-first +second):\n%s", diff)
	}
	w.unchanged("the same event", before)
}

func TestACohortMayHaveBegunBefore(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-02-22")
	w.join("ada")
	w.wantText(w.say("ada", "/coach today"), "Week 2, w02d1")
	w.clock(1, "09:00")
	welcome := w.last(coach.ClassNotice, general)
	w.wantIn(textOf(&welcome.Message), "under way here; it started on Mon 22 Feb")
	if got := times(w.posted(coach.ClassPrompt, "")); !slices.Equal(got, []string{"Mon 1 09:00"}) {
		t.Errorf("prompts at %v", got)
	}
}
