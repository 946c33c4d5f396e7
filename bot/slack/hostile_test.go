package slack

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/content/say"
)

// hostile is what people may write that some reader could take for more, or
// tear.
var hostile = []string{
	"& < > &amp; &lt;b&gt; <b>x</b>",
	"@everyone @here @channel <!channel> <!here|here> <!everyone>",
	"<@U1> <#C1|general> <!subteam^S1> <!date^0^{date}|x>",
	"*x* _y_ ~z~ `c` ```pre``` **x** __y__",
	"> quote\n>>> quote\n# heading\n- item\n1. item\n• item",
	"https://evil.example <https://evil.example|click> [a](https://b.example) www.evil.example a@b.example",
	":smile: :wave::skin-tone-2: :) </coach:1> /coach help",
	"mañana 明日 עברית हिन्दी e\u0301\u0323 👩‍💻 👍🏽 🇭🇷🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
	"\x00\x07\x1b[31m\u202e\u200b\ufeff\r\n\t\\ \" '",
	"\xff\xfe\xc3",
	strings.Repeat("a", 400), strings.Repeat("&", 400), strings.Repeat("👩‍💻", 200), strings.Repeat("e\u0301", 300), strings.Repeat("\u0301", 300),
}

// words generates texts of any script and length, and what is hostile.
func words(longest int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			b.WriteString(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()).Draw(t, "piece"))
			b.WriteString(rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between"))
		}
		s := strings.Repeat(strings.ReplaceAll(b.String(), "\uFFFD", ""), rapid.IntRange(1, 40).Draw(t, "times"))
		return first(s, longest)
	})
}

// first is what there is of s up to some number of code points.
func first(s string, longest int) string {
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	whole := []rune(strings.ToValidUTF8(s, ""))
	return string(whole[:min(len(whole), longest)])
}

// marked generates marked-up text with people's words in it.
func marked(longest int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 12).Draw(t, "spans") {
			s := say.Literal(words(longest/4).Draw(t, "words")).String()
			format := rapid.SampledFrom([]string{"%s", "*%s*", " _%s_ ", "`%s`", "[%s](https://example.org/a?b=1&c=2)", "[%s](https://)", "[#%s](#)", "[#C1](#)%s"}).Draw(t, "format")
			fmt.Fprintf(&b, format, s)
		}
		return first(b.String(), longest)
	})
}

func block(t *rapid.T) coach.Block {
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return coach.Block{Title: words(200).Draw(t, "title")}
	case 1:
		return coach.Block{Text: marked(3000).Draw(t, "text")}
	case 2:
		return coach.Block{Code: words(1500).Draw(t, "code")}
	case 3:
		var b coach.Block
		for range rapid.IntRange(1, 10).Draw(t, "fields") {
			b.Fields = append(b.Fields, coach.Field{Label: words(75).Draw(t, "label"), Value: marked(1000).Draw(t, "value")})
		}
		return b
	case 4:
		var b coach.Block
		for range rapid.IntRange(1, 30).Draw(t, "buttons") {
			b.Actions = append(b.Actions, coach.Action{
				Label: words(80).Draw(t, "label"), Verb: rapid.StringMatching(`[a-z-]{1,12}`).Draw(t, "verb"),
				Args:  map[string]string{words(20).Draw(t, "name"): words(3000).Draw(t, "argument")},
				Style: coach.ActionStyle(rapid.SampledFrom([]string{"", "primary", "danger", "loud"}).Draw(t, "style")),
			})
		}
		return b
	case 5:
		return coach.Block{Image: &coach.Image{Alt: words(2500).Draw(t, "alt")}}
	default:
		return coach.Block{Context: marked(3000).Draw(t, "context")}
	}
}

func message(t *rapid.T, most int) coach.Message {
	m := coach.Message{Blocks: []coach.Block{coach.Text("Day 1")}}
	for range rapid.IntRange(0, most).Draw(t, "blocks") {
		m.Blocks = append(m.Blocks, block(t))
	}
	return m
}

func TestEveryMessageFits(t *testing.T) {
	schema(t, blocksSchema)
	rapid.Check(t, func(r *rapid.T) {
		m := message(r, 12)
		files := rapid.SliceOfN(rapid.SampledFrom([]string{"", "F1", "F2"}), 0, 12).Draw(r, "files")
		posts := render(m, files)
		if err := fitsMessage(t, posts); err != nil {
			r.Fatalf("%v\n%s", err, encode(posts))
		}
		ids := map[string]bool{}
		for _, p := range posts {
			for _, b := range p.Blocks {
				if row, ok := b.(*slack.ActionBlock); ok {
					for _, e := range row.Elements.ElementSet {
						if id := e.(*slack.ButtonBlockElement).ActionID; ids[id] {
							r.Fatalf("the id %s is there twice", id)
						} else {
							ids[id] = true
						}
					}
				}
			}
		}
		if err := fitsHome(t, home(m)); err != nil {
			r.Fatal(err)
		}
	})
}

// A long message is divided, and none of its words is lost.
func TestNothingIsLostWhereAMessageIsDivided(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.SliceOfN(marked(3000), 1, 8).Draw(r, "texts")
		var m coach.Message
		want := ""
		for _, s := range text {
			m.Blocks = append(m.Blocks, coach.Text(s))
			for _, span := range say.Parse(tidy(coach.Text(s).Text)) {
				want += span.Text
			}
		}
		got := ""
		for _, p := range render(m, nil) {
			for _, b := range p.Blocks {
				got += shown(b)
			}
		}
		if got, want = squeezed(got), squeezed(want); got != want {
			r.Fatalf("it reads\n%q, not\n%q", got, want)
		}
	})
}

