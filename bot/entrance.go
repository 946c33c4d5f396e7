package bot

import (
	"errors"
	"sync"
	"time"
)

// Why an event is not let in. Its platform hands it over again later, or tells
// whoever it is from.
var (
	ErrClosed = errors.New("events are not taken now")
	ErrBusy   = errors.New("too many events are being answered")
)

// Entrance lets events in while a platform runs, and knows how many are under
// way. Make one with NewEntrance.
type Entrance struct {
	max int

	mu      sync.Mutex
	handler Handler // nil while closed
	inside  int
	idle    chan struct{} // closed when nobody is inside any more
}

// NewEntrance returns a closed entrance that lets in so many events at once; 0:
// any number.
func NewEntrance(max int) *Entrance { return &Entrance{max: max} }

// Open lets events in, to be answered by h.
func (e *Entrance) Open(h Handler) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.handler = h
}

// Close lets no event in any more.
func (e *Entrance) Close() { e.Open(nil) }

// Enter lets an event in until Leave is called. It fails with ErrClosed or
// ErrBusy.
func (e *Entrance) Enter() (Handler, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.handler == nil:
		return nil, ErrClosed
	case e.max > 0 && e.inside >= e.max:
		return nil, ErrBusy
	}
	if e.inside++; e.inside == 1 {
		e.idle = make(chan struct{})
	}
	return e.handler, nil
}

// Leave ends what Enter has begun.
func (e *Entrance) Leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inside--; e.inside == 0 {
		close(e.idle)
	}
}

// Wait waits until nobody is inside, at most for d, and tells whether that is so.
func (e *Entrance) Wait(d time.Duration) bool {
	e.mu.Lock()
	busy, idle := e.inside > 0, e.idle
	e.mu.Unlock()
	if !busy {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-idle:
		return true
	case <-t.C:
		return false
	}
}
