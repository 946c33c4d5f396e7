package picture

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The palette. Deep, AI and paper keep a contrast of 3:1 to one another, which
// is what WCAG 2.2 asks of graphics (success criterion 1.4.11), so that they
// differ in lightness too and not in hue alone; ink and faint keep the 4.5:1
// of text to paper.
var (
	paper  = color.NRGBA{0xfc, 0xfb, 0xf8, 0xff}
	border = color.NRGBA{0xd8, 0xd4, 0xca, 0xff}
	rule   = color.NRGBA{0xe2, 0xdf, 0xd7, 0xff}
	ink    = color.NRGBA{0x22, 0x24, 0x2a, 0xff}
	faint  = color.NRGBA{0x5d, 0x60, 0x68, 0xff}
	deep   = color.NRGBA{0x14, 0x3d, 0x80, 0xff}
	ai     = color.NRGBA{0xd9, 0x79, 0x06, 0xff}
)

const (
	margin     = 44 // pixels between a card's edge and what is drawn on it
	titleSize  = 50 // pixels; 15 when a card is shown 360 wide
	cardCorner = 36 // pixels, the radius of a card's corners
)

// card is a picture in the making: one unit is one pixel, the origin is at the
// bottom left, and what lies outside the rounded corners stays transparent.
type card struct {
	draw.Canvas
	image *vgimg.Canvas
}

// newCard returns an empty card of that many pixels with its title.
func newCard(width, height vg.Length, title string) card {
	img := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(72), vgimg.UseBackgroundColor(color.Transparent))
	c := card{draw.New(img), img}
	edge := c.Rectangle
	c.box(border, edge, cardCorner, cardCorner)
	edge.Min, edge.Max = edge.Min.Add(vg.Point{X: 2, Y: 2}), edge.Max.Sub(vg.Point{X: 2, Y: 2})
	c.box(paper, edge, cardCorner-2, cardCorner-2)

	heading := bold(titleSize, ink)
	c.write(heading, margin, height-margin-titleSize/2, fit(title, heading, width-2*margin))
	return c
}

// box fills a rectangle with corners of the given radii at its top and bottom;
// a radius is cut to what the rectangle has room for.
func (c card) box(fill color.Color, r vg.Rectangle, top, bottom vg.Length) {
	size := r.Size()
	if size.X <= 0 || size.Y <= 0 {
		return
	}
	top = min(top, size.X/2, size.Y)
	bottom = min(bottom, size.X/2, size.Y-top)

	const quarter = math.Pi / 2
	var p vg.Path
	p.Move(vg.Point{X: r.Min.X, Y: r.Min.Y + bottom})
	p.Line(vg.Point{X: r.Min.X, Y: r.Max.Y - top})
	p.Arc(vg.Point{X: r.Min.X + top, Y: r.Max.Y - top}, top, 2*quarter, -quarter)
	p.Arc(vg.Point{X: r.Max.X - top, Y: r.Max.Y - top}, top, quarter, -quarter)
	p.Arc(vg.Point{X: r.Max.X - bottom, Y: r.Min.Y + bottom}, bottom, 0, -quarter)
	p.Arc(vg.Point{X: r.Min.X + bottom, Y: r.Min.Y + bottom}, bottom, -quarter, -quarter)
	p.Close()
	c.SetColor(fill)
	c.Fill(p)
}

// write writes a line of text whose capitals and digits are centred on the
// height y; where it lies beside x is the style's horizontal alignment.
func (c card) write(s text.Style, x, y vg.Length, line string) {
	const half = 0.46 // of the size: from the bottom of the text's box to mid capital
	c.FillText(s, vg.Point{X: x, Y: y - half*s.Font.Size}, line)
}

// png encodes the card.
func (c card) png() ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, c.image.Image()); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// rect is the rectangle of a size with its lower left corner at x, y.
func rect(x, y, width, height vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + width, Y: y + height}}
}
