package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync/atomic"

	"studycoach/coach"
)

// identity is who the bot is; it is asked for until Slack has told.
type identity struct {
	turn  chan struct{} // holds a token while Slack is being asked
	known atomic.Pointer[self]
}

// self is the bot's account, as auth.test tells.
type self struct {
	Team       string `json:"team_id"`       // of an installation for a whole organisation: the organisation's
	Enterprise string `json:"enterprise_id"` // empty outside of Enterprise Grid
	User       string `json:"user_id"`
	BotID      string `json:"bot_id"`
}

// whoami returns who the bot is.
func (p *Platform) whoami(ctx context.Context) (self, error) {
	if me := p.me.known.Load(); me != nil {
		return *me, nil
	}
	select {
	case p.me.turn <- struct{}{}:
		defer func() { <-p.me.turn }()
	case <-ctx.Done():
		return self{}, &callError{Method: "auth.test", Err: ctx.Err()}
	}
	if me := p.me.known.Load(); me != nil {
		return *me, nil
	}
	var me self
	if err := p.api.call(ctx, "auth.test", url.Values{}, &me); err != nil {
		return self{}, err
	}
	if !isID(me.Team) || !isID(me.User) {
		return self{}, &callError{Method: "auth.test", Err: errors.New("it does not tell who the bot is")}
	}
	p.me.known.Store(&me)
	return me, nil
}

// room is a channel of the workspace in which the bot is installed, also where
// several workspaces share it.
func (s self) room(channel string) coach.RoomID {
	return coach.RoomID(platform + "/" + s.Team + "/" + channel)
}

// ref names an account. People of another workspace, who come in by Slack
// Connect, stand under their own; so a person is never taken for another.
// Within an organisation on Enterprise Grid an account has one id everywhere,
// and stands under the workspace of the bot, whichever it comes from.
func (p *Platform) ref(ctx context.Context, me self, user, team string) (coach.UserRef, error) {
	if team == "" || team == me.Team || team == me.Enterprise {
		return coach.User(platform, me.Team, user), nil
	}
	if me.Enterprise != "" {
		who, err := p.look(ctx, user)
		if err != nil {
			return "", err
		}
		if who.enterprise == me.Enterprise {
			return coach.User(platform, me.Team, user), nil
		}
	}
	if !isID(team) {
		return "", errMalformed
	}
	return coach.User(platform, team, user), nil
}

// isID tells whether s is spelled like an id of Slack's.
func isID(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) < 0
}
