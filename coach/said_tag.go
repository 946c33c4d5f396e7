package coach

import (
	"fmt"
	"strings"
)

// The words beside which a day or a mode is only mentioned.
var (
	notBeforeDay = wordSet("from since than like as until till by next this before after of to the with and about due")
	notBeforeTag = wordSet("about with on of for in the a an using use used by to and or is are how what via from into no not")
	notAfterTag  = map[string]map[string]bool{
		"deep": wordSet("dive dives diving dived learning work works copy copies link links neural network networks nesting and end into in down breath sleep freeze clone"),
		"ai":   wordSet("and or is engineer engineering model models agent agents tool tools"),
	}
)

// unit reads an id such as w03d2.
func (p *parser) unit(i int) (t token, n int) {
	w, week, d, day := p.at(i), p.at(i+1), p.at(i+2), p.at(i+3)
	if w.word != "w" || d.word != "d" || !week.glued || !d.glued || !day.glued ||
		week.kind != numberToken || len(week.word) > 2 || day.kind != numberToken || len(day.word) != 1 || !isDigit(rune(day.word[0])) ||
		week.decimals > 0 || p.before(i) != free || p.after(i+4) != free {
		return t, 0
	}
	return token{kind: unitToken, word: fmt.Sprintf("w%02dd%d", week.n/100, day.n/100)}, 4
}

// tag reads what may set the mode.
func (p *parser) tag(i int) (t token, n int) {
	kind := tagToken
	if p.at(i).word == "#" && p.at(i+1).glued {
		kind, n = hashToken, 1
	}
	t = *p.at(i + n)
	if t.kind != wordToken || t.word != "ai" && t.word != "deep" || n > 0 && p.after(i+2) != free {
		return t, 0
	}
	t.kind = kind
	return t, n + 1
}

// edge says what a token stands beside.
type edge uint8

const (
	amidWords   edge = iota // other words
	punctuation             // a comma and the like, or a new line
	border                  // a time, or an end of the text; also with tags, days, units and punctuation in between
)

// edges finds out what each token stands beside.
func (p *parser) edges() {
	e := border
	for i := range p.tokens {
		e = p.newline(i, e)
		p.tokens[i].left = e
		e = p.passed(i, e)
	}
	e = border
	for i := len(p.tokens) - 1; i >= 0; i-- {
		e = p.newline(i+1, e)
		p.tokens[i].right = e
		e = p.passed(i, e)
	}
}

// passed returns the edge beyond the token at i, where e is the one before it.
func (p *parser) passed(i int, e edge) edge {
	switch k := p.at(i).kind; {
	case k == timeToken || k == hashToken:
		return border
	case k == unitToken || k == dayToken || k == tagToken:
		if e == border {
			return border
		}
	case p.pauses(i):
		return max(e, punctuation)
	}
	return amidWords
}

// pauses tells whether the token at i separates words as a comma does.
func (p *parser) pauses(i int) bool {
	t := p.at(i)
	if t.word == "-" || t.word == "–" {
		return !t.glued || !p.at(i+1).glued
	}
	return t.kind == symbolToken && strings.Contains(",;:.!?()[]{}|—\"“”*_~…`", t.word)
}

// newline returns e, or punctuation if that is more and a line ends before the
// token at i.
func (p *parser) newline(i int, e edge) edge {
	if i > 0 && i < len(p.tokens) && strings.Contains(p.text[p.tokens[i-1].end:p.tokens[i].start], "\n") {
		return max(e, punctuation)
	}
	return e
}

// apart tells whether the token at i, which has a meaning of its own, is not
// one of the learner's words.
func (p *parser) apart(i int) bool {
	t, prev, next := p.at(i), p.at(i-1), p.at(i+1)
	if t.kind == hashToken || t.kind == timeToken && t.doubt <= dial {
		return true
	}
	if t.left != border && t.right != border ||
		t.left == amidWords && prev.kind == symbolToken || t.right == amidWords && next.glued { // w/ ai, ai-assisted
		return false
	}
	switch t.kind {
	case unitToken:
		return t.left != amidWords
	case dayToken:
		switch {
		case t.strict:
			return t.left != amidWords && t.right != amidWords
		case t.when.ago < 0 && next.kind != timeToken:
			return t.left != amidWords
		}
		return t.left != amidWords || !notBeforeDay[prev.word]
	case tagToken:
		if t.caps {
			return t.left == border && t.right != amidWords
		}
		return (t.left != amidWords || !notBeforeTag[prev.word]) && (t.right != amidWords || !notAfterTag[t.word][next.word])
	}
	return false
}
