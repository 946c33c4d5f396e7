package main

import (
	"sync"
	"time"
)

// clock is the time of the simulation. It runs like any other, and can be set
// forward.
type clock struct {
	mu   sync.Mutex
	then time.Time // the simulation's time at real
	real time.Time
}

func newClock(now time.Time) *clock { return &clock{then: now, real: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time { return c.then.Add(time.Since(c.real)) }

// leap sets the clock to t unless it is past it.
func (c *clock) leap(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now()) {
		c.then, c.real = t, time.Now()
	}
}
