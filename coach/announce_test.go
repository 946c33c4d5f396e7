package coach_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// draft has lena write an announcement.
func (w *world) draft(text string, values ...string) coach.Reply {
	w.Helper()
	return w.submit("lena", w.say("lena", "/coach announce").Form, append([]string{"text", text}, values...)...)
}

// announcements reads what was announced to a cohort.
func (w *world) announcements(id coach.CohortID) []coach.Announcement {
	w.Helper()
	s, err := w.store.Load(w.Context(), coach.Scope{Cohort: id, Announcements: true})
	if err != nil {
		w.Fatalf("load %s: %v", id, err)
	}
	return s.Announcements
}

// meddler is a store in which something happens between the reading and the
// commit of the next update.
type meddler struct {
	coach.Store
	meddle func()
}

func (m *meddler) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	return m.Store.Update(ctx, s, func(state coach.State) (coach.Change, error) {
		if meddle := m.meddle; meddle != nil {
			m.meddle = nil
			meddle()
		}
		return fn(state)
	})
}

func TestAnAnnouncementCancelledAtTheLastMomentIsNotPosted(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	preview := w.draft("Hello", "date", "2027-03-01", "time", "10:00")
	w.press("lena", preview.Message, "Plan it")
	w.skip(1, "10:00")
	jobs, err := w.store.List(t.Context(), schedule.Waiting, "announce/", 1)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	slow := &meddler{Store: w.store, meddle: func() { w.press("lena", preview.Message, "Discard") }}
	if err := coach.New(slow, library()).Fire(t.Context(), jobs[0], w.now); err != nil {
		t.Error(err)
	}
	w.clock(1, "10:01")
	if got := w.posted(coach.ClassAnnouncement, ""); len(got) != 0 {
		t.Errorf("posted were %v", got)
	}
	w.wantText(w.say("lena", "/coach announce list"), "cancelled · Lena: Hello")
}

func TestAnAnnouncementPostedAtTheLastMomentIsNotTakenBack(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	preview := w.draft("Hello", "date", "2027-03-01", "time", "10:00")
	w.press("lena", preview.Message, "Plan it")
	slow := &meddler{Store: w.store, meddle: func() { w.clock(1, "10:00") }}
	reply, err := coach.New(slow, library()).Handle(t.Context(), w.pressed("lena", preview.Message, "Discard"))
	if err != nil {
		t.Fatal(err)
	}
	w.wantLine(reply, say.AnnouncePostedBefore{})
	w.wantText(w.say("lena", "/coach announce list"), "posted · Lena: Hello")
}

func TestATimeIsOverInTheZoneOfEachCohort(t *testing.T) {
	w := newWorld(t)
	id := w.cohort("name", "Crew", "zone", "America/New_York")
	second := w.cohortIn(other, "name", "Owls", "zone", "Asia/Tokyo")
	both := string(id) + "," + string(second)
	w.clock(1, "10:00") // 05:00 in New York, 19:00 in Tokyo
	today := []string{"to", both, "date", "2027-03-01", "time"}
	w.wantError(w.draft("Hello", append(today, "12:00")...), "date", "over in Owls.")
	preview := w.draft("Hello", append(today, "19:30")...) // in half an hour in Tokyo
	w.clock(1, "11:00")
	w.wantText(w.press("lena", preview.Message, "Plan it"), "Planned for Crew", "That time is over in Owls.")
	late := w.draft("Late", "to", string(second), "date", "2027-03-01", "time", "20:30")
	w.clock(1, "12:00")
	w.wantText(w.press("lena", late.Message, "Plan it"), "That time is over")
	w.clock(2, "12:00")
	if got := times(w.posted(coach.ClassAnnouncement, "")); !slices.Equal(got, []string{"Tue 2 00:30"}) {
		t.Errorf("announcements at %v", got)
	}
}

func TestADraftIsChanged(t *testing.T) {
	w := newWorld(t)
	id := w.cohort("name", "Crew", "zone", "Europe/Berlin")
	second := w.cohortIn(other, "name", "Owls")
	preview := w.draft("Helo", "to", string(id)+","+string(second), "date", "tomorrow", "time", "7 pm")
	form := w.press("lena", preview.Message, "Edit").Form
	for name, want := range map[string]string{"text": "Helo", "date": "2027-03-02", "time": "19:00", "to": string(id) + "," + string(second)} {
		if got := fieldOf(form, name); got == nil || got.Value != want && name != "to" || len(got.Value) != len(want) {
			t.Errorf("%s holds %+v, want %q", name, got, want)
		}
	}
	changed := w.submit("lena", form, "text", "Hello", "date", "", "time", "", "to", string(second))
	w.wantText(changed, "look in Owls.", "Hello")
	w.wantLine(w.press("lena", preview.Message, "Plan it"), say.AnnounceGone{})
	w.wantLine(w.press("lena", preview.Message, "Edit"), say.AnnounceGone{})
	w.wantLine(w.press("lena", changed.Message, "Post it now"), say.AnnounceDone{Cohort: "Owls"})
	w.clock(3, "00:00")
	if got := w.posted(coach.ClassAnnouncement, ""); len(got) != 1 || got[0].Room != other || got[0].Message.Blocks[1].Text != "Hello" {
		t.Errorf("posted were %v", got)
	}
}

