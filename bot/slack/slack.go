package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Options say how to reach Slack. BotToken is needed, and AppToken or a signing
// secret, or both: then what people do is taken from both ways.
type Options struct {
	BotToken       string   // begins with xoxb-
	AppToken       string   // begins with xapp-, for Socket Mode; empty: without it
	SigningSecrets []string // of signed HTTP; two during a rotation; none: without it
	APIURL         string   // all calls and uploads go there; empty: https://slack.com/api/

	// Notice is told what happens to people and rooms. Where it fails, Slack
	// tells of it again. nil: nobody is told.
	Notice func(context.Context, coach.Notice) error

	// Draw makes a PNG of a picture. nil: pictures show as their texts.
	Draw func(coach.Image) ([]byte, error)

	Log *slog.Logger // nil: nothing is logged
}

// platform is the first part of the ids of rooms and accounts.
const platform = "slack"

// Bounds of what is remembered, in entries of at most a few hundred bytes.
const (
	maxRecent   = 4096  // events
	maxThreads  = 4096  // messages that have a thread
	maxPeople   = 10000 // names and zones
	maxDirects  = 50000 // channels of direct messages
	maxHomes    = 10000 // App Homes that were opened
	maxParts    = 256   // deliveries that were sent in part
	maxPictures = 512   // files that were uploaded
)

// Platform is Slack, for one workspace. Its methods may be called by many
// goroutines at once.
type Platform struct {
	o   Options
	log *slog.Logger
	api *api
	in  *bot.Entrance

	recent   *recent
	threads  *bot.Cache[string]         // the delivery's key by channel and ts; empty: somebody else's
	people   *bot.Cache[person]         // by user
	directs  *bot.Cache[string]         // the channel by user
	homes    *bot.Cache[*homeTab]       // by user
	parts    *bot.Cache[map[int]string] // the ts of each part by delivery key
	pictures *bot.Cache[string]         // the file by what it shows
	me       identity
}

var _ bot.Platform = (*Platform)(nil)

// New makes the adapter. It checks what can be checked without a call.
func New(o Options) (*Platform, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notice == nil {
		o.Notice = func(context.Context, coach.Notice) error { return nil }
	}
	return &Platform{
		o:        o,
		log:      o.Log,
		api:      newAPI(o),
		in:       bot.NewEntrance(maxBusy),
		recent:   newRecent(maxRecent),
		threads:  bot.NewCache[string](maxThreads, 0),
		people:   bot.NewCache[person](maxPeople, personFresh),
		directs:  bot.NewCache[string](maxDirects, 0),
		homes:    bot.NewCache[*homeTab](maxHomes, 0),
		parts:    bot.NewCache[map[int]string](maxParts, 0),
		pictures: bot.NewCache[string](maxPictures, 0),
		me:       identity{turn: make(chan struct{}, 1)},
	}, nil
}

// check never quotes a token: what is wrong with one is said in words.
func (o *Options) check() error {
	switch {
	case !strings.HasPrefix(o.BotToken, "xoxb-"):
		return errors.New("the bot token has to begin with xoxb-; it is on the app's page OAuth & Permissions")
	case o.AppToken != "" && !strings.HasPrefix(o.AppToken, "xapp-"):
		return errors.New("the app token has to begin with xapp-; it is on the app's page Basic Information")
	case o.AppToken == "" && len(o.SigningSecrets) == 0:
		return errors.New("it needs an app token for Socket Mode, or a signing secret for HTTP")
	}
	for _, secret := range o.SigningSecrets {
		if len(secret) < 16 {
			return errors.New("a signing secret is too short; it is on the app's page Basic Information")
		}
	}
	if o.APIURL == "" {
		o.APIURL = "https://slack.com/api/"
	}
	u, err := url.Parse(o.APIURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return errors.New("the address of the API is none, such as https://slack.com/api/")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !bot.IsLoopback(u.Hostname())) {
		return errors.New("the address of the API has to begin with https://")
	}
	o.APIURL = strings.TrimSuffix(o.APIURL, "/") + "/"
	return nil
}

// Name returns "slack".
func (p *Platform) Name() string { return platform }

// Pace is one message a second into a room, and "several hundred" a minute in a
// workspace (https://docs.slack.dev/apis/web-api/rate-limits): 300, and a few in
// a row after a rest. A workspace is all there is.
func (p *Platform) Pace() bot.Pace {
	return bot.Pace{
		Room:      bot.Rate{Every: time.Second},
		Workspace: bot.Rate{Every: 200 * time.Millisecond, Burst: 20},
	}
}

// maxBusy is how many events are being answered at once.
const maxBusy = 500

// grace is how long answers that are on their way are waited for at the end.
const grace = 5 * time.Second

// Run takes events from Socket Mode, where an app token is set, and through the
// routes. It is called once.
func (p *Platform) Run(ctx context.Context, h bot.Handler) error {
	p.in.Open(h)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		me, ok := p.start(ctx)
		if !ok {
			return
		}
		var noted sync.WaitGroup
		defer noted.Wait()
		noted.Go(func() { p.noteOpened(ctx, me) })
		if p.o.AppToken != "" {
			p.runSocket(ctx)
		}
	}()
	<-ctx.Done()
	p.in.Close()
	if !p.in.Wait(grace) {
		p.log.Warn("Answers that took too long were left behind.", "platform", platform)
	}
	<-ended
	p.api.close()
	return nil
}

// start finds out who the bot is; ok is false where ctx ended before that.
func (p *Platform) start(ctx context.Context) (me self, ok bool) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		me, err := p.whoami(ctx)
		if err == nil {
			p.log.Info("Slack is connected.", "workspace", me.Team, "bot", me.User)
			return me, true
		}
		if ctx.Err() != nil {
			return self{}, false
		}
		p.log.Error("SLACK DOES NOT LET THE BOT IN. It tries again.", "err", err, "wait", wait)
		if bot.Sleep(ctx, wait) != nil {
			return self{}, false
		}
	}
}

// noteOpened tells that the bot is in the workspace again. Whoever is told may
// look at every cohort there is, which events do not wait for.
func (p *Platform) noteOpened(ctx context.Context, me self) {
	now := time.Now()
	n := coach.Notice{
		ID: fmt.Sprintf("opened/%s/%s/%d", me.Team, me.BotID, now.UnixNano()), At: now,
		Kind: coach.WorkspaceOpened, Room: me.room(""),
	}
	if err := p.o.Notice(ctx, n); err != nil && ctx.Err() == nil {
		p.log.Warn("It could not be noted that Slack is connected.", "err", err)
	}
}
