package discord

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/content/say"
)

// hostile is what people may write that Discord could take for more, or that a
// careless cut would tear.
var hostile = []string{
	"@everyone @here <@1> <@!1> <@&1> <#1> <id:customize> </coach me:1> <t:0:R> <:a:1> <a:b:2>",
	"*x* **y** _z_ __u__ ~~s~~ ||p|| `c` ``d`` ```pre```",
	"> quote\n>>> quotes\n# heading\n-# small\n- item\n+ item\n1. item\n12. item",
	"https://evil.example <https://evil.example> [a](https://b.example) discord.gg/x steam://run a@b.example",
	`:smile: \ \\ \* \_ \`, "attachment://picture-1.png",
	"mañana 明日 עברית हिन्दी e\u0301\u0323",
	"\u202e\u200b\ufeff\t\"'",
	strings.Repeat("a", 400), strings.Repeat("*", 400), strings.Repeat("👩‍💻", 200), strings.Repeat("😀", 300), strings.Repeat("e\u0301", 300),
	strings.Repeat("🇭🇷", 150), strings.Repeat("\n", 50),
}

// words generates texts of any script and length, and what is hostile.
func words(longest int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			b.WriteString(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()).Draw(t, "piece"))
			b.WriteString(rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between"))
		}
		s := strings.Map(func(r rune) rune { // as the coach cleans what comes in
			if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError {
				return -1
			}
			return r
		}, strings.Repeat(b.String(), rapid.IntRange(1, 40).Draw(t, "times")))
		whole := []rune(s)
		return string(whole[:min(len(whole), longest)])
	})
}

// markedUp generates text in the markup of package say with people's words in
// it.
func markedUp(longest int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 12).Draw(t, "spans") {
			s := say.Literal(words(longest/8).Draw(t, "words")).String()
			format := rapid.SampledFrom([]string{"%s", "*%s*", " _%s_ ", "`%s`", "[%s](https://example.org/a?b=1&c=2)"}).Draw(t, "format")
			if n := b.Len() + len(s) + len(format); n > longest {
				break
			}
			fmt.Fprintf(&b, format, s)
		}
		return b.String()
	})
}

func anyBlock(t *rapid.T) coach.Block {
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return coach.Block{Title: words(150).Draw(t, "title")}
	case 1:
		return coach.Block{Text: markedUp(3000).Draw(t, "text")}
	case 2:
		return coach.Block{Code: words(1500).Draw(t, "code")}
	case 3:
		var b coach.Block
		for range rapid.IntRange(1, 10).Draw(t, "fields") {
			b.Fields = append(b.Fields, coach.Field{Label: words(75).Draw(t, "label"), Value: markedUp(1000).Draw(t, "value")})
		}
		return b
	case 4:
		var b coach.Block
		for i := range rapid.IntRange(1, 12).Draw(t, "buttons") {
			b.Actions = append(b.Actions, coach.Action{
				Label: "x" + words(80).Draw(t, "label"), Verb: rapid.StringMatching(`[a-z-]{1,12}`).Draw(t, "verb"),
				Args:  map[string]string{"n": fmt.Sprint(i)},
				Style: coach.ActionStyle(rapid.SampledFrom([]string{"", "primary", "danger", "loud"}).Draw(t, "style")),
			})
		}
		return b
	case 5:
		return coach.Block{Image: &coach.Image{Alt: "x" + words(2500).Draw(t, "alt")}}
	default:
		return coach.Block{Context: markedUp(3000).Draw(t, "context")}
	}
}

// alive finds in markdown what Discord would make more of than text: mentions,
// and addresses outside of links. Escapes and code are taken out before.
var (
	inert = regexp.MustCompile("(?s)```.*?```|``.*?``|`[^`]*`|\\\\[^0-9A-Za-z\\s]")
	links = regexp.MustCompile(`\]\(https://example\.org/a\?b=1&c=2\)|\(<https://example\.org/a\?b=1&c=2>\)`)
	alive = regexp.MustCompile(`<[@#:/a-z]|@everyone|@here|://`)
)

func pingless(markdown string) error {
	left := links.ReplaceAllString(inert.ReplaceAllString(markdown, "\x00"), "")
	if found := alive.FindString(left); found != "" {
		return fmt.Errorf("%q is alive in %q", found, markdown)
	}
	return nil
}

// allMarkdown is what posts say where Discord reads markdown.
func allMarkdown(posts []post) (all []string) {
	for _, p := range posts {
		for _, e := range p.Embeds {
			all = append(all, e.Title, e.Description)
			for _, f := range e.Fields {
				all = append(all, f.Name, f.Value)
			}
		}
	}
	return all
}

func TestEveryMessageFits(t *testing.T) {
	described(t)
	rapid.Check(t, func(r *rapid.T) {
		var m coach.Message
		for range rapid.IntRange(1, 12).Draw(r, "blocks") {
			m.Blocks = append(m.Blocks, anyBlock(r))
		}
		posts := render(m)
		if len(posts) == 0 {
			return // there is nothing but blanks
		}
		if err := fitPosts(t, posts); err != nil {
			r.Fatalf("%v\n%s", err, seen(posts))
		}
		undrawn := slices.Clone(posts)
		for i, p := range undrawn {
			for _, x := range p.Images {
				undrawn[i].Embeds = withoutPicture(undrawn[i].Embeds, x.Name, x.Alt)
			}
			undrawn[i].Images = nil
		}
		if err := fitPosts(t, undrawn); err != nil {
			r.Fatalf("without its pictures: %v\n%s", err, seen(undrawn))
		}
		for _, s := range allMarkdown(undrawn) {
			if err := pingless(s); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// A long message is divided, and none of its words is lost.
func TestNothingIsLostWhereAMessageIsDivided(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var m coach.Message
		want := ""
		for _, s := range rapid.SliceOfN(markedUp(3000), 1, 8).Draw(r, "texts") {
			m.Blocks = append(m.Blocks, coach.Block{Text: s})
			for _, span := range say.Parse(s) {
				want += span.Text
			}
		}
		got := ""
		for _, s := range allMarkdown(render(m)) {
			got += readMarkdown(s).text
		}
		if got, want := squeezed(got), squeezed(want); got != want {
			r.Fatalf("it reads\n%q, not\n%q", got, want)
		}
	})
}

// squeezed is text without the spaces at which it is divided, the backticks
// beside which code needs them, and addresses that are shown since their words
// cannot hide them.
func squeezed(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '`' || r == '\u200b' {
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "(<https://example.org/a?b=1&c=2>)", "")
}

func TestEveryFormFits(t *testing.T) {
	described(t)
	kinds := []coach.FieldKind{
		coach.FieldText, coach.FieldArea, coach.FieldNumber, coach.FieldDate, coach.FieldTime, coach.FieldOne, coach.FieldMany, coach.FieldYes,
	}
	rapid.Check(t, func(r *rapid.T) {
		f := coach.Form{
			Verb: "settings", Args: map[string]string{"cohort": "aaaaaaaaaa"},
			Title: "x" + words(60).Draw(r, "title"), Intro: markedUp(3000).Draw(r, "intro"), Submit: "x" + words(60).Draw(r, "submit"),
		}
		for i := range rapid.IntRange(1, 8).Draw(r, "fields") {
			field := coach.FormField{
				Name: fmt.Sprint("field", i), Kind: rapid.SampledFrom(kinds).Draw(r, "kind"),
				Label: "x" + words(150).Draw(r, "label"), Hint: words(300).Draw(r, "hint"), Error: words(300).Draw(r, "error"),
				Max: rapid.SampledFrom([]int{0, 1, 40, 2000, 9000}).Draw(r, "max"), Optional: rapid.Bool().Draw(r, "optional"),
			}
			if isMenu(field) {
				for j := range rapid.SampledFrom([]int{0, 1, 5, 24, 25, 26, 90}).Draw(r, "options") {
					field.Options = append(field.Options, coach.Option{Value: fmt.Sprint("o", j), Label: "x" + hostile[j%len(hostile)]})
				}
			}
			values := rapid.SampledFrom([]string{"", "o1", "o1,o2", "2027-03-14", "yes"})
			if isInput(field) {
				values = rapid.OneOf(values, words(4000))
			}
			field.Value = values.Draw(r, "value")
			f.Fields = append(f.Fields, field)
		}
		p := form(f)
		if err := fitPosts(t, []post{p}); err != nil {
			r.Fatalf("%v\n%s", err, seen([]post{p}))
		}
		for _, s := range allMarkdown([]post{p}) {
			if err := pingless(s); err != nil {
				r.Fatal(err)
			}
		}
		d, err := readDraft(arrived(r, p))
		if err != nil || d.verb != f.Verb || len(d.fields)+len(d.args) != len(f.Fields)+1 {
			r.Fatalf("it comes back as %+v: %v\n%s", d, err, seen([]post{p}))
		}
		var errs []error
		for _, at := range d.pages() {
			var page []coach.FormField
			for _, i := range at {
				page = append(page, d.fields[i])
			}
			errs = append(errs, fitWindow(t, window(pack(idPage, 0, "1"), d.title, page)))
		}
		if w, ok := modal(f); ok {
			errs = append(errs, fitWindow(t, w))
		}
		if err := errors.Join(errs...); err != nil {
			r.Fatal(err)
		}
	})
}

// Where a text is cut or divided, it is between characters as people see them.
func TestNoCharacterIsTorn(t *testing.T) {
	characters := []string{"a", " ", "\n", "é", "e\u0301", "👩‍💻", "👍🏽", "🇭🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "明", "हि", "1️⃣", "❤️‍🔥", "😀", "*", "<", "\\"}
	rapid.Check(t, func(r *rapid.T) {
		list := append([]string{"a"}, rapid.SliceOfN(rapid.SampledFrom(characters), 0, 200).Draw(r, "characters")...)
		n := rapid.IntRange(40, 120).Draw(r, "limit")
		whole := func(text string, read func(string) string) {
			ends := map[string]bool{"": true}
			for i := range list {
				ends[strings.Join(list[:i+1], "")] = true
			}
			if !ends[read(text)] {
				r.Fatalf("a character is torn at the end of %q", text)
			}
		}
		s := strings.Join(list, "")
		for name, c := range map[string]struct {
			pieces iter.Seq[piece]
			read   func(string) string
		}{"literal": {literal(s), strings.Clone}, "escaped": {escaped(s, 0), unescape}} {
			before := ""
			for _, part := range split(c.pieces, n) {
				if count(part) > n {
					r.Fatalf("%s: %q has %d characters, more than %d", name, part, count(part), n)
				}
				before += part
				whole(before, c.read)
			}
			if c.read(before) != s {
				r.Fatalf("%s: it is %q, not %q", name, before, s)
			}
		}
		if short := cut(s, n); short != s {
			head, marked := strings.CutSuffix(short, "…")
			if !marked || count(short) > n || !strings.HasPrefix(s, head) {
				r.Fatalf("%q is cut to %q", s, short)
			}
			whole(head, strings.Clone)
		}
	})
}
