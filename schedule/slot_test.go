package schedule

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestResolve(t *testing.T) {
	for _, test := range []struct{ name, zone, slot, want string }{
		{"an ordinary day", "America/New_York", "2027-03-10T09:00", "2027-03-10T09:00:00-05:00"},
		{"just before a gap", "America/New_York", "2027-03-14T01:59", "2027-03-14T01:59:00-05:00"},
		{"at the start of a gap", "America/New_York", "2027-03-14T02:00", "2027-03-14T03:00:00-04:00"},
		{"in a gap", "America/New_York", "2027-03-14T02:30", "2027-03-14T03:00:00-04:00"},
		{"at the end of a gap", "America/New_York", "2027-03-14T03:00", "2027-03-14T03:00:00-04:00"},
		{"in a fold", "America/New_York", "2027-11-07T01:30", "2027-11-07T01:30:00-04:00"},
		{"just after a fold", "America/New_York", "2027-11-07T02:00", "2027-11-07T02:00:00-05:00"},
		{"midnight in a gap", "Asia/Beirut", "2027-03-28T00:00", "2027-03-28T01:00:00+03:00"},
		{"midnight in a gap, Cairo", "Africa/Cairo", "2027-04-30T00:30", "2027-04-30T01:00:00+03:00"},
		{"a fold before midnight", "Africa/Cairo", "2027-10-28T23:30", "2027-10-28T23:30:00+03:00"},
		{"midnight in a gap, Santiago", "America/Santiago", "2027-09-05T00:00", "2027-09-05T01:00:00-03:00"},
		{"in half an hour's gap", "Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-03T02:30:00+11:00"},
		{"in half an hour's fold", "Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-04T01:45:00+11:00"},
		{"on a day left out", "Pacific/Apia", "2011-12-30T09:00", "2011-12-31T00:00:00+14:00"},
		{"on a day left out long ago", "Pacific/Kwajalein", "1993-08-21T09:00", "1993-08-22T00:00:00+12:00"},
		{"on a day that came twice", "Pacific/Kwajalein", "1969-09-30T12:00", "1969-09-30T12:00:00+11:00"},
		{"where summer is the standard time", "Europe/Dublin", "2027-03-28T01:30", "2027-03-28T02:00:00+01:00"},
		{"no change ever", "UTC", "2027-03-14T02:30", "2027-03-14T02:30:00Z"},
		{"on the 366th day, by a rule for ever", "America/Santiago", "2028-12-31T12:00", "2028-12-31T12:00:00-03:00"},
		{"on the 366th day's last minute", "Pacific/Auckland", "2048-12-31T23:59", "2048-12-31T23:59:00+13:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Resolve(mustSlot(t, test.slot), mustZone(t, test.zone))
			if got.Format(time.RFC3339) != test.want {
				t.Errorf("%s in %s comes at %s, want %s", test.slot, test.zone, got.Format(time.RFC3339), test.want)
			}
		})
	}
}

// What Resolve returns shows the slot or has jumped over it, and the second
// before does not.
func TestResolveIsTheFirstInstantToShowTheSlotOrLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		slot := Slot{anyDate(t), TimeOfDay(rapid.Int16Range(0, 1439).Draw(t, "time"))}
		at := Resolve(slot, loc)
		if SlotAt(at, loc).Before(slot) {
			t.Errorf("%s comes at %s, when the clocks show less", slot, at)
		}
		for _, before := range []time.Duration{time.Second, time.Minute, 20 * time.Minute, time.Hour, 25 * time.Hour} {
			if shown := SlotAt(at.Add(-before), loc); !shown.Before(slot) {
				t.Errorf("%s comes at %s, but %s earlier the clocks show %s", slot, at, before, shown)
			}
		}
	})
}

func TestSlotRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Slot{anyDate(t), TimeOfDay(rapid.Int16Range(0, 1439).Draw(t, "time"))}
		text, err := want.MarshalText()
		var got Slot
		if err != nil || got.UnmarshalText(text) != nil || got != want {
			t.Errorf("%s comes back from its text %q as %s", want, text, got)
		}
	})
}

func TestSlotsAreInOrder(t *testing.T) {
	slots := []Slot{mustSlot(t, "2026-12-31T23:59"), mustSlot(t, "2027-01-01T00:00"), mustSlot(t, "2027-01-01T00:01")}
	for i, a := range slots {
		for j, b := range slots {
			if a.Before(b) != (i < j) {
				t.Errorf("%s.Before(%s) = %t", a, b, a.Before(b))
			}
		}
	}
}

func TestParseSlotRefuses(t *testing.T) {
	for _, s := range []string{"", "2027-03-14", "T02:30", "2027-03-14T2:30", "2027-03-14T02:30Z", "2027-03-14 02:30", "2027-03-14Tnoon", "2027-02-30T02:30", "2027-03-14T24:00"} {
		if got, err := ParseSlot(s); err == nil {
			t.Errorf("ParseSlot(%q) = %s", s, got)
		}
	}
}

func FuzzParseSlot(f *testing.F) {
	for _, seed := range []string{"2027-03-14T02:30", "0000-01-01T00:00", "9999-12-31T23:59", "2027-03-14", "T", "2027-03-14T2:30", "2027-03-14Tnoon"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := ParseSlot(s); err == nil && got.String() != s {
			t.Errorf("ParseSlot(%q) = %s", s, got)
		}
	})
}
