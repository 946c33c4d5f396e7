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
	Guild  string `placeholder:"ID" help:"Register for this server alone, where commands change at once, beside those for all; empty: for all."`
	Remove bool   `help:"Take back what was registered for that server, which else shows each command twice."`
}

// Run registers the commands if they have changed.
func (c discordRegisterCmd) Run(ctx context.Context, o outputs) error {
	if c.Remove && c.Guild == "" {
		return fmt.Errorf("%w: --remove needs the server, as --guild ID", errUsage)
	}
	p, err := c.openDiscord(hooks{log: o.warnings()})
	if err != nil {
		return err
	}
	if c.Remove {
		if _, err := p.Unregister(ctx, c.Guild); err != nil {
			return fmt.Errorf("take the commands back: %w", err)
		}
		_, err = fmt.Fprintf(o.out, "Server %s has no commands of its own any more.\n", c.Guild)
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
