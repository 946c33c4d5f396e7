package slack

import (
	"errors"
	"sync"
	"time"

	"studycoach/bot"
)

// Why an event is not taken. Slack hands it over again later.
var (
	errClosed = errors.New("events are not taken now")
	errBusy   = errors.New("too many events are being answered")
)

// maxBusy is how many events are being answered at once.
const maxBusy = 500

// entrance lets events in while the platform runs, and knows how many are being
// answered.
type entrance struct {
	mu      sync.Mutex
	handler bot.Handler // nil while closed
	inside  int
	empty   chan struct{} // not nil once closed: closed when nobody is inside
}

func newEntrance() *entrance { return &entrance{} }

func (e *entrance) open(h bot.Handler) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.handler = h
}

// enter lets an event in until leave is called.
func (e *entrance) enter() (bot.Handler, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.handler == nil:
		return nil, errClosed
	case e.inside >= maxBusy:
		return nil, errBusy
	}
	e.inside++
	return e.handler, nil
}

// stay lets work in that an event inside has caused. It is let in always.
func (e *entrance) stay() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inside++
}

func (e *entrance) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inside--; e.inside == 0 && e.empty != nil {
		close(e.empty)
		e.empty = nil
	}
}

// close lets nobody in any more, and waits for those inside.
func (e *entrance) close(patience time.Duration) {
	e.mu.Lock()
	e.handler = nil
	empty := make(chan struct{})
	if e.inside > 0 {
		e.empty = empty
	} else {
		close(empty)
	}
	e.mu.Unlock()
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-empty:
	case <-t.C:
	}
}
