package slack

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
)

// serveHTTP has a request served, without a network.
func serveHTTP(p *Platform, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.Routes()[r.URL.Path].ServeHTTP(w, r)
	return w
}

// running runs a platform with a handler until the test ends.
func (c *fakeChat) running(h func(context.Context, coach.Event) (coach.Reply, error)) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.platform.Run(ctx, h) }()
	c.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			c.t.Errorf("Run ended with %v", err)
		}
	})
	c.eventually("the platform runs", func() bool {
		c.platform.in.mu.Lock()
		defer c.platform.in.mu.Unlock()
		return c.platform.in.handler != nil && c.platform.me.known.Load() != nil
	})
}

// eventually waits until something holds.
func (f *fakeSlack) eventually(what string, holds func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.t.Fatalf("it does not come to be that %s", what)
		}
	}
}

func TestOnlySlackIsLetIn(t *testing.T) {
	const other = "another-signing-secret-9876543210"
	now := time.Now()
	body := []byte(`{"type":"url_verification","challenge":"c-1"}`)
	sign := func(secret string, at time.Time) *http.Request {
		return signedRequest(t.Context(), "http://bot/slack/events", "application/json", body, secret, at)
	}
	for _, tt := range []struct {
		name   string
		make   func() *http.Request
		status int
	}{
		{"signed", func() *http.Request { return sign(secret, now) }, 200},
		{"signed with the new secret", func() *http.Request { return sign("the-new-signing-secret-of-the-app", now) }, 200},
		{"signed with another secret", func() *http.Request { return sign(other, now) }, 401},
		{"signed a while ago", func() *http.Request { return sign(secret, now.Add(-4*time.Minute)) }, 200},
		{"replayed", func() *http.Request { return sign(secret, now.Add(-6*time.Minute)) }, 401},
		{"from the future", func() *http.Request { return sign(secret, now.Add(6*time.Minute)) }, 401},
		{"unsigned", func() *http.Request { r := sign(secret, now); r.Header.Del("X-Slack-Signature"); return r }, 401},
		{"without a time", func() *http.Request { r := sign(secret, now); r.Header.Del("X-Slack-Request-Timestamp"); return r }, 401},
		{"with a time that is none", func() *http.Request {
			r := sign(secret, now)
			r.Header.Set("X-Slack-Request-Timestamp", "now")
			return r
		}, 401},
		{"with another time", func() *http.Request {
			r := sign(secret, now)
			r.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix()+1, 10))
			return r
		}, 401},
		{"with half a signature", func() *http.Request {
			r := sign(secret, now)
			r.Header.Set("X-Slack-Signature", r.Header.Get("X-Slack-Signature")[:20])
			return r
		}, 401},
		{"with an unknown version", func() *http.Request {
			r := sign(secret, now)
			r.Header.Set("X-Slack-Signature", "v1"+r.Header.Get("X-Slack-Signature")[2:])
			return r
		}, 401},
		{"with another body", func() *http.Request {
			r := sign(secret, now)
			r.Body = io.NopCloser(strings.NewReader(`{"type":"url_verification","challenge":"c-2"}`))
			return r
		}, 401},
		{"by GET", func() *http.Request { r := sign(secret, now); r.Method = http.MethodGet; return r }, 405},
		{"as a form", func() *http.Request { r := sign(secret, now); r.Header.Set("Content-Type", "text/plain"); return r }, 415},
		{"said to be too large", func() *http.Request { r := sign(secret, now); r.ContentLength = maxBody + 1; return r }, 413},
		{"too large", func() *http.Request {
			r := sign(secret, now)
			r.ContentLength, r.Body = -1, io.NopCloser(bytes.NewReader(make([]byte, maxBody+1)))
			return r
		}, 413},
	} {
		c := newChat(t, false, func(o *Options) {
			o.SigningSecrets = append(o.SigningSecrets, "the-new-signing-secret-of-the-app")
		})
		w := serveHTTP(c.platform, tt.make())
		if w.Code != tt.status || w.Code == 200 && w.Body.String() != "c-1" {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
		if n := c.called("auth.test"); n > 0 {
			t.Errorf("%s: Slack was called", tt.name)
		}
	}
}

