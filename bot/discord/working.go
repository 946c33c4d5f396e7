package discord

import (
	"sync"
	"time"
)

// working counts what is under way, so that an end can wait for it.
type working struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when n is 0 again
}

func (w *working) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n == 0 {
		w.idle = make(chan struct{})
	}
	w.n++
}

func (w *working) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n--; w.n == 0 {
		close(w.idle)
	}
}

// wait waits until nothing is under way, at most for d, and tells whether that
// is so.
func (w *working) wait(d time.Duration) bool {
	w.mu.Lock()
	busy, idle := w.n > 0, w.idle
	w.mu.Unlock()
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
