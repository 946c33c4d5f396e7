package say

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"deep", "delegate", "id"}
	for word, want := range map[string]string{"dep": "deep", "delgate": "delegate", "deeep": "deep", "ix": "id", "x": "", "other": "", "": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
