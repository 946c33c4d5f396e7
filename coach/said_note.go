package coach

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	commas   = ",;:|–—"
	stops    = ".-!?+&"
	openers  = "([{"
	brackets = "()[]{}<>**__~~``“”\"\""
)

// without returns the text from one byte to another without the cuts, which
// are in order, and without the commas and brackets that these leave behind.
func without(text string, cuts []token, from, to int) string {
	var out []byte
	pos := from
	for _, c := range cuts {
		if c.start >= pos && c.end <= to {
			out = mend(out, text[pos:c.start], pos > from)
			pos = c.end
		}
	}
	rest := strings.TrimSpace(string(mend(out, text[pos:to], pos > from)))
	if strings.Trim(rest, ".!?'…") == "" {
		return ""
	}
	return rest
}

// mend puts two pieces together, with a cut between them if there was one.
func mend(left []byte, right string, cut bool) []byte {
	if !cut {
		return append(left, right...)
	}
	l, r := bytes.TrimRightFunc(left, unicode.IsSpace), strings.TrimLeftFunc(right, unicode.IsSpace)
	space := " "
	if bytes.ContainsRune(left[len(l):], '\n') || strings.Contains(right[:len(right)-len(r)], "\n") {
		space = "\n"
	}
	last, size := utf8.DecodeLastRune(l)
	if first, n := utf8.DecodeRuneInString(r); size > 0 && n > 0 && strings.Contains(brackets, string([]rune{last, first})) {
		return mend(l[:len(l)-size], r[n:], true)
	}
	if size == 0 || strings.ContainsRune(commas+stops+openers, last) {
		r = trimStops(r)
	}
	switch {
	case r == "":
		return append(trimEnd(l), space...)
	case size == 0, strings.ContainsRune(openers, last), len(r) == len(right) && strings.ContainsAny(r[:1], ",;:.!?)]}"):
		space = ""
	}
	return append(append(l, space...), r...)
}

// trimStops cuts off the commas that s begins with, and what else stands there
// alone.
func trimStops(s string) string {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		next, _ := utf8.DecodeRuneInString(s[size:])
		alone := size == len(s) || unicode.IsSpace(next)
		if !strings.ContainsRune(commas, r) && !(alone && strings.ContainsRune(stops, r)) {
			break
		}
		s = strings.TrimLeftFunc(s[size:], unicode.IsSpace)
	}
	return s
}

// trimEnd cuts off the commas that b ends with, and the dashes and the like
// that stand there alone.
func trimEnd(b []byte) []byte {
	for {
		b = bytes.TrimRightFunc(bytes.TrimRight(b, commas), unicode.IsSpace)
		last := len(b) - 1
		if last < 0 || !strings.ContainsRune("-+&", rune(b[last])) || last > 0 && b[last-1] != ' ' {
			return b
		}
		b = b[:last]
	}
}
