package slack

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Send puts a message into a room, as one post or several. Where only a part of
// them came to be, the next Send goes on from there. A picture that cannot be
// shown is told in words.
func (p *Platform) Send(ctx context.Context, d coach.Delivery) (bot.MessageID, error) {
	me, channel, err := p.target(ctx, d)
	if err != nil {
		return "", p.unsent(ctx, d, err)
	}
	posts := render(d.Message, p.upload(ctx, d.Message))
	sent := map[int]string{}
	if len(posts) > 1 {
		sent = p.sentParts(ctx, me, channel, d)
	}
	for i, s := range posts {
		if sent[i] != "" {
			continue
		}
		var ts string
		err := p.pictured(ctx, s, func(ctx context.Context, s post) (err error) {
			ts, err = p.postPart(ctx, channel, d.Key, s)
			return err
		})
		if err != nil {
			if sendError(err).Reason == bot.Unsure {
				p.parts.Forget(d.Key) // what is there has to be looked at
			} else if i > 0 {
				p.parts.Put(d.Key, sent)
			}
			return "", p.unsent(ctx, d, err)
		}
		sent[i] = ts
		p.threads.Put(channel+"/"+ts, d.Key)
	}
	p.parts.Forget(d.Key)
	return messageID(channel, sent[0]), nil
}

// messageID names a message.
func messageID(channel, ts string) bot.MessageID { return bot.MessageID(channel + "/" + ts) }

// target finds the channel of a delivery. Its error is a *callError or wraps
// bot.ErrNoRoom.
func (p *Platform) target(ctx context.Context, d coach.Delivery) (self, string, error) {
	me, err := p.whoami(ctx)
	if err != nil {
		return me, "", err
	}
	parts := strings.Split(string(d.Room), "/")
	if len(parts) != 3 || parts[0] != platform {
		return me, "", fmt.Errorf("%w: it is no room of Slack's", bot.ErrNoRoom)
	}
	if d.Room.IsDirect() {
		channel, err := p.directChannel(ctx, userOf(d.Room))
		return me, channel, err
	}
	if parts[1] != me.Team {
		return me, "", fmt.Errorf("%w: it is in another workspace", bot.ErrNoRoom)
	}
	return me, parts[2], nil
}

// userOf is the Slack id of the one whose direct messages a room holds.
func userOf(r coach.RoomID) string { return strings.TrimPrefix(r.Channel(), "@") }

// postPart posts one of the posts of a delivery.
func (p *Platform) postPart(ctx context.Context, channel, key string, s post) (ts string, err error) {
	v := s.values(channel)
	s.name(v, key)
	var got struct {
		TS string `json:"ts"`
	}
	if err := p.api.call(ctx, "chat.postMessage", v, &got); err != nil {
		return "", err
	}
	return got.TS, nil
}

// directChannel opens the direct messages with somebody.
func (p *Platform) directChannel(ctx context.Context, user string) (string, error) {
	if channel, ok := p.directs.Get(user); ok {
		return channel, nil
	}
	var got struct {
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	}
	if err := p.api.call(ctx, "conversations.open", url.Values{"users": {user}}, &got); err != nil {
		return "", err
	}
	p.directs.Put(user, got.Channel.ID)
	return got.Channel.ID, nil
}

// unsent is the error of a Send that failed. That somebody is gone is noted as
// well, since the event that told of it may have been missed.
func (p *Platform) unsent(ctx context.Context, d coach.Delivery, err error) error {
	s := sendError(err)
	if s.Reason != bot.Refused || !d.Room.IsDirect() || strings.Count(string(d.Room), "/") != 2 {
		return s
	}
	p.directs.Forget(userOf(d.Room))
	if meanings[codeOf(err)].gone {
		n := coach.Notice{ID: "refused/" + d.Key, At: time.Now(), Kind: coach.PersonGone, User: d.Room.User()}
		if err := p.o.Notice(ctx, n); err != nil {
			p.log.Warn("A notice could not be taken.", "notice", n.ID, "kind", string(n.Kind), "err", err)
		}
	}
	return s
}
