package schedule

import (
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mustZone loads a zone that is known to exist.
func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// mustTime reads a time written as RFC 3339.
func mustTime(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// mustSlot reads a slot.
func mustSlot(t testing.TB, s string) Slot {
	t.Helper()
	slot, err := ParseSlot(s)
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

// anyZone draws a zone, anyDate a date of the years 1850 to 2150, and
// anyInstant an instant of the same.
func anyZone(t *rapid.T) *time.Location {
	loc, err := LoadZone(rapid.SampledFrom(Zones()).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func anyDate(t *rapid.T) Date {
	return Date(rapid.Int32Range(int32(DateOf(1850, 1, 1)), int32(DateOf(2150, 1, 1))).Draw(t, "date"))
}

func anyInstant(t *rapid.T) time.Time {
	return anyDate(t).midnight().Add(time.Duration(rapid.Int64Range(0, 86399).Draw(t, "second")) * time.Second)
}
