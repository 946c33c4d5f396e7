package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"studycoach/bot"
)

// Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). The
// connections are opened here and not by the SDK, whose client holds one at a
// time and closes it before it opens the next.
const (
	connections = 2 // held at once, so that the end of one loses nothing; Slack allows 10

	dialTime  = 10 * time.Second // to connect and be greeted
	pingEvery = 10 * time.Second
	silence   = 30 * time.Second // without a word, not even an answer to a ping: the connection is dead
	writeTime = 5 * time.Second
	overlap   = 30 * time.Second // that a connection goes on while the next one is opened
)

// How a connection ends, beside what went wrong.
var (
	errDisabled = errors.New("no Socket Mode: it is turned off")
	errRenew    = errors.New("the connection is to be renewed")
)

// socket is one connection.
type socket struct {
	conn *websocket.Conn

	mu     sync.Mutex // held to write, and to change what follows
	ending bool
}

// envelope is what comes over a connection.
type envelope struct {
	Type    string          `json:"type"`
	Reason  string          `json:"reason"` // of a disconnect
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
	Retry   int             `json:"retry_attempt"` // of an event that is handed over another time
}

// acknowledgement is what goes back.
type acknowledgement struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// dial opens a connection and waits for its greeting. The address holds a
// ticket, and is never shown.
func (p *Platform) dial(ctx context.Context) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var got struct {
		URL string `json:"url"`
	}
	if _, err := p.api.callAs(ctx, p.o.AppToken, "apps.connections.open", url.Values{}, &got); err != nil {
		return nil, err
	}
	u, err := url.Parse(got.URL)
	if err != nil || u.Scheme != "wss" && (u.Scheme != "ws" || !bot.IsLoopback(u.Hostname())) {
		return nil, errors.New("apps.connections.open: the address is none of a secure connection")
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialTime}
	conn, resp, err := dialer.DialContext(ctx, got.URL, nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxBody)
	s := &socket{conn: conn}
	s.extend(dialTime)
	defer context.AfterFunc(ctx, s.end)()
	hello, err := s.read()
	switch {
	case err != nil:
	case hello.Type == "disconnect":
		err = hello.end()
	case hello.Type != "hello":
		err = errors.New("the connection does not begin with a greeting")
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

// end is why Slack disconnects.
func (e envelope) end() error {
	if e.Reason == "link_disabled" {
		return errDisabled
	}
	return errRenew
}

// run takes what comes until the connection ends, and says on ending that it
// does, or is about to.
func (s *socket) run(ctx context.Context, p *Platform, ending chan<- error) {
	var once sync.Once
	tell := func(err error) { once.Do(func() { ending <- err }) }
	var renewed *time.Timer
	ctx, cancel := context.WithCancel(ctx)
	var beside, answers sync.WaitGroup
	defer func() {
		answers.Wait()
		if renewed != nil {
			renewed.Stop()
		}
		cancel()
		_ = s.conn.Close()
		beside.Wait()
	}()
	defer context.AfterFunc(ctx, s.end)()
	s.listen()
	beside.Go(func() { s.ping(ctx) })
	for {
		e, err := s.read()
		switch {
		case err != nil:
			tell(err)
			return
		case e.Type == "disconnect" && renewed == nil:
			tell(e.end())
			renewed = time.AfterFunc(overlap, s.end)
		case e.ID != "":
			answers.Go(func() { s.take(ctx, p, e) })
		}
	}
}

// take handles an envelope and acknowledges it, unless it is to come again.
func (s *socket) take(ctx context.Context, p *Platform, e envelope) {
	payload, err := p.take(context.WithoutCancel(ctx), p.payload(kind(e.Type), e.Payload).again(e.Retry > 0))
	switch {
	case errors.Is(err, errMalformed): // again it would be no better
		p.log.Warn("What came over Socket Mode is malformed.", "type", code(e.Type))
	case err != nil:
		p.log.Warn("What came over Socket Mode could not be taken.", "type", code(e.Type), "err", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	_ = s.conn.WriteJSON(acknowledgement{e.ID, payload}) // a failure ends the connection, and Slack hands it over again
}

// listen has the connection live as long as something comes.
func (s *socket) listen() {
	s.extend(silence)
	s.conn.SetPongHandler(func(string) error { s.extend(silence); return nil })
	s.conn.SetPingHandler(func(data string) error {
		s.extend(silence)
		err := s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTime))
		var timeout net.Error
		if errors.Is(err, websocket.ErrCloseSent) || errors.As(err, &timeout) {
			return nil
		}
		return err
	})
}

// ping asks now and then whether Slack is there.
func (s *socket) ping(ctx context.Context) {
	for bot.Sleep(ctx, pingEvery) == nil {
		if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) != nil {
			s.end()
			return
		}
	}
}

// read reads what comes next. What is no envelope is passed over.
func (s *socket) read() (envelope, error) {
	_, raw, err := s.conn.ReadMessage()
	if err != nil {
		return envelope{}, err
	}
	s.extend(silence)
	var e envelope
	if !shallow(raw) {
		return envelope{}, nil
	}
	if json.Unmarshal(raw, &e) != nil {
		e = envelope{}
	}
	return e, nil
}

// extend gives the connection time for its next word.
func (s *socket) extend(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ending {
		_ = s.conn.SetReadDeadline(time.Now().Add(d))
	}
}

// end has nothing more read from the connection.
func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = true
	_ = s.conn.SetReadDeadline(time.Now())
}
