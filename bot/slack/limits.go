package slack

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// What Slack takes. Lengths are in characters; see size for how they are
// counted here.
const (
	// https://docs.slack.dev/reference/block-kit/blocks
	maxMessageBlocks = 50  // in a message
	maxViewBlocks    = 100 // in a modal or on App Home

	// https://docs.slack.dev/reference/methods/chat.postMessage#truncating:
	// beyond 40,000 it is cut; up to 4,000 are recommended.
	maxFallback = 4000

	maxHeader  = 150  // https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxText    = 3000 // https://docs.slack.dev/reference/block-kit/composition-objects/text-object
	maxAlt     = 2000 // https://docs.slack.dev/reference/block-kit/blocks/image-block
	maxID      = 255  // of a block or an action: https://docs.slack.dev/reference/block-kit/blocks/actions-block
	maxActions = 25   // elements: https://docs.slack.dev/reference/block-kit/blocks/actions-block

	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxButton      = 75
	maxButtonValue = 2000

	// https://docs.slack.dev/reference/views/modal-views
	maxTitle    = 24 // also of the buttons under a modal
	maxMetadata = 3000

	// https://docs.slack.dev/reference/block-kit/blocks/input-block
	maxLabel = 2000
	maxHint  = 2000

	maxInput       = 3000 // https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	maxOptions     = 100  // https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
	maxCheckboxes  = 10   // https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
	maxOptionText  = 75   // https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	maxOptionValue = 150  // https://docs.slack.dev/reference/block-kit/composition-objects/option-object
)

// size counts the characters of s as UTF-16 code units. Slack does not say
// whether it counts those or code points, of which there are never more.
func size(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut returns s where it has at most max characters once it is written with
// as, and else as much of it as fits with an ellipsis. It cuts between whole
// characters as people see them, before it writes them, so that neither they
// nor an escape are torn. All that has to be cut for Slack is cut here.
func cut(s string, max int, as func(string) string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if whole := as(s); size(whole) <= max {
		return whole
	}
	head, _ := split(s, max-size("…"), as)
	return as(head) + "…"
}

// split divides s after the last whole character with which it has at most max
// characters once it is written with as.
func split(s string, max int, as func(string) string) (head, tail string) {
	at, used := 0, 0
	for at < len(s) {
		n := cluster(s[at:])
		used += size(as(s[at : at+n]))
		if used > max {
			break
		}
		at += n
	}
	return s[:at], s[at:]
}

// verbatim writes text as it is.
func verbatim(s string) string { return s }

// cluster is the length in bytes of the character, as people see it, that s
// begins with: a code point with the marks, modifiers and joined emoji that
// follow it, or the two letters of a flag. Other clusters of several code
// points are not known here, and very long ones are cut.
func cluster(s string) int {
	const longest = 64 // bytes
	r, at := utf8.DecodeRuneInString(s)
	if r == '\r' && strings.HasPrefix(s[at:], "\n") {
		return at + 1
	}
	if isFlag(r) {
		if next, n := utf8.DecodeRuneInString(s[at:]); isFlag(next) {
			at += n
		}
	}
	for joined := false; at < len(s); {
		next, n := utf8.DecodeRuneInString(s[at:])
		if !joined && !extends(next) || at+n > longest {
			break
		}
		joined = next == zeroWidthJoiner
		at += n
	}
	return at
}

const zeroWidthJoiner = '\u200d'

// extends tells whether r belongs to the character before it.
func extends(r rune) bool {
	return r == zeroWidthJoiner || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) ||
		r >= 0x1f3fb && r <= 0x1f3ff || // skin tones
		r >= 0xe0020 && r <= 0xe007f // the tags of regional flags
}

// isFlag tells whether r is one of the letters of which two are a flag.
func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
