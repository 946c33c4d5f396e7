package discord

import (
	"strings"
	"testing"

	"studycoach/coach"
)

// A delivery with a thread begins one below its message, once; where there can
// be none, it is sent all the same.
func TestAThreadBelowAPrompt(t *testing.T) {
	p, f := open(t, nil)
	d := delivery("send/prompt/aaaaaaaaaa/2027-03-15/p1/" + string(room))
	d.Thread = strings.Repeat("Day 1 ", 40)
	id, err := p.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	thread := f.channels[string(id)]
	if thread == nil || thread.Parent != "200" || !strings.HasPrefix(thread.Name, "Day 1 Day 1") || count(thread.Name) > 100 {
		t.Fatalf("the thread is %+v", thread)
	}
	if again, err := p.Send(t.Context(), d); err != nil || again != id {
		t.Errorf("sent again it is %s: %v", again, err)
	}
	f.fail("POST /channels/200/messages/", 1, status(403, `{"code":50013}`))
	d.Key = "send/prompt/aaaaaaaaaa/2027-03-16/p2/" + string(room)
	if e := trySend(t, p, d); e != nil {
		t.Errorf("without the permission it is not sent: %v", e)
	}
	d.Room, d.Key = ada.Direct(), "nudge/1"
	before := f.called("POST /channels/")
	if e := trySend(t, p, d); e != nil {
		t.Error(e)
	}
	if n := f.called("POST /channels/") - before; n != 1 {
		t.Errorf("in direct messages %d requests are made", n)
	}
}

// A thread that could not be begun at once is begun a little later, or when the
// message is looked for.
func TestAThreadIsBegunAgain(t *testing.T) {
	p, f := open(t, nil)
	d := delivery("send/prompt/aaaaaaaaaa/2027-03-15/p1/" + string(room))
	d.Thread = "Day 1"
	f.fail("POST /channels/200/messages/", 1, status(500, `oops`))
	id, err := p.Send(t.Context(), d)
	if err != nil || f.channels[string(id)] == nil {
		t.Fatalf("there is no thread: %v", err)
	}
	f.mu.Lock()
	delete(f.channels, string(id))
	f.mu.Unlock()
	if found, ok, err := p.Find(t.Context(), d); err != nil || !ok || found != id {
		t.Fatalf("found is %s: %t, %v", found, ok, err)
	}
	if f.channels[string(id)] == nil {
		t.Error("the message that was found has no thread")
	}
}

// A message pings the role of its server that a lead chose, and no other.
func TestARoleIsPinged(t *testing.T) {
	for ping, want := range map[coach.GroupRef]string{
		"discord/100/77": "<@&77>", "discord/101/77": "", "discord/100/100": "", "discord/100/everyone": "", "slack/100/77": "", "": "",
	} {
		p, f := open(t, nil)
		d := delivery("send/announce/aaaaaaaaaa/a/" + string(room))
		d.Ping = ping
		if e := trySend(t, p, d); e != nil {
			t.Fatal(e)
		}
		m := f.in("200", "301")[0]
		allowed := m.Raw["allowed_mentions"].(map[string]any)
		if got := m.Raw["content"]; got != want {
			t.Errorf("%q: it says %q, want %q", ping, got, want)
		}
		if roles := asList(allowed["roles"]); len(roles) != len(want)/6 || len(asList(allowed["parse"])) > 0 {
			t.Errorf("%q: allowed are %v", ping, allowed)
		}
	}
}
