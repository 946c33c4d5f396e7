package bot

import "unicode"

// Extends tells whether r belongs to the character, as people see it, that it
// follows: an accent, a variation, a skin tone, a joiner, or a part of a regional
// flag.
func Extends(r rune) bool {
	return r == ZeroWidthJoiner || unicode.Is(unicode.M, r) ||
		r >= 0x1f3fb && r <= 0x1f3ff || // skin tones
		r >= 0xe0020 && r <= 0xe007f // the tags of regional flags
}

// ZeroWidthJoiner makes one emoji of those on both sides of it.
const ZeroWidthJoiner = '\u200d'

// IsFlag tells whether r is one of the letters of which two are a flag.
func IsFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
