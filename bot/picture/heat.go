package picture

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The size of a [Heat] in pixels, and the weeks it has room for.
const (
	HeatWidth  = 900
	HeatHeight = 700
	HeatWeeks  = 12
)

// Heat is what the map of a learner's days shows: a column a week, a square a
// day, the darker the more was studied.
type Heat struct {
	Title string     `json:"title"`
	Weeks []HeatWeek `json:"weeks"`         // oldest first; the last [HeatWeeks] are drawn
	Days  [7]string  `json:"days"`          // labels of the rows, Monday first; empty: none
	Full  int        `json:"full,omitzero"` // minutes that make a square darkest; 0: the most of any day

	LessLabel string `json:"less"`
	MoreLabel string `json:"more"`
}

// HeatWeek is one column of a [Heat].
type HeatWeek struct {
	Label   string `json:"l,omitzero"` // above the column and on over unlabelled ones, such as "Nov"
	Minutes [7]int `json:"m"`          // Monday first; negative: no square, as for days to come
}

// shades go from a little study to a full day, darker at every step, each by
// enough to be told apart without its hue.
var shades = [4]color.NRGBA{
	{0xae, 0xcb, 0xf0, 0xff},
	{0x72, 0x9f, 0xdc, 0xff},
	{0x38, 0x6c, 0xb8, 0xff},
	{0x14, 0x33, 0x6b, 0xff},
}

const (
	heatText = 32 // pixels; 13 when shown 360 wide
	square   = 52 // pixels
	pitch    = 60 // pixels from one square to the next
	heatTop  = HeatHeight - margin - titleSize - 28 - heatText - 14
	heatLeft = HeatWidth - margin - HeatWeeks*pitch + (pitch - square)
)

// PNG draws the map, [HeatWidth] by [HeatHeight] pixels. Equal maps give equal
// bytes; the error is the encoder's.
func (h Heat) PNG() ([]byte, error) {
	h.Weeks = h.Weeks[max(0, len(h.Weeks)-HeatWeeks):]
	c := newCard(HeatWidth, HeatHeight, h.Title)
	h.labels(c)
	full := h.full()
	for week, w := range h.Weeks {
		for day, minutes := range w.Minutes {
			if minutes >= 0 {
				c.shade(heatSquare(week, day), level(minutes, full))
			}
		}
	}
	h.scale(c)
	return c.png()
}

// heatSquare is the place of a day's square.
func heatSquare(week, day int) vg.Rectangle {
	return rect(heatLeft+vg.Length(week*pitch), heatTop-vg.Length(day*pitch)-square, square, square)
}

// full is how many minutes make a square darkest.
func (h Heat) full() int {
	full := clamp(h.Full)
	if full > 0 {
		return full
	}
	for _, w := range h.Weeks {
		for _, minutes := range w.Minutes {
			full = max(full, clamp(minutes))
		}
	}
	return full
}

// level is 0 for a day without study, and else the quarter of a full day that
// it reached into, 1 to 4.
func level(minutes, full int) int {
	if minutes <= 0 {
		return 0
	}
	return min((4*clamp(minutes)+full-1)/full, 4)
}

// shade draws a square: hollow for level 0, else filled.
func (c card) shade(r vg.Rectangle, level int) {
	const corner, stroke = 10, 3
	if level > 0 {
		c.box(shades[level-1], r, corner, corner)
		return
	}
	c.box(border, r, corner, corner)
	size := r.Size()
	c.box(paper, rect(r.Min.X+stroke, r.Min.Y+stroke, size.X-2*stroke, size.Y-2*stroke), corner-stroke, corner-stroke)
}

// labels names the rows and the columns. A column's label may reach as far as
// the next one's, and is left out where it would reach further.
func (h Heat) labels(c card) {
	label := regular(heatText, faint)
	for day, name := range h.Days {
		c.write(label, margin, heatSquare(0, day).Min.Y+square/2, fit(name, label, heatLeft-margin-10))
	}
	right := vg.Length(HeatWidth - margin/2)
	for week := len(h.Weeks) - 1; week >= 0; week-- {
		text := drawable(h.Weeks[week].Label, label)
		left := heatSquare(week, 0).Min.X
		if text != "" && label.Width(text) < right-left {
			c.write(label, left, heatTop+14+heatText/2, text)
			right = left - 10
		}
	}
}

// scale draws the levels from less to more, at the bottom right.
func (h Heat) scale(c card) {
	const side, gap = 36, 10
	label := regular(heatText, faint)
	label.XAlign = draw.XRight
	x := vg.Length(HeatWidth - margin)
	write := func(text string) {
		text = fit(text, label, 200)
		c.write(label, x, margin+side/2, text)
		x -= label.Width(text) + gap
	}
	write(h.MoreLabel)
	for l := len(shades); l >= 0; l-- {
		c.shade(rect(x-side, margin, side, side), l)
		x -= side + gap
	}
	write(h.LessLabel)
}