func TestAnAnnouncementIsSeenBeforeItIsPosted(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.clock(1, "10:00")
	if got := fieldOf(w.say("lena", "/coach announce See you at *six*").Form, "text").Value; got != "See you at *six*" {
		t.Errorf("the form holds %q", got)
	}
	preview := w.draft("See you at *six*")
	w.wantText(preview, "This is how it will look in Crew.", "Announcement", "See you at *six*", "Announced by Lena · Crew")
	w.clock(1, "11:00")
	if got := w.posted(coach.ClassAnnouncement, ""); len(got) != 0 {
		t.Fatalf("a draft was posted: %v", got)
	}
	w.wantLine(w.say("lena", "/coach announce list"), say.AnnounceList{})
	w.wantLine(w.press("lena", preview.Message, "Post it now"), say.AnnounceDone{Cohort: "Crew"})
	w.clock(1, "11:01")
	posted := w.last(coach.ClassAnnouncement, general)
	if got, want := textOf(&posted.Message), textOf(coach.Say(preview.Message.Blocks[1:4]...)); got != want || posted.at != at(1, "11:00") {
		t.Errorf("%q was posted at %s, the preview showed %q", got, posted.at, want)
	}
	before := w.snapshot()
	w.wantLine(w.press("lena", preview.Message, "Post it now"), say.AnnounceGone{})
	w.wantLine(w.press("lena", preview.Message, "Discard"), say.AnnouncePostedBefore{})
	w.unchanged("posted before", before)
	w.wantLine(w.say("lena", "/coach announce list"), say.AnnounceList{Rows: []say.AnnounceRow{
		{N: 1, At: "Mon 1 Mar 11:00", Status: "posted", By: "Lena", Text: "See you at *six*"},
	}})
	if all := w.announcements(id); len(all) != 1 || all[0].By != user("lena") || all[0].Made != at(1, "10:00") {
		t.Errorf("kept is %+v", all)
	}
}

func TestAnAnnouncementIsPlanned(t *testing.T) {
	w := newWorld(t)
	w.cohort("zone", "Europe/Berlin")
	w.clock(1, "10:00")
	preview := w.draft("Hello", "date", "2027-03-03", "time", "7 pm")
	w.wantText(preview, "posted on Wed 3 Mar 2027 19:00 in the cohort's own time")
	w.wantLine(w.press("lena", preview.Message, "Plan it"), say.AnnounceDone{Cohort: "Crew", Planned: true})
	w.press("lena", w.draft("Only a day", "date", "tomorrow").Message, "Plan it")
	w.press("lena", w.draft("Only a time", "time", "12:30").Message, "Plan it")
	never := w.draft("Never", "date", "2027-03-04").Message
	w.press("lena", never, "Plan it")
	list := w.say("lena", "/coach announce list")
	w.wantText(list, "Thu 4 Mar 09:00 · planned · Lena: Never")
	w.wantLine(w.press("lena", list.Message, cancelLabel(list, "Never")), say.AnnounceCancelled{})
	w.wantText(w.say("lena", "/coach announce list"), "Thu 4 Mar 09:00 · cancelled · Lena: Never")
	w.wantLine(w.press("lena", list.Message, cancelLabel(list, "Never")), say.AnnounceGone{})
	w.wantLine(w.press("lena", never, "Plan it"), say.AnnounceGone{})
	w.clock(5, "20:00")
	if got := times(w.posted(coach.ClassAnnouncement, general)); !slices.Equal(got, []string{"Mon 1 11:30", "Tue 2 08:00", "Wed 3 18:00"}) {
		t.Errorf("announcements at %v", got)
	}
}

// cancelLabel is the label of the button that cancels the announcement of a text.
func cancelLabel(list coach.Reply, text string) string {
	for line := range strings.Lines(textOf(list.Message)) {
		if n, rest, ok := strings.Cut(line, ". "); ok && strings.Contains(rest, text) {
			return "Cancel no. " + n
		}
	}
	return "no such line"
}

