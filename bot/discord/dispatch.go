package discord

import (
	"cmp"
	"context"
	"encoding/json"

	"studycoach/bot"
)

// dispatch takes an event of the gateway's. What takes time is done beside, so
// that the connection stays alive.
func (s *shard) dispatch(ctx context.Context, c *connection, f frame) {
	c.seq.Store(f.Seq)
	switch f.Type {
	case "READY":
		s.ready(f)
	case "RESUMED":
		s.log.Info("The gateway goes on where it was.", "platform", platform, "shard", s.id)
	}
	s.mu.Lock()
	s.session.Seq = f.Seq
	s.mu.Unlock()
	h, err := s.in.Enter()
	if err != nil {
		return
	}
	s.done.came(f.Seq)
	go func() {
		defer s.in.Leave()
		defer s.done.finished(f.Seq)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bot.Patience)
		defer cancel()
		if err := s.take(ctx, h, f); err != nil {
			s.log.Error("What Discord told could not be taken in.", "platform", platform, "event", f.Type, "err", err)
		}
	}()
}

// ready begins a session.
func (s *shard) ready(f frame) {
	var r struct {
		SessionID string   `json:"session_id"`
		ResumeURL string   `json:"resume_gateway_url"`
		User      person   `json:"user"`
		Guilds    []server `json:"guilds"`
	}
	if json.Unmarshal(f.Data, &r) != nil || r.SessionID == "" {
		return
	}
	if _, err := s.gatewayURL(r.ResumeURL); err != nil {
		r.ResumeURL = s.url
	}
	s.isMe(r.User)
	s.mu.Lock()
	s.session = session{ID: r.SessionID, URL: r.ResumeURL, Seq: f.Seq, Me: r.User}
	s.there = map[string]bool{}
	for _, g := range r.Guilds {
		s.there[g.ID] = true
	}
	s.mu.Unlock()
	s.done.begin(f.Seq)
	s.rooms.stale()
	s.log.Info("The gateway is connected.", "platform", platform, "shard", s.id, "servers", len(r.Guilds))
}

// take does what an event asks for.
func (s *shard) take(ctx context.Context, h bot.Handler, f frame) error {
	switch f.Type {
	case "INTERACTION_CREATE":
		in, err := readInteraction(f.Data)
		if err != nil {
			return err
		}
		s.react(ctx, h, in, func(t turn) { s.give(ctx, in, t) })
	case "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE":
		m, err := decoded[chatMessage](f.Data)
		switch {
		case err != nil:
			return err
		case f.Type == "MESSAGE_DELETE":
			return s.deleted(ctx, h, m)
		}
		return s.said(ctx, h, m, f.Type == "MESSAGE_UPDATE")
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE":
		c, err := decoded[channelInfo](f.Data)
		if err != nil {
			return err
		}
		return s.channelChanged(ctx, c)
	case "CHANNEL_DELETE", "THREAD_DELETE":
		c, err := decoded[channelInfo](f.Data)
		if err == nil {
			s.channelDeleted(ctx, c)
		}
		return err
	case "GUILD_CREATE":
		g, err := decoded[server](f.Data)
		if err != nil {
			return err
		}
		return s.serverThere(ctx, g, !s.knew(g.ID))
	case "GUILD_DELETE":
		g, err := decoded[server](f.Data)
		if err == nil {
			s.serverGone(ctx, g)
		}
		return err
	case "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE":
		r, err := decoded[struct {
			GuildID string `json:"guild_id"`
			RoleID  string `json:"role_id"`
			Role    struct {
				ID string `json:"id"`
			} `json:"role"`
		}](f.Data)
		if err != nil {
			return err
		}
		return s.rolesChanged(ctx, r.GuildID, cmp.Or(r.RoleID, r.Role.ID))
	}
	return nil
}

// knew tells whether a server was there when the session began, and notes that
// it is.
func (s *shard) knew(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.there == nil { // a session of another replica's: nothing is news
		return true
	}
	was := s.there[id]
	s.there[id] = true
	return was
}
