package slack

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/slack-go/slack"

	"studycoach/coach"
)

// kind is what Slack hands over, by its names in Socket Mode.
type kind string

// The kinds.
const (
	kindEvent       kind = "events_api"
	kindCommand     kind = "slash_commands"
	kindInteraction kind = "interactive"
)

// errMalformed says that a payload is not what Slack sends.
var errMalformed = errors.New("the payload is malformed")

// arrival is a payload that has been read: an event, a notice, or neither when
// it is nothing to the bot.
type arrival struct {
	asked  *asked
	notice *coach.Notice
	learn  func() // what the platform remembers of it; may be nil
}

// asked is an event with what its answer needs.
type asked struct {
	event coach.Event
	me    self
	by    source
	user  string // its sender's id on Slack
	again bool   // Slack hands it over another time

	// Where it was said. The channel is empty of App Home and of forms.
	channel string
	thread  string // the ts of the thread's first message
	parent  string // of plain text that may be in the thread of a delivery: likewise

	trigger string // opens a form, within 3 s
	url     string // takes up to 5 answers within 30 minutes
	used    int    // how many it has taken
	inModal bool   // a form is open before the person

	pressed string      // the ts of the message whose button was pressed
	alone   bool        // likewise: only the person sees it
	view    *slack.View // of a submitted form
	where   where       // likewise: where it was opened
	shown   *string     // of App Home: the mark of what it shows; nil where Slack does not tell

	ack *slot
}

// source is what somebody used.
type source int

// The sources.
const (
	byCommand source = iota
	byText
	byButton
	byForm
	byShortcut
	byHome // opened App Home, or pressed a button there
)

// slot takes what an event is acknowledged with, while somebody waits for it.
type slot struct {
	value chan json.RawMessage
	over  chan struct{}
}

// maxAck is how large an acknowledgement may be. Socket Mode drops one of 20,000
// bytes and more without a word, as the SDK's package socketmode has measured.
const maxAck = 19_000

var errLate = errors.New("it is too late, or too large, for that")

func newSlot() *slot { return &slot{make(chan json.RawMessage), make(chan struct{})} }

// give puts v into the acknowledgement. It fails with errLate where that is gone.
func (s *slot) give(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(raw) > maxAck {
		return errLate
	}
	select {
	case s.value <- raw:
		return nil
	case <-s.over:
		return errLate
	}
}

// direct tells whether the event was said where only its sender and the bot are.
func (q *asked) direct() bool { return q.event.Room.IsDirect() }

// reading reads what Slack has handed over, once the bot knows who it is. Its
// error is errMalformed, or that of a call.
type reading func(ctx context.Context, me self) (arrival, error)

// again reads what Slack hands over another time, or not.
func (read reading) again(again bool) reading {
	return func(ctx context.Context, me self) (arrival, error) {
		a, err := read(ctx, me)
		if a.asked != nil {
			a.asked.again = again
		}
		return a, err
	}
}

// payload reads JSON of a kind.
func (p *Platform) payload(k kind, raw []byte) reading {
	return func(ctx context.Context, me self) (arrival, error) {
		if !shallow(raw) {
			return arrival{}, errMalformed
		}
		switch k {
		case kindEvent:
			return p.readEvent(ctx, raw, me)
		case kindCommand:
			var c command
			if json.Unmarshal(raw, &c) != nil {
				return arrival{}, errMalformed
			}
			return p.readCommand(ctx, c, raw, me)
		case kindInteraction:
			return p.readInteraction(ctx, raw, me)
		}
		return arrival{}, nil
	}
}
