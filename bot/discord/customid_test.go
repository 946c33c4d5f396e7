package discord

import (
	"maps"
	"testing"

	"github.com/bwmarrin/discordgo"
	"pgregory.net/rapid"

	"studycoach/coach"
)

func TestButtonsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left := 80 // bytes of a verb and its arguments, see coach.Action
		word := func(name string, least int) string {
			s := rapid.StringN(least, -1, max(left, least)).Draw(t, name)
			left -= len(s)
			return s
		}
		a := coach.Action{Label: "Go", Verb: rapid.StringMatching(`[a-z-]{1,12}`).Draw(t, "verb"), Args: map[string]string{}}
		left -= len(a.Verb)
		for range rapid.IntRange(0, 8).Draw(t, "arguments") {
			if left > 0 {
				k := word("name", 0)
				if _, twice := a.Args[k]; !twice {
					a.Args[k] = word("value", 0)
				}
			}
		}
		id := button(a, rapid.IntRange(0, maxRows*rowSize-1).Draw(t, "place")).CustomID
		if n := count(id); n > idSize {
			t.Fatalf("%q has %d characters", id, n)
		}
		verb, args, err := pressed(id)
		if err != nil || verb != a.Verb || !maps.Equal(args, a.Args) {
			t.Fatalf("%q is %q %q: %v; want %q %q", id, verb, args, err, a.Verb, a.Args)
		}
		for i := range id {
			if verb, args, err := pressed(id[:i]); err == nil {
				t.Fatalf("%q, cut off, is %q %q", id[:i], verb, args)
			}
		}
	})
}

func TestEqualButtonsDiffer(t *testing.T) {
	a := coach.Action{Label: "Go", Verb: "checkin"}
	posts := render(*coach.Say(coach.Text("x"), coach.Actions(a, a), coach.Actions(a)))
	ids := map[string]bool{}
	for _, row := range posts[0].Components {
		for _, c := range row.(discordgo.ActionsRow).Components {
			ids[c.(discordgo.Button).CustomID] = true
		}
	}
	if len(ids) != 3 {
		t.Errorf("three buttons have the ids %v", ids)
	}
}

func TestForeignIDsAreRefused(t *testing.T) {
	for _, id := range []string{"", "~", "A~", "A!~", "checkin", "A!!~", "A!(checkin", "B!(checkin~", "A!(checkin%~", "A!(checkin%unit~", "A!\xffx~"} {
		if verb, args, err := pressed(id); err == nil {
			t.Errorf("%q is %q %q", id, verb, args)
		}
	}
}
