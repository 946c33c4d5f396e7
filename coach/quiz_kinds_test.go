package coach_test

import (
	"slices"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content"
	"studycoach/content/say"
)

// ask shows the quiz's message of the first question of a kind, and the
// question.
func (w *world) ask(kind content.Kind) (content.Question, *coach.Message) {
	w.Helper()
	for range mustRoadmap().Questions {
		m := w.say("ada", "/coach quiz").Message
		for _, q := range mustRoadmap().Questions {
			if !strings.Contains(textOf(m), say.Unmarked(q.Ask)) {
				continue
			}
			if q.Kind == kind {
				return q, m
			}
			reveal := w.event("ada")
			reveal.Verb, reveal.Args = "rate", map[string]string{"q": q.ID, "as": "easy"}
			w.handle(reveal)
		}
	}
	w.Fatalf("no %s is asked", kind)
	return content.Question{}, nil
}

func TestQuestionsOfEveryKind(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(181, "10:00")

	q, m := w.ask(content.ChoiceOf)
	w.wantIn(textOf(m), "Pick one.", "A. "+say.Unmarked(q.Options[0].Text))
	marks := buttons(m)[:len(q.Options)]
	if !slices.Equal(marks, []string{"A", "B", "C", "D"}[:len(q.Options)]) {
		t.Errorf("the buttons are %v", marks)
	}
	reply := w.press("ada", m, "B")
	for _, o := range q.Options {
		w.wantText(reply, say.Unmarked(o.Why))
	}
	right := slices.IndexFunc(q.Options, func(o content.Choice) bool { return o.Right })
	w.wantText(reply, "✓ "+marks[right]+". ", "(your pick)")
	w.wantText(w.press("ada", reply.Message, "Easy"), "It comes back in 7 days")

	q, m = w.ask(content.Tradeoff)
	w.wantIn(textOf(m), "Decide, and give your reasons")
	w.wantText(w.press("ada", m, "Just show it"), "Strong: "+say.Unmarked(q.Rubric.Strong), "Fair: "+say.Unmarked(q.Rubric.Fair), "Weak: "+say.Unmarked(q.Rubric.Weak))
	w.say("ada", "/coach quiz")

	q, m = w.ask(content.Review)
	w.wantIn(textOf(m), "One thing is wrong", q.Code)
	form := w.press("ada", m, "Answer").Form
	w.wantText(w.submit("ada", form, "answer", "it leaks"), "You wrote: it leaks", q.Code, "The fault: "+say.Unmarked(q.Fault), "The mend: "+say.Unmarked(q.Answer))
}
