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
		begun := time.Now()
		defer func() {
			took := time.Since(begun).Round(time.Microsecond)
			about := []slog.Attr{slog.String("event", e.ID), slog.String("verb", verb), slog.String("platform", platform), slog.Duration("took", took)}
			if p := recover(); p != nil {
				reply, err = coach.Reply{}, fmt.Errorf("event %s: panic: %s", e.ID, panicText(p))
				about = append(about, slog.String("stack", string(debug.Stack())))
			}
			m.answered(platform, verb, took, err)
			if err == nil {
				log.LogAttrs(ctx, slog.LevelInfo, "An event was answered.", about...)
				return
			}
			log.LogAttrs(ctx, slog.LevelError, "An event could not be answered.", append(about, slog.Any("err", err))...)
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
