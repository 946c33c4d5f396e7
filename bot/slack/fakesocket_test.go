package slack

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// fakeSocket is one connection of Socket Mode, at Slack's end.
type fakeSocket struct {
	conn *websocket.Conn

	mu      sync.Mutex
	waiting map[string]chan json.RawMessage // for acknowledgements, by envelope
	closed  chan struct{}
}

func (f *fakeSlack) serveSocket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &fakeSocket{conn: conn, waiting: map[string]chan json.RawMessage{}, closed: make(chan struct{})}
	f.mu.Lock()
	f.dialed++
	hello := `{"type":"hello","num_connections":1}`
	if f.hello != nil {
		hello = f.hello(f.dialed)
	}
	f.sockets = append(f.sockets, s)
	f.mu.Unlock()
	s.write(hello)
	defer func() {
		f.mu.Lock()
		for i, x := range f.sockets {
			if x == s {
				f.sockets = append(f.sockets[:i:i], f.sockets[i+1:]...)
				break
			}
		}
		f.mu.Unlock()
		close(s.closed)
		_ = conn.Close()
	}()
	for {
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if json.Unmarshal(raw, &ack) != nil {
			continue
		}
		s.mu.Lock()
		if c := s.waiting[ack.ID]; c != nil {
			c <- ack.Payload
			delete(s.waiting, ack.ID)
		}
		s.mu.Unlock()
	}
}

func (s *fakeSocket) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = s.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

// hand hands over a payload, and waits for its acknowledgement; false: none came.
func (s *fakeSocket) hand(id string, k kind, payload []byte, patience time.Duration) (ack json.RawMessage, ok bool) {
	c := make(chan json.RawMessage, 1)
	s.mu.Lock()
	s.waiting[id] = c
	s.mu.Unlock()
	raw, _ := json.Marshal(map[string]any{
		"type": string(k), "envelope_id": id, "payload": json.RawMessage(payload), "accepts_response_payload": k != kindEvent,
	})
	s.write(string(raw))
	select {
	case ack := <-c:
		return ack, true
	case <-s.closed:
	case <-time.After(patience):
	}
	return nil, false
}

// open returns the connections.
func (f *fakeSlack) open() []*fakeSocket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]*fakeSocket(nil), f.sockets...)
}

func (f *fakeSlack) dropAll() {
	for _, s := range f.open() {
		_ = s.conn.Close()
	}
}
