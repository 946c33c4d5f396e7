package discord

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// permissions is a set of them, see discordgo's Permission constants.
type permissions int64

// has tells whether all of want are there. An administrator may do everything.
func (s permissions) has(want permissions) bool {
	return s&discordgo.PermissionAdministrator != 0 || s&want == want
}

// channelInfo is a channel or thread, as far as it matters.
type channelInfo struct {
	ID         string      `json:"id"`
	GuildID    string      `json:"guild_id"`
	ParentID   string      `json:"parent_id"`
	Type       int         `json:"type"`
	Name       string      `json:"name"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

// isThread tells whether a channel is a thread
// (https://docs.discord.com/developers/resources/channel#channel-object-channel-types).
func (c channelInfo) isThread() bool { return c.Type >= 10 && c.Type <= 12 }

// isRoom tells whether a cohort could live in a channel: one for text or
// announcements, or the text beside a voice channel or a stage.
func (c channelInfo) isRoom() bool {
	return isSnowflake(c.ID) && (c.Type == 0 || c.Type == 5 || c.Type == 2 || c.Type == 13)
}

// overwrite changes what a role (type 0) or a member (type 1) may do in a
// channel.
type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

// guildInfo is a server, as far as it matters.
type guildInfo struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	OwnerID string `json:"owner_id"`
	Roles   []struct {
		ID          string `json:"id"`
		Permissions string `json:"permissions"`
	} `json:"roles"`
}

// allowed works out what a member may do in a channel, in the order of
// https://docs.discord.com/developers/topics/permissions#permission-hierarchy.
func allowed(g guildInfo, user string, roles []string, list []overwrite) permissions {
	if g.OwnerID == user {
		return discordgo.PermissionAdministrator
	}
	var base permissions
	for _, r := range g.Roles {
		if r.ID == g.ID || slices.Contains(roles, r.ID) {
			base |= bits(r.Permissions)
		}
	}
	if base&discordgo.PermissionAdministrator != 0 {
		return base
	}
	var allow, deny permissions
	for _, o := range list {
		if o.Type == 0 && o.ID == g.ID {
			base = base&^bits(o.Deny) | bits(o.Allow)
		} else if o.Type == 0 && slices.Contains(roles, o.ID) {
			allow, deny = allow|bits(o.Allow), deny|bits(o.Deny)
		}
	}
	base = base&^deny | allow
	for _, o := range list {
		if o.Type == 1 && o.ID == user {
			base = base&^bits(o.Deny) | bits(o.Allow)
		}
	}
	return base
}

func bits(s string) permissions {
	n, _ := strconv.ParseInt(s, 10, 64)
	return permissions(n)
}

// permissions asks Discord what the bot may do in a room. A thread's are those
// of the channel it is in.
func (p *Platform) permissions(ctx context.Context, room coach.RoomID) (permissions, error) {
	server, id, _ := splitRoom(room)
	channel, err := p.channelInfo(ctx, id)
	if err == nil && channel.isThread() {
		channel, err = p.channelInfo(ctx, channel.ParentID)
	}
	if err != nil {
		return 0, err
	}
	g, roles, err := p.membership(ctx, server)
	if err != nil {
		return 0, err
	}
	me, err := p.me(ctx)
	return allowed(g, me.ID, roles, channel.Overwrites), err
}

func (p *Platform) channelInfo(ctx context.Context, id string) (c channelInfo, err error) {
	err = p.rest.do(ctx, request{method: http.MethodGet, route: "/channels/{channel}", path: []any{id}}, &c)
	return c, err
}

// channels lists a server's channels, threads left out.
func (p *Platform) channels(ctx context.Context, server string) (all []channelInfo, err error) {
	err = p.rest.do(ctx, request{method: http.MethodGet, route: "/guilds/{guild}/channels", path: []any{server}}, &all)
	return all, err
}

// membership returns a server and the bot's roles there.
func (p *Platform) membership(ctx context.Context, server string) (g guildInfo, roles []string, err error) {
	if err := p.rest.do(ctx, request{method: http.MethodGet, route: "/guilds/{guild}", path: []any{server}}, &g); err != nil {
		return g, nil, err
	}
	me, err := p.me(ctx)
	if err != nil {
		return g, nil, err
	}
	var member struct {
		Roles []string `json:"roles"`
	}
	err = p.rest.do(ctx, request{method: http.MethodGet, route: "/guilds/{guild}/members/{user}", path: []any{server, me.ID}}, &member)
	return g, member.Roles, err
}
