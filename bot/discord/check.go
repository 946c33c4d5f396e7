package discord

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"studycoach/bot"
)

// portal is where an application's settings are.
const portal = "https://discord.com/developers/applications"

// maxChecked bounds the servers whose rooms are looked at.
const maxChecked = 20

// Check looks whether the bot can work: its token and application, the address
// for interactions, and what it is allowed in the rooms of its servers.
func (p *Platform) Check(ctx context.Context) []bot.Finding {
	a, err := p.application(ctx)
	if err != nil {
		return []bot.Finding{{Name: "discord token", Level: bot.Failing, Detail: tokenTrouble(err)}}
	}
	all := []bot.Finding{{Name: "discord token", Level: bot.OK, Detail: fmt.Sprintf("application %s (%s)", plainName(a.Name), a.ID)}}
	all = append(all, p.checkGateway(ctx), p.checkInteractions(a))
	servers, err := p.servers(ctx)
	if err != nil {
		return append(all, bot.Finding{Name: "discord servers", Level: bot.Failing, Detail: err.Error()})
	}
	if len(servers) == 0 {
		return append(all, bot.Finding{Name: "discord servers", Level: bot.Warning, Detail: "the bot is in none; studycoach discord register prints the address that adds it to one"})
	}
	for _, s := range servers[:min(len(servers), maxChecked)] {
		all = append(all, p.checkServer(ctx, s))
	}
	return all
}

func tokenTrouble(err error) string {
	var a *apiError
	if errors.As(err, &a) && a.revoked() {
		return "Discord refuses the token; make a new one under Bot at " + portal
	}
	return err.Error()
}

// checkGateway looks at the budget of sessions. The intents are none that an
// application has to be allowed.
func (p *Platform) checkGateway(ctx context.Context) bot.Finding {
	f := bot.Finding{Name: "discord gateway", Level: bot.OK}
	if p.o.NoGateway {
		f.Level, f.Detail = bot.Warning, "off: commands and buttons work, replies and direct messages do not"
		return f
	}
	g, err := p.gatewayInfo(ctx)
	switch {
	case err != nil:
		f.Level, f.Detail = bot.Failing, err.Error()
	case g.Limit.Remaining == 0:
		f.Level, f.Detail = bot.Failing, "the day's budget of new sessions is spent; something connects again and again"
	case g.Limit.Remaining < 100:
		f.Level, f.Detail = bot.Warning, fmt.Sprintf("%d new sessions are left for today; something connects again and again", g.Limit.Remaining)
	default:
		f.Detail = fmt.Sprintf("shards: %d; no privileged intent is needed", g.Shards)
	}
	return f
}

// checkInteractions looks whether commands come the way the bot listens.
func (p *Platform) checkInteractions(a application) bot.Finding {
	f := bot.Finding{Name: "discord interactions", Level: bot.OK, Detail: "by the gateway"}
	where := "Interactions Endpoint URL under General Information at " + portal
	set := a.InteractionsURL != nil && *a.InteractionsURL != ""
	switch {
	case p.key != nil && !strings.EqualFold(hex.EncodeToString(p.key), a.VerifyKey):
		f.Level, f.Detail = bot.Failing, "the public key is another application's; this one's stands under General Information at "+portal
	case set && p.key == nil:
		f.Level, f.Detail = bot.Failing, "Discord sends commands to an address, and no public key is set to verify them: set it, or clear "+where
	case set && !strings.HasSuffix(strings.TrimSuffix(*a.InteractionsURL, "/"), InteractionsPath):
		f.Level, f.Detail = bot.Warning, "Discord sends commands to an address that does not end in "+InteractionsPath+": see "+where
	case set:
		f.Detail = "by signed HTTP"
	case p.o.NoGateway:
		f.Level, f.Detail = bot.Failing, "Discord sends commands nowhere: set "+where+" to this bot's address with "+InteractionsPath
	}
	return f
}

// checkServer looks at what the bot may do in the text channels of a server.
func (p *Platform) checkServer(ctx context.Context, server string) bot.Finding {
	f := bot.Finding{Name: "discord server " + server, Level: bot.Failing}
	g, roles, err := p.membership(ctx, server)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	channels, err := p.channels(ctx, server)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	me, err := p.me(ctx)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	good, lacking := 0, []string{}
	for _, c := range channels {
		if !c.isRoom() {
			continue
		}
		may := allowed(g, me.ID, roles, c.Overwrites)
		if may.has(wanted()) {
			good++
			continue
		}
		if len(lacking) < 5 {
			lacking = append(lacking, fmt.Sprintf("#%s lacks %s", plainName(c.Name), strings.Join(denied(may), ", ")))
		}
	}
	f.Detail = fmt.Sprintf("%s: all is allowed in %d of its rooms", plainName(g.Name), good)
	switch {
	case good > 0 && len(lacking) == 0:
		f.Level = bot.OK
		return f
	case good > 0:
		f.Level = bot.Warning
	case len(lacking) == 0: // of rooms that the bot cannot see Discord tells nothing
		f.Detail = plainName(g.Name) + ": none of its rooms is to be seen"
	}
	if len(lacking) > 0 {
		f.Detail += "; " + strings.Join(lacking, "; ")
	}
	f.Detail += " (Edit Channel, Permissions, or invite the bot again)"
	return f
}

// denied names the permissions that are not there.
func denied(may permissions) (names []string) {
	for _, p := range Permissions {
		if !may.has(permissions(p.Bit)) {
			names = append(names, p.Name)
		}
	}
	return names
}

// plainName is a name that people gave something, on one line.
func plainName(s string) string { return cut(strings.Join(strings.Fields(s), " "), 60) }
