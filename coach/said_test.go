package coach

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"studycoach/schedule"
)

func TestTimesThatAreUnderstood(t *testing.T) {
	tests := []struct {
		text    string
		minutes int
		note    string
	}{
		// With a unit.
		{"45m", 45, ""},
		{"45 m", 45, ""},
		{"90 min", 90, ""},
		{"90mins", 90, ""},
		{"90 minutes", 90, ""},
		{"1 minute", 1, ""},
		{"1h", 60, ""},
		{"2 hours", 120, ""},
		{"2hrs", 120, ""},
		{"1 hr.", 60, ""},
		{"16h", 960, ""},
		{"960m", 960, ""},
		{"45 MIN", 45, ""},
		{"2H", 120, ""},
		{"1H30M", 90, ""},

		// Hours and minutes.
		{"1h30", 90, ""},
		{"1h05", 65, ""},
		{"1h5", 65, ""},
		{"1h 30", 90, ""},
		{"1h30m", 90, ""},
		{"1h 30m", 90, ""},
		{"1hr30", 90, ""},
		{"1h30min", 90, ""},
		{"1 h 20 min", 80, ""},
		{"1 hour 20 minutes", 80, ""},
		{"1 hour, 20 minutes", 80, ""},
		{"2 hours and 5 minutes", 125, ""},
		{"1 hour 30", 90, ""},
		{"1h 30 read about joins", 90, "read about joins"},
		{"1h 30 on joins", 90, "on joins"},
		{"1h 30 deep", 90, ""},
		{"1h 30, three pages", 90, "three pages"},
		{"1h 30 debugging queries", 90, "debugging queries"},
		{"10h30m", 630, ""},

		// With a colon.
		{"1:30", 90, ""},
		{"0:45", 45, ""},
		{"1:30 on joins", 90, "on joins"},
		{"5:59", 359, ""},
		{"1:30h", 90, ""},
		{"7:30 hours", 450, ""},
		{"read joins, 2:05", 125, "read joins"},

		// Fractions.
		{"1.5h", 90, ""},
		{"1,5 h", 90, ""},
		{"1.5 hours", 90, ""},
		{"0.25h", 15, ""},
		{"1.33h", 80, ""}, // 79.8
		{"1.26h", 76, ""}, // 75.6
		{"1.24h", 74, ""}, // 74.4
		{"1.0h", 60, ""},
		{"1.00h", 60, ""},
		{"1½h", 90, ""},
		{"½ hour", 30, ""},
		{"1/2 h", 30, ""},
		{"1 1/2 hours", 90, ""},
		{"3/4 hour", 45, ""},

		// In words.
		{"half an hour", 30, ""},
		{"half hour", 30, ""},
		{"a half-hour on joins", 30, "on joins"},
		{"an hour", 60, ""},
		{"one hour", 60, ""},
		{"two hours", 120, ""},
		{"an hour and a half", 90, ""},
		{"hour and a half of joins", 90, "of joins"},
		{"1 hour and a half", 90, ""},
		{"2 hours and a quarter", 135, ""},
		{"one and a half hours", 90, ""},
		{"1 and a half hours", 90, ""},
		{"two and three quarters hours", 165, ""},
		{"quarter of an hour", 15, ""},
		{"a quarter of an hour", 15, ""},
		{"three quarters of an hour", 45, ""},
		{"three-quarters of an hour", 45, ""},
		{"forty-five minutes", 45, ""},
		{"twenty five minutes", 25, ""},
		{"one hour twenty minutes", 80, ""},
		{"an hour and twenty minutes", 80, ""},
		{"a 45-minute session on joins", 45, "a session on joins"},

		// Sums.
		{"45m + 30m", 75, ""},
		{"1h+20m", 80, ""},
		{"1h + half an hour + 5m", 95, ""},
		{"an hour and a quarter of an hour", 75, ""},
		{"1h + some tests", 60, "some tests"},

		// Other scripts and languages.
		{"４５ｍ", 45, ""},
		{"１：３０", 90, ""},
		{"٤٥ min", 45, ""},
		{"۴۵m", 45, ""},
		{"1,5 Stunden", 90, ""},
		{"1 Std 20 min", 80, ""},
		{"2 heures 30", 150, ""},
		{"1 hora y 20 minutos", 80, ""},

		// Anywhere in the text; the words around it stay.
		{"read about EXPLAIN for 45m", 45, "read about EXPLAIN"},
		{"read about EXPLAIN for about 45m today", 45, "read about EXPLAIN"},
		{"~45m", 45, ""},
		{"45m: read joins", 45, "read joins"},
		{"45m - read joins", 45, "read joins"},
		{"- read joins (45m)\n- wrote tests", 45, "- read joins\n- wrote tests"},
		{"read joins\n45m\nwrote tests", 45, "read joins\nwrote tests"},
		{"read joins — 45m", 45, "read joins"},
		{"read joins, 45m, wrote tests", 45, "read joins, wrote tests"},
		{"*45m* read joins", 45, "read joins"},
		{"(45m, deep) joins", 45, "joins"},
		{"read joins. 45m. Wrote tests.", 45, "read joins. Wrote tests."},
		{"wrote .gitignore 45m .gitattributes too", 45, "wrote .gitignore .gitattributes too"},
		{"45m🎉", 45, "🎉"},
		{"c++ 45m", 45, "c++"},
		{"c++ - 45m", 45, "c++"},
		{"45m!!!", 45, ""},
		{"45m Ada’s tests", 45, "Ada’s tests"},
		{"Lernte joins, 45 min, schön!", 45, "Lernte joins, schön!"},
		{"45m اتصالات", 45, "اتصالات"},

		// Other numbers beside it.
		{"45m on Go 1.26", 45, "on Go 1.26"},
		{"p99 went from 404 to 40, 45m", 45, "p99 went from 404 to 40"},
		{"1h 404 errors fixed", 60, "404 errors fixed"},
		{"1h and 30 pages", 60, "and 30 pages"},
		{"1h, 5 commits", 60, "5 commits"},
		{"1h 2x faster now", 60, "2x faster now"},
		{"an hour two times slower", 60, "two times slower"},
		{"chapter 2 - 45m", 45, "chapter 2"},
		{"45m, query takes 3 seconds", 45, "query takes 3 seconds"},
		{"loaded 10M rows, 45m", 45, "loaded 10M rows"},
		{"45m, cron every 5 minutes", 45, "cron every 5 minutes"},
		{"45m, back in 5 min", 45, "back in 5 min"},
		{"check in 45m joins", 45, "check in joins"},
		{"put in 2h on joins", 120, "put in on joins"},
		{"45m, met at 10:30", 45, "met at 10:30"},
		{"45m, call 10:30", 45, "call 10:30"},
		{"from 9:00 to 10:30, 80m", 80, "from 9:00 to 10:30"},
		{"45m http://x.example/1h?t=2h", 45, "http://x.example/1h?t=2h"},
		{"45m timeout=30m", 45, "timeout=30m"},
		{"45m x_45m a&45m", 45, "x_45m a&45m"},
		{"a few more joins, 45m", 45, "a few more joins"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseSaid(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Minutes != tt.minutes || got.Note != tt.note {
				t.Errorf("got %d minutes, note %q; want %d, %q", got.Minutes, got.Note, tt.minutes, tt.note)
			}
		})
	}
}

