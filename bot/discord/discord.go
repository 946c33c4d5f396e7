package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// platform begins the ids of Discord's rooms and accounts: a room is
// "discord/<server>/<channel>", an account "discord/<server>/<user>".
const platform = "discord"

// Options configure a Platform. Token is needed.
type Options struct {
	Token     string // the bot's
	PublicKey string // the application's, in hex; empty: interactions come by the gateway only
	APIURL    string // where the API is; default DefaultAPI
	NoGateway bool   // whether events come by signed HTTP alone: commands, buttons and forms, but no messages

	Leases bot.Leases // so that one replica of several has the gateway; nil: there is one process
	Holder string     // this replica's name for Leases

	// Notice takes what Discord tells of people, rooms and servers; nil: nobody
	// wants to know. One that fails is only logged.
	Notice func(ctx context.Context, n coach.Notice) error
	// Sender returns the one of a person's accounts that an event of their direct
	// messages is from, the first of several that it may be; empty: the coach knows
	// none of them. nil: it is the first.
	Sender func(ctx context.Context, e coach.Event, accounts []coach.UserRef) (coach.UserRef, error)
	// Suggest completes what is being typed for an option of a kind, by somebody who
	// has the accounts; nil: nothing does.
	Suggest func(ctx context.Context, kind coach.OptionKind, typed string, e coach.Event, accounts []coach.UserRef) ([]coach.Option, error)
	// Draw makes a PNG of a picture; default bot.Draw.
	Draw func(i coach.Image) ([]byte, error)
	Log  *slog.Logger // default: nothing is logged
}

// Platform is Discord.
type Platform struct {
	o     Options
	log   *slog.Logger
	rest  *rest
	key   ed25519.PublicKey // nil: no interactions by HTTP
	who   self
	rooms *rooms

	sent   *bot.Cache[string]        // the key of the delivery that a message is of, by its id
	direct *bot.Cache[string]        // the channel of direct messages, by user
	home   *bot.Cache[coach.UserRef] // the account that a user's direct messages were with last
	heard  *bot.Cache[heardOf]       // messages that became events, by id: whose they are when they are changed or deleted

	in *bot.Entrance // events, and what they cause
}

// Sizes of what a process remembers. Each entry is about 100 bytes; what is
// forgotten is looked up again.
const (
	sentKept   = 20_000
	peopleKept = 20_000
	heardKept  = 20_000
)

// New returns Discord as a platform.
func New(o Options) (*Platform, error) {
	if o.Token == "" {
		return nil, errors.New("discord: there is no bot token")
	}
	var key ed25519.PublicKey
	if o.PublicKey != "" {
		raw, err := hex.DecodeString(o.PublicKey)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return nil, errors.New("discord: the public key is not 64 hexadecimal digits; it stands under General Information at https://discord.com/developers/applications")
		}
		key = raw
	}
	if o.NoGateway && key == nil {
		return nil, errors.New("discord: without the gateway a public key is needed")
	}
	if o.APIURL == "" {
		o.APIURL = DefaultAPI
	}
	if o.Draw == nil {
		o.Draw = bot.Draw
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Platform{
		o: o, log: o.Log, in: bot.NewEntrance(0), rest: newREST(o.APIURL, o.Token), key: key, rooms: newRooms(),
		sent:   bot.NewCache[string](sentKept, 0),
		direct: bot.NewCache[string](peopleKept, 0),
		home:   bot.NewCache[coach.UserRef](peopleKept, 0),
		heard:  bot.NewCache[heardOf](heardKept, 0),
	}, nil
}

// Name implements bot.Platform.
func (p *Platform) Name() string { return platform }

// Pace implements bot.Platform. A channel takes about five messages in five
// seconds, and the API 50 requests a second, of which answers to people need
// some (https://docs.discord.com/developers/topics/rate-limits).
func (p *Platform) Pace() bot.Pace {
	return bot.Pace{
		Room:     bot.Rate{Every: time.Second, Burst: 4},
		Platform: bot.Rate{Every: 50 * time.Millisecond, Burst: 10},
	}
}

// graceAnswers is how long Run waits for answers under way: less than a process
// has to end.
const graceAnswers = 5 * time.Second

// Run implements bot.Platform.
func (p *Platform) Run(ctx context.Context, h bot.Handler) error {
	p.in.Open(h)
	var registered sync.WaitGroup
	registered.Go(func() { p.keepRegistered(ctx) })
	if p.o.NoGateway {
		<-ctx.Done()
	} else {
		p.listen(ctx)
	}
	registered.Wait()
	p.in.Close()
	if !p.in.Wait(graceAnswers) {
		p.log.Warn("Answers that took too long were left behind.", "platform", platform)
	}
	p.rest.close()
	return nil
}
