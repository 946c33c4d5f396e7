package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"studycoach/coach"
)

// Answer makes the handler of all platforms from the coach's: it writes one log
// line an event, without a word of what people wrote, and turns a panic into an
// error, so that no event can end the process.
func Answer(handle Handler, log *slog.Logger) Handler {
	return func(ctx context.Context, e coach.Event) (reply coach.Reply, err error) {
		begun := time.Now()
		log := log.With("event", e.ID, "verb", e.Verb, "platform", e.Room.Platform())
		defer func() {
			if broken := recover(); broken != nil {
				err = fmt.Errorf("panic: %v", broken)
				log.Error("An event could not be answered.", "err", err, "stack", string(debug.Stack()))
				return
			}
			took := slog.Duration("took", time.Since(begun).Round(time.Microsecond))
			if err != nil {
				log.Error("An event could not be answered.", "err", err, took)
				return
			}
			log.Info("An event was answered.", took)
		}()
		return handle(ctx, e)
	}
}
