package say

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// All text of the bot is written in one small markup, which every platform can
// show: *bold*, _emphasis_, `code`, [title](https://address), and [#id](#) for a
// channel of the reader's workspace by its id. A backslash takes the meaning from
// a mark, a backslash or a space after it, within marks too; before anything else
// it stands for itself. Marks neither nest nor cross a line end. A * or _ inside a
// word, an opening one before a space, and any mark that is not closed stand for
// themselves.

// Style says how a span is shown.
type Style string

// The styles of a span.
const (
	Plain   Style = ""
	Bold    Style = "bold"
	Italic  Style = "italic"
	Code    Style = "code"
	Anchor  Style = "link"
	Channel Style = "channel" // shown by its name where the platform can; the text is "#" and its id
)

// Span is a run of text in one style.
type Span struct {
	Text  string
	Style Style
	URL   string // of an Anchor
}

// Literal is text that came from a person, or that may hold anything: printed
// by a template it shows as it is, also between marks, and marks nothing up.
// Marks do not cross a line end, so one of several lines shows the marks around
// it instead of being styled.
type Literal string

// String escapes what the markup would read as a mark.
func (l Literal) String() string {
	s := escaper.Replace(string(l))
	if strings.HasPrefix(s, " ") { // which would keep a mark before it from opening
		return `\` + s
	}
	return s
}

var escaper = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`)

// Parse splits marked-up text into spans; joining their texts gives what a
// reader sees.
func Parse(text string) []Span {
	spans, _ := scan(text)
	return spans
}

// Unmarked returns text as a reader sees it without styles; a link keeps its
// address in brackets.
func Unmarked(text string) string {
	var b strings.Builder
	for _, s := range Parse(text) {
		b.WriteString(s.Text)
		if s.Style == Anchor {
			b.WriteString(" (" + s.URL + ")")
		}
	}
	return b.String()
}

// Stray returns text from its first mark on that stands for itself but looks
// meant: one that is never closed, doubled or never opened, or a link that is
// not one. It returns "" when there is none.
func Stray(text string) string {
	if _, at := scan(text); at >= 0 {
		return text[at:]
	}
	return ""
}

// scan splits text into spans; stray is where the first stray mark stands, or -1.
func scan(text string) (spans []Span, stray int) {
	stray = -1
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			spans = append(spans, Span{Text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(text); {
		if span, n := mark(text, i); n > 0 {
			flush()
			spans = append(spans, span)
			i += n
			continue
		}
		if stray < 0 && looksMeant(text, i) {
			stray = i
		}
		c, n := next(text[i:])
		plain.WriteByte(c)
		i += n
		unmarked := strings.IndexAny(text[i:], "\\*_`[]")
		if unmarked < 0 {
			unmarked = len(text) - i
		}
		plain.WriteString(text[i : i+unmarked])
		i += unmarked
	}
	flush()
	return spans, stray
}

// next reads a character that is not a mark: its first byte, and how many bytes
// stand for it, two if it is escaped.
func next(text string) (c byte, n int) {
	if text[0] == '\\' && len(text) > 1 && strings.IndexByte("\\*_`[] ", text[1]) >= 0 {
		return text[1], 2
	}
	return text[0], 1
}

// mark reads the marked span that begins at i; n is its length, 0 when none
// does.
func mark(text string, i int) (s Span, n int) {
	switch text[i] {
	case '*':
		return emphasis(text, i, Bold)
	case '_':
		return emphasis(text, i, Italic)
	case '`':
		return enclosed(text[i:], '`', Code)
	case '[':
		return link(text[i:])
	}
	return Span{}, 0
}

// emphasis reads what stands between the * or _ at i and the next one that does
// not stand inside a word.
func emphasis(text string, i int, style Style) (Span, int) {
	if wordBefore(text, i) || strings.HasPrefix(text[i+1:], " ") {
		return Span{}, 0
	}
	return enclosed(text[i:], text[i], style)
}

// link reads the link, or the channel, that text begins with. An address holds no
// space and no closing bracket.
func link(text string) (Span, int) {
	s, n := enclosed(text, ']', Anchor)
	if n > 0 && s.Text[0] == '#' && strings.HasPrefix(text[n:], "(#)") {
		s.Style = Channel
		return s, n + len("(#)")
	}
	if n == 0 || !strings.HasPrefix(text[n:], "(https://") {
		return Span{}, 0
	}
	end := strings.IndexAny(text[n:], ") \n")
	if end < 0 || text[n+end] != ')' {
		return Span{}, 0
	}
	s.URL = text[n+1 : n+end]
	return s, n + end + 1
}

// enclosed reads what stands between the first byte of text and the next
// unescaped closing byte on the same line.
func enclosed(text string, closing byte, style Style) (Span, int) {
	inWords := style == Bold || style == Italic
	var b strings.Builder
	for i := 1; i < len(text) && text[i] != '\n'; {
		if text[i] == closing && !(inWords && wordBefore(text, i) && wordAfter(text, i)) {
			if i == 1 {
				break
			}
			return Span{Text: b.String(), Style: style}, i + 1
		}
		c, n := next(text[i:])
		b.WriteByte(c)
		i += n
	}
	return Span{}, 0
}

// looksMeant tells whether the byte at i, which is not the start of a marked
// span, looks like a mark: a * or _ does unless it stands between two spaces or
// inside a word.
func looksMeant(text string, i int) bool {
	switch text[i] {
	case '`':
		return true
	case ']':
		return strings.HasPrefix(text[i+1:], "(")
	case '*', '_':
		spaceBefore := i == 0 || text[i-1] == ' ' || text[i-1] == '\n'
		spaceAfter := i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n'
		return !(spaceBefore && spaceAfter) && !(wordBefore(text, i) && wordAfter(text, i))
	}
	return false
}

// wordBefore tells whether the character before i belongs to a word.
func wordBefore(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return wordRune(r)
}

// wordAfter tells whether the character after the byte at i belongs to a word.
func wordAfter(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i+1:])
	return wordRune(r)
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
