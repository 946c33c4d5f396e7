package discord

import (
	"context"
	"time"

	"studycoach/coach"
)

// What the gateway tells of servers and channels. The ids of notices are made
// of what they are about and when that was, since Discord gives none.

// channelChanged notes where a channel is, and whether the bot may still use it.
func (p *Platform) channelChanged(ctx context.Context, c channelInfo) error {
	p.place(c)
	if c.isThread() || p.o.Notice == nil || !isSnowflake(c.GuildID) || !isSnowflake(c.ID) {
		return nil
	}
	room := roomID(c.GuildID, c.ID)
	may, err := p.permissions(ctx, room)
	if err != nil {
		return err
	}
	n := coach.Notice{ID: noticeID("channel", c.ID), Kind: coach.RoomOpened, Room: room}
	shut := !may.has(needed)
	if shut {
		n.Kind, n.Why = coach.RoomClosed, coach.Forbidden
	}
	if p.rooms.changed(room, shut) {
		p.notice(ctx, n)
	}
	return nil
}

// channelDeleted closes a room for good.
func (p *Platform) channelDeleted(ctx context.Context, c channelInfo) {
	if isSnowflake(c.GuildID) && isSnowflake(c.ID) {
		p.notice(ctx, coach.Notice{ID: "deleted/" + c.ID, Kind: coach.RoomClosed, Room: roomID(c.GuildID, c.ID), Why: coach.Deleted})
	}
}

// server is a server of which the gateway tells that it is there, or no longer.
type server struct {
	ID          string        `json:"id"`
	Unavailable *bool         `json:"unavailable"`
	Channels    []channelInfo `json:"channels"`
	Threads     []channelInfo `json:"threads"`
}

// serverThere takes in a server: at the start of a session, after an outage, or
// because somebody let the bot in.
func (p *Platform) serverThere(ctx context.Context, s server, joined bool) {
	for _, c := range append(s.Channels, s.Threads...) {
		p.place(c)
	}
	if s.Unavailable != nil && *s.Unavailable {
		return
	}
	back := p.rooms.entered(s.ID)
	if !joined && !back || !isSnowflake(s.ID) {
		return
	}
	p.rooms.stale()
	p.notice(ctx, coach.Notice{ID: noticeID("joined", s.ID), Kind: coach.WorkspaceOpened, Room: roomID(s.ID, "")})
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
