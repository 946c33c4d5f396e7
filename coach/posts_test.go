package coach_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// ended lists the keys of what is dead or was skipped.
func (w *world) ended() (keys []string) {
	w.Helper()
	for _, state := range []schedule.State{schedule.Dead, schedule.Skipped} {
		jobs, err := w.store.List(w.Context(), state, "", 1000)
		if err != nil {
			w.Fatalf("list: %v", err)
		}
		for _, j := range jobs {
			keys = append(keys, j.Key)
		}
	}
	return keys
}

func TestAPostThatTheRoomRefused(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "08:30")
	w.wantText(w.say("lena", "/coach posts"), "Everything that was due in Crew has gone out.")
	w.wantNot(textOf(w.say("lena", "/coach cohort").Message), "did not go out")

	w.refuse = "send refused: channel_not_found"
	w.clock(1, "10:00")
	w.refuse = ""
	w.wantText(w.say("lena", "/coach cohort"), "1 post did not go out.")
	list := w.press("lena", w.say("lena", "/coach cohort").Message, "What did not go out")
	w.wantText(list, "1. Prompt of Mon 1 Mar, Week 1, w01d1: ", "the room did not take it (send refused: channel_not_found)")

	press := w.pressed("lena", list.Message, "Send no. 1 again")
	first := w.handle(press)
	w.wantText(first, "It is on its way.", "Everything that was due in Crew has gone out.")
	if jobs, err := w.store.List(t.Context(), schedule.Waiting, "send/", 1); err != nil || len(jobs) != 1 || !jobs[0].Due.Equal(w.now) || jobs[0].Reason != "" {
		t.Errorf("waiting are %+v, %v", jobs, err)
	}
	w.clock(1, "10:01")
	w.wantPrompts("Mon 1 10:00 w01d1")
	before := w.snapshot()
	if again := w.handle(press); textOf(again.Message) != textOf(first.Message) {
		t.Errorf("the same press is answered by %q", textOf(again.Message))
	}
	w.unchanged("a press that came again", before)
	w.wantLine(w.press("lena", list.Message, "Send no. 1 again"), say.PostGone{})
	w.wantLine(w.press("lena", list.Message, "Drop no. 1"), say.PostGone{})
	w.clock(2, "10:00")
	w.wantPrompts("Mon 1 10:00 w01d1", "Tue 2 09:00 w01d2")
}

func TestAPromptOfADayThatIsOver(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.clock(1, "08:30")
	w.refuse = "send refused: channel_not_found"
	w.clock(1, "10:00")
	w.refuse = ""
	list := w.say("lena", "/coach posts")
	w.clock(2, "03:59") // the study day is not over yet
	if got := buttons(w.say("lena", "/coach posts").Message); !slices.Equal(got, []string{"Send no. 1 again", "Drop no. 1"}) {
		t.Errorf("buttons are %v", got)
	}
	w.clock(2, "04:00")
	if got := buttons(w.say("lena", "/coach posts").Message); !slices.Equal(got, []string{"Drop no. 1"}) {
		t.Errorf("buttons are %v", got)
	}
	w.wantText(w.say("lena", "/coach posts"), "Its day is over.")
	w.wantLine(w.press("lena", list.Message, "Send no. 1 again"), say.PostStale{Kind: "prompt"})
	w.wantText(w.press("lena", list.Message, "Drop no. 1"), "1 post dropped", "Everything that was due")
	if got := w.ended(); got != nil {
		t.Errorf("still there: %v of %s", got, id)
	}
}

// The day of a prompt in the small hours has begun by the clock, although the
// study day before is still on.
func TestAPromptInTheSmallHours(t *testing.T) {
	w := newWorld(t)
	w.cohort("prompt", "02:30")
	w.clock(2, "02:00")
	w.refuse = "send refused: channel_not_found"
	w.clock(2, "02:31")
	w.refuse = ""
	w.wantText(w.press("lena", w.say("lena", "/coach posts").Message, "Send no. 1 again"), "It is on its way.")
}

