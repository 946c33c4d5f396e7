package coach_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

var oracle = flag.String("oracle", "short", `"full" lives through every change of the clocks of every zone, 2020 to 2035`)

// oracleYears are the zones, and the years in which their clocks are watched.
func oracleYears() (zones []string, from, to int) {
	if *oracle == "full" {
		return schedule.Zones(), 2020, 2035
	}
	return []string{
		"America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Europe/Berlin", "Asia/Kolkata",
	}, 2027, 2027
}

// clockChanges finds the hours in which a zone's offset changes, or one in the
// middle of the year if it never does.
func clockChanges(loc *time.Location, from, to int) (changes []time.Time) {
	end := time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(end); t = t.Add(time.Hour) {
		_, before := t.In(loc).Zone()
		if _, after := t.Add(time.Hour).In(loc).Zone(); before != after {
			changes = append(changes, t)
		}
	}
	if changes == nil {
		changes = append(changes, time.Date((from+to)/2, 7, 1, 0, 0, 0, 0, time.UTC))
	}
	return changes
}

// watched is a study day as a watcher of the clocks sees it.
type watched struct {
	date    schedule.Date
	minutes []time.Time
}

// watch walks the minutes of some days. A study day begins when the clocks first
// show 04:00 of its date, or anything later.
func watch(loc *time.Location, from time.Time, days int) (seen []watched) {
	next := schedule.LocalDate(from, loc) + 1
	for at := from; len(seen) <= days; at = at.Add(time.Minute) {
		date, local := schedule.LocalDate(at, loc), at.In(loc)
		if date > next || date == next && local.Hour() >= 4 {
			seen = append(seen, watched{date: next})
			next++
		}
		if n := len(seen); n > 0 {
			seen[n-1].minutes = append(seen[n-1].minutes, at)
		}
	}
	return seen[:days]
}

// TestStreaksThroughEveryChangeOfTheClocks has a learner check in once a study
// day, at its awkward minutes, while the clocks change: no day is lost and none
// is counted twice.
func TestStreaksThroughEveryChangeOfTheClocks(t *testing.T) {
	zones, from, to := oracleYears()
	for _, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			loc, err := schedule.LoadZone(zone)
			if err != nil {
				t.Fatal(err)
			}
			for i, change := range clockChanges(loc, from, to) {
				liveThrough(t, loc, change, i)
			}
		})
	}
}

func liveThrough(t *testing.T, loc *time.Location, change time.Time, nth int) {
	t.Helper()
	const days = 9
	seen := watch(loc, change.Add(-5*24*time.Hour), days)
	w := newWorld(t)
	w.now = seen[0].minutes[0]
	w.zones["lena"] = loc.String()
	w.cohort("zone", loc.String(), "study", "mon,tue,wed,thu,fri,sat,sun", "start", seen[0].date.String())
	w.join("ada")
	for i, day := range seen {
		n := len(day.minutes)
		w.now = day.minutes[[]int{0, n - 1, n / 2, 1, n - 30, n - 3*60, n - 4*60, n - 90}[(i+nth)%8]]
		w.say("ada", "/checkin 30m")
		l := w.load("ada")
		if got := l.Entries[i].Date; got != day.date {
			t.Fatalf("a check-in at %s counts for %s, want %s", w.now.In(loc), got, day.date)
		}
		cal := coach.Calendar{Start: l.Learner.Joined, Study: l.Cohort.Study}
		if got := l.Learner.Streak.AsOf(l.Learner.Days, cal, day.date).Count; got != i+1 {
			t.Fatalf("at %s the streak is %d, want %d", w.now.In(loc), got, i+1)
		}
	}
}

// TestStreaksOfATraveller compares the streak of somebody who flies back and
// forth over the date line with one counted by hand from what they did on which
// date.
func TestStreaksOfATraveller(t *testing.T) {
	zones := []string{"Pacific/Kiritimati", "Pacific/Pago_Pago", "Etc/GMT+12", "Pacific/Apia", "Pacific/Chatham", "Asia/Tokyo", "Europe/London", "America/Adak"}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "minutes")) * time.Minute)
		zone := rapid.SampledFrom(zones).Draw(t, "home")
		w.cohort("zone", zone, "study", "mon,tue,wed,thu,fri,sat,sun", "start", "2027-02-20")
		w.join("ada")

		// What a diary would say.
		today := func() schedule.Date {
			loc, _ := schedule.LoadZone(zone)
			local := w.now.In(loc).Add(-4 * time.Hour) // none of these changes its clocks meanwhile
			return schedule.DateOf(local.Date())
		}
		joined, first, latest := today(), today(), today()
		done, jumped := map[schedule.Date]bool{}, map[schedule.Date]bool{}

		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				before := today()
				zone = rapid.SampledFrom(zones).Draw(t, "to")
				w.say("ada", "/coach settings zone "+zone)
				for d := before + 1; d < today(); d++ {
					jumped[d] = true
				}
			case 1:
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(t, "later")) * time.Minute)
			default:
				w.say("ada", "/checkin 10m")
				done[today()] = true
				first = min(first, today())
			}
			latest = max(latest, today())
		}

		count, freezes, counted := 0, 0, 0
		for d := first; d <= latest; d++ {
			switch {
			case done[d]:
				count++
				if counted++; counted%7 == 0 {
					freezes = min(freezes+1, 2)
				}
			case d >= today() || d < joined || jumped[d]:
			case freezes > 0:
				freezes--
			default:
				count = 0
			}
		}
		l := w.load("ada").Learner
		cal := coach.Calendar{Start: l.Joined, Study: []coach.StudyRule{{From: joined - 9, Days: schedule.EveryDay}}, Away: l.Away}
		got := l.Streak.AsOf(l.Days, cal, today())
		if got.Count != count || got.Freezes != freezes {
			t.Fatalf("the streak is %+v, want %d with %d freezes; done %v, jumped %v, away %v, today %s",
				got, count, freezes, sorted(done), sorted(jumped), l.Away, today())
		}
	})
}

func sorted(days map[schedule.Date]bool) (list []string) {
	for d := range days {
		list = append(list, fmt.Sprint(d))
	}
	slices.Sort(list)
	return list
}
