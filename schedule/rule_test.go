package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// occurrences renders the first n occurrences after a slot, as slot and instant.
func occurrences(r Rule, after Slot, n int) (list []string) {
	for range n {
		o, ok := r.Next(after)
		if !ok {
			break
		}
		list = append(list, o.Slot.String()+" "+o.At.UTC().Format("2006-01-02T15:04Z"))
		after = o.Slot
	}
	return list
}

func TestNext(t *testing.T) {
	march := []Date{DateOf(2027, 3, 16), DateOf(2027, 3, 12)}
	for _, test := range []struct {
		name, spec, zone string
		days             Weekdays
		holidays         []Date
		after            string
		want             []string
	}{
		{
			"mornings at home stay mornings", "0 9 * * *", "America/New_York", workdays, march, "2027-03-11T08:00",
			[]string{"2027-03-11T09:00 2027-03-11T14:00Z", "2027-03-15T09:00 2027-03-15T13:00Z", "2027-03-17T09:00 2027-03-17T13:00Z"},
		},
		{
			"a slot is not after itself", "0 9 * * *", "UTC", EveryDay, nil, "2027-03-11T09:00",
			[]string{"2027-03-12T09:00 2027-03-12T09:00Z"},
		},
		{
			"slots in a gap come together, each once", "*/20 2 14 3 *", "America/New_York", EveryDay, nil, "2027-01-01T00:00",
			[]string{"2027-03-14T02:00 2027-03-14T07:00Z", "2027-03-14T02:20 2027-03-14T07:00Z", "2027-03-14T02:40 2027-03-14T07:00Z", "2028-03-14T02:00 2028-03-14T06:00Z"},
		},
		{
			"slots in a fold come once", "30 1 * * *", "America/New_York", EveryDay, nil, "2027-11-06T12:00",
			[]string{"2027-11-07T01:30 2027-11-07T05:30Z", "2027-11-08T01:30 2027-11-08T06:30Z"},
		},
		{
			"a day left out still has its slot", "0 9 * * *", "Pacific/Apia", EveryDay, nil, "2011-12-29T00:00",
			[]string{"2011-12-29T09:00 2011-12-29T19:00Z", "2011-12-30T09:00 2011-12-30T10:00Z", "2011-12-31T09:00 2011-12-30T19:00Z"},
		},
		{
			"leap days come where they do", "0 9 29 2 *", "UTC", EveryDay, nil, "2095-01-01T00:00",
			[]string{"2096-02-29T09:00 2096-02-29T09:00Z", "2104-02-29T09:00 2104-02-29T09:00Z"},
		},
		{
			"and once more after a holiday", "0 9 29 2 *", "UTC", WeekdaysOf(time.Sunday), []Date{DateOf(2088, 2, 29), DateOf(2128, 2, 29)}, "2061-01-01T00:00",
			[]string{"2156-02-29T09:00 2156-02-29T09:00Z"},
		},
		{
			"even once in decades", "0 9 29 2 *", "UTC", WeekdaysOf(time.Sunday), nil, "2088-03-01T00:00",
			[]string{"2128-02-29T09:00 2128-02-29T09:00Z"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := ParseRule(test.spec, test.zone, test.days, test.holidays)
			if err != nil {
				t.Fatal(err)
			}
			got := occurrences(r, mustSlot(t, test.after), len(test.want))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", test.after, diff)
			}
		})
	}
}

// The rarest of rules has another occurrence before Next gives up.
func TestLongestGap(t *testing.T) {
	var last [7]Date
	longest := Date(0)
	for year := 1600; year < 2100; year += 4 {
		if leap := DateOf(year, time.February, 29); leap.Format("02") == "29" {
			if before := last[leap.Weekday()]; before != 0 {
				longest = max(longest, leap-before)
			}
			last[leap.Weekday()] = leap
		}
	}
	if longest < 40*365 || longest >= longestGap {
		t.Errorf("leap days on a weekday are up to %d days apart", longest)
	}
}

