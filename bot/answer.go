package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"studycoach/coach"
)

// Answer makes the handler of all platforms from the coach's. It writes one log
// line an event, without a word of what people wrote. An error that comes with
// a reply is only logged: the reply tells the person. A panic becomes an error,
// so that no event can end the process.
func Answer(handle Handler, log *slog.Logger) Handler {
	typed := typedVerbs()
	return func(ctx context.Context, e coach.Event) (reply coach.Reply, err error) {
		verb := e.Verb
		if len(e.Args) == 0 && !typed[verb] { // no button or form of ours: anybody's words
			verb = ""
		}
		log := log.With("event", e.ID, "verb", verb, "platform", e.Room.Platform())
		begun := time.Now()
		defer func() {
			took := time.Since(begun).Round(time.Microsecond)
			if p := recover(); p != nil {
				reply, err = coach.Reply{}, fmt.Errorf("event %s: panic: %s", e.ID, panicText(p))
				log = log.With("stack", string(debug.Stack()))
			}
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

// typedVerbs are the verbs of the commands that people type.
func typedVerbs() map[string]bool {
	verbs := map[string]bool{}
	for _, c := range coach.Commands() {
		for word := range strings.FieldsSeq(strings.TrimPrefix(c.Name, "/")) {
			verbs[word] = true
		}
	}
	return verbs
}

// panicText describes a panic's value, which may hold what people wrote.
func panicText(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}
