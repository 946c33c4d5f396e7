package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/content/say"
)

// answer shows a reply to the one who asked, and to nobody else.
func (p *Platform) answer(ctx context.Context, h bot.Handler, q *asked, r coach.Reply, err error) {
	if q.event.Verb == homeVerb {
		if err == nil && r.Message != nil {
			p.showHome(ctx, q, *r.Message)
		}
		return
	}
	if err != nil && r.Message == nil && r.Form == nil {
		r = coach.Reply{Message: p.oops(q, err)}
	}
	if r.Form != nil {
		if err := p.showForm(ctx, q, *r.Form); err != nil {
			p.log.Warn("A form could not be shown.", "event", q.event.ID, "err", err)
			r.Message = formAgain(*r.Form, q.view != nil)
		}
	}
	if r.Message != nil {
		p.showMessage(ctx, q, *r.Message, r.Replace)
	}
	if err := p.showFiles(ctx, q, r.Files); err != nil {
		p.log.Warn("A file could not be handed over.", "event", q.event.ID, "err", err)
	}
	p.refreshHome(ctx, h, q)
}

// oops says that an event failed, with a number that is also in the log.
func (p *Platform) oops(q *asked, err error) *coach.Message {
	sum := sha256.Sum256([]byte(q.event.ID))
	id := "e-" + hex.EncodeToString(sum[:4])
	p.log.Error("An event could not be answered.", "event", q.event.ID, "shown", id, "err", err)
	return coach.Say(coach.Text(say.Text(say.Oops{ID: id, Unsure: true})))
}

// showMessage shows a message. Where it needs several posts, they follow one
// another.
func (p *Platform) showMessage(ctx context.Context, q *asked, m coach.Message, replace bool) {
	there := p.shownBefore(ctx, q)
	for i, s := range render(m, p.upload(ctx, m)) {
		if there[i] != "" {
			continue
		}
		if err := p.show(ctx, q, s, i == 0, replace && i == 0); err != nil {
			p.log.Warn("An answer could not be shown.", "event", q.event.ID, "verb", coach.VerbOf(q.event), "err", err)
			return
		}
	}
}

// answerKey names the answer to a text in the direct messages, where it stays, so
// that it can be found when the text is handed over again; empty: it is another.
func (q *asked) answerKey() string {
	if q.by != byText || !q.direct() {
		return ""
	}
	return "answer/" + q.event.ID
}

// shownBefore is what the direct messages show already of the answer to a text
// that Slack hands over again, perhaps to a process that did not answer it.
func (p *Platform) shownBefore(ctx context.Context, q *asked) map[int]string {
	key := q.answerKey()
	if key == "" || !q.again {
		return nil
	}
	there, _, err := p.findParts(ctx, q.me, q.channel, coach.Delivery{Key: key, Due: q.event.At})
	if err != nil {
		p.log.Warn("It could not be seen whether an answer is there already.", "event", q.event.ID, "err", err)
	}
	return there
}

// way is one way to show a post to somebody.
type way func(ctx context.Context, s post) error

