package slack

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"studycoach/coach"
)

// interaction is a pressed button, a submitted form or a used shortcut
// (https://docs.slack.dev/reference/interaction-payloads).
type interaction struct {
	Type       string `json:"type"`
	Trigger    string `json:"trigger_id"`
	URL        string `json:"response_url"`
	CallbackID string `json:"callback_id"`
	User       struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Team string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type      string `json:"type"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		Text     string `json:"text"`
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
	} `json:"message"`
	Actions []json.RawMessage `json:"actions"`
	View    json.RawMessage   `json:"view"`
}

func (p *Platform) readInteraction(ctx context.Context, raw []byte, me self) (arrival, error) {
	var i interaction
	if json.Unmarshal(raw, &i) != nil || !isID(i.User.ID) {
		return arrival{}, errMalformed
	}
	from, err := p.ref(ctx, me, i.User.ID, i.User.Team)
	if err != nil {
		return arrival{}, err
	}
	q := &asked{
		event: coach.Event{ID: momentID(me, i.Trigger, raw), From: from, Name: i.User.Name, Room: from.Direct(), At: time.Now()},
		me:    me, user: i.User.ID, channel: i.Channel.ID, trigger: i.Trigger, url: i.URL,
	}
	if q.channel != "" {
		if !isID(q.channel) {
			return arrival{}, errMalformed
		}
		q.event.Room = roomOf(me, from, q.channel)
	}
	switch i.Type {
	case "block_actions":
		return p.readPress(q, i)
	case "view_submission":
		return p.readSubmission(q, i)
	case "message_action":
		if i.CallbackID != checkInShortcut {
			return arrival{}, nil
		}
		q.by, q.event.Verb, q.event.Text = byShortcut, "checkin", typed(i.Message.Text)
		return arrival{asked: q}, nil
	}
	return arrival{}, nil // a form was closed, say
}

// readPress reads a pressed button.
func (p *Platform) readPress(q *asked, i interaction) (arrival, error) {
	var a slack.BlockAction
	if len(i.Actions) == 0 || json.Unmarshal(i.Actions[0], &a) != nil {
		return arrival{}, errMalformed
	}
	verb, args, err := pressed(&a)
	if errors.Is(err, errForeign) {
		p.log.Warn("A button was pressed that this version of the bot did not make.")
		return arrival{}, nil
	}
	if err != nil {
		return arrival{}, errMalformed
	}
	q.event.Verb, q.event.Args = verb, args
	switch i.Container.Type {
	case "view":
		var v struct {
			Type     slack.ViewType `json:"type"`
			Metadata string         `json:"private_metadata"`
		}
		if json.Unmarshal(i.View, &v) != nil {
			return arrival{}, errMalformed
		}
		q.inModal = v.Type == slack.VTModal
		if q.by = byForm; v.Type == slack.VTHomeTab {
			q.by, q.shown = byHome, &v.Metadata
		}
	default:
		q.by, q.pressed, q.alone = byButton, i.Container.MessageTS, i.Container.Ephemeral
		thread := i.Container.ThreadTS
		if thread == "" {
			thread = i.Message.ThreadTS
		}
		if thread != i.Container.MessageTS {
			q.thread = thread
		}
	}
	return arrival{asked: q}, nil
}

// readSubmission reads a submitted form.
func (p *Platform) readSubmission(q *asked, i interaction) (arrival, error) {
	var v slack.View
	if json.Unmarshal(i.View, &v) != nil {
		return arrival{}, errMalformed
	}
	verb, args, w, err := submitted(v)
	if errors.Is(err, errForeign) {
		p.log.Warn("A form was submitted that this version of the bot did not make.")
		return arrival{}, nil
	}
	if err != nil {
		return arrival{}, errMalformed
	}
	if ours := w.Room == q.event.From.Direct() || w.Room == q.me.room(w.Room.Channel()) && isID(w.Room.Channel()); !ours {
		return arrival{}, errMalformed
	}
	q.event.Verb, q.event.Args, q.event.Submit, q.event.Room = verb, args, true, w.Room
	q.by, q.view, q.where, q.thread = byForm, &v, w, w.Thread
	return arrival{asked: q}, nil
}
