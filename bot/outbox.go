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
// order and a slow room holds up no other.
func Lane(j schedule.Job) string {
	if d, err := coach.DeliveryOf(j); err == nil && j.Kind == coach.Deliver {
		return string(d.Room)
	}
	return ""
}

// The intents of a delivery, in order. A message that may have been sent, in a
// room whose history cannot be read, is sent again once and then, where a
// repetition is worse than a loss, given up.
const (
	intentFirst = "sent once"
	intentAgain = "sent again"
)

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
		switch sent, err := o.look(ctx, platform, d, j.Intent); {
		case err != nil:
			return o.retry(j, now, err)
		case sent:
			return schedule.Outcome{}
		}
	}
	if reason, late := schedule.Late(j, now, d.Expires); late && d.Expires > 0 {
		return schedule.Outcome{State: schedule.Skipped, Reason: reason}
	}
	if now.Sub(j.Due) > lateWorthSaying && d.Class != coach.ClassPrompt && d.Class != coach.ClassNudge {
		due := j.Due.UTC().Format("Mon 2 Jan 15:04 MST")
		d.Message.Blocks = append(d.Message.Blocks, coach.Context(say.Text(say.Late{Due: due})))
	}
	if j.Intent == "" {
		j.Intent = intentFirst
	} else {
		j.Intent = intentAgain
	}
	if err := o.queue.Note(ctx, j); err != nil {
		return o.retry(j, now, err)
	}
	if _, err := platform.Send(ctx, d); err != nil {
		return o.failed(ctx, j, now, err)
	}
	return schedule.Outcome{}
}

// look finds out whether an earlier attempt has sent the delivery, as far as
// that can be known.
func (o *Outbox) look(ctx context.Context, p Platform, d coach.Delivery, intent string) (sent bool, err error) {
	_, sent, err = p.Find(ctx, d)
	if !errors.Is(err, ErrCannotLook) {
		return sent, err
	}
	repeatable := d.Class == coach.ClassSummary || d.Class == coach.ClassAnnouncement
	o.log.Warn("A message may have been sent, and the room cannot be looked at.", "job", d.Key, "intent", intent)
	return intent == intentAgain && !repeatable, nil
}

// failed says what becomes of a delivery whose send failed.
func (o *Outbox) failed(ctx context.Context, j schedule.Job, now time.Time, err error) schedule.Outcome {
	var send *SendError
	if !errors.As(err, &send) {
		send = &SendError{Reason: Unsure, Err: err}
	}
	if send.Reason == Limited || send.Reason == Failed {
		// It was not sent, so nothing needs to be looked for.
		j.Intent = ""
		if err := o.queue.Note(ctx, j); err != nil {
			return o.retry(j, now, err)
		}
	}
	switch send.Reason {
	case Limited:
		return schedule.Outcome{State: schedule.Waiting, Retry: now.Add(send.After), Free: true, Reason: send.Error()}
	case Refused:
		return dead(send)
	default:
		return o.retry(j, now, send)
	}
}

func (o *Outbox) retry(j schedule.Job, now time.Time, err error) schedule.Outcome {
	return schedule.Outcome{State: schedule.Waiting, Retry: now.Add(schedule.Backoff(j.Attempt, o.rnd)), Reason: err.Error()}
}

func dead(err error) schedule.Outcome {
	return schedule.Outcome{State: schedule.Dead, Reason: err.Error()}
}
