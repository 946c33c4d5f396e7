package slack

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// Whatever was on its way into a channel that gets another id arrives there once,
// and what comes later does, too.
func TestAConvertedChannelIsFollowed(t *testing.T) {
	store, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	co := coach.New(store, library)
	c := newChat(t, false, func(o *Options) { o.Notice = co.Notice })
	c.running(co.Handle)
	const id coach.CohortID = "aaaaaaaaaa"
	room := func(channel string) coach.RoomID { return coach.RoomID(platform + "/" + teamID + "/" + channel) }
	now := time.Now().Truncate(time.Second)
	put := func(change coach.Change) {
		t.Helper()
		if _, _, err := store.Update(t.Context(), coach.Scope{Cohort: id}, func(coach.State) (coach.Change, error) { return change, nil }); err != nil {
			t.Fatal(err)
		}
	}
	put(coach.Change{Cohort: &coach.Cohort{
		ID: id, Name: "Crew", Roadmap: library.Roadmaps()[0].ID, Rooms: []coach.RoomID{room(general)}, Start: schedule.StudyDay(now, time.UTC) + 7, Zone: "UTC",
		Study: []coach.StudyRule{{Days: schedule.EveryDay}}, Goals: []coach.GoalRule{{Hours: 12}},
	}})
	announce := func(what string) {
		t.Helper()
		j, err := coach.Delivery{
			Key: fmt.Sprintf("send/announce/%s/%s/%s", id, what, room(general)), Room: room(general), Class: coach.ClassAnnouncement,
			Message: *coach.Say(coach.Text("It is " + what + ".")), Expires: 24 * time.Hour,
		}.Job(id.Part(), now)
		if err != nil {
			t.Fatal(err)
		}
		put(coach.Change{Add: []schedule.Job{j}})
	}
	outbox := bot.NewOutbox(bot.OutboxOptions{Queue: store, Platforms: []bot.Platform{c.platform}, Notice: co.Notice, Moved: co.Moved, Rand: func() float64 { return 0 }})
	handlers := co.Handlers(func() float64 { return 0 })
	handlers[coach.Deliver] = outbox.Carry
	runner := schedule.NewRunner(schedule.RunnerOptions{Queue: store, Handlers: handlers, Lane: bot.Lane})
	pass := func(d time.Duration) {
		t.Helper()
		if err := runner.Advance(t.Context(), now, now.Add(d), func(at time.Time) { now = at }); err != nil {
			t.Fatal(err)
		}
	}

	announce("sent")
	pass(10 * time.Second)
	announce("there, though nobody knows")
	announce("waiting")
	c.meet("chat.postMessage", lost, saying("service_unavailable"))
	pass(10 * time.Millisecond)
	c.mu.Lock()
	converted := c.convert(general, "C0SHARED")
	c.mu.Unlock()
	announce("refused before the event comes")
	pass(time.Minute)
	if jobs, err := store.List(t.Context(), schedule.Dead, "send/", 10); err != nil || len(jobs) != 3 {
		t.Errorf("refused are %+v, %v", jobs, err)
	}
	for range 2 {
		c.hand(kindEvent, converted)
	}
	announce("written down before, but late")
	pass(time.Hour)

	var said []string
	for _, m := range c.See(userRef(ada), room("C0SHARED")) {
		said = append(said, strings.TrimSpace(m.Text))
	}
	slices.Sort(said)
	want := []string{
		"It is refused before the event comes.", "It is sent.", "It is there, though nobody knows.",
		"It is waiting.", "It is written down before, but late.",
	}
	if !slices.Equal(said, want) {
		t.Errorf("in the room is %q, want %q", said, want)
	}
	for _, state := range []schedule.State{schedule.Waiting, schedule.Dead, schedule.Skipped} {
		if jobs, err := store.List(t.Context(), state, "send/", 10); err != nil || len(jobs) > 0 {
			t.Errorf("%s are %+v, %v", state, jobs, err)
		}
	}
	if in, err := store.CohortIn(t.Context(), room("C0SHARED")); err != nil || in != id {
		t.Errorf("in the room is %q, %v", in, err)
	}

	// A room that is another cohort's already stays as it is, and Slack need not
	// tell again.
	const other coach.CohortID = "bbbbbbbbbb"
	if _, _, err := store.Update(t.Context(), coach.Scope{Cohort: other}, func(coach.State) (coach.Change, error) {
		return coach.Change{Cohort: &coach.Cohort{ID: other, Rooms: []coach.RoomID{room("C0OTHER")}}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	taken := c.event(map[string]any{"type": "channel_id_changed", "old_channel_id": "C0SHARED", "new_channel_id": "C0OTHER"})
	c.mu.Unlock()
	if code, _ := c.post(t.Context(), kindEvent, taken); code != 200 {
		t.Errorf("it is answered with %d", code)
	}
	if in, err := store.CohortIn(t.Context(), room("C0SHARED")); err != nil || in != id {
		t.Errorf("in the room is %q, %v", in, err)
	}
}
