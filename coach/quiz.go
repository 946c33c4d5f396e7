package coach

import (
	"context"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// quiz asks a recall question on the units so far.
func (c *Coach) quiz(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{Cards: true}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		q, due, ok := t.nextQuestion(s.Cards)
		if !ok {
			line := say.NoQuestions{}
			if next := nextDue(s.Cards); next != 0 {
				line.Next = longDate(next)
			}
			return Reply{Message: Say(Text(say.Text(line)))}, nil
		}
		u, _ := t.roadmap.Unit(q.Unit)
		line := say.Question{Ask: q.Ask, Unit: q.Unit, Title: u.Title, Due: due, Before: s.Cards[q.ID].Times, Kind: string(q.Kind), Options: optionRows(q, "")}
		m := Say(Text(say.Text(line)))
		if q.Code != "" {
			m.Blocks = append(m.Blocks, Code(q.Code))
		}
		if q.Kind == content.ChoiceOf {
			m.Blocks = append(m.Blocks, r.picks(q))
			return Reply{Message: m}, nil
		}
		answer := r.to(press(say.ButtonAnswer, "reveal", "q", q.ID, "ask", "1"))
		answer.Style = Primary
		m.Blocks = append(m.Blocks, Actions(answer, r.to(press(say.ButtonReveal, "reveal", "q", q.ID))))
		return Reply{Message: m}, nil
	})
}

// picks are the buttons of a choice, one an option.
func (r request) picks(q content.Question) Block {
	var picks []Action
	for _, row := range optionRows(q, "") {
		picks = append(picks, r.to(Action{Label: row.Mark, Verb: "reveal", Args: map[string]string{"q": q.ID, "pick": row.Mark}}))
	}
	return Actions(picks...)
}

// optionRows are the options of a choice, marked A, B, C and so on.
func optionRows(q content.Question, picked string) []say.OptionRow {
	var rows []say.OptionRow
	for i, o := range q.Options {
		mark := string(rune('A' + i))
		rows = append(rows, say.OptionRow{Mark: mark, Text: o.Text, Why: o.Why, Right: o.Right, Picked: mark == picked})
	}
	return rows
}

// nextQuestion returns the card that is due longest, or else the first
// question on the units up to today that was never asked; due is how many
// cards are due.
func (t topic) nextQuestion(cards map[string]Card) (next content.Question, due int, ok bool) {
	var oldest Card
	asked := t.roadmap.QuestionsUpTo(t.course.reached(t.today) - 1)
	for _, q := range asked {
		card, seen := cards[q.ID]
		if seen && card.Due <= t.today {
			due++
			if !ok || card.Due < oldest.Due {
				next, oldest, ok = q, card, true
			}
		}
	}
	if ok {
		return next, due, true
	}
	for _, q := range asked {
		if _, seen := cards[q.ID]; !seen {
			return q, 0, true
		}
	}
	return next, 0, false
}

// dueCards counts the cards that are due on a day.
func dueCards(cards map[string]Card, today schedule.Date) int {
	due := 0
	for _, card := range cards {
		if card.Due <= today {
			due++
		}
	}
	return due
}

func nextDue(cards map[string]Card) schedule.Date {
	var next schedule.Date
	for _, card := range cards {
		if next == 0 || card.Due < next {
			next = card.Due
		}
	}
	return next
}

// reveal takes the learner's answer and shows the model answer beside it. The
// learner's words are shown back and not kept.
func (c *Coach) reveal(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		q, ok := t.roadmap.Question(r.Arg("q"))
		if !ok {
			return Reply{}, refuse(say.QuestionGone{}, r.to(press(say.ButtonNext, "quiz")))
		}
		if r.Arg("ask") != "" && !r.Submit {
			return Reply{Form: &Form{
				Verb: "reveal", Args: map[string]string{"cohort": string(r.cohort), "q": q.ID},
				Title: say.FormAnswer.String(), Intro: clip(q.Ask, 600), Submit: say.ButtonCompare.String(),
				Fields: []FormField{{Name: "answer", Label: say.LabelAnswer.String(), Kind: FieldArea, Max: 2000, Hint: say.HintAnswer.String()}},
			}}, nil
		}
		asked := say.Asked{Ask: q.Ask, Yours: say.Literal(clip(r.Arg("answer"), 700))}
		line := say.Answer{Model: q.Answer, Points: q.Points, Fault: q.Fault, Options: optionRows(q, r.Arg("pick"))}
		if q.Rubric != nil {
			line.Strong, line.Fair, line.Weak = q.Rubric.Strong, q.Rubric.Fair, q.Rubric.Weak
		}
		rate := func(label say.Word, rating Rating) Action {
			return r.to(press(label, "rate", "q", q.ID, "as", string(rating)))
		}
		m := Say(Text(say.Text(asked)))
		if q.Code != "" {
			m.Blocks = append(m.Blocks, Code(q.Code))
		}
		m.Blocks = append(m.Blocks, Text(say.Text(line)), Actions(
			rate(say.ButtonAgain, Again), rate(say.ButtonHard, Hard), rate(say.ButtonGood, Good), rate(say.ButtonEasy, Easy)))
		return Reply{Replace: true, Message: m}, nil
	})
}

// rate records how well the learner knew the answer.
func (c *Coach) rate(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{Cards: true}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		q, ok := t.roadmap.Question(r.Arg("q"))
		rating := Rating(strings.ToLower(r.Arg("as")))
		if !ok || rating != Again && rating != Hard && rating != Good && rating != Easy {
			return Change{}, Reply{}, refuse(say.QuestionGone{}, r.to(press(say.ButtonNext, "quiz")))
		}
		card := s.Cards[q.ID]
		card.Question = q.ID
		card = Review(card, rating, t.today)
		line := say.Rated{Again: rating == Again, Days: card.Interval, Day: longDate(card.Due), Ask: q.Ask}
		return Change{Cards: []Card{card}}, Reply{Replace: true, Message: Say(Text(say.Text(line)), Actions(r.to(press(say.ButtonNext, "quiz"))))}, nil
	})
}
