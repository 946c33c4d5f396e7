package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"
)

// decode checks a picture's size, weight and frame, and returns its pixels.
func decode(t *testing.T, b []byte, err error, width, height int) *image.NRGBA {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 200_000 {
		t.Errorf("picture weighs %d bytes, want at most 200,000", len(b))
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if got, want := img.Bounds(), image.Rect(0, 0, width, height); got != want {
		t.Fatalf("bounds = %v, want %v", got, want)
	}
	pixels, ok := img.(*image.NRGBA)
	if !ok {
		t.Fatalf("decoded as %T, want transparency", img)
	}
	checkFrame(t, pixels)
	return pixels
}

// checkFrame checks that the corners are transparent and that nothing was drawn
// on the strip of paper along the edges, so that nothing is clipped by them.
func checkFrame(t *testing.T, img *image.NRGBA) {
	t.Helper()
	const edge, strip = 4, 20
	b := img.Bounds()
	for _, p := range []image.Point{{0, 0}, {b.Max.X - 1, 0}, {0, b.Max.Y - 1}, {b.Max.X - 1, b.Max.Y - 1}} {
		if a := img.NRGBAAt(p.X, p.Y).A; a != 0 {
			t.Errorf("corner %v has alpha %d, want it transparent", p, a)
		}
	}
	for _, r := range []image.Rectangle{
		image.Rect(edge, cardCorner, strip, b.Max.Y-cardCorner),
		image.Rect(b.Max.X-strip, cardCorner, b.Max.X-edge, b.Max.Y-cardCorner),
		image.Rect(cardCorner, edge, b.Max.X-cardCorner, strip),
		image.Rect(cardCorner, b.Max.Y-strip, b.Max.X-cardCorner, b.Max.Y-edge),
	} {
		if n := count(img, r, paper); n != r.Dx()*r.Dy() {
			t.Errorf("%d of %d pixels of the strip %v are paper, want all", n, r.Dx()*r.Dy(), r)
		}
	}
}

// count is the number of pixels in r that have exactly that colour.
func count(img *image.NRGBA, r image.Rectangle, c color.NRGBA) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.NRGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursCanBeToldApartByLightness(t *testing.T) {
	for _, tt := range []struct {
		what string
		a, b color.NRGBA
		want float64
	}{
		{"deep on paper", deep, paper, 3},
		{"AI on paper", ai, paper, 3},
		{"deep beside AI", deep, ai, 3},
		{"goal line on its halo", ink, paper, 4.5},
		{"text", ink, paper, 4.5},
		{"axis text", faint, paper, 4.5},
		{"a little beside none", shades[0], paper, 1.5},
		{"first shade beside second", shades[0], shades[1], 1.5},
		{"second shade beside third", shades[1], shades[2], 1.5},
		{"third shade beside fourth", shades[2], shades[3], 1.5},
	} {
		if got := contrast(tt.a, tt.b); got < tt.want {
			t.Errorf("%s: contrast %.2f, want at least %.1f", tt.what, got, tt.want)
		}
	}
}
