package discord

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

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

// homeOf settles which server somebody's direct messages are about: the one of
// the last message that went to them, else one where the coach knows them. ok
// is false where there is none.
//
// Who has left a server is not told without the privileged intent for members;
// a message to them that fails says so.
func (p *Platform) homeOf(ctx context.Context, user string) (server string, ok bool, err error) {
	if server, ok := p.home.Get(user); ok {
		return server, true, nil
	}
	servers, err := p.servers(ctx)
	if err != nil {
		return "", false, err
	}
	if p.o.Known == nil {
		if len(servers) == 0 {
			return "", false, nil
		}
		return servers[0], true, nil
	}
	byAccount := map[coach.UserRef]string{}
	accounts := make([]coach.UserRef, 0, len(servers))
	for _, s := range servers {
		u := account(s, user)
		byAccount[u], accounts = s, append(accounts, u)
	}
	known, err := p.o.Known(ctx, accounts)
	if err != nil || len(known) == 0 {
		return "", false, err
	}
	server = byAccount[known[0]]
	p.home.Put(user, server)
	return server, server != "", nil
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
