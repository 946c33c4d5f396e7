package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Options say who and what is in the playground.
type Options struct {
	People   []Person  // at least one; the page starts as the first
	Rooms    []string  // at least one, such as "general"; spelled like the ids of people; not "dm"
	Commands []Command // what the message box offers to complete

	// File keeps the feed and the clock; empty: they last as long as the
	// process. It is for one process at a time.
	File string

	// Advance carries out everything that is due up to an instant, in order,
	// and moves the Clock along. It may fail halfway; nil only moves the clock.
	Advance func(ctx context.Context, to time.Time) error

	// NextPrompt tells when the next prompt is posted; false when none is
	// planned. nil: never.
	NextPrompt func(ctx context.Context) (time.Time, bool, error)

	// Draw makes a PNG of a picture. nil: pictures show as their texts.
	Draw func(coach.Image) ([]byte, error)

	Log *slog.Logger // nil: slog.Default()
}

// Person is somebody to be in the playground.
type Person struct {
	ID   string // a-z, 0-9 and hyphens, at most 32; not "coach"
	Name string
	Zone string // of the tz database, such as "Europe/London"
	Lead bool   // shown as a lead, and offered the commands of leads
}

// Command is a command to complete in the message box.
type Command = coach.Command

// Names that the ids of rooms and accounts are made of:
// "web/playground/general", "web/playground/ada".
const (
	platform  = "web"
	workspace = "playground"
	prefix    = platform + "/" + workspace + "/"
	coachID   = "coach" // the sender of what the coach says
)

// Playground is a chat platform in this process. Its methods may be called by
// many goroutines at once.
type Playground struct {
	opts  Options
	log   *slog.Logger
	feed  *feed
	clock *Clock
	zones map[string]*time.Location // by person

	moves    chan struct{} // holds a token while the clock is being moved
	calls    *shelf[call]
	forms    *shelf[openForm]
	files    *shelf[coach.File]
	pictures *shelf[[]byte]

	mu      sync.Mutex
	handler bot.Handler   // nil while events are not taken
	stopped chan struct{} // closed when Run ends
}

var _ bot.Platform = (*Playground)(nil)

// New opens a playground with the feed and the clock as its file has them.
func New(o Options) (*Playground, error) {
	zones, err := o.check()
	if err != nil {
		return nil, fmt.Errorf("playground: %w", err)
	}
	p := &Playground{
		opts:     o,
		log:      o.Log,
		zones:    zones,
		moves:    make(chan struct{}, 1),
		calls:    newShelf[call](1000),
		forms:    newShelf[openForm](1000),
		files:    newShelf[coach.File](100),
		pictures: newShelf[[]byte](100),
		stopped:  make(chan struct{}),
	}
	if p.log == nil {
		p.log = slog.Default()
	}
	past, err := openHistory(o.File, p.log)
	if err != nil {
		return nil, fmt.Errorf("playground: %w", err)
	}
	p.feed = newFeed(past)
	p.clock = newClock(past, p.log, p.feed.wake)
	return p, nil
}

var idPattern = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// check returns the zones of the people.
func (o Options) check() (map[string]*time.Location, error) {
	if len(o.People) == 0 || len(o.Rooms) == 0 {
		return nil, errors.New("it needs a person and a room")
	}
	zones := map[string]*time.Location{}
	for _, p := range o.People {
		if !idPattern.MatchString(p.ID) || p.ID == coachID || zones[p.ID] != nil {
			return nil, fmt.Errorf("the id %q of a person is malformed or taken", p.ID)
		}
		zone, err := time.LoadLocation(p.Zone)
		if err != nil {
			return nil, fmt.Errorf("the zone of %s: %w", p.ID, err)
		}
		zones[p.ID] = zone
	}
	for _, r := range o.Rooms {
		if !idPattern.MatchString(r) || r == "dm" {
			return nil, fmt.Errorf("the room name %q is malformed or taken", r)
		}
	}
	return zones, nil
}

// Clock is the playground's time.
func (p *Playground) Clock() *Clock { return p.clock }

// Close releases the file. Nothing may be sent afterwards.
func (p *Playground) Close() error { return p.feed.close() }

// Name returns "web".
func (p *Playground) Name() string { return platform }

// Pace is as fast as can be.
func (p *Playground) Pace() bot.Pace { return bot.Pace{} }

// Run hands what people do to h until ctx is done; then the open streams end.
// It is called once.
func (p *Playground) Run(ctx context.Context, h bot.Handler) error {
	p.setHandler(h)
	<-ctx.Done()
	p.setHandler(nil)
	close(p.stopped)
	return nil
}

func (p *Playground) setHandler(h bot.Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handler = h
}

// Send puts a message into a room, once for each delivery key that the feed
// still holds.
func (p *Playground) Send(ctx context.Context, d coach.Delivery) (bot.MessageID, error) {
	if err := ctx.Err(); err != nil {
		return "", &bot.SendError{Reason: bot.Failed, Err: err}
	}
	room, ok := strings.CutPrefix(string(d.Room), prefix)
	if !ok || !p.hasRoom(room) {
		return "", &bot.SendError{Reason: bot.Refused, Err: fmt.Errorf("%w: no %s in the playground", bot.ErrNoRoom, d.Room)}
	}
	m := message{
		At: p.clock.Now(), Room: room, From: coachID, To: alone(room),
		Key: deliveryKey + d.Key, Message: &d.Message,
	}
	m, err := p.feed.post(m)
	if err != nil {
		return "", &bot.SendError{Reason: bot.Failed, Err: err}
	}
	return m.id(), nil
}

// Find looks for a delivery in the feed.
func (p *Playground) Find(_ context.Context, d coach.Delivery) (bot.MessageID, bool, error) {
	m, ok := p.feed.find(deliveryKey + d.Key)
	return m.id(), ok, nil
}

// hasRoom tells whether a room of that name exists, "@ada" too.
func (p *Playground) hasRoom(name string) bool {
	if id, direct := strings.CutPrefix(name, "@"); direct {
		_, ok := p.person(id)
		return ok
	}
	return slices.Contains(p.opts.Rooms, name)
}

func (p *Playground) person(id string) (Person, bool) {
	i := slices.IndexFunc(p.opts.People, func(x Person) bool { return x.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return p.opts.People[i], true
}

// alone returns the person who alone sees what is in a room; empty when all
// do.
func alone(room string) string {
	id, direct := strings.CutPrefix(room, "@")
	if !direct {
		return ""
	}
	return id
}
