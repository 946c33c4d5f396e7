package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// OutboxOptions configure an Outbox. Queue is needed.
type OutboxOptions struct {
	Queue     schedule.Queue
	Platforms []Platform

	// Notice is told of a room that takes no messages, and of a person who takes
	// no direct ones, before what became of the delivery is recorded. May be nil.
	Notice func(context.Context, coach.Notice) error

	// Moved returns the room that has taken the place of a delivery's, which takes
	// no messages; empty: none has. May be nil.
	Moved func(context.Context, coach.Delivery) (coach.RoomID, error)

	Rand    func() float64 // spreads retries, see schedule.Backoff; default math/rand/v2.Float64
	Log     *slog.Logger   // default: nothing is logged
	Metrics *Metrics       // default: nothing is counted
}

// Outbox carries deliveries out: at least once, and as near to once as the
// platform allows. What it knows of a delivery is kept with its job, so any
// replica can take over.
//
// Before a send it notes its intent with the job. A job that comes with an
// intent may have been sent by an attempt that did not live to record it, or
// whose answer was lost: the outbox then looks for the message first. A job that
// was cancelled meanwhile cannot be noted, and is not sent.
//
// What has to wait, for the platform's pace or because it asked for a rest,
// goes back into the queue until then, and holds up nothing but its own room,
// workspace or platform. Messages of one room keep their order through that,
// within one process; one that failed lets others pass.
type Outbox struct {
	o         OutboxOptions
	platforms map[string]Platform
	pacer     *pacer
}

// NewOutbox returns an outbox.
func NewOutbox(o OutboxOptions) *Outbox {
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	platforms := map[string]Platform{}
	for _, p := range o.Platforms {
		platforms[p.Name()] = p
	}
	return &Outbox{o: o, platforms: platforms, pacer: newPacer()}
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

const (
	// callTime bounds a call of a platform. Looking, noting and sending fit into
	// what a job has of its lease, so that a message is not looked for while it
	// may still be on its way.
	callTime = 8 * time.Second

	// lateWorthSaying is from when on a late message says that it is.
	lateWorthSaying = 15 * time.Minute

	// maxAttempts is after how many failures a delivery is dead: about a day of
	// them, see schedule.Backoff.
	maxAttempts = 200

	// revokedPause is how long nobody knocks where the bot was shut out.
	revokedPause = 5 * time.Minute
)

// carrying is a delivery on its way.
type carrying struct {
	*Outbox
	coach.Delivery
	job      schedule.Job
	platform Platform
	now      time.Time // the runner's, when it began
	begun    time.Time // this machine's then
}

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
	c := carrying{Outbox: o, Delivery: d, job: j, platform: platform, now: now, begun: time.Now()}
	if late := c.late(); late != nil && j.Intent == "" {
		return *late
	}
	if turn, ok := o.pacer.enter(c.message(), platform.Pace(), now); !ok {
		return schedule.Outcome{State: schedule.Waiting, Retry: turn, Free: true, Reason: "waits for its turn"}
	}
	if j.Intent != "" {
		if o := c.look(ctx); o != nil {
			return *o
		}
	}
	return c.send(ctx)
}

// message is the delivery as it stands before the gates. One that was put back
// into the queue has waited, whoever put it back.
func (c *carrying) message() message {
	return message{room: c.Room, key: c.Key, due: c.job.Due, waited: c.job.Reason != ""}
}

// late is what becomes of a delivery that has outlived its use.
func (c *carrying) late() *schedule.Outcome {
	reason, late := schedule.Late(c.job, c.now, c.Expires)
	switch {
	case !late || c.Expires == 0:
		return nil
	case c.job.Intent != "":
		reason += ", and may have been sent before"
	case c.job.Attempt > 0:
		return &schedule.Outcome{State: schedule.Dead, Reason: fmt.Sprintf("%s after %d failures, at last: %s", reason, c.job.Attempt, c.job.Reason)}
	}
	return &schedule.Outcome{State: schedule.Skipped, Reason: reason}
}

