package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/content/say"
)

// chatMessage is a message that somebody wrote, as the gateway tells of it.
// Without the privileged intent its content is there in direct messages and
// where it mentions the bot, which a reply to the bot does
// (https://docs.discord.com/developers/events/gateway#message-content-intent).
type chatMessage struct {
	ID        string  `json:"id"`
	ChannelID string  `json:"channel_id"`
	GuildID   string  `json:"guild_id"`
	WebhookID string  `json:"webhook_id"`
	Type      int     `json:"type"`
	Content   string  `json:"content"`
	Author    *person `json:"author"`
	Member    struct {
		Nick string `json:"nick"`
	} `json:"member"`
	Mentions  []person `json:"mentions"`
	EditedAt  *string  `json:"edited_timestamp"`
	Reference *struct {
		MessageID string `json:"message_id"`
		ChannelID string `json:"channel_id"`
	} `json:"message_reference"`
	Referenced *posted `json:"referenced_message"`
}

// heardOf is what a message's deletion, of which Discord tells no more than an
// id, is about.
type heardOf struct {
	from coach.UserRef
	name string
	room coach.RoomID
}

// typeReply is the type of a message that replies to another; 0 is a plain one
// (https://docs.discord.com/developers/resources/message#message-object-message-types).
const typeReply = 19

// said takes a message that somebody wrote or, edited, wrote anew.
func (p *Platform) said(ctx context.Context, h bot.Handler, m chatMessage, edited bool) error {
	if m.Author == nil || m.Author.Bot || m.WebhookID != "" || m.Type != 0 && m.Type != typeReply ||
		!isSnowflake(m.ID) || !isSnowflake(m.Author.ID) || edited && m.EditedAt == nil {
		return nil
	}
	e, err := p.event(ctx, m)
	switch {
	case errors.Is(err, errStranger):
		return p.reply(ctx, m, coach.Event{ID: m.ID}, say1(say.Stranger{}))
	case err != nil || e.Verb == "" && e.Text == "":
		return err
	}
	p.heard.Put(m.ID, heardOf{e.From, e.Name, e.Room})
	if edited {
		e.ID += "/" + *m.EditedAt
		e.Verb, e.Args = "amend", at(m.ID)
		if coach.VerbOf(e) == "" {
			return nil
		}
	}
	r, err := h(ctx, e)
	if err != nil {
		r = say1(say.Oops{ID: e.ID, Unsure: errors.Is(err, coach.ErrUnknown)})
	}
	return p.reply(ctx, m, e, r)
}

// deleted takes back a message that somebody deleted, if it was heard.
func (p *Platform) deleted(ctx context.Context, h bot.Handler, m chatMessage) error {
	was, heard := p.heard.Get(m.ID)
	if !heard {
		return nil
	}
	e := coach.Event{ID: m.ID + "/deleted", From: was.from, Name: was.name, Room: was.room, At: time.Now(), Verb: "retract", Args: at(m.ID)}
	if coach.VerbOf(e) == "" {
		return nil
	}
	r, err := h(ctx, e)
	if err != nil {
		r = say1(say.Oops{ID: e.ID, Unsure: errors.Is(err, coach.ErrUnknown)})
	}
	m.Author = &person{ID: userOf(was.from)}
	return p.reply(ctx, m, e, r)
}

// at are the arguments that name a message by when it was written.
func at(message string) map[string]string {
	t, _ := timeOf(message)
	return map[string]string{"at": strconv.FormatInt(t.Unix(), 10)}
}

func userOf(u coach.UserRef) string { return string(u[strings.LastIndexByte(string(u), '/')+1:]) }

// event is what a message says to the bot; without text it says nothing.
func (p *Platform) event(ctx context.Context, m chatMessage) (coach.Event, error) {
	e := coach.Event{ID: m.ID, Name: nameOf(m.Member.Nick, m.Author.GlobalName, m.Author.Username)}
	e.At, _ = timeOf(m.ID)
	me, err := p.me(ctx)
	switch {
	case err != nil:
		return e, err
	case m.GuildID == "":
		return p.directEvent(ctx, m, me, e)
	}
	if !slices.ContainsFunc(m.Mentions, func(u person) bool { return u.ID == me.ID }) {
		return e, nil
	}
	text := strings.TrimSpace(strings.NewReplacer("<@"+me.ID+">", "", "<@!"+me.ID+">", "").Replace(m.Content))
	if text == "" {
		return e, nil
	}
	e.From = account(m.GuildID, m.Author.ID)
	if e.Room, err = p.roomOf(ctx, m.GuildID, m.ChannelID); err != nil {
		return e, err
	}
	if e.Thread, err = p.thread(ctx, m, me, e.Room); err != nil {
		return e, err
	}
	e.Verb, e.Text = command(named(text), e.Thread == "")
	return e, nil
}

