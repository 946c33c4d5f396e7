package slack

import (
	"context"
	"encoding/json"
	"time"

	"studycoach/coach"
)

// readNotice reads what happens to people, rooms and the workspace.
func (p *Platform) readNotice(ctx context.Context, c callback, kind string, me self) (arrival, error) {
	n := coach.Notice{ID: c.ID, At: time.Unix(c.Time, 0).UTC()}
	switch kind {
	case "user_change":
		return p.readUserChange(ctx, c, me)
	case "app_uninstalled":
		n.Kind, n.Room = coach.WorkspaceClosed, me.room("")
		return arrival{notice: &n}, nil
	case "tokens_revoked":
		var e struct {
			Tokens struct {
				Bot []string `json:"bot"`
			} `json:"tokens"`
		}
		if json.Unmarshal(c.Event, &e) != nil {
			return arrival{}, errMalformed
		}
		if len(e.Tokens.Bot) == 0 { // those of people, which the bot has none of
			return arrival{}, nil
		}
		n.Kind, n.Room = coach.WorkspaceClosed, me.room("")
		return arrival{notice: &n}, nil
	case "channel_id_changed": // as it is converted for Slack Connect
		var e struct {
			Old string `json:"old_channel_id"`
			New string `json:"new_channel_id"`
		}
		if json.Unmarshal(c.Event, &e) != nil || !isID(e.Old) || !isID(e.New) {
			return arrival{}, errMalformed
		}
		n.Kind, n.Room, n.To = coach.RoomMoved, me.room(e.Old), me.room(e.New)
		return arrival{notice: &n}, nil
	}
	return readRoomNotice(c, n, kind, me)
}

// roomNotices says what happens to a room, by the type of the event
// (https://docs.slack.dev/reference/events).
var roomNotices = map[string]struct {
	kind coach.NoticeKind
	why  coach.Closing
	bot  bool // only where it happens to the bot
}{
	"channel_archive":       {coach.RoomClosed, coach.Archived, false},
	"channel_deleted":       {coach.RoomClosed, coach.Deleted, false},
	"channel_left":          {coach.RoomClosed, coach.NotInRoom, false},
	"channel_unarchive":     {coach.RoomOpened, "", false},
	"group_archive":         {coach.RoomClosed, coach.Archived, false},
	"group_deleted":         {coach.RoomClosed, coach.Deleted, false},
	"group_left":            {coach.RoomClosed, coach.NotInRoom, false},
	"group_unarchive":       {coach.RoomOpened, "", false},
	"member_joined_channel": {coach.RoomOpened, "", true},
	"member_left_channel":   {coach.RoomClosed, coach.NotInRoom, true},
}

func readRoomNotice(c callback, n coach.Notice, kind string, me self) (arrival, error) {
	what, ok := roomNotices[kind]
	if !ok {
		return arrival{}, nil
	}
	var e struct {
		Channel string `json:"channel"`
		User    string `json:"user"`
	}
	if json.Unmarshal(c.Event, &e) != nil || !isID(e.Channel) {
		return arrival{}, errMalformed
	}
	if what.bot && e.User != me.User {
		return arrival{}, nil
	}
	n.Kind, n.Why, n.Room = what.kind, what.why, me.room(e.Channel)
	return arrival{notice: &n}, nil
}

// readUserChange reads that something about a person has changed, such as the
// status, many times a day. Only what the coach asks for is told.
func (p *Platform) readUserChange(ctx context.Context, c callback, me self) (arrival, error) {
	var e struct {
		User account `json:"user"`
	}
	if json.Unmarshal(c.Event, &e) != nil || !isID(e.User.ID) {
		return arrival{}, errMalformed
	}
	if e.User.IsBot {
		return arrival{}, nil
	}
	now := e.User.person()
	n := coach.Notice{ID: c.ID, At: time.Unix(c.Time, 0).UTC(), Kind: coach.PersonChanged, Name: now.name, Zone: now.zone}
	before, known := p.people.Get(e.User.ID)
	if e.User.Deleted {
		n.Kind, n.Name, n.Zone = coach.PersonGone, "", ""
	} else if known && before == now {
		return arrival{}, nil
	}
	team := e.User.TeamID
	if me.Enterprise != "" && now.enterprise == me.Enterprise {
		team = me.Team
	}
	from, err := p.ref(ctx, me, e.User.ID, team)
	if err != nil {
		return arrival{}, err
	}
	n.User = from
	return arrival{notice: &n, learn: func() {
		if n.Kind == coach.PersonGone {
			p.people.Forget(e.User.ID)
			return
		}
		p.people.Put(e.User.ID, now)
	}}, nil
}
