package discord

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// post is one message on Discord. It has no content, only embeds: these hold
// more, show no previews of what they link to, and take words of people for
// nothing else than words.
type post struct {
	Embeds     []*discordgo.MessageEmbed
	Components []discordgo.MessageComponent
	Images     []image
}

// image is a picture to draw and attach under a name, by which an embed shows
// it ("attachment://<name>").
type image struct {
	Name  string
	Alt   string // the attachment's description
	Image coach.Image
}

// accent is the colour of the bar beside what the bot says.
const accent = 0x3B82C4

// blank is a zero-width space, for the name of a field that goes on: Discord
// refuses an empty one.
const blank = "\u200b"

// inlineSize is how many characters a field's value may have to stand beside
// others.
const inlineSize = 30

// render lays a message out. What is too long for one post goes on in the next;
// nothing is left out.
func render(m coach.Message) []post {
	var l layout
	for _, b := range m.Blocks {
		switch {
		case b.Title != "":
			l.title(b.Title)
		case b.Text != "":
			l.text(markdown(b.Text))
		case b.Code != "":
			l.text(codeBlock(b.Code))
		case len(b.Fields) > 0:
			l.fields(b.Fields)
		case len(b.Actions) > 0:
			l.actions(b.Actions)
		case b.Image != nil:
			l.picture(*b.Image)
		case b.Context != "":
			l.text(small(b.Context))
		}
	}
	return l.posts
}

// small is small print: each of its lines begins with the mark for it.
func small(text string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for l := range strings.Lines(text) {
			if strings.TrimSpace(l) != "" && !(yield(piece{text: "-# "}) && handOn(markdown(l), yield)) {
				return
			}
		}
	}
}

// layout fills posts from their top.
type layout struct {
	posts []post
	size  int // characters of the last post's embeds
}

// last is the post that is being filled.
func (l *layout) last() *post { return &l.posts[len(l.posts)-1] }

// embed is the one to go on in: the last one, where it takes n more characters
// and fits says that it takes what follows, else a new one.
func (l *layout) embed(n int, fits func(*discordgo.MessageEmbed) bool) *discordgo.MessageEmbed {
	if len(l.posts) > 0 && l.size+n <= embedsSize {
		embeds := l.last().Embeds
		if e := embeds[len(embeds)-1]; fits(e) {
			l.size += n
			return e
		}
	}
	if len(l.posts) == 0 || l.size+n > embedsSize || len(l.last().Embeds) == maxEmbeds {
		l.posts, l.size = append(l.posts, post{}), 0
	}
	e := &discordgo.MessageEmbed{Color: accent}
	l.last().Embeds = append(l.last().Embeds, e)
	l.size += n
	return e
}

// title begins an embed. One whose escapes make it too long is a bold line.
func (l *layout) title(s string) {
	t := escape(s)
	if count(t) > embedTitle {
		l.text(one(piece{text: "**" + t + "**"}))
		return
	}
	l.embed(count(t), func(*discordgo.MessageEmbed) bool { return false }).Title = t
}

// text adds paragraphs. Below fields or a picture they begin an embed.
func (l *layout) text(pieces iter.Seq[piece]) {
	for _, part := range split(pieces, embedText) {
		if part = strings.Trim(part, "\n"); strings.TrimSpace(part) == "" {
			continue
		}
		e := l.embed(count(part)+2, func(e *discordgo.MessageEmbed) bool {
			return len(e.Fields) == 0 && e.Image == nil && count(e.Description)+2+count(part) <= embedText
		})
		if e.Description != "" {
			e.Description += "\n\n"
		}
		e.Description += part
	}
}

// fields adds labelled values, beside each other where all are short. A value
// that is too long goes on below itself.
func (l *layout) fields(fields []coach.Field) {
	inline := true
	for _, f := range fields {
		inline = inline && count(f.Value) <= inlineSize
	}
	for _, f := range fields {
		name := shown(split(escaped(f.Label, 0), fieldName))
		for i, v := range shown(split(markdown(f.Value), fieldValue)) {
			field := &discordgo.MessageEmbedField{Name: blank, Value: v, Inline: inline}
			if i == 0 {
				field.Name = name[0]
			}
			e := l.embed(count(field.Name)+count(v), func(e *discordgo.MessageEmbed) bool {
				return e.Image == nil && len(e.Fields) < embedFields
			})
			e.Fields = append(e.Fields, field)
		}
	}
}

// shown are those of the texts that show anything; a blank one where none does.
func shown(texts []string) []string {
	texts = slices.DeleteFunc(texts, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(texts) == 0 {
		return []string{blank}
	}
	return texts
}

// picture shows a picture below what stands before it.
func (l *layout) picture(i coach.Image) {
	alt := cut(i.Alt, altSize)
	instead := count(escape(alt)) + 2 // should it not be drawn
	e := l.embed(instead, func(e *discordgo.MessageEmbed) bool {
		return e.Image == nil && count(e.Description)+instead <= embedText
	})
	p := l.last()
	name := fmt.Sprintf("picture-%d.png", len(p.Images)+1)
	e.Image = &discordgo.MessageEmbedImage{URL: "attachment://" + name}
	p.Images = append(p.Images, image{Name: name, Alt: alt, Image: i})
}

// actions adds a row of buttons, below all of the post.
func (l *layout) actions(actions []coach.Action) {
	for len(actions) > 0 {
		if len(l.posts) == 0 || len(l.last().Components) == maxRows {
			l.posts, l.size = append(l.posts, post{Embeds: []*discordgo.MessageEmbed{{Description: blank, Color: accent}}}), 1
		}
		p := l.last()
		n := min(len(actions), rowSize)
		row := discordgo.ActionsRow{}
		for i, a := range actions[:n] {
			row.Components = append(row.Components, button(a, len(p.Components)*rowSize+i))
		}
		p.Components, actions = append(p.Components, row), actions[n:]
	}
}

// button is the button of an action, at a place of its own in its post.
func button(a coach.Action, place int) discordgo.Button {
	style := discordgo.SecondaryButton
	switch a.Style {
	case coach.Primary:
		style = discordgo.PrimaryButton
	case coach.Danger:
		style = discordgo.DangerButton
	}
	return discordgo.Button{Label: cut(a.Label, buttonLabel), Style: style, CustomID: pack(idButton, place, verbParts(a.Verb, a.Args)...)}
}
