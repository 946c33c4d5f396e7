package content

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestEachWeekUsesWhatIsInHand holds, for files that the built-in roadmaps name:
// what a week lists as in hand was made by a task until then, and what a task
// takes up from an earlier week stands in that week's list or one since.
func TestEachWeekUsesWhatIsInHand(t *testing.T) {
	file := regexp.MustCompile("(Write )?`([\\w./-]+\\.(?:md|sql|sh|yaml|csv|log))`")
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range l.Roadmaps() {
		named, inHand := map[string]int{}, map[string]bool{} // by file: the week; whether a week before has it
		for _, w := range r.Weeks() {
			for _, u := range w.Units {
				for _, task := range u.Tasks {
					for _, m := range file.FindAllStringSubmatch(task.Text, -1) {
						name, made := path.Base(m[2]), m[1] != ""
						if first, known := named[name]; known && first < w.Number && !made && !inHand[name] {
							t.Errorf("%s %s takes up %s of week %d, which no list of what is in hand has", r.ID, u.ID, name, first)
						}
						if _, known := named[name]; !known {
							named[name] = w.Number
						}
					}
				}
			}
			for _, m := range file.FindAllStringSubmatch(strings.Join(w.InHand, "\n"), -1) {
				name := path.Base(m[2])
				if _, known := named[name]; !known {
					t.Errorf("%s has %s in hand after week %d, but no task makes it", r.ID, name, w.Number)
				}
				inHand[name] = true
			}
		}
	}
}
