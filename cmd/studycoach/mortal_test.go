package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/content"
	"studycoach/schedule"
)

// liveAndDie is the program that a crash campaign kills: store, coach, outbox and
// runner wired as serve wires them, with a platform that lies in the campaign's
// process. At every named point it tells the campaign where it is and goes on
// once that answers; where it is to die, the campaign kills it instead.
//
// Its arguments are the campaign's URL, a data directory and a URL of Redis,
// which is empty for the embedded store.
func liveAndDie() {
	m := &mortal{campaign: os.Args[1], log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	m.now.Store(&time.Time{})
	if err := m.live(context.Background(), os.Args[2], os.Args[3]); err != nil {
		m.log.Error("It cannot live.", "err", err)
	}
}

// mortal is one process of the program.
type mortal struct {
	coach.Store
	campaign string
	log      *slog.Logger
	runner   *schedule.Runner

	now  atomic.Pointer[time.Time]
	seq  atomic.Int64 // of the errand
	held atomic.Int64 // jobs that are claimed and not finished
}

// errand is what the campaign sends the program on: to answer an event, to name
// the jobs that there are, or else to do what is due.
type errand struct {
	Seq   int64
	Now   time.Time
	Event *coach.Event
	Jobs  bool
}

// result is what came of an errand.
type result struct {
	Seq   int64
	Quiet bool      // of one without an event: all that was due is done
	Next  time.Time // when something is due, or a lease runs out; zero for never
	Reply coach.Reply
	Err   string
	Jobs  map[schedule.State][]string // keys
}

func (m *mortal) live(ctx context.Context, dir, redisURL string) (err error) {
	if m.Store, err = openStore(ctx, storeFlags{RedisURL: redisURL, DataDir: dir}.options(m.log)); err != nil {
		return err
	}
	library, err := content.LoadOnly(shortRoadmap())
	if err != nil {
		return err
	}
	c := coach.New(m, library)
	handlers := c.Handlers(rand.Float64)
	handlers[coach.Deliver] = bot.NewOutbox(bot.OutboxOptions{Queue: m, Platforms: []bot.Platform{m}, Log: m.log}).Carry
	m.runner = schedule.NewRunner(schedule.RunnerOptions{
		Queue: m, Handlers: handlers, Lane: bot.Lane, Lease: lease, Now: m.clock, Log: m.log,
		Poll: time.Hour, // it claims at its start and when an errand wakes it, or never
	})
	ctx, stop := context.WithCancelCause(ctx)
	go func() { stop(m.Run(ctx, c.Handle)) }() // which ends with the campaign
	return errors.Join(m.runner.Run(ctx), context.Cause(ctx))
}

func (m *mortal) clock() time.Time { return *m.now.Load() }

// call sends something to the campaign and reads the answer.
func (m *mortal) call(ctx context.Context, path string, in, out any) error {
	return ask(ctx, m.campaign+path, in, out)
}

// pass is a named point on the way of some jobs, if any.
func (m *mortal) pass(point string, jobs ...string) {
	_ = m.call(context.Background(), "/pass", passing{point, jobs}, nil) // a campaign that is over kills it
}

// around passes a point before a call, and one after it.
func (m *mortal) around(call string, jobs ...string) func() {
	m.pass("before "+call, jobs...)
	return func() { m.pass("after "+call, jobs...) }
}

// What goes to the campaign and comes back.
type (
	passing struct {
		Point string
		Jobs  []string // keys
	}
	sending struct {
		Key      string
		Delivery coach.Delivery
	}
	seen struct {
		ID      bot.MessageID // empty: it is not there
		Nothing bool          // that platform does not let anybody look
	}
)

// The platform.

// Name implements bot.Platform.
func (m *mortal) Name() string { return "fake" }

// Pace implements bot.Platform.
func (m *mortal) Pace() bot.Pace { return bot.Pace{} }

// Send implements bot.Platform.
func (m *mortal) Send(ctx context.Context, d coach.Delivery) (bot.MessageID, error) {
	defer m.around("send", d.Key)()
	var id bot.MessageID
	if err := m.call(ctx, "/send", sending{d.Key, d}, &id); err != nil {
		return "", &bot.SendError{Reason: bot.Unsure, Err: err}
	}
	return id, nil
}

// Find implements bot.Platform.
func (m *mortal) Find(ctx context.Context, d coach.Delivery) (bot.MessageID, bool, error) {
	defer m.around("find", d.Key)()
	var seen seen
	if err := m.call(ctx, "/find", d.Key, &seen); err != nil {
		return "", false, &bot.SendError{Reason: bot.Failed, Err: err}
	}
	if seen.Nothing {
		return "", false, bot.ErrCannotLook
	}
	return seen.ID, seen.ID != "", nil
}

// Run implements bot.Platform: it carries out the campaign's errands.
func (m *mortal) Run(ctx context.Context, handle bot.Handler) error {
	for {
		var e errand
		if err := m.call(ctx, "/errand", nil, &e); err != nil {
			return err
		}
		m.now.Store(&e.Now)
		m.seq.Store(e.Seq)
		r := result{Seq: e.Seq}
		switch {
		case e.Event != nil:
			m.pass("before event")
			reply, err := handle(ctx, *e.Event)
			if r.Reply = reply; err != nil {
				r.Err = err.Error()
			}
			m.pass("after event")
		case e.Jobs:
			var err error
			if r.Jobs, err = m.jobs(ctx); err != nil {
				r.Err = err.Error()
			}
		default:
			m.runner.Wake(e.Now)
			continue // NextDue sees when it is done
		}
		if err := m.call(ctx, "/result", r, nil); err != nil {
			return err
		}
	}
}

func (m *mortal) jobs(ctx context.Context) (map[schedule.State][]string, error) {
	keys := map[schedule.State][]string{}
	for _, state := range []schedule.State{schedule.Waiting, schedule.Dead, schedule.Skipped} {
		jobs, err := m.Store.List(ctx, state, "", 1000)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			keys[state] = append(keys[state], j.Key)
		}
	}
	return keys, nil
}

