package schedule

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Handler does the work of a job and says what becomes of it. now is the
// runner's time at the start. ctx ends when the job's lease runs out, or when
// the runner has been told to stop and its grace is over; a handler returns
// soon after. A job may be handed out more than once, after a crash or a lost
// lease, so what a handler does must bear repeating: see [Queue.Note].
type Handler = func(ctx context.Context, j Job, now time.Time) Outcome

// RunnerOptions configure a Runner. Queue and Handlers are needed.
type RunnerOptions struct {
	Queue    Queue
	Handlers map[string]Handler // by kind; a job of any other kind is dead

	// Lane names what jobs must share in turn, such as the room that they write
	// to. Jobs of one lane run one after another, in due order but for one that
	// is to be tried again, which lets others pass; a slow lane holds up no
	// other. Nil or "" puts a job into a lane of its own. Lanes hold within one
	// runner, not across processes.
	Lane func(Job) string

	Workers int              // jobs that run at once; default 64, since most of them wait for somebody
	Lease   time.Duration    // how long a claimed job is kept from others; it has four fifths of that or more to run in; default 30 s
	Poll    time.Duration    // the longest sleep, and so the longest to notice what others add; default 1 s
	Grace   time.Duration    // how long running jobs may go on when Run is to stop; default 8 s
	Now     func() time.Time // default time.Now; it may be a clock that somebody moves
	Rand    func() float64   // spreads retries, see Backoff; default math/rand/v2.Float64
	Log     *slog.Logger     // default: nothing is logged

	// Observe is told of every attempt once its outcome is recorded: how late it
	// began, counted from when the job was first due, and how long it took.
	// Default: nobody is.
	Observe func(j Job, late, took time.Duration, o Outcome)
}

// Runner claims due jobs from a queue and works them off. Any number of
// runners, here and in other processes, can share a queue.
type Runner struct {
	o     RunnerOptions
	turn  chan struct{} // full while one of Run, Drain and Advance holds jobs
	asked atomic.Int32  // how many of Drain and Advance wait for the turn
	wake  chan struct{} // full when Run is to look again
	tick  atomic.Int64  // LastTick in nanoseconds since 1970; 0 before the first
}

// NewRunner returns a runner. It does nothing until Run, Drain or Advance.
func NewRunner(o RunnerOptions) *Runner {
	setDefault(&o.Workers, 64)
	setDefault(&o.Lease, 30*time.Second)
	setDefault(&o.Poll, time.Second)
	setDefault(&o.Grace, 8*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(Job, time.Duration, time.Duration, Outcome) {}
	}
	return &Runner{o: o, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
}

func setDefault[T int | time.Duration](option *T, value T) {
	if *option <= 0 {
		*option = value
	}
}

// Run works off what falls due until ctx is done. Then it claims nothing more,
// gives back what it has not started, waits for what is running, for Grace at
// most before their contexts end too, and returns nil. Errors of the queue are
// logged and tried again, ever more slowly; none of them ends Run.
func (r *Runner) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	context.AfterFunc(ctx, func() {
		select {
		case <-time.After(r.o.Grace):
			cancel()
		case <-work.Done():
		}
	})
	l := newLanes(work, r)
	defer close(l.todo)
	for r.take(ctx) == nil {
		wait := l.round(ctx)
		<-r.turn
		select {
		case <-time.After(wait):
		case <-r.wake:
		case <-ctx.Done():
		}
	}
	return nil
}

// Wake tells a sleeping Run that a job due at the given time was added. Without
// it, the job is found within Poll.
func (r *Runner) Wake(due time.Time) {
	if due.Sub(r.o.Now()) < r.o.Poll {
		r.nudge()
	}
}

// LastTick returns the machine's time at which the runner last went round with
// nothing wrong; zero before the first time. A runner that is well ticks about
// every Poll.
func (r *Runner) LastTick() time.Time {
	if ns := r.tick.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

func (r *Runner) ticked() { r.tick.Store(time.Now().UnixNano()) }

func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // it is to look already
	}
}

// take waits for the turn, first come, first served. Whoever has it gives it
// back by <-r.turn, when no claimed job is left in its hands.
func (r *Runner) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takeFromRun is take for Drain and Advance: it has Run finish its round early.
func (r *Runner) takeFromRun(ctx context.Context) error {
	r.asked.Add(1)
	defer r.asked.Add(-1)
	r.nudge()
	return r.take(ctx)
}
