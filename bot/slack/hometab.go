package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	shown string     // its mark
}

// showHome publishes an App Home, unless Slack shows it already: as this process
// knows, or as Slack has told with the event, whoever published it. Where it may
// not be published so often, that is left to the next event, which is at the
// latest that the person opens it again.
func (p *Platform) showHome(ctx context.Context, q *asked, m coach.Message) {
	view := home(m)
	sum := sha256.Sum256([]byte(encode(view)))
	view.PrivateMetadata = prefix + hex.EncodeToString(sum[:16]) // the mark of what it shows
	t := &homeTab{}
	if before, known := p.homes.GetOrPut(q.user, t); known {
		t = before
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.shown != nil {
		t.shown = *q.shown
	}
	if t.shown == view.PrivateMetadata {
		return
	}
	if err := p.api.call(ctx, "views.publish", url.Values{"user_id": {q.user}, "view": {encode(view)}}, nil); err != nil {
		p.log.Warn("An App Home could not be shown.", "err", err)
		return
	}
	t.shown = view.PrivateMetadata
}

// refreshHome shows on the App Home of the one who asked what the event has
// changed, if they have opened it.
func (p *Platform) refreshHome(ctx context.Context, h bot.Handler, q *asked) {
	if _, opened := p.homes.Get(q.user); !opened && q.by != byHome {
		return
	}
	e := coach.Event{
		ID: q.event.ID + "/" + homeVerb, From: q.event.From, Name: q.event.Name, Zone: q.event.Zone,
		Room: q.event.From.Direct(), At: time.Now(), Verb: homeVerb,
	}
	if r, err := h(ctx, e); err == nil && r.Message != nil {
		p.showHome(ctx, q, *r.Message)
	}
}
