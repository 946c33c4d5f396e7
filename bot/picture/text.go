package picture

import (
	"image/color"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

const (
	ellipsis = "…"
	// longest is how many bytes of a label are looked at: far more than ever
	// fit on a card, far less than somebody may send.
	longest = 1 << 10
)

// regular and bold are text of that many pixels, left-aligned on its baseline.
func regular(size vg.Length, c color.Color) text.Style { return sans(size, c, font.WeightNormal) }
func bold(size vg.Length, c color.Color) text.Style    { return sans(size, c, font.WeightBold) }

func sans(size vg.Length, c color.Color, weight font.Weight) text.Style {
	return text.Style{
		Color:   c,
		Font:    plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: size},
		Handler: plot.DefaultTextHandler,
	}
}

// fit returns s as one line that the style can draw within the width: without
// what the font lacks, and cut with an ellipsis where it is too long.
func fit(s string, style text.Style, width vg.Length) string {
	s = drawable(s, style)
	if style.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	cut := func(n int) string { return strings.TrimRightFunc(string(runes[:n]), unicode.IsSpace) + ellipsis }
	n := sort.Search(len(runes), func(n int) bool { return style.Width(cut(n)) > width })
	if n == 0 {
		return ""
	}
	return cut(n - 1)
}

// drawable reduces s to what the style's font can show, on one line. A run of
// letters it cannot show becomes one ellipsis, so that the gap is seen; symbols
// and marks just go. Letters written from right to left count as such even
// where the font has them, since they would be drawn in the wrong order. If
// nothing but gaps is left, so is nothing.
func drawable(s string, style text.Style) string {
	s = strings.ToValidUTF8(s[:min(len(s), longest)], "")
	face := style.Handler.Cache().Lookup(style.Font, style.Font.Size).Face

	var b strings.Builder
	var gap, solid bool
	for _, r := range norm.NFC.String(s) {
		glyph, err := face.GlyphIndex(nil, r)
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case err == nil && glyph != 0 && unicode.IsPrint(r) && !unicode.IsMark(r) && !rightToLeft(r):
			b.WriteRune(r)
			gap, solid = false, true
		case (unicode.IsLetter(r) || unicode.IsNumber(r)) && !gap:
			b.WriteString(ellipsis)
			gap = true
		}
	}
	if !solid {
		return ""
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func rightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}
