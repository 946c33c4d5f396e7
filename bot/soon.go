package bot

import (
	"context"
	"time"

	"studycoach/coach"
)

// Bounds of an answer.
const (
	// Budget is how long an answer may take before its platform is told that it
	// comes later: half of the 3 s after which Slack and Discord show a failure
	// (https://docs.slack.dev/interactivity/implementing-slash-commands,
	// https://docs.discord.com/developers/interactions/receiving-and-responding).
	Budget = 1500 * time.Millisecond

	// Patience is how long an answer may take in all.
	Patience = 30 * time.Second
)

// Soon has h answer an event. When that takes longer than Budget, early is called
// meanwhile, from another goroutine, and late is true; Soon returns after both. What
// somebody did is not to be taken back because they hung up: ctx should not end then.
func Soon(ctx context.Context, h Handler, e coach.Event, early func()) (r coach.Reply, late bool, err error) {
	told := make(chan struct{})
	budget := time.AfterFunc(Budget, func() {
		defer close(told)
		early()
	})
	r, err = h(ctx, e)
	if budget.Stop() {
		return r, false, err
	}
	<-told
	return r, true, err
}
