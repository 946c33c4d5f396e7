package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"studycoach/bot"
	"studycoach/bot/discord"
	"studycoach/bot/slack"
	"studycoach/coach"
)

// slackFlags let the bot into Slack.
type slackFlags struct {
	SlackBotToken      string `env:"SLACK_BOT_TOKEN" placeholder:"XOXB" help:"The bot's token; empty: the bot is not in Slack."`
	SlackAppToken      string `env:"SLACK_APP_TOKEN" placeholder:"XAPP" help:"The app-level token; with it events come by Socket Mode."`
	SlackSigningSecret string `env:"SLACK_SIGNING_SECRET" placeholder:"SECRET" help:"The signing secret; with it events come by HTTP, to /slack/events, /slack/commands and /slack/interactions. While it is being changed, the new and the old one, separated by a comma."`
	SlackAPIURL        string `name:"slack-api-url" env:"SLACK_API_URL" placeholder:"URL" help:"Where Slack's API is, for GovSlack and tests; empty: https://slack.com/api/."`
}

func (f slackFlags) given() bool {
	return f.SlackBotToken != "" || f.SlackAppToken != "" || f.SlackSigningSecret != ""
}

// discordFlags let the bot into Discord.
type discordFlags struct {
	DiscordBotToken  string `env:"DISCORD_BOT_TOKEN" placeholder:"TOKEN" help:"The bot's token; empty: the bot is not in Discord."`
	DiscordPublicKey string `env:"DISCORD_PUBLIC_KEY" placeholder:"HEX" help:"The application's public key; with it interactions may also come by HTTP, to /discord/interactions."`
	DiscordAPIURL    string `name:"discord-api-url" env:"DISCORD_API_URL" placeholder:"URL" help:"Where Discord's API is, for tests; empty: https://discord.com/api/v10."`
}

func (f discordFlags) given() bool { return f.DiscordBotToken != "" || f.DiscordPublicKey != "" }

// platformFlags name the platforms that the bot is on.
type platformFlags struct {
	slackFlags
	discordFlags
}

// chat is a platform as it is wired here.
type chat interface {
	bot.Platform
	// Routes are the handlers of what the platform sends by HTTP, by path.
	Routes() map[string]http.Handler
	// Check looks at what the platform lets the bot do.
	Check(ctx context.Context) []bot.Finding
}

// hooks are what platforms need of the rest of the bot; the zero value is
// enough to check them.
type hooks struct {
	leases bot.Leases
	holder string
	notice func(context.Context, coach.Notice) error
	coach  *coach.Coach
	log    *slog.Logger
}

// open makes the platforms that are named. Nothing is called yet.
func (f platformFlags) open(h hooks) (all []chat, err error) {
	if f.slackFlags.given() {
		s, err := f.openSlack(h)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if f.discordFlags.given() {
		d, err := f.openDiscord(h)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func (f slackFlags) openSlack(h hooks) (*slack.Platform, error) {
	var secrets []string
	for secret := range strings.SplitSeq(f.SlackSigningSecret, ",") {
		if secret = strings.TrimSpace(secret); secret != "" {
			secrets = append(secrets, secret)
		}
	}
	p, err := slack.New(slack.Options{
		BotToken: f.SlackBotToken, AppToken: f.SlackAppToken, SigningSecrets: secrets, APIURL: f.SlackAPIURL,
		Notice: h.notice, Draw: bot.Draw, Log: h.log,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return p, nil
}

func (f discordFlags) openDiscord(h hooks) (*discord.Platform, error) {
	o := discord.Options{
		Token: f.DiscordBotToken, PublicKey: f.DiscordPublicKey, APIURL: f.DiscordAPIURL,
		Leases: h.leases, Holder: h.holder, Notice: h.notice, Draw: bot.Draw, Log: h.log,
	}
	if h.coach != nil {
		o.Sender, o.Suggest = h.coach.Sender, h.coach.Suggest
	}
	p, err := discord.New(o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return p, nil
}
