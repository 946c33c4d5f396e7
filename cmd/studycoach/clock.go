package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"studycoach/coach/redisstore"
)

// clock is the time that the runner goes by: this machine's, or Redis's when the
// two differ too much. It compares them again and again, since a clock may be
// set, and a machine may sleep.
type clock struct {
	store  *redisstore.Store
	local  func() time.Time
	log    *slog.Logger
	offset atomic.Int64 // of Now from local, in nanoseconds
}

// clockCheck is how often the clocks are compared.
const clockCheck = 30 * time.Second

// Now returns the time.
func (c *clock) Now() time.Time { return c.local().Add(time.Duration(c.offset.Load())) }

// check compares the clocks.
func (c *clock) check(ctx context.Context) error {
	offset, err := c.store.ClockOffset(ctx, c.local)
	if err != nil {
		return fmt.Errorf("compare the clocks: %w", err)
	}
	was := time.Duration(c.offset.Load())
	if offset.Abs() <= redisstore.MaxClockOffset {
		offset = 0
	}
	c.offset.Store(int64(offset))
	switch {
	case offset == 0 && was != 0:
		c.log.InfoContext(ctx, "This machine's clock is right again.")
	case (offset - was).Abs() > redisstore.MaxClockOffset:
		c.log.WarnContext(ctx, "This machine's clock is off, so Redis's is used.", "offset", offset.Round(time.Millisecond))
	}
	return nil
}

// run compares the clocks until ctx is done.
func (c *clock) run(ctx context.Context) error {
	for {
		select {
		case <-time.After(clockCheck):
		case <-ctx.Done():
			return nil
		}
		if err := c.check(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "The clocks could not be compared.", "err", err)
		}
	}
}