func TestTextsWithoutATime(t *testing.T) {
	for _, text := range []string{
		"",
		"   \n",
		"read about EXPLAIN",
		"Go 1.26",
		"w03d2",
		"p99 latency",
		"404",
		"3 a.m. again",
		"5 commits",
		"2x",
		"http://x/1h",
		"example.com/1h",
		"m1h",
		"v2h",
		"timeout=30m",
		"#45m",
		"at 10:30",
		"at 1:30 with Ada",
		"@1:30",
		"10:30am standup",
		"1:30 p.m. standup",
		"um 14:30 Uhr",
		"from 9:00 to 10:30",
		"16:9 pictures, 1:1 with Ada",
		"127.0.0.1:8080",
		"2026-11-20T10:30",
		"10M rows",
		"every 5 minutes",
		"once an hour",
		"started an hour ago",
		"back in 5 min",
		"In 10 minutes I start",
		"done in about an hour",
		"give me a minute",
		"rush hour",
		"ran for 3 seconds",
		"2 days",
		"une demi-heure",
		"anderthalb Stunden",
		"2時間勉強した",
		"полтора часа",
		"media hora",
		"\xff\xfe\x00",
		"w1d1d1h",
		"half past two",
		"½",
	} {
		t.Run(text, func(t *testing.T) {
			got, err := ParseSaid(text)
			var e *TimeError
			if errors.As(err, &e) && e.Kind == TimeBare {
				return // asked about in its own words
			}
			if err != nil || got.Minutes != 0 {
				t.Errorf("got %d minutes, %v; want no time", got.Minutes, err)
			}
		})
	}
}