// A post that may be there already says so.
func TestAPostThatMayHaveBeenSent(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "08:30")
	w.skip(1, "09:00")
	for range 2 { // the prompt's job, then its delivery
		jobs, err := w.store.Claim(t.Context(), w.now, time.Minute, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatal(jobs, err)
		}
		j, o := jobs[0], schedule.Outcome{}
		if j.Kind == coach.Deliver {
			j.Intent, o = "sent once", schedule.Outcome{State: schedule.Skipped, Reason: "may have been sent"}
			if err := w.store.Note(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		} else if err := w.coach.Fire(t.Context(), j, w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.store.Finish(t.Context(), j, w.now, o); err != nil {
			t.Fatal(err)
		}
	}
	list := w.say("lena", "/coach posts")
	w.wantText(list, "it may be in the room already, so look there first (may have been sent)")
	w.press("lena", list.Message, "Send no. 1 again")
	if jobs, err := w.store.List(t.Context(), schedule.Waiting, "send/", 1); err != nil || len(jobs) != 1 || jobs[0].Intent != "sent once" {
		t.Errorf("waiting are %+v, %v", jobs, err)
	}
}

func TestWhatWasTooLateIsComposedAfterAll(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	announce := func(text, date string) {
		t.Helper()
		form := w.say("lena", "/coach announce").Form
		w.press("lena", w.submit("lena", form, "text", text, "date", date, "time", "12:00").Message, "Plan it")
	}
	announce("Books are here", "2027-03-05")
	w.clock(5, "10:00")
	w.skip(9, "12:00") // Friday's announcement, Saturday's prompt, Sunday's summary, then Monday's and Tuesday's prompt
	w.clock(9, "12:01")
	list := w.say("lena", "/coach posts")
	w.wantText(list, "Prompt of Sat 6 Mar: its time had passed when I came to it (75h0m late).", "Its day is over.",
		"Announcement, Books are here: ", "Summary of Sun 7 Mar: ", "Prompt of Tue 9 Mar: ")
	send := func(what string) {
		t.Helper()
		text := textOf(w.say("lena", "/coach posts").Message)
		for line := range strings.Lines(text) {
			if n, row, _ := strings.Cut(line, ". "); strings.HasPrefix(row, what) {
				w.wantText(w.press("lena", w.say("lena", "/coach posts").Message, "Send no. "+n+" again"), "It is on its way.")
				return
			}
		}
		t.Fatalf("no %q in %q", what, text)
	}
	missed, err := w.store.List(t.Context(), schedule.Skipped, "announce/", 1)
	if err != nil || len(missed) != 1 {
		t.Fatal(missed, err)
	}
	send("Prompt of Tue 9 Mar")
	send("Summary of Sun 7 Mar")
	send("Announcement, Books are here")
	var refusal *coach.Refusal // of a second lead, who was a moment slower
	if err := w.coach.Resend(t.Context(), missed[0], w.now); !errors.As(err, &refusal) || refusal.Line != (say.PostGone{}) {
		t.Errorf("sent twice: %v", err)
	}
	w.clock(9, "12:02")
	if got := times(w.posted(coach.ClassSummary, general)); !slices.Equal(got, []string{"Tue 9 12:01"}) {
		t.Errorf("summaries at %v", got)
	}
	announcement := w.last(coach.ClassAnnouncement, general)
	w.wantIn(textOf(&announcement.Message), "Books are here")
	w.wantIn(w.last(coach.ClassSummary, general).Key, "/2027-03-07/")
	if got := w.prompts(); got[len(got)-1] != "Tue 9 12:01 w02d2" {
		t.Errorf("prompts are %v", got)
	}
	w.wantText(w.say("lena", "/coach announce list"), "posted · Lena: Books are here")
	if got := w.ended(); len(got) != 2 {
		t.Errorf("left are %v", got)
	}
	w.clock(10, "10:00") // and the chain goes on as if nothing had been
	if got := w.prompts(); got[len(got)-1] != "Wed 10 09:00 w02d3" {
		t.Errorf("prompts are %v", got)
	}
}

func TestDropAllAsksFirst(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "08:30")
	w.refuse = "send refused: is_archived"
	w.clock(8, "10:00") // seven prompts and a summary
	list := w.say("lena", "/coach posts")
	w.wantText(list, "1. Prompt of Mon 8 Mar", "2. Summary of Sun 7 Mar", "3. Prompt of Sat 6 Mar", "and 3 more")
	if got := buttons(list.Message); len(got) != 8 || got[7] != "Drop all" || got[1] != "Drop no. 1" {
		t.Errorf("buttons are %v", got)
	}
	e := w.pressed("lena", list.Message, "Drop all")
	e.Verb = "resend" // which takes one at a time
	w.wantLine(w.handle(e), say.PostGone{})
	sure := w.press("lena", list.Message, "Drop all")
	w.wantLine(sure, say.DropSure{N: 8})
	if got := w.ended(); len(got) != 8 {
		t.Errorf("dropped before anybody was sure: %v", got)
	}
	w.wantText(w.press("lena", sure.Message, "Yes, drop all"), "8 posts dropped")
	if got := w.ended(); got != nil {
		t.Errorf("still there: %v", got)
	}
}

