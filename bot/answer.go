package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"studycoach/coach"
)

// Answer makes the handler of all platforms from the coach's. It counts each
// event and writes one log line of it, without a word of what people wrote. An
// error that comes with a reply is only logged: the reply tells the person. A
// panic becomes an error, so that no event can end the process.
func Answer(handle Handler, log *slog.Logger, m *Metrics) Handler {
	return func(ctx context.Context, e coach.Event) (reply coach.Reply, err error) {
		verb, platform := coach.VerbOf(e), e.Room.Platform()
		log := log.With("event", e.ID, "verb", verb, "platform", platform)
		begun := time.Now()
		defer func() {
			took := time.Since(begun).Round(time.Microsecond)
			if p := recover(); p != nil {
				reply, err = coach.Reply{}, fmt.Errorf("event %s: panic: %s", e.ID, panicText(p))
				log = log.With("stack", string(debug.Stack()))
			}
			m.answered(platform, verb, took, err)
			if err == nil {
				log.Info("An event was answered.", "took", took)
				return
			}
			log.Error("An event could not be answered.", "err", err, "took", took)
			if reply.Message != nil {
				err = nil
			}
		}()
		return handle(ctx, e)
	}
}

// panicText describes a panic's value, which may hold what people wrote.
func panicText(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}