// look settles what became of an earlier send, where it can; nil: send.
func (c *carrying) look(ctx context.Context) *schedule.Outcome {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	id, found, err := c.platform.Find(ctx, c.Delivery)
	switch {
	case found && err == nil:
		c.ambiguous("found")
		o := c.done("found as " + string(id))
		return &o
	case errors.Is(err, ErrCannotLook):
		c.o.Log.Warn("A message may have been sent, and its room cannot be looked at.", "job", c.Key, "intent", c.job.Intent)
		if c.job.Intent == intentAgain && !repeatable(c.Class) {
			c.ambiguous("given_up")
			return c.giveUp(ctx)
		}
	case err != nil:
		o := c.failed(ctx, fmt.Errorf("look for an earlier send: %w", err))
		return &o
	}
	if late := c.late(); late != nil {
		c.ambiguous("given_up")
		return late
	}
	if err != nil {
		c.ambiguous("repeated")
	} else {
		c.ambiguous("not_there")
	}
	return nil
}

// ambiguous counts a send that may have happened, by how that was settled.
func (c *carrying) ambiguous(settled string) {
	c.o.Metrics.ambiguous.WithLabelValues(c.platform.Name(), settled).Inc()
}

// repeatable tells whether a message is better repeated than lost.
func repeatable(c coach.Class) bool {
	return c == coach.ClassSummary || c == coach.ClassAnnouncement
}

// giveUp ends a delivery that may have been sent twice. Whoever revives it
// wants it sent once more.
func (c *carrying) giveUp(ctx context.Context) *schedule.Outcome {
	_ = c.note(ctx, intentFirst) // without it the revived job is given up again
	return &schedule.Outcome{State: schedule.Skipped, Reason: "may have been sent, and again; " + ErrCannotLook.Error()}
}

func (c *carrying) note(ctx context.Context, intent string) error {
	j := c.job
	j.Intent = intent
	return c.o.Queue.Note(ctx, j)
}

// send notes the intent and sends.
func (c *carrying) send(ctx context.Context) schedule.Outcome {
	if c.now.Sub(c.job.Due) > lateWorthSaying && c.Class != coach.ClassPrompt && c.Class != coach.ClassNudge {
		due := c.job.Due.UTC().Format("Mon 2 Jan 15:04 MST")
		c.Message.Blocks = append(c.Message.Blocks, coach.Context(say.Text(say.Late{Due: due})))
	}
	intent := intentFirst
	if c.job.Intent != "" {
		intent = intentAgain
	}
	if err := c.note(ctx, intent); err != nil {
		return c.failed(ctx, err)
	}
	id, err := c.call(ctx)
	if err != nil {
		if sendError(err).Reason != Unsure {
			// This attempt has sent nothing; an earlier one may have. Where that
			// cannot be noted, the next one looks in vain, which does no harm.
			_ = c.note(ctx, c.job.Intent)
		}
		return c.failed(ctx, err)
	}
	for range c.pacer.reopen(c.Room) {
		c.o.Log.Info("The bot is let in again.", "workspace", gateName(c.Room, OneWorkspace))
		c.o.Metrics.revoked.WithLabelValues(c.platform.Name()).Dec()
	}
	return c.done("sent as " + string(id))
}

// done is the outcome of a delivery that is in its room.
func (c *carrying) done(how string) schedule.Outcome {
	o := schedule.Outcome{Reason: how}
	if c.Class == coach.ClassNudge {
		o.Forget = c.now.Add(coach.NudgeMemory)
	}
	return o
}

// call has the platform send.
func (c *carrying) call(ctx context.Context) (MessageID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	begun := time.Now()
	id, err := c.platform.Send(ctx, c.Delivery)
	outcome := "sent"
	if err != nil {
		outcome = string(sendError(err).Reason)
	}
	c.o.Metrics.sent(c.platform.Name(), outcome, time.Since(begun))
	return id, err
}

