package discord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// fakeGateway is the gateway of a fake: sessions that outlive connections, and
// what it does wrong when told.
type fakeGateway struct {
	f  *fake
	up websocket.Upgrader

	mu        sync.Mutex
	sessions  map[string]*fakeSession
	conns     map[*fakeConn]bool
	changed   chan struct{} // closed at each change
	identifed int
	resumed   int
	beats     map[int64]bool // sequence numbers of heartbeats
	every     time.Duration
	onHello   func(c *fakeConn) bool                              // false: the connection is done with
	onLogin   func(c *fakeConn, op int, data map[string]any) bool // likewise
}

type fakeSession struct {
	id     string
	shard  int
	frames []frame // all since it began; a frame's number is its place + 1
	conn   *fakeConn
}

type fakeConn struct {
	ws   *websocket.Conn
	mu   sync.Mutex
	mute atomic.Bool // answers no heartbeat
	path string
}

func (g *fakeGateway) init(f *fake) {
	g.f, g.sessions, g.conns, g.changed = f, map[string]*fakeSession{}, map[*fakeConn]bool{}, make(chan struct{})
	g.beats, g.every = map[int64]bool{}, 40*time.Second
}

func (g *fakeGateway) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	close(g.changed)
	g.changed = make(chan struct{})
}

// await waits until ok, which looks with the lock held.
func (g *fakeGateway) await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		g.mu.Lock()
		done, changed := ok(), g.changed
		g.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func (c *fakeConn) send(f frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ws.WriteJSON(f)
}

// shut closes a connection with a code.
func (c *fakeConn) shut(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

func (g *fakeGateway) serve(w http.ResponseWriter, r *http.Request) {
	if q := r.URL.Query(); q.Get("v") != "10" || q.Get("encoding") != "json" {
		g.f.t.Errorf("the gateway is asked for %s", r.URL.RawQuery)
	}
	ws, err := g.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &fakeConn{ws: ws, path: r.URL.Query().Get("resume")}
	g.change(func() { g.conns[c] = true })
	defer g.change(func() {
		delete(g.conns, c)
		for _, s := range g.sessions {
			if s.conn == c {
				s.conn = nil
			}
		}
	})
	defer func() { _ = ws.Close() }()
	if g.onHello != nil && !g.onHello(c) {
		return
	}
	_ = c.send(frame{Op: opHello, Data: json.RawMessage(fmt.Sprintf(`{"heartbeat_interval":%d}`, g.every.Milliseconds()))})
	for {
		var in frame
		if ws.ReadJSON(&in) != nil {
			return
		}
		switch in.Op {
		case opHeartbeat:
			var seq int64
			_ = json.Unmarshal(in.Data, &seq)
			g.change(func() { g.beats[seq] = true })
			if !c.mute.Load() {
				_ = c.send(frame{Op: opAck})
			}
		case opIdentify, opResume:
			var d map[string]any
			_ = json.Unmarshal(in.Data, &d)
			if g.onLogin != nil && !g.onLogin(c, in.Op, d) {
				return
			}
			if d["token"] != fakeToken {
				c.shut(4004)
				return
			}
			if !g.login(c, in.Op, d) {
				return
			}
		}
	}
}

// login begins or resumes a session.
func (g *fakeGateway) login(c *fakeConn, op int, d map[string]any) bool {
	ok := true
	g.change(func() {
		if op == opIdentify {
			if n, _ := d["intents"].(float64); int(n)&(1<<1|1<<8|1<<15) != 0 {
				g.f.t.Error("a privileged intent is asked for")
			}
			g.identifed++
			g.f.mu.Lock()
			g.f.budget--
			var guilds, whole []any
			for id := range g.f.guilds {
				guilds = append(guilds, map[string]any{"id": id, "unavailable": true})
				whole = append(whole, g.f.guildCreate(id))
			}
			g.f.mu.Unlock()
			shard, _ := d["shard"].([]any)[0].(float64)
			s := &fakeSession{id: fmt.Sprintf("session-%d", g.identifed), shard: int(shard), conn: c}
			g.sessions[s.id] = s
			g.emit(s, "READY", map[string]any{
				"v": 10, "session_id": s.id, "user": g.f.me, "guilds": guilds, "shard": d["shard"],
				"resume_gateway_url": strings.Replace(g.f.server.URL, "http", "ws", 1) + "/gateway",
			})
			for _, x := range whole {
				g.emit(s, "GUILD_CREATE", x)
			}
			return
		}
		id, _ := d["session_id"].(string)
		seq, _ := d["seq"].(float64)
		s := g.sessions[id]
		if s == nil || int(seq) > len(s.frames) {
			_ = c.send(frame{Op: opInvalid, Data: json.RawMessage("false")})
			return
		}
		g.resumed++
		if s.conn != nil {
			go s.conn.shut(4000)
		}
		s.conn = c
		for _, f := range s.frames[int(seq):] {
			_ = c.send(f)
		}
		g.emit(s, "RESUMED", map[string]any{})
	})
	return ok
}

// guildCreate is a server as the gateway tells of it. Called with the fake's
// lock held.
func (f *fake) guildCreate(id string) map[string]any {
	server, channels := f.guilds[id], []any{}
	for _, c := range f.channels {
		if c.Guild == id {
			channels = append(channels, c.json())
		}
	}
	return map[string]any{
		"id": id, "name": server.Name, "owner_id": server.Owner, "roles": server.Roles, "channels": channels, "threads": []any{},
		"members": []any{map[string]any{"user": f.me, "roles": server.Mine}},
	}
}

// emit sends an event within a session. Called with the lock held.
func (g *fakeGateway) emit(s *fakeSession, kind string, data any) int64 {
	raw, err := json.Marshal(data)
	if err != nil {
		g.f.t.Error(err)
	}
	f := frame{Op: opDispatch, Type: kind, Data: raw, Seq: int64(len(s.frames) + 1)}
	s.frames = append(s.frames, f)
	if s.conn != nil {
		_ = s.conn.send(f)
	}
	return f.Seq
}

// ready waits until a session has a connection.
func (g *fakeGateway) ready(t testing.TB) {
	t.Helper()
	g.await(t, "the gateway is connected", func() bool { return g.session() != nil })
}

// session is the first one with a connection.
func (g *fakeGateway) session() *fakeSession {
	for _, s := range g.sessions {
		if s.conn != nil {
			return s
		}
	}
	return nil
}

// conn is the connection of that session.
func (g *fakeGateway) conn(t testing.TB) *fakeConn {
	t.Helper()
	g.ready(t)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.session().conn
}

// tell sends an event to whoever is connected, and waits until it was read.
// Nobody hears it when nobody is.
func (g *fakeGateway) tell(t testing.TB, kind string, data any) {
	t.Helper()
	g.mu.Lock()
	s := g.session()
	if s == nil {
		g.mu.Unlock()
		return
	}
	seq := g.emit(s, kind, data)
	conn := s.conn
	g.mu.Unlock()
	_ = conn.send(frame{Op: opHeartbeat})
	g.await(t, "the event was read", func() bool { return g.beats[seq] || s.conn == nil })
}

func (g *fakeGateway) closeAll() {
	g.mu.Lock()
	conns := []*fakeConn{}
	for c := range g.conns {
		conns = append(conns, c)
	}
	g.mu.Unlock()
	for _, c := range conns {
		_ = c.ws.Close()
	}
	g.await(g.f.t, "no connection is left", func() bool { return len(g.conns) == 0 })
}
