package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/content"
	"studycoach/schedule"
)

var nudged = flag.Int("nudged", 200, "how many learners TestNudgesForMany nudges")

// crowd is a cohort whose learners are all nudged at the same time, on a
// platform that takes fewer messages than it says.
type crowd struct {
	t       *testing.T
	size    int // learners
	options redisstore.Options
	now     time.Time

	// One life of the bot.
	store  *redisstore.Store
	faulty *storetest.Faulty // what the bot sees of the store
	coach  *coach.Coach
	runner *schedule.Runner

	// The platform, which outlives the bot.
	sent     map[coach.RoomID][]time.Time // nudges
	keys     map[string]bool
	tokens   int       // messages that it takes at once
	filled   time.Time // when it had them all
	rests    time.Time // nothing is taken before
	early    int       // calls in spite of that
	limited  int
	checked  map[coach.RoomID]time.Time // who checked in, and when
	onSend   func(sent int)             // before the answer
	dieAfter int                        // sends; the bot does not learn of the last one
}

const (
	crowdRoom  = coach.RoomID("crowd/w/general")
	crowdBurst = 20
	crowdEvery = 60 * time.Millisecond // a message; the platform says 50 ms
	crowdRest  = 3 * time.Second
)

func (*crowd) Name() string { return "crowd" }

func (*crowd) Pace() bot.Pace {
	return bot.Pace{Room: bot.Rate{Every: time.Second}, Workspace: bot.Rate{Every: 50 * time.Millisecond, Burst: crowdBurst}}
}

func (*crowd) Run(context.Context, bot.Handler) error { return errors.ErrUnsupported }

// Send takes messages as fast as the platform really can.
func (c *crowd) Send(_ context.Context, d coach.Delivery) (bot.MessageID, error) {
	if c.now.Before(c.rests) {
		c.early++
	}
	if d.Class != coach.ClassNudge {
		return "1", nil
	}
	refill := int(c.now.Sub(c.filled) / crowdEvery)
	if c.tokens = min(crowdBurst, c.tokens+refill); c.tokens == crowdBurst {
		c.filled = c.now
	} else {
		c.filled = c.filled.Add(time.Duration(refill) * crowdEvery)
	}
	if c.tokens == 0 {
		c.limited++
		c.rests = c.now.Add(crowdRest)
		return "", &bot.SendError{Reason: bot.Limited, Scope: bot.OneWorkspace, After: crowdRest, Err: errors.New("429")}
	}
	c.tokens--
	c.sent[d.Room] = append(c.sent[d.Room], c.now)
	c.keys[d.Key] = true
	c.onSend(len(c.keys))
	if len(c.keys) == c.dieAfter {
		c.faulty.Down.Store(true) // whatever the process still does, nobody sees it
		return "", &bot.SendError{Reason: bot.Unsure, Err: errors.New("killed")}
	}
	return "1", nil
}

func (c *crowd) Find(_ context.Context, d coach.Delivery) (bot.MessageID, bool, error) {
	return "1", c.keys[d.Key], nil
}

// start begins a life of the bot.
func (c *crowd) start(library *content.Library) {
	c.t.Helper()
	var err error
	c.store, err = redisstore.Open(c.t.Context(), c.options)
	try(c.t, err)
	c.faulty = &storetest.Faulty{Store: c.store}
	c.coach = coach.New(c.faulty, library)
	half := func() float64 { return .5 }
	handlers := c.coach.Handlers(half)
	handlers[coach.Deliver] = bot.NewOutbox(bot.OutboxOptions{Queue: c.faulty, Platforms: []bot.Platform{c}, Rand: half}).Carry
	c.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: c.faulty, Handlers: handlers, Lane: bot.Lane})
}

func (c *crowd) advance(to time.Time) error {
	return c.runner.Advance(c.t.Context(), c.now, to, func(now time.Time) { c.now = now })
}

func learnerName(i int) coach.UserRef { return coach.UserRef(fmt.Sprintf("crowd/w/u%05d", i)) }

// say has somebody say something to the bot, or submit a form's values.
func (c *crowd) say(who coach.UserRef, verb, text string, values map[string]string) coach.Reply {
	e := coach.Event{
		ID: fmt.Sprint(who, verb, text, c.now.UnixNano(), len(values)), From: who, Name: "Somebody", Zone: "UTC", Room: crowdRoom, At: c.now,
		Verb: verb, Text: text, Submit: values != nil, Args: values,
	}
	reply, err := c.coach.Handle(c.t.Context(), e)
	if err != nil {
		c.t.Errorf("%s %s: %v", verb, text, err)
	}
	return reply
}

