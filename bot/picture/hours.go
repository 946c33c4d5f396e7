package picture

import (
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// most is the most minutes drawn for one day: beyond what 60,000 learners can
// study in it, and small enough that no sum overflows.
const most = 100_000_000

func clamp(minutes int) int { return min(max(minutes, 0), most) }

// hours writes minutes as hours, no longer than six characters: 0.75, 1.5, 12,
// 5000, 12k.
func hours(minutes int) string {
	h := float64(minutes) / 60
	switch {
	case minutes < 2*60:
		return decimal(h, 2)
	case minutes < 100*60:
		return decimal(h, 1)
	case minutes < 10_000*60:
		return decimal(h, 0)
	default:
		return decimal(h/1000, 0) + "k"
	}
}

// decimal rounds to at most that many places.
func decimal(f float64, places int) string {
	s := strconv.FormatFloat(f, 'f', places, 64)
	if places == 0 {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// axis marks an hours axis that starts at 0; its values are minutes.
type axis struct{ step, top int }

// axisTo returns the axis with the finest steps that reaches that many minutes,
// and half an hour at least, in five steps or fewer.
func axisTo(minutes int) axis {
	minutes = max(minutes, 30)
	steps := []int{15, 30, 60, 120, 300}
	for i := 0; ; i++ {
		if i == len(steps) {
			steps, i = []int{steps[i-3] * 10, steps[i-2] * 10, steps[i-1] * 10}, 0
		}
		if n := (minutes + steps[i] - 1) / steps[i]; n <= 5 {
			return axis{steps[i], n * steps[i]}
		}
	}
}

// ticks labels every step with its hours and the unit.
func (a axis) ticks(unit string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for m := 0; m <= a.top; m += a.step {
		ticks = append(ticks, plot.Tick{Value: float64(m), Label: strings.TrimSpace(hours(m) + " " + unit)})
	}
	return ticks
}
