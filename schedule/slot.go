package schedule

import (
	"fmt"
	"strings"
	"time"
)

// Slot is a minute on the wall clock, without a zone. It is the identity of an
// occurrence: a change of the clocks can move the instant at which a slot
// comes, or keep its minute from ever being shown, but not make two of it.
type Slot struct {
	Date Date
	Time TimeOfDay
}

// SlotAt returns the minute that the clocks of loc show at t.
func SlotAt(t time.Time, loc *time.Location) Slot {
	local := t.In(loc)
	return Slot{DateOf(local.Date()), TimeOfDay(60*local.Hour() + local.Minute())}
}

// ParseSlot reads a slot written as 2027-03-14T02:30.
func ParseSlot(s string) (Slot, error) {
	date, clock, _ := strings.Cut(s, "T")
	d, errDate := ParseDate(date)
	t, errTime := ParseTimeOfDay(clock)
	if slot := (Slot{d, t}); errDate == nil && errTime == nil && slot.String() == s {
		return slot, nil
	}
	return Slot{}, fmt.Errorf("%s is not a slot like 2027-03-14T02:30", quoted(s))
}

// Before reports whether s comes before other on the wall clock.
func (s Slot) Before(other Slot) bool {
	return s.Date < other.Date || s.Date == other.Date && s.Time < other.Time
}

// String renders s as 2027-03-14T02:30.
func (s Slot) String() string { return s.Date.String() + "T" + s.Time.String() }

// MarshalText renders s as 2027-03-14T02:30.
func (s Slot) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Slot) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSlot(string(b))
	return err
}

// utc returns the instant at which s comes in UTC, where no clock ever changes
// and arithmetic on instants is arithmetic on the wall clock.
func (s Slot) utc() time.Time {
	return s.Date.midnight().Add(time.Duration(s.Time) * time.Minute)
}

// Resolve returns when slot comes in loc: the first instant at which the clocks
// there show the slot or anything later. Of a minute that the clocks show twice
// that is the first; for a minute that they jump over it is the instant of the
// jump.
func Resolve(slot Slot, loc *time.Location) time.Time {
	wall := slot.utc()
	// From an instant at which no zone has come to the slot yet, go through the
	// spans between changes of the clocks. ([time.Date] would do but for gaps
	// and folds, where it does not say which side it takes.)
	t := wall.Add(-furthestAhead).In(loc)
	for {
		_, offset := t.Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if at.Before(t) { // the jump that began this span went over the slot
			return t
		}
		end, last := spanEnd(t)
		if last || at.Before(end) {
			return at
		}
		t = end
	}
}

// furthestAhead is more than any zone is or was ahead of UTC; POSIX allows 25
// hours at most.
const furthestAhead = 26 * time.Hour

// spanEnd returns the next instant after t at which the clocks of its location
// may change, or true when they never do again.
func spanEnd(t time.Time) (end time.Time, last bool) {
	_, end = t.ZoneBounds()
	if end.IsZero() {
		return end, true
	}
	if !end.After(t) {
		// Where a rule carries a zone on for ever, the time package ends each
		// year after 365 days. This is the 366th.
		end = t.Truncate(24 * time.Hour).Add(24 * time.Hour)
	}
	return end, false
}
