package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
)

// Permission is something that the bot has to be allowed, and why.
type Permission struct {
	Name string // as Discord's settings call it
	Bit  int64
	Why  string
}

// Permissions are what the bot asks for, the fewest that do. None lets it read
// what people write to each other, or ping everybody.
var Permissions = []Permission{
	{"View Channels", discordgo.PermissionViewChannel, "to be in the room of the study group at all"},
	{"Send Messages", discordgo.PermissionSendMessages, "for prompts, summaries and announcements"},
	{"Embed Links", discordgo.PermissionEmbedLinks, "since all that the bot says is laid out as embeds"},
	{"Attach Files", discordgo.PermissionAttachFiles, "for the charts of summaries"},
	{"Read Message History", discordgo.PermissionReadMessageHistory, "to look whether a message arrived before it is sent again, and which prompt a reply is about"},
	{"Create Public Threads", discordgo.PermissionCreatePublicThreads, "for a thread under each day's prompt"},
	{"Send Messages in Threads", discordgo.PermissionSendMessagesInThreads, "to answer there somebody who takes no direct messages"},
}

// wanted are all bits of Permissions.
func wanted() (all permissions) {
	for _, p := range Permissions {
		all |= permissions(p.Bit)
	}
	return all
}

// application is the bot's entry at Discord.
type application struct {
	ID              string  `json:"id"`
	Name            string  `json:"name"`
	Flags           int64   `json:"flags"`
	VerifyKey       string  `json:"verify_key"`
	InteractionsURL *string `json:"interactions_endpoint_url"`
	Bot             person  `json:"bot"`
}

func (p *Platform) application(ctx context.Context) (a application, err error) {
	err = p.rest.do(ctx, request{method: http.MethodGet, route: "/applications/@me"}, &a)
	if err == nil && !isSnowflake(a.ID) {
		err = errUnreadable
	}
	return a, err
}

// Invite returns the address by which somebody adds the bot to a server, with
// Permissions.
func (p *Platform) Invite(ctx context.Context) (string, error) {
	a, err := p.application(ctx)
	if err != nil {
		return "", fmt.Errorf("ask Discord for the application: %w", err)
	}
	q := url.Values{
		"client_id":   {a.ID},
		"scope":       {"bot applications.commands"},
		"permissions": {strconv.FormatInt(int64(wanted()), 10)},
	}
	return "https://discord.com/oauth2/authorize?" + q.Encode(), nil
}

// Register makes the bot's commands known in a server, at once, or with an
// empty guild everywhere, which takes Discord up to an hour to show. It tells
// whether anything had to change.
func (p *Platform) Register(ctx context.Context, guild string) (changed bool, err error) {
	all := commands()
	if guild != "" { // in which commands are for nothing else
		for i := range all {
			all[i].Contexts, all[i].IntegrationTypes = nil, nil
		}
	}
	return p.haveRegistered(ctx, guild, all)
}

// Unregister takes back what Register made known in one server, where Discord shows
// it beside what is known everywhere.
func (p *Platform) Unregister(ctx context.Context, guild string) (changed bool, err error) {
	if guild == "" {
		return false, errors.New("no server is named")
	}
	return p.haveRegistered(ctx, guild, []slashCommand{})
}

// haveRegistered has Discord know these commands and no others.
func (p *Platform) haveRegistered(ctx context.Context, guild string, all []slashCommand) (changed bool, err error) {
	if guild != "" && !isSnowflake(guild) {
		return false, fmt.Errorf("%q is no server's id", guild)
	}
	a, err := p.application(ctx)
	if err != nil {
		return false, fmt.Errorf("ask Discord for the application: %w", err)
	}
	q := request{method: http.MethodGet, route: "/applications/{application}/commands", path: []any{a.ID}}
	if guild != "" {
		q.route, q.path = "/applications/{application}/guilds/{guild}/commands", []any{a.ID, guild}
	}
	var there any
	if err := p.rest.do(ctx, q, &there); err != nil {
		return false, fmt.Errorf("ask Discord for the commands: %w", err)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return false, fmt.Errorf("write the commands as JSON: %w", err)
	}
	var ours any
	if err := json.Unmarshal(raw, &ours); err != nil {
		return false, fmt.Errorf("read the commands as JSON: %w", err)
	}
	if sameCommands(ours, there) {
		return false, nil
	}
	q.method, q.body = http.MethodPut, ours
	if err := p.rest.do(ctx, q, nil); err != nil {
		return false, fmt.Errorf("register the commands: %w", err)
	}
	return true, nil
}

// keepRegistered registers the commands everywhere, if they have changed, and
// tries until it could.
func (p *Platform) keepRegistered(ctx context.Context) {
	for failures := 0; ; failures++ {
		changed, err := p.Register(ctx, "")
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if changed {
				p.log.Info("The commands were registered; Discord shows them within the hour.", "platform", platform)
			}
			return
		}
		pause := p.pauseAfter(err, failures)
		p.log.Warn("The commands could not be registered.", "platform", platform, "err", err, "pause", pause)
		if bot.Sleep(ctx, pause) != nil {
			return
		}
	}
}

// sameCommands tells whether two lists hold the same commands, in any order.
func sameCommands(ours, there any) bool {
	a, ok1 := ours.([]any)
	b, ok2 := there.([]any)
	if !ok1 || !ok2 || len(a) != len(b) {
		return false
	}
	byName := map[any]any{}
	for _, c := range b {
		if m, ok := c.(map[string]any); ok {
			byName[m["name"]] = c
		}
	}
	for _, c := range a {
		if m, ok := c.(map[string]any); !ok || !same(m, byName[m["name"]]) {
			return false
		}
	}
	return true
}

// settable are what the bot may say of a command or an option, and so what
// counts where Discord has it and the bot does not say it.
var settable = []string{"autocomplete", "choices", "default_member_permissions", "description", "max_value", "min_value", "options", "required"}

// same tells whether what Discord has of a command is what the bot says. Discord
// leaves out what is empty or as it is by default, writes a permission as text,
// and adds ids of its own.
func same(ours, there any) bool {
	switch ours := ours.(type) {
	case map[string]any:
		t, ok := there.(map[string]any)
		if !ok {
			return false
		}
		for k, v := range ours {
			if !same(v, t[k]) {
				return false
			}
		}
		for _, k := range settable {
			if ours[k] == nil && !same(nil, t[k]) {
				return false
			}
		}
		return true
	case []any:
		t, _ := there.([]any)
		if len(ours) != len(t) {
			return false
		}
		for i := range ours {
			if !same(ours[i], t[i]) {
				return false
			}
		}
		return true
	case nil:
		list, _ := there.([]any)
		return there == nil || there == false || there == "" || list != nil && len(list) == 0
	case bool:
		return there == ours || !ours && there == nil
	default:
		return fmt.Sprint(there) == fmt.Sprint(ours)
	}
}
