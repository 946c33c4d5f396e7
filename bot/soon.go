package bot

import "time"

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

// Soon has an answer made. When that takes longer than Budget, early is called
// meanwhile, from another goroutine, and late is true; Soon returns after both. What
// somebody did is not to be taken back because they hung up: the context that answer
// runs under should not end then.
func Soon[R any](answer func() R, early func()) (r R, late bool) {
	told := make(chan struct{})
	budget := time.AfterFunc(Budget, func() {
		defer close(told)
		early()
	})
	r = answer()
	if budget.Stop() {
		return r, false
	}
	<-told
	return r, true
}
