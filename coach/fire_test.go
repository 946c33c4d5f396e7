package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// prompts lists when prompts went out and of which part: "Mon 1 09:00 w01d1".
func (w *world) prompts() []string {
	w.Helper()
	var list []string
	seen := map[string]bool{}
	for _, p := range w.posted(coach.ClassPrompt, "") {
		list = append(list, p.at.UTC().Format("Mon 2 15:04 ")+strings.SplitN(p.Key, "/", 6)[4])
		if seen[p.Key] {
			w.Errorf("%s was posted twice", p.Key)
		}
		seen[p.Key] = true
	}
	return list
}

func (w *world) wantPrompts(want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.prompts()); diff != "" {
		w.Errorf("prompts (-want +got):\n%s", diff)
	}
}

func TestPromptsComeOnStudyDaysUntilTheRoadmapEnds(t *testing.T) {
	w := newWorld(t)
	w.cohort("study", "tue-sun")
	w.clock(225, "10:00")
	got := w.prompts()
	if len(got) != 156 || got[0] != "Tue 2 09:00 w01d1" || got[6] != "Tue 9 09:00 w02d1" || got[155] != "Sun 29 09:00 w26d6" {
		t.Errorf("prompts are %v", got)
	}
	if jobs := w.waiting("prompt/"); jobs != nil {
		t.Errorf("prompts are planned: %v", jobs)
	}
	prompt := w.posted(coach.ClassPrompt, general)[1]
	w.wantIn(textOf(&prompt.Message), "Week 1, w01d2: What a copy copies", "Wed 3 Mar · 2 h 15")
	if got := buttons(&prompt.Message); !slices.Equal(got, []string{"Check in", "Done for today", "I'm stuck"}) {
		t.Errorf("buttons are %v", got)
	}
}

func TestNoPromptOnHolidays(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.wantText(w.say("lena", "/coach holiday 2027-03-02..2027-03-03"), "Tue 2 Mar 2027 and Wed 3 Mar 2027")
	w.clock(4, "08:00")
	w.say("lena", "/coach holiday today")
	w.clock(5, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Fri 5 09:00 w01d2")
	w.say("lena", "/coach holiday add 2027-03-06")
	w.say("lena", "/coach holiday remove 2027-03-06")
	w.clock(6, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Fri 5 09:00 w01d2", "Sat 6 09:00 w01d3")
}

func TestPauseAndResume(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "10:00")
	w.say("ada", "/checkin 10m")
	w.clock(2, "08:00")
	w.wantLine(w.say("lena", "/coach pause"), say.Paused{Cohort: "Crew"})
	w.wantLine(w.say("lena", "/coach pause"), say.PausedBefore{})
	w.wantText(w.say("lena", "/coach cohort"), "Crew (paused)")
	w.clock(9, "08:00")
	if got := times(w.posted(coach.ClassPrompt, "")); len(got) != 1 {
		t.Errorf("a paused cohort posts prompts at %v", got)
	}
	if got := times(w.posted(coach.ClassNudge, "")); len(got) != 0 {
		t.Errorf("a paused cohort posts nudges at %v", got)
	}
	w.wantText(w.say("lena", "/coach resume"), "Crew goes on from today. The next prompt comes on Tue 9 Mar 09:00.")
	w.wantLine(w.say("lena", "/coach resume"), say.NotPaused{})
	w.clock(10, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Tue 9 09:00 w01d2", "Wed 10 09:00 w01d3")
	w.wantText(w.say("ada", "/coach why"), "Tue 2 Mar to Mon 8 Mar, 7 days · rest: pause", "Tue 9 Mar · missed")
	w.clock(14, "19:00")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Sun 7 18:00", "Sun 14 18:00"}) { // no week was paused all through
		t.Errorf("summaries at %v", got)
	}
}

func TestNoSummaryOfAWeekThatWasPaused(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(6, "20:00")
	w.say("lena", "/coach pause")
	w.clock(24, "10:00")
	w.say("lena", "/coach resume")
	w.clock(29, "10:00")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Sun 7 18:00", "Sun 28 18:00"}) {
		t.Errorf("summaries at %v", got)
	}
}

func TestResumeLaterTheSameDay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(2, "08:00")
	w.say("lena", "/coach pause")
	w.clock(2, "08:30")
	w.say("lena", "/coach resume")
	w.clock(3, "10:00")
	w.say("lena", "/coach pause") // after the prompt
	w.clock(3, "12:00")
	w.say("lena", "/coach resume")
	w.clock(4, "08:00")
	w.say("lena", "/coach pause") // over the prompt
	w.clock(4, "12:00")
	w.say("lena", "/coach resume") // posts it at once
	w.clock(6, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Tue 2 09:00 w01d2", "Wed 3 09:00 w01d3", "Thu 4 12:00 w01d4", "Fri 5 09:00 w01d5", "Sat 6 09:00 w01d6")
}

func TestTheTimeOfThePromptMoves(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	move := func(to string) {
		t.Helper()
		form := w.press("lena", w.say("lena", "/coach cohort").Message, "Edit").Form
		w.wantText(w.submit("lena", form, "prompt", to), "Prompt at "+to)
	}
	w.clock(1, "08:30")
	move("10:00") // before today's, to later
	w.clock(1, "11:00")
	move("12:00") // after today's, to later today
	w.clock(2, "11:00")
	move("11:30") // before today's, to sooner
	w.clock(2, "13:00")
	move("08:00") // after today's, to earlier
	w.clock(3, "07:59")
	move("07:00") // before today's, to a time that is over: at once
	w.clock(5, "08:00")
	w.wantPrompts("Mon 1 10:00 w01d1", "Tue 2 11:30 w01d2", "Wed 3 07:59 w01d3", "Thu 4 07:00 w01d4", "Fri 5 07:00 w01d5")
}

