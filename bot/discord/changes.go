package discord

import (
	"context"
	"slices"
	"time"

	"studycoach/coach"
)

// What the gateway tells of servers and channels. The ids of notices are made
// of what they are about and when that was, since Discord gives none.

// channelChanged notes where a channel is, and whether the bot may still use it.
func (p *Platform) channelChanged(ctx context.Context, c channelInfo) error {
	p.place(c)
	if p.o.Notice == nil || !isSnowflake(c.GuildID) || !c.isRoom() {
		return nil
	}
	g, roles, err := p.membership(ctx, c.GuildID)
	if err != nil {
		return err
	}
	return p.lookAround(ctx, g, roles, []channelInfo{c}) // of one that the bot cannot see any more, Discord itself tells nothing else
}

// looked takes in what the bot may do in a room. The coach is told of one that is
// closed when that is news, and of one that is open in any case: it may have been
// closed for what a delivery or another replica met.
func (p *Platform) looked(ctx context.Context, room coach.RoomID, may permissions) {
	n := coach.Notice{ID: noticeID("channel", room.Channel()), Kind: coach.RoomOpened, Room: room}
	shut := !may.has(needed)
	if shut {
		n.Kind, n.Why = coach.RoomClosed, coach.Forbidden
	}
	news := p.rooms.looked(room, shut)
	if (news || !shut) && !p.notice(ctx, n) {
		p.rooms.forget(room) // so that it is news the next time
	}
}

// rolesChanged looks at all rooms of a server after a change of a role, or of
// the bot's own roles.
func (p *Platform) rolesChanged(ctx context.Context, server, role string) error {
	if p.o.Notice == nil || !isSnowflake(server) || role != "" && !p.rooms.matters(server, role) {
		return nil
	}
	g, roles, err := p.membership(ctx, server)
	if err != nil {
		return err
	}
	p.rooms.haveRoles(server, roles)
	channels, err := p.channels(ctx, server)
	if err != nil {
		return err
	}
	for _, room := range p.rooms.of(server) {
		if !slices.ContainsFunc(channels, func(c channelInfo) bool { return c.ID == room.Channel() }) {
			p.looked(ctx, room, 0) // it is hidden: nobody is told of such a channel
		}
	}
	return p.lookAround(ctx, g, roles, channels)
}

// lookAround looks at rooms of a server.
func (p *Platform) lookAround(ctx context.Context, g guildInfo, roles []string, channels []channelInfo) error {
	me, err := p.me(ctx)
	if err != nil {
		return err
	}
	for _, c := range channels {
		if c.isRoom() {
			p.looked(ctx, roomID(g.ID, c.ID), allowed(g, me.ID, roles, c.Overwrites))
		}
	}
	return nil
}

// channelDeleted closes a room for good.
func (p *Platform) channelDeleted(ctx context.Context, c channelInfo) {
	if isSnowflake(c.GuildID) && c.isRoom() {
		room := roomID(c.GuildID, c.ID)
		p.rooms.forget(room)
		p.notice(ctx, coach.Notice{ID: "deleted/" + c.ID, Kind: coach.RoomClosed, Room: room, Why: coach.Deleted})
	}
}

// server is a server of which the gateway tells that it is there, or no longer.
type server struct {
	guildInfo
	Unavailable *bool         `json:"unavailable"`
	Channels    []channelInfo `json:"channels"`
	Threads     []channelInfo `json:"threads"`
	Members     []struct {
		User  person   `json:"user"`
		Roles []string `json:"roles"`
	} `json:"members"` // without the privileged intent the bot is there, and hardly anybody else
}

// serverThere takes in a server: at the start of a session, after an outage, or
// because somebody let the bot in.
func (p *Platform) serverThere(ctx context.Context, s server, joined bool) error {
	for _, c := range append(s.Channels, s.Threads...) {
		p.place(c)
	}
	if s.Unavailable != nil && *s.Unavailable || !isSnowflake(s.ID) {
		return nil
	}
	if back := p.rooms.entered(s.ID); joined || back {
		p.rooms.stale()
		p.notice(ctx, coach.Notice{ID: noticeID("joined", s.ID), Kind: coach.WorkspaceOpened, Room: roomID(s.ID, "")})
	}
	me, err := p.me(ctx)
	if err != nil || p.o.Notice == nil {
		return err
	}
	for _, m := range s.Members {
		if m.User.ID == me.ID {
			p.rooms.haveRoles(s.ID, m.Roles)
			return p.lookAround(ctx, s.guildInfo, m.Roles, s.Channels)
		}
	}
	return nil
}

// serverGone takes in that a server is gone. One that is unavailable has an
// outage, and comes back.
func (p *Platform) serverGone(ctx context.Context, s server) {
	if s.Unavailable != nil && *s.Unavailable || !isSnowflake(s.ID) || !p.rooms.left(s.ID) {
		return
	}
	p.rooms.stale()
	p.notice(ctx, coach.Notice{ID: noticeID("removed", s.ID), Kind: coach.WorkspaceClosed, Room: roomID(s.ID, "")})
}

func noticeID(what, id string) string {
	return what + "/" + id + "/" + time.Now().UTC().Format("2006-01-02T15:04:05")
}
