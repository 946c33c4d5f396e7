package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

const (
	room = coach.RoomID("discord/100/200")
	ada  = coach.UserRef("discord/100/301")
)

func delivery(key string) coach.Delivery {
	return coach.Delivery{Key: key, Room: room, Class: coach.ClassPrompt, Message: *coach.Say(
		coach.Text("secret words of "+key), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"}),
	)}
}

// trySend sends and returns the SendError, nil where there is none. No error
// quotes the token or what was to be sent.
func trySend(t *testing.T, p *Platform, d coach.Delivery) *bot.SendError {
	t.Helper()
	_, err := p.Send(t.Context(), d)
	if err == nil {
		return nil
	}
	var e *bot.SendError
	if !errors.As(err, &e) {
		t.Fatalf("Send fails with %T", err)
	}
	if text := err.Error(); strings.Contains(text, fakeToken) || strings.Contains(text, "secret") {
		t.Errorf("the error quotes: %s", text)
	}
	return e
}

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = fmt.Fprint(w, body)
	}
}

func TestFailedSends(t *testing.T) {
	code := func(n int) string {
		return fmt.Sprintf(`{"code":%d,"message":"secret","errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"secret"}]}}}}}`, n)
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   bot.SendError
		noRoom bool
	}{
		"user limit":         {status(429, `{"retry_after":0.75,"global":false}`, "X-RateLimit-Scope", "user"), bot.SendError{Reason: bot.Limited, Scope: bot.OneRoom, After: 750 * time.Millisecond}, false},
		"shared limit":       {status(429, `{"retry_after":3}`, "X-RateLimit-Scope", "shared"), bot.SendError{Reason: bot.Limited, Scope: bot.OneRoom, After: 3 * time.Second}, false},
		"global limit":       {status(429, `{"retry_after":2.5,"global":true}`, "X-RateLimit-Scope", "global"), bot.SendError{Reason: bot.Limited, Scope: bot.WholePlatform, After: 2500 * time.Millisecond}, false},
		"the address's":      {status(429, `<html>`, "Retry-After", "120"), bot.SendError{Reason: bot.Limited, Scope: bot.WholePlatform, After: 2 * time.Minute}, false},
		"token":              {status(401, `{"code":0,"message":"401: Unauthorized"}`), bot.SendError{Reason: bot.Revoked, Scope: bot.WholePlatform}, false},
		"unauthorized":       {status(403, code(40001)), bot.SendError{Reason: bot.Revoked, Scope: bot.WholePlatform}, false},
		"no channel":         {status(404, code(10003)), bot.SendError{Reason: bot.Refused}, true},
		"no server":          {status(404, code(10004)), bot.SendError{Reason: bot.Refused}, true},
		"no message":         {status(404, code(10008)), bot.SendError{Reason: bot.Refused}, false},
		"no access":          {status(403, code(50001)), bot.SendError{Reason: bot.Refused}, true},
		"closed messages":    {status(403, code(50007)), bot.SendError{Reason: bot.Refused}, true},
		"no permission":      {status(403, code(50013)), bot.SendError{Reason: bot.Refused}, true},
		"archived":           {status(400, code(50083)), bot.SendError{Reason: bot.Refused}, true},
		"a maximum":          {status(400, code(30033)), bot.SendError{Reason: bot.Refused}, false},
		"a bad form":         {status(400, code(50035)), bot.SendError{Reason: bot.Refused}, false},
		"overloaded":         {status(503, code(130000)), bot.SendError{Reason: bot.Unsure}, false},
		"fault":              {status(500, `oops`), bot.SendError{Reason: bot.Unsure}, false},
		"bad gateway":        {status(502, `<html>`), bot.SendError{Reason: bot.Unsure}, false},
		"a proxy refuses":    {status(403, `<html>`), bot.SendError{Reason: bot.Failed}, false},
		"switched off":       {status(400, code(40004)), bot.SendError{Reason: bot.Failed}, false},
		"a redirect":         {status(302, ``, "Location", "https://elsewhere.example/"), bot.SendError{Reason: bot.Refused}, false},
		"hangs up":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, bot.SendError{Reason: bot.Unsure}, false},
		"an answer cut off":  {status(200, `{"id":"12`), bot.SendError{Reason: bot.Unsure}, false},
		"an answer of never": {status(200, `{}`), bot.SendError{Reason: bot.Unsure}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := open(t, nil)
			f.fail("POST /channels/200/messages", 1, c.answer)
			e := trySend(t, p, delivery("prompt/1"))
			if e == nil {
				t.Fatal("it is sent")
			}
			if e.Reason != c.want.Reason || e.Scope != c.want.Scope || e.After != c.want.After {
				t.Errorf("it fails as %s, scope %d, wait %v, want %+v: %v", e.Reason, e.Scope, e.After, c.want, e.Err)
			}
			if got := errors.Is(e, bot.ErrNoRoom); got != c.noRoom {
				t.Errorf("it is ErrNoRoom: %t, want %t", got, c.noRoom)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	p, f := open(t, nil)
	f.server.Close()
	if e := trySend(t, p, delivery("prompt/1")); e == nil || e.Reason != bot.Failed {
		t.Errorf("a send to nobody gives %v", e)
	}
}

// What Discord took although its answer was lost is there once.
func TestAcceptedThenTimedOut(t *testing.T) {
	p, f := open(t, nil)
	late := make(chan struct{})
	f.fail("POST /channels/200/messages", 1, func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.trouble = nil
		f.mu.Unlock()
		f.server.Config.Handler.ServeHTTP(discard{http.Header{}}, r)
		<-late
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := p.Send(ctx, delivery("prompt/1"))
	close(late)
	var e *bot.SendError
	if !errors.As(err, &e) || e.Reason != bot.Unsure {
		t.Fatalf("it ends with %v", err)
	}
	id, found, err := p.Find(t.Context(), delivery("prompt/1"))
	if !found || err != nil {
		t.Errorf("it is not found: %v", err)
	}
	again, err := p.Send(t.Context(), delivery("prompt/1"))
	if err != nil || again != id {
		t.Errorf("sent again it is %s, %v, want %s", again, err, id)
	}
	if n := len(f.in("200", "301")); n != 1 {
		t.Errorf("there are %d messages", n)
	}
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// What Discord said of a limit is kept to without asking.
func TestLimitsAreKept(t *testing.T) {
	p, f := open(t, nil)
	f.fail("POST /channels/200/messages", 1, status(200, `{"id":"1"}`,
		"X-RateLimit-Bucket", "b", "X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "30.5"))
	if e := trySend(t, p, delivery("a")); e != nil {
		t.Fatal(e)
	}
	e := trySend(t, p, delivery("b"))
	if e == nil || e.Reason != bot.Limited || e.Scope != bot.OneRoom || e.After < 29*time.Second || e.After > 31*time.Second {
		t.Errorf("the next send gives %v", e)
	}
	f.channel("201", "100", "other")
	other := delivery("c")
	other.Room = "discord/100/201"
	if e := trySend(t, p, other); e != nil {
		t.Errorf("another room waits too: %v", e)
	}
	if n := f.called("POST /channels/"); n != 2 {
		t.Errorf("Discord was asked %d times, want 2", n)
	}
}

// A token that was refused is not tried again at once, by anybody.
func TestRevokedTokenStopsAll(t *testing.T) {
	p, f := open(t, nil)
	f.fail("POST /channels/200/messages", 1, status(401, `{}`))
	for range 3 {
		if e := trySend(t, p, delivery("a")); e == nil || e.Reason != bot.Revoked || e.Scope != bot.WholePlatform {
			t.Errorf("a send gives %v", e)
		}
	}
	if n := f.called(""); n != 1 {
		t.Errorf("Discord was asked %d times", n)
	}
	p.rest.revoked.Store(time.Now().Add(-2 * revokedPause).UnixNano())
	if e := trySend(t, p, delivery("a")); e != nil {
		t.Errorf("the bot stays out: %v", e)
	}
}

func TestBreaker(t *testing.T) {
	var b breaker
	now := time.Date(2027, 3, 15, 9, 0, 30, 0, time.UTC)
	for range maxRefused - 1 {
		b.count(now)
	}
	if w := b.wait(now); w != 0 {
		t.Errorf("it breaks early, for %v", w)
	}
	b.count(now.Add(5 * time.Minute))
	if w := b.wait(now.Add(5 * time.Minute)); w != 4*time.Minute+30*time.Second {
		t.Errorf("it breaks for %v", w)
	}
	if w := b.wait(now.Add(10 * time.Minute)); w != 0 {
		t.Errorf("it stays broken, for %v", w)
	}
}

// A picture that cannot be drawn, or is refused, is told in words.
func TestPicturesThatFail(t *testing.T) {
	d := delivery("summary/1")
	d.Message.Blocks = append(d.Message.Blocks, coach.Picture(coach.Image{Alt: "Ten hours.", Week: &coach.WeekChart{}}))
	for name, refuse := range map[string]bool{"not drawn": false, "refused": true} {
		t.Run(name, func(t *testing.T) {
			p, f := open(t, func(o *Options) {
				if !refuse {
					o.Draw = func(coach.Image) ([]byte, error) { return nil, errors.New("no ink") }
				}
			})
			if refuse {
				f.fail("POST /channels/200/messages", 1, status(413, `{"code":40005}`))
			}
			if e := trySend(t, p, d); e != nil {
				t.Fatal(e)
			}
			all := f.in("200", "301")
			if len(all) != 1 || len(all[0].Files) != 0 || !strings.Contains(visible(all[0]).Text, "Ten hours.") {
				t.Errorf("it is shown as %+v", all)
			}
		})
	}
}

// Another process, which remembers nothing, finds what was sent, and nothing
// else.
func TestFindAfterRestart(t *testing.T) {
	p, _ := open(t, nil)
	keys := []string{"send/prompt/aaaaaaaaaa/2027-03-15/p1/" + string(room), "other/1", strings.Repeat("long", 60)}
	text := coach.Delivery{Key: "send/summary/1", Room: room, Message: *coach.Say(coach.Title("Week & 3"), coach.Text("A *good* week."))}
	later := delivery("never/1")
	ids := map[string]bot.MessageID{}
	all := []coach.Delivery{text}
	for _, key := range keys {
		all = append(all, delivery(key))
	}
	for _, d := range all {
		id, err := p.Send(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		ids[d.Key] = id
	}
	anew, err := New(p.o)
	if err != nil {
		t.Fatal(err)
	}
	defer anew.rest.close()
	for _, d := range all {
		if id, found, err := anew.Find(t.Context(), d); err != nil || !found || id != ids[d.Key] {
			t.Errorf("%s is found: %t as %s, %v", d.Key, found, id, err)
		}
	}
	same := text
	same.Message = *coach.Say(coach.Text("Another week."))
	for _, d := range []coach.Delivery{later, same} {
		if _, found, err := anew.Find(t.Context(), d); err != nil || found {
			t.Errorf("%s is found: %t, %v", d.Key, found, err)
		}
	}
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	p, f := open(t, nil)
	if _, found, err := p.Find(t.Context(), delivery("a")); found || err != nil {
		t.Errorf("in an empty room: %t, %v", found, err)
	}
	f.channels["200"].Overwrites = []overwrite{{ID: "7", Type: 0, Allow: "0", Deny: "65536"}}
	if _, _, err := p.Find(t.Context(), delivery("a")); !errors.Is(err, bot.ErrCannotLook) {
		t.Errorf("without the permission: %v", err)
	}
	f.channels["200"].Closed = missingAccess
	if _, _, err := p.Find(t.Context(), delivery("a")); !errors.Is(err, bot.ErrCannotLook) {
		t.Errorf("without access: %v", err)
	}
}

// Of a closed room the error says why, for the outbox to tell the coach.
func TestClosedRoomsSayWhy(t *testing.T) {
	for _, c := range []struct {
		room coach.RoomID
		set  func(f *fake)
		want coach.Closing
	}{
		{room, func(f *fake) { f.channels["200"].Closed = missingPermission }, coach.Forbidden},
		{room, func(f *fake) { f.channels["200"].Closed = missingAccess }, coach.Forbidden},
		{"discord/100/999", func(*fake) {}, coach.Deleted},
		{ada.Direct(), func(f *fake) { f.closed["301"] = cannotTalk }, ""},
		{ada.Direct(), func(f *fake) { f.closed["301"] = noMutualGuilds }, ""},
	} {
		p, f := open(t, nil)
		c.set(f)
		d := delivery("prompt/1")
		d.Room = c.room
		if e := trySend(t, p, d); e == nil || e.Reason != bot.Refused || e.Why != c.want || !errors.Is(e, bot.ErrNoRoom) {
			t.Errorf("%s: %+v", c.room, e)
		}
	}
}
