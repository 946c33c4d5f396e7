package picture

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHours(t *testing.T) {
	for minutes, want := range map[int]string{
		0: "0", 1: "0.02", 15: "0.25", 30: "0.5", 45: "0.75", 60: "1", 75: "1.25",
		120: "2", 125: "2.1", 150: "2.5", 600: "10", 1302: "21.7",
		6000: "100", 6031: "101", 300_000: "5000",
		600_000: "10k", 14_400_000: "240k",
	} {
		if got := hours(minutes); got != want {
			t.Errorf("hours(%d) = %q, want %q", minutes, got, want)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, tt := range []struct {
		minutes int
		want    []string
	}{
		{0, []string{"0 h", "0.25 h", "0.5 h"}},
		{30, []string{"0 h", "0.25 h", "0.5 h"}},
		{75, []string{"0 h", "0.25 h", "0.5 h", "0.75 h", "1 h", "1.25 h"}},
		{76, []string{"0 h", "0.5 h", "1 h", "1.5 h"}},
		{24 * 60, []string{"0 h", "5 h", "10 h", "15 h", "20 h", "25 h"}},
		{5000 * 60, []string{"0 h", "1000 h", "2000 h", "3000 h", "4000 h", "5000 h"}},
		{5001 * 60, []string{"0 h", "2000 h", "4000 h", "6000 h"}},
		{100_000 * 60, []string{"0 h", "20k h", "40k h", "60k h", "80k h", "100k h"}},
	} {
		var got []string
		for _, tick := range axisTo(tt.minutes).ticks("h") {
			got = append(got, tick.Label)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("axis to %d minutes (-want +got):\n%s", tt.minutes, diff)
		}
	}
}

func TestAxisReachesItsDataWithFewDistinctMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.IntRange(0, 2*most).Draw(t, "minutes")
		a := axisTo(minutes)
		if a.top < minutes || a.top > max(2*minutes, 30) {
			t.Errorf("top = %d for %d minutes", a.top, minutes)
		}
		ticks := a.ticks("")
		if len(ticks) < 3 || len(ticks) > 6 {
			t.Errorf("%d marks, want 3 to 6", len(ticks))
		}
		seen := map[string]bool{}
		for _, tick := range ticks {
			if seen[tick.Label] || utf8.RuneCountInString(tick.Label) > 6 {
				t.Errorf("mark %q comes twice or is long", tick.Label)
			}
			seen[tick.Label] = true
		}
	})
}
