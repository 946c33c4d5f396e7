package coach_test

import (
	"slices"
	"testing"

	"studycoach/coach"
)

// onDiscord is an event as dora does it on Discord.
func onDiscord(e coach.Event) coach.Event {
	e.From, e.Room = dora, guild
	return e
}

// startOnDiscord has dora start a cohort on Discord.
func (w *world) startOnDiscord(values ...string) coach.CohortID {
	w.Helper()
	form := w.sayIn(dora, guild, "/coach setup").Form
	if form == nil {
		w.Fatalf("there is no form")
	}
	w.handle(onDiscord(w.submitted("x", form, append([]string{"name", "Guild", "start", "2027-03-01"}, values...)...)))
	id, err := w.store.CohortIn(w.Context(), guild)
	if err != nil {
		w.Fatalf("%v", err)
	}
	return id
}

func asks(f *coach.Form, field string) bool {
	return slices.ContainsFunc(f.Fields, func(x coach.FormField) bool { return x.Name == field })
}

// Where the bot begins threads a cohort may have one for each day's prompt, and
// is not asked elsewhere.
func TestAThreadForEachDaysPrompt(t *testing.T) {
	w := newWorld(t)
	if form := w.say("lena", "/coach setup").Form; asks(form, "threads") {
		t.Error("it is asked where any message can have a thread")
	}
	id := w.startOnDiscord("threads", "yes", "goal", "15")
	edit := w.sayIn(dora, guild, "/coach cohort edit").Form
	if !w.loadIn(id, "x").Cohort.Threads || !asks(edit, "threads") {
		t.Fatal("the cohort has none")
	}
	w.clock(1, "10:00")
	var threads []string
	for _, p := range w.posts {
		if p.Thread != "" {
			threads = append(threads, p.Thread)
			if p.Class != coach.ClassPrompt || p.Message.Blocks[0].Title != p.Thread {
				t.Errorf("%s begins the thread %q", p.Key, p.Thread)
			}
		}
	}
	if len(threads) != 1 {
		t.Errorf("the day's threads are %q", threads)
	}
	w.handle(onDiscord(w.submitted("x", edit, "threads", "")))
	w.clock(2, "10:00")
	if p := w.last(coach.ClassPrompt, guild); p.Thread != "" {
		t.Errorf("there is the thread %q", p.Thread)
	}
}

// An announcement pings the role that a lead chose, in the rooms of its server
// alone, and nobody else does.
func TestAnAnnouncementPingsARole(t *testing.T) {
	w := newWorld(t)
	id := w.startOnDiscord()
	code := codeShown.FindString(textOf(w.sayIn(dora, guild, "/coach room").Message))
	w.wantText(w.say("lena", "/coach room "+code), "lives here now, too")
	ping := func(text string) coach.Reply {
		t.Helper()
		form := w.sayIn(dora, guild, "/coach announce "+text).Form
		if form == nil {
			t.Fatal("there is no form")
		}
		return w.handle(onDiscord(w.submitted("x", form)))
	}
	preview := ping("ping <@&77> Hello *all*")
	w.wantText(preview, "It pings the role that you chose")
	if a := w.announcements(id); len(a) != 1 || a[0].Ping != "discord/G1/77" || a[0].Text != "Hello *all*" {
		t.Fatalf("kept are %+v", a)
	}
	again := w.handle(onDiscord(w.pressed("x", preview.Message, "Edit"))).Form
	preview = w.handle(onDiscord(w.submitted("x", again, "text", "Hello you")))
	w.wantText(preview, "It pings the role that you chose", "Hello you")
	w.handle(onDiscord(w.pressed("x", preview.Message, "Post it now")))
	w.clock(1, "10:00")
	here, there := w.last(coach.ClassAnnouncement, guild), w.last(coach.ClassAnnouncement, general)
	if here.Ping != "discord/G1/77" || there.Ping != "" {
		t.Errorf("it pings %q there and %q elsewhere", here.Ping, there.Ping)
	}
	for _, text := range []string{"ping <@&77x> Hello", "ping everyone Hello", "Hello <@&77>"} {
		reply := ping(text)
		if !slices.ContainsFunc(w.announcements(id), func(a coach.Announcement) bool { return a.Text == text && a.Ping == "" }) {
			t.Errorf("%q is kept as %+v", text, w.announcements(id))
		}
		w.wantNot(textOf(reply.Message), "It pings")
	}
	for _, p := range w.posts {
		if p.Ping != "" && p.Class != coach.ClassAnnouncement {
			t.Errorf("%s pings %q", p.Key, p.Ping)
		}
	}
}