// Ten thousand learners, or fewer in a short run, are to be nudged at once; a
// thousand at most on the embedded store, which is for small groups. The platform's pace is kept, its wishes to rest are followed, the bot dies in the
// middle and goes on; whoever checks in before their turn is not nudged any
// more, and everybody else is, once.
func TestNudgesForMany(t *testing.T) {
	library, err := content.Load()
	try(t, err)
	for _, embedded := range []bool{true, false} {
		t.Run(fmt.Sprintf("embedded=%t", embedded), func(t *testing.T) {
			size, options := *nudged, redisstore.Options{}
			if embedded {
				size, options.DataDir = min(size, 1000), t.TempDir()
			} else {
				options.URL = storetest.StartRedis(t).URL()
			}
			monday := time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC)
			c := &crowd{
				t: t, size: size, options: options, now: monday.Add(-12 * time.Hour),
				sent: map[coach.RoomID][]time.Time{}, keys: map[string]bool{}, checked: map[coach.RoomID]time.Time{}, dieAfter: size / 3,
			}
			c.start(library)
			c.gather()
			nudges := monday.Add(19 * time.Hour)
			try(t, c.advance(nudges.Add(-time.Millisecond)))
			c.onSend = func(sent int) { // every third time, somebody checks in
				if who := learnerName(size - sent); sent%3 == 0 && c.checked[who.Direct()].IsZero() {
					c.checked[who.Direct()] = c.now
					c.say(who, "checkin", "30m", nil)
				}
			}
			if err := c.advance(nudges.Add(2 * time.Hour)); !errors.Is(err, storetest.ErrDown) {
				t.Fatalf("it does not die: %v", err)
			}
			try(t, c.store.Close())
			c.start(library)
			try(t, c.advance(nudges.Add(2*time.Hour)))
			c.verify()
			try(t, c.store.Close())
		})
	}
}

// gather sets a cohort up and has everybody join.
func (c *crowd) gather() {
	c.t.Helper()
	form := c.say("crowd/w/lead", "coach", "setup", nil).Form
	values := maps.Clone(form.Args)
	if values == nil {
		values = map[string]string{}
	}
	for _, f := range form.Fields {
		values[f.Name] = f.Value
	}
	values["name"], values["zone"], values["start"] = "Crowd", "UTC", "2027-03-15"
	c.say("crowd/w/lead", form.Verb, "", values)
	var joining sync.WaitGroup
	for part := range 16 {
		joining.Go(func() {
			for i := part; i < c.size; i += 16 {
				c.say(learnerName(i), "coach", "join", nil)
			}
		})
	}
	joining.Wait()
}

func (c *crowd) verify() {
	c.t.Helper()
	if c.limited == 0 || c.early > 0 {
		c.t.Errorf("the platform asked for a rest %d times, and was called %d times all the same", c.limited, c.early)
	}
	spared := 0
	for i := range c.size {
		room := learnerName(i).Direct()
		checked, sent := c.checked[room], c.sent[room]
		switch {
		case checked.IsZero() && len(sent) != 1:
			c.t.Errorf("%s was nudged %d times: %v", room, len(sent), sent)
		case !checked.IsZero() && (len(sent) > 1 || len(sent) == 1 && sent[0].After(checked)):
			c.t.Errorf("%s checked in at %v and was nudged at %v", room, checked, sent)
		case len(sent) == 0:
			spared++
		}
	}
	if spared == 0 {
		c.t.Error("nobody checked in before their turn")
	}
	var lost []string
	for _, state := range []schedule.State{schedule.Dead, schedule.Skipped} {
		jobs, err := c.store.List(c.t.Context(), state, "", 10)
		try(c.t, err)
		for _, j := range jobs {
			lost = append(lost, j.Key+": "+j.Reason)
		}
	}
	if len(lost) > 0 {
		c.t.Errorf("not sent are\n%s", strings.Join(lost, "\n"))
	}
	c.t.Logf("%d learners: %d nudged, %d spared; the platform asked for a rest %d times", c.size, len(c.keys), spared, c.limited)
}
