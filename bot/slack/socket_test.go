package slack

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// logged is a log to look at.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logged) option(o *Options) {
	o.Log = slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func silent(context.Context, coach.Event) (coach.Reply, error) { return coach.Reply{}, nil }

func TestTwoConnectionsAndOneEffect(t *testing.T) {
	c := newChat(t, true)
	var events atomic.Int32
	c.running(func(context.Context, coach.Event) (coach.Reply, error) {
		events.Add(1)
		return coach.Reply{}, nil
	})
	c.eventually("two connections are open", func() bool { return len(c.open()) == connections })
	c.mu.Lock()
	event := c.write(ada, c.direct(ada), "45m", "")
	c.mu.Unlock()
	var all sync.WaitGroup
	for i, s := range c.open() {
		for j := range 3 {
			all.Go(func() {
				if _, ok := s.hand(strings.Repeat("e", 1+3*i+j), kindEvent, event, 10*time.Second); !ok {
					t.Error("an event is not acknowledged")
				}
			})
		}
	}
	all.Wait()
	if n := events.Load(); n != 1 {
		t.Errorf("the event is handled %d times", n)
	}
}

func TestAConnectionIsRenewedBeforeItEnds(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		c := newChat(t, true)
		c.running(silent)
		c.eventually("two connections are open", func() bool { return len(c.open()) == connections })
		old := c.open()[0]
		old.write(`{"type":"disconnect","reason":"` + reason + `"}`)
		c.eventually("there is a third", func() bool { return len(c.open()) == connections+1 })
		c.mu.Lock()
		event := c.write(ada, c.direct(ada), "45m", "")
		c.mu.Unlock()
		if _, ok := old.hand("e1", kindEvent, event, 10*time.Second); !ok {
			t.Errorf("%s: what comes at the old one is not acknowledged", reason)
		}
		_ = old.conn.Close()
		c.eventually("the old one is gone", func() bool { return len(c.open()) == connections })
	}
}

func TestDroppedConnectionsComeBack(t *testing.T) {
	c := newChat(t, true)
	c.running(silent)
	c.eventually("two connections are open", func() bool { return len(c.open()) == connections })
	c.mu.Lock()
	before := c.dialed
	c.mu.Unlock()
	c.dropAll()
	c.eventually("both are back", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.dialed == before+connections && len(c.sockets) == connections
	})
}

func TestSocketModeThatIsTurnedOffIsLeftAlone(t *testing.T) {
	for name, off := range map[string]func(c *fakeChat){
		"at the greeting": func(c *fakeChat) {
			c.hello = func(int) string { return `{"type":"disconnect","reason":"link_disabled"}` }
		},
		"by the token": func(c *fakeChat) {
			c.meet("apps.connections.open", saying("invalid_auth"), saying("invalid_auth"))
		},
	} {
		log := &logged{}
		c := newChat(t, true, log.option)
		off(c)
		c.running(silent)
		c.eventually("both attempts are over", func() bool { return c.called("apps.connections.open") == connections })
		c.eventually("there is an alarm", func() bool { return strings.Count(log.String(), "SOCKET MODE IS SHUT") == connections })
		if n := c.called("apps.connections.open"); n != connections {
			t.Errorf("%s: it knocks %d times", name, n)
		}
	}
}

func TestWaitsBetweenConnections(t *testing.T) {
	var w waits
	broken := errors.New("broken")
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		pause, news := w.after(broken, 1)
		if pause != want*time.Second || news {
			t.Errorf("%d: it waits %v", i, pause)
		}
	}
	if pause, _ := w.after(broken, 0); pause != longestWait/2 {
		t.Errorf("at least it waits %v", pause)
	}
	if pause, _ := w.after(&callError{Code: "ratelimited", After: 2 * time.Minute}, 0); pause != 2*time.Minute {
		t.Errorf("limited, it waits %v", pause)
	}
	if w.opened() {
		t.Error("it was shut out")
	}
	for i := range 2 {
		if pause, news := w.after(errDisabled, 0); pause != barredWait || news != (i == 0) {
			t.Errorf("%d: shut out, it waits %v, news: %t", i, pause, news)
		}
	}
	if !w.opened() {
		t.Error("it was not shut out")
	}
}

// A stalled store holds up no acknowledgement, and the answer comes later.
func TestWhatTakesLongIsAnsweredLater(t *testing.T) {
	for name, socketMode := range map[string]bool{"http": false, "socket mode": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChat(t, socketMode)
			stalled := make(chan struct{})
			c.running(func(context.Context, coach.Event) (coach.Reply, error) {
				<-stalled
				return coach.Reply{Message: coach.Say(coach.Text("At last."))}, nil
			})
			if socketMode {
				c.eventually("a connection is open", func() bool { return len(c.open()) > 0 })
			}
			c.mu.Lock()
			channel := c.direct(ada)
			payload := raw(map[string]string{
				"command": "/coach", "text": "me", "team_id": teamID, "user_id": ada, "channel_id": channel,
				"trigger_id": c.trigger(ada), "response_url": c.answerURL(ada, channel, nil),
			})
			c.mu.Unlock()
			begun := time.Now()
			ack, ok := c.handOnce(t.Context(), kindCommand, payload)
			if took := time.Since(begun); !ok || took < bot.Budget-50*time.Millisecond || took > 3*time.Second || len(ack) > 0 {
				t.Errorf("after %v it is acknowledged with %s: %t", took, ack, ok)
			}
			close(stalled)
			c.eventually("there is an answer", func() bool { return len(c.See(userRef(ada), userRef(ada).Direct())) == 1 })
		})
	}
}
