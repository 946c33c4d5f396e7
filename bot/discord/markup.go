package discord

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"studycoach/content/say"
)

// Discord's markdown: https://support.discord.com/hc/en-us/articles/210298617.
// A backslash before any character that is no letter, digit or space makes it
// literal, which is enough for all that people can write: the parser that makes
// links, mentions, emoji and times of plain text does not look past it. Only
// inside a block of code nothing can be escaped; see codeBlock.

// styledSize is the most characters that keep their style in one piece, which
// with its escapes and address fits the shortest text that is divided.
const styledSize = 200

// markdown turns text in the markup of package say into Discord's.
func markdown(text string) iter.Seq[piece] {
	spans := merged(say.Parse(text))
	return func(yield func(piece) bool) {
		last := rune(0)
		for _, s := range spans {
			if !handOn(shownAs(s, last), yield) {
				return
			}
			if r, size := utf8.DecodeLastRuneInString(s.Text); size > 0 {
				last = r
			}
		}
	}
}

// shownAs shows a span; before is the character that it follows, 0 at the
// beginning.
func shownAs(s say.Span, before rune) iter.Seq[piece] {
	switch id := strings.TrimPrefix(s.Text, "#"); {
	case s.Style == say.Plain:
		return escaped(s.Text, before)
	case s.Style == say.Channel && isSnowflake(id):
		return one(piece{text: "<#" + id + ">"})
	}
	return func(yield func(piece) bool) {
		for _, part := range split(literal(s.Text), styledSize) {
			if !handOn(styled(part, s), yield) {
				return
			}
		}
	}
}

// escape makes text literal.
func escape(text string) string { return join(escaped(text, 0)) }

func join(pieces iter.Seq[piece]) string {
	var b strings.Builder
	for p := range pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

// one is a text that is never divided.
func one(p piece) iter.Seq[piece] { return func(yield func(piece) bool) { yield(p) } }

// merged joins neighbours of one style: **a****b** would not read as two.
func merged(spans []say.Span) []say.Span {
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Style != say.Anchor && s.Style != say.Channel && out[n-1].Style == s.Style {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

// styled shows text in the style of a span. Spaces at its ends stand outside
// the marks, which would not be marks beside them.
func styled(text string, s say.Span) iter.Seq[piece] {
	inner := strings.TrimSpace(text)
	if inner == "" {
		return escaped(text, 0)
	}
	before, after, _ := strings.Cut(text, inner)
	var marked string
	switch s.Style {
	case say.Bold:
		marked = "**" + escape(inner) + "**"
	case say.Italic:
		marked = "_" + escape(inner) + "_"
	case say.Code:
		marked = code(renamed(inner))
	case say.Channel: // of no id of Discord's
		marked = code(inner)
	case say.Anchor:
		marked = link(inner, s.URL)
	}
	end := within
	if strings.HasSuffix(text, " ") {
		end = word
	}
	return one(piece{text: before + marked + after, end: end})
}

// code is text between one or two backticks: three would begin a block. Of
// those in the text no two stand together, parted by a zero-width space.
func code(text string) string {
	for strings.Contains(text, "``") {
		text = strings.ReplaceAll(text, "``", "`\u200b`")
	}
	fence := "`"
	if strings.Contains(text, fence) {
		fence = "``"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// link hides an address behind words. Discord hides it behind none that look like
// an address themselves or hold a bracket, and shows a backslash in them as one
// (https://github.com/discord/discord-api-docs/issues/6185), so that words
// which need one stand before the address.
func link(text, url string) string {
	url = strings.NewReplacer("(", "%28", "<", "%3C", ">", "%3E", `\`, "%5C").Replace(url)
	if strings.ContainsAny(text, "[]*~|`\\@<") || strings.Count(text, ":") > 1 || strings.Contains(text, "://") || marksWord(text) {
		return escape(text) + " (<" + url + ">)"
	}
	return "[" + text + "](" + url + ")"
}

// marksWord tells whether an underscore stands at an end of a word, where it is a
// mark; within one it is not.
func marksWord(text string) bool {
	return strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, " _") || strings.Contains(text, "_ ")
}

// codeBlock shows a listing. A zero-width space parts backticks that would end
// the block, for within one a backslash is only a backslash.
func codeBlock(text string) iter.Seq[piece] {
	text = strings.ReplaceAll(text, "```", "`\u200b`\u200b`")
	return func(yield func(piece) bool) {
		for _, part := range split(literal(text), embedText-10) {
			if !yield(piece{text: "```\n" + strings.TrimRight(part, "\n") + "\n```", end: line}) {
				return
			}
		}
	}
}

// escaped is text of which nothing is a mark; before is the character that it
// follows, 0 at the beginning.
func escaped(text string, before rune) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		before := before
		digits := before == 0 || unicode.IsSpace(before) // the word so far has only digits
		c := character{last: before}
		for rest := text; rest != ""; {
			r, p, n := next(rest)
			p.held = c.goesOn(r)
			begins := before == 0 || unicode.IsSpace(before)
			switch {
			case special(rest, r, begins, digits):
				p.text = `\` + p.text
			case strings.ContainsRune("#->+.0123456789", r):
				p.held = p.held || !begins // it could begin a list, heading or quote
			}
			digits = unicode.IsSpace(r) || (digits || begins) && '0' <= r && r <= '9'
			if !yield(p) {
				return
			}
			before, rest = r, rest[n:]
		}
	}
}

// special tells whether r, with which rest begins, could be a mark.
func special(rest string, r rune, begins, digits bool) bool {
	switch r {
	case '\\', '*', '_', '~', '`', '|', '<', '[':
		return true
	case '#', '>', '-', '+':
		return begins
	case '.':
		return digits && !begins
	case '@':
		return strings.HasPrefix(rest, "@everyone") || strings.HasPrefix(rest, "@here")
	case ':':
		return strings.HasPrefix(rest, "://") || shortcode(rest)
	}
	return false
}

// shortcode tells whether text begins like :smile:.
func shortcode(text string) bool {
	end := strings.IndexFunc(text[1:], func(r rune) bool { return r == ':' || unicode.IsSpace(r) })
	return end > 0 && text[1+end] == ':'
}
