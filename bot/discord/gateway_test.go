package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// heard gathers what reaches the coach.
type heard struct {
	mu      sync.Mutex
	all     []coach.Event
	changed chan struct{}
}

func newHeard() *heard { return &heard{changed: make(chan struct{}, 1000)} }

func (h *heard) handle(_ context.Context, e coach.Event) (coach.Reply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, e)
	h.changed <- struct{}{}
	return coach.Reply{}, nil
}

func (h *heard) events() []coach.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]coach.Event(nil), h.all...)
}

// await waits until a text was heard, and returns how often it was.
func (h *heard) await(t *testing.T, text string) (n int) {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		for _, e := range h.events() {
			if e.Text == text {
				n++
			}
		}
		if n > 0 {
			return n
		}
		select {
		case <-h.changed:
		case <-timeout:
			t.Fatalf("%q is never heard", text)
		}
	}
}

// run runs a platform until the test, or the returned function, ends it.
func run(t *testing.T, p *Platform, h bot.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run ends with %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

// direct is a direct message of Ada's.
func (f *fake) directMessage(text string) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return map[string]any{
		"id": f.snowflake(), "channel_id": f.direct("301").ID, "type": 0, "content": text, "author": f.people["301"],
	}
}

// missed puts an event into the session while nobody is connected.
func (g *fakeGateway) missed(kind string, data any) {
	g.change(func() {
		for _, s := range g.sessions {
			g.emit(s, kind, data)
		}
	})
}

// After each of these the connection comes back, and what happened meanwhile is
// heard, once.
func TestGatewayComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		hit       func(g *fakeGateway, c *fakeConn)
		identify  bool // a new session is needed
		heartbeat time.Duration
	}{
		"dropped":            {func(_ *fakeGateway, c *fakeConn) { _ = c.ws.Close() }, false, 0},
		"unknown error":      {func(_ *fakeGateway, c *fakeConn) { c.shut(4000) }, false, 0},
		"going away":         {func(_ *fakeGateway, c *fakeConn) { c.shut(1001) }, false, 0},
		"reconnect":          {func(_ *fakeGateway, c *fakeConn) { _ = c.send(frame{Op: opReconnect}) }, false, 0},
		"invalid, resumable": {func(_ *fakeGateway, c *fakeConn) { _ = c.send(frame{Op: opInvalid, Data: json.RawMessage("true")}) }, false, 0},
		"invalid for good":   {func(_ *fakeGateway, c *fakeConn) { _ = c.send(frame{Op: opInvalid, Data: json.RawMessage("false")}) }, true, 0},
		"wrong number":       {func(_ *fakeGateway, c *fakeConn) { c.shut(4007) }, true, 0},
		"session timed out":  {func(_ *fakeGateway, c *fakeConn) { c.shut(4009) }, true, 0},
		"no sign of life":    {func(_ *fakeGateway, c *fakeConn) { c.mute.Store(true) }, false, time.Second},
		"no JSON": {func(_ *fakeGateway, c *fakeConn) {
			c.mu.Lock()
			defer c.mu.Unlock()
			_ = c.ws.WriteMessage(1, []byte("{"))
		}, false, 0},
		"unknown to Discord": {func(g *fakeGateway, c *fakeConn) { g.sessions = map[string]*fakeSession{}; _ = c.ws.Close() }, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, nil)
			if c.heartbeat > 0 {
				f.gateway.every = c.heartbeat
			}
			h := newHeard()
			run(t, p, h.handle)
			f.gateway.tellReady(t, "MESSAGE_CREATE", f.directMessage("first"))
			h.await(t, "first")
			conn := f.gateway.conn(t)
			f.gateway.mu.Lock()
			c.hit(&f.gateway, conn)
			f.gateway.mu.Unlock()
			f.gateway.await(t, "the connection is gone", func() bool { return !f.gateway.conns[conn] })
			if !c.identify {
				f.gateway.missed("MESSAGE_CREATE", f.directMessage("meanwhile"))
				h.await(t, "meanwhile")
			}
			f.gateway.tellReady(t, "MESSAGE_CREATE", f.directMessage("after"))
			h.await(t, "after")
			if len(h.events()) != 3-map[bool]int{true: 1}[c.identify] {
				t.Errorf("heard are %+v", h.events())
			}
			want := 1
			if c.identify {
				want = 2
			}
			f.gateway.mu.Lock()
			defer f.gateway.mu.Unlock()
			if f.gateway.identifed != want {
				t.Errorf("%d sessions are begun, want %d", f.gateway.identifed, want)
			}
			if !c.identify && f.gateway.resumed != 1 {
				t.Errorf("%d times resumed, want once", f.gateway.resumed)
			}
		})
	}
}

// tellReady is tell, once somebody is connected.
func (g *fakeGateway) tellReady(t *testing.T, kind string, data any) {
	t.Helper()
	g.ready(t)
	g.tell(t, kind, data)
}

// safeBuffer is a log that can be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// What only people can mend raises an alarm and is not tried again at once.
func TestGatewayHalts(t *testing.T) {
	for code, want := range map[int]string{4004: "token", 4014: "intents", 4013: "intents", 4012: "version"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			var log safeBuffer
			p, f := open(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			f.gateway.onLogin = func(c *fakeConn, _ int, _ map[string]any) bool { c.shut(code); return false }
			stop := run(t, p, newHeard().handle)
			deadline := time.Now().Add(20 * time.Second)
			for !strings.Contains(log.String(), "DISCORD") && time.Now().Before(deadline) {
				time.Sleep(10 * time.Millisecond)
			}
			if text := log.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, want) || strings.Contains(text, fakeToken) {
				t.Errorf("the log is %s", text)
			}
			if e := trySend(t, p, delivery("a")); code == 4004 && (e == nil || e.Reason != bot.Revoked) {
				t.Errorf("a send gives %v", e)
			}
			stop()
			if n := f.called("GET /gateway/bot"); n > 2 {
				t.Errorf("the gateway is asked for %d times", n)
			}
		})
	}
}

