package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// routes is everything that the server answers.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ready(r.Context()); err != nil {
			s.log.Warn("The bot is not ready.", "err", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.Handle("GET /metrics", s.metrics.page(s.log))
	for _, p := range s.chats {
		for path, h := range p.Routes() {
			mux.Handle(path, h)
		}
	}
	if s.playground != nil {
		pages := s.playground.Handler()
		mux.Handle("/playground", pages)
		mux.Handle("/playground/", pages)
		mux.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusSeeOther))
	}
	return mux
}

// runnerStalled is after how long without a tick the runner counts as stuck.
const runnerStalled = 15 * time.Second

// ready tells whether the bot can do its work: the store can be written to and
// the runner ticks. That the content is loaded is settled before anything
// listens.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := s.store.Ready(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	last := s.runner.LastTick()
	if last.IsZero() {
		return errors.New("the runner has not ticked yet")
	}
	if idle := time.Since(last); idle > runnerStalled {
		return fmt.Errorf("the runner has not ticked for %s", idle.Round(time.Second))
	}
	return nil
}

type healthcheckCmd struct {
	HTTPAddr string `name:"http-addr" env:"STUDYCOACH_HTTP_ADDR" default:"127.0.0.1:8080"`
}

// Run asks the bot on this machine whether it is alive.
func (c healthcheckCmd) Run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(c.HTTPAddr)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/livez", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("livez answers %s", resp.Status)
	}
	return nil
}