func TestMalformedPayloads(t *testing.T) {
	c := newChat(t, false)
	c.running(func(context.Context, coach.Event) (coach.Reply, error) {
		t.Error("the coach is asked")
		return coach.Reply{}, nil
	})
	deep := strings.Repeat(`{"a":`, 1000) + `1` + strings.Repeat(`}`, 1000)
	const form = "application/x-www-form-urlencoded"
	for _, tt := range []struct{ path, mediaType, body string }{
		{"/slack/events", "application/json", ""},
		{"/slack/events", "application/json", "{"},
		{"/slack/events", "application/json", deep},
		{"/slack/events", "application/json", `{"type":"event_callback","event_id":"Ev1","event":` + deep + `}`},
		{"/slack/events", "application/json", `{"type":"event_callback","event_id":"Ev1"}`},
		{"/slack/events", "application/json", `{"type":"event_callback","event":{"type":"message"}}`},
		{"/slack/events", "application/json", `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel":"../x","user":"U1","ts":"1.1"}}`},
		{"/slack/events", "application/json", `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel":"D1","channel_type":"im","user":"U1","ts":"x"}}`},
		{"/slack/commands", form, "a=%zz"},
		{"/slack/commands", form, "command=checkin"},
		{"/slack/commands", form, "command=/checkin&user_id=a/b&channel_id=C1"},
		{"/slack/interactions", form, "payload="},
		{"/slack/interactions", form, "payload=" + "%7B"},
		{"/slack/interactions", form, "payload=" + deep},
		{"/slack/interactions", form, `payload={"type":"block_actions","user":{"id":"U1"},"actions":[]}`},
		{"/slack/interactions", form, `payload={"type":"view_submission","user":{"id":"U1"}}`},
	} {
		r := signedRequest(t.Context(), "http://bot"+tt.path, tt.mediaType, []byte(tt.body), secret, time.Now())
		if w := serveHTTP(c.platform, r); w.Code != http.StatusBadRequest {
			t.Errorf("%s %.80s: %d", tt.path, tt.body, w.Code)
		}
	}
}

func FuzzHTTP(f *testing.F) {
	for _, s := range []string{
		`{"type":"event_callback","event_id":"Ev1","event_time":1,"event":{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"45m","ts":"1.1"}}`,
		`{"type":"event_callback","event_id":"Ev2","event":{"type":"message","subtype":"message_changed","channel":"D1","message":{"user":"U1","text":"a","ts":"1.1"},"previous_message":{"text":"b"}}}`,
		`{"type":"event_callback","event_id":"Ev3","event":{"type":"user_change","user":{"id":"U1"}}}`,
		`command=/checkin&user_id=U1&channel_id=C1&text=45m`,
		`payload={"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","block_id":"b","action_id":"a"}]}`,
		`payload={"type":"view_submission","user":{"id":"U1"},"view":{"type":"modal"}}`,
	} {
		f.Add(s, uint8(0), "v0=00")
		f.Add(s, uint8(1), "")
		f.Add(s, uint8(2), "v0=")
	}
	p, err := New(Options{BotToken: botToken, SigningSecrets: []string{secret}, APIURL: "http://127.0.0.1:1"})
	if err != nil {
		f.Fatal(err)
	}
	p.me.known.Store(&self{Team: teamID, User: botUser, BotID: botID})
	p.in.open(func(context.Context, coach.Event) (coach.Reply, error) { return coach.Reply{}, nil })
	paths := []string{"/slack/events", "/slack/commands", "/slack/interactions"}
	f.Fuzz(func(t *testing.T, body string, path uint8, forged string) {
		to := paths[int(path)%len(paths)]
		mediaType := "application/json"
		if to != paths[0] {
			mediaType = "application/x-www-form-urlencoded"
		}
		r := signedRequest(t.Context(), "http://bot"+to, mediaType, []byte(body), secret, time.Now())
		good := r.Header.Get("X-Slack-Signature")
		if r.Header.Set("X-Slack-Signature", forged); forged != good {
			if w := serveHTTP(p, r); w.Code != http.StatusUnauthorized && w.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("forged: %d", w.Code)
			}
		}
		r = signedRequest(t.Context(), "http://bot"+to, mediaType, []byte(body), secret, time.Now())
		if w := serveHTTP(p, r); w.Code == http.StatusUnauthorized {
			t.Errorf("signed: %d", w.Code)
		}
	})
}

func TestSignature(t *testing.T) {
	// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := hex.EncodeToString(signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body)))
	if got != "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Errorf("it is %s", got)
	}
}
