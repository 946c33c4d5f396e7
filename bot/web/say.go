package web

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"
)

type sayRequest struct {
	ID     string `json:"id"` // the event's; sent again, the event comes again; may be empty
	As     string `json:"as"`
	Room   string `json:"room"` // a room's name, or "dm" for the direct messages with the coach
	Text   string `json:"text"`
	Thread int64  `json:"thread"` // the message that it replies to; 0: none
}

// say takes what a person typed: a command, which only they see, or a message
// for the room.
func (p *Playground) say(ctx context.Context, in sayRequest) (any, error) {
	return p.deliver(ctx, in.ID, func(id string) (call, error) { return p.said(id, in) })
}

func (p *Playground) said(id string, in sayRequest) (call, error) {
	by, err := p.sender(in.As)
	if err != nil {
		return call{}, err
	}
	room, err := p.room(in.Room, by)
	if err != nil {
		return call{}, err
	}
	text := strings.TrimSpace(in.Text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0 || text == "/":
		return call{}, refuse(http.StatusBadRequest, "There is nothing to say.")
	case n > maxText:
		return call{}, refuse(http.StatusBadRequest, "A message has up to %d characters; this one has %d.", maxText, n)
	}

	c := call{event: p.event(id, by, room), room: room}
	m := message{At: c.event.At, Room: room, From: by.ID, To: alone(room), Key: saidKey + id, Text: text}
	verb, rest, isCommand := command(text)
	if isCommand {
		c.event.Verb, c.event.Text = verb, rest
		m.To = by.ID
	} else {
		c.event.Text = text
	}
	if in.Thread != 0 {
		parent, err := p.parent(in.Thread, by, room)
		if err != nil {
			return call{}, err
		}
		c.thread, m.Thread = parent.Seq, parent.Seq
		if key, ok := strings.CutPrefix(parent.Key, deliveryKey); ok && !isCommand {
			c.event.Thread = key
		}
		if parent.To != "" {
			m.To = parent.To
		}
	}
	_, err = p.feed.post(m)
	return c, err
}

// room finds the room that a person means.
func (p *Playground) room(name string, by Person) (string, error) {
	name = strings.TrimPrefix(name, prefix)
	if name == "dm" {
		name = "@" + by.ID
	}
	if to := alone(name); !p.hasRoom(name) || to != "" && to != by.ID {
		return "", refuse(http.StatusBadRequest, "%s has no room %q; there is %s, and dm.", by.Name, short(name), strings.Join(p.opts.Rooms, ", "))
	}
	return name, nil
}

// parent finds the message at the head of the thread that a message is in or
// can begin.
func (p *Playground) parent(seq int64, by Person, room string) (message, error) {
	m, err := p.seen(seq, by)
	if err == nil && m.Thread != 0 {
		m, err = p.seen(m.Thread, by)
	}
	if err == nil && m.Room != room {
		err = refuse(http.StatusBadRequest, "Message %d is in another room.", seq)
	}
	return m, err
}

// command splits "/checkin 45m reading" into its verb and what follows.
func command(text string) (verb, rest string, ok bool) {
	after, ok := strings.CutPrefix(text, "/")
	if !ok {
		return "", "", false
	}
	verb = after
	if i := strings.IndexFunc(after, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }); i >= 0 {
		verb, rest = after[:i], strings.TrimSpace(after[i:])
	}
	return strings.ToLower(verb), rest, true
}
