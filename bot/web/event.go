package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"studycoach/coach"
)

// answerTime is how long the coach may take over one event.
const answerTime = 30 * time.Second

// Limits of what people send.
const (
	maxText = 4000 // characters; more than people can type on any chat platform at once
	maxID   = 64   // bytes
)

// call is an event on its way to the coach, and where the answer goes.
type call struct {
	event   coach.Event
	room    string
	thread  int64
	pressed int64 // the message whose button it was; 0: none
}

// answered is what say, press and submit return. Replies has no element or
// one.
type answered struct {
	Replies []reply `json:"replies"`
}

type reply struct {
	Message *messageView `json:"message,omitempty"`
	Form    *formView    `json:"form,omitempty"`
	Files   []fileView   `json:"files,omitempty"`
}

// token returns a name that nobody guesses.
func token() string { return strings.ToLower(rand.Text()) }

// deliver hands an event to the coach and puts the answer into the feed. An id
// that is known repeats the event that came with it first, as a platform does
// that got no answer; an empty one is made up.
func (p *Playground) deliver(ctx context.Context, id string, decode func(id string) (call, error)) (any, error) {
	p.mu.Lock()
	handler := p.handler
	p.mu.Unlock()
	if handler == nil {
		return nil, refuse(http.StatusServiceUnavailable, "The coach is not running at the moment. Try again shortly.")
	}
	if err := checkID(id); err != nil {
		return nil, err
	}
	c, known := p.calls.get(id)
	if !known {
		if id == "" {
			id = "web-" + token()
		}
		var err error
		if c, err = decode(id); err != nil {
			return nil, err
		}
		p.calls.put(id, c)
	}
	// Someone who closes the page does not take back what they did.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	r, err := handler(ctx, c.event)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", c.event.ID, err)
	}
	return p.answer(c, r)
}

// answer puts a reply into the feed for the eyes of the event's sender.
func (p *Playground) answer(c call, r coach.Reply) (any, error) {
	out := answered{Replies: []reply{}}
	if r.Message == nil && r.Form == nil && len(r.Files) == 0 {
		return out, nil
	}
	one := reply{Files: p.addFiles(r.Files)}
	if r.Form != nil {
		f := openForm{id: token(), call: c, form: *r.Form}
		p.forms.put(f.id, f)
		one.Form = f.view()
	}
	if r.Message != nil || len(r.Files) > 0 {
		m, err := p.show(c, r, one.Files)
		if err != nil {
			return nil, fmt.Errorf("answer event %s: %w", c.event.ID, err)
		}
		v := m.view()
		one.Message = &v
	}
	out.Replies = append(out.Replies, one)
	return out, nil
}

// show posts the message of a reply, or lets it take the place of the one
// whose button was pressed, if only the sender sees that. The answer to an
// event that came again takes the place of the first.
func (p *Playground) show(c call, r coach.Reply, files []fileView) (message, error) {
	content := r.Message
	if content == nil {
		content = coach.Say()
	}
	to := userID(c.event.From)
	if r.Replace {
		if old, ok := p.feed.get(c.pressed); ok && old.From == coachID && old.To == to {
			return p.feed.update(old.Seq, content, files)
		}
	}
	m := message{
		At: c.event.At, Room: c.room, From: coachID, To: to, Thread: c.thread,
		Key: answerKey + c.event.ID, Message: content, files: files,
	}
	posted, err := p.feed.post(m)
	if err != nil {
		return message{}, err
	}
	return p.feed.update(posted.Seq, content, files)
}

// event begins an event of a person.
func (p *Playground) event(id string, by Person, room string) coach.Event {
	return coach.Event{
		ID: id, From: coach.User(platform, workspace, by.ID), Name: by.Name, Zone: by.Zone,
		Room: coach.RoomID(prefix + room), At: p.clock.Now(),
	}
}

// userID is the last part of an account's name: "ada".
func userID(u coach.UserRef) string { return strings.TrimPrefix(string(u), prefix) }

// sender finds the person that a request speaks as.
func (p *Playground) sender(as string) (Person, error) {
	by, ok := p.person(as)
	if !ok {
		return Person{}, refuse(http.StatusBadRequest, "Say who you are: %q is nobody here.", short(as))
	}
	return by, nil
}

// seen finds a message that a person can see.
func (p *Playground) seen(seq int64, by Person) (message, error) {
	m, ok := p.feed.get(seq)
	if !ok || !m.visible(by.ID) {
		return message{}, refuse(http.StatusNotFound, "%s sees no message %d.", by.Name, seq)
	}
	return m, nil
}

// checkID accepts an event's id: up to 64 visible ASCII characters.
func checkID(id string) error {
	odd := strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	if odd || len(id) > maxID {
		return refuse(http.StatusBadRequest, "An id is up to %d visible ASCII characters.", maxID)
	}
	return nil
}
