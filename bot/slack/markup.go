package slack

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"studycoach/content/say"
)

// Slack reads what an app writes in three ways. In mrkdwn, a text object's and
// the fallback's, people's words could become emphasis, quotes, emoji and more,
// and there is no escape but for & < >. In a plain_text object without emoji
// only & < > could mean something, and they can be escaped. In a rich_text block
// nothing does: each piece of text is an element beside its style, and a
// mention, a link or an emoji is an element of another type. So what has styles
// is rich_text, what has none is plain_text where a block takes nothing else,
// and mrkdwn is only the fallback, which Slack does not show beside blocks.

// escape writes & < > so that they mean themselves in text objects and in the
// fallback: https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain makes a text object that shows s as it is, cut to limit characters.
func plain(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, cut(something(tidy(s)), limit, escape), false, false)
}

// something is s, or a dash where that says nothing, which Slack refuses.
func something(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// element makes the element of a rich_text block that shows a span.
func element(s say.Span) slack.RichTextSectionElement {
	switch s.Style {
	case say.Bold:
		return slack.NewRichTextSectionTextElement(s.Text, &slack.RichTextSectionTextStyle{Bold: true})
	case say.Italic:
		return slack.NewRichTextSectionTextElement(s.Text, &slack.RichTextSectionTextStyle{Italic: true})
	case say.Code:
		return slack.NewRichTextSectionTextElement(s.Text, &slack.RichTextSectionTextStyle{Code: true})
	case say.Anchor:
		return slack.NewRichTextSectionLinkElement(s.URL, s.Text, nil)
	case say.Channel:
		return slack.NewRichTextSectionChannelElement(s.Text[1:], nil)
	}
	return slack.NewRichTextSectionTextElement(s.Text, nil)
}

// spans reads marked-up text. A link that leads nowhere, or a channel that cannot
// be, for which Slack would refuse the whole message, becomes text.
func spans(text string) []say.Span {
	all := say.Parse(tidy(text))
	for i, s := range all {
		if s.Style == say.Anchor && !leads(s.URL) {
			all[i] = say.Span{Text: s.Text + " (" + s.URL + ")"}
		}
		if s.Style == say.Channel && !isID(s.Text[1:]) {
			all[i] = say.Span{Text: s.Text, Style: say.Code}
		}
	}
	return all
}

func leads(address string) bool {
	const longest = 3000 // https://docs.slack.dev/reference/block-kit/block-elements/button-element, of its url
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && len(address) <= longest
}

// pieces divides spans into runs that each fit into one rich_text block, at a
// line end or a space where there is one in the second half of the run.
func pieces(all []say.Span) [][]say.Span {
	var out [][]say.Span
	var run []say.Span
	if short(all) {
		run = make([]say.Span, 0, len(all))
		for _, s := range all {
			if s.Text != "" {
				run = append(run, s)
			}
		}
		all = nil
	}
	used := 0
	for len(all) > 0 {
		s := all[0]
		if s.Text == "" {
			all = all[1:]
			continue
		}
		if n := weight(s); used+n <= maxRich && size(s.Text) <= maxText {
			run, used, all = append(run, s), used+n, all[1:]
			continue
		}
		if s.Style == say.Channel { // which is nothing by halves
			out, run, used = append(out, run), nil, 0
			continue
		}
		around := weight(say.Span{Text: "x", Style: s.Style, URL: s.URL})
		head, tail := split(s.Text, min(maxRich-used-around, maxText), quoted)
		if at := strings.LastIndexByte(head, '\n'); at > len(head)/2 || at >= 0 && used > maxRich/2 {
			head, tail = s.Text[:at], s.Text[at+1:]
		} else if at := strings.LastIndexByte(head, ' '); at > len(head)/2 {
			head, tail = s.Text[:at], s.Text[at+1:]
		}
		if head != "" {
			run = append(run, say.Span{Text: head, Style: s.Style, URL: s.URL})
		}
		out, run, used = append(out, run), nil, 0
		if all = all[1:]; tail != "" {
			all = append([]say.Span{{Text: tail, Style: s.Style, URL: s.URL}}, all...)
		}
	}
	if len(run) > 0 {
		out = append(out, run)
	}
	return out
}

// short tells whether spans are sure to fit into one block, as most do, without
// weighing each: a byte of a text is at most six in JSON.
func short(all []say.Span) bool {
	const around = 80 // bytes of an element, beside its texts
	most := 0
	for _, s := range all {
		if len(s.Text) > maxText {
			return false
		}
		most += around + 6*(len(s.Text)+len(s.URL))
	}
	return most <= maxRich
}

// weight is how long a span is in a message.
func weight(s say.Span) int { return size(encode(element(s))) + len(",") }

// quoted writes text as JSON has it between its quotes.
func quoted(s string) string {
	s = encode(s)
	return s[1 : len(s)-1]
}

// encode writes a value of Slack's or the bot's as JSON. There is no & < > in
// it, which Slack may bring back escaped.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // of texts, lists and numbers alone: it cannot fail
	}
	return string(b)
}
