package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// maxAgain is how often an event comes again before the run fails.
const maxAgain = 5

// simulation is one run.
type simulation struct {
	options
	plan     *plan
	redis    *redisServer
	clock    *clock
	queue    *queue
	coach    *coach.Coach
	platform *platform
	runner   *schedule.Runner
	again    atomic.Int64 // events that came again because their answer failed

	mu   sync.Mutex
	late []int32 // ms from when a post was due until it was sent
}

func simulate(ctx context.Context, o options, learners int) (f figures, err error) {
	s := &simulation{options: o, clock: newClock(setUpAt)}
	if s.plan, err = newPlan(learners, o.Group); err != nil {
		return f, err
	}
	if s.redis, err = startRedis(ctx); err != nil {
		return f, err
	}
	defer s.redis.stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	store, err := redisstore.Open(ctx, redisstore.Options{URL: s.redis.url(), Log: log})
	if err != nil {
		return f, err
	}
	defer store.Close()
	library, err := content.Embedded()
	if err != nil {
		return f, err
	}
	s.queue = &queue{Store: store}
	s.coach = coach.New(store, library)
	s.platform = newPlatform(s.plan)
	outbox := bot.NewOutbox(bot.OutboxOptions{Queue: s.queue, Platforms: []bot.Platform{s.platform}, Log: log})
	handlers := s.coach.Handlers(rand.Float64)
	handlers[coach.Deliver] = func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
		outcome := outbox.Carry(ctx, j, now)
		if outcome.State == "" {
			late := s.clock.Now().Sub(j.Due)
			s.mu.Lock()
			s.late = append(s.late, int32(late.Milliseconds())) // a day at most
			s.mu.Unlock()
		}
		return outcome
	}
	s.runner = schedule.NewRunner(schedule.RunnerOptions{
		Queue: s.queue, Handlers: handlers, Lane: bot.Lane, Workers: o.Workers, Now: s.clock.Now, Log: log,
	})
	running, stop := context.WithCancel(ctx)
	var runner sync.WaitGroup
	runner.Go(func() { _ = s.runner.Run(running) }) // it returns nil
	defer runner.Wait()
	defer stop()
	return s.live(ctx)
}

// live lives through the week and measures it.
func (s *simulation) live(ctx context.Context) (f figures, err error) {
	f.learners, f.cohorts, f.checkIns = s.plan.learners, s.plan.cohorts(), len(s.plan.checkIns)
	empty, _, err := s.redis.used(ctx)
	if err != nil {
		return f, err
	}
	begun := time.Now()
	if err := s.gather(ctx); err != nil {
		return f, fmt.Errorf("set up: %w", err)
	}
	if err := s.until(ctx, setUpAt.Add(time.Hour), nil); err != nil {
		return f, err
	}
	s.late = nil
	welcomes := s.platform.posts.Load()
	if err := s.until(ctx, endAt, s.plan.checkIns); err != nil {
		return f, err
	}
	f.took = time.Since(begun)
	f.again = int(s.again.Load())
	f.posts = int(s.platform.posts.Load() - welcomes)
	f.lateness(s.late)
	if err := s.redis.forgetPassing(ctx); err != nil {
		return f, err
	}
	used, _, err := s.redis.used(ctx)
	if err != nil {
		return f, err
	}
	f.bytes = float64(used-empty) / float64(s.plan.learners)
	f.missing, f.doubled, f.spared = s.platform.verdict(s.plan, schedule.TimeOfDay(f.max/time.Minute))
	if f.lost, err = s.lost(ctx); err != nil {
		return f, err
	}
	err = s.costs(ctx, &f)
	return f, err
}

// costs measures check-ins alone, and then posts alone, after the week.
func (s *simulation) costs(ctx context.Context, f *figures) error {
	n := min(s.plan.learners, 20000)
	extra := make([]checkIn, n)
	for i := range extra {
		extra[i] = checkIn{at: int32(s.clock.Now().Unix() / 60), learner: int32(i * (s.plan.learners / n)), minutes: 25, day: days}
	}
	var err error
	if f.perCheckIn, err = s.measure(ctx, n, func() error { return s.checkInAll(ctx, extra) }); err != nil {
		return err
	}
	posts := s.platform.posts.Load()
	f.perPost, err = s.measure(ctx, 1, func() error { return s.until(ctx, s.clock.Now().Add(24*time.Hour), nil) })
	f.perPost = f.perPost.over(int(s.platform.posts.Load() - posts))
	return err
}

