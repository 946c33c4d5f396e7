package slack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// seen draws posts as plain text, for people who look at what changed: styles
// as *bold*, _italic_ and `code`, links as [text](address).
func seen(posts []post) string {
	var b strings.Builder
	for i, p := range posts {
		if i > 0 {
			b.WriteString("\n──────── the next post ────────\n")
		}
		b.WriteString(drawn(p.Blocks))
	}
	return b.String()
}

// seenForm draws a modal.
func seenForm(v slack.ModalViewRequest) string {
	return "┌ " + unescape(v.Title.Text) + "\n\n" + drawn(v.Blocks.BlockSet) + "\n└ [Cancel] [" + unescape(v.Submit.Text) + "]\n"
}

func drawn(blocks []slack.Block) string {
	var out []string
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			out = append(out, "# "+unescape(b.Text.Text))
		case *slack.RichTextBlock:
			out = append(out, richText(b))
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				out = append(out, "   "+unescape(e.(*slack.TextBlockObject).Text))
			}
		case *slack.ImageBlock:
			out = append(out, "▒▒ "+b.SlackFile.ID+" ▒▒ "+b.AltText)
		case *slack.ActionBlock:
			var row []string
			for _, e := range b.Elements.ElementSet {
				button := e.(*slack.ButtonBlockElement)
				mark := map[slack.Style]string{slack.StylePrimary: "+", slack.StyleDanger: "!"}[button.Style]
				row = append(row, "["+mark+unescape(button.Text.Text)+"]")
			}
			out = append(out, strings.Join(row, " "))
		case *slack.InputBlock:
			out = append(out, drawnField(b))
		}
	}
	return strings.Join(out, "\n\n") + "\n"
}

func richText(b *slack.RichTextBlock) string {
	var out strings.Builder
	for _, e := range b.Elements {
		switch e := e.(type) {
		case *slack.RichTextSection:
			for _, e := range e.Elements {
				out.WriteString(styled(e))
			}
		case *slack.RichTextPreformatted:
			for _, e := range e.Elements {
				out.WriteString("    " + strings.ReplaceAll(e.(*slack.RichTextSectionTextElement).Text, "\n", "\n    "))
			}
		}
	}
	return out.String()
}

func styled(e slack.RichTextSectionElement) string {
	if link, ok := e.(*slack.RichTextSectionLinkElement); ok {
		return "[" + link.Text + "](" + link.URL + ")"
	}
	if channel, ok := e.(*slack.RichTextSectionChannelElement); ok {
		return "<#" + channel.ChannelID + ">"
	}
	text := e.(*slack.RichTextSectionTextElement)
	mark := ""
	switch s := text.Style; {
	case s == nil:
	case s.Bold:
		mark = "*"
	case s.Italic:
		mark = "_"
	case s.Code:
		mark = "`"
	}
	return mark + text.Text + mark
}

// drawnField draws a field of a form.
func drawnField(b *slack.InputBlock) string {
	lines := []string{unescape(b.Label.Text)}
	if b.Optional {
		lines[0] += " (optional)"
	}
	switch e := b.Element.(type) {
	case *slack.PlainTextInputBlockElement:
		lines = append(lines, "  |"+strings.ReplaceAll(e.InitialValue, "\n", "\n  |"))
	case *slack.NumberInputBlockElement:
		lines = append(lines, "  number: "+e.InitialValue)
	case *slack.DatePickerBlockElement:
		lines = append(lines, "  date: "+e.InitialDate)
	case *slack.TimePickerBlockElement:
		lines = append(lines, "  time: "+e.InitialTime)
	case *slack.SelectBlockElement:
		lines = append(lines, choices("(%) ", e.Options, []*slack.OptionBlockObject{e.InitialOption})...)
		lines = append(lines, groupsOf(e.OptionGroups, e.InitialOption)...)
	case *slack.MultiSelectBlockElement:
		lines = append(lines, choices("{%} ", e.Options, e.InitialOptions)...)
		lines = append(lines, groupsOf(e.OptionGroups, e.InitialOptions...)...)
	case *slack.CheckboxGroupsBlockElement:
		lines = append(lines, choices("[%] ", e.Options, e.InitialOptions)...)
	}
	if b.Hint != nil {
		lines = append(lines, "  "+unescape(b.Hint.Text))
	}
	return strings.Join(lines, "\n")
}

func choices(box string, all, chosen []*slack.OptionBlockObject) []string {
	var lines []string
	for _, o := range all {
		mark := " "
		if slices.Contains(chosen, o) {
			mark = "x"
		}
		lines = append(lines, "  "+strings.Replace(box, "%", mark, 1)+unescape(o.Text.Text))
	}
	return lines
}

// groupsOf draws groups of options, and of the options those that are chosen.
func groupsOf(all []*slack.OptionGroupBlockObject, chosen ...*slack.OptionBlockObject) []string {
	var lines []string
	for _, g := range all {
		lines = append(lines, fmt.Sprintf("  — %d from %s on", len(g.Options), unescape(g.Label.Text)))
		for _, o := range g.Options {
			if slices.Contains(chosen, o) {
				lines = append(lines, "  (x) "+unescape(o.Text.Text))
			}
		}
	}
	return lines
}
