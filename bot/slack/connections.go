package slack

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"studycoach/bot"
)

// Waits before another attempt to connect.
const (
	firstWait   = time.Second // doubled each time
	longestWait = time.Minute
	barredWait  = 5 * time.Minute // where Slack shuts the app out
)

// runSocket holds the connections of Socket Mode until ctx is done.
func (p *Platform) runSocket(ctx context.Context) {
	var all sync.WaitGroup
	for range connections {
		all.Go(func() { p.holdSocket(ctx) })
	}
	all.Wait()
}

// holdSocket holds one connection. Where Slack tells in time that it ends, the
// next one is opened first.
func (p *Platform) holdSocket(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	var w waits
	for ctx.Err() == nil {
		s, err := p.dial(ctx)
		if err == nil {
			if w.opened() {
				p.log.Info("Socket Mode is on again.")
			}
			ending := make(chan error, 1)
			all.Go(func() { s.run(ctx, p, ending) })
			if err = <-ending; errors.Is(err, errRenew) {
				continue
			}
		}
		if ctx.Err() != nil {
			return
		}
		pause, news := w.after(err, rand.Float64())
		if news {
			p.log.Error("SOCKET MODE IS SHUT: nothing that people do arrives that way. On the app's pages, turn Socket Mode on and see that the app token is valid.", "err", err)
		}
		p.log.Warn("A connection of Socket Mode has ended. It is opened again.", "err", err, "wait", pause)
		_ = bot.Sleep(ctx, pause)
	}
}

// waits says how long to wait before another attempt to connect.
type waits struct {
	next time.Duration
	shut bool
}

// opened notes that a connection is open. It tells whether Slack had shut the
// app out.
func (w *waits) opened() (again bool) {
	again = w.shut
	*w = waits{}
	return again
}

// after is how long to wait after an attempt that failed; some less than twice
// as long as before, so that those who failed together do not come together.
// news tells that Slack has shut the app out with it.
func (w *waits) after(err error, random float64) (pause time.Duration, news bool) {
	w.next = min(max(2*w.next, firstWait), longestWait)
	pause = time.Duration((0.5 + random/2) * float64(w.next))
	var e *callError
	if errors.As(err, &e) && e.limited() {
		pause = max(pause, e.After)
	}
	if errors.Is(err, errDisabled) || e != nil && meanings[e.Code].reason == bot.Revoked {
		news, w.shut = !w.shut, true
		pause = barredWait
	}
	return pause, news
}
