package coach

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A parser cuts the text into tokens and then puts one token in the place of
// those that make up a unit, a day, a tag or a time. What is left are the
// learner's words.
type parser struct {
	text   string
	tokens []token
	made   []token // while tokens are replaced: what the tokens before became; then room for the next time
}

// parsers are kept, so that a check-in does not need room for tokens of its own.
var parsers = sync.Pool{New: func() any { return &parser{} }}

type token struct {
	word       string // in lower case with plain digits; of a unit the id, of a tag the mode
	start, end int    // bytes of the text
	n          int    // of a number: hundredths; of a time: minutes
	when       When   // of a day
	kind       tokenKind
	decimals   uint8 // of a number: digits after the point, at most 9 are told apart
	doubt      doubt // of a time
	glued      bool  // no space before it
	caps       bool  // has a capital
	strict     bool  // of a day: only where it stands apart on both sides

	left, right edge
}

type tokenKind uint8

const (
	noToken     tokenKind = iota // beyond the ends of the text
	wordToken                    // letters; also an address, and a time of the day
	numberToken                  // digits, with decimals or a vulgar fraction
	symbolToken                  // any other character
	unitToken
	dayToken
	hashToken
	tagToken
	timeToken
)

// lex cuts the text into tokens.
func (p *parser) lex() {
	s := p.text
	p.tokens = p.tokens[:0]
	space := true
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			space = true
			i += size
			continue
		}
		t := token{kind: symbolToken, start: i, glued: !space}
		switch c := fold(r); {
		case isLetter(c):
			t.kind = wordToken
			i = lexWord(s, &t)
		case isDigit(c) || vulgar[string(c)] > 0:
			t.kind = numberToken
			i = lexNumber(s, &t)
		default:
			i += size
			t.word = string(c)
		}
		t.end = i
		p.tokens = append(p.tokens, t)
		space = false
	}
}

// lexNumber reads digits, decimals after a point or comma, and a vulgar
// fraction.
func lexNumber(s string, t *token) (end int) {
	whole, i := lexDigits(s, t.start)
	t.word = whole
	value, _ := strconv.Atoi(whole)
	t.n = 100 * min(value, 1e6)
	if whole != "" && i < len(s) && (s[i] == '.' || s[i] == ',') {
		if part, j := lexDigits(s, i+1); part != "" {
			i, t.decimals = j, uint8(min(len(part), 9))
			cents, _ := strconv.Atoi((part + "0")[:2])
			t.n += cents
			t.word += "." + part
		}
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if part := vulgar[string(r)]; part > 0 {
		t.n += part
		t.word += string(r)
		i += size
	}
	return i
}

func lexDigits(s string, i int) (digits string, end int) {
	var b []byte
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		c := fold(r)
		if !isDigit(c) {
			break
		}
		b = append(b, byte(c))
		i += size
	}
	return string(b), i
}

// lexWord reads letters with apostrophes between them, or an address with all
// that follows up to a space.
func lexWord(s string, t *token) (end int) {
	i := t.start
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if fold(r) == '\'' {
			r, _ = utf8.DecodeRuneInString(s[i+size:])
		}
		if !isLetter(fold(r)) {
			break
		}
		i += size
	}
	if strings.HasPrefix(s[i:], "://") {
		n := strings.IndexFunc(s[i:], unicode.IsSpace)
		if n < 0 {
			n = len(s) - i
		}
		i += n
	}
	t.word = strings.Map(func(r rune) rune { return unicode.ToLower(fold(r)) }, s[t.start:i])
	t.caps = strings.ContainsFunc(s[t.start:i], unicode.IsUpper)
	return i
}

// fold maps the characters that people type for plain ones: full-width forms,
// Arabic-Indic digits, the curly apostrophe.
func fold(r rune) rune {
	switch {
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0'
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0'
	case r == '’':
		return '\''
	default:
		return r
	}
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// replace puts the token that match returns in the place of n tokens from i on,
// wherever n is not 0.
func (p *parser) replace(match func(i int) (t token, n int)) {
	p.made = p.made[:0]
	for i := 0; i < len(p.tokens); {
		t, n := match(i)
		if n == 0 {
			t, n = p.tokens[i], 1
		}
		t.start, t.glued = p.tokens[i].start, p.tokens[i].glued
		t.end = p.tokens[i+n-1].end
		p.made = append(p.made, t)
		i += n
	}
	p.tokens, p.made = p.made, p.tokens
}

// beyond the ends there is nothing.
var beyond token

// at returns the token at i, and one of no kind beyond the ends. It is not to be
// changed.
func (p *parser) at(i int) *token {
	if i < 0 || i >= len(p.tokens) {
		return &beyond
	}
	return &p.tokens[i]
}

// ago returns the token n places before the one at hand, as it was replaced.
func (p *parser) ago(n int) *token {
	if n > len(p.made) {
		return &beyond
	}
	return &p.made[len(p.made)-n]
}

// skip returns the index after i if the token there is one of words, else i.
func (p *parser) skip(i int, words ...string) int {
	if slices.Contains(words, p.at(i).word) {
		i++
	}
	return i
}

// hyphen skips a hyphen without spaces around it.
func (p *parser) hyphen(i int) int {
	if t := p.at(i); t.word == "-" && t.glued && p.at(i+1).glued {
		i++
	}
	return i
}

// joint says how a token hangs together with what it is glued to.
type joint uint8

const (
	free   joint = iota
	odd          // as in -30m, .5h, 45m-60m
	inside       // of an id, a path or a word
)

// before says how the token at i hangs together with what is before it.
func (p *parser) before(i int) joint {
	prev := p.at(i - 1)
	if !p.at(i).glued {
		return free
	}
	if prev.kind != symbolToken {
		if prev.word == "x" && prev.glued { // 2x25m
			return odd
		}
		return inside
	}
	amid := prev.glued && p.at(i-2).kind != symbolToken // as the dot in a.b
	switch prev.word {
	case "-", "–", "−":
		return odd
	case ".", ",":
		if !prev.glued || amid && p.at(i-2).kind == numberToken {
			return odd
		}
	case ":":
		if amid && p.at(i-2).kind == numberToken {
			return odd
		}
	case "/", "#", "@", "=", "\\", "%", "$", "^":
		return inside
	case "_", "'", "&", "+":
		if amid {
			return inside
		}
	}
	return free
}

// after says how the token before i hangs together with the one at i.
func (p *parser) after(i int) joint {
	t, next := p.at(i), p.at(i+1)
	switch {
	case !t.glued:
		return free
	case t.kind != symbolToken:
		return odd
	case t.word == "%", t.word == "+":
		return odd
	case next.glued && next.kind == numberToken && t.word == ":":
		return odd
	case next.glued && next.kind != symbolToken && strings.Contains("-–−/._=@#$\\^&'", t.word):
		return odd
	}
	return free
}

func wordSet(words string) map[string]bool {
	s := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		s[w] = true
	}
	return s
}
