package say

import (
	"strings"
	"testing"
)

func TestMinutes(t *testing.T) {
	for m, want := range map[int]string{
		0: "0 min", 1: "1 min", 45: "45 min", 59: "59 min", 60: "1 h", 61: "1 h 01", 90: "1 h 30", 600: "10 h", 1440: "24 h", -90: "-1 h 30",
	} {
		if got := Minutes(m); got != want {
			t.Errorf("Minutes(%d) = %q, want %q", m, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "no days", 1: "1 day", 2: "2 days", 21: "21 days"} {
		if got := Plural(n, "day", "days"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, items := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := List(items); got != want {
			t.Errorf("List(%q) = %q, want %q", items, got, want)
		}
	}
}

func TestTextRendersItsLine(t *testing.T) {
	if got := Text(Oops{ID: "4d2"}); !strings.Contains(got, "`4d2`") {
		t.Errorf("got %q", got)
	}
}

func TestUnknownWordingShowsItsName(t *testing.T) {
	type nowhere struct{}
	if got := Text(nowhere{}); got != "nowhere" {
		t.Errorf("Text: got %q", got)
	}
	if got := Word("nowhere").String(); got != "nowhere" {
		t.Errorf("Word: got %q", got)
	}
}

func TestParseNamesTheFileThatIsWrong(t *testing.T) {
	for _, c := range []struct{ lines, words, commands, want string }{
		{"A: [", "", "", "lines.yaml"},
		{"A: x", "b: [", "", "words.yaml"},
		{"A: '{{.ID'", "", "", "lines.yaml"},
		{"A: '{{unknown .ID}}'", "", "", "lines.yaml"},
		{"A: x", "b: x", "c: [", "commands.yaml"},
	} {
		if _, err := parse([]byte(c.lines), []byte(c.words), []byte(c.commands)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("parse(%q, %q, %q): %v, want an error about %s", c.lines, c.words, c.commands, err, c.want)
		}
	}
}