func TestOnlyTheCohortsOwnPostsAndOnlyForLeads(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.cohortIn(other, "name", "Others")
	w.join("ada")
	w.clock(1, "08:30")
	// A nudge that is skipped, in the same cohort.
	id := w.load("ada").Cohort.ID
	nudge, err := coach.Delivery{Key: "send/nudge/" + string(id) + "/" + string(user("ada")) + "/2027-03-01", Room: user("ada").Direct(),
		Class: coach.ClassNudge, Message: *coach.Say(coach.Text("psst"))}.Job(id.Part(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.Add(t.Context(), nudge); err != nil {
		t.Fatal(err)
	}
	jobs, err := w.store.Claim(t.Context(), w.now, time.Minute, 1)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	if err := w.store.Finish(t.Context(), jobs[0], w.now, schedule.Outcome{State: schedule.Skipped, Reason: "3h0m late"}); err != nil {
		t.Fatal(err)
	}
	w.refuse = "send refused: channel_not_found"
	w.clock(1, "10:00")
	list := w.say("lena", "/coach posts")
	w.wantText(list, "1. Prompt of Mon 1 Mar")
	w.wantNot(textOf(list.Message), "2.", "ada", "psst")

	e := w.pressed("ada", list.Message, "Drop no. 1")
	w.wantLine(w.handle(e), say.LeadsOnly{Command: "drop"})
	w.wantLine(w.say("ada", "/coach posts"), say.LeadsOnly{Command: "posts"})
	// The button of one cohort names no post of another.
	e = w.pressed("lena", list.Message, "Drop no. 1")
	for _, co := range w.store.cohorts {
		if co.cohort.Name == "Others" {
			e.Args["cohort"] = string(co.cohort.ID)
		}
	}
	w.wantLine(w.handle(e), say.PostGone{})
	if got := w.ended(); len(got) != 3 {
		t.Errorf("left are %v", got)
	}
}

func TestResendRefusesWhatIsOfNoUse(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	w.clock(1, "10:00")
	ada := string(user("ada"))
	for _, tt := range []struct {
		key, kind string
		late      time.Duration
		want      any
	}{
		{"nudge/" + string(id) + "/" + ada + "/2027-03-01", "nudge", 0, say.PostStale{Kind: "nudge"}},
		{"send/nudge/" + string(id) + "/" + ada + "/2027-03-01", coach.Deliver, 3 * time.Hour, say.PostStale{Kind: "nudge"}},
		{"send/nudge/" + string(id) + "/" + ada + "/2027-03-01", coach.Deliver, time.Hour, nil},
		{"prompt/" + string(id) + "/2027-02-28", "prompt", 24 * time.Hour, say.PostStale{Kind: "prompt"}},
		{"announce/" + string(id) + "/gone", "announce", 0, say.PostGone{}},
		{"summary/" + string(id) + "/2027-02-14", "summary", 0, say.PostEmpty{}}, // a week before the start
	} {
		err := w.coach.Resend(t.Context(), schedule.Job{Key: tt.key, Kind: tt.kind, Part: id.Part(), Due: w.now.Add(-tt.late), Payload: []byte("{}")}, w.now)
		var refusal *coach.Refusal
		if tt.want == nil && err != nil || tt.want != nil && (!errors.As(err, &refusal) || refusal.Line != tt.want) {
			t.Errorf("%s: %v, want %#v", tt.key, err, tt.want)
		}
	}
	if err := w.coach.Resend(t.Context(), schedule.Job{Key: "prompt/gone/2027-03-01", Kind: "prompt"}, w.now); !errors.Is(err, coach.ErrNotFound) {
		t.Errorf("a job of no cohort: %v", err)
	}
}