func TestNextAfter(t *testing.T) {
	for _, test := range []struct{ name, spec, after, want string }{
		{"before it comes", "0 9 * * *", "2027-03-10T08:59:59-05:00", "2027-03-10T09:00"},
		{"when it comes, the next", "0 9 * * *", "2027-03-10T09:00:00-05:00", "2027-03-11T09:00"},
		{"just before a gap", "30 2 * * *", "2027-03-14T01:59:59-05:00", "2027-03-14T02:30"},
		{"just after a gap", "30 2 * * *", "2027-03-14T03:00:00-04:00", "2027-03-15T02:30"},
		{"before the first pass", "30 1 * * *", "2027-11-07T01:29:00-04:00", "2027-11-07T01:30"},
		{"between the passes", "30 1 * * *", "2027-11-07T01:10:00-05:00", "2027-11-08T01:30"},
		{"after both", "30 1 * * *", "2027-11-07T01:30:00-05:00", "2027-11-08T01:30"},
		{"every minute, between the passes", "* * * * *", "2027-11-07T01:10:00-05:00", "2027-11-07T02:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := ParseRule(test.spec, "America/New_York", EveryDay, nil)
			if err != nil {
				t.Fatal(err)
			}
			if o, ok := r.NextAfter(mustTime(t, test.after)); !ok || o.Slot.String() != test.want {
				t.Errorf("after %s: %s, %t; want %s", test.after, o.Slot, ok, test.want)
			}
		})
	}
}

