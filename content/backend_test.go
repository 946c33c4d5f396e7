package content

import "testing"

// TestBackendIsWhole holds the built-in roadmap to what it promises.
func TestBackendIsWhole(t *testing.T) {
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := l.Roadmap("backend")
	if !ok {
		t.Fatal("there is no roadmap backend")
	}
	if weeks := r.Weeks(); len(weeks) != 26 {
		t.Errorf("it has %d weeks", len(weeks))
	}
	for _, w := range r.Weeks() {
		if len(w.Units) != 6 || w.Rest == "" || len(w.InHand) == 0 {
			t.Errorf("week %d has %d units, a card for the rest day: %t, and %d things in hand", w.Number, len(w.Units), w.Rest != "", len(w.InHand))
		}
	}
	if n := len(r.Checkpoints); n != 6 {
		t.Errorf("it has %d checkpoints", n)
	}
	if n := len(r.Milestones); n != 5 {
		t.Errorf("it has %d milestones", n)
	}
	kinds := map[Kind]int{}
	for _, q := range r.Questions {
		kinds[q.Kind]++
	}
	if len(r.Questions) < 200 || kinds[Review] < 50 {
		t.Errorf("it has %d questions: %v", len(r.Questions), kinds)
	}
	taught := map[string]bool{}
	for _, u := range r.Units() {
		taught[u.Skill] = true
	}
	for _, s := range r.Skills {
		if !taught[s.ID] {
			t.Errorf("no unit trains %s", s.Title)
		}
	}
}
