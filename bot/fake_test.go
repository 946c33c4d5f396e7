package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"studycoach/coach"
	"studycoach/schedule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// due is when the deliveries of the tests are due.
var due = time.Date(2027, 3, 15, 9, 0, 0, 0, time.UTC)

// diary is what happened, a line each: "2s sent once".
type diary struct {
	mu    sync.Mutex
	now   time.Time
	lines []string
}

func (d *diary) set(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = now
}

func (d *diary) time() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *diary) write(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%v ", d.now.Sub(due))+fmt.Sprintf(format, args...))
}

// result is what a fake platform makes of a Send.
type result struct {
	put bool  // the message appears in the room
	err error // what Send returns
}

var (
	works   = result{put: true}
	lost    = result{put: true, err: &SendError{Reason: Unsure, Err: errors.New("no answer")}}
	dropped = result{err: &SendError{Reason: Unsure, Err: errors.New("no answer")}}
	failed  = result{err: &SendError{Reason: Failed, Err: errors.New("502")}}
	limited = result{err: &SendError{Reason: Limited, After: 42 * time.Second, Err: errors.New("429")}}
	revoked = result{err: &SendError{Reason: Revoked, Err: errors.New("token_revoked")}}
	refused = result{err: &SendError{Reason: Refused, Err: errors.New("channel_not_found")}}
	closed  = result{err: &SendError{Reason: Refused, Why: coach.Archived, Err: fmt.Errorf("is_archived: %w", ErrNoRoom)}}
	absent  = result{err: &SendError{Reason: Refused, Err: fmt.Errorf("not_in_channel: %w", ErrNoRoom)}}
	odd     = result{put: true, err: errors.New("what is this")}
)

// fake is a platform for tests. It writes what it is asked for into the diary.
type fake struct {
	*diary
	results []result // of Send, in turn; afterwards it works
	looks   []error  // of Find, in turn; afterwards it looks
	hook    func(ctx context.Context, d coach.Delivery)
	pace    Pace

	mu   sync.Mutex
	room []coach.Delivery     // what appeared
	at   map[string]time.Time // when, by key
}

func (f *fake) Name() string { return "fake" }

func (f *fake) Pace() Pace { return f.pace }

func (f *fake) Run(context.Context, Handler) error { return errors.ErrUnsupported }

func (f *fake) Send(ctx context.Context, d coach.Delivery) (MessageID, error) {
	if f.hook != nil {
		f.hook(ctx, d)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	r := works
	if len(f.results) > 0 {
		r, f.results = f.results[0], f.results[1:]
	}
	if r.put {
		f.room = append(f.room, d)
		f.at[d.Key] = f.time()
	}
	f.write("send")
	return "1", r.err
}

func (f *fake) Find(_ context.Context, d coach.Delivery) (MessageID, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write("look")
	if len(f.looks) > 0 {
		err := f.looks[0]
		if f.looks = f.looks[1:]; err != nil {
			return "", false, err
		}
	}
	for _, sent := range f.room {
		if sent.Key == d.Key {
			return "1", true, nil
		}
	}
	return "", false, nil
}

// office is an outbox between a queue and a platform, with a runner.
type office struct {
	*diary
	t       *testing.T
	queue   *memory
	fake    *fake
	outbox  *Outbox
	carry   schedule.Handler // what the runner calls; outbox.Carry
	runner  *schedule.Runner
	notices []coach.Notice // that the coach was told
	deaf    error          // what the coach answers to them
	log     *bytes.Buffer
	metrics *Metrics
}

func open(t *testing.T) *office {
	t.Helper()
	d := &diary{now: due}
	o := &office{
		diary: d, t: t, log: &bytes.Buffer{},
		queue: &memory{diary: d, jobs: map[string]*memoryJob{}},
		fake:  &fake{diary: d, at: map[string]time.Time{}},
	}
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	shortest := func() float64 { return 0 }
	o.metrics = NewMetrics("fake")
	notice := func(_ context.Context, n coach.Notice) error {
		o.notices = append(o.notices, n)
		return o.deaf
	}
	o.outbox = NewOutbox(OutboxOptions{Queue: o.queue, Platforms: []Platform{o.fake}, Notice: notice, Rand: shortest, Log: log, Metrics: o.metrics})
	o.carry = o.outbox.Carry
	o.runner = schedule.NewRunner(schedule.RunnerOptions{
		Queue: o.queue,
		Handlers: map[string]schedule.Handler{
			coach.Deliver: func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome { return o.carry(ctx, j, now) },
		},
		Lane: Lane, Rand: shortest, Log: log,
	})
	return o
}

// delivery is one for the room "fake/w/general".
func delivery(key string, class coach.Class) coach.Delivery {
	return coach.Delivery{Key: key, Room: "fake/w/general", Class: class, Message: *coach.Say(coach.Text("hello"))}
}

func (o *office) add(deliveries ...coach.Delivery) {
	o.t.Helper()
	for _, d := range deliveries {
		o.addJob(jobDue(o.t, d, due))
	}
}

func jobDue(t *testing.T, d coach.Delivery, at time.Time) schedule.Job {
	t.Helper()
	j, err := d.Job(0, at)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (o *office) addJob(j schedule.Job) {
	o.t.Helper()
	if err := o.queue.Add(o.t.Context(), j); err != nil {
		o.t.Fatal(err)
	}
}

// pass lets time pass up to a while after what is due.
func (o *office) pass(after time.Duration) {
	o.t.Helper()
	if err := o.runner.Advance(o.t.Context(), o.now, due.Add(after), o.set); err != nil {
		o.t.Fatal(err)
	}
}

// crash claims what is due and carries it out by a process that dies before it
// can say what became of it.
func (o *office) crash() {
	o.t.Helper()
	jobs, err := o.queue.Claim(o.t.Context(), o.now, 30*time.Second, 1)
	if err != nil || len(jobs) != 1 {
		o.t.Fatalf("claimed %d jobs: %v", len(jobs), err)
	}
	o.outbox.Carry(o.t.Context(), jobs[0], o.now)
}

// sent are the texts in the room, a line a message.
func (o *office) sent() []string {
	o.fake.mu.Lock()
	defer o.fake.mu.Unlock()
	var texts []string
	for _, d := range o.fake.room {
		text := d.Key + ":"
		for _, b := range d.Message.Blocks {
			text += " " + b.Text + b.Context
		}
		texts = append(texts, text)
	}
	return texts
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}
