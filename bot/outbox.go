package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// Outbox carries deliveries out: at least once, and as near to once as the
// platform allows. It keeps nothing in memory, so any replica can take over.
//
// Before a send it notes its intent with the job. A job that comes with an
// intent may have been sent by an attempt that did not live to record it, or
// whose answer was lost: the outbox then looks for the message first.
type Outbox struct {
	queue     schedule.Queue
	platforms map[string]Platform
	rnd       func() float64
	log       *slog.Logger
}

// NewOutbox returns an outbox for platforms. rnd spreads retries, see
// [schedule.Backoff].
func NewOutbox(q schedule.Queue, rnd func() float64, log *slog.Logger, platforms ...Platform) *Outbox {
	o := &Outbox{queue: q, platforms: map[string]Platform{}, rnd: rnd, log: log}
	for _, p := range platforms {
		o.platforms[p.Name()] = p
	}
	return o
}

// Lane makes the deliveries of one room take turns, so that they arrive in
// order, but for one that has to be tried again, and a slow room holds up no
// other.
func Lane(j schedule.Job) string {
	if j.Kind != coach.Deliver {
		return ""
	}
	d, err := coach.DeliveryOf(j)
	if err != nil {
		return ""
	}
	return string(d.Room)
}

// The intents of a delivery, in order. A message that may have been sent, in a
// room whose history cannot be read, is sent again once and then, where a
// repetition is worse than a loss, given up.
const (
	intentFirst = "sent once"
	intentAgain = "sent again"
)

// callTime bounds a call of a platform. Looking, noting and sending fit into
// what a job has of its lease, so that a message is not looked for while it may
// still be on its way.
const callTime = 8 * time.Second

// lateWorthSaying is from when on a late message says that it is.
const lateWorthSaying = 15 * time.Minute

// Carry carries out a job of kind [coach.Deliver].
func (o *Outbox) Carry(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
	d, err := coach.DeliveryOf(j)
	if err != nil {
		return dead(err)
	}
	platform, ok := o.platforms[d.Room.Platform()]
	if !ok {
		return dead(fmt.Errorf("no platform %q is connected", d.Room.Platform()))
	}
	if j.Intent != "" {
		switch sent, err := find(ctx, platform, d); {
		case errors.Is(err, ErrCannotLook):
			o.log.Warn("A message may have been sent, and its room cannot be looked at.", "job", j.Key, "intent", j.Intent)
			if j.Intent == intentAgain && !repeatable(d.Class) {
				return o.giveUp(ctx, j)
			}
		case err != nil:
			return o.failed(j, now, err)
		case sent:
			return schedule.Outcome{}
		}
	}
	if reason, late := schedule.Late(j, now, d.Expires); late && d.Expires > 0 {
		if j.Intent != "" {
			reason += ", and may have been sent before"
		}
		return schedule.Outcome{State: schedule.Skipped, Reason: reason}
	}
	if now.Sub(j.Due) > lateWorthSaying && d.Class != coach.ClassPrompt && d.Class != coach.ClassNudge {
		due := j.Due.UTC().Format("Mon 2 Jan 15:04 MST")
		d.Message.Blocks = append(d.Message.Blocks, coach.Context(say.Text(say.Late{Due: due})))
	}

	intent := intentFirst
	if j.Intent != "" {
		intent = intentAgain
	}
	if err := o.note(ctx, j, intent); err != nil {
		return o.failed(j, now, err)
	}
	if err := send(ctx, platform, d); err != nil {
		if sendError(err).Reason != Unsure {
			// This attempt has sent nothing; an earlier one may have. Where that
			// cannot be noted, the next one looks in vain, which does no harm.
			_ = o.note(ctx, j, j.Intent)
		}
		return o.failed(j, now, err)
	}
	return schedule.Outcome{}
}

// repeatable tells whether a message is better repeated than lost.
func repeatable(c coach.Class) bool {
	return c == coach.ClassSummary || c == coach.ClassAnnouncement
}

// giveUp ends a delivery that may have been sent twice. Whoever revives it
// wants it sent once more.
func (o *Outbox) giveUp(ctx context.Context, j schedule.Job) schedule.Outcome {
	_ = o.note(ctx, j, intentFirst) // without it the revived job is given up again
	return schedule.Outcome{State: schedule.Skipped, Reason: "may have been sent, and again; " + ErrCannotLook.Error()}
}

func (o *Outbox) note(ctx context.Context, j schedule.Job, intent string) error {
	j.Intent = intent
	return o.queue.Note(ctx, j)
}

func find(ctx context.Context, p Platform, d coach.Delivery) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, found, err := p.Find(ctx, d)
	if err != nil {
		return false, fmt.Errorf("look for an earlier send: %w", err)
	}
	return found, nil
}

func send(ctx context.Context, p Platform, d coach.Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := p.Send(ctx, d)
	return err
}

// failed says what becomes of a delivery after a call that failed. Where the
// lease was lost meanwhile, the queue does not take it.
func (o *Outbox) failed(j schedule.Job, now time.Time, err error) schedule.Outcome {
	switch e := sendError(err); e.Reason {
	case Limited:
		return schedule.Outcome{State: schedule.Waiting, Retry: now.Add(e.After), Free: true, Reason: err.Error()}
	case Refused:
		return dead(err)
	default:
		return schedule.Outcome{State: schedule.Waiting, Retry: now.Add(schedule.Backoff(j.Attempt, o.rnd)), Reason: err.Error()}
	}
}

// sendError returns the SendError in err. A call that failed for no known
// reason may have done its work.
func sendError(err error) *SendError {
	var e *SendError
	if errors.As(err, &e) && (e.Reason == Limited || e.Reason == Failed || e.Reason == Refused) {
		return e
	}
	return &SendError{Reason: Unsure, Err: err}
}

func dead(err error) schedule.Outcome {
	return schedule.Outcome{State: schedule.Dead, Reason: err.Error()}
}
