package slack

import (
	"context"
	"net/url"
)

// Every delivery, and every answer to a text in the direct messages, carries its
// key as metadata (https://docs.slack.dev/messaging/message-metadata).
const deliveryType = "studycoach_delivery"

// metadata is what a message of a delivery carries.
type metadata struct {
	Type    string `json:"event_type"`
	Payload struct {
		Key  string `json:"key"`
		Part int    `json:"part"` // which of the delivery's posts it is, from 0
		Of   int    `json:"of"`   // how many posts the delivery has
	} `json:"event_payload"`
}

// name adds to the arguments of chat.postMessage by which key the post can be
// found.
func (s post) name(v url.Values, key string) {
	m := metadata{Type: deliveryType}
	m.Payload.Key, m.Payload.Part, m.Payload.Of = key, s.part, s.of
	v.Set("metadata", encode(m))
}

// found is a message of a room's history.
type found struct {
	TS       string   `json:"ts"`
	User     string   `json:"user"`
	BotID    string   `json:"bot_id"`
	Metadata metadata `json:"metadata"`
}

// key is the delivery that a message is of; empty where it is of none. Others
// may write metadata too.
func (m found) key(me self) string {
	if m.Metadata.Type != deliveryType || m.User != me.User && (m.BotID == "" || m.BotID != me.BotID) {
		return ""
	}
	return m.Metadata.Payload.Key
}

// threadKey finds the delivery in whose thread something was written; empty:
// none.
func (p *Platform) threadKey(ctx context.Context, me self, channel, ts string) (string, error) {
	if key, ok := p.threads.Get(channel + "/" + ts); ok {
		return key, nil
	}
	var got struct {
		Messages []found `json:"messages"`
	}
	v := url.Values{
		"channel": {channel}, "ts": {ts}, "oldest": {ts}, "latest": {ts},
		"inclusive": {"true"}, "limit": {"1"}, "include_all_metadata": {"true"},
	}
	err := p.api.call(ctx, "conversations.replies", v, &got)
	switch codeOf(err) {
	case "":
	case "thread_not_found", "channel_not_found", "not_in_channel", "missing_scope":
		p.threads.Put(channel+"/"+ts, "")
		return "", nil
	}
	if err != nil {
		return "", err
	}
	key := ""
	for _, m := range got.Messages {
		if m.TS == ts {
			key = m.key(me)
		}
	}
	p.threads.Put(channel+"/"+ts, key)
	return key, nil
}
