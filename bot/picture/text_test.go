package picture

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

func TestDrawable(t *testing.T) {
	for in, want := range map[string]string{
		"Go crew · week of 16 Nov": "Go crew · week of 16 Nov",
		"Größe, Ελλάδα, Москва":    "Größe, Ελλάδα, Москва",
		"cafe\u0301":               "café",    // composed, since marks cannot be placed
		"x\u0336y\u0336":           "xy",      // a mark that does not compose goes
		"🎉 Go crew 👩‍💻":            "Go crew", // symbols go, and what joins them
		"1️⃣ step":                 "1 step",  // so do variation selectors
		"日本語クラス · Go":              "… · Go",  // one gap for a run of letters
		"Go を学ぶ会":                  "Go …",    // … wherever it stands
		"مجموعة Go":                "… Go",    // no glyphs
		"שלום Go":                  "… Go",    // glyphs, but written from right to left
		"日本語":                      "",        // nothing but a gap
		"🎉":                        "",        //
		"two\n\tlines \u00a0 here": "two lines here",
		"a\u202eb\u0000c\u200d":    "abc", // controls go
		"bad \xff\xfe bytes":       "bad bytes",
		"□":                        "□",
		"":                         "",
	} {
		if got := drawable(in, regular(30, ink)); got != want {
			t.Errorf("drawable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	style := regular(30, ink)
	for _, tt := range []struct {
		in    string
		width vg.Length
		want  string
	}{
		{"Monday", 200, "Monday"},
		{"Monday the first", 140, "Monday…"}, // no space before the cut
		{"Monday", 0, ""},
	} {
		if got := fit(tt.in, style, tt.width); got != tt.want {
			t.Errorf("fit(%q, %v) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

func TestFitKeepsToItsWidth(t *testing.T) {
	style := bold(40, ink)
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text")
		width := vg.Length(rapid.Float64Range(0, 1500).Draw(t, "width"))
		got := fit(in, style, width)
		if !utf8.ValidString(got) || style.Width(got) > width {
			t.Errorf("fit(%q, %v) = %q, %v wide", in, width, got, style.Width(got))
		}
		if again := fit(got, style, width); got != ellipsis && again != got {
			t.Errorf("fit(%q) = %q, want it unchanged", got, again)
		}
	})
}

func TestFitBoundsItsWork(t *testing.T) {
	if got := fit(strings.Repeat("i", 1<<20), regular(30, ink), 1e9); len(got) > longest {
		t.Errorf("%d bytes came through, want at most %d", len(got), longest)
	}
}
