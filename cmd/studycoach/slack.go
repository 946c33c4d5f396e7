package main

import (
	"fmt"

	"studycoach/bot/slack"
)

type slackCmd struct {
	Manifest slackManifestCmd `cmd:"" help:"Print the manifest to create the Slack app from."`
}

type slackManifestCmd struct {
	URL  string `name:"url" placeholder:"https://HOST" help:"Where Slack reaches the bot by HTTP; empty: Socket Mode, which needs no address."`
	Name string `help:"The app's name in Slack; empty: the usual one."`
}

// Run prints the manifest, and what to do with it.
func (c slackManifestCmd) Run(o outputs) error {
	manifest, err := slack.Manifest(slack.ManifestOptions{Name: c.Name, URL: c.URL})
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if _, err := o.out.Write(manifest); err != nil {
		return err
	}
	secret := "SLACK_APP_TOKEN to an app-level token with connections:write (Basic Information)"
	if c.URL != "" {
		secret = "SLACK_SIGNING_SECRET to the signing secret (Basic Information)"
	}
	_, err = fmt.Fprintf(o.err, "Create the app from it at https://api.slack.com/apps?new_app=1 (From a manifest), install it,\n"+
		"then set SLACK_BOT_TOKEN to the bot token (OAuth & Permissions) and %s.\n", secret)
	return err
}
