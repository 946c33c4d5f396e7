package discord

import (
	"encoding/json"
	"net/http"
	"slices"
)

// callback takes the first response to an interaction.
func (f *fake) callback(w http.ResponseWriter, r *http.Request) {
	in := f.asked[r.PathValue("t")]
	if in == nil || in.ID != r.PathValue("i") {
		refuseJSON(w, 404, unknownAction)
		return
	}
	m := f.readBody(r)
	kind, _ := m.Raw["type"].(float64)
	m.Raw, _ = m.Raw["data"].(map[string]any)
	if !f.respond(in, int(kind), m) {
		refuseJSON(w, 400, acknowledged)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// respond does what a response says.
func (f *fake) respond(in *fakeInteraction, kind int, m *fakeMessage) bool {
	select {
	case <-in.responded:
		return false
	default:
	}
	defer close(in.responded)
	in.Kinds = append(in.Kinds, kind)
	ephemeral := func() string {
		if n, _ := m.Raw["flags"].(float64); int(n)&flagEphemeral != 0 {
			return in.User
		}
		return ""
	}
	switch kind {
	case 4, 7:
		m.check(f.t)
	case 9:
		if err := wrongModal(m.Raw); err != nil {
			f.t.Errorf("a window that Discord refuses: %v", err)
		}
	}
	switch kind {
	case 4, 5:
		m.ID, m.Channel, m.Author, m.For, m.Loading = f.snowflake(), in.Channel, f.me.ID, ephemeral(), kind == 5
		in.Original = m
		f.channels[in.Channel].Messages = append(f.channels[in.Channel].Messages, m)
	case 6:
		in.Original = in.On
	case 7:
		in.Original = in.On
		in.On.Raw, in.On.Files = m.Raw, m.Files
	case 8:
		in.Choices = asList(m.Raw["choices"])
	case 9:
		in.Modal = m.Raw
	}
	return true
}

func (f *fake) followUp(w http.ResponseWriter, r *http.Request) {
	in := f.asked[r.PathValue("t")]
	if in == nil || len(in.Kinds) == 0 {
		refuseJSON(w, 404, unknownWebhook)
		return
	}
	m := f.readMessage(r)
	if n, _ := m.Raw["flags"].(float64); int(n)&flagEphemeral != 0 {
		m.For = in.User
	}
	m.ID, m.Channel, m.Author = f.snowflake(), in.Channel, f.me.ID
	f.channels[in.Channel].Messages = append(f.channels[in.Channel].Messages, m)
	giveJSON(w, f.json(m))
}

func (f *fake) editOriginal(w http.ResponseWriter, r *http.Request) {
	in := f.asked[r.PathValue("t")]
	if in == nil || in.Original == nil {
		refuseJSON(w, 404, unknownWebhook)
		return
	}
	m := f.readMessage(r)
	in.Original.Raw, in.Original.Files, in.Original.Loading = m.Raw, m.Files, false
	giveJSON(w, f.json(in.Original))
}

// ask begins an interaction, and returns it as Discord tells of it.
func (f *fake) ask(user, channel string, kind int, data any, on *fakeMessage) (*fakeInteraction, []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.snowflake()
	in := &fakeInteraction{ID: id, Token: "interaction-token-" + id, User: user, Channel: channel, On: on, responded: make(chan struct{})}
	f.asked[in.Token] = in
	c := f.channels[channel]
	raw := map[string]any{
		"id": id, "application_id": f.app, "type": kind, "token": in.Token, "version": 1, "data": data,
		"channel_id": channel, "channel": c.json(), "locale": "en-US", "app_permissions": "0",
	}
	if c.Guild != "" {
		raw["guild_id"], raw["context"] = c.Guild, 0
		raw["member"] = map[string]any{
			"user": f.people[user], "nick": nil, "roles": []string{}, "joined_at": "2026-01-01T00:00:00+00:00",
			"permissions": "0", "deaf": false, "mute": false,
		}
	} else {
		raw["user"], raw["context"] = f.people[user], 1
	}
	if on != nil {
		raw["message"] = f.json(on)
	}
	body, err := json.Marshal(raw)
	if err != nil {
		f.t.Error(err)
	}
	return in, body
}

// in lists what somebody sees of the bot in a channel.
func (f *fake) in(channel, user string) (all []*fakeMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.channels[channel]
	if c == nil {
		return nil
	}
	for _, m := range c.Messages {
		if m.Author == f.me.ID && (m.For == "" || m.For == user) && !m.Gone && !m.Loading {
			all = append(all, m)
		}
	}
	return slices.Clip(all)
}