// gather sets the cohorts up and has everybody join.
func (s *simulation) gather(ctx context.Context) error {
	event := func(id string, as coach.UserRef, cohort int, verb string) coach.Event {
		return coach.Event{
			ID: id, From: as, Name: "Somebody " + id, Room: s.plan.room(cohort), At: s.clock.Now(), Verb: verb,
		}
	}
	err := s.crowd(s.plan.cohorts(), func(i int) error {
		e := event(fmt.Sprint("setup", i), coach.User(platformName, fmt.Sprint("t", i/perTeam), fmt.Sprint("lead", i)), i, "setup")
		e.Submit, e.Args = true, map[string]string{
			"name": fmt.Sprint("Cohort ", i), "roadmap": "backend", "start": firstDay.String(), "zone": s.plan.cohortZone(i).String(),
			"prompt": "09:00", "study": "mon,tue,wed,thu,fri,sat", "summary-day": "sun", "summary-time": "18:00", "goal": "12",
		}
		return s.handle(ctx, e, "is set up")
	})
	if err != nil {
		return err
	}
	return s.crowd(s.plan.learners, func(i int) error {
		e := event(fmt.Sprint("join", i), s.plan.account(i), s.plan.cohortOf(i), "join")
		e.Zone = s.plan.zoneOf(i).String()
		return s.handle(ctx, e, "Welcome")
	})
}

// until lives on to an instant, with the check-ins that are due before it.
func (s *simulation) until(ctx context.Context, end time.Time, plan []checkIn) error {
	for {
		now := s.clock.Now()
		n := 0
		for n < len(plan) && !plan[n].when().After(now) {
			n++
		}
		if err := s.checkInAll(ctx, plan[:n]); err != nil {
			return err
		}
		plan = plan[n:]
		next, idle, err := s.queue.idle(ctx, now)
		switch {
		case err != nil:
			return err
		case n > 0:
		case !idle:
			time.Sleep(time.Millisecond)
		default:
			if len(plan) > 0 && plan[0].when().Before(next) {
				next = plan[0].when()
			}
			if next.After(end) {
				s.clock.leap(end)
				return nil
			}
			s.clock.leap(next)
			s.runner.Wake(next)
		}
	}
}

// checkInAll has learners check in, many at the same time.
func (s *simulation) checkInAll(ctx context.Context, plan []checkIn) error {
	return s.crowd(len(plan), func(i int) error {
		c := plan[i]
		return s.handle(ctx, coach.Event{
			ID: fmt.Sprintf("in/%d/%d", c.day, c.learner), From: s.plan.account(int(c.learner)), Room: s.plan.room(s.plan.cohortOf(int(c.learner))),
			At: s.clock.Now(), Verb: "checkin", Text: fmt.Sprintf("%dm read how the planner picks an index", c.minutes),
		}, "Logged")
	})
}

// handle has the coach answer an event, with a text that holds want. An event
// whose answer failed comes again, as platforms and people do it.
func (s *simulation) handle(ctx context.Context, e coach.Event, want string) error {
	reply, err := s.coach.Handle(ctx, e)
	for range maxAgain {
		if err == nil || ctx.Err() != nil {
			break
		}
		s.again.Add(1)
		reply, err = s.coach.Handle(ctx, e)
	}
	if err != nil {
		return err
	}
	if reply.Message == nil || !strings.Contains(fmt.Sprint(reply.Message.Blocks), want) {
		return fmt.Errorf("%s by %s: the answer does not say %q", e.Verb, e.From, want)
	}
	return nil
}

// crowd does n things, Clients at a time.
func (s *simulation) crowd(n int, do func(i int) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range min(s.Clients, n) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	all.Wait()
	return failed
}

// lost counts learners whose record does not hold what they checked in with,
// among a thousand of them.
func (s *simulation) lost(ctx context.Context) (lost int, err error) {
	want := make([]int, s.plan.learners)
	for _, c := range s.plan.checkIns {
		want[c.learner] += int(c.minutes)
	}
	step := max(s.plan.learners/1000, 1)
	for i := 0; i < s.plan.learners; i += step {
		id, err := s.queue.CohortIn(ctx, s.plan.room(s.plan.cohortOf(i)))
		if err != nil {
			return lost, err
		}
		state, err := s.queue.Load(ctx, coach.Scope{Cohort: id, Learner: s.plan.account(i)})
		if err != nil || state.Learner == nil {
			return lost, fmt.Errorf("load learner %d: %w", i, err)
		}
		if deep, ai := state.Learner.Days.Total(); deep+ai != want[i] {
			lost++
		}
	}
	return lost, nil
}

// cost is what one of many took: of the time, and of processors, its own and
// Redis's.
type cost struct{ wall, bot, redis time.Duration }

func (c cost) over(n int) cost {
	d := time.Duration(max(n, 1))
	return cost{c.wall / d, c.bot / d, c.redis / d}
}

// measure does n things and returns what one took.
func (s *simulation) measure(ctx context.Context, n int, do func() error) (cost, error) {
	_, redis, err := s.redis.used(ctx)
	if err != nil {
		return cost{}, err
	}
	wall, own := time.Now(), ownCPU()
	if err := do(); err != nil {
		return cost{}, err
	}
	c := cost{wall: time.Since(wall), bot: ownCPU() - own}
	_, c.redis, err = s.redis.used(ctx)
	c.redis -= redis
	return c.over(n), err
}

// ownCPU is the processor time that this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