// failed says what becomes of a delivery after a call that failed. Where the
// lease was lost meanwhile, the queue does not take it.
func (c *carrying) failed(ctx context.Context, err error) schedule.Outcome {
	now := c.now.Add(time.Since(c.begun)) // waits are counted from the answer on
	wait := schedule.Outcome{State: schedule.Waiting, Retry: now.Add(schedule.Backoff(c.job.Attempt, c.o.Rand)), Reason: err.Error()}
	switch e := sendError(err); {
	case e.Reason == Limited:
		wait.Retry, wait.Free = wholeMillis(now.Add(e.After)), true
		c.pacer.limited(c.message(), c.platform.Pace(), e.Scope, wait.Retry)
	case e.Reason == Revoked:
		wait.Retry, wait.Free = now.Add(revokedPause), true
		c.revoked(max(e.Scope, OneWorkspace), wait.Retry, err)
	case e.Reason == Refused:
		payload, unsure := c.readdressed(ctx, e)
		switch {
		case payload != nil:
			wait.Retry, wait.Free, wait.Payload = wholeMillis(now.Add(time.Millisecond)), true, payload
		case unsure == nil && c.tell(ctx, e, now) == nil || c.job.Attempt+1 >= maxAttempts:
			return dead(err)
		}
	case c.job.Attempt+1 >= maxAttempts:
		return dead(fmt.Errorf("given up after %d failures: %w", maxAttempts, err))
	}
	return wait
}

// readdressed is the payload of a delivery to where its room is by now; nil: it
// has not moved. Whether it has may not be known.
func (c *carrying) readdressed(ctx context.Context, e *SendError) ([]byte, error) {
	if c.o.Moved == nil || !errors.Is(e, ErrNoRoom) || c.Room.IsDirect() {
		return nil, nil
	}
	d, err := coach.DeliveryOf(c.job) // as it was stored
	if err != nil {
		return nil, err
	}
	if d.Room, err = c.o.Moved(ctx, d); err != nil || d.Room == "" {
		return nil, err
	}
	j, err := d.Job(c.job.Part, c.job.Due)
	return j.Payload, err
}

// tell notices the coach that a room takes nothing. Where that fails, the
// delivery is tried again, and with it the telling.
func (c *carrying) tell(ctx context.Context, e *SendError, now time.Time) error {
	if c.o.Notice == nil || !errors.Is(e, ErrNoRoom) {
		return nil
	}
	n := coach.Notice{ID: fmt.Sprintf("%s due %d", c.Key, c.job.Due.UnixMilli()), At: now, Kind: coach.RoomClosed, Room: c.Room, Why: cmp.Or(e.Why, coach.NotInRoom)}
	if c.Room.IsDirect() {
		n.Kind, n.User, n.Room, n.Why = coach.Unreachable, c.Room.User(), "", ""
	}
	err := c.o.Notice(ctx, n)
	if err != nil {
		c.o.Log.Error("A room takes no messages, and the coach could not be told.", "job", c.Key, "err", err)
	}
	return err
}

// revoked raises the alarm, once.
func (c *carrying) revoked(s Scope, until time.Time, err error) {
	if c.pacer.revoke(c.message(), c.platform.Pace(), s, until) {
		c.o.Log.Error("THE BOT IS SHUT OUT: its token is no longer good. Nothing is sent there until it is let in again; what is due waits.",
			"workspace", gateName(c.Room, s), "err", err)
		c.o.Metrics.revoked.WithLabelValues(c.platform.Name()).Inc()
	}
}

// sendError returns the SendError in err. A call that failed for no known
// reason may have done its work.
func sendError(err error) *SendError {
	var e *SendError
	if errors.As(err, &e) {
		switch e.Reason {
		case Limited, Failed, Refused, Revoked:
			return e
		}
	}
	return &SendError{Reason: Unsure, Err: err}
}

func dead(err error) schedule.Outcome {
	return schedule.Outcome{State: schedule.Dead, Reason: err.Error()}
}
