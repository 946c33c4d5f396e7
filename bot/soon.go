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

// Soon has h answer an event and waits for at most Budget. When that is not
// enough ok is false, and the answer goes to later, in a goroutine of its own
// that ends within Patience, also when ctx ends: what somebody did is not taken
// back because they hung up.
func Soon(ctx context.Context, h Handler, e coach.Event, later func(context.Context, coach.Reply, error)) (r coach.Reply, ok bool, err error) {
	type answer struct {
		reply coach.Reply
		err   error
	}
	// Whoever waits is told at once; whoever has gone is not waited for.
	inTime, late := make(chan answer), make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Patience)
		defer cancel()
		var a answer
		a.reply, a.err = h(ctx, e)
		select {
		case inTime <- a:
		case <-late:
			later(ctx, a.reply, a.err)
		}
	}()
	budget := time.NewTimer(Budget)
	defer budget.Stop()
	select {
	case a := <-inTime:
		return a.reply, true, a.err
	case <-budget.C:
		close(late)
		return coach.Reply{}, false, nil
	}
}
