package slack

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"studycoach/coach"
	"studycoach/content/say"
)

// post is one Slack message.
type post struct {
	Text   string // what it says, escaped, for notifications and screen readers
	Blocks []slack.Block
	coded  json.RawMessage // the blocks as JSON, where that is known

	part, of int // which of the posts of its message it is, from 0, and how many there are
}

// json is the blocks as a JSON array.
func (s post) json() json.RawMessage {
	if s.coded == nil {
		return json.RawMessage(encode(s.Blocks))
	}
	return s.coded
}

// pictured tells whether a post has pictures.
func (s post) pictured() bool {
	return slices.ContainsFunc(s.Blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTImage })
}

// inWords is a post with the descriptions of its pictures in their places.
func (s post) inWords() post {
	out := post{Text: s.Text, part: s.part, of: s.of}
	for _, b := range s.Blocks {
		image, ok := b.(*slack.ImageBlock)
		if !ok {
			out.Blocks = append(out.Blocks, b)
			continue
		}
		for _, p := range picture(image.AltText, "") {
			out.Blocks = append(out.Blocks, p.block)
		}
	}
	return out
}

// render turns a message into posts: one, or several where it does not fit.
// files are the Slack file ids of its pictures, in order; where one is empty or
// missing, the picture's description is shown instead.
func render(m coach.Message, files []string) []post {
	var posts []post
	var blocks []slack.Block
	var said []string
	coded, weight := []byte("["), len("[")
	flush := func() {
		if len(blocks) > 0 {
			coded[len(coded)-1] = ']' // for the last comma
			posts = append(posts, post{Text: cut(strings.Join(said, "\n"), maxFallback, escape), Blocks: blocks, coded: coded, part: len(posts)})
		}
		blocks, said, coded, weight = nil, nil, []byte("["), len("[")
	}
	for _, p := range parts(m, files) {
		code := encode(p.block)
		n := size(code) + len(",")
		if len(blocks) == maxMessageBlocks || weight+n > maxMessage {
			flush()
		}
		blocks, said, weight = append(blocks, p.block), append(said, p.said), weight+n
		coded = append(append(coded, code...), ',')
	}
	flush()
	for i := range posts {
		posts[i].of = len(posts)
	}
	return posts
}

// part is one of Slack's blocks, and what it says as plain text.
type part struct {
	block slack.Block
	said  string
}

// parts turns a message's blocks into Slack's.
func parts(m coach.Message, files []string) []part {
	var out []part
	for _, b := range m.Blocks {
		switch {
		case b.Title != "":
			out = append(out, part{slack.NewHeaderBlock(plain(b.Title, maxHeader)), tidy(b.Title)})
		case b.Text != "":
			out = append(out, paragraphs(spans(b.Text))...)
		case b.Code != "":
			out = append(out, listing(b.Code)...)
		case len(b.Fields) > 0:
			out = append(out, pairs(b.Fields)...)
		case len(b.Actions) > 0:
			out = append(out, buttons(b.Actions, len(out))...)
		case b.Image != nil:
			file := ""
			if len(files) > 0 {
				file, files = files[0], files[1:]
			}
			out = append(out, picture(b.Image.Alt, file)...)
		case b.Context != "":
			out = append(out, smallPrint(b.Context)...)
		}
	}
	return out
}

// paragraphs makes rich_text blocks of spans.
func paragraphs(all []say.Span) []part {
	var out []part
	for _, run := range pieces(all) {
		section := slack.NewRichTextSection()
		for _, s := range run {
			section.Elements = append(section.Elements, element(s))
		}
		out = append(out, part{slack.NewRichTextBlock("", section), said(run)})
	}
	return out
}

// said is what spans say without styles; a link keeps its address.
func said(all []say.Span) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.Text)
		if s.Style == say.Anchor {
			b.WriteString(" (" + s.URL + ")")
		}
	}
	return b.String()
}

// listing makes rich_text blocks of text in a fixed width.
func listing(code string) []part {
	var out []part
	for _, run := range pieces([]say.Span{{Text: tidy(code)}}) {
		block := &slack.RichTextPreformatted{Type: slack.RTEPreformatted}
		for _, s := range run {
			block.Elements = append(block.Elements, element(s))
		}
		out = append(out, part{slack.NewRichTextBlock("", block), said(run)})
	}
	return out
}

// pairs puts labelled values on lines of their own. Where they do not fit into
// one block, the next begins with a label.
func pairs(fields []coach.Field) []part {
	var out []part
	var run []say.Span
	used := 0
	for _, f := range fields {
		pair := append([]say.Span{{Text: tidy(f.Label) + ":", Style: say.Bold}, {Text: " "}}, spans(f.Value)...)
		n := 0
		for _, s := range pair {
			n += weight(s)
		}
		end := say.Span{Text: "\n"}
		switch n += weight(end); {
		case len(run) == 0:
		case used+n > maxRich:
			out = append(out, paragraphs(run)...)
			run, used = nil, 0
		default:
			run = append(run, end)
		}
		run, used = append(run, pair...), used+n
	}
	return append(out, paragraphs(run)...)
}

// picture shows an uploaded file, or the description in its place.
func picture(alt, file string) []part {
	alt = something(tidy(alt))
	if file == "" {
		return paragraphs([]say.Span{{Text: alt, Style: say.Italic}})
	}
	image := slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: file}, cut(alt, maxAlt, verbatim), "", nil)
	return []part{{image, alt}}
}

// smallPrint makes a context block, which takes no rich text; what has styles
// is shown as a paragraph.
func smallPrint(text string) []part {
	all := spans(text)
	if words := said(all); len(all) == 1 && all[0].Style == say.Plain && size(escape(words)) <= maxText {
		return []part{{slack.NewContextBlock("", plain(words, maxText)), words}}
	}
	return paragraphs(all)
}
