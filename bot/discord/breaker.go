package discord

import (
	"sync"
	"time"
)

// breaker stops all requests when too many were refused. Discord bans an
// address after 10,000 answers of 401, 403 or 429 in 10 minutes
// (https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
type breaker struct {
	mu      sync.Mutex
	minutes [10]struct{ at, n int64 } // refusals by minute
}

// maxRefused is how many refused requests in 10 minutes are enough: an address
// may be shared.
const maxRefused = 1000

func (b *breaker) count(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := now.Unix() / 60
	m := &b.minutes[at%int64(len(b.minutes))]
	if m.at != at {
		m.at, m.n = at, 0
	}
	m.n++
}

// wait says how long no request may go out.
func (b *breaker) wait(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	this := now.Unix() / 60
	total, oldest := int64(0), this
	for _, m := range b.minutes {
		if m.at > this-int64(len(b.minutes)) {
			total += m.n
			if m.n > 0 {
				oldest = min(oldest, m.at)
			}
		}
	}
	if total < maxRefused {
		return 0
	}
	return time.Unix(60*(oldest+int64(len(b.minutes))), 0).Sub(now)
}
