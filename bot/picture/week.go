package picture

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The size of a [Week] in pixels.
const (
	WeekWidth  = 1200
	WeekHeight = 750
)

// Week is what the chart of a cohort's week shows: a bar a day, deep work below
// and work with AI on top, in hours, and the goal as a dashed line.
type Week struct {
	Title string `json:"title"`         // such as "Go crew · week of 16 Nov"
	Days  [7]Day `json:"days"`          // Monday first
	Goal  int    `json:"goal,omitzero"` // minutes a day for the whole cohort; 0: no line

	DeepLabel string `json:"deep"`
	AILabel   string `json:"ai"`
	GoalLabel string `json:"line,omitzero"`
	Unit      string `json:"unit,omitzero"` // follows the axis' numbers, such as "h"
}

// Day is one bar of a [Week], in the whole cohort's minutes. Negative minutes
// count as none, and more than 100 million as just that.
type Day struct {
	Label string `json:"l"` // such as "Mon 16"
	Deep  int    `json:"d,omitzero"`
	AI    int    `json:"a,omitzero"`
}

func (d Day) total() int { return d.Deep + d.AI }

const (
	weekText   = 37   // pixels of all text but the title; 11 when shown 360 wide
	weekHead   = 206  // pixels kept free above the axis: title, legend, a total
	barWidth   = 0.66 // of a day's share of the axis
	legendText = 288  // pixels, the most that leave room for all three
)

var goalStyle = draw.LineStyle{Color: ink, Width: 5, Dashes: []vg.Length{14, 8}}

// PNG draws the chart, [WeekWidth] by [WeekHeight] pixels. Equal weeks give
// equal bytes; the error is the encoder's.
func (w Week) PNG() ([]byte, error) {
	w = w.clamped()
	c := newCard(WeekWidth, WeekHeight, w.Title)
	w.legend(c)

	p := plot.New()
	p.BackgroundColor = nil
	p.HideAxes() // all but the labels set below
	label := regular(weekText, faint)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		label.XAlign, label.YAlign = a.Tick.Label.XAlign, a.Tick.Label.YAlign
		a.Tick.Label = label
		a.Padding = 14
	}
	area := draw.Crop(c.Canvas, margin, -margin, margin, -weekHead)

	scale := axisTo(w.highest())
	p.Y.Min, p.Y.Max = 0, float64(scale.top)
	p.Y.Tick.Marker = scale.ticks(fit(w.Unit, label, 2*weekText))

	p.X.Min, p.X.Max = -0.5, float64(len(w.Days))-0.5
	share := p.DataCanvas(area).Size().X / vg.Length(len(w.Days))
	days := make(plot.ConstantTicks, len(w.Days))
	for i, d := range w.Days {
		days[i] = plot.Tick{Value: float64(i), Label: fit(d.Label, label, share-8)}
	}
	p.X.Tick.Marker = days

	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	grid.Horizontal = draw.LineStyle{Color: rule, Width: 3}
	p.Add(grid, bars{c, w})
	p.Draw(area)
	return c.png()
}

// clamped returns the week with every number within what can be drawn.
func (w Week) clamped() Week {
	for i, d := range w.Days {
		w.Days[i].Deep, w.Days[i].AI = clamp(d.Deep), clamp(d.AI)
	}
	w.Goal = clamp(w.Goal)
	return w
}

// highest is the most minutes that anything in the week reaches.
func (w Week) highest() int {
	minutes := w.Goal
	for _, d := range w.Days {
		minutes = max(minutes, d.total())
	}
	return minutes
}

// legend says what the colours and the line mean, in a row of its own between
// the title and the chart.
func (w Week) legend(c card) {
	const (
		side   = 36 // of a colour's square
		dashes = 58 // of the line's sample
		gap    = 14
		y      = WeekHeight - margin - titleSize - 30 - side
	)
	label := regular(weekText, ink)
	x := vg.Length(margin)
	write := func(text string) {
		text = fit(text, label, legendText)
		c.write(label, x+gap, y+side/2, text)
		x += gap + label.Width(text) + 3*gap
	}

	c.box(deep, rect(x, y, side, side), 8, 8)
	x += side
	write(w.DeepLabel)
	c.box(ai, rect(x, y, side, side), 8, 8)
	x += side
	write(w.AILabel)
	if w.Goal > 0 {
		c.StrokeLine2(goalStyle, x, y+side/2, x+dashes, y+side/2)
		x += dashes
		write(w.GoalLabel)
	}
}

// bars draws a week's data into the plot: the bars, the goal line across them,
// and the totals.
type bars struct {
	card
	Week
}

// Plot implements [plot.Plotter].
func (b bars) Plot(area draw.Canvas, p *plot.Plot) {
	x, py := p.Transforms(&area)
	y := func(minutes int) vg.Length { return py(float64(minutes)) }
	line := func(style draw.LineStyle, at vg.Length) {
		b.StrokeLine2(style, area.Min.X, at, area.Max.X, at)
	}

	for i, d := range b.Days {
		left, right := x(float64(i)-barWidth/2), x(float64(i)+barWidth/2)
		b.stack(left, right, y(0), y(d.Deep), y(d.total()))
	}
	line(draw.LineStyle{Color: faint, Width: 3}, y(0))
	if b.Goal > 0 {
		line(draw.LineStyle{Color: paper, Width: goalStyle.Width + 6}, y(b.Goal))
		line(goalStyle, y(b.Goal))
	}
	for i, d := range b.Days {
		if d.total() > 0 {
			b.writeTotal(hours(d.total()), x(float64(i)), y(d.total()), y(b.Goal))
		}
	}
}

// stack draws one bar from the baseline: deep work up to the middle, work with
// AI from there to the top, and a seam between the two where there is room.
func (b bars) stack(left, right, base, middle, top vg.Length) {
	const seam = 4
	var corner vg.Length = 10
	b.box(ai, rect(left, middle, right-left, top-middle), corner, 0)
	if top > middle {
		corner = 0 // only what is on top is rounded
	}
	b.box(deep, rect(left, base, right-left, middle-base), corner, 0)
	if top-middle > seam && middle-base > seam {
		b.box(paper, rect(left, middle-seam/2, right-left, seam), 0, 0)
	}
}

// writeTotal writes a number above the top of its bar, and above the goal line
// if that would run through it.
func (b bars) writeTotal(text string, x, top, goal vg.Length) {
	const gap = 14
	if top < goal && goal < top+gap+weekText {
		top = goal
	}
	label := bold(weekText, ink)
	label.XAlign = draw.XCenter
	width := label.Width(text) + gap
	b.box(paper, rect(x-width/2, top+gap/2, width, weekText), 6, 6) // hides the grid behind it
	b.write(label, x, top+gap+0.36*weekText, text)
}
