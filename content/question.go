package content

import (
	"fmt"
	"slices"
	"strings"
)

// questions reads all files of the questions folder, and orders the questions by
// their units.
func (r *reader) questions() {
	taken, whole := map[string]string{}, true
	for _, e := range r.entries("questions") {
		if isYAML(e.Name()) {
			whole = r.questionFile(r.open("questions/"+e.Name()).mapping(), taken) && whole
		}
	}
	slices.SortStableFunc(r.roadmap.Questions, func(a, b Question) int {
		return r.roadmap.index.unit[a.Unit] - r.roadmap.index.unit[b.Unit]
	})
	if whole {
		r.checkReviews()
	}
}

// questionFile reads one of those files, and tells whether it has a list of
// questions.
func (r *reader) questionFile(m *mapping, taken map[string]string) bool {
	defer m.done()
	list := m.get("questions", "the questions").list(1, 500)
	for _, n := range list {
		r.roadmap.Questions = append(r.roadmap.Questions, r.question(n.mapping(), taken))
	}
	return len(list) > 0
}

func (r *reader) question(m *mapping, taken map[string]string) Question {
	defer m.done()
	id := m.get("id", "an id such as q-w01d2-1")
	q := Question{
		ID:     id.id(taken),
		Unit:   r.unitID(m.get("unit", "the id of the unit it asks about")),
		Skill:  r.skill(m),
		Ask:    m.get("ask", "the question").text(maxText),
		Answer: m.get("answer", "the model answer").text(maxText),
	}
	points := func(n node, least int) { q.Points = n.texts(least) }
	const want = "what a good answer must hit"
	q.Kind = m.kind(
		variant{Recall, func(m *mapping) { points(m.get("points", want), 1) }},
		variant{ChoiceOf, func(m *mapping) {
			points(m.optional("points", want), 0)
			q.Options = options(m.get("options", "three or four options, one of them right"))
		}},
		variant{Tradeoff, func(m *mapping) {
			points(m.optional("points", want), 0)
			q.Rubric = rubric(m.get("rubric", "what a strong, a fair and a weak answer contain").mapping())
		}},
		variant{Review, func(m *mapping) {
			points(m.optional("points", want), 0)
			q.Language, q.Code = r.review(m.get("code", "the name of a file in reviews, without .txtar"))
			q.Fault = m.get("fault", "what is wrong with the code, and when it bites").text(maxText)
		}},
	)
	if q.ID != "" && q.Unit != "" && !strings.HasPrefix(q.ID, "q-"+q.Unit+"-") {
		id.report(fmt.Sprintf("write q-%s- and a number", q.Unit), "the id is %q, but the unit is %s", start(q.ID), start(q.Unit))
	}
	asked, answered := q.texts()
	m.name = "the question"
	checkWhole(m.node, asked...)
	m.name = "the answer with all that explains it"
	checkWhole(m.node, answered...)
	return q
}

// texts returns what is shown with the question and, after it is answered, with
// the answer.
func (q Question) texts() (asked, answered []string) {
	asked = []string{q.Ask, q.Code}
	answered = append([]string{q.Answer, q.Fault}, q.Points...)
	for _, o := range q.Options {
		asked = append(asked, o.Text)
		answered = append(answered, o.Text, o.Why)
	}
	if q.Rubric != nil {
		answered = append(answered, q.Rubric.Strong, q.Rubric.Fair, q.Rubric.Weak)
	}
	return asked, answered
}

func options(list node) []Choice {
	var options []Choice
	right := 0
	taken := map[string]bool{}
	for _, n := range list.list(3, 4) {
		m := n.mapping()
		text := m.get("text", "the option")
		o := Choice{
			Text:  text.text(maxPick),
			Right: m.get("right", "true or false").truth(),
			Why:   m.get("why", "why it is right, or wrong").text(maxText),
		}
		m.done()
		if taken[o.Text] && o.Text != "" {
			text.report("write another", "the option %q is here twice", start(o.Text))
		}
		taken[o.Text] = true
		if o.Right {
			right++
		}
		options = append(options, o)
	}
	if len(options) > 0 && right != 1 {
		list.report("make exactly one right", "%d of the options are right", right)
	}
	return options
}

func rubric(m *mapping) *Rubric {
	defer m.done()
	return &Rubric{
		Strong: m.get("strong", "what a strong answer contains").text(maxText),
		Fair:   m.get("fair", "what a fair answer contains").text(maxText),
		Weak:   m.get("weak", "what a weak answer contains").text(maxText),
	}
}
