package coach_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

// rehearse lists what the cohort of the general room will post until an instant,
// as posted lists what it has.
func (w *world) rehearse(until time.Time) []string {
	w.Helper()
	return rows(w.rehearsal(until))
}

func (w *world) rehearsal(until time.Time) *coach.Rehearsal {
	w.Helper()
	id, err := w.store.CohortIn(w.Context(), general)
	if err != nil {
		w.Fatalf("no cohort: %v", err)
	}
	before := w.snapshot()
	r, err := w.coach.Rehearse(w.Context(), id, w.now, until)
	if err != nil {
		w.Fatalf("rehearse: %v", err)
	}
	w.unchanged("a rehearsal", before)
	return r
}

func rows(r *coach.Rehearsal) (list []string) {
	for _, day := range r.Days {
		for _, p := range day.Posts {
			if got := schedule.LocalDate(p.At, r.Zone()); got != day.Date {
				list = append(list, fmt.Sprintf("on the wrong day, %s for %s", day.Date, got))
			}
			list = append(list, row(p.At, p.Kind, p.Title, p.Rooms...))
		}
	}
	slices.Sort(list)
	return list
}

func row(at time.Time, kind, title string, rooms ...coach.RoomID) string {
	return fmt.Sprint(at.UTC().Format("2006-01-02T15:04:05Z "), kind, " ", title, " ", rooms)
}

// sent lists what went into the general room, but for the first posts, as
// rehearse has it.
func (w *world) sent(but int) (list []string) {
	for _, p := range w.posts[but:] {
		if p.Room == general {
			kind := strings.Split(p.Key, "/")[1]
			title := p.Message.Blocks[0].Title
			if kind == "announce" {
				title = p.Message.Blocks[1].Text
			}
			list = append(list, row(p.at, kind, title, p.Room))
		}
	}
	slices.Sort(list)
	return list
}

func TestRehearsalIsWhatIsPosted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		draw := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, what) }
		clock := func(what string) string {
			return draw(what, "00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "09:00", "23:59")
		}
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 300*24*60).Draw(rt, "minutes")) * time.Minute)
		w.cohort("zone", draw("zone", schedule.Zones()...), "prompt", clock("prompt"), "summary-time", clock("summary"),
			"summary-day", draw("day", "sun", "mon", "wed"), "study", draw("study", "mon-fri", "mon-sun", "tue,sat"))
		w.join("ada") // whose nudges are no part of it
		today := schedule.LocalDate(w.now, time.UTC)
		for _, d := range rapid.SliceOfN(rapid.IntRange(1, 60), 0, 3).Draw(rt, "holidays") {
			w.say("lena", "/coach holiday "+(today+schedule.Date(d)).String())
		}
		form := w.say("lena", "/coach announce").Form
		w.press("lena", w.submit("lena", form, "text", "Call", "date", (today+20).String(), "time", clock("call")).Message, "Plan it")

		end := w.now.AddDate(0, 2, 0)
		want := w.rehearse(end)
		w.until(end.Add(-time.Millisecond))
		if diff := cmp.Diff(want, w.sent(0)); diff != "" {
			rt.Fatalf("rehearsed (-) and posted (+):\n%s", diff)
		}
		if len(want) < 14 {
			rt.Fatalf("only %d posts in two months", len(want))
		}
	})
}

