package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"studycoach/coach"
)

// answers runs a platform that answers all the same, beside a fake Discord.
func answers(t *testing.T, r coach.Reply) (*Platform, *fake) {
	t.Helper()
	p, f := open(t, nil)
	run(t, p, func(context.Context, coach.Event) (coach.Reply, error) { return r, nil })
	f.gateway.ready(t)
	return p, f
}

// arrives has an interaction arrive, and waits until it is answered.
func (f *fake) arrives(t *testing.T, p *Platform, body []byte) {
	t.Helper()
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
}

// checkIn is a command of Ada's in the room.
func (f *fake) checkIn() []byte {
	_, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
	return body
}

// accepted has a request do what it does before h answers it.
func (f *fake) accepted(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.trouble = nil
		f.mu.Unlock()
		f.server.Config.Handler.ServeHTTP(discard{http.Header{}}, r)
		h(w, r)
	}
}

func cutOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// severalParts is a reply of as many messages as parts.
func severalParts(t *testing.T) (r coach.Reply, parts int) {
	t.Helper()
	long := coach.Text(strings.Repeat("word ", 1000))
	r = coach.Reply{Message: coach.Say(long, long, long)}
	if parts = len(render(*r.Message)); parts < 2 {
		t.Fatalf("it has %d parts", parts)
	}
	return r, parts
}

// An answer whose response fails comes all the same, whole and once.
func TestResponsesThatFail(t *testing.T) {
	reply, parts := severalParts(t)
	for name, c := range map[string]struct {
		times   int
		trouble func(f *fake) http.HandlerFunc
		direct  bool // it goes by direct message
	}{
		"too late":           {1, func(*fake) http.HandlerFunc { return status(404, `{"code":10062}`) }, true},
		"a fault":            {1, func(*fake) http.HandlerFunc { return status(502, ``) }, false},
		"a fault that stays": {99, func(*fake) http.HandlerFunc { return status(502, ``) }, true},
		"a short wait": {1, func(*fake) http.HandlerFunc {
			return status(429, `{"retry_after":0.3}`, "X-RateLimit-Scope", "user")
		}, false},
		"a long wait": {1, func(*fake) http.HandlerFunc {
			return status(429, `{"retry_after":60}`, "X-RateLimit-Scope", "user")
		}, true},
		"cut off":                {1, func(*fake) http.HandlerFunc { return cutOff }, false},
		"accepted, then a fault": {1, func(f *fake) http.HandlerFunc { return f.accepted(status(502, ``)) }, false},
		"accepted, then cut off": {1, func(f *fake) http.HandlerFunc { return f.accepted(cutOff) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := answers(t, reply)
			f.fail("POST /interactions/", c.times, c.trouble(f))
			f.arrives(t, p, f.checkIn())
			direct, room := len(f.in(f.direct("301").ID, "301")), len(f.in("200", "301"))
			if c.direct && (direct != parts || room != 0) || !c.direct && (direct != 0 || room != parts) {
				t.Errorf("of %d messages %d are direct and %d in the room", parts, direct, room)
			}
		})
	}
}

// Answers to different people that go by direct message are not taken for one
// another, also where nothing is known of whom they are for.
func TestAnswersToStrangersThatFail(t *testing.T) {
	p, f := open(t, func(o *Options) {
		o.Known = func(context.Context, []coach.UserRef) ([]coach.UserRef, error) { return nil, nil }
	})
	run(t, p, newHeard().handle)
	f.gateway.ready(t)
	f.fail("POST /interactions/", 2, status(404, `{"code":10062}`))
	direct := f.direct("301").ID
	for range 2 {
		_, body := f.ask("301", direct, 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
		f.arrives(t, p, body)
	}
	if n := len(f.in(direct, "301")); n != 2 {
		t.Errorf("there are %d answers", n)
	}
}

// A window whose response fails is not sent any other way.
func TestWindowsThatFail(t *testing.T) {
	form := wordsForm()
	p, f := answers(t, coach.Reply{Form: &form})
	f.fail("POST /interactions/", 1, status(404, `{"code":10062}`))
	f.arrives(t, p, f.checkIn())
	if n := f.called("POST /channels/") + f.called("POST /webhooks/"); n != 0 {
		t.Errorf("%d messages are sent", n)
	}
}
