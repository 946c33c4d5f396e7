package schedule

import (
	"testing"
	"time"
)

func TestNextClockChange(t *testing.T) {
	for _, tt := range []struct{ zone, from, want string }{
		{"America/New_York", "2027-01-01", "2027-03-14T07:00Z UTC-5 UTC-4"},
		{"America/New_York", "2027-06-01", "2027-11-07T06:00Z UTC-4 UTC-5"},
		{"Australia/Lord_Howe", "2027-01-01", "2027-04-03T15:00Z UTC+11 UTC+10:30"},
		{"Europe/London", "2027-01-01", "2027-03-28T01:00Z UTC UTC+1"},
		{"Europe/Dublin", "2060-12-01", "2061-03-27T01:00Z UTC UTC+1"}, // by a rule that goes on for ever, past a leap year
		{"Africa/Casablanca", "2027-01-01", "2027-02-07T02:00Z UTC+1 UTC"},
		{"Asia/Kolkata", "2027-01-01", ""},
		{"UTC", "2027-01-01", ""},
	} {
		zone, err := LoadZone(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.Parse(time.DateOnly, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if c, ok := NextClockChange(zone, from, from.AddDate(1, 0, 0)); ok {
			got = c.At.Format("2006-01-02T15:04Z07 ") + c.Before.String() + " " + c.After.String()
		}
		if got != tt.want {
			t.Errorf("%s from %s: %q, want %q", tt.zone, tt.from, got, tt.want)
		}
	}
}

// Between two changes that follow each other, the offset is the same every day.
func TestNoClockChangeIsLeftOut(t *testing.T) {
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	end := begin.AddDate(3, 0, 0)
	for _, name := range Zones() {
		zone, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		next, more := NextClockChange(zone, begin, end)
		for at := begin; at.Before(end); at = at.Add(24 * time.Hour) {
			_, was := at.In(zone).Zone()
			tomorrow := at.Add(24 * time.Hour)
			changed := false
			for more && !next.At.After(tomorrow) {
				changed = true
				next, more = NextClockChange(zone, next.At, end)
			}
			if _, is := tomorrow.In(zone).Zone(); is != was && !changed {
				t.Fatalf("%s: the clocks change within a day of %s, which is left out", name, at)
			}
		}
	}
}
