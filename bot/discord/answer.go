package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/content/say"
)

// response is the first answer to an interaction, due within 3 s
// (https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object).
type response struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// turn is what an interaction is answered with.
type turn struct {
	response response
	files    []file
	rest     []part // the messages that follow once Discord has the response
	begins   bool   // the response says that an answer comes
	empty    bool   // but none does
}

// ends tells whether the response is all there is to do.
func (t turn) ends() bool { return !t.begins && len(t.files) == 0 && len(t.rest) == 0 }

// parts are all messages of a turn; none where its response holds none.
func (t turn) parts() []part {
	m, ok := t.response.Data.(outgoing)
	if !ok {
		return nil
	}
	return append([]part{{m, t.files}}, t.rest...)
}

// part is one message of an answer.
type part struct {
	message outgoing
	files   []file
}

// react has the coach answer an interaction, in time: what takes longer comes
// later. give is called once, with what Discord is to be told first. ctx bounds
// all of it, and does not end when Discord hangs up.
func (p *Platform) react(ctx context.Context, h bot.Handler, in *incoming, give func(turn)) {
	if in.Type == discordgo.InteractionApplicationCommandAutocomplete {
		give(turn{response: p.suggest(ctx, in)})
		return
	}
	s, err := in.step()
	switch {
	case err != nil:
		give(p.show(in, say1(say.OldButton{})))
	case s.Modal != nil:
		give(turn{response: response{Type: int(discordgo.InteractionResponseModal), Data: s.Modal}})
	case s.Verb == "" && s.Form != nil:
		m, _ := p.outgoing(*s.Form)
		give(turn{response: response{Type: int(discordgo.InteractionResponseUpdateMessage), Data: m}})
	default:
		reply, late := bot.Soon(func() coach.Reply { return p.answered(ctx, h, in, s) }, func() { give(in.deferred()) })
		if late {
			p.finish(ctx, in, reply)
			return
		}
		give(p.show(in, reply))
	}
}

// answered is the coach's reply to what is no step within a form.
func (p *Platform) answered(ctx context.Context, h bot.Handler, in *incoming, s step) coach.Reply {
	err := p.read(ctx, in, s)
	switch {
	case errors.Is(err, errStranger):
		return in.failed(s, say.Stranger{})
	case err != nil:
		p.log.Error("An event could not be read.", "platform", platform, "event", in.ID, "err", err)
		return in.failed(s, say.Oops{ID: in.ID})
	}
	r, err := h(ctx, in.event)
	if err != nil {
		return in.failed(s, say.Oops{ID: in.ID, Unsure: errors.Is(err, coach.ErrUnknown)})
	}
	return r
}

// deferred says that an answer is coming.
func (in *incoming) deferred() turn {
	if in.defersUpdate() {
		return turn{response: response{Type: int(discordgo.InteractionResponseDeferredMessageUpdate)}, begins: true}
	}
	return turn{
		response: response{Type: int(discordgo.InteractionResponseDeferredChannelMessageWithSource), Data: map[string]int{"flags": in.flags()}},
		begins:   true,
	}
}

// flags hide an answer from everybody else.
func (in *incoming) flags() int {
	if in.alone() {
		return 0
	}
	return flagEphemeral
}

// defersUpdate tells whether a late answer begins with nothing to be seen, and
// not with a message that says that one is coming.
func (in *incoming) defersUpdate() bool { return in.Message != nil }

// failed is the answer to what failed: a line that says so, and nothing else.
// What was typed stays.
func (in *incoming) failed(s step, line any) coach.Reply {
	in.kept = s.Form
	r := say1(line)
	for _, text := range s.Typed {
		r.Message.Blocks = append(r.Message.Blocks, coach.Text(say.Literal(text).String()))
	}
	return r
}

// say1 is a reply of one line.
func say1(line any) coach.Reply { return coach.Reply{Message: coach.Say(coach.Text(say.Text(line)))} }

// replaces tells whether an answer takes the place of the message that was
// pressed.
func (in *incoming) replaces(r coach.Reply) bool { return in.onForm || r.Replace && in.ownMessage() }

// partsOf lays the answer to an interaction out, behind a form that stays.
func (p *Platform) partsOf(in *incoming, r coach.Reply) []part {
	all := p.parts(r, in.flags())
	if in.kept == nil {
		return all
	}
	m, _ := p.outgoing(*in.kept)
	m.Flags = in.flags()
	return append([]part{{message: m}}, all...)
}

