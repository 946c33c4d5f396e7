package schedule

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

// The oracle finds out by brute force when rules fire, sharing nothing with the
// code under test but Date: it walks the minutes of absolute time, reads the
// clocks of a zone at each, and keeps the latest wall minute seen. A wall minute
// comes when the clocks first show it or anything later. Whether it is one of
// the rule's is decided by comparing fields.

var oracle = flag.String("oracle", "short", `"full" walks every zone from 2020 to 2035`)

// oracleSpans are what is walked: some days on both sides of every change of the
// clocks between the years, and a quiet span for a zone that has none.
type oracleSpan struct {
	zone     string
	from, to int // years, inclusive
}

func oracleSpans() (spans []oracleSpan) {
	if *oracle == "full" {
		for _, name := range Zones() {
			spans = append(spans, oracleSpan{name, 2020, 2035})
		}
		return append(spans, oracleSpan{"Pacific/Apia", 2011, 2011})
	}
	for _, name := range []string{
		"America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Pacific/Apia", "Asia/Kolkata",
	} {
		spans = append(spans, oracleSpan{name, 2024, 2030})
	}
	return append(spans, oracleSpan{"Pacific/Apia", 2011, 2011}) // the year without a 30 December
}

// around is how much is walked before and after a change.
const around = 2 * 24 * time.Hour

func TestOracle(t *testing.T) {
	for _, span := range oracleSpans() {
		t.Run(fmt.Sprintf("%s/%d-%d", span.zone, span.from, span.to), func(t *testing.T) {
			t.Parallel()
			loc := mustZone(t, span.zone)
			for _, change := range changes(loc, span.from, span.to) {
				checkAround(t, loc, change)
				checkStudyDays(t, loc, change)
			}
			checkYears(t, loc, span.from, span.to)
		})
	}
}

// changes finds the instants at which the offset of loc changes, to the quarter
// of an hour before; or an instant in the middle if it never does.
func changes(loc *time.Location, from, to int) (found []time.Time) {
	const step = 15 * time.Minute
	end := time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC)
	t := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC)
	_, offset := t.In(loc).Zone()
	for ; t.Before(end); t = t.Add(step) {
		if _, next := t.Add(step).In(loc).Zone(); next != offset {
			found = append(found, t)
			offset = next
		}
	}
	if len(found) == 0 {
		found = append(found, time.Date((from+to)/2, 7, 1, 0, 0, 0, 0, time.UTC))
	}
	return found
}

// fields is a rule as the oracle sees it; -1 stands for any.
type fields struct{ minute, hour, day, weekday int }

