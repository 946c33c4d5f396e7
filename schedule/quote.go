package schedule

import "strconv"

// quoted renders what somebody typed for an error message: in quotes, without
// control characters, and cut where it gets long.
func quoted(s string) string {
	const limit = 40
	if runes := []rune(s[:min(len(s), 4*limit)]); len(runes) > limit || len(s) > 4*limit {
		s = string(runes[:min(len(runes), limit)]) + "…"
	}
	return strconv.Quote(s)
}
