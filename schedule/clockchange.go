package schedule

import (
	"fmt"
	"time"
)

// ClockChange is an instant at which the clocks of a zone are put forward or
// back.
type ClockChange struct {
	At            time.Time // the first instant at which they show the new time
	Before, After Offset
}

// Offset is how far a zone's clocks are ahead of UTC, in seconds.
type Offset int

// String writes the offset as people do: "UTC+1", "UTC-5", "UTC+5:30", "UTC".
func (o Offset) String() string {
	sign := '+'
	if o < 0 {
		sign, o = '-', -o
	}
	switch hours, minutes := o/3600, o/60%60; {
	case o == 0:
		return "UTC"
	case minutes == 0:
		return fmt.Sprintf("UTC%c%d", sign, hours)
	default:
		return fmt.Sprintf("UTC%c%d:%02d", sign, hours, minutes)
	}
}

// NextClockChange returns the first change of a zone's clocks after t, or false
// when there is none before the end.
func NextClockChange(zone *time.Location, t, end time.Time) (ClockChange, bool) {
	t = t.In(zone)
	_, before := t.Zone()
	for {
		at, last := spanEnd(t)
		if last || !at.Before(end) {
			return ClockChange{}, false
		}
		if _, after := at.Zone(); after != before {
			return ClockChange{at.UTC(), Offset(before), Offset(after)}, true
		}
		t = at
	}
}