// The store, with a point before and after whatever is asked of it.

// CohortIn implements coach.Store.
func (m *mortal) CohortIn(ctx context.Context, room coach.RoomID) (coach.CohortID, error) {
	defer m.around("room")()
	return m.Store.CohortIn(ctx, room)
}

// CohortsAt implements coach.Store.
func (m *mortal) CohortsAt(ctx context.Context, part int) ([]coach.CohortID, error) {
	defer m.around("cohorts")()
	return m.Store.CohortsAt(ctx, part)
}

// CohortsOf implements coach.Store.
func (m *mortal) CohortsOf(ctx context.Context, u coach.UserRef) ([]coach.CohortID, error) {
	defer m.around("account")()
	return m.Store.CohortsOf(ctx, u)
}

// Load implements coach.Store.
func (m *mortal) Load(ctx context.Context, s coach.Scope) (coach.State, error) {
	defer m.around("load")()
	return m.Store.Load(ctx, s)
}

// Update implements coach.Store.
func (m *mortal) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	defer m.around("update")()
	return m.Store.Update(ctx, s, func(state coach.State) (coach.Change, error) {
		m.pass("update, loaded")
		defer m.pass("update, decided")
		return fn(state)
	})
}

// List implements schedule.Queue.
func (m *mortal) List(ctx context.Context, s schedule.State, prefix string, most int, parts ...int) ([]schedule.Job, error) {
	defer m.around("list")()
	return m.Store.List(ctx, s, prefix, most, parts...)
}

// Drop implements schedule.Queue.
func (m *mortal) Drop(ctx context.Context, part int, key string) error {
	defer m.around("drop")()
	return m.Store.Drop(ctx, part, key)
}

// Claim implements schedule.Queue.
func (m *mortal) Claim(ctx context.Context, now time.Time, lease time.Duration, most int) ([]schedule.Job, error) {
	defer m.around("claim")()
	jobs, err := m.Store.Claim(ctx, now, lease, most)
	m.held.Add(int64(len(jobs)))
	return jobs, err
}

// Note implements schedule.Queue.
func (m *mortal) Note(ctx context.Context, j schedule.Job) error {
	defer m.around("note", j.Key)()
	return m.Store.Note(ctx, j)
}

// FinishAll implements schedule.Queue. The runner never calls Finish.
func (m *mortal) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	keys := make([]string, len(all))
	for i, e := range all {
		keys[i] = e.Job.Key
	}
	defer m.around("finish", keys...)()
	errs := m.Store.FinishAll(ctx, now, all)
	for _, err := range errs {
		if err == nil || errors.Is(err, schedule.ErrLeaseLost) {
			m.held.Add(-1)
		}
	}
	return errs
}

// NextDue implements schedule.Queue. The runner asks when it has finished what
// it had; when it held nothing before, whose lease would be due next, and nothing
// is due, all is done.
func (m *mortal) NextDue(ctx context.Context) (time.Time, bool, error) {
	r := result{Seq: m.seq.Load(), Quiet: true}
	defer m.around("next")()
	idle := m.held.Load() == 0
	next, ok, err := m.Store.NextDue(ctx)
	if err == nil && idle && (!ok || next.After(m.clock())) {
		r.Next = next
		_ = m.call(context.WithoutCancel(ctx), "/result", r, nil) // until it is asked for
	}
	return next, ok, err
}

// shortRoadmap is quickly read, so that a process is soon ready to work.
func shortRoadmap() fs.FS {
	files := fstest.MapFS{}
	put := func(name, format string, args ...any) {
		files["short/"+name] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
	}
	var weeks, checkpoints strings.Builder
	for w := range courseWeeks {
		var units strings.Builder
		for d := range studyDays {
			fmt.Fprintf(&units, `
  - {id: %s, title: Unit, skill: all, mode: deep, minutes: {deep: 70, delegate: 30}, tasks: [Read., Write.],
     ai: {may: [Ask], may_not: [Read]}, done_when: It is written., think: What for?}`, unitID(w*studyDays+d))
		}
		put(fmt.Sprintf("weeks/w%02d.yaml", w+1), "number: %d\ntitle: Week\nintro: A week.\nin_hand: [Notes]\nunits:%s", w+1, &units)
		fmt.Fprintf(&weeks, "%d, ", w+1)
		fmt.Fprintf(&checkpoints, `
  - {id: c%d, title: Checkpoint, week: %[1]d, on_track: [{id: a%[1]d, text: Well, back: %[2]s}],
     red_flags: [{id: b%[1]d, text: Not well, back: %[2]s}]}`, w+1, unitID(w*studyDays))
	}
	put("checkpoints.yaml", "checkpoints:%s", &checkpoints)
	put("roadmap.yaml", `
id: short
title: Short
summary: Many short weeks.
hours: {min: 1, max: 60}
deep_share: 70
skills: [{id: all, title: All, mode: deep, about: All of it.}]
phases: [{id: one, title: One, theme: All of it., done_when: All is done., weeks: [%s]}]
milestones: [{id: first, title: The first, unit: w01d1, measure: lines, least: 1}]
`, &weeks)
	return files
}

const (
	courseWeeks = 13
	studyDays   = 6 // a week
)

// unitID is the id of the n-th unit, from 0.
func unitID(n int) string { return fmt.Sprintf("w%02dd%d", n/studyDays+1, n%studyDays+1) }
