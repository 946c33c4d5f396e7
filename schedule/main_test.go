package schedule

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

// TestMain has zones come from the toolchain's database, which is the one that
// is compiled in; the machine's own may be older or newer.
func TestMain(m *testing.M) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err)
	}
	zoneinfo = filepath.Join(strings.TrimSpace(string(out)), "lib", "time", "zoneinfo.zip")
	if err := os.Setenv("ZONEINFO", zoneinfo); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// zoneinfo is the path of the toolchain's zone database.
var zoneinfo string

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
