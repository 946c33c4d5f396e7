package platformtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Run runs the suite. open returns a platform that nobody has used yet, and
// closes it when its test ends; the suite runs it.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	for _, group := range []struct {
		name   string
		checks []check
	}{
		{"messages", messageChecks},
		{"people's text", literalChecks},
		{"events", eventChecks},
		{"answers", answerChecks},
		{"forms", formChecks},
		{"deliveries", deliveryChecks},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.checks {
				t.Run(c.name, func(t *testing.T) { c.run(begin(t, open(t))) })
			}
		})
	}
}

// Subject is a platform to test.
type Subject struct {
	Platform bot.Platform
	Chat     Chat
	Room     coach.RoomID  // where Ada and Ben are
	Ada, Ben coach.UserRef // two people

	// Once says that a delivery is in its room once, however often it is sent.
	Once bool
	// Looks says that the platform shows what was sent, so that Find finds it.
	Looks bool
}

// Chat is what people do on a platform, and what they see. What they do waits
// until the platform takes events, and returns once the answer, if there is
// one, is to be seen. A failure of the chat itself ends the test.
type Chat interface {
	// Type has a person type a command, such as "/checkin 45m", or plain text.
	Type(as coach.UserRef, in coach.RoomID, text string)
	// Reply has a person write plain text in the thread of a message.
	Reply(as coach.UserRef, to Message, text string)
	// Press has a person press the button of a message that has the label.
	Press(as coach.UserRef, on Message, label string)
	// Form is the form in front of a person; false when there is none.
	Form(as coach.UserRef) (Form, bool)
	// Submit has a person set fields of that form, by name, and submit it.
	Submit(as coach.UserRef, values map[string]string)
	// Again has what was done last arrive once more, under the same id.
	Again()
	// See returns what the bot says to a person in a room, oldest first.
	See(as coach.UserRef, in coach.RoomID) []Message
}

// Message is what a person sees of a message.
type Message struct {
	ID      bot.MessageID
	Text    string   // all of its words as they read, styles left out
	Links   []string // the addresses behind words
	Rooms   []string // the channels that it shows by name, by their ids
	Pings   []string // whom it notifies by name or as a group
	Buttons []string // labels
	Images  []Image
	Files   []coach.File
}

// Image is a picture that a person sees.
type Image struct {
	Alt  string
	Data []byte
}

// Form is what a person sees of a form.
type Form struct {
	Title, Intro string
	Fields       []Field
}

// Field is what a person sees of a form's field.
type Field struct {
	Name     string // not seen, but what it is submitted under
	Label    string
	Hint     string
	Error    string
	Value    string // as coach.FormField has it
	Options  []string
	Optional bool
}

type check struct {
	name string
	run  func(f *fixture)
}

// fixture is a test with a platform that runs. Until told, it answers nothing.
type fixture struct {
	*testing.T
	Subject
	stop func() // ends Run, and waits for it

	mu     sync.Mutex
	answer bot.Handler
	events []coach.Event
}

func begin(t *testing.T, s Subject) *fixture {
	t.Helper()
	f := &fixture{T: t, Subject: s}
	f.answers(coach.Reply{}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Platform.Run(ctx, f.handle) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run ended with %v", err)
			}
		case <-time.After(10 * time.Second): // as long as a process has to end
			t.Error("Run did not end")
		}
	})
	t.Cleanup(f.stop)
	return f
}

func (f *fixture) handle(ctx context.Context, e coach.Event) (coach.Reply, error) {
	f.mu.Lock()
	f.events = append(f.events, e)
	answer := f.answer
	f.mu.Unlock()
	return answer(ctx, e)
}

// answers has every event from now on answered so.
func (f *fixture) answers(r coach.Reply, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = func(context.Context, coach.Event) (coach.Reply, error) { return r, err }
}

// says has every event from now on answered with a message of blocks.
func (f *fixture) says(blocks ...coach.Block) {
	f.answers(coach.Reply{Message: coach.Say(blocks...)}, nil)
}

// take returns the events since it was called last.
func (f *fixture) take() []coach.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := f.events
	f.events = nil
	return events
}

// event returns the one event since take was called last. What all events have
// is checked here.
func (f *fixture) event() coach.Event {
	f.Helper()
	events := f.take()
	if len(events) != 1 {
		f.Fatalf("there are %d events, want 1: %+v", len(events), events)
	}
	e := events[0]
	if e.ID == "" || e.Name == "" || e.At.IsZero() {
		f.Errorf("an event needs an id, the sender's name and a time: %+v", e)
	}
	return e
}

// delivery is one for the room.
func (f *fixture) delivery(key string, blocks ...coach.Block) coach.Delivery {
	return coach.Delivery{Key: key, Room: f.Room, Class: coach.ClassPrompt, Message: *coach.Say(blocks...)}
}

func (f *fixture) send(d coach.Delivery) bot.MessageID {
	f.Helper()
	id, err := f.Platform.Send(f.Context(), d)
	if err != nil {
		f.Fatalf("send %s: %v", d.Key, err)
	}
	return id
}

// shown sends blocks into the room and returns what Ben sees there.
func (f *fixture) shown(blocks ...coach.Block) []Message {
	f.Helper()
	before := len(f.Chat.See(f.Ben, f.Room))
	f.send(f.delivery(fmt.Sprintf("prompt/%d", before), blocks...))
	return f.Chat.See(f.Ben, f.Room)[before:]
}

// one returns the only message that a person sees in a room.
func (f *fixture) one(as coach.UserRef, in coach.RoomID) Message {
	f.Helper()
	all := f.Chat.See(as, in)
	if len(all) != 1 {
		f.Fatalf("%s sees %d messages in %s, want 1: %q", as, len(all), in, texts(all))
	}
	return all[0]
}

// reads reports what of parts the messages do not say, in this order.
func (f *fixture) reads(all []Message, parts ...string) {
	f.Helper()
	rest := strings.Join(texts(all), "\n")
	for _, part := range parts {
		at := strings.Index(rest, part)
		if at < 0 {
			f.Errorf("%.200q is not said, or not in its place, in %.2000q", part, texts(all))
			return
		}
		rest = rest[at+len(part):]
	}
}

// same reports values that differ.
func same[T comparable](f *fixture, what string, got, want T) {
	f.Helper()
	if got != want {
		f.Errorf("%s is %#v, want %#v", what, got, want)
	}
}

// sameList reports lists that differ.
func sameList(f *fixture, what string, got, want []string) {
	f.Helper()
	if !slices.Equal(got, want) {
		f.Errorf("%s: %q, want %q", what, got, want)
	}
}

// failed returns the SendError that every failing Send ends with.
func (f *fixture) failed(err error) *bot.SendError {
	f.Helper()
	var e *bot.SendError
	if !errors.As(err, &e) {
		f.Fatalf("a failed Send returns %T: %v", err, err)
	}
	return e
}

func texts(all []Message) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Text)
	}
	return out
}
