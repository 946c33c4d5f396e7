package discord

import (
	"context"
	"net/http"
	"sync"
)

// self is who the bot is, once that is known.
type self struct {
	mu   sync.Mutex
	user person
}

// me returns the bot's own user.
func (p *Platform) me(ctx context.Context) (person, error) {
	p.who.mu.Lock()
	known := p.who.user
	p.who.mu.Unlock()
	if known.ID != "" {
		return known, nil
	}
	var u person
	if err := p.rest.do(ctx, request{method: http.MethodGet, route: "/users/@me"}, &u); err != nil {
		return person{}, err
	}
	p.isMe(u)
	return u, nil
}

func (p *Platform) isMe(u person) {
	p.who.mu.Lock()
	defer p.who.mu.Unlock()
	p.who.user = u
}