// squeezed is text without the spaces and line ends at which it is divided, and
// without the addresses of links that lead nowhere, which are shown.
func squeezed(s string) string {
	s = strings.NewReplacer(" ", "", "\n", "").Replace(s)
	return strings.ReplaceAll(s, "(https://)", "")
}

// shown is what a block shows of its text.
func shown(b slack.Block) string {
	var out strings.Builder
	rich, ok := b.(*slack.RichTextBlock)
	if !ok {
		return ""
	}
	for _, e := range rich.Elements {
		var all []slack.RichTextSectionElement
		switch e := e.(type) {
		case *slack.RichTextSection:
			all = e.Elements
		case *slack.RichTextPreformatted:
			all = e.Elements
		}
		for _, e := range all {
			switch e := e.(type) {
			case *slack.RichTextSectionTextElement:
				out.WriteString(e.Text)
			case *slack.RichTextSectionLinkElement:
				out.WriteString(e.Text)
			case *slack.RichTextSectionChannelElement:
				out.WriteString("#" + e.ChannelID)
			}
		}
	}
	return out.String()
}

func TestEveryFormFits(t *testing.T) {
	schema(t, modalSchema)
	kinds := []coach.FieldKind{
		coach.FieldText, coach.FieldArea, coach.FieldNumber, coach.FieldDate, coach.FieldTime, coach.FieldOne, coach.FieldMany, coach.FieldYes,
	}
	rapid.Check(t, func(r *rapid.T) {
		f := coach.Form{
			Verb: "settings", Args: map[string]string{"cohort": words(80).Draw(r, "argument")},
			Title: words(60).Draw(r, "title"), Intro: marked(3000).Draw(r, "intro"), Submit: words(60).Draw(r, "submit"),
		}
		for i := range rapid.IntRange(1, 8).Draw(r, "fields") {
			field := coach.FormField{
				Name: fmt.Sprint("field", i), Kind: rapid.SampledFrom(kinds).Draw(r, "kind"),
				Label: words(200).Draw(r, "label"), Hint: words(300).Draw(r, "hint"), Error: words(300).Draw(r, "error"),
				Max: rapid.SampledFrom([]int{0, 1, 40, 2000, 9000}).Draw(r, "max"), Optional: rapid.Bool().Draw(r, "optional"),
			}
			if field.Kind == coach.FieldOne || field.Kind == coach.FieldMany {
				field.Options = append(field.Options, coach.Option{Value: "first", Label: "First"})
				for j := range rapid.SampledFrom([]int{0, 1, 5, 9, 10, 99, 100, 101, 450}).Draw(r, "options") {
					field.Options = append(field.Options, coach.Option{Value: fmt.Sprint("o", j), Label: hostile[j%len(hostile)]})
				}
				field.Options = append(field.Options, coach.Option{Value: words(300).Draw(r, "value"), Label: words(100).Draw(r, "choice")})
			}
			field.Value = rapid.OneOf(rapid.SampledFrom([]string{"", "o1", "o1,o2", "2027-03-14", "2027-02-30", "9:00", "24:00", "12", "-3", "007", "yes"}), words(4000)).Draw(r, "first value")
			f.Fields = append(f.Fields, field)
		}
		v := modal(f, where{Room: "slack/T1/C1"})
		if err := fitsModal(t, v); err != nil {
			r.Fatalf("%v\n%s", err, encode(v))
		}
		verb, args, _, err := submitted(filled(v))
		if err != nil || verb != f.Verb || len(args) != len(f.Fields)+1 {
			r.Fatalf("it comes back as %s %q: %v", verb, args, err)
		}
	})
}

func TestCutTearsNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := tidy(words(400).Draw(r, "text"))
		limit := rapid.IntRange(80, 300).Draw(r, "limit")
		got := cut(s, limit, escape)
		if size(got) > limit {
			r.Fatalf("%q has %d characters, more than %d", got, size(got), limit)
		}
		whole := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(got)
		if escape(whole) != got {
			r.Fatalf("an escape is torn in %q", got)
		}
		if whole == s {
			return
		}
		head := strings.TrimSuffix(whole, "…")
		if !strings.HasPrefix(s, head) || !utf8.ValidString(head) {
			r.Fatalf("%q is no beginning of %q", head, s)
		}
		for at := 0; at < len(head); {
			if at += cluster(s[at:]); at > len(head) {
				r.Fatalf("a character is torn at the end of %q", head)
			}
		}
	})
}

func TestCharactersAsPeopleSeeThem(t *testing.T) {
	for _, s := range []string{"a", "é", "e\u0301", "👩‍💻", "👍🏽", "🇭🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "明", "हि", "1️⃣", "❤️‍🔥"} {
		if n := cluster(s + "x"); n != len(s) {
			t.Errorf("the first character of %q has %d bytes, want %d", s+"x", n, len(s))
		}
		if n := cluster(s + "🇯🇵"); n != len(s) {
			t.Errorf("the first character of %q has %d bytes, want %d", s+"🇯🇵", n, len(s))
		}
	}
}
