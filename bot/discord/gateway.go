package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
)

// The gateway is spoken here and not by discordgo's Session, which cannot be
// made right from outside: it connects to API version 9 by a variable of the
// whole process, resumes at the address for new sessions, identifies on every
// invalid session at once and without regard to the budget, takes no close code
// for an answer, and lets a dead connection go on for five heartbeats. Of
// discordgo there remain the types.

// intents are what the gateway is asked to tell of: servers and channels, and
// messages in them and in direct messages. None is privileged
// (https://docs.discord.com/developers/events/gateway#list-of-intents).
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages

// gatewayInfo is what /gateway/bot answers.
type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Remaining      int `json:"remaining"`
		ResetAfter     int `json:"reset_after"` // ms
		MaxConcurrency int `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

func (p *Platform) gatewayInfo(ctx context.Context) (g gatewayInfo, err error) {
	err = p.rest.do(ctx, request{method: http.MethodGet, route: "/gateway/bot"}, &g)
	if err == nil {
		_, err = p.gatewayURL(g.URL)
	}
	g.Shards, g.Limit.MaxConcurrency = min(max(g.Shards, 1), maxShards), max(g.Limit.MaxConcurrency, 1)
	return g, err
}

// maxShards bounds what one process connects: far more than it serves.
const maxShards = 64

// gatewayURL is the full address of a gateway that Discord named. The token
// goes there, so it is encrypted wherever the API is.
func (p *Platform) gatewayURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "wss" && !(u.Scheme == "ws" && strings.HasPrefix(p.rest.base, "http://")) {
		return "", errors.New("the address of the gateway is none")
	}
	u.RawQuery = "v=10&encoding=json"
	return u.String(), nil
}

// Pauses of the gateway.
const (
	firstPause = time.Second     // before the second try; each further one is twice as long
	maxPause   = time.Minute     //
	haltPause  = 5 * time.Minute // after what only people can mend
)

// backoff is how long to wait before a try, n failures after the last success:
// at random between half of it and all, so that not all come at once.
func backoff(n int) time.Duration {
	d := min(firstPause<<min(n, 10), maxPause)
	return d/2 + rand.N(d/2)
}

// listen keeps the gateway connected until ctx is done.
func (p *Platform) listen(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		info, err := p.gatewayInfo(ctx)
		if err != nil {
			if ctx.Err() == nil {
				p.halted(err)
				_ = bot.Sleep(ctx, p.pauseAfter(err, failures))
			}
			continue
		}
		failures = -1
		p.shards(ctx, info)
	}
}

// pauseAfter is how long to wait after asking for the gateway in vain.
func (p *Platform) pauseAfter(err error, failures int) time.Duration {
	var a *apiError
	if errors.As(err, &a) && a.revoked() {
		return haltPause
	}
	if a != nil {
		return max(a.after, backoff(failures))
	}
	return backoff(failures)
}

// halted says that the gateway cannot be reached, and raises the alarm where
// that is for good.
func (p *Platform) halted(err error) {
	var a *apiError
	if errors.As(err, &a) && a.revoked() {
		p.log.Error(alarm, "platform", platform, "err", err)
		return
	}
	p.log.Warn("Discord's gateway cannot be reached.", "platform", platform, "err", err)
}

const alarm = "DISCORD REFUSES THE BOT'S TOKEN: nothing is sent or heard until it is good again. Make a new one under Bot at https://discord.com/developers/applications and restart with it."

// shards runs all shards until ctx is done, or their number has to change.
func (p *Platform) shards(ctx context.Context, info gatewayInfo) {
	ctx, reshard := context.WithCancel(ctx)
	defer reshard()
	budget := &budget{p: p, next: make([]time.Time, info.Limit.MaxConcurrency)}
	var all sync.WaitGroup
	for i := range info.Shards {
		s := &shard{Platform: p, id: i, of: info.Shards, url: info.URL, budget: budget, reshard: reshard}
		all.Go(func() { s.run(ctx) })
	}
	all.Wait()
}

// budget rations identifies: Discord resets the token of a bot that spends the
// day's budget, and takes one of a kind in 5 s
// (https://docs.discord.com/developers/events/gateway#session-start-limit-object).
type budget struct {
	p    *Platform
	mu   sync.Mutex
	next []time.Time // when the next identify of each kind may go out
}

// identifyEvery is how far apart identifies of a kind are.
const identifyEvery = 5 * time.Second

// wait waits for an identify's turn.
func (b *budget) wait(ctx context.Context, shard int) error {
	for failures := 0; ; failures++ {
		info, err := b.p.gatewayInfo(ctx)
		if err == nil && info.Limit.Remaining > 0 {
			break
		}
		pause := b.p.pauseAfter(err, failures)
		if err == nil {
			pause = max(time.Duration(info.Limit.ResetAfter)*time.Millisecond, firstPause)
			b.p.log.Error("The day's budget of new gateway sessions is spent. The gateway stays away until it is full again.", "platform", platform, "wait", pause)
		} else if ctx.Err() == nil {
			b.p.halted(err)
		}
		if err := bot.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	kind := shard % len(b.next)
	b.mu.Lock()
	at := time.Now()
	if b.next[kind].After(at) {
		at = b.next[kind]
	}
	b.next[kind] = at.Add(identifyEvery)
	b.mu.Unlock()
	if err := bot.Sleep(ctx, time.Until(at)); err != nil {
		return err
	}
	if b.p.o.Leases == nil {
		return nil
	}
	name := fmt.Sprintf("discord/identify/%d", kind)
	turn := fmt.Sprintf("%s/%d", b.p.o.Holder, rand.Int64()) // every turn is another holder's, so that none prolongs
	for {
		held, err := b.p.o.Leases.Hold(ctx, name, turn, identifyEvery)
		if held || err != nil { // without the store an invalid session says that it was too early
			return ctx.Err()
		}
		if err := bot.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}
