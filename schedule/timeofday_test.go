package schedule

import (
	"strings"
	"testing"
)

func TestParseTimeOfDay(t *testing.T) {
	for text, want := range map[string]string{
		"9:00": "09:00", "09:00": "09:00", "0900": "09:00", "930": "09:30", "9.30": "09:30",
		"9am": "09:00", "9 AM": "09:00", "9 a.m.": "09:00", "7:30 pm": "19:30", "7.30PM": "19:30", "730pm": "19:30",
		"12am": "00:00", "12pm": "12:00", "12:30 am": "00:30", "noon": "12:00", "Midnight": "00:00",
		"0:00": "00:00", "23:59": "23:59", " 18:15\n": "18:15",
	} {
		if got, err := ParseTimeOfDay(text); err != nil || got.String() != want {
			t.Errorf("ParseTimeOfDay(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseTimeOfDayRefuses(t *testing.T) {
	for _, text := range []string{
		"", "9", "09", "24:00", "12:60", "9:0", "13pm", "0am", "0:30 am", "-9:00", "9:00:00", "9 o'clock", "٩:٠٠", "9am pm", "99999",
		strings.Repeat("9", 5000),
	} {
		got, err := ParseTimeOfDay(text)
		if err == nil {
			t.Errorf("ParseTimeOfDay(%q) = %s", text, got)
		} else if len(err.Error()) > 300 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}

func TestTimeOfDayRoundTrips(t *testing.T) {
	for want := TimeOfDay(0); want < 24*60; want++ {
		text, err := want.MarshalText()
		var got TimeOfDay
		if err != nil || got.UnmarshalText(text) != nil || got != want {
			t.Fatalf("%d comes back from its text %q as %d", want, text, got)
		}
	}
}

func FuzzParseTimeOfDay(f *testing.F) {
	for _, seed := range []string{"9:00", "0900", "7:30 pm", "noon", "24:00", "9", "12 a.m.", "9:60", "\x00", "９:００"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTimeOfDay(s)
		if err != nil {
			return
		}
		if got < 0 || got >= 24*60 {
			t.Fatalf("ParseTimeOfDay(%q) = %d", s, got)
		}
		if again, err := ParseTimeOfDay(got.String()); err != nil || again != got {
			t.Errorf("%q reads as %s, which reads as %s, %v", s, got, again, err)
		}
	})
}