func TestAnAnnouncementThatIsNotRight(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "10:00")
	before := w.snapshot()
	w.wantError(w.draft(" \n"), "text", "What should it say?")
	for _, test := range []struct{ date, time, field, want string }{
		{"2027-02-28", "", "date", "That time is over."},
		{"", "09:59", "date", "That time is over."},
		{"2027-03-01", "10:00", "date", "That time is over."},
		{"someday", "", "date", "I cannot tell which day someday is."},
		{"", "late", "time", "late"},
		{"2028-03-10", "", "date", "more than 366 days ahead"},
	} {
		reply := w.draft("Hello", "date", test.date, "time", test.time)
		w.wantIn(fieldOf(reply.Form, test.field).Error, test.want)
		if got := fieldOf(reply.Form, "text").Value + fieldOf(reply.Form, "date").Value + fieldOf(reply.Form, "time").Value; got != "Hello"+test.date+test.time {
			t.Errorf("the form holds %q", got)
		}
	}
	w.unchanged("an announcement that is not right", before)
}

func TestAnAnnouncementToSeveralCohorts(t *testing.T) {
	w := newWorld(t)
	id := w.cohort("name", "Crew")
	second := w.cohortIn(other, "name", "Owls", "zone", "America/New_York")
	w.clock(1, "10:00")
	both := string(id) + "," + string(second)
	form := w.say("lena", "/coach announce").Form
	if f := fieldOf(form, "to"); f == nil || f.Value != string(id) || len(f.Options) != 2 {
		t.Fatalf("the form asks %+v", f)
	}
	now := w.draft("Now", "to", both)
	w.wantText(now, "This is how it will look in")
	w.press("lena", now.Message, "Post it now")
	w.press("lena", w.draft("Planned", "to", both, "date", "2027-03-02", "time", "12:00").Message, "Plan it")
	w.press("lena", w.draft("One", "to", string(second)).Message, "Post it now")
	dropped := w.draft("Dropped", "to", both)
	w.wantLine(w.press("lena", dropped.Message, "Discard"), say.AnnounceCancelled{})
	w.wantLine(w.press("lena", dropped.Message, "Post it now"), say.AnnounceGone{})
	w.wantText(w.draft("Nobody", "to", "elsewhere"), "is for the leads")
	w.clock(3, "10:00")
	var got []string
	for _, p := range w.posted(coach.ClassAnnouncement, "") {
		got = append(got, fmt.Sprint(p.at.UTC().Format("Mon 15:04 "), p.Room.Channel(), " ", p.Message.Blocks[1].Text))
	}
	slices.Sort(got)
	if want := []string{"Mon 10:00 general Now", "Mon 10:00 other Now", "Mon 10:00 other One", "Tue 12:00 general Planned", "Tue 17:00 other Planned"}; !slices.Equal(got, want) {
		t.Errorf("posted were %q", got)
	}
}

func TestALateAnnouncementIsPostedForADay(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.clock(1, "10:00")
	for _, text := range []string{"One", "Two"} {
		w.press("lena", w.draft(text, "date", map[string]string{"One": "2027-03-02", "Two": "2027-03-03"}[text]).Message, "Plan it")
	}
	w.skip(3, "09:01")
	w.clock(3, "09:01")
	if got := w.posted(coach.ClassAnnouncement, ""); len(got) != 1 || got[0].Message.Blocks[1].Text != "Two" {
		t.Errorf("posted were %v", got)
	}
	w.wantText(w.say("lena", "/coach announce list"), "Tue 2 Mar 09:00 · missed · Lena: One", "Wed 3 Mar 09:00 · posted · Lena: Two")
	if skipped, _ := w.store.List(t.Context(), schedule.Skipped, "announce/", 10); len(skipped) != 1 {
		t.Errorf("skipped are %v", skipped)
	}
}

func TestALongAnnouncementAndALongList(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	for i := range 15 {
		preview := w.draft(fmt.Sprintf("No. %d %s", i, strings.Repeat("*", 3000)), "date", "2027-03-02")
		w.press("lena", preview.Message, "Plan it")
	}
	list := w.say("lena", "/coach announce list")
	if got := len(buttons(list.Message)); got != 5 {
		t.Errorf("%d can be cancelled", got)
	}
	w.clock(2, "10:00")
	for _, p := range w.posted(coach.ClassAnnouncement, "") {
		w.wantIn(textOf(&p.Message), "No. ", "***…")
	}
}
