package main

import (
	"context"
	"fmt"
)

type discordCmd struct {
	Register discordRegisterCmd `cmd:"" help:"Tell Discord the bot's commands, and print the link that invites it. The bot does the former by itself when it starts."`
}

type discordRegisterCmd struct {
	discordFlags
	Guild string `placeholder:"ID" help:"Register for this server alone, where commands change at once; empty: for all."`
}

// Run registers the commands if they have changed.
func (c discordRegisterCmd) Run(ctx context.Context, o outputs) error {
	p, err := c.openDiscord(hooks{log: o.warnings()})
	if err != nil {
		return err
	}
	changed, err := p.Register(ctx, c.Guild)
	if err != nil {
		return fmt.Errorf("register the commands: %w", err)
	}
	link, err := p.Invite(ctx)
	if err != nil {
		return fmt.Errorf("make the link that invites the bot: %w", err)
	}
	what := "The commands are registered as they are."
	if changed {
		what = "The commands were registered."
	}
	_, err = fmt.Fprintf(o.out, "%s\nInvite the bot with %s\n", what, link)
	return err
}
