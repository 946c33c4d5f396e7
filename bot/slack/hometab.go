package slack

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// homeVerb asks the coach for what is on App Home.
const homeVerb = "home"

// homeTab is the App Home of somebody who has opened it.
type homeTab struct {
	mu    sync.Mutex // held while it is published, so that the latest comes last
	shown [sha256.Size]byte
}

// showHome publishes an App Home, unless it shows that already.
func (p *Platform) showHome(ctx context.Context, user string, m coach.Message) {
	view, err := json.Marshal(home(m))
	if err != nil {
		p.log.Warn("An App Home could not be shown.", "err", err)
		return
	}
	t := &homeTab{}
	if before, known := p.homes.getOrPut(user, t); known {
		t = before
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := sha256.Sum256(view)
	if sum == t.shown {
		return
	}
	if err := p.api.call(ctx, "views.publish", url.Values{"user_id": {user}, "view": {string(view)}}, nil); err != nil {
		p.log.Warn("An App Home could not be shown.", "err", err)
		return
	}
	t.shown = sum
}

// refreshHome shows on the App Home of the one who asked what the event has
// changed, if they have opened it.
func (p *Platform) refreshHome(ctx context.Context, h bot.Handler, q *asked) {
	if _, opened := p.homes.get(q.user); !opened {
		return
	}
	e := coach.Event{
		ID: q.event.ID + "/" + homeVerb, From: q.event.From, Name: q.event.Name, Zone: q.event.Zone,
		Room: q.event.From.Direct(), At: time.Now(), Verb: homeVerb,
	}
	if r, err := h(ctx, e); err == nil && r.Message != nil {
		p.showHome(ctx, q.user, *r.Message)
	}
}
