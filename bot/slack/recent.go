package slack

import (
	"context"
	"errors"

	"studycoach/bot"
)

// recent remembers the latest events, so that one process answers each once:
// Slack hands an event over again when it was not acknowledged, or at another
// connection. What is forgotten does no harm, as the coach knows its events too.
type recent struct{ events *bot.Cache[*handled] }

// handled is an event that was taken.
type handled struct {
	done chan struct{} // closed when it was handled
	err  error         // set before: it has to come again
}

var errUnfinished = errors.New("the event is still being handled")

func newRecent(max int) *recent { return &recent{bot.NewCache[*handled](max, 0)} }

// once calls do for an event that has not come before. Of one that has, it waits
// for the outcome. An event whose do failed may come again.
func (r *recent) once(ctx context.Context, id string, do func() error) error {
	h := &handled{done: make(chan struct{})}
	if before, known := r.events.GetOrPut(id, h); known {
		select {
		case <-before.done:
			return before.err
		case <-ctx.Done():
			return errUnfinished
		}
	}
	if h.err = do(); h.err == nil {
		r.events.Put(id, wellHandled) // in whose place others share this one
	} else {
		r.events.Forget(id)
	}
	close(h.done)
	return h.err
}

// wellHandled is any event that was.
var wellHandled = func() *handled {
	h := &handled{done: make(chan struct{})}
	close(h.done)
	return h
}()
