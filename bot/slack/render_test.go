package slack

import (
	"testing"

	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/content/say"
)

// What a post is sent as is the JSON of its blocks, also without its pictures.
func TestAPostIsSentAsItsBlocks(t *testing.T) {
	m := coach.Say(
		coach.Title("Week 3"), coach.Text("*bold* and `code`, <b> & co"), coach.Fields(coach.Field{Label: "a", Value: "b"}),
		coach.Actions(coach.Action{Label: "Go", Verb: "today"}), coach.Block{Image: &coach.Image{Alt: "a chart"}}, coach.Context("small"),
	)
	for _, s := range render(*m, []string{"F1"}) {
		for _, s := range []post{s, s.inWords()} {
			if got := string(s.json()); got != encode(s.Blocks) {
				t.Errorf("%s is sent for %s", got, encode(s.Blocks))
			}
		}
	}
}

// Spans that are taken to fit without being weighed do.
func TestShortSpansFit(t *testing.T) {
	span := rapid.Custom(func(t *rapid.T) say.Span {
		s := say.Span{Text: rapid.String().Draw(t, "text"), Style: rapid.SampledFrom([]say.Style{say.Plain, say.Bold, say.Italic, say.Code, say.Anchor}).Draw(t, "style")}
		if s.Style == say.Anchor {
			s.URL = "https://example.org/" + rapid.String().Draw(t, "path")
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(span).Draw(t, "spans")
		weighed := 0
		for _, s := range all {
			weighed += weight(s)
		}
		if short(all) && weighed > maxRich {
			t.Errorf("they weigh %d", weighed)
		}
	})
}
