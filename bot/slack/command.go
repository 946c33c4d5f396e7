package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"studycoach/coach"
)

// command is a slash command
// (https://docs.slack.dev/interactivity/implementing-slash-commands).
type command struct {
	Command string `json:"command"`
	Text    string `json:"text"`
	Team    string `json:"team_id"`
	User    string `json:"user_id"`
	Name    string `json:"user_name"`
	Channel string `json:"channel_id"`
	URL     string `json:"response_url"`
	Trigger string `json:"trigger_id"`
}

// commandOf is the command of a form, as Slack posts it.
func commandOf(form url.Values) command {
	return command{
		Command: form.Get("command"), Text: form.Get("text"), Team: form.Get("team_id"), User: form.Get("user_id"),
		Name: form.Get("user_name"), Channel: form.Get("channel_id"), URL: form.Get("response_url"), Trigger: form.Get("trigger_id"),
	}
}

// readCommand makes a command, handed over as raw, an event.
func (p *Platform) readCommand(ctx context.Context, c command, raw []byte, me self) (arrival, error) {
	verb, ok := strings.CutPrefix(c.Command, "/")
	if !ok || verb == "" || !isID(c.User) || !isID(c.Channel) {
		return arrival{}, errMalformed
	}
	from, err := p.ref(ctx, me, c.User, c.Team)
	if err != nil {
		return arrival{}, err
	}
	return arrival{asked: &asked{
		event: coach.Event{
			ID: momentID(me, c.Trigger, raw), From: from, Name: c.Name,
			Room: roomOf(me, from, c.Channel), At: time.Now(), Verb: verb, Text: clean(unescape(c.Text)),
		},
		me: me, user: c.User, channel: c.Channel, trigger: c.Trigger, url: c.URL,
	}}, nil
}

// roomOf is the room of a channel. All direct messages of a person are one.
func roomOf(me self, from coach.UserRef, channel string) coach.RoomID {
	if strings.HasPrefix(channel, "D") {
		return from.Direct()
	}
	return me.room(channel)
}

// momentID names what somebody did at one moment. Slack's trigger is different
// each time and the same on a repetition; but it is also a key, so it is not
// shown.
func momentID(me self, trigger string, raw []byte) string {
	sum := sha256.Sum256([]byte(trigger))
	if trigger == "" {
		sum = sha256.Sum256(raw)
	}
	return me.Team + "/" + hex.EncodeToString(sum[:12])
}

// maxTyped is how much of a text is read, in bytes; a message has at most 40,000
// characters (https://docs.slack.dev/reference/methods/chat.postMessage).
const maxTyped = 160_000

// clean drops what no text has: what is no UTF-8, and what is beyond a
// message's length.
func clean(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxTyped)], "")
}