// A budget that is spent is waited for.
func TestBudgetOfSessions(t *testing.T) {
	p, f := open(t, nil)
	f.budget = 0
	run(t, p, newHeard().handle)
	deadline := time.Now().Add(20 * time.Second)
	for f.called("GET /gateway/bot") < 3 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	f.gateway.mu.Lock()
	if f.gateway.identifed > 0 {
		t.Error("a session is begun without budget")
	}
	f.gateway.mu.Unlock()
	f.mu.Lock()
	f.budget = 1
	f.mu.Unlock()
	f.gateway.ready(t)
}

func TestShards(t *testing.T) {
	p, f := open(t, nil)
	f.shards = 3
	run(t, p, newHeard().handle)
	f.gateway.await(t, "all shards are connected", func() bool {
		seen := map[int]bool{}
		for _, s := range f.gateway.sessions {
			seen[s.shard] = s.conn != nil
		}
		return seen[0] && seen[1] && seen[2]
	})
}

// fakeLeases are leases in memory, by this machine's clock.
type fakeLeases struct {
	mu    sync.Mutex
	held  map[string]string
	until map[string]time.Time
	notes map[string]string
}

func newFakeLeases() *fakeLeases {
	return &fakeLeases{held: map[string]string{}, until: map[string]time.Time{}, notes: map[string]string{}}
}

func (l *fakeLeases) Hold(_ context.Context, name, holder string, d time.Duration) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] != holder && l.until[name].After(time.Now()) {
		return false, nil
	}
	l.held[name], l.until[name] = holder, time.Now().Add(d)
	return true, nil
}

func (l *fakeLeases) Release(_ context.Context, name, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] == holder {
		delete(l.held, name)
		delete(l.until, name)
	}
	return nil
}

func (l *fakeLeases) Leave(_ context.Context, name, holder, note string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] == holder {
		l.notes[name] = note
	}
	return nil
}

func (l *fakeLeases) Left(_ context.Context, name string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.notes[name], nil
}

// Of two replicas one has the gateway. When it stops, the other one goes on in
// its session at once, and nothing is lost or heard twice.
func TestGatewayIsHandedOver(t *testing.T) {
	t.Parallel()
	leases := newFakeLeases()
	a, f := open(t, func(o *Options) { o.Leases, o.Holder = leases, "a" })
	o := a.o
	o.Holder = "b"
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	first, second := newHeard(), newHeard()
	stop := run(t, a, first.handle)
	f.gateway.ready(t)
	run(t, b, second.handle)
	f.gateway.tell(t, "MESSAGE_CREATE", f.directMessage("one"))
	first.await(t, "one")
	stop()
	f.gateway.missed("MESSAGE_CREATE", f.directMessage("two"))
	begun := time.Now()
	second.await(t, "two")
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the hand-over takes %v", took)
	}
	for _, e := range second.events() {
		if e.Text == "one" {
			t.Error("what was done is heard again")
		}
	}
	f.gateway.mu.Lock()
	defer f.gateway.mu.Unlock()
	if f.gateway.identifed != 1 || f.gateway.resumed != 1 {
		t.Errorf("%d sessions are begun and %d resumed", f.gateway.identifed, f.gateway.resumed)
	}
}

// A replica that is killed is replaced within 15 s.
func TestGatewayOfTheDeadIsTaken(t *testing.T) {
	t.Parallel()
	leases := newFakeLeases()
	b, f := open(t, func(o *Options) { o.Leases, o.Holder = leases, "b" })
	f.leaveSession(t, leases, "ws://"+strings.TrimPrefix(f.server.URL, "http://")+"/gateway")
	if _, err := leases.Hold(t.Context(), "discord/shard/0-1", "dead", leaseTime); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	h := newHeard()
	run(t, b, h.handle)
	h.await(t, "unheard")
	f.gateway.mu.Lock()
	defer f.gateway.mu.Unlock()
	if f.gateway.identifed != 0 {
		t.Error("a new session is begun")
	}
	if took := time.Since(begun); took < leaseTime-time.Second || took > 15*time.Second {
		t.Errorf("it is taken after %v", took)
	}
}

// leaveSession leaves a session behind in which one message was not heard.
func (f *fake) leaveSession(t *testing.T, leases *fakeLeases, at string) {
	t.Helper()
	s := &fakeSession{id: "left"}
	f.gateway.change(func() {
		f.gateway.sessions[s.id] = s
		f.gateway.emit(s, "READY", map[string]any{})
		f.gateway.emit(s, "MESSAGE_CREATE", f.directMessage("unheard"))
	})
	note, err := json.Marshal(session{ID: s.id, URL: at, Seq: 1, Me: f.me})
	if err != nil {
		t.Fatal(err)
	}
	leases.notes["discord/shard/0-1"] = string(note)
}

// A session whose own address is gone is resumed where new ones begin.
func TestGatewayMoves(t *testing.T) {
	t.Parallel()
	leases := newFakeLeases()
	p, f := open(t, func(o *Options) { o.Leases, o.Holder = leases, "b" })
	f.leaveSession(t, leases, "ws://127.0.0.1:1/gateway")
	h := newHeard()
	run(t, p, h.handle)
	h.await(t, "unheard")
}
