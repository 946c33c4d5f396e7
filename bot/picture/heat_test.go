package picture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// heat returns a labelled map of twelve weeks with these minutes.
func heat(minutes func(week, day int) int) Heat {
	h := Heat{
		Title: "Ada · last 12 weeks", Days: [7]string{"Mon", "", "Wed", "", "Fri", "", "Sun"},
		Full: 120, LessLabel: "less", MoreLabel: "more",
	}
	for week := range HeatWeeks {
		var w HeatWeek
		if week%4 == 0 {
			w.Label = [...]string{"Sep", "Oct", "Nov"}[week/4]
		}
		for day := range w.Minutes {
			w.Minutes[day] = minutes(week, day)
		}
		h.Weeks = append(h.Weeks, w)
	}
	return h
}

// looksLike names what a square shows: a shade, hollow, or nothing at all.
func looksLike(img *image.NRGBA, r vg.Rectangle) string {
	x, y := int(r.Min.X+r.Max.X)/2, HeatHeight-int(r.Min.Y+r.Max.Y)/2
	middle, edge := img.NRGBAAt(x, y), img.NRGBAAt(int(r.Min.X)+1, y)
	for i, shade := range shades {
		if middle == shade && edge == shade {
			return fmt.Sprint("level ", i+1)
		}
	}
	switch {
	case middle == paper && edge == border:
		return "hollow"
	case middle == paper && edge == paper:
		return "nothing"
	}
	return fmt.Sprint(middle, edge)
}

func TestSquaresShowTheirDays(t *testing.T) {
	t.Parallel()
	want := map[int]string{-1: "nothing", 0: "hollow", 1: "level 1", 30: "level 1", 31: "level 2", 61: "level 3", 90: "level 3", 91: "level 4", 500: "level 4"}
	given := []int{-1, 0, 1, 30, 31, 61, 90, 91, 500}
	minutes := func(week, day int) int { return given[(week*7+day)%len(given)] }
	b, err := heat(minutes).PNG()
	img := decode(t, b, err, HeatWidth, HeatHeight)
	for week := range HeatWeeks {
		for day := range 7 {
			m := minutes(week, day)
			if got := looksLike(img, heatSquare(week, day)); got != want[m] {
				t.Errorf("week %d day %d with %d minutes shows %s, want %s", week, day, m, got, want[m])
			}
		}
	}
}

func TestWithoutAFullDayTheLongestIsDarkest(t *testing.T) {
	t.Parallel()
	h := heat(func(week, day int) int { return week*7 + day })
	h.Full = 0
	b, err := h.PNG()
	img := decode(t, b, err, HeatWidth, HeatHeight)
	for day, want := range map[[2]int]string{{0, 0}: "hollow", {0, 1}: "level 1", {6, 0}: "level 3", {11, 6}: "level 4"} {
		if got := looksLike(img, heatSquare(day[0], day[1])); got != want {
			t.Errorf("week %d day %d shows %s, want %s", day[0], day[1], got, want)
		}
	}
}

func TestOnlyTheLastWeeksAreDrawn(t *testing.T) {
	t.Parallel()
	h := heat(func(week, day int) int { return (week + day) * 10 })
	want, err := h.PNG()
	if err != nil {
		t.Fatal(err)
	}
	h.Weeks = append([]HeatWeek{{Label: "Aug", Minutes: [7]int{500, 500}}}, h.Weeks...)
	if got, err := h.PNG(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("a thirteenth week before the twelve changes the picture, error %v", err)
	}
}

func TestEqualMapsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	h := heat(func(week, day int) int { return week * day * 3 })
	payload, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if len(payload) > 1000 {
		t.Errorf("a map takes %d bytes in a job, want at most 1,000", len(payload))
	}
	var stored Heat
	if err := json.Unmarshal(payload, &stored); err != nil {
		t.Fatal(err)
	}
	want, err := h.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := stored.PNG(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("drawn anew: other bytes, error %v", err)
	}
}

func FuzzHeat(f *testing.F) {
	f.Add("", "", 0, 0, uint8(0))
	f.Add(strings.Repeat("W", 5000), strings.Repeat("label ", 900), math.MaxInt, math.MaxInt, uint8(255))
	f.Add("\xff\x00\u202e", "🎉", math.MinInt, math.MinInt, uint8(3))
	f.Add("مجموعة", strings.Repeat("month ", 90), -1, math.MaxInt, uint8(1))
	f.Fuzz(func(t *testing.T, title, label string, full, minutes int, weeks uint8) {
		h := Heat{Title: title, Full: full, LessLabel: label, MoreLabel: title}
		for i := range h.Days {
			h.Days[i] = label
		}
		for i := range int(weeks) {
			h.Weeks = append(h.Weeks, HeatWeek{label, [7]int{minutes, minutes >> i, -1, 0, i}})
		}
		b, err := h.PNG()
		decode(t, b, err, HeatWidth, HeatHeight)
	})
}

func BenchmarkHeat(b *testing.B) {
	h := heat(func(week, day int) int { return (week*37 + day*53) % 170 })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
