package slack

import (
	"strings"

	"github.com/slack-go/slack"

	"studycoach/coach"
)

// post is one Slack message.
type post struct {
	Text   string // all of it as escaped text, for notifications and screen readers
	Blocks []slack.Block
}

// render turns a message into posts: one, or several where it does not fit.
// files are the Slack file ids of its pictures, in order; where one is empty or
// missing, the picture's description is shown instead.
func render(m coach.Message, files []string) []post {
	blocks := messageBlocks(m, files)
	var posts []post
	for len(blocks) > maxMessageBlocks {
		posts = append(posts, post{Blocks: blocks[:maxMessageBlocks]})
		blocks = blocks[maxMessageBlocks:]
	}
	posts = append(posts, post{Blocks: blocks})
	posts[0].Text = cut(strings.Join(m.Plain(), "\n"), maxFallback, escape)
	return posts
}

// messageBlocks turns a message's blocks into Slack's.
func messageBlocks(m coach.Message, files []string) []slack.Block {
	var out []slack.Block
	for _, b := range m.Blocks {
		switch {
		case b.Title != "":
			out = append(out, slack.NewHeaderBlock(plain(b.Title, maxHeader)))
		case b.Text != "":
			out = append(out, section(rich(b.Text)...))
		case b.Code != "":
			out = append(out, slack.NewRichTextBlock("", &slack.RichTextPreformatted{
				Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(b.Code, nil)},
			}))
		case len(b.Fields) > 0:
			var e []slack.RichTextSectionElement
			for i, f := range b.Fields {
				if i > 0 {
					e = append(e, slack.NewRichTextSectionTextElement("\n", nil))
				}
				e = append(e, slack.NewRichTextSectionTextElement(f.Label+":", &slack.RichTextSectionTextStyle{Bold: true}))
				e = append(e, slack.NewRichTextSectionTextElement(" ", nil))
				e = append(e, rich(f.Value)...)
			}
			out = append(out, section(e...))
		case len(b.Actions) > 0:
			out = append(out, slack.NewActionBlock("", buttons(b.Actions, len(out))...))
		case b.Image != nil:
			var file string
			if len(files) > 0 {
				file, files = files[0], files[1:]
			}
			if file == "" {
				out = append(out, section(slack.NewRichTextSectionTextElement(b.Image.Alt, nil)))
				break
			}
			out = append(out, slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: file}, cut(b.Image.Alt, maxAlt, verbatim), "", nil))
		case b.Context != "":
			out = append(out, section(rich(b.Context)...))
		}
	}
	return out
}

func section(e ...slack.RichTextSectionElement) slack.Block {
	return slack.NewRichTextBlock("", slack.NewRichTextSection(e...))
}
