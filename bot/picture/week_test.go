package picture

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"
)

// week returns a labelled week of deep and AI minutes, a pair a day.
func week(goal int, minutes ...[2]int) Week {
	w := Week{
		Title: "Go crew · week of 16 Nov", Goal: goal,
		DeepLabel: "Deep work", AILabel: "Directing AI", GoalLabel: "Goal 24 h a day", Unit: "h",
	}
	for i, name := range []string{"Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22"} {
		w.Days[i].Label = name
		if i < len(minutes) {
			w.Days[i].Deep, w.Days[i].AI = minutes[i][0], minutes[i][1]
		}
	}
	return w
}

func drawWeek(t *testing.T, w Week) chart {
	t.Helper()
	b, err := w.PNG()
	c := chart{NRGBA: decode(t, b, err, WeekWidth, WeekHeight)}
	c.base = c.row(t, faint, 800)
	c.left, c.right = c.run(c.base, faint)
	return c
}

// chart is a drawn week: the row of the baseline and the columns it runs between
// are found in the picture, and everything else is measured against them.
type chart struct {
	*image.NRGBA
	base, left, right int
}

// row is the middle of the lowest rows of the chart with that many pixels of a
// colour.
func (c chart) row(t *testing.T, want color.NRGBA, atLeast int) int {
	t.Helper()
	bottom := 0
	for y := WeekHeight - 1; y > weekHead; y-- {
		found := count(c.NRGBA, image.Rect(0, y, WeekWidth, y+1), want) >= atLeast
		if found && bottom == 0 {
			bottom = y
		}
		if !found && bottom > 0 {
			return (bottom + y + 1) / 2
		}
	}
	t.Fatalf("no row of colour %v", want)
	return 0
}

// run is where the last unbroken run of a colour in a row starts and ends.
func (c chart) run(y int, want color.NRGBA) (first, last int) {
	for last = WeekWidth - 1; last > 0 && c.NRGBAAt(last, y) != want; last-- {
	}
	for first = last; first > 0 && c.NRGBAAt(first-1, y) == want; first-- {
	}
	return first, last
}

// height is how far above the baseline a colour reaches in the middle of a
// day's share of the axis; 0 if the day has none of it.
func (c chart) height(day int, want color.NRGBA) float64 {
	x := c.left + (c.right-c.left)*(2*day+1)/14
	for y := weekHead; y < c.base; y++ {
		if c.NRGBAAt(x, y) == want {
			return float64(c.base - y)
		}
	}
	return 0
}

func TestBarsAreInProportionToTheirMinutes(t *testing.T) {
	for name, w := range map[string]Week{
		"typical": week(24*60, [2]int{900, 400}, [2]int{1020, 300}, [2]int{700, 500}, [2]int{1200, 620}, [2]int{600, 0}, [2]int{0, 240}),
		"low":     week(10, [2]int{8, 9}, [2]int{0, 30}, [2]int{30, 0}, [2]int{5, 20}),
		"high":    week(1000*60, [2]int{300_000, 0}, [2]int{100_000, 200_000}, [2]int{1, 1}, [2]int{0, 5000}),
		"level":   week(100, [2]int{60, 40}, [2]int{60, 40}, [2]int{60, 40}, [2]int{60, 40}, [2]int{60, 40}, [2]int{60, 40}, [2]int{60, 40}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := drawWeek(t, w)
			perMinute := float64(c.base-c.row(t, ink, 300)) / float64(w.Goal)
			for day, d := range w.Days {
				wantDeep, wantAI := float64(d.Deep)*perMinute, float64(d.total())*perMinute
				if d.AI == 0 {
					wantAI = 0
				}
				const tolerance = 9 // the goal line with its halo may hide that much
				if got := c.height(day, deep); math.Abs(got-wantDeep) > tolerance {
					t.Errorf("day %d: deep reaches %v pixels, want %.1f", day, got, wantDeep)
				}
				if got := c.height(day, ai); math.Abs(got-wantAI) > tolerance {
					t.Errorf("day %d: AI reaches %v pixels, want %.1f", day, got, wantAI)
				}
			}
		})
	}
}

func TestGoalLineIsDashedAndOptional(t *testing.T) {
	t.Parallel()
	rows := func(w Week) int {
		c, n := drawWeek(t, w), 0
		for y := weekHead; y < c.base; y++ {
			if dashes := count(c.NRGBA, image.Rect(c.left, y, c.right, y+1), ink); dashes > 300 && dashes < 800 {
				n++
			}
		}
		return n
	}
	if got := rows(week(90, [2]int{200, 200}, [2]int{200, 0}, [2]int{0, 200})); got < 3 {
		t.Errorf("goal line across bars is %d pixels thick, want at least 3", got)
	}
	if got := rows(week(0, [2]int{200, 200})); got != 0 {
		t.Errorf("without a goal, %d rows look like a goal line", got)
	}
}

