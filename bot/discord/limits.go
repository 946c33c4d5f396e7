package discord

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"studycoach/bot"
)

// Discord's limits. Their lengths are in characters: in what the API takes, code
// points (https://github.com/discord/discord-api-docs/issues/1315), and in what
// people type, the UTF-16 units of Discord's apps. What keeps to a limit in units
// keeps to it in code points, too, so that these are what the bot counts.
const (
	// https://docs.discord.com/developers/resources/message#embed-object-embed-limits
	embedTitle  = 256
	embedText   = 4096 // the description
	embedFields = 25
	fieldName   = 256
	fieldValue  = 1024
	embedsSize  = 6000 // title, description, names, values and footers of all embeds of a message

	// https://docs.discord.com/developers/resources/message#create-message
	maxEmbeds = 10

	// https://docs.discord.com/developers/resources/message#attachment-object
	altSize = 1024 // an attachment's description

	// https://docs.discord.com/developers/components/reference#action-row
	maxRows = 5 // of a message
	rowSize = 5 // buttons

	// https://docs.discord.com/developers/components/reference#anatomy-of-a-component
	idSize = 100 // custom_id

	// https://docs.discord.com/developers/components/reference#button
	buttonLabel = 80
)

// count is the length of s in UTF-16 units.
func count(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// first is as much of s, character by character, as n takes, but one at least.
func first(s string, n int) string {
	for i, r := range s {
		if n -= utf16.RuneLen(r); n < 0 && i > 0 {
			return s[:i]
		}
	}
	return s
}

// cut shortens plain text to at most n characters, and shows that it did.
func cut(s string, n int) string {
	if count(s) <= n {
		return s
	}
	return strings.TrimSpace(split(literal(s), n-1)[0]) + "…"
}

// piece is a part of a text that is never divided, with what escapes it; one that
// is loose stands for its letters.
type piece struct {
	text  string
	end   ending
	held  bool // not to be parted from the piece before it
	loose bool // many in one: each of its letters is a piece
}

// handOn yields all pieces; false: no more are wanted.
func handOn(pieces iter.Seq[piece], yield func(piece) bool) bool {
	for p := range pieces {
		if !yield(p) {
			return false
		}
	}
	return true
}

// ending says how well a text may be divided after a piece.
type ending uint8

const (
	within ending = iota
	word
	line
)

// split divides pieces into texts of at most n characters: after a line where
// that leaves at least half of it, else after a word, else between characters.
// Nothing is left out. A piece that is longer than n is divided between code
// points.
func split(all iter.Seq[piece], n int) []string {
	var whole strings.Builder
	some, room := false, n
	for p := range all {
		some = true
		if room -= count(p.text); room < 0 {
			return divided(slices.Collect(each(all)), n)
		}
		whole.WriteString(p.text)
	}
	if !some {
		return nil
	}
	return []string{whole.String()}
}

// each takes loose pieces apart.
func each(all iter.Seq[piece]) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for p := range all {
			if !p.loose {
				if !yield(p) {
					return
				}
				continue
			}
			for i := range p.text {
				if !yield(piece{text: p.text[i : i+1], held: p.held && i == 0}) {
					return
				}
			}
		}
	}
}

// divided divides pieces that do not fit into one text.
func divided(pieces []piece, n int) []string {
	var out []string
	for len(pieces) > 0 {
		size, end := 0, 0
		for end < len(pieces) && size+count(pieces[end].text) <= n {
			size += count(pieces[end].text)
			end++
		}
		if end < len(pieces) {
			if end == 0 {
				head := first(pieces[0].text, n)
				out = append(out, head)
				pieces = append([]piece{{text: pieces[0].text[len(head):], end: pieces[0].end}}, pieces[1:]...)
				if pieces[0].text == "" {
					pieces = pieces[1:]
				}
				continue
			}
			end = divide(pieces, end)
		}
		var b strings.Builder
		for _, p := range pieces[:end] {
			b.WriteString(p.text)
		}
		out, pieces = append(out, b.String()), pieces[end:]
	}
	return out
}

// divide returns the best place, at most end, to divide pieces.
func divide(pieces []piece, end int) int {
	for _, want := range []ending{line, word} {
		for i := end; i > end/2; i-- {
			if pieces[i-1].end == want && !pieces[i].held {
				return i
			}
		}
	}
	for i := end; i > 0; i-- {
		if !pieces[i].held {
			return i
		}
	}
	return end
}

// literal is text as it is, in pieces of one character each.
func literal(s string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		var c character
		for rest := s; rest != ""; {
			r, p, n := next(rest)
			if p.held = c.goesOn(r); !yield(p) {
				return
			}
			rest = rest[n:]
		}
	}
}

// next is the piece that s begins with, its first character, and how many bytes of
// s it is. Letters of the Latin alphabet come as one loose piece. What is no UTF-8
// becomes the character that stands for such.
func next(s string) (r rune, p piece, n int) {
	for n < len(s) && 'a' <= s[n]|0x20 && s[n]|0x20 <= 'z' {
		n++
	}
	if n > 0 {
		return rune(s[0]), piece{text: s[:n], loose: true}, n
	}
	if r, n = utf8.DecodeRuneInString(s); r == utf8.RuneError {
		return r, piece{text: string(r)}, n
	}
	return r, piece{text: s[:n], end: endOf(r)}, n
}

func endOf(r rune) ending {
	switch r {
	case '\n':
		return line
	case ' ', '\t':
		return word
	}
	return within
}

// character follows a text and knows where a character, as people see it, goes
// on: with accents, variations, skin tones, joined emoji and the parts of flags.
type character struct {
	last  rune
	flags int // letters of flags in a row
}

// goesOn tells whether r, which comes next, belongs to the character before it.
func (c *character) goesOn(r rune) bool {
	on := c.last == bot.ZeroWidthJoiner || bot.Extends(r) ||
		c.last == '\r' && r == '\n' || c.flags%2 == 1 && bot.IsFlag(r)
	if c.flags++; !bot.IsFlag(r) {
		c.flags = 0
	}
	on = on && c.last != 0
	c.last = r
	return on
}
