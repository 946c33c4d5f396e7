package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// command runs the program and returns what it prints.
func command(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, said strings.Builder
	if got := run(t.Context(), args, &out, &said); got != code {
		t.Fatalf("%v ends with %d, not %d, and says\n%s%s", args, got, code, &out, &said)
	}
	return out.String() + said.String()
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// An operator looks after the jobs of a bot that runs beside, on Redis.
func TestJobsBesideARunningBot(t *testing.T) {
	redis := storetest.StartRedis(t)
	t.Setenv("STUDYCOACH_REDIS_URL", redis.URL())
	h := newDiary(t, redisstore.Options{URL: redis.URL()})
	h.now = time.Now().UTC().Truncate(time.Millisecond) // which is the operator's, too
	h.submit("/coach setup", "name", "Crew", "start", h.now.AddDate(0, 0, 7).Format(time.DateOnly), "zone", "Asia/Tokyo", "prompt", "00:00", "study", "mon-sun")
	h.until(h.now)
	says(t, command(t, exitOK, "jobs", "list"), "No such jobs.")

	h.refuse = &bot.SendError{Reason: bot.Refused, Err: errors.New("channel_not_found")}
	h.submit("/coach announce", "text", "Books are here")
	h.until(h.now)
	h.refuse = nil
	before := len(h.posts)

	var list []jobJSON
	if err := json.Unmarshal([]byte(command(t, exitOK, "jobs", "list", "dead", "--cohort", "crew", "--json")), &list); err != nil || len(list) != 1 {
		t.Fatalf("dead are %+v, %v", list, err)
	}
	key := list[0].Key
	says(t, list[0].Reason, "channel_not_found")
	says(t, command(t, exitOK, "jobs", "list"), "STATE", "dead ", key, "channel_not_found")
	says(t, command(t, exitOK, "jobs", "list", "--kind", "send/prompt"), "No such jobs.")
	says(t, command(t, exitOK, "jobs", "list", "waiting", "--kind", "prompt", "--cohort", string(study)), "prompt/"+string(list[0].Cohort))
	says(t, command(t, exitFailed, "jobs", "list", "--cohort", "nobody"), `there is no cohort "nobody"; there are: `, "(Crew)")
	says(t, command(t, exitOK, "jobs", "show", key), "announcement", "in Asia/Tokyo", string(study), "Books are here")

	typo := key[:len(key)-1]
	says(t, command(t, exitFailed, "jobs", "retry", typo), "there is no job", "The nearest: "+key)
	says(t, command(t, exitOK, "jobs", "retry", key), key+" was dead and waits again")
	says(t, command(t, exitFailed, "jobs", "drop", key), "waits until", "nothing to drop")
	h.until(time.Now())
	if len(h.posts) != before+1 || !strings.Contains(h.posts[before], "Books are here") {
		t.Errorf("posted %v", h.posts[before:])
	}

	h.refuse = &bot.SendError{Reason: bot.Refused, Err: errors.New("channel_not_found")}
	h.submit("/coach announce", "text", "No books after all")
	h.until(h.now)
	key = strings.Fields(strings.Split(command(t, exitOK, "jobs", "list", "dead"), "\n")[1])[4]
	says(t, command(t, exitOK, "jobs", "drop", key), key+" was dead and is dropped.")
	says(t, command(t, exitOK, "jobs", "list"), "No such jobs.")
	says(t, command(t, exitFailed, "jobs", "show", key), "there is no job")

	// What goes to one person is shown to those who ask for it only.
	nudge, err := coach.Delivery{Key: "send/nudge/" + string(list[0].Cohort) + "/diary/w/ada/2027-01-01", Room: "diary/w/@ada",
		Class: coach.ClassNudge, Message: *coach.Say(coach.Text("Ada is stuck"))}.Job(list[0].Part, h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.Add(t.Context(), nudge); err != nil {
		t.Fatal(err)
	}
	if got := command(t, exitOK, "jobs", "show", nudge.Key); strings.Contains(got, "stuck") || !strings.Contains(got, "--message shows it") {
		t.Errorf("it says\n%s", got)
	}
	says(t, command(t, exitOK, "jobs", "show", "--message", nudge.Key), "Ada is stuck")

	// And the rehearsal is the one that a lead sees.
	says(t, command(t, exitOK, "rehearse"), "Crew (", "in Asia/Tokyo", "15:00Z  prompt", "Nothing was sent.")
	var plan rehearsalJSON
	if err := json.Unmarshal([]byte(command(t, exitOK, "rehearse", "CREW", "--finish", "--json")), &plan); err != nil {
		t.Fatal(err)
	}
	if last := plan.Days[len(plan.Days)-1]; plan.More || plan.Finish == nil || last.Date < *plan.Finish {
		t.Errorf("it ends on %s of %v", last.Date, plan.Finish)
	}
	says(t, command(t, exitFailed, "rehearse", "diary/w/nowhere"), "no cohort lives in the room diary/w/nowhere")
	says(t, command(t, exitUsage, "rehearse", "--months", "0"), "--months goes from 1 to 48")

	// A name that two cohorts have is not enough.
	twin := coach.CohortID("aaaaaaaaaa")
	if _, _, err := h.store.Update(t.Context(), coach.Scope{Cohort: twin}, func(coach.State) (coach.Change, error) {
		return coach.Change{Cohort: &coach.Cohort{ID: twin, Name: "CREW"}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"rehearse"}, {"rehearse", "crew"}, {"jobs", "list", "--cohort", "crew"}} {
		says(t, command(t, exitUsage, args...), "which cohort?", "aaaaaaaaaa (CREW)", "(Crew)")
	}
	says(t, command(t, exitOK, "rehearse", string(list[0].Cohort)), "Crew (")
}

// The embedded store is for one process, which is said with a way out.
func TestJobsOfALockedStore(t *testing.T) {
	dir := t.TempDir()
	newDiary(t, redisstore.Options{DataDir: dir})
	for _, args := range [][]string{{"jobs", "list"}, {"jobs", "drop", "k"}, {"rehearse"}} {
		says(t, command(t, exitFailed, append(args, "--data-dir", dir)...), "a bot is running on "+dir, "stop the bot first", "/coach posts")
	}
	says(t, command(t, exitOK, "check", "--data-dir", dir), "a bot is running on "+dir, "/readyz")
}