// directEvent is what a direct message says to the bot: about the cohort of the
// message that it replies to, where that has one. What was heard before is from
// the same account as then.
func (p *Platform) directEvent(ctx context.Context, m chatMessage, me person, e coach.Event) (coach.Event, error) {
	e.Text = named(strings.TrimSpace(m.Content))
	if r := m.Referenced; r != nil && r.Author.ID == me.ID {
		e.Args = map[string]string{"cohort": r.cohort()}
	}
	was, heard := p.heard.Get(m.ID)
	if e.From = was.from; !heard {
		var err error
		if e.From, err = p.senderOf(ctx, m.Author.ID, e); err != nil {
			return e, err
		}
	}
	p.direct.Put(m.Author.ID, m.ChannelID)
	e.Room = e.From.Direct()
	return e, nil
}

// command splits what was written to the bot in a room: into a command, and
// what follows it, where it begins with a slash, "coach", or, unless it is part
// of a conversation, a command's name.
func command(text string, alone bool) (verb, rest string) {
	word, rest, _ := strings.Cut(text, " ")
	name, slash := strings.CutPrefix(strings.ToLower(word), "/")
	for _, c := range coach.Commands() {
		full := strings.TrimPrefix(c.Name, "/")
		if name == full && (slash || alone) { // checkin
			return full, strings.TrimSpace(rest)
		}
		if first, sub, nested := strings.Cut(full, " "); nested && (name == first || name == sub && (slash || alone)) {
			if name == first { // coach
				return name, strings.TrimSpace(rest)
			}
			return sub, strings.TrimSpace(rest)
		}
	}
	return "", text
}

// thread is the key of the delivery that a message replies to, or in whose
// thread it is; empty: of none. A thread has the id of the message it began
// from.
func (p *Platform) thread(ctx context.Context, m chatMessage, me person, room coach.RoomID) (string, error) {
	parent := room.Channel()
	if m.ChannelID != parent {
		if key, err := p.delivery(ctx, parent, m.ChannelID, me, room); key != "" || err != nil {
			return key, err
		}
	}
	if m.Reference == nil || m.Reference.MessageID == "" {
		return "", nil
	}
	if r := m.Referenced; r != nil && r.Author.ID == me.ID {
		p.remember(*r, room)
	}
	return p.delivery(ctx, m.ChannelID, m.Reference.MessageID, me, room)
}

// delivery is the key of the delivery that a message is of, which the bot
// remembers, or the message's buttons tell.
func (p *Platform) delivery(ctx context.Context, channel, message string, me person, room coach.RoomID) (string, error) {
	if key, known := p.sent.Get(message); known {
		return key, nil
	}
	var m posted
	err := p.rest.do(ctx, request{method: http.MethodGet, route: "/channels/{channel}/messages/{message}", path: []any{channel, message}}, &m)
	switch {
	case hasCode(err, unknownMessage, unknownChannel, missingAccess, missingPermission):
		m = posted{ID: message} // what cannot be seen is nothing of the bot's
	case err != nil:
		return "", err
	}
	if m.Author.ID != me.ID {
		p.sent.Put(message, "")
		return "", nil
	}
	return p.remember(m, room), nil
}

// remember reads the key off a message of the bot's own.
func (p *Platform) remember(m posted, room coach.RoomID) string {
	if key, known := p.sent.Get(m.ID); known {
		return key
	}
	key := ""
	for _, mark := range m.marks() {
		if key = keyOf(mark, room); key != "" {
			break
		}
	}
	p.sent.Put(m.ID, key)
	return key
}

// reply answers a message: in direct messages there, else by direct message,
// since what the bot says to one is not for all. Who takes none is told so where
// they wrote.
func (p *Platform) reply(ctx context.Context, m chatMessage, e coach.Event, r coach.Reply) error {
	all := p.parts(r, 0)
	if len(all) == 0 {
		return nil
	}
	if m.GuildID == "" {
		return p.post(ctx, m.ChannelID, e, all)
	}
	channel, err := p.directChannel(ctx, m.Author.ID)
	if err == nil {
		err = p.post(ctx, channel, e, all)
	}
	if !hasCode(err, cannotTalk, noMutualGuilds) {
		return err
	}
	x := p.parts(say1(say.NoDirect{}), 0)[0].message
	x.Reference = &reference{MessageID: m.ID}
	x.Nonce, x.EnforceNonce = nonce(e.Room, "closed/"+e.ID, 0), true
	_, err = p.create(ctx, m.ChannelID, x, nil)
	return err
}