func TestTotalsStandAboveTheirBars(t *testing.T) {
	t.Parallel()
	c := drawWeek(t, week(600, [2]int{300, 250}, [2]int{300, 300}, [2]int{600, 0}))
	share := (c.right - c.left) / 7
	goal := c.row(t, ink, 300)
	for day := range 7 {
		x := c.left + day*share
		number := count(c.NRGBA, image.Rect(x, goal-60, x+share, goal-6), ink)
		if want := day < 3; (number > 50) != want {
			t.Errorf("day %d has %d pixels of a number above the goal line, want one: %v", day, number, want)
		}
	}
}

func TestBarsStayClearOfTitleAndLegend(t *testing.T) {
	t.Parallel()
	const legendBottom = 170
	full := [2]int{most, most}
	with := drawWeek(t, week(most, full, full, full, full, full, full, full))
	without := drawWeek(t, week(most))
	head := image.Rect(0, 0, WeekWidth, legendBottom)
	if !bytes.Equal(with.Pix[:head.Dy()*with.Stride], without.Pix[:head.Dy()*without.Stride]) {
		t.Error("bars change what is drawn above them")
	}
	for what, c := range map[string]color.NRGBA{"deep": deep, "AI": ai} {
		if n := count(with.NRGBA, head, c); n < 30*30 || n > 40*40 {
			t.Errorf("legend shows %d pixels of %s, want one square", n, what)
		}
	}
}

func TestLongLabelsKeepToTheirPlace(t *testing.T) {
	t.Parallel()
	w := week(most)
	w.Unit = "hours and hours"
	for i := range w.Days {
		w.Days[i].Label = strings.Repeat("l", 40)
	}
	c := drawWeek(t, w)
	if c.right-c.left < 850 {
		t.Errorf("the axis' labels leave %d pixels for the bars", c.right-c.left)
	}
	below := image.Rect(0, c.base+6, 3, WeekHeight-cardCorner)
	for day := range 8 {
		r := below.Add(image.Pt(c.left+(c.right-c.left)*day/7-1, 0))
		if n := count(c.NRGBA, r, paper); n != r.Dx()*r.Dy() {
			t.Errorf("labels of days %d and %d touch", day-1, day)
		}
	}
}

func TestEmptyWeekStillHasItsAxis(t *testing.T) {
	t.Parallel()
	c := drawWeek(t, Week{})
	if c.right-c.left < 900 {
		t.Errorf("baseline runs from %d to %d", c.left, c.right)
	}
	chart := image.Rect(0, weekHead, WeekWidth, c.base)
	if n := count(c.NRGBA, chart, deep) + count(c.NRGBA, chart, ai); n != 0 {
		t.Errorf("%d pixels of bars, want none", n)
	}
}

func TestEqualWeeksGiveEqualBytes(t *testing.T) {
	t.Parallel()
	w := week(24*60, [2]int{900, 400}, [2]int{1020, 300})
	payload, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if len(payload) > 500 {
		t.Errorf("a week takes %d bytes in a job, want at most 500", len(payload))
	}
	want, err := w.PNG()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			var stored Week
			if err := json.Unmarshal(payload, &stored); err != nil {
				t.Error(err)
			}
			if got, err := stored.PNG(); err != nil || !bytes.Equal(got, want) {
				t.Errorf("drawn anew: other bytes, error %v", err)
			}
		})
	}
	group.Wait()
}

func FuzzWeek(f *testing.F) {
	f.Add("", "", "", 0, 0, 0)
	f.Add(strings.Repeat("W", 5000), strings.Repeat("label ", 900), "hours and hours", math.MaxInt, math.MaxInt, math.MaxInt)
	f.Add("\xff\x00\u202e", "🎉\u0301\u0301\u0301", "\n", math.MinInt, -1, -5)
	f.Add("مجموعة\nيوم", strings.Repeat("\u0336", 900), "ساعة", 1, math.MaxInt, 1)
	f.Fuzz(func(t *testing.T, title, label, unit string, deep, ai, goal int) {
		w := Week{Title: title, DeepLabel: label, AILabel: title, GoalLabel: label, Unit: unit, Goal: goal}
		for i := range w.Days {
			w.Days[i] = Day{label, deep >> i, ai >> (2 * i)}
		}
		b, err := w.PNG()
		decode(t, b, err, WeekWidth, WeekHeight)
	})
}

func BenchmarkWeek(b *testing.B) {
	w := week(24*60, [2]int{900, 400}, [2]int{1020, 300}, [2]int{700, 500}, [2]int{1200, 620}, [2]int{600, 0})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
