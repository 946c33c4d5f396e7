package slack

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
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
		if _, err := c.platform.in.Enter(); err != nil {
			return false
		}
		c.platform.in.Leave()
		return c.platform.me.known.Load() != nil
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

// Nothing of a request that Slack has not signed lately reaches the coach, and
// Slack is asked nothing because of it.
func TestOnlySlackIsLetIn(t *testing.T) {
	const other = "another-signing-secret-9876543210"
	now := time.Now()
	c := newChat(t, false, func(o *Options) {
		o.SigningSecrets = append(o.SigningSecrets, "the-new-signing-secret-of-the-app")
	})
	x := &taken{}
	c.running(x.handle)
	c.mu.Lock()
	bodies := map[string]string{
		"/slack/events":       string(c.write(ada, c.direct(ada), "45m", "")),
		"/slack/commands":     "command=/coach&text=me&user_id=" + ada + "&channel_id=" + general + "&trigger_id=1.2.3",
		"/slack/interactions": "payload=" + url.QueryEscape(`{"type":"message_action","callback_id":"checkin","trigger_id":"1.2.4","user":{"id":"`+ada+`"},"message":{"text":"45m"}}`),
	}
	c.mu.Unlock()
	for _, tt := range []struct {
		name   string
		change func(r *http.Request, sign func(secret string, at time.Time))
		status int
	}{
		{"signed", func(r *http.Request, _ func(string, time.Time)) {}, 200},
		{"signed with the new secret", func(r *http.Request, sign func(string, time.Time)) { sign("the-new-signing-secret-of-the-app", now) }, 200},
		{"signed a while ago", func(r *http.Request, sign func(string, time.Time)) { sign(secret, now.Add(-4*time.Minute)) }, 200},
		{"said to be a retry", func(r *http.Request, _ func(string, time.Time)) {
			r.Header.Set("X-Slack-Retry-Num", "1")
			r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
		}, 200},
		{"signed with another secret", func(r *http.Request, sign func(string, time.Time)) { sign(other, now) }, 401},
		{"signed with no secret", func(r *http.Request, sign func(string, time.Time)) { sign("", now) }, 401},
		{"replayed", func(r *http.Request, sign func(string, time.Time)) { sign(secret, now.Add(-6*time.Minute)) }, 401},
		{"from the future", func(r *http.Request, sign func(string, time.Time)) { sign(secret, now.Add(6*time.Minute)) }, 401},
		{"unsigned", func(r *http.Request, _ func(string, time.Time)) { r.Header.Del("X-Slack-Signature") }, 401},
		{"without a time", func(r *http.Request, _ func(string, time.Time)) { r.Header.Del("X-Slack-Request-Timestamp") }, 401},
		{"with a time that is none", func(r *http.Request, _ func(string, time.Time)) { r.Header.Set("X-Slack-Request-Timestamp", "now") }, 401},
		{"with a time beyond all", func(r *http.Request, _ func(string, time.Time)) {
			r.Header.Set("X-Slack-Request-Timestamp", "9223372036854775807")
		}, 401},
		{"with another time", func(r *http.Request, _ func(string, time.Time)) {
			r.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix()+1, 10))
		}, 401},
		{"with half a signature", func(r *http.Request, _ func(string, time.Time)) {
			r.Header.Set("X-Slack-Signature", r.Header.Get("X-Slack-Signature")[:20])
		}, 401},
		{"with an empty signature", func(r *http.Request, _ func(string, time.Time)) { r.Header.Set("X-Slack-Signature", "v0=") }, 401},
		{"with an unknown version", func(r *http.Request, _ func(string, time.Time)) {
			r.Header.Set("X-Slack-Signature", "v1"+r.Header.Get("X-Slack-Signature")[2:])
		}, 401},
		{"with another body", func(r *http.Request, _ func(string, time.Time)) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte("me"), []byte("pa"))))
			if r.URL.Path == "/slack/events" {
				r.Body = io.NopCloser(bytes.NewReader(append(body, ' ')))
			}
		}, 401},
		{"truncated", func(r *http.Request, _ func(string, time.Time)) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body[:len(body)-1]))
		}, 401},
		{"broken off", func(r *http.Request, _ func(string, time.Time)) {
			r.Body = io.NopCloser(iotest.TimeoutReader(iotest.OneByteReader(r.Body)))
		}, 400},
		{"by GET", func(r *http.Request, _ func(string, time.Time)) { r.Method = http.MethodGet }, 405},
		{"of another type", func(r *http.Request, _ func(string, time.Time)) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"of no type", func(r *http.Request, _ func(string, time.Time)) { r.Header.Del("Content-Type") }, 415},
		{"said to be too large", func(r *http.Request, _ func(string, time.Time)) { r.ContentLength = maxBody + 1 }, 413},
		{"too large", func(r *http.Request, _ func(string, time.Time)) {
			r.ContentLength, r.Body = -1, io.NopCloser(bytes.NewReader(make([]byte, maxBody+1)))
		}, 413},
	} {
		for path, body := range bodies {
			mediaType := "application/x-www-form-urlencoded"
			if path == "/slack/events" {
				mediaType = "application/json; charset=utf-8"
			}
			c.platform.recent.events.Clear() // each is an event of its own
			c.mu.Lock()
			calls := len(c.calls)
			c.mu.Unlock()
			r := signedRequest(t.Context(), "http://bot"+path, mediaType, []byte(body), secret, now)
			tt.change(r, func(secret string, at time.Time) {
				r.Header = signedRequest(t.Context(), "http://bot"+path, mediaType, []byte(body), secret, at).Header
			})
			w := serveHTTP(c.platform, r)
			c.settle()
			if w.Code != tt.status {
				t.Errorf("%s, %s: it is answered with %d %s", path, tt.name, w.Code, w.Body)
			}
			if n := len(x.all()); (n == 1) != (tt.status == 200) || n > 1 {
				t.Errorf("%s, %s: the coach is asked %d times", path, tt.name, n)
			}
			c.mu.Lock()
			if tt.status != 200 && len(c.calls) != calls {
				t.Errorf("%s, %s: Slack is called", path, tt.name)
			}
			c.mu.Unlock()
		}
	}
}

func TestTheAddressIsVerified(t *testing.T) {
	c := newChat(t, false)
	body := []byte(`{"token":"t","type":"url_verification","challenge":"c-<1>"}`)
	w := serveHTTP(c.platform, signedRequest(t.Context(), "http://bot/slack/events", "application/json", body, secret, time.Now()))
	if w.Code != 200 || w.Body.String() != "c-<1>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("it is answered with %d %s as %s", w.Code, w.Body, w.Header())
	}
	w = serveHTTP(c.platform, signedRequest(t.Context(), "http://bot/slack/events", "application/json", body, secret+"x", time.Now()))
	if w.Code != 401 || strings.Contains(w.Body.String(), "c-") {
		t.Errorf("forged, it is answered with %d %s", w.Code, w.Body)
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
		{"/slack/events", "application/json", `{"type":"event_callback","event_id":"Ev2","event":{"type":"channel_id_changed","old_channel_id":"C1","new_channel_id":"C/1"}}`},
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

func TestSignature(t *testing.T) {
	// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := hex.EncodeToString(signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body)))
	if got != "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Errorf("it is %s", got)
	}
}
