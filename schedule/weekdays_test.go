package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestParseWeekdays(t *testing.T) {
	for text, want := range map[string]string{
		"Mon-Fri":                          "Mon-Fri",
		"mon,wed,fri":                      "Mon, Wed, Fri",
		"every day":                        "every day",
		"Mon–Sat":                          "Mon-Sat",
		"Monday to Thursday":               "Mon-Thu",
		"tues, thurs & sa":                 "Tue, Thu, Sat",
		"Fri - Mon":                        "Mon, Fri-Sun",
		"weekdays":                         "Mon-Fri",
		"weekends":                         "Sat, Sun",
		"every weekday and sun":            "Mon-Fri, Sun",
		"on Mondays":                       "Mon",
		"daily":                            "every day",
		"sun-sat":                          "every day",
		"mon-mon":                          "Mon",
		"Wed.; Thu. through Fri.; Sunday":  "Wed-Fri, Sun",
		"none":                             "none",
		"mo tu we":                         "Mon-Wed",
		"Mon\nTue":                         "Mon, Tue",
		strings.Repeat("mon, ", 20) + "tu": "Mon, Tue",
	} {
		if got, err := ParseWeekdays(text); err != nil || got.String() != want {
			t.Errorf("ParseWeekdays(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseWeekdaysRefuses(t *testing.T) {
	for _, text := range []string{"", " , ", "and", "m", "t-f", "mon-", "-fri", "mon-wed-fri", "someday", "8", "Montag", "пн", strings.Repeat("x", 5000)} {
		got, err := ParseWeekdays(text)
		if err == nil {
			t.Errorf("ParseWeekdays(%q) = %s", text, got)
		} else if len(err.Error()) > 300 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}

func TestWeekdaysRoundTrip(t *testing.T) {
	for want := range EveryDay + 1 {
		text, err := want.MarshalText()
		var got Weekdays
		if err != nil || got.UnmarshalText(text) != nil || got != want {
			t.Errorf("%07b comes back from its text %q as %07b", want, text, got)
		}
	}
}

func TestWeekdaysHoldDays(t *testing.T) {
	w := WeekdaysOf(time.Sunday, time.Wednesday, time.Wednesday)
	if w.Count() != 2 || !w.Has(time.Sunday) || !w.Has(time.Wednesday) || w.Has(time.Monday) {
		t.Errorf("%s, %d days", w, w.Count())
	}
	if EveryDay.Count() != 7 || Weekdays(0).Count() != 0 {
		t.Error("every day is not seven days, or none is some")
	}
}

func FuzzParseWeekdays(f *testing.F) {
	for _, seed := range []string{"Mon-Fri", "mon,wed,fri", "every day", "Mon–Sat", "fri to mon", "none", "-", "m", "\xff-\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseWeekdays(s)
		if err != nil {
			return
		}
		if again, err := ParseWeekdays(got.String()); err != nil || again != got {
			t.Errorf("%q reads as %s, which reads as %s, %v", s, got, again, err)
		}
	})
}
