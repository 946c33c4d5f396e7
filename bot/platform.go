package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"studycoach/coach"
)

// Handler answers an event. It may be called by many goroutines at once, and
// again with an event it has seen. A reply that comes with an error tells the
// person of it.
type Handler func(ctx context.Context, e coach.Event) (coach.Reply, error)

// MessageID names a message on its platform.
type MessageID string

// Platform is one chat platform.
type Platform interface {
	// Name is the first part of the ids of the platform's rooms and accounts.
	Name() string

	// Pace says how fast the platform takes messages. It never changes.
	Pace() Pace

	// Send puts a message into a room. Its error is a *SendError.
	Send(ctx context.Context, d coach.Delivery) (MessageID, error)

	// Find looks for a delivery that an earlier Send, whose answer was lost,
	// may have put into its room. It fails with ErrCannotLook where the
	// platform does not let it look, and with a *SendError where that says
	// when to look again, or that it will never succeed.
	Find(ctx context.Context, d coach.Delivery) (MessageID, bool, error)

	// Run takes events and hands them to h until ctx is done; then it returns
	// nil. Of an answer that failed it shows nothing but that.
	Run(ctx context.Context, h Handler) error
}

// Pace is how fast a platform takes messages: into one room, of one workspace,
// and in all.
type Pace struct{ Room, Workspace, Platform Rate }

// Rate is one message every so often. The zero Rate is as fast as can be.
type Rate struct {
	Every time.Duration
	Burst int // messages in a row after a rest; 0: 1
}

// ErrCannotLook says that a platform does not show what was sent.
var ErrCannotLook = errors.New("the room's history cannot be read")

// ErrNoRoom is what a Refused error wraps when the room takes no message of the
// bot's: it is gone or archived, or the bot is not in it. Of a room of direct
// messages: the person takes none.
var ErrNoRoom = errors.New("the room does not take messages of the bot")

// SendError says why a message was not, or may not have been, sent.
type SendError struct {
	Reason Reason
	Scope  Scope         // of Limited: what has to wait; of Revoked: a workspace at least
	After  time.Duration // of Limited: how long to wait
	Why    coach.Closing // of an ErrNoRoom: why the room takes nothing; empty: NotInRoom
	Err    error         // the platform's own; it quotes nothing that was to be sent
}

// Reason says what to do about a failed send.
type Reason string

// The reasons.
const (
	Limited Reason = "limited" // the platform asks to wait; not a failure
	Failed  Reason = "failed"  // not sent; trying again may help
	Unsure  Reason = "unsure"  // it may have been sent: look before trying again
	Refused Reason = "refused" // will never succeed
	Revoked Reason = "revoked" // not sent, and nothing will be until somebody lets the bot in again
)

// Scope is what a Limited or Revoked error is about.
type Scope int

// The scopes, from narrow to wide.
const (
	OneRoom Scope = iota
	OneWorkspace
	WholePlatform
)

func (e *SendError) Error() string { return fmt.Sprintf("send %s: %v", e.Reason, e.Err) }

// Unwrap returns the platform's own error.
func (e *SendError) Unwrap() error { return e.Err }