func TestTimeEnds(t *testing.T) {
	r, err := ParseRule("0 9 * * *", "UTC", EveryDay, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := r.Next(mustSlot(t, "9999-12-31T08:00")); !ok || o.Slot.String() != "9999-12-31T09:00" {
		t.Errorf("the last occurrence is %s, %t", o.Slot, ok)
	}
	for _, after := range []Slot{mustSlot(t, "9999-12-31T09:00"), {Date: 1<<31 - 1}} {
		if o, ok := r.Next(after); ok {
			t.Errorf("after %s comes %s", after, o.Slot)
		}
	}
}

func TestTheZeroRuleNeverFires(t *testing.T) {
	var r Rule
	if o, ok := r.Next(Slot{}); ok {
		t.Errorf("Next = %s", o.Slot)
	}
	if o, ok := r.NextAfter(time.Unix(0, 0)); ok {
		t.Errorf("NextAfter = %s", o.Slot)
	}
}

func TestSpecs(t *testing.T) {
	if got := DailyAt(9*60 + 5); got != "5 9 * * *" {
		t.Error(got)
	}
	if got := WeeklyAt(time.Sunday, 18*60); got != "0 18 * * 0" {
		t.Error(got)
	}
	r, err := ParseRule(" 30  9 * * MON-FRI ", "europe/berlin", EveryDay, nil)
	if err != nil || r.Spec() != "30 9 * * MON-FRI" || r.Zone().String() != "Europe/Berlin" {
		t.Errorf("%q in %s, %v", r.Spec(), r.Zone(), err)
	}
}

func TestParseRuleRefuses(t *testing.T) {
	for _, test := range []struct {
		spec, zone string
		days       Weekdays
		want       string // of the error
	}{
		{"0 9 * * *", "", EveryDay, "a time zone is needed"},
		{"0 9 * * *", "Local", EveryDay, "no time zone"},
		{"0 9 * * *", "Mars/Olympus", EveryDay, "no time zone"},
		{"", "UTC", EveryDay, "empty"},
		{"0 9 * *", "UTC", EveryDay, "expected exactly 5 fields, found 4"},
		{"0 0 9 * * *", "UTC", EveryDay, "expected exactly 5 fields, found 6"},
		{"60 9 * * *", "UTC", EveryDay, "above maximum"},
		{"0 9 * * 7", "UTC", EveryDay, "above maximum"},
		{"*/0 9 * * *", "UTC", EveryDay, "step of range should be a positive number"},
		{", 9 * * *", "UTC", EveryDay, "a field is empty"},
		{"TZ=UTC 0 9 * * *", "UTC", EveryDay, "set apart"},
		{"CRON_TZ=UTC 0 9 * * *", "UTC", EveryDay, "set apart"},
		{"TZ=0", "UTC", EveryDay, "set apart"}, // the parser panics at it
		{" tz=UTC 0 9 * * *", "UTC", EveryDay, "set apart"},
		{"@daily", "UTC", EveryDay, "not understood"},
		{"@every 1h", "UTC", EveryDay, "not understood"},
		{strings.Repeat("0,", 300) + "0 9 * * *", "UTC", EveryDay, "longer than"},
		{"0 9 30 2 *", "UTC", EveryDay, "never comes"},
		{"0 9 31 4,6,9,11 *", "UTC", EveryDay, "never comes"},
		{"0 9 * * *", "UTC", 0, "never comes on the days it may (none)"},
		{"0 9 * * *", "UTC", 1 << 7, "never comes on the days it may (none)"},
		{"0 9 * * 0", "UTC", workdays, "never comes on the days it may (Mon-Fri)"},
	} {
		_, err := ParseRule(test.spec, test.zone, test.days, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("ParseRule(%q, %q, %s): %v; want %q", test.spec, test.zone, test.days, err, test.want)
		}
	}
}

func FuzzParseRule(f *testing.F) {
	for _, spec := range []string{
		"0 9 * * *", "*/15 8-17 1,15 jan-jun mon-fri", "TZ=0", "CRON_TZ= 0", "@every 1s", "0 0 29 2 *", "0 0 30 2 *",
		", , , , ,", "? ? ? ? ?", "* * * * */2", "5-1 * * * *", "*/99999999999999999999 * * * *", "59/9223372036854775807 * * * *",
	} {
		f.Add(spec, "America/New_York", uint8(EveryDay), int32(20_000))
	}
	f.Add("0 9 * * 1", "Asia/Beirut", uint8(WeekdaysOf(time.Monday)), int32(1<<31-1))
	f.Fuzz(func(t *testing.T, spec, zone string, days uint8, day int32) {
		r, err := ParseRule(spec, zone, Weekdays(days), []Date{Date(day)})
		if err != nil {
			return
		}
		after := Slot{Date: Date(day) - 1}
		for range 3 {
			o, ok := r.Next(after)
			if !ok {
				break
			}
			if !after.Before(o.Slot) || o.Slot.Date == Date(day) || !Weekdays(days).Has(o.Slot.Date.Weekday()) {
				t.Fatalf("%q on %s but not %s: after %s comes %s", spec, Weekdays(days), Date(day), after, o.Slot)
			}
			after = o.Slot
		}
		if again, err := ParseRule(r.Spec(), r.Zone().String(), Weekdays(days), nil); err != nil || again.Spec() != r.Spec() {
			t.Errorf("the rule's own text %q is refused: %v", r.Spec(), err)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	for _, bench := range []struct {
		name, spec string
		days       Weekdays
	}{
		{"daily", "30 9 * * *", EveryDay},
		{"workdays", "30 9 * * *", workdays},
		{"weekly", "0 18 * * 0", EveryDay},
		{"leap days", "0 9 29 2 *", EveryDay},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r, err := ParseRule(bench.spec, "America/New_York", bench.days, nil)
			if err != nil {
				b.Fatal(err)
			}
			start := mustSlot(b, "2027-01-01T00:00")
			at := start
			for b.Loop() {
				o, ok := r.Next(at)
				if at = o.Slot; !ok || at.Date > start.Date+10_000 {
					at = start
				}
			}
		})
	}
}

func BenchmarkParseRule(b *testing.B) {
	for b.Loop() {
		if _, err := ParseRule("30 9 * * 1-5", "America/New_York", EveryDay, nil); err != nil {
			b.Fatal(err)
		}
	}
}
