package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/coach"
)

// flagEphemeral makes an answer one for its reader alone.
const flagEphemeral = 1 << 6

// outgoing is a message as the API takes it. What is empty stands there too, so
// that an edit takes it away.
type outgoing struct {
	Content      string                       `json:"content"`
	Embeds       []*discordgo.MessageEmbed    `json:"embeds"`
	Components   []discordgo.MessageComponent `json:"components"`
	Attachments  []attachment                 `json:"attachments"`
	Mentions     mentions                     `json:"allowed_mentions"`
	Flags        int                          `json:"flags,omitempty"`
	Nonce        string                       `json:"nonce,omitempty"`
	EnforceNonce bool                         `json:"enforce_nonce,omitempty"`
	Reference    *reference                   `json:"message_reference,omitempty"`
}

// mentions says whom a message may ping: nobody but the roles it names
// (https://docs.discord.com/developers/resources/message#allowed-mentions-object).
type mentions struct {
	Parse []string `json:"parse"`
	Roles []string `json:"roles,omitempty"`
}

// reference makes a message a reply.
type reference struct {
	MessageID       string `json:"message_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

// outgoing returns a post as the API takes it, and its pictures. One that
// cannot be drawn is told by its description.
func (p *Platform) outgoing(x post) (outgoing, []file) {
	out := outgoing{
		Embeds: x.Embeds, Components: x.Components, Mentions: mentions{Parse: []string{}},
	}
	var files []file
	for _, i := range x.Images {
		png, err := p.o.Draw(i.Image)
		if err != nil {
			p.log.Error("A picture could not be drawn.", "platform", platform, "err", err)
			out.Embeds = withoutPicture(out.Embeds, i.Name, i.Alt)
			continue
		}
		files = append(files, file{name: i.Name, kind: "image/png", alt: i.Alt, data: png})
	}
	out.Attachments = attachments(files)
	if out.Embeds == nil {
		out.Embeds = []*discordgo.MessageEmbed{}
	}
	if out.Components == nil {
		out.Components = []discordgo.MessageComponent{}
	}
	return out, files
}

// withoutPicture puts a picture's description where the picture was; render left
// room for it.
func withoutPicture(embeds []*discordgo.MessageEmbed, name, alt string) []*discordgo.MessageEmbed {
	out := make([]*discordgo.MessageEmbed, 0, len(embeds))
	for _, e := range embeds {
		if e.Image != nil && e.Image.URL == "attachment://"+name {
			plain := *e
			plain.Image = nil
			plain.Description = strings.TrimLeft(plain.Description+"\n\n"+escape(alt), "\n")
			e = &plain
		}
		out = append(out, e)
	}
	return out
}

// withoutFiles is a message whose pictures were refused.
func withoutFiles(m outgoing, files []file) outgoing {
	for _, f := range files {
		m.Embeds = withoutPicture(m.Embeds, f.name, f.alt)
	}
	m.Attachments = []attachment{}
	return m
}

// Send implements bot.Platform. A message that does not fit into one of
// Discord's goes out as several, in order; its name is the first one's.
func (p *Platform) Send(ctx context.Context, d coach.Delivery) (bot.MessageID, error) {
	channel, err := p.channel(ctx, d.Room)
	if err != nil {
		return "", notSent(err)
	}
	var first string
	for i, x := range render(d.Message) {
		m, files := p.outgoing(x)
		m.Components = marked(m.Components, d.Key, d.Room)
		if role, ok := roleOf(d); ok && i == 0 {
			m.Content, m.Mentions.Roles = "<@&"+role+">", []string{role}
		}
		m.Nonce, m.EnforceNonce = nonce(d.Room, d.Key, i), true
		id, err := p.create(ctx, channel, m, files)
		if err != nil {
			return "", notSent(err)
		}
		p.sent.Put(id, d.Key)
		if first == "" {
			first = id
		}
	}
	if server, user, ok := directRoom(d.Room); ok {
		p.home.Put(user, account(server, user))
	} else {
		p.beginThread(ctx, channel, first, d)
	}
	return bot.MessageID(first), nil
}

// roleOf is the role that a delivery pings: one of the room's server, and not
// everybody's, which has the server's id.
func roleOf(d coach.Delivery) (role string, ok bool) {
	server, _, ok := splitRoom(d.Room)
	role = d.Ping.Name()
	return role, ok && d.Ping.Workspace() == d.Room.Workspace() && isSnowflake(role) && role != server
}

// threadName is the most characters of a thread's name
// (https://docs.discord.com/developers/resources/channel#start-thread-from-message).
const threadName = 100

// maxThreadWait ends the tries to begin a thread, which hold up the next delivery.
const maxThreadWait = time.Second

// beginThread begins the thread of a delivery below its message, if it has one: a
// message has one thread at most, however often it is begun. The message is what
// counts: where there can be no thread, there is none.
func (p *Platform) beginThread(ctx context.Context, channel, message string, d coach.Delivery) {
	if d.Thread == "" || message == "" || d.Room.IsDirect() {
		return
	}
	err := p.insist(ctx, request{
		method: http.MethodPost, route: "/channels/{channel}/messages/{message}/threads", path: []any{channel, message},
		body: map[string]string{"name": cut(d.Thread, threadName)},
	}, maxThreadWait, passes)
	if err != nil && !hasCode(err, threadThere) {
		p.log.Warn("A thread could not be begun.", "platform", platform, "job", d.Key, "err", err)
	}
}

// create posts a message into a channel and returns its id. Pictures that are
// refused are left out.
func (p *Platform) create(ctx context.Context, channel string, m outgoing, files []file) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	post := func(body any) error {
		return p.rest.do(ctx, request{method: http.MethodPost, route: "/channels/{channel}/messages", path: []any{channel}, body: body}, &made)
	}
	err := post(withFiles(m, files))
	if len(files) > 0 && pictureRefused(err) {
		p.log.Warn("A picture was refused; the message goes out without.", "platform", platform, "err", err)
		err = post(withoutFiles(m, files))
	}
	if err == nil && made.ID == "" {
		err = &callError{name: "POST /channels/{channel}/messages", err: errors.New("the answer names no message"), written: true}
	}
	return made.ID, err
}

// pictureRefused tells whether a message failed for what is attached to it:
// its size, or the permission.
func pictureRefused(err error) bool {
	var a *apiError
	return errors.As(err, &a) &&
		(a.status == http.StatusRequestEntityTooLarge || a.code == tooLarge || a.code == 50045 || a.code == 50046 || a.code == 50035 || a.code == missingPermission)
}

// notSent returns the SendError of a delivery.
func notSent(err error) *bot.SendError {
	var e *bot.SendError
	if errors.As(err, &e) {
		return e
	}
	return sendError(err)
}

// channel returns the id of a room's channel; of the direct messages with
// somebody it asks Discord once.
func (p *Platform) channel(ctx context.Context, room coach.RoomID) (string, error) {
	if _, user, ok := directRoom(room); ok {
		return p.directChannel(ctx, user)
	}
	_, channel, ok := splitRoom(room)
	if !ok {
		return "", refusedRoom("it is none of Discord's")
	}
	return channel, nil
}

func (p *Platform) directChannel(ctx context.Context, user string) (string, error) {
	if id, ok := p.direct.Get(user); ok {
		return id, nil
	}
	var made struct {
		ID string `json:"id"`
	}
	body := map[string]string{"recipient_id": user}
	if err := p.rest.do(ctx, request{method: http.MethodPost, route: "/users/@me/channels", body: body}, &made); err != nil {
		if c := (*callError)(nil); errors.As(err, &c) {
			c.written = false // nothing was posted, whatever became of it
		}
		return "", err
	}
	if !isSnowflake(made.ID) {
		return "", fmt.Errorf("POST /users/@me/channels: the answer names no channel")
	}
	p.direct.Put(user, made.ID)
	return made.ID, nil
}

// splitRoom returns a room's server and channel, both snowflakes.
func splitRoom(room coach.RoomID) (server, channel string, ok bool) {
	rest, ours := strings.CutPrefix(string(room), platform+"/")
	server, channel, two := strings.Cut(rest, "/")
	return server, channel, ours && two && isSnowflake(server) && isSnowflake(channel)
}

// directRoom returns the server and the user of direct messages.
func directRoom(room coach.RoomID) (server, user string, ok bool) {
	if !room.IsDirect() {
		return "", "", false
	}
	return splitRoom(coach.RoomID(strings.Replace(string(room), "/@", "/", 1)))
}
