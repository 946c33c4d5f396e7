package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"studycoach/coach"
)

type pressRequest struct {
	ID      string `json:"id"` // see sayRequest
	As      string `json:"as"`
	Message int64  `json:"message"` // its seq
	Action  choice `json:"action"`
}

// choice names a button by its label or by its place in the message, from 0.
type choice struct {
	label   string
	index   int
	byLabel bool
}

func (c *choice) UnmarshalJSON(b []byte) error {
	if c.byLabel = bytes.HasPrefix(b, []byte{'"'}); c.byLabel {
		return json.Unmarshal(b, &c.label)
	}
	return json.Unmarshal(b, &c.index)
}

func (c choice) String() string {
	if c.byLabel {
		return fmt.Sprintf("%q", short(c.label))
	}
	return strconv.Itoa(c.index)
}

// means tells whether it is a button, the i-th of its message.
func (c choice) means(a coach.Action, i int) bool {
	if c.byLabel {
		return strings.EqualFold(a.Label, c.label)
	}
	return i == c.index
}

// press takes the press of a button.
func (p *Playground) press(ctx context.Context, in pressRequest) (any, error) {
	return p.deliver(ctx, in.ID, func(id string) (call, error) { return p.pressed(id, in) })
}

func (p *Playground) pressed(id string, in pressRequest) (call, error) {
	by, err := p.sender(in.As)
	if err != nil {
		return call{}, err
	}
	m, err := p.seen(in.Message, by)
	if err != nil {
		return call{}, err
	}
	action, ok := m.action(in.Action)
	if !ok {
		return call{}, refuse(http.StatusNotFound, "Message %d has no button %v.", m.Seq, in.Action)
	}
	c := call{event: p.event(id, by, m.Room), room: m.Room, thread: m.Thread, pressed: m.Seq}
	c.event.Verb, c.event.Args = action.Verb, maps.Clone(action.Args)
	return c, nil
}

// action finds a button of the message.
func (m message) action(by choice) (coach.Action, bool) {
	if m.Message == nil {
		return coach.Action{}, false
	}
	i := 0
	for _, b := range m.Message.Blocks {
		for _, a := range b.Actions {
			if by.means(a, i) {
				return a, true
			}
			i++
		}
	}
	return coach.Action{}, false
}
