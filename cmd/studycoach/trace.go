package main

import (
	"context"
	"log/slog"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// traced is a store that logs each job as it is added, beside what caused it: an
// event's id, or the key of the job before. From an event to the delivery, each
// line names the one before.
type traced struct {
	coach.Store
	log *slog.Logger
}

// Update implements coach.Store.
func (t traced) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) (receipt []byte, dup bool, err error) {
	var added []schedule.Job
	receipt, dup, err = t.Store.Update(ctx, s, func(state coach.State) (coach.Change, error) {
		change, err := fn(state)
		added = change.Add
		return change, err
	})
	if err == nil && !dup {
		for _, j := range added {
			t.log.Info("A job was added.", "job", j.Key, "due", j.Due.UTC(), "cause", ctx.Value(cause{}))
		}
	}
	return receipt, dup, err
}

// cause is the key of a context's value: what the work in it goes back to.
type cause struct{}

// causing makes the handlers' jobs known as the causes of what they add.
func causing(handlers map[string]schedule.Handler) map[string]schedule.Handler {
	all := map[string]schedule.Handler{}
	for kind, handle := range handlers {
		all[kind] = func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
			return handle(context.WithValue(ctx, cause{}, j.Key), j, now)
		}
	}
	return all
}
