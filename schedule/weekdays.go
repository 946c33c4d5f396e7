package schedule

import (
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Weekdays is a set of days of the week. Bit n stands for time.Weekday(n).
type Weekdays uint8

// EveryDay holds all seven days.
const EveryDay Weekdays = 1<<7 - 1

const (
	weekend  Weekdays = 1<<time.Saturday | 1<<time.Sunday
	workdays          = EveryDay &^ weekend
)

// WeekdaysOf returns the set of the given days.
func WeekdaysOf(days ...time.Weekday) (w Weekdays) {
	for _, d := range days {
		w |= 1 << d
	}
	return w
}

// ParseWeekdays reads days such as "Mon-Fri", "mon, wed and fri", "Fri–Mon",
// "weekdays", "every day" or "none". The error can be shown to whoever typed
// it.
func ParseWeekdays(s string) (Weekdays, error) {
	parts := dayParts(s)
	if len(parts) == 0 {
		return 0, fmt.Errorf("days are needed, like Mon-Fri or Mon, Wed, Fri")
	}
	var w Weekdays
	for _, part := range parts {
		days, ok := parseDays(part)
		if !ok {
			return 0, fmt.Errorf("%s does not name days of the week; write them like Mon-Fri or Mon, Wed, Fri", quoted(part))
		}
		w |= days
	}
	return w, nil
}

var rangePattern = regexp.MustCompile(`\s*[-–—]\s*|\s+(?:to|through)\s+`)

// dayParts splits a list of days into names and ranges of the form "mon-fri".
func dayParts(s string) []string {
	s = rangePattern.ReplaceAllString(strings.ToLower(s), "-")
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n,;&+", r) })
	return slices.DeleteFunc(parts, func(p string) bool {
		return p == "and" || p == "every" || p == "on"
	})
}

func parseDays(s string) (w Weekdays, ok bool) {
	switch s {
	case "day", "days", "daily", "everyday", "all":
		return EveryDay, true
	case "weekday", "weekdays":
		return workdays, true
	case "weekend", "weekends":
		return weekend, true
	case "none":
		return 0, true
	}
	first, last, isRange := strings.Cut(s, "-")
	from, ok := parseDay(first)
	if !ok || !isRange {
		return WeekdaysOf(from), ok
	}
	to, ok := parseDay(last)
	if !ok {
		return 0, false
	}
	for w = WeekdaysOf(from); from != to; w |= WeekdaysOf(from) {
		from = (from + 1) % 7
	}
	return w, true
}

// parseDay reads the name of a day, or its first letters, two or more.
func parseDay(s string) (time.Weekday, bool) {
	s = strings.TrimSuffix(s, ".")
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(s) >= 2 && strings.HasPrefix(strings.ToLower(d.String())+"s", s) {
			return d, true
		}
	}
	return 0, false
}

// Has reports whether d is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Count returns how many days are in the set.
func (w Weekdays) Count() int { return bits.OnesCount8(uint8(w & EveryDay)) }

// String renders the set from Monday on, as in "Mon-Fri, Sun", "every day" or
// "none".
func (w Weekdays) String() string {
	switch w.Count() {
	case 0:
		return "none"
	case 7:
		return "every day"
	}
	var parts []string
	for i := 0; i < 7; i++ {
		from := i
		for i < 7 && w.Has(dayFromMonday(i)) {
			i++
		}
		switch name := shortDay(from); i - from {
		case 0:
		case 1:
			parts = append(parts, name)
		case 2:
			parts = append(parts, name, shortDay(i-1))
		default:
			parts = append(parts, name+"-"+shortDay(i-1))
		}
	}
	return strings.Join(parts, ", ")
}

func dayFromMonday(i int) time.Weekday { return time.Weekday((i + 1) % 7) }

func shortDay(i int) string { return dayFromMonday(i).String()[:3] }

// MarshalText renders the set as String does.
func (w Weekdays) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what ParseWeekdays reads.
func (w *Weekdays) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWeekdays(string(b))
	return err
}
