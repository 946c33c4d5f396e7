package slack

import (
	"strings"

	"github.com/slack-go/slack"

	"studycoach/content/say"
)

// Slack reads what an app writes in three ways. In mrkdwn, a text object's and
// the fallback's, people's words could become emphasis, quotes, lists, emoji
// and more, and no escape exists but for & < >. In a plain_text object without
// emoji only & < > mean something, and they can be escaped. In a rich_text
// block nothing does: each piece of text is an element beside its style, and a
// mention, a link or an emoji is an element of another type. So texts with
// styles are rich_text, the others plain_text, and mrkdwn is used nowhere but
// for the fallback, which no one sees beside the blocks.

// escape writes what Slack reads as more than text in text objects and in the
// fallback: https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain makes a text object that shows s as it is, cut to max characters.
// An empty one, which Slack refuses, becomes a space.
func plain(s string, max int) *slack.TextBlockObject {
	if s = cut(s, max, escape); s == "" {
		s = " "
	}
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// rich turns the markup of package say into elements of a rich_text block.
func rich(text string) []slack.RichTextSectionElement {
	var out []slack.RichTextSectionElement
	for _, s := range say.Parse(text) {
		out = append(out, element(s))
	}
	return out
}

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
	}
	return slack.NewRichTextSectionTextElement(s.Text, nil)
}
