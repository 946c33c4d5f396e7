package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// TimeOfDay is a time on the wall clock in whole minutes after 00:00, from 0
// to 1,439.
type TimeOfDay int16

// ParseTimeOfDay reads a time such as 09:00, 9:00, 9.30, 0900, 9am, 7:30 pm,
// noon or midnight. A bare hour is refused, since 7 may be meant as 7 pm. The
// error can be shown to whoever typed it.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	switch plain := strings.ToLower(strings.TrimSpace(s)); plain {
	case "noon":
		return 12 * 60, nil
	case "midnight":
		return 0, nil
	default:
		if t, ok := clockTime(plain); ok {
			return t, nil
		}
		return 0, fmt.Errorf("%s is not a time of day; write it like 09:00 or 7:30 pm", quoted(s))
	}
}

var clockPattern = regexp.MustCompile(`^(\d{1,2})(?:[:.]?(\d{2}))?\s*(?:([ap])\.?m\.?)?$`)

func clockTime(s string) (t TimeOfDay, ok bool) {
	m := clockPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2]) // 0 when it is left out
	switch half := m[3]; {
	case half == "" && m[2] == "":
		return 0, false
	case half != "" && (hour < 1 || hour > 12):
		return 0, false
	case half == "a":
		hour %= 12
	case half == "p":
		hour = hour%12 + 12
	}
	return TimeOfDay(60*hour + minute), hour < 24 && minute < 60
}

// Hour returns the hour of t, 0 to 23.
func (t TimeOfDay) Hour() int { return int(t) / 60 }

// Minute returns the minute of t's hour, 0 to 59.
func (t TimeOfDay) Minute() int { return int(t) % 60 }

// String renders t as 09:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute()) }

// MarshalText renders t as 09:00.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTimeOfDay reads.
func (t *TimeOfDay) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTimeOfDay(string(b))
	return err
}
