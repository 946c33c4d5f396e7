package discord

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"studycoach/coach"
)

// person is a user as Discord tells of them.
type person struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// nameOf is what people call somebody: by the nickname in the server, else the
// name they show everywhere, else their user name.
func nameOf(nick, global, username string) string { return cmp.Or(nick, global, username) }

// account is a person in a server.
func account(server, user string) coach.UserRef { return coach.User(platform, server, user) }

// maxAccounts is how many accounts of one person are looked at.
const maxAccounts = 200

// accounts are those that somebody may have where the bot is: first their home,
// the one that their direct messages were with last, unless the bot has left
// that server.
func (p *Platform) accounts(ctx context.Context, user string) ([]coach.UserRef, error) {
	servers, err := p.servers(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]coach.UserRef, len(servers))
	for i, s := range servers {
		all[i] = account(s, user)
	}
	if home, ok := p.home.Get(user); ok {
		if i := slices.Index(all, home); i > 0 {
			all[0], all[i] = all[i], all[0]
		}
	}
	return all[:min(len(all), maxAccounts)], nil
}

// senderOf settles which account of somebody's an event of their direct messages
// is from, and has it be their home. It fails with errStranger where the coach
// knows none.
//
// Who has left a server is not told without the privileged intent for members;
// a message to them that fails says so.
func (p *Platform) senderOf(ctx context.Context, user string, e coach.Event) (sender coach.UserRef, err error) {
	all, err := p.accounts(ctx, user)
	switch {
	case err != nil:
	case p.o.Sender != nil:
		sender, err = p.o.Sender(ctx, e, all)
	case len(all) > 0:
		sender = all[0]
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("find whose direct message it is: %w", err)
	case sender == "":
		return "", errStranger
	}
	p.home.Put(user, sender)
	return sender, nil
}

// servers lists the ids of the servers that the bot is in.
func (p *Platform) servers(ctx context.Context) ([]string, error) {
	if list, fresh := p.rooms.servers(); fresh {
		return list, nil
	}
	var all []string
	q := url.Values{"limit": {"200"}}
	for {
		var page []struct {
			ID string `json:"id"`
		}
		if err := p.rest.do(ctx, request{method: http.MethodGet, route: "/users/@me/guilds", query: q}, &page); err != nil {
			return nil, err
		}
		for _, g := range page {
			all = append(all, g.ID)
		}
		if len(page) < 200 {
			p.rooms.setServers(all)
			return all, nil
		}
		q.Set("after", page[len(page)-1].ID)
	}
}
