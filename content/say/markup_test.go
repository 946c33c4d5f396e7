package say

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	plain := func(text string) []Span { return []Span{{Text: text}} }
	for text, want := range map[string][]Span{
		"":                  nil,
		"just words":        plain("just words"),
		"*bold*":            {{Text: "bold", Style: Bold}},
		"_so_, `x` and *y*": {{Text: "so", Style: Italic}, {Text: ", "}, {Text: "x", Style: Code}, {Text: " and "}, {Text: "y", Style: Bold}},
		"see [the manual](https://go.dev/doc)!": {
			{Text: "see "}, {Text: "the manual", Style: Anchor, URL: "https://go.dev/doc"}, {Text: "!"}},
		"in [#C1](#), [#my \\] room](#).": {
			{Text: "in "}, {Text: "#C1", Style: Channel}, {Text: ", "}, {Text: "#my ] room", Style: Channel}, {Text: "."}},
		"[no](#)":                plain("[no](#)"),
		"[#no] (#)":              plain("[#no] (#)"),
		"“*bold*”":               {{Text: "“"}, {Text: "bold", Style: Bold}, {Text: "”"}},
		"_snake_case_":           {{Text: "snake_case", Style: Italic}},
		"snake_case and 2*3*4":   plain("snake_case and 2*3*4"),
		"SELECT * FROM a, b * c": plain("SELECT * FROM a, b * c"),
		"été_à_vous":             plain("été_à_vous"),
		"**":                     plain("**"),
		"never *closed":          plain("never *closed"),
		"*two\nlines*":           plain("*two\nlines*"),
		`\*as it is\*`:           plain("*as it is*"),
		`C:\temp \d+ \\`:         plain(`C:\temp \d+ \`),
		`trailing \`:             plain(`trailing \`),
		`*a \* b*`:               {{Text: "a * b", Style: Bold}},
		"`*not bold*`":           {{Text: "*not bold*", Style: Code}},
		"`a \\` b`":              {{Text: "a ` b", Style: Code}},
		`[a \] b](https://x)`:    {{Text: "a ] b", Style: Anchor, URL: "https://x"}},
		"[no](http://x)":         plain("[no](http://x)"),
		"[no](https://x y)":      plain("[no](https://x y)"),
		"[no](https://x":         plain("[no](https://x"),
		"a[0] and [b]":           plain("a[0] and [b]"),
	} {
		if diff := cmp.Diff(want, Parse(text)); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestUnmarkedKeepsAddresses(t *testing.T) {
	got := Unmarked("*Read* [the docs](https://go.dev/doc), `x_y` too, in [#C1](#)")
	if want := "Read the docs (https://go.dev/doc), x_y too, in #C1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStrayFindsMarksThatLookMeant(t *testing.T) {
	for text, want := range map[string]string{
		"fine *bold* _it_ `c` [t](https://x) a_b 2*3 a * b, [b], \\* and *": "",
		"* a list":             "",
		"a *never closed":      "*never closed",
		"closed* only":         "* only",
		"an `unclosed":         "`unclosed",
		"**doubled**":          "**doubled**",
		"count(*) of":          "*) of",
		"_open":                "_open",
		"[t](http://insecure)": "](http://insecure)",
		"*crosses\nlines*":     "*crosses\nlines*",
	} {
		if got := Stray(text); got != want {
			t.Errorf("Stray(%q) = %q, want %q", text, got, want)
		}
	}
}

// literals are texts with more marks than people write.
func literals() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		marks := rapid.StringOf(rapid.RuneFrom([]rune("*_`[]()\\ \n!aé😀.https:/")))
		return rapid.OneOf(marks, rapid.String()).Draw(t, "text")
	})
}

func TestLiteralShowsAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := literals().Draw(t, "x")
		lit := Literal(x).String()
		for in, want := range map[string]string{lit: x, "a " + lit + " b": "a " + x + " b"} {
			spans := Parse(in)
			if want == "" && spans == nil {
				continue
			}
			if diff := cmp.Diff([]Span{{Text: want}}, spans); diff != "" {
				t.Fatalf("Parse(%q) (-want +got):\n%s", in, diff)
			}
		}
	})
}

func TestLiteralWithinMarksTakesTheirStyle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := strings.ReplaceAll(literals().Draw(t, "x"), "\n", " ")
		if x == "" {
			t.Skip("marks around nothing stand for themselves")
		}
		lit := Literal(x).String()
		for in, want := range map[string]Span{
			"*" + lit + "*":               {Text: x, Style: Bold},
			"_" + lit + "_":               {Text: x, Style: Italic},
			"`" + lit + "`":               {Text: x, Style: Code},
			"[" + lit + "](https://a.bc)": {Text: x, Style: Anchor, URL: "https://a.bc"},
			"[#" + lit + "](#)":           {Text: "#" + x, Style: Channel},
		} {
			if diff := cmp.Diff([]Span{want}, Parse(in)); diff != "" {
				t.Fatalf("Parse(%q) (-want +got):\n%s", in, diff)
			}
			around := []Span{{Text: "a "}, want, {Text: " b"}}
			if diff := cmp.Diff(around, Parse("a "+in+" b")); diff != "" {
				t.Fatalf("Parse(%q) within text (-want +got):\n%s", in, diff)
			}
		}
	})
}

func TestLiteralOfSeveralLinesIsNotStyled(t *testing.T) {
	want := []Span{{Text: "*two\nlines*"}}
	if diff := cmp.Diff(want, Parse("*"+Literal("two\nlines").String()+"*")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"*a* _b_ `c` [d](https://e)", `\*\_\\`, "[[[", "*_`", "[a](https://", "*\xff*", "[#c](#)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		total := 0
		for _, s := range Parse(text) {
			if s.Text == "" {
				t.Errorf("an empty span in %q", text)
			}
			total += len(s.Text) + len(s.URL)
		}
		if total > len(text) {
			t.Errorf("%q has %d bytes, its spans %d", text, len(text), total)
		}
		if stray := Stray(text); !strings.HasSuffix(text, stray) {
			t.Errorf("Stray(%q) = %q", text, stray)
		}
	})
}