func TestTimesThatAreAskedAbout(t *testing.T) {
	tests := []struct {
		text string
		want TimeError
	}{
		{"961m", TimeError{TimeTooLong, "961m", []int{961}}},
		{"17h of joins", TimeError{TimeTooLong, "17h", []int{1020}}},
		{"999999999999999999999h", TimeError{TimeTooLong, "999999999999999999999h", []int{60000000}}},
		{"0m", TimeError{TimeTooShort, "0m", nil}},
		{"0:00", TimeError{TimeTooShort, "0:00", nil}},
		{"zero minutes", TimeError{TimeTooShort, "zero minutes", nil}},
		{"45m joins, 1h tests", TimeError{TimeAmbiguous, "45m, 1h", []int{45, 60}}},
		{"45m joins and 45m tests", TimeError{TimeAmbiguous, "45m, 45m", []int{45, 45}}},
		{"90", TimeError{TimeBare, "90", []int{90}}},
		{"90!", TimeError{TimeBare, "90", []int{90}}},
		{"90 deep yesterday", TimeError{TimeBare, "90", []int{90}}},
		{"1.5", TimeError{TimeBare, "1.5", nil}},
		{"9000", TimeError{TimeBare, "9000", nil}},
		{"1h70", TimeError{TimeUnclear, "1h70", nil}},
		{"1h 70", TimeError{TimeUnclear, "1h 70", nil}},
		{"1 hour 90 minutes", TimeError{TimeUnclear, "1 hour 90 minutes", nil}},
		{"1:75", TimeError{TimeUnclear, "1:75", nil}},
		{"1:1:30h", TimeError{TimeUnclear, "1:1:30h", nil}},
		{"1,5,2h", TimeError{TimeUnclear, "1,5,2h", nil}},
		{"1:30:00", TimeError{TimeUnclear, "1:30:00", nil}},
		{"1:30 min", TimeError{TimeUnclear, "1:30 min", nil}},
		{"-30m", TimeError{TimeUnclear, "-30m", nil}},
		{"minus 30m", TimeError{TimeUnclear, "30m", nil}},
		{"1.5.2h", TimeError{TimeUnclear, "1.5.2h", nil}},
		{".5h", TimeError{TimeUnclear, ".5h", nil}},
		{"1.30h", TimeError{TimeUnclear, "1.30h", nil}},
		{"1.333h", TimeError{TimeUnclear, "1.333h", nil}},
		{"1,500 min", TimeError{TimeUnclear, "1,500 min", nil}},
		{"0.5 min", TimeError{TimeUnclear, "0.5 min", nil}},
		{"1.5h30", TimeError{TimeUnclear, "1.5h30", nil}},
		{"1h30m20s", TimeError{TimeUnclear, "1h30m20s", nil}},
		{"30m1h", TimeError{TimeUnclear, "30m1h", nil}},
		{"1h30 30m1h", TimeError{TimeUnclear, "30m1h", nil}},
		{"1h 5", TimeError{TimeUnclear, "1h 5", nil}},
		{"1h 30 pages", TimeError{TimeUnclear, "1h 30", nil}},
		{"1h 20 LeetCode problems", TimeError{TimeUnclear, "1h 20", nil}},
		{"1h and 30", TimeError{TimeUnclear, "1h and 30", nil}},
		{"an hour twenty", TimeError{TimeUnclear, "an hour twenty", nil}},
		{"45-60m", TimeError{TimeUnclear, "45-60m", nil}},
		{"45–60m", TimeError{TimeUnclear, "45–60m", nil}},
		{"45 - 60 min", TimeError{TimeUnclear, "60 min", nil}},
		{"2 to 3 hours", TimeError{TimeUnclear, "3 hours", nil}},
		{"one or two hours", TimeError{TimeUnclear, "two hours", nil}},
		{"an hour or two", TimeError{TimeUnclear, "an hour", nil}},
		{"between 1 and 2 hours", TimeError{TimeUnclear, "2 hours", nil}},
		{"a couple of hours", TimeError{TimeUnclear, "couple of hours", nil}},
		{"a few hours and 20 minutes", TimeError{TimeUnclear, "few hours", nil}},
		{"more than 1h", TimeError{TimeUnclear, "1h", nil}},
		{"<1h", TimeError{TimeUnclear, "<1h", nil}},
		{"1h+", TimeError{TimeUnclear, "1h+", nil}},
		{"a hundred and twenty minutes", TimeError{TimeUnclear, "twenty minutes", nil}},
		{"2 x 25m", TimeError{TimeUnclear, "25m", nil}},
		{"2x25m", TimeError{TimeUnclear, "2x25m", nil}},
		{"25 min each", TimeError{TimeUnclear, "25 min", nil}},
		{"1h a day", TimeError{TimeUnclear, "1h", nil}},
		{"1h/day", TimeError{TimeUnclear, "1h/day", nil}},
		{"6:00", TimeError{TimeUnclear, "6:00", nil}},
		{"10:30", TimeError{TimeUnclear, "10:30", nil}},
		{"16h30 meeting", TimeError{TimeUnclear, "16h30", nil}},
		{"9:00-10:30", TimeError{TimeUnclear, "9:00-10:30", nil}},
		{"1:30 to 2:30", TimeError{TimeUnclear, "1:30", nil}},
		{"the last hour and 20 minutes", TimeError{TimeUnclear, "20 minutes", nil}},
		{"eine Stunde und 20 Minuten", TimeError{TimeUnclear, "20 Minuten", nil}},
		{"une heure 20 minutes", TimeError{TimeUnclear, "20 minutes", nil}},
		{"1 heure et demie", TimeError{TimeUnclear, "1 heure et", nil}},
		{"1 hora y media", TimeError{TimeUnclear, "1 hora y", nil}},
		{"30m yesterday, not today", TimeError{TimeTwoDays, "yesterday, today", nil}},
		{strings.Repeat("1h70", 50), TimeError{TimeUnclear, strings.Repeat("1h70", 50)[:39] + "…", nil}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseSaid(tt.text)
			var e *TimeError
			if !errors.As(err, &e) {
				t.Fatalf("got %d minutes, %v; want %v", got.Minutes, err, &tt.want)
			}
			if got.Minutes != 0 {
				t.Errorf("got %d minutes beside the error", got.Minutes)
			}
			if diff := cmp.Diff(tt.want, *e); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !strings.Contains(e.Error(), string(e.Kind)) {
				t.Errorf("%q does not name the kind %q", e, e.Kind)
			}
		})
	}
}

