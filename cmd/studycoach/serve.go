package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/bot/web"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/schedule"
)

type serveCmd struct {
	storeFlags
	contentFlags
	platformFlags
	HTTPAddr   string `name:"http-addr" env:"STUDYCOACH_HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen (${default})."`
	PprofAddr  string `env:"STUDYCOACH_PPROF_ADDR" placeholder:"HOST:PORT" help:"Where to show profiles of the process, on this machine only, such as 127.0.0.1:6060; empty: nowhere."`
	Playground string `enum:"auto,on,off" env:"STUDYCOACH_PLAYGROUND" default:"auto" help:"The playground: auto (on when no platform is configured and the address is this machine's own), on or off."`
}

// Bounds of a shutdown: together less than the 10 s that container runtimes
// give (https://docs.docker.com/reference/cli/docker/container/stop/).
const (
	graceJobs = 5 * time.Second // for running jobs to finish
	graceHTTP = 3 * time.Second // for requests to finish
)

// Run serves until ctx is done.
func (c *serveCmd) Run(ctx context.Context, o outputs) error {
	s, err := c.start(ctx, o)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// server is the bot with everything it consists of.
type server struct {
	log        *slog.Logger
	store      *redisstore.Store
	clock      *clock // nil with the playground, which has its own
	coach      *coach.Coach
	runner     *schedule.Runner
	metrics    *metrics
	chat       *bot.Metrics
	playground *web.Playground // nil when off
	chats      []chat          // the platforms beside it
	http       *http.Server
	listener   net.Listener
	profiles   *http.Server // nil when not asked for
	profiled   net.Listener
}

// start opens and wires everything, and listens.
func (c *serveCmd) start(ctx context.Context, o outputs) (_ *server, err error) {
	s := &server{log: o.log, metrics: newMetrics()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if _, _, err := net.SplitHostPort(c.HTTPAddr); err != nil {
		return nil, fmt.Errorf("%w: the address to listen on: %w", errUsage, err)
	}
	library, err := c.library()
	if err != nil {
		return nil, err
	}
	if c.PprofAddr != "" {
		if s.profiles, err = profiles(c.PprofAddr); err != nil {
			return nil, err
		}
	}
	store := c.options(o.log)
	store.Observe = s.metrics.called
	if s.store, err = openStore(ctx, store); err != nil {
		return nil, err
	}
	s.coach = coach.New(traced{s.store, o.log}, library)

	s.chats, err = c.open(hooks{
		leases: s.store, holder: strings.ToLower(rand.Text()), notice: s.notice, coach: s.coach, log: o.log,
	})
	if err != nil {
		return nil, err
	}
	var platforms []bot.Platform
	for _, p := range s.chats {
		platforms = append(platforms, p)
	}
	var now func() time.Time
	if c.Playground == "on" || c.Playground == "auto" && len(platforms) == 0 && bot.IsLoopback(c.HTTPAddr) {
		if s.playground, err = s.openPlayground(c.DataDir); err != nil {
			return nil, err
		}
		if len(platforms) > 0 {
			o.log.Warn("The playground runs beside a platform: moving its clock moves everybody's.")
		}
		platforms = append(platforms, s.playground)
		now = s.playground.Clock().Now
	} else {
		s.clock = &clock{store: s.store, local: time.Now, log: o.log}
		if err := s.clock.check(ctx); err != nil {
			return nil, err
		}
		now = s.clock.Now
	}
	if len(platforms) == 0 {
		o.log.Warn("No platform is connected, so nobody can talk to the bot.")
	}
	s.chat = bot.NewMetrics(names(platforms)...)
	outbox := bot.NewOutbox(bot.OutboxOptions{Queue: s.store, Platforms: platforms, Notice: s.notice, Moved: s.coach.Moved, Log: o.log, Metrics: s.chat})
	handlers := causing(s.coach.Handlers(mathrand.Float64))
	handlers[coach.Deliver] = outbox.Carry
	s.runner = schedule.NewRunner(schedule.RunnerOptions{
		Queue: s.store, Handlers: handlers, Lane: bot.Lane, Grace: graceJobs, Now: now, Log: o.log,
		Observe: s.metrics.attempted(handlers),
	})
	s.metrics.MustRegister(s.chat, &gauges{store: s.store, runner: s.runner, now: now})

	if s.profiles != nil {
		if s.profiled, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.PprofAddr); err != nil {
			return nil, fmt.Errorf("listen for profiles on %s: %w", c.PprofAddr, err)
		}
	}
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.HTTPAddr); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", c.HTTPAddr, err)
	}
	s.http = &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(o.log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

func names(platforms []bot.Platform) (all []string) {
	for _, p := range platforms {
		all = append(all, p.Name())
	}
	return all
}

// openPlayground opens the playground with its pretend people.
func (s *server) openPlayground(dir string) (*web.Playground, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	o := web.Options{
		People: []web.Person{
			{ID: "lea", Name: "Lea", Zone: "Europe/Berlin", Lead: true},
			{ID: "ada", Name: "Ada", Zone: "Europe/London"},
			{ID: "ben", Name: "Ben", Zone: "Africa/Nairobi"},
			{ID: "mei", Name: "Mei", Zone: "Asia/Singapore"},
		},
		Rooms:    []string{"general", "random"},
		Commands: coach.Commands(),
		File:     filepath.Join(dir, "playground.jsonl"),
		Draw:     bot.Draw,
		Log:      s.log,
	}
	o.Advance = func(ctx context.Context, to time.Time) error {
		clock := s.playground.Clock()
		return s.runner.Advance(ctx, clock.Now(), to, clock.Set)
	}
	o.NextPrompt = func(ctx context.Context) (time.Time, bool, error) {
		jobs, err := s.store.List(ctx, schedule.Waiting, "prompt/", 1)
		if err != nil || len(jobs) == 0 {
			return time.Time{}, false, err
		}
		return jobs[0].Due, true, nil
	}
	return web.New(o)
}

// handle answers an event and has the runner look for what it caused.
func (s *server) handle(ctx context.Context, e coach.Event) (coach.Reply, error) {
	e = s.moved(e)
	reply, err := s.coach.Handle(context.WithValue(ctx, cause{}, e.ID), e)
	s.runner.Wake(e.At)
	return reply, err
}

// notice hands on what a platform tells, and has the runner look for what that
// caused.
func (s *server) notice(ctx context.Context, n coach.Notice) error {
	if s.playground != nil && n.Room.Platform() != s.playground.Name() {
		n.At = n.At.Add(s.playground.Clock().Offset())
	}
	err := s.coach.Notice(context.WithValue(ctx, cause{}, n.ID), n)
	s.runner.Wake(n.At)
	return err
}

// moved is an event of another platform on the playground's clock, where that
// runs beside it.
func (s *server) moved(e coach.Event) coach.Event {
	if s.playground == nil || e.Room.Platform() == s.playground.Name() {
		return e
	}
	offset := s.playground.Clock().Offset().Truncate(time.Second) // so that it moves a whole second to a whole second
	e.At = e.At.Add(offset)
	if at, err := strconv.ParseInt(e.Args["at"], 10, 64); err == nil {
		e.Args = maps.Clone(e.Args)
		e.Args["at"] = strconv.FormatInt(at+int64(offset/time.Second), 10)
	}
	return e
}

// run serves until ctx is done, or a part fails. Then it takes no more events,
// finishes or gives back the jobs it holds, and closes everything.
func (s *server) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var parts sync.WaitGroup
	part := func(name string, run func() error) {
		parts.Go(func() {
			if err := run(); err != nil {
				fail(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	if s.playground != nil {
		part("playground", func() error { return s.playground.Run(ctx, bot.Answer(s.handle, s.log, s.chat)) })
		s.log.Info("The playground is open.", "page", "http://"+s.listener.Addr().String()+"/playground")
	}
	for _, p := range s.chats {
		part(p.Name(), func() error { return p.Run(ctx, bot.Answer(s.handle, s.log, s.chat)) })
	}
	if s.clock != nil {
		part("clock", func() error { return s.clock.run(ctx) })
	}
	part("runner", func() error { return s.runner.Run(ctx) })
	part("http", func() error { return served(s.http.Serve(s.listener)) })
	if s.profiles != nil {
		part("profiles", func() error { return served(s.profiles.Serve(s.profiled)) })
		s.log.Info("Profiles are shown.", "page", "http://"+s.profiled.Addr().String()+"/debug/pprof/")
	}
	s.log.Info("The bot is running.", "http", s.listener.Addr().String(), "version", versionOf())

	<-ctx.Done()
	s.log.Info("The bot is stopping.")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceHTTP)
	defer cancel()
	if err := s.http.Shutdown(stopping); err != nil {
		err = s.http.Close()
		s.log.Warn("Requests were cut off.", "err", err)
	}
	if s.profiles != nil {
		_ = s.profiles.Close() // whoever looks has seen enough
	}
	parts.Wait()
	err := s.close()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	s.log.Info("The bot has stopped.")
	return err
}

// served is how serving ended; being closed is no error.
func served(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// close releases what was opened, in reverse.
func (s *server) close() error {
	var errs []error
	if s.profiled != nil {
		_ = s.profiled.Close() // the server has, if it ran
	}
	if s.playground != nil {
		errs = append(errs, s.playground.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
