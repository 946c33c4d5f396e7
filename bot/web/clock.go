package web

import (
	"log/slog"
	"sync"
	"time"
)

// Clock is the real time plus an offset that only ever grows. The offset is
// kept with the feed, so a restart does not turn time back.
type Clock struct {
	real    func() time.Time
	past    *history
	log     *slog.Logger
	changed func()

	mu     sync.Mutex
	offset time.Duration
}

func newClock(past *history, log *slog.Logger, changed func()) *Clock {
	return &Clock{real: time.Now, past: past, log: log, changed: changed, offset: past.offset}
}

// Now returns the playground's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return c.real().Add(c.offset).UTC().Round(0) }

// Offset is how far the clock was moved ahead of the real time.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// Set moves the clock forward to t. It does nothing when t is not ahead.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	ahead := t.Sub(c.now())
	if ahead > 0 {
		c.offset += ahead
		if err := c.past.append(record{Offset: c.offset}); err != nil {
			c.log.Error("The playground's clock was moved but not kept.", "err", err)
		}
	}
	c.mu.Unlock()
	if ahead > 0 {
		c.changed()
	}
}