// show shows a post the first way that works.
func (p *Platform) show(ctx context.Context, q *asked, s post, first, replace bool) error {
	var errs []error
	for _, w := range p.ways(q, first && !s.pictured(), replace) {
		err := p.pictured(ctx, s, w)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ways are the ways to the one who asked, the best first. The last one is always
// the direct messages. An acknowledgement takes the first post, unless that has
// pictures: it does not tell whether they were refused.
func (p *Platform) ways(q *asked, first, replace bool) []way {
	byAck := func(_ context.Context, s post) error { return q.ack.give(s.ephemeral(false)) }
	byURL := func(ctx context.Context, s post) error { return p.respondTo(ctx, q, s.ephemeral(replace && q.alone)) }
	inRoom := func(ctx context.Context, s post) error { return p.postEphemeral(ctx, q, s) }
	inPlace := func(ctx context.Context, s post) error { return p.update(ctx, q, s) }
	directly := func(ctx context.Context, s post) error { return p.postDirect(ctx, q, s) }
	switch {
	case q.by == byCommand && first:
		return []way{byAck, byURL, directly}
	case q.by == byCommand, q.by == byShortcut, q.alone:
		return []way{byURL, directly}
	case q.direct() && q.by == byButton && replace:
		return []way{inPlace, directly}
	case q.direct(), q.by == byHome:
		return []way{directly}
	case q.by == byButton && q.thread == "":
		return []way{byURL, inRoom, directly}
	}
	return []way{inRoom, directly}
}

// ephemeral is a post as a response URL takes it
// (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
type ephemeral struct {
	Type        string          `json:"response_type"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Replace     bool            `json:"replace_original"`
	UnfurlLinks bool            `json:"unfurl_links"`
	UnfurlMedia bool            `json:"unfurl_media"`
}

func (s post) ephemeral(replace bool) ephemeral {
	e := ephemeral{Type: "ephemeral", Text: s.Text, Replace: replace}
	if len(s.Blocks) > 0 {
		e.Blocks = s.json()
	}
	return e
}

// maxUses is how many answers a response URL takes.
const maxUses = 5

// respondTo answers through the response URL.
func (p *Platform) respondTo(ctx context.Context, q *asked, body ephemeral) error {
	if q.url == "" || q.used >= maxUses {
		return errLate
	}
	q.used++
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = p.api.post(ctx, "response_url", q.url, http.Header{"Content-Type": {"application/json"}}, raw)
	return err
}

// values are a post's arguments of chat.postMessage and its kin.
func (s post) values(channel string) url.Values {
	v := url.Values{"channel": {channel}, "text": {s.Text}, "unfurl_links": {"false"}, "unfurl_media": {"false"}}
	if len(s.Blocks) > 0 {
		v.Set("blocks", string(s.json()))
	}
	return v
}

// postEphemeral shows a post in the room, or its thread, to the one who asked.
func (p *Platform) postEphemeral(ctx context.Context, q *asked, s post) error {
	if q.direct() {
		return errLate
	}
	v := s.values(q.event.Room.Channel())
	v.Set("user", q.user)
	if q.thread != "" {
		v.Set("thread_ts", q.thread)
	}
	return p.api.call(ctx, "chat.postEphemeral", v, nil)
}

// postDirect posts into the direct messages of the one who asked.
func (p *Platform) postDirect(ctx context.Context, q *asked, s post) error {
	var channel, thread string
	if q.direct() && (q.by == byText || q.by == byButton && !q.alone) {
		channel, thread = q.channel, q.thread // a command may be typed in those with somebody else
	} else {
		var err error
		if channel, err = p.directChannel(ctx, q.user); err != nil {
			return err
		}
	}
	v := s.values(channel)
	if thread != "" {
		v.Set("thread_ts", thread)
	}
	if key := q.answerKey(); key != "" {
		s.name(v, key)
	}
	return p.api.call(ctx, "chat.postMessage", v, nil)
}

// update puts a post in the place of the message whose button was pressed.
func (p *Platform) update(ctx context.Context, q *asked, s post) error {
	v := s.values(q.channel)
	v.Set("ts", q.pressed)
	if len(s.Blocks) == 0 {
		v.Set("blocks", "[]")
	}
	return p.api.call(ctx, "chat.update", v, nil)
}

// showForm shows a form: in the place of the one that was submitted, or before
// the one who asked.
func (p *Platform) showForm(ctx context.Context, q *asked, f coach.Form) error {
	if q.view != nil {
		return q.ack.give(again(*q.view, f, q.where))
	}
	view, err := json.Marshal(modal(f, where{Room: q.event.Room, Thread: q.thread}))
	if err != nil {
		return err
	}
	method := "views.open"
	if q.inModal {
		method = "views.push"
	}
	return p.api.call(ctx, method, url.Values{"trigger_id": {q.trigger}, "view": {string(view)}}, nil)
}

// formAgain offers a form that could not be shown once more: its trigger had
// expired. What is to be mended in it is said, and what was typed into it is
// shown, to be copied.
func formAgain(f coach.Form, filled bool) *coach.Message {
	m := coach.Say(coach.Text(say.Text(say.FormLate{})))
	for _, field := range f.Fields {
		var lines []string
		if filled && field.Value != "" && (field.Kind == coach.FieldText || field.Kind == coach.FieldArea) {
			lines = append(lines, field.Value)
		}
		if field.Error != "" {
			lines = append(lines, "⚠ "+field.Error)
		}
		if len(lines) > 0 {
			m.Blocks = append(m.Blocks, coach.Fields(coach.Field{Label: field.Label, Value: say.Literal(strings.Join(lines, "\n")).String()}))
		}
	}
	open := coach.Action{Label: say.ButtonOpenForm.String(), Verb: f.Verb, Args: f.Args}
	m.Blocks = append(m.Blocks, coach.Actions(open))
	return m
}
