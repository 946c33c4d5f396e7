// Package slack is the adapter for Slack.
//
// Its words (limits.go, markup.go, render.go, action.go, modal.go,
// field.go, home.go) turn what the coach says into Slack's blocks and views, and what
// comes back from them into the coach's verbs and arguments. They are pure: no
// network, no clock. The rest carries them there and back.
//
// It knows nothing of streaks, units or Redis, and it holds no words of its own:
// what people read comes from package coach as a Message or from package say.
package slack
