package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"studycoach/bot"
)

// Gateway opcodes
// (https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes).
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

const (
	// helloTime is how long a new connection may take to say hello.
	helloTime = 15 * time.Second

	// maxFrame bounds one event: the largest tells of a server with all of its
	// channels.
	maxFrame = 32 << 20

	// closeResume is a close code after which Discord keeps the session; after
	// 1000 and 1001 it does not
	// (https://docs.discord.com/developers/events/gateway#initiating-a-disconnect).
	closeResume = 4000

	// steady is how long a connection lasts that was a good one.
	steady = time.Minute
)

// frame is a message of the gateway's.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d,omitempty"`
	Seq  int64           `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

// Ends of a connection.
var (
	errResume  = errors.New("to be resumed")
	errInvalid = errors.New("the session is no longer valid")
	errZombie  = errors.New("no sign of life")
	errReshard = errors.New("the servers are too many for so few shards")
)

// haltError ends a connection for good, as far as the bot can tell.
type haltError struct {
	code int
	do   string // what people have to do
}

func (e *haltError) Error() string { return fmt.Sprintf("closed with code %d", e.code) }

// halts are the close codes after which connecting again is of no use
// (https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes).
var halts = map[int]string{
	4004: "Discord refuses the bot's token. Make a new one under Bot at https://discord.com/developers/applications and restart with it.",
	4012: "The bot speaks a version of the gateway that Discord no longer knows: it needs an update.",
	4013: "The bot asks for intents that Discord does not know: it needs an update.",
	4014: "The bot asks for intents that it may not have. It needs none that is privileged; look under Bot at https://discord.com/developers/applications whether the application is restricted.",
}

// connected connects again and again until ctx is done.
func (s *shard) connected(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		begun := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > steady {
			failures = 0
		}
		var halt *haltError
		pause := backoff(failures)
		switch {
		case errors.As(err, &halt):
			if halt.code == 4004 {
				s.rest.revoked.Store(time.Now().UnixNano())
			}
			s.log.Error("DISCORD DOES NOT LET THE BOT IN: nothing is heard until somebody mends it.", "do", halt.do, "platform", platform, "shard", s.id, "err", err)
			s.forget()
			pause = haltPause
		case errors.Is(err, errReshard):
			s.log.Warn("The gateway needs another number of shards.", "platform", platform)
			s.reshard()
			return
		case errors.Is(err, errInvalid):
			s.forget()
			pause = time.Second + rand.N(4*time.Second) // as Discord asks
		case errors.Is(err, errResume) && failures == 0:
			pause = 0
		}
		s.log.Info("The gateway's connection ended.", "platform", platform, "shard", s.id, "err", err, "pause", pause)
		_ = bot.Sleep(ctx, pause)
	}
}

// connection is one websocket.
type connection struct {
	ws    *websocket.Conn
	mu    sync.Mutex // for writing
	seq   atomic.Int64
	acked atomic.Bool
	dead  atomic.Bool // closed for want of answers
}

func (c *connection) send(op int, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(helloTime))
	return c.ws.WriteJSON(frame{Op: op, Data: raw})
}

// hangUp closes the connection so that the session can go on in another.
func (c *connection) hangUp() {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeResume, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

// connect resumes the session, or begins one, and takes events until the
// connection ends. Its error says how to go on.
func (s *shard) connect(ctx context.Context) error {
	was := s.current()
	at := s.url
	if was.ID != "" {
		at = was.URL
	} else if err := s.budget.wait(ctx, s.id); err != nil {
		return err
	}
	address, err := s.gatewayURL(at)
	if err != nil {
		s.forget()
		return err
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: helloTime}
	ws, res, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {userAgent}})
	if res != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		s.elsewhere()
		return fmt.Errorf("connect: %w", err)
	}
	c := &connection{ws: ws}
	c.acked.Store(true)
	c.seq.Store(was.Seq)
	ws.SetReadLimit(maxFrame)
	ended := make(chan struct{})
	var beside sync.WaitGroup
	defer beside.Wait()
	defer func() { _ = ws.Close() }()
	defer close(ended)
	beside.Go(func() {
		select {
		case <-ctx.Done():
			c.hangUp()
		case <-ended:
		}
	})

	every, err := c.hello()
	if err != nil {
		return err
	}
	beside.Go(func() { c.beat(every, ended) })
	if was.ID != "" {
		err = c.send(opResume, map[string]any{"token": s.o.Token, "session_id": was.ID, "seq": was.Seq})
	} else {
		err = c.send(opIdentify, map[string]any{
			"token": s.o.Token, "intents": intents, "shard": [2]int{s.id, s.of},
			"properties": map[string]string{"os": "linux", "browser": "studycoach", "device": "studycoach"},
		})
	}
	if err != nil {
		return errResume
	}
	return s.read(ctx, c)
}

// hello waits for the first frame, which tells how often to give a sign of life.
func (c *connection) hello() (every time.Duration, err error) {
	var f frame
	_ = c.ws.SetReadDeadline(time.Now().Add(helloTime))
	if err := c.ws.ReadJSON(&f); err != nil {
		return 0, c.ending(err)
	}
	_ = c.ws.SetReadDeadline(time.Time{})
	var hello struct {
		Every int64 `json:"heartbeat_interval"` // ms
	}
	if f.Op != opHello || json.Unmarshal(f.Data, &hello) != nil || hello.Every < 1 || hello.Every > 10*60*1000 {
		return 0, errors.New("the gateway does not say hello")
	}
	return time.Duration(hello.Every) * time.Millisecond, nil
}

// beat gives signs of life, the first at random within the interval. A
// connection on which the last one was not answered is dead.
func (c *connection) beat(every time.Duration, ended <-chan struct{}) {
	next := time.NewTimer(rand.N(every))
	defer next.Stop()
	for {
		select {
		case <-ended:
			return
		case <-next.C:
		}
		if !c.acked.Swap(false) {
			c.dead.Store(true)
			c.hangUp()
			return
		}
		if c.heartbeat() != nil {
			_ = c.ws.Close()
			return
		}
		next.Reset(every)
	}
}

func (c *connection) heartbeat() error {
	if seq := c.seq.Load(); seq > 0 {
		return c.send(opHeartbeat, seq)
	}
	return c.send(opHeartbeat, nil)
}

// read takes frames until the connection ends.
func (s *shard) read(ctx context.Context, c *connection) error {
	for {
		var f frame
		if err := c.ws.ReadJSON(&f); err != nil {
			return c.ending(err)
		}
		switch f.Op {
		case opDispatch:
			s.dispatch(ctx, c, f)
		case opHeartbeat:
			if err := c.heartbeat(); err != nil {
				return errResume
			}
		case opAck:
			c.acked.Store(true)
		case opReconnect:
			c.hangUp()
			return errResume
		case opInvalid:
			c.hangUp()
			var resumable bool
			if json.Unmarshal(f.Data, &resumable) == nil && resumable {
				return errors.New("the session cannot be resumed at the moment")
			}
			return errInvalid
		}
	}
}

// ending says how to go on after a connection that ended with err, whose text,
// which the other side may have written, is left out.
func (c *connection) ending(err error) error {
	var closed *websocket.CloseError
	switch {
	case c.dead.Load():
		return errZombie
	case !errors.As(err, &closed):
		return errResume
	}
	switch do, halt := halts[closed.Code]; {
	case halt:
		return &haltError{closed.Code, do}
	case closed.Code == 4010 || closed.Code == 4011:
		return errReshard
	case closed.Code == 4007 || closed.Code == 4009:
		return errInvalid
	}
	return fmt.Errorf("%w, closed with code %d", errResume, closed.Code)
}