func (f fields) spec() string {
	field := func(n int) string {
		if n < 0 {
			return "*"
		}
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s %s %s * %s", field(f.minute), field(f.hour), field(f.day), field(f.weekday))
}

// wall is a minute on a clock.
type wall struct {
	date   Date
	minute int // of the day
}

func (w wall) next() wall {
	if w.minute == 24*60-1 {
		return wall{w.date + 1, 0}
	}
	return wall{w.date, w.minute + 1}
}

func (w wall) after(other wall) bool {
	return w.date > other.date || w.date == other.date && w.minute > other.minute
}

func read(t time.Time, loc *time.Location) wall {
	local := t.In(loc)
	hour, minute, _ := local.Clock()
	return wall{DateOf(local.Date()), 60*hour + minute}
}

func (f fields) match(w wall) bool {
	ok := func(field, value int) bool { return field < 0 || field == value }
	if !ok(f.minute, w.minute%60) || !ok(f.hour, w.minute/60) {
		return false
	}
	_, _, day := w.date.Civil()
	return ok(f.day, day) && ok(f.weekday, int(w.date.Weekday()))
}

// awkward are the rules that a change at the given instant could upset.
func awkward(change time.Time, loc *time.Location) (rules []fields) {
	for _, at := range [][2]int{{0, 0}, {0, 30}, {1, 30}, {2, 0}, {2, 15}, {2, 30}, {3, 0}, {23, 59}} {
		hour, minute := at[0], at[1]
		rules = append(rules, fields{minute, hour, -1, -1})
		for _, near := range []time.Duration{-12 * time.Hour, 0, 12 * time.Hour} {
			date := read(change.Add(near), loc).date
			_, _, day := date.Civil()
			rules = append(rules, fields{minute, hour, day, -1}, fields{minute, hour, -1, int(date.Weekday())})
		}
	}
	return append(rules, fields{17, -1, -1, -1}, fields{-1, 2, -1, -1})
}

// firing is a wall minute and the instant at which it came.
type firing struct {
	wall wall
	at   time.Time
}

func checkAround(t *testing.T, loc *time.Location, change time.Time) {
	t.Helper()
	from, to := change.Add(-around).Truncate(time.Minute), change.Add(around).Truncate(time.Minute)
	// One day and a holiday are masked for half of the rules.
	holiday := read(change.Add(24*time.Hour), loc).date
	masked := read(change.Add(-24*time.Hour), loc).date.Weekday()

	rules := awkward(change, loc)
	want := make([][]firing, len(rules))
	latest := read(from, loc)
	for at := from.Add(time.Minute); !at.After(to); at = at.Add(time.Minute) {
		for now := read(at, loc); now.after(latest); {
			latest = latest.next()
			for i, f := range rules {
				if f.match(latest) && (i%2 == 0 || latest.date != holiday && latest.date.Weekday() != masked) {
					want[i] = append(want[i], firing{latest, at})
				}
			}
		}
	}
	for i, f := range rules {
		days, holidays := EveryDay, []Date(nil)
		if i%2 == 1 {
			days, holidays = EveryDay&^WeekdaysOf(masked), []Date{holiday}
		}
		r, err := ParseRule(f.spec(), loc.String(), days, holidays)
		if err != nil {
			if f.weekday == int(masked) { // such a rule is refused, and never fires
				continue
			}
			t.Fatal(err)
		}
		checkNext(t, r, from, to, want[i])
		checkNextAfter(t, r, change, want[i])
	}
}

// checkNext walks Next from one instant to another.
func checkNext(t *testing.T, r Rule, from, to time.Time, want []firing) {
	t.Helper()
	first := read(from, r.Zone())
	after := Slot{first.date, TimeOfDay(first.minute)}
	for n := 0; ; n++ {
		o, ok := r.Next(after)
		if !ok || o.At.After(to) {
			if n != len(want) {
				t.Errorf("%q after %s: %d occurrences, want %d", r.Spec(), from, n, len(want))
			}
			return
		}
		got := firing{wall{o.Slot.Date, int(o.Slot.Time)}, o.At}
		if n >= len(want) || got.wall != want[n].wall || !got.at.Equal(want[n].at) {
			t.Errorf("%q after %s: occurrence %d is %s at %s, want one of %v", r.Spec(), from, n+1, o.Slot, o.At, want[min(n, len(want)):])
			return
		}
		after = o.Slot
	}
}

// checkNextAfter asks NextAfter in the hours around a change.
func checkNextAfter(t *testing.T, r Rule, change time.Time, want []firing) {
	t.Helper()
	for at := change.Add(-3 * time.Hour); at.Before(change.Add(3 * time.Hour)); at = at.Add(10 * time.Minute) {
		for _, f := range want {
			if !f.at.After(at) {
				continue
			}
			o, ok := r.NextAfter(at)
			if !ok || int(o.Slot.Time) != f.wall.minute || o.Slot.Date != f.wall.date || !o.At.Equal(f.at) {
				t.Errorf("%q strictly after %s: %s at %s, want %v", r.Spec(), at.In(r.Zone()), o.Slot, o.At, f)
			}
			break
		}
	}
}

// checkStudyDays walks the minutes around a change: a study day begins when the
// clocks first show 04:00 of its date or anything later, and no study day comes
// back once the next has begun.
func checkStudyDays(t *testing.T, loc *time.Location, change time.Time) {
	t.Helper()
	from, to := change.Add(-around).Truncate(time.Minute), change.Add(around).Truncate(time.Minute)
	latest := read(from, loc)
	day := latest.date
	if latest.minute < 4*60 {
		day--
	}
	for at := from; !at.After(to); at = at.Add(time.Minute) {
		for now := read(at, loc); now.after(latest); {
			latest = latest.next()
			if latest.minute == 4*60 {
				day = latest.date
			}
		}
		if got := StudyDay(at, loc); got != day {
			t.Fatalf("the study day at %s is %s, want %s", at.In(loc), got, day)
		}
	}
}

// checkYears goes through the firings of daily rules over whole years: one for
// every date, in order, at the instant at which the clocks first show its
// minute or, where they jump over it, anything later.
func checkYears(t *testing.T, loc *time.Location, from, to int) {
	t.Helper()
	first, last := DateOf(from, 1, 1), DateOf(to, 12, 31)
	for _, at := range []int{0, 30, 90, 120, 150, 180, 23*60 + 59} {
		r, err := ParseRule(fmt.Sprintf("%d %d * * *", at%60, at/60), loc.String(), EveryDay, nil)
		if err != nil {
			t.Fatal(err)
		}
		after := Slot{first - 1, TimeOfDay(at)}
		for d := first; d <= last; d++ {
			o, ok := r.Next(after)
			want := wall{d, at}
			if !ok || (wall{o.Slot.Date, int(o.Slot.Time)}) != want {
				t.Fatalf("%q after %s comes at %s, want %s", r.Spec(), after, o.Slot, d)
			}
			shown, before := read(o.At, loc), read(o.At.Add(-time.Minute), loc)
			if want.after(shown) || !want.after(before) {
				t.Fatalf("%q of %s fires at %s, when the clocks went from %v to %v", r.Spec(), d, o.At, before, shown)
			}
			after = o.Slot
		}
	}
}
