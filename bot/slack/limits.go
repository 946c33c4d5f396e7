package slack

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"studycoach/bot"
)

// What Slack takes. Lengths are in characters; see size for how they are
// counted here.
const (
	// Blocks: https://docs.slack.dev/reference/block-kit/blocks
	maxMessageBlocks = 50  // in a message
	maxViewBlocks    = 100 // in a modal or on App Home

	// What the blocks of a message may come to. It is documented nowhere. Slack's
	// people speak of 12,000 characters of text with some room for what is around
	// it, and rich_text with less text has been refused as msg_blocks_too_long:
	// https://github.com/slackapi/bolt-js/issues/2509 and
	// https://github.com/slackapi/bolt-js/issues/2867. So here it is the length
	// of the blocks as JSON, which is more than that of the text in them.
	maxMessage = 12_000

	// One rich_text block, or a row of buttons, as JSON. There is no documented
	// limit; this holds the 3,000 characters that a section takes, and what is
	// around them.
	maxRich = 4000

	// The fallback: beyond 4,000 characters it is not recommended, beyond 40,000
	// Slack cuts it:
	// https://docs.slack.dev/reference/methods/chat.postMessage#truncating
	maxFallback = 4000

	maxHeader = 150  // https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxText   = 3000 // https://docs.slack.dev/reference/block-kit/composition-objects/text-object
	maxAlt    = 1900 // of 2,000, so that a message holds it in any spelling: https://docs.slack.dev/reference/block-kit/blocks/image-block

	// https://docs.slack.dev/reference/block-kit/blocks/actions-block
	maxActions = 25  // elements
	maxID      = 255 // of a block, and of an action

	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxButton      = 75
	maxButtonValue = 2000

	// https://docs.slack.dev/reference/views/modal-views
	maxTitle    = 24 // also of the button that submits
	maxMetadata = 3000

	// https://docs.slack.dev/reference/block-kit/blocks/input-block
	maxLabel = 2000
	maxHint  = 2000

	// Elements: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element,
	// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element and
	// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
	maxInput      = 3000
	maxOptions    = 100 // of a select, or of one of its groups
	maxGroups     = 100
	maxCheckboxes = 10

	// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	// and https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
	maxOptionText  = 75
	maxOptionValue = 150
	maxGroupLabel  = 75
)

// size counts the characters of s as UTF-16 code units. Slack does not say
// whether it counts those or code points, of which there are never more.
func size(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cut returns s where it has at most limit characters once it is written with
// as, and else as much of it as fits with an ellipsis. It cuts between whole
// characters as people see them, before they are written, so that neither they
// nor an escape are torn.
func cut(s string, limit int, as func(string) string) string {
	if whole := as(s); size(whole) <= limit {
		return whole
	}
	head, _ := split(s, limit-size("…"), as)
	return as(head) + "…"
}

// split divides s after the last whole character with which it has at most
// limit characters once it is written with as. All that is too long for Slack
// is divided here.
func split(s string, limit int, as func(string) string) (head, tail string) {
	at, used := 0, 0
	for at < len(s) {
		n := cluster(s[at:])
		if used += size(as(s[at : at+n])); used > limit {
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
// follow it, or the two letters of a flag. What else several code points can
// be is not known here, and of a heap of marks only the first few count.
func cluster(s string) int {
	const longest = 64 // bytes
	r, at := utf8.DecodeRuneInString(s)
	if bot.IsFlag(r) {
		if next, n := utf8.DecodeRuneInString(s[at:]); bot.IsFlag(next) {
			at += n
		}
	}
	for joined := false; at < len(s); {
		next, n := utf8.DecodeRuneInString(s[at:])
		if !joined && !bot.Extends(next) || at+n > longest {
			break
		}
		joined = next == bot.ZeroWidthJoiner
		at += n
	}
	return at
}

// tidy takes out of a text what is no character: broken UTF-8, and control
// characters but for the line end and the tab.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
