package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"text/tabwriter"

	"studycoach/coach/redisstore"
)

type checkCmd struct {
	storeFlags
	contentFlags
	platformFlags
	HTTPAddr string `name:"http-addr" env:"STUDYCOACH_HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where the bot is to listen (${default})."`
}

// Run prints what was looked at as a table and fails if anything does.
func (c checkCmd) Run(ctx context.Context, o outputs) error {
	failed := 0
	table := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	row := func(f redisstore.Finding) {
		if f.Level == redisstore.Failed {
			failed++
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Level, f.Name, f.Detail)
	}
	row(verdict("address", c.HTTPAddr, func() error { _, _, err := net.SplitHostPort(c.HTTPAddr); return err }()))
	library, err := c.library()
	var roadmaps []string
	if err == nil {
		for _, r := range library.Roadmaps() {
			roadmaps = append(roadmaps, fmt.Sprintf("%s with %d units", r.ID, len(r.Units())))
		}
	}
	row(verdict("content", strings.Join(roadmaps, ", "), err))
	store, err := openStore(ctx, c.options(o.log))
	switch {
	case errors.Is(err, redisstore.ErrLocked):
		row(verdict("store", "a bot is running on "+c.DataDir+"; its /readyz tells whether changes are kept", nil))
	case err != nil:
		row(verdict("store", "", err))
	default:
		for _, f := range store.Check(ctx) {
			row(f)
		}
		row(verdict("store", "opened and written to", errors.Join(store.Ready(ctx), store.Close())))
	}
	chats, err := c.open(hooks{log: o.warnings()})
	if err != nil {
		row(verdict("platforms", "", err))
	}
	for _, p := range chats {
		for _, f := range p.Check(ctx) {
			row(redisstore.Finding{Name: f.Name, Level: redisstore.Level(f.Level), Detail: f.Detail})
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of the checks failed", failed)
	}
	return nil
}

// verdict makes a finding of an error.
func verdict(name, detail string, err error) redisstore.Finding {
	if err != nil {
		return redisstore.Finding{Name: name, Level: redisstore.Failed, Detail: err.Error()}
	}
	return redisstore.Finding{Name: name, Level: redisstore.OK, Detail: detail}
}