func TestRehearsalTellsTheDays(t *testing.T) {
	w := newWorld(t)
	w.cohort("zone", "America/New_York")
	w.say("lena", "/coach holiday 2027-03-10")
	r := w.rehearsal(w.now.AddDate(0, 9, 0))
	var told []string
	for i, day := range r.Days {
		if day.Date != r.Days[0].Date+schedule.Date(i) {
			t.Fatalf("day %d is %s", i, day.Date)
		}
		if day.Expect == coach.Holiday {
			told = append(told, day.Date.String()+" holiday")
		}
		for _, c := range day.Clocks {
			told = append(told, fmt.Sprint(day.Date, " ", c.Before, " becomes ", c.After))
		}
		if day.Date == r.Finish {
			told = append(told, day.Date.String()+" finish, "+day.Posts[0].Unit)
		}
	}
	if diff := cmp.Diff([]string{"2027-03-10 holiday", "2027-03-14 UTC-5 becomes UTC-4", "2027-08-30 finish, w26d6"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if r.More || len(r.Days) == 0 || len(r.Days[len(r.Days)-1].Posts) == 0 {
		t.Errorf("it does not end with the last post: %v", r.More)
	}
	if r = w.rehearsal(w.now.AddDate(0, 0, 7)); !r.More || len(r.Days) != 8 {
		t.Errorf("a week has %d days, and more is %v", len(r.Days), r.More)
	}
	w.clock(2, "12:00")
	w.say("lena", "/coach pause")
	if r = w.rehearsal(w.now.AddDate(0, 6, 0)); r.More || r.Finish != 0 || len(rows(r)) != 1 { // the summary of the week that had begun
		t.Errorf("a paused cohort posts %v, more is %v, and finishes on %s", rows(r), r.More, r.Finish)
	}
	if _, err := w.coach.Rehearse(t.Context(), "gone", w.now, w.now); !errors.Is(err, coach.ErrNotFound) {
		t.Errorf("no cohort: %v", err)
	}
}

// What is too late by now, as after a stop, is not posted, and not rehearsed.
func TestRehearsalAfterAStop(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(2, "10:00")
	w.skip(4, "12:00")
	before, end := len(w.posts), w.now.AddDate(0, 0, 10)
	want := w.rehearse(end)
	w.until(end.Add(-time.Millisecond))
	if diff := cmp.Diff(want, w.sent(before)); diff != "" || len(want) == 0 {
		t.Errorf("rehearsed (-) and posted (+):\n%s", diff)
	}
}

func TestRehearsalInChat(t *testing.T) {
	w := newWorld(t)
	w.cohort("zone", "America/New_York")
	w.join("ada")
	w.say("lena", "/coach holiday 2027-03-10")
	page := w.say("lena", "/coach rehearse")
	w.wantText(page, "Crew, as it will be posted, in America/New_York and in UTC",
		"\nMon 1 Mar\n03:00 (Mon 08:00 UTC) Welcome, Crew\n09:00 (Mon 14:00 UTC) Week 1, w01d1: ", "\nSun 7 Mar · day off\n18:00 (Sun 23:00 UTC) Summary, Crew: the week of",
		"\nWed 10 Mar · holiday\n", "\nSun 14 Mar · day off · clocks go forward, UTC-5 becomes UTC-4\n18:00 (Sun 22:00 UTC) Summary",
		"nothing was sent", "Nudges")
	if got := buttons(page.Message); !slices.Equal(got, []string{"Go on"}) {
		t.Errorf("buttons are %v", got)
	}
	page = w.press("lena", page.Message, "Go on")
	w.wantText(page, "\nMon 15 Mar\n09:00 (Mon 13:00 UTC) Week 2, w02d6")
	if got := buttons(page.Message); !slices.Equal(got, []string{"Go on", "From today"}) || !page.Replace {
		t.Errorf("buttons are %v, in place of the last page: %v", got, page.Replace)
	}
	w.wantText(w.press("lena", page.Message, "From today"), "Mon 1 Mar")
	page = w.say("lena", "/coach rehearse 2027-08-25")
	w.wantText(page, "· the last unit\n09:00 (Mon 13:00 UTC) Week 26, w26d6")
	if got := buttons(page.Message); !slices.Equal(got, []string{"From today"}) {
		t.Errorf("buttons are %v", got)
	}
	w.wantText(w.say("lena", "/coach rehearse 2028-08-01"), "Crew posts nothing more from Tue 1 Aug on.")
	w.wantText(w.say("lena", "/coach rehearse 2027-02-01"), "is over")
	w.wantText(w.say("lena", "/coach rehearse someday"), "cannot tell which day")
	w.wantText(w.say("ada", "/coach rehearse"), "for the leads")
	w.say("lena", "/coach pause")
	w.wantText(w.say("lena", "/coach rehearse"), "Mon 1 Mar · paused")
}

// A page holds whole days, and as many as fit.
func TestRehearsalOfABusyWeek(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	for i := range 40 {
		text := fmt.Sprintf("%02d %s", i, strings.Repeat("long ", 20))
		form := w.say("lena", "/coach announce").Form
		w.press("lena", w.submit("lena", form, "text", text, "date", day(2+i/10).String(), "time", "12:00").Message, "Plan it")
	}
	page := w.say("lena", "/coach rehearse")
	text := textOf(page.Message)
	for range 4 {
		page = w.press("lena", page.Message, "Go on")
		text += textOf(page.Message)
	}
	for d := day(1); d < day(20); d++ {
		if n := strings.Count(text, d.Format("\nMon 2 Jan")); n != 1 {
			t.Errorf("%s is rehearsed %d times", d, n)
		}
	}
	for i := range 40 {
		if n := strings.Count(text, fmt.Sprintf("Announcement: %02d", i)); n != 1 {
			t.Errorf("announcement %d is rehearsed %d times", i, n)
		}
	}
}

// A post for several rooms is one row.
func TestRehearsalOfSeveralRooms(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.clock(1, "08:30")
	if _, _, err := w.store.Update(t.Context(), coach.Scope{Cohort: id}, func(s coach.State) (coach.Change, error) {
		s.Cohort.Rooms = append(s.Cohort.Rooms, other)
		return coach.Change{Cohort: s.Cohort}, nil
	}); err != nil {
		t.Fatal(err)
	}
	got := w.rehearse(w.now.Add(time.Hour))
	if len(got) != 1 || !strings.HasSuffix(got[0], fmt.Sprint([]coach.RoomID{general, other})) {
		t.Errorf("rehearsed are %v", got)
	}
}

// A delivery that is to be tried again comes when it is.
func TestRehearsalOfWhatIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	jobs, err := w.store.Claim(t.Context(), w.now, time.Minute, 1)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	retry := schedule.Outcome{State: schedule.Waiting, Retry: w.now.Add(20 * time.Minute)}
	if err := w.store.Finish(t.Context(), jobs[0], w.now, retry); err != nil {
		t.Fatal(err)
	}
	if got := w.rehearse(w.now.Add(30 * time.Minute)); !slices.Equal(got, []string{row(retry.Retry, "welcome", "Crew", general)}) {
		t.Errorf("rehearsed are %v", got)
	}
}

// A prompt that is posted while the rehearsal reads the cohort is no reason to
// lose the thread.
func TestRehearsalWhileAPromptIsPosted(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "08:59")
	m := &meanwhile{memory: w.store, then: func() { w.clock(1, "09:00") }}
	r, err := coach.New(m, library()).Rehearse(t.Context(), w.load("lena").Cohort.ID, w.now, w.now.AddDate(0, 0, 3))
	if err != nil || m.then != nil {
		t.Fatal(err)
	}
	if got := rows(r); len(got) != 2 {
		t.Errorf("rehearsed are %v", got)
	}
}

// meanwhile is a store in which something happens between two readings.
type meanwhile struct {
	*memory
	then func()
}

func (m *meanwhile) List(ctx context.Context, s schedule.State, prefix string, limit int, parts ...int) ([]schedule.Job, error) {
	if then := m.then; then != nil {
		m.then = nil
		then()
	}
	return m.memory.List(ctx, s, prefix, limit, parts...)
}