// parts lays a reply out, a form as a message to fill. Its files go with the
// last message.
func (p *Platform) parts(r coach.Reply, flags int) (all []part) {
	var posts []post
	switch {
	case r.Form != nil:
		posts = []post{form(*r.Form)}
	case r.Message != nil:
		posts = render(*r.Message)
	}
	for _, x := range posts {
		m, files := p.outgoing(x)
		m.Flags = flags
		all = append(all, part{m, files})
	}
	for _, f := range r.Files {
		if len(all) == 0 || len(all[len(all)-1].files) == maxFiles {
			m, _ := p.outgoing(post{})
			m.Flags = flags
			all = append(all, part{message: m})
		}
		last := &all[len(all)-1]
		last.files = append(last.files, file{name: f.Name, kind: f.Type, data: f.Data})
		last.message.Attachments = attachments(last.files)
	}
	return all
}

// maxFiles is the most files of a message
// (https://docs.discord.com/developers/resources/message#create-message).
const maxFiles = 10

// show answers at once.
func (p *Platform) show(in *incoming, r coach.Reply) turn {
	if r.Form != nil && !in.onForm && in.Type != discordgo.InteractionModalSubmit { // which cannot open another
		if w, ok := modal(*r.Form); ok {
			return turn{response: response{Type: int(discordgo.InteractionResponseModal), Data: w}}
		}
	}
	all := p.partsOf(in, r)
	if len(all) == 0 {
		return p.silent(in)
	}
	t := turn{response: response{Type: int(discordgo.InteractionResponseChannelMessageWithSource), Data: all[0].message}, files: all[0].files, rest: all[1:]}
	if in.replaces(r) {
		t.response.Type = int(discordgo.InteractionResponseUpdateMessage)
	}
	return t
}

// silent answers so that nothing is seen.
func (p *Platform) silent(in *incoming) turn {
	if in.defersUpdate() {
		return turn{response: response{Type: int(discordgo.InteractionResponseDeferredMessageUpdate)}}
	}
	return turn{
		response: response{Type: int(discordgo.InteractionResponseDeferredChannelMessageWithSource), Data: map[string]int{"flags": flagEphemeral}},
		begins:   true, empty: true,
	}
}

// give sends the response of a turn by a request of its own. Messages that it
// cannot bring go by direct message.
func (p *Platform) give(ctx context.Context, in *incoming, t turn) {
	ctx, cancel := context.WithTimeout(ctx, bot.Patience)
	defer cancel()
	err := p.respond(ctx, in, t)
	all := t.parts()
	switch {
	case err == nil:
		p.complete(ctx, in, t)
	case len(t.files) > 0 && pictureRefused(err):
		t.response.Data, t.files = withoutFiles(all[0].message, t.files), nil
		p.give(ctx, in, t)
	case hasCode(err, acknowledged): // an interaction that came again
		p.log.Info("An interaction was answered before.", "platform", platform, "event", in.ID)
		in.again, t.rest = true, nil
		p.complete(ctx, in, t)
	case len(all) > 0:
		p.astray(ctx, in, all, err)
	default: // what comes later finds its own way
		p.log.Error("An answer could not be given.", "platform", platform, "event", in.ID, "err", err)
	}
}

// respond makes the request of a response, again as long as Discord waits for
// it: a second response does nothing, and is told that there is one.
func (p *Platform) respond(ctx context.Context, in *incoming, t turn) error {
	unsure := false
	err := p.insist(ctx, request{
		method: http.MethodPost, route: "/interactions/{id}/{token}/callback", path: []any{in.ID, in.Token},
		body: withFiles(t.response, t.files), open: true,
	}, maxResponseWait, func(e *bot.SendError) bool {
		unsure = unsure || e.Reason == bot.Unsure
		return passes(e)
	})
	if unsure && hasCode(err, acknowledged) {
		return nil // by an earlier try
	}
	return err
}

// complete does what is left of a turn once Discord has its response.
func (p *Platform) complete(ctx context.Context, in *incoming, t turn) {
	if t.empty {
		p.finish(ctx, in, coach.Reply{})
		return
	}
	p.follow(ctx, in, t.rest)
}

