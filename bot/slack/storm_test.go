package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/schedule"
)

// hangs accepts a call, and answers only when nobody waits any more.
func hangs(_ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return false
}

// A message that was accepted although its answer did not come in time is found.
func TestASendThatTimedOutIsFound(t *testing.T) {
	c := newChat(t, false)
	c.meet("chat.postMessage", hangs)
	d := charted("summary/1")
	c.instant = true
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := c.platform.Send(ctx, d)
	var e *bot.SendError
	if !errors.As(err, &e) || e.Reason != bot.Unsure || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the error is %v", err)
	}
	c.eventually("it is in the room", func() bool { return len(c.See(userRef(ada), d.Room)) == 1 })
	if id, found, err := c.platform.Find(t.Context(), d); !found || err != nil || id != c.See(userRef(ada), d.Room)[0].ID {
		t.Errorf("it is found as %q: %t, %v", id, found, err)
	}
}

// Whatever Slack does to a queue of messages, each is in its room once in the
// end, and one room's trouble is not the other's.
func TestAStormIsWeathered(t *testing.T) {
	store, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c := newChat(t, false)
	c.instant = true
	c.rooms["C0OTHER"] = &fakeRoom{id: "C0OTHER", members: map[string]bool{botUser: true, ada: true}}
	due := time.Now().Truncate(time.Second)
	var all []coach.Delivery
	for i := range 12 {
		d := delivery(fmt.Sprint("send/summary/", i), coach.Text(fmt.Sprintf("Message %d.", i)), coach.Picture(coach.Image{Alt: fmt.Sprint("Chart ", i), Week: &coach.WeekChart{}}))
		d.Class = coach.ClassSummary
		if i%2 == 1 {
			d.Room = coach.RoomID(platform + "/" + teamID + "/C0OTHER")
		}
		if i == 6 {
			d.Message.Blocks = append(d.Message.Blocks, long()...) // several posts
		}
		j, err := d.Job(0, due)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Add(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	bad := []fault{
		limited("7"), lost, limited(""), status(500, "<html>"), nil, limited("0"), truncated, saying("internal_error"), lost, nil, status(503, ""),
		limited("3600"), saying("service_unavailable"), lost, broken, limited("Wed, 21 Oct 2026 07:28:00 GMT"), nil, saying("ratelimited"), lost, lost,
	}
	c.meet("chat.postMessage", bad...)
	c.meet("conversations.history", nil, status(500, ""), broken, nil, limited("1"))
	c.meet("upload", lost, status(500, ""))
	c.meet("auth.test", broken)

	outbox := bot.NewOutbox(bot.OutboxOptions{Queue: store, Platforms: []bot.Platform{c.platform}, Rand: func() float64 { return 0 }})
	carried := func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
		c.platform.api.rest("conversations.history", 0) // its time passes here, not in the adapter
		return outbox.Carry(ctx, j, now)
	}
	runner := schedule.NewRunner(schedule.RunnerOptions{Queue: store, Handlers: map[string]schedule.Handler{coach.Deliver: carried}, Lane: bot.Lane})
	if err := runner.Advance(t.Context(), due, due.Add(6*time.Hour), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	for i, d := range all {
		n := 0
		for _, m := range c.See(userRef(ada), d.Room) {
			n += strings.Count(m.Text, fmt.Sprintf("Message %d.", i))
		}
		if n != 1 {
			t.Errorf("message %d is there %d times", i, n)
		}
	}
	paragraphs := 0
	for _, m := range c.See(userRef(ada), all[6].Room) {
		paragraphs += strings.Count(m.Text, "A paragraph.")
	}
	if paragraphs != len(long()) {
		t.Errorf("of a message in several posts there are %d of %d paragraphs", paragraphs, len(long()))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for method, left := range c.faults {
		if len(left) > 0 {
			t.Errorf("%s has met but few of its faults: %d are left", method, len(left))
		}
	}
}