func TestTheZoneOfTheCohortMoves(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	move := func(to string) {
		t.Helper()
		form := w.press("lena", w.say("lena", "/coach cohort").Message, "Edit").Form
		w.wantText(w.submit("lena", form, "zone", to), "in "+to)
	}
	w.clock(1, "10:00")
	move("America/Los_Angeles") // where it is 02:00
	w.clock(2, "18:00")
	move("Pacific/Kiritimati") // where it is Wednesday, 08:00
	w.clock(3, "20:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Tue 2 17:00 w01d2", "Tue 2 19:00 w01d3", "Wed 3 19:00 w01d4")
}

func TestALatePromptIsSkippedAndTheNextOneStands(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "10:00")
	w.skip(2, "11:00") // exactly two hours late
	w.clock(2, "11:00")
	w.skip(3, "11:01") // a minute more
	w.clock(3, "12:00")
	w.skip(5, "08:00") // Thursday's stands first
	w.clock(6, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1", "Tue 2 11:00 w01d2", "Fri 5 09:00 w01d5", "Sat 6 09:00 w01d6")
	skipped, err := w.store.List(t.Context(), schedule.Skipped, "prompt/", 10)
	if err != nil || len(skipped) != 2 || !strings.HasSuffix(skipped[1].Key, "2027-03-03") || !strings.Contains(skipped[0].Reason, "23h0m late") {
		t.Errorf("skipped are %+v, %v", skipped, err)
	}
}

func TestALateSummaryIsPostedForADay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(7, "17:00")
	w.skip(8, "18:00")
	w.clock(8, "18:00")
	w.skip(15, "18:01")
	w.clock(21, "19:00")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Mon 8 18:00", "Sun 21 18:00"}) {
		t.Errorf("summaries at %v", got)
	}
}

func TestCarryingOutAJobAgainChangesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	w.clock(1, "08:30")
	jobs, err := w.store.List(t.Context(), schedule.Waiting, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	w.clock(14, "20:00")
	before := w.snapshot()
	for _, j := range jobs {
		if j.Due.After(w.now) {
			continue
		}
		if err := w.coach.Fire(t.Context(), j, j.Due); err != nil {
			t.Errorf("%s: %v", j.Key, err)
		}
	}
	w.unchanged("jobs carried out again", before)
	for _, key := range []string{"prompt", "prompt/x", "prompt/" + string(id) + "/someday", "nudge/" + string(id) + "/someday"} {
		kind, _, _ := strings.Cut(key, "/")
		if err := w.coach.Fire(t.Context(), schedule.Job{Key: key, Kind: kind, Due: w.now}, w.now); err == nil {
			t.Errorf("%s was carried out", key)
		}
	}
	if err := w.coach.Fire(t.Context(), schedule.Job{Key: "dance/" + string(id) + "/2027-03-01", Kind: "dance"}, w.now); err == nil || !strings.Contains(err.Error(), "unknown kind") {
		t.Errorf("an unknown kind: %v", err)
	}
	for _, key := range []string{"prompt/gone/2027-03-01", "announce/gone/x", "announce/" + string(id) + "/gone", "nudge/gone/web/playground/ada/2027-03-01"} {
		kind, _, _ := strings.Cut(key, "/")
		if err := w.coach.Fire(t.Context(), schedule.Job{Key: key, Kind: kind, Due: w.now, Payload: []byte("web/playground/ada")}, w.now); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	w.unchanged("jobs of what is gone", before)
}

func TestAJobWaitsForAStoreThatIsDown(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	handler := w.coach.Handlers(func() float64 { return 0 })["prompt"]
	jobs, _ := w.store.List(t.Context(), schedule.Waiting, "prompt/", 1)
	down, cancel := contextDown(t)
	defer cancel()
	o := handler(down, jobs[0], jobs[0].Due)
	if o.State != schedule.Waiting || !o.Retry.After(jobs[0].Due) || o.Retry.After(jobs[0].Due.Add(time.Minute)) || o.Reason == "" {
		t.Errorf("outcome %+v", o)
	}
	w.clock(1, "10:00")
	w.wantPrompts("Mon 1 09:00 w01d1")
}

func TestTheSameCheckpointIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(45, "10:00")
	var calls []post
	for _, p := range w.posted(coach.ClassNotice, general) {
		if strings.HasPrefix(p.Key, "send/checkpoint/") {
			calls = append(calls, p)
		}
	}
	if got := times(calls); !slices.Equal(got, []string{"Sun 28 09:00"}) {
		t.Fatalf("checkpoints at %v", got)
	}
	w.wantIn(textOf(&calls[0].Message), "After the first month", "Week 4 is behind us", fmt.Sprint(len(mustRoadmap().Checkpoints[0].OnTrack)+len(mustRoadmap().Checkpoints[0].RedFlags))+" statements")
	w.join("ada")
	if form := w.press("ada", &calls[0].Message, "Take the checkpoint").Form; form == nil || form.Verb != "assess" {
		t.Errorf("the button brings %+v", form)
	}
}

func TestDSTMovesThePromptWithTheClock(t *testing.T) {
	w := newWorld(t)
	w.cohort("zone", "America/New_York", "prompt", "02:30", "study", "mon,tue,thu,fri,sat,sun", "start", "2027-03-12")
	w.clock(16, "10:00")
	w.wantPrompts("Fri 12 07:30 w01d1", "Sat 13 07:30 w01d2", "Sun 14 07:00 w01d3", "Mon 15 06:30 w01d4", "Tue 16 06:30 w01d5")
}