func TestAQuestionKeepsTheRest(t *testing.T) {
	got, err := ParseSaid("w03d2 yesterday 1h70 #ai, stuck on joins")
	want := Said{
		Mode: "ai", Unit: "w03d2", Date: When{form: whenAgo, ago: 1}, Blocker: "joins",
		Note: "1h70, stuck on joins",
	}
	if err == nil || got != want {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestModesUnitsAndBlockers(t *testing.T) {
	tests := []struct {
		text                string
		mode, unit, blocker string
		note                string
	}{
		// A tag stands at an edge of the text or beside the time.
		{"45m ai", "ai", "", "", ""},
		{"45m deep", "deep", "", "", ""},
		{"45m #ai", "ai", "", "", ""},
		{"#deep 45m", "deep", "", "", ""},
		{"AI 45m wrote tests", "ai", "", "", "wrote tests"},
		{"Deep, 45m: joins", "deep", "", "", "joins"},
		{"45m AI", "ai", "", "", ""},
		{"45m (ai) wrote tests", "ai", "", "", "wrote tests"},
		{"45m deep read about joins", "deep", "", "", "read about joins"},
		{"deep read about joins 45m", "deep", "", "", "read about joins"},
		{"45m read about joins deep", "deep", "", "", "read about joins"},
		{"read about joins, deep, 45m", "deep", "", "", "read about joins"},
		{"wrote #ai tests 45m", "ai", "", "", "wrote tests"},
		{"45m ai ai", "ai", "", "", ""},

		// A word belongs to the words around it.
		{"read about AI planning 45m", "", "", "", "read about AI planning"},
		{"read about ai 45m", "", "", "", "read about ai"},
		{"45m read about AI", "", "", "", "read about AI"},
		{"45m AI planning talk", "", "", "", "AI planning talk"},
		{"45m deep dive into joins", "", "", "", "deep dive into joins"},
		{"45m w/ ai", "", "", "", "w/ ai"},
		{"deep-dive 45m", "", "", "", "deep-dive"},
		{"deep learning, 45m", "", "", "", "deep learning"},
		{"45m gen-ai", "", "", "", "gen-ai"},
		{"45m deep and ai", "", "", "", "deep and ai"},
		{"45m ai deep", "", "", "", "ai deep"}, // which of the two?
		{"45m #aiming high", "", "", "", "#aiming high"},
		{"45m AI's limits", "", "", "", "AI's limits"},

		// Units.
		{"w03d2 45m joins", "", "w03d2", "", "joins"},
		{"45m W3D2", "", "w03d2", "", ""},
		{"45m deep w03d2: joins", "deep", "w03d2", "", "joins"},
		{"45m finished w03d2 exercises", "", "w03d2", "", "finished w03d2 exercises"},
		{"finished w03d2 45m", "", "w03d2", "", "finished w03d2"},
		{"45m w03d2 and w03d3", "", "", "", "w03d2 and w03d3"},
		{"45m w03d2x, xw03d2, w003d2", "", "", "", "w03d2x, xw03d2, w003d2"},

		// Blockers; they stay in the note.
		{"45m joins. Stuck on EXPLAIN output", "", "", "EXPLAIN output", "joins. Stuck on EXPLAIN output"},
		{"45m stuck on: joins", "", "", "joins", "stuck on: joins"},
		{"45m SQL, stuck\non joins", "", "", "joins", "SQL, stuck\non joins"},
		{"45m blocked\n\nby infra. Tired", "", "", "infra", "blocked\n\nby infra. Tired"},
		{"45m blocker\n: the planner", "", "", "the planner", "blocker\n: the planner"},
		{"stuck: EXPLAIN. 45m", "", "", "EXPLAIN", "stuck: EXPLAIN."},
		{"stuck on joins, 45m deep", "deep", "", "joins", "stuck on joins"},
		{"45m blocked by my laptop! again", "", "", "my laptop", "blocked by my laptop! again"},
		{"45m\nblocker: no access\nwill ask", "", "", "no access", "blocker: no access\nwill ask"},
		{"stuck on pg 17.2 upgrade", "", "", "pg 17.2 upgrade", "stuck on pg 17.2 upgrade"},
		{"45m no longer stuck on joins", "", "", "", "no longer stuck on joins"},
		{"45m stuck", "", "", "", "stuck"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseSaid(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			want := Said{Minutes: got.Minutes, Mode: tt.mode, Unit: tt.unit, Blocker: tt.blocker, Note: tt.note}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDaysThatAreNamed(t *testing.T) {
	today := schedule.DateOf(2026, time.November, 25) // a Wednesday
	tests := []struct {
		text string
		want string // empty: today, and not named
		note string
	}{
		{"45m joins", "", "joins"},
		{"45m today", "2026-11-25", ""},
		{"45m yesterday", "2026-11-24", ""},
		{"yesterday 45m joins", "2026-11-24", "joins"},
		{"Yesterday evening I read joins, 45m", "2026-11-24", "I read joins"},
		{"45m joins yesterday", "2026-11-24", "joins"},
		{"for yesterday: 45m", "2026-11-24", ""},
		{"45m the day before yesterday", "2026-11-23", ""},
		{"45m 2 days ago", "2026-11-23", ""},
		{"45m three days ago", "2026-11-22", ""},
		{"45m, a day ago", "2026-11-24", ""},
		{"45m on monday", "2026-11-23", ""},
		{"45m joins on Monday.", "2026-11-23", "joins."},
		{"on mon 45m", "2026-11-23", ""},
		{"monday: 45m", "2026-11-23", ""},
		{"45m on wednesday", "2026-11-25", ""},
		{"45m last wednesday", "2026-11-18", ""},
		{"45m last fri", "2026-11-20", ""},
		{"2026-11-20 45m", "2026-11-20", ""},
		{"45m 2026-11-20 joins", "2026-11-20", "joins"},
		{"45m on 20 Nov", "2026-11-20", ""},
		{"45m 20th of November", "2026-11-20", ""},
		{"45m Nov 20th, 2026", "2026-11-20", ""},
		{"1h 20 Nov", "2026-11-20", ""},
		{"45m 20. November 2026", "2026-11-20", ""},
		{"45m 26 Nov", "2025-11-26", ""}, // the latest one up to today
		{"45m 29 Feb", "2024-02-29", ""},
		{"45m 30 feb", "none", ""},
		{"45m 2026-02-30", "none", ""},
		{"45m tomorrow", "2026-11-26", ""}, // to be refused
		{"tomorrow 45m joins", "2026-11-26", "joins"},
		{"joins tomorrow 45m", "2026-11-26", "joins"},

		// Mentions.
		{"45m joins yesterday and tests", "", "joins yesterday and tests"},
		{"45m the bug from yesterday", "", "the bug from yesterday"},
		{"45m joins, more tomorrow", "", "joins, more tomorrow"},
		{"45m ready for tomorrow", "", "ready for tomorrow"},
		{"45m yesterday's exercise", "", "yesterday's exercise"},
		{"45m ready for next monday", "", "ready for next monday"},
		{"45m prep for monday", "", "prep for monday"},
		{"45m since monday", "", "since monday"},
		{"45m monday problems", "", "monday problems"},
		{"45m on SAT solvers", "", "on SAT solvers"},
		{"45m I may 20 times", "", "I may 20 times"},
		{"45m 2026-13-20", "", "2026-13-20"},
		{"45m 2026-11-20T10", "", "2026-11-20T10"},
		{"45m day 3 of 7", "", "day 3 of 7"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			said, err := ParseSaid(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if d, ok := said.Date.On(today); !ok {
				got = "none"
			} else if said.Date.Named() {
				got = d.String()
			} else if d != today {
				t.Errorf("unnamed day is %s, want today", d)
			}
			if got != tt.want || said.Note != tt.note {
				t.Errorf("got day %q, note %q; want %q, %q", got, said.Note, tt.want, tt.note)
			}
		})
	}
}

// canonical writes a check-in in the plainest form that ParseSaid reads.
func canonical(s Said) string {
	text := fmt.Sprintf("%dh%02dm %s", s.Minutes/60, s.Minutes%60, s.Unit)
	if s.Mode != "" {
		text += " #" + s.Mode
	}
	return text
}

func FuzzParseSaid(f *testing.F) {
	for _, text := range []string{
		"45m", "1h 30 pages", "1:30 on w03d2 #ai yesterday", "an hour and a half, stuck on joins", "45–60m + 1½h",
		"45m, stuck\non joins",
		"2026-11-20 1.5.2h", "(deep, 45m)", "１時間\xff", "a few hours to 3 p.m.", "45m today yesterday", strings.Repeat("1h+", 100),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said, err := ParseSaid(text)
		if said.Minutes < 0 || said.Minutes > MaxMinutes {
			t.Fatalf("%q: %d minutes", text, said.Minutes)
		}
		for _, s := range []string{said.Note, said.Blocker} {
			if !utf8.ValidString(s) || strings.TrimSpace(s) != s {
				t.Fatalf("%q: kept %q", text, s)
			}
		}
		var e *TimeError
		if err != nil && (!errors.As(err, &e) || e.Kind == "" || e.Text == "" || utf8.RuneCountInString(e.Text) > 40 || said.Minutes != 0) {
			t.Fatalf("%q: %v with %+v", text, err, said)
		}
		if _, ok := said.Date.On(20000); !said.Date.Named() && !ok {
			t.Fatalf("%q: an unnamed day is none", text)
		}
		if said.Minutes == 0 {
			return
		}
		again, err := ParseSaid(canonical(said))
		want := Said{Minutes: said.Minutes, Mode: said.Mode, Unit: said.Unit}
		if err != nil || again != want {
			t.Fatalf("%q says %+v; written plainly it says %+v, %v", text, said, again, err)
		}
	})
}

// A hundred times the text should take about a hundred times as long.
func BenchmarkParseSaid(b *testing.B) {
	for _, n := range []int{1, 100} {
		for _, text := range []string{"read joins ", "1h30, ", "((((", "for about 1/", "1h70"} {
			b.Run(fmt.Sprintf("%dx%s", n, strings.TrimSpace(text)), func(b *testing.B) {
				long := strings.Repeat(text, n)
				for b.Loop() {
					_, _ = ParseSaid(long)
				}
			})
		}
	}
}
