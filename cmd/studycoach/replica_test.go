package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/content"
	"studycoach/schedule"
)

// replica is one of several processes on one store: coach, outbox and runner
// wired as serve wires them. Its platform is a town in the process of the test,
// which also says what time it is. Its arguments are the town's URL with a path
// of its own, and the store's.
func replica() {
	r := &resident{town: os.Args[1], log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	if err := r.live(context.Background(), os.Args[2]); err != nil {
		r.log.Error("The replica ends.", "err", err)
	}
}

// resident is a replica at work, and the platform it sees.
type resident struct {
	town string
	log  *slog.Logger
	now  atomic.Pointer[time.Time]
}

func (r *resident) live(ctx context.Context, url string) error {
	library, err := content.Load()
	if err != nil {
		return err
	}
	store, err := openStore(ctx, storeFlags{RedisURL: url, RedisWait: true}.options(r.log))
	if err != nil {
		return err
	}
	c := coach.New(store, library)
	handlers := c.Handlers(rand.Float64)
	outbox := bot.NewOutbox(bot.OutboxOptions{Queue: store, Platforms: []bot.Platform{r}, Log: r.log})
	handlers[coach.Deliver] = outbox.Carry
	runner := schedule.NewRunner(schedule.RunnerOptions{
		Queue: store, Handlers: handlers, Lane: bot.Lane, Lease: lease, Now: func() time.Time { return *r.now.Load() }, Log: r.log,
	})

	mux := http.NewServeMux()
	mux.HandleFunc("POST /now", serveJSON(func(_ context.Context, now time.Time) (any, error) {
		r.now.Store(&now)
		runner.Wake(now)
		return nil, nil
	}))
	mux.HandleFunc("POST /event", serveJSON(func(ctx context.Context, e coach.Event) (any, error) {
		reply, err := c.Handle(ctx, e)
		runner.Wake(e.At)
		return reply, err
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var now time.Time
	if err := ask(ctx, r.town+"/hello", "http://"+l.Addr().String(), &now); err != nil {
		return err
	}
	r.now.CompareAndSwap(nil, &now)
	go func() { _ = http.Serve(l, mux) }() // until it is killed
	return runner.Run(ctx)
}

// Name implements bot.Platform.
func (r *resident) Name() string { return "town" }

// Pace implements bot.Platform.
func (r *resident) Pace() bot.Pace { return bot.Pace{} }

// Send implements bot.Platform.
func (r *resident) Send(ctx context.Context, d coach.Delivery) (id bot.MessageID, err error) {
	if err := ask(ctx, r.town+"/send", letter{d.Key, d.Room}, &id); err != nil {
		return "", &bot.SendError{Reason: bot.Unsure, Err: err}
	}
	return id, nil
}

// Find implements bot.Platform.
func (r *resident) Find(ctx context.Context, d coach.Delivery) (id bot.MessageID, found bool, err error) {
	if err := ask(ctx, r.town+"/find", letter{d.Key, d.Room}, &id); err != nil {
		return "", false, &bot.SendError{Reason: bot.Failed, Err: err}
	}
	return id, id != "", nil
}

// Run implements bot.Platform. Events come in by the replica's own server.
func (r *resident) Run(ctx context.Context, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

// letter is a message in the town.
type letter struct {
	Key  string
	Room coach.RoomID
}
