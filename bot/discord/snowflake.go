package discord

import (
	"strconv"
	"time"
)

// epoch is where snowflakes begin, in Unix ms
// (https://docs.discord.com/developers/reference#snowflakes).
const epoch = 1420070400000

// isSnowflake tells whether s is an id as Discord gives them out.
func isSnowflake(s string) bool {
	_, ok := number(s)
	return ok
}

// number reads a snowflake: digits, and no more than 64 bits hold.
func number(s string) (uint64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 63)
	return n, err == nil
}

// timeOf is when a snowflake was given out.
func timeOf(s string) (time.Time, bool) {
	n, ok := number(s)
	return time.UnixMilli(int64(n>>22) + epoch), ok
}
