package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// How far back a delivery is looked for: at most maxPages of pageSize messages.
const (
	pageSize = 100
	maxPages = 5
	clockLag = 2 * time.Minute // that this machine's clock may be ahead of Slack's
)

// Find looks for a delivery in the history of its room, from when it was due on.
// It is found when all of its posts are there; of some, Send goes on.
func (p *Platform) Find(ctx context.Context, d coach.Delivery) (bot.MessageID, bool, error) {
	me, channel, err := p.target(ctx, d)
	if err != nil {
		return "", false, sendError(err)
	}
	sent, of, err := p.findParts(ctx, me, channel, d)
	switch {
	case err != nil:
		return "", false, err
	case len(sent) == 0:
		return "", false, nil
	case len(sent) < of:
		p.parts.Put(d.Key, sent)
		return "", false, nil
	}
	return messageID(channel, sent[0]), true, nil
}

// findParts returns the ts of each post of a delivery that is in its room, and
// how many there have to be.
func (p *Platform) findParts(ctx context.Context, me self, channel string, d coach.Delivery) (sent map[int]string, of int, err error) {
	v := url.Values{"channel": {channel}, "limit": {strconv.Itoa(pageSize)}, "include_all_metadata": {"true"}}
	if !d.Due.IsZero() {
		v.Set("oldest", strconv.FormatInt(d.Due.Add(-clockLag).Unix(), 10))
	}
	sent = map[int]string{}
	for range maxPages {
		var got struct {
			Messages []found `json:"messages"`
			Metadata struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		if err := p.api.call(ctx, "conversations.history", v, &got); err != nil {
			return nil, 0, unseen(err)
		}
		for _, m := range got.Messages {
			if m.key(me) == d.Key {
				sent[m.Metadata.Payload.Part], of = m.TS, m.Metadata.Payload.Of
				p.threads.Put(channel+"/"+m.TS, d.Key)
			}
		}
		if sent[0] != "" || got.Metadata.Cursor == "" { // the first post is the oldest
			return sent, of, nil
		}
		v.Set("cursor", got.Metadata.Cursor)
	}
	return nil, 0, fmt.Errorf("%w: too much was said since", bot.ErrCannotLook)
}

// unseen is the error of a look at the history that failed.
func unseen(err error) error {
	switch codeOf(err) {
	case "missing_scope", "not_in_channel", "no_permission", "team_access_not_granted", "method_not_supported_for_channel_type":
		return fmt.Errorf("%w: %w", bot.ErrCannotLook, err)
	}
	s := sendError(err)
	if s.Reason == bot.Unsure { // to look does nothing
		s.Reason = bot.Failed
	}
	return s
}

// sentParts returns what of a delivery of several posts is there already: as an
// earlier Send or Find has left it in mind, or as the room shows it.
func (p *Platform) sentParts(ctx context.Context, me self, channel string, d coach.Delivery) map[int]string {
	if sent, ok := p.parts.Get(d.Key); ok {
		return sent
	}
	sent, _, err := p.findParts(ctx, me, channel, d)
	if err != nil {
		if !errors.Is(err, bot.ErrCannotLook) {
			p.log.Warn("It could not be seen which posts of a message are there already.", "job", d.Key, "err", err)
		}
		return map[int]string{}
	}
	return sent
}
