package web

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// maxMove is how far the clock goes at once: a roadmap and a good reserve.
const maxMove = 400 * 24 * time.Hour

// moveRequest says where the clock goes; exactly one of its ways is used.
type moveRequest struct {
	Advance string `json:"advance"` // how far: "24h", "90m", "1d", "1w"
	To      string `json:"to"`      // RFC 3339, or "2027-03-14T09:00" where As is
	As      string `json:"as"`
	Next    string `json:"next"` // "prompt"
}

type moved struct {
	Now time.Time `json:"now"`
}

// move moves the clock and returns when all that was due is done. Moves happen
// one after the other.
func (p *Playground) move(ctx context.Context, in moveRequest) (any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	select {
	case p.moves <- struct{}{}:
	case <-ctx.Done():
		return nil, refuse(http.StatusServiceUnavailable, "The clock was busy.")
	}
	p.feed.wake()
	defer func() { <-p.moves; p.feed.wake() }()
	go func() { // a stop does not wait for a long way
		select {
		case <-p.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()

	to, err := p.target(ctx, in)
	if err != nil {
		return nil, err
	}
	now := p.clock.Now()
	switch {
	case to.Before(now):
		return nil, refuse(http.StatusBadRequest, "Time only moves forward: it is already %s.", now.Format(time.RFC3339))
	case to.Sub(now) > maxMove:
		return nil, refuse(http.StatusBadRequest, "Move up to 400 days at once.")
	}
	if p.opts.Advance != nil {
		err = p.opts.Advance(ctx, to)
	}
	switch {
	case ctx.Err() != nil:
		return nil, refuse(http.StatusServiceUnavailable, "The clock stopped on its way, at %s.", p.clock.Now().Format(time.RFC3339))
	case err != nil:
		return nil, err
	}
	p.clock.Set(to)
	return moved{p.clock.Now()}, nil
}

// target is the instant that a request names.
func (p *Playground) target(ctx context.Context, in moveRequest) (time.Time, error) {
	switch {
	case in.Advance != "" && in.To == "" && in.Next == "":
		d, ok := length(in.Advance)
		if !ok {
			return time.Time{}, refuse(http.StatusBadRequest, "%q is not a length of time; write 90m, 24h, 1d or 1w.", short(in.Advance))
		}
		return p.clock.Now().Add(d), nil
	case in.To != "" && in.Advance == "" && in.Next == "":
		return p.instant(in.To, in.As)
	case in.Next == "prompt" && in.Advance == "" && in.To == "":
		return p.nextPrompt(ctx)
	}
	return time.Time{}, refuse(http.StatusBadRequest, `Say where to: {"advance":"24h"}, {"to":"2027-03-14T09:00:00Z"} or {"next":"prompt"}.`)
}

func (p *Playground) nextPrompt(ctx context.Context) (time.Time, error) {
	var at time.Time
	var planned bool
	var err error
	if p.opts.NextPrompt != nil {
		at, planned, err = p.opts.NextPrompt(ctx)
	}
	if err == nil && !planned {
		err = refuse(http.StatusConflict, "No prompt is planned yet. A lead starts a cohort with /coach setup.")
	}
	if now := p.clock.Now(); at.Before(now) {
		at = now // due already: carry it out
	}
	return at, err
}

// instant reads a point in time; one without an offset is on the clock of the
// person who asks.
func (p *Playground) instant(text, as string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	if zone, ok := p.zones[as]; ok {
		if t, err := time.ParseInLocation("2006-01-02T15:04", text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, refuse(http.StatusBadRequest, "%q is not a point in time; write it as 2027-03-14T09:00:00Z.", short(text))
}

var days = regexp.MustCompile(`^(\d{1,3})([dw])$`)

// length reads "90m", "24h", "1d" or "1w"; a day has 24 hours here.
func length(text string) (time.Duration, bool) {
	if m := days.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if m[2] == "w" {
			n *= 7
		}
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	d, err := time.ParseDuration(text)
	return d, err == nil
}