// finish gives the answer to an interaction that was told to wait. Of one that
// came again, the process that was to answer may have died: the answer is begun
// once more, but what follows it could come twice and is not sent.
func (p *Platform) finish(ctx context.Context, in *incoming, r coach.Reply) {
	all := p.partsOf(in, r)
	if in.again {
		all = all[:min(1, len(all))]
	}
	update := in.defersUpdate()
	if len(all) == 0 {
		if !update {
			if err := p.webhook(ctx, in, http.MethodDelete, "/messages/@original", nil); err != nil {
				p.log.Warn("The sign that an answer comes stays.", "platform", platform, "event", in.ID, "err", err)
			}
		}
		return
	}
	if !update || in.replaces(r) {
		all[0].message.Flags = 0 // an edit cannot change who sees it
		if err := p.webhook(ctx, in, http.MethodPatch, "/messages/@original", &all[0]); err != nil {
			p.astray(ctx, in, all, err)
			return
		}
		all = all[1:]
	}
	p.follow(ctx, in, all)
}

// follow sends further messages of an answer.
func (p *Platform) follow(ctx context.Context, in *incoming, all []part) {
	for i := range all {
		if err := p.webhook(ctx, in, http.MethodPost, "", &all[i]); err != nil {
			p.astray(ctx, in, all[i:], err)
			return
		}
	}
}

// webhook makes a request about an interaction's answer, again where that helps
// and does no harm. Right after the first answer Discord may not know of it yet.
// Here it takes no nonce, and lists no hidden messages: one that it may have is
// not posted again.
func (p *Platform) webhook(ctx context.Context, in *incoming, method, which string, x *part) error {
	q := request{method: method, route: "/webhooks/{application}/{token}" + which, path: []any{in.AppID, in.Token}, open: true}
	if x != nil {
		q.body = withFiles(x.message, x.files)
	}
	return p.insist(ctx, q, maxRetryWait, func(e *bot.SendError) bool {
		doubles := method == http.MethodPost && e.Reason == bot.Unsure
		return hasCode(e, unknownWebhook) || passes(e) && !doubles
	})
}

// insist makes a request until it succeeds, again says that it is not to be made
// once more, or the next wait is longer than most. Each is twice the one before,
// or as long as Discord asks for.
func (p *Platform) insist(ctx context.Context, q request, most time.Duration, again func(*bot.SendError) bool) error {
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		err := p.rest.do(ctx, q, nil)
		if err == nil {
			return nil
		}
		e := sendError(err)
		wait = max(wait, e.After)
		if !again(e) || wait > most || bot.Sleep(ctx, wait) != nil {
			return err
		}
	}
}

// passes tells whether what made a request fail may be over soon.
func passes(e *bot.SendError) bool {
	return e.Reason == bot.Limited || e.Reason == bot.Failed || e.Reason == bot.Unsure
}

const (
	// maxRetryWait ends the tries to give an answer: about seven seconds after
	// the first.
	maxRetryWait = 4 * time.Second

	// maxResponseWait ends the tries to respond: 1.4 s after the first, which is
	// what Discord's 3 s leave of bot.Budget.
	maxResponseWait = 800 * time.Millisecond
)

// astray sends an answer, whose interaction takes no more, as a direct message.
// Of one that Discord may have it is better to be told twice than not at all.
func (p *Platform) astray(ctx context.Context, in *incoming, all []part, cause error) {
	p.log.Warn("An answer goes by direct message.", "platform", platform, "event", in.ID, "err", cause)
	e := in.event
	e.ID = in.ID // also where the rest of the event could not be found out
	channel, err := p.directChannel(ctx, in.sender().ID)
	if err == nil {
		err = p.post(ctx, channel, e, all)
	}
	if err != nil {
		p.log.Error("An answer could not be given.", "platform", platform, "event", in.ID, "err", err)
	}
}

// post sends the parts of an answer into a channel, each once.
func (p *Platform) post(ctx context.Context, channel string, e coach.Event, all []part) error {
	for i, x := range all {
		x.message.Flags = 0
		x.message.Nonce, x.message.EnforceNonce = nonce(e.Room, "answer/"+e.ID, i), true
		if _, err := p.create(ctx, channel, x.message, x.files); err != nil {
			return fmt.Errorf("part %d of %d: %w", i+1, len(all), err)
		}
	}
	return nil
}
