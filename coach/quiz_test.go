package coach_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestQuiz(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	q := mustRoadmap().Questions[0]
	w.clock(1, "10:00")
	asked := w.say("ada", "/coach quiz")
	w.wantText(asked, say.Unmarked(q.Ask), "From w01d1", "Answer in your own words first")
	w.wantNot(textOf(asked.Message), say.Unmarked(q.Answer), "due")

	form := w.press("ada", asked.Message, "Answer").Form
	w.wantIn(form.Intro, q.Ask[:40])
	before := w.snapshot()
	reply := w.submit("ada", form, "answer", "because of *slashes*")
	w.wantText(reply, "You wrote: because of *slashes*", say.Unmarked(q.Answer), say.Unmarked(q.Points[0]))
	w.unchanged("an answer is not kept", before)
	if got := buttons(reply.Message); !slices.Equal(got, []string{"Again", "Hard", "Good", "Easy"}) {
		t.Errorf("buttons are %v", got)
	}
	rated := w.press("ada", reply.Message, "Again")
	w.wantText(rated, "It comes back tomorrow.")
	if diff := cmp.Diff(map[string]coach.Card{q.ID: {Question: q.ID, Due: day(2), Interval: 1, Times: 1, Missed: 1}}, w.load("ada").Cards); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}

	w.clock(2, "10:00")
	asked = w.say("ada", "/coach quiz")
	w.wantText(asked, say.Unmarked(q.Ask), "1 question is due.", "You have met this one 1 time before.")
	w.wantText(w.press("ada", w.press("ada", asked.Message, "Just show it").Message, "Good"), "It comes back in 3 days, on Fri 5 Mar.")
	w.wantNot(textOf(w.press("ada", rated.Message, "Next question").Message), say.Unmarked(q.Ask))
}

func TestQuizAsksTheLongestDueFirstAndNothingAhead(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	questions := mustRoadmap().QuestionsUpTo(1)
	w.clock(2, "10:00")
	for i, q := range questions {
		reply := w.say("ada", "/coach quiz")
		w.wantText(reply, say.Unmarked(q.Ask))
		rating := "Easy"
		if i == 1 {
			rating = "Good"
		}
		w.press("ada", w.press("ada", reply.Message, "Just show it").Message, rating)
	}
	w.wantLine(w.say("ada", "/coach quiz"), say.NoQuestions{Next: "Fri 5 Mar"})
	w.clock(9, "10:00") // all are due, the second one longest
	due := w.say("ada", "/coach quiz")
	w.wantText(due, say.Unmarked(questions[1].Ask), "questions are due")
}

func TestQuizBeforeTheStart(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-05")
	w.join("ada")
	w.wantLine(w.say("ada", "/coach quiz"), say.NoQuestions{})
}

func TestAQuestionThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	asked := w.say("ada", "/coach quiz")
	shown := w.press("ada", asked.Message, "Just show it")
	before := w.snapshot()
	for _, change := range []func(*coach.Event){
		func(e *coach.Event) { e.Args["q"] = "gone" },
		func(e *coach.Event) { e.Args["as"] = "brilliant" },
		func(e *coach.Event) { delete(e.Args, "as") },
	} {
		e := w.pressed("ada", shown.Message, "Good")
		change(&e)
		w.wantLine(w.handle(e), say.QuestionGone{})
	}
	e := w.pressed("ada", asked.Message, "Answer")
	e.Args["q"] = "gone"
	w.wantLine(w.handle(e), say.QuestionGone{})
	w.unchanged("a question that is gone", before)
}

func TestALongAnswerFitsItsMessage(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(27, "10:00")
	for _, q := range mustRoadmap().Questions {
		e := w.event("ada")
		e.Verb, e.Submit, e.Args = "reveal", true, map[string]string{"q": q.ID, "answer": strings.Repeat("*", 5000)}
		reply := w.handle(e)
		w.wantText(reply, "***", say.Unmarked(q.Answer), "How well did you know it?")
		for _, p := range q.Points {
			w.wantText(reply, say.Unmarked(p))
		}
	}
}
