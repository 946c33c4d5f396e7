package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"sync"
	"time"

	"studycoach/coach"
)

// script is a coach that follows a small script: a form to set up a cohort,
// which insists on a name that is not taken, a prompt each day, and check-ins.
type script struct {
	p *Playground // set once it is made

	mu     sync.Mutex
	prompt time.Time // when the next one is due; zero: no cohort yet
	day    int
}

func (s *script) options() Options {
	o := options()
	o.People = append(o.People, Person{ID: "mei", Name: "Mei", Zone: "Asia/Tokyo"})
	o.Commands = []Command{
		{Name: "/checkin", Usage: "[what you did, with a time]", Summary: "Check in; without words, with a form"},
		{Name: "/coach today", Summary: "Today's unit"},
		{Name: "/coach me", Summary: "Your streak, hours and last weeks"},
		{Name: "/coach export", Summary: "All your data as a file"},
		{Name: "/coach setup", Summary: "Start a cohort in this room", Lead: true},
	}
	o.Advance = s.advance
	o.NextPrompt = func(context.Context) (time.Time, bool, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.prompt, !s.prompt.IsZero(), nil
	}
	o.Draw = drawing
	return o
}

// advance posts every prompt that is due on the way.
func (s *script) advance(ctx context.Context, to time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.prompt.IsZero() && !s.prompt.After(to) {
		s.p.Clock().Set(s.prompt)
		s.day++
		d := prompt(fmt.Sprintf("prompt/%d", s.day))
		d.Message = *coach.Say(
			coach.Title(fmt.Sprintf("Week 1, day %d: Where the time of a query goes", s.day)),
			coach.Text("Today you learn to read a plan before you change anything.\n\n1. *40 min.* Make a table with a million rows\n2. *1 h 20, AI off.* Read its plans\n\n• Run `EXPLAIN (ANALYZE, BUFFERS)` on the three slowest queries\n• Say for each *where* its time goes, then look it up in [the manual](https://www.postgresql.org/docs/current/using-explain.html)\n• Write down one guess that turned out wrong"),
			coach.Fields(coach.Field{Label: "Time", Value: "2 h"}, coach.Field{Label: "Mode", Value: "Deep: learn it yourself"}, coach.Field{Label: "Done when", Value: "you can explain one plan aloud"}, coach.Field{Label: "AI may", Value: "quiz you on the plan, _after_ you have read it"}),
			coach.Actions(
				coach.Action{Label: "Check in", Verb: "checkin", Args: map[string]string{"form": "yes"}, Style: coach.Primary},
				coach.Action{Label: "Done for today", Verb: "checkin", Args: map[string]string{"done": "yes"}},
				coach.Action{Label: "I'm stuck", Verb: "stuck"},
			),
			coach.Context("Reply in the thread with a time, such as 45m, to check in."),
		)
		if _, err := s.p.Send(ctx, d); err != nil {
			return err
		}
		s.prompt = s.prompt.Add(24 * time.Hour)
	}
	return nil
}

func (s *script) handle(_ context.Context, e coach.Event) (coach.Reply, error) {
	verb := e.Verb
	if verb == "coach" {
		verb = e.Text
	}
	switch {
	case verb == "setup" && e.Submit:
		return s.setUp(e), nil
	case verb == "setup":
		return coach.Reply{Form: setupForm()}, nil
	case verb == "checkin" && e.Submit, verb == "checkin" && e.Text != "", verb == "" && e.Thread != "":
		return checkedIn(), nil
	case verb == "checkin" && e.Arg("form") != "":
		return coach.Reply{Form: &coach.Form{Verb: "checkin", Title: "Check in", Submit: "Check in", Fields: []coach.FormField{
			{Name: "time", Label: "How long", Kind: coach.FieldText, Hint: "Such as 45m or 1h30"},
			{Name: "note", Label: "What you did", Kind: coach.FieldArea, Optional: true},
		}}}, nil
	case verb == "undo":
		return coach.Reply{Replace: true, Message: coach.Say(coach.Text("Taken back: 45 min."))}, nil
	case verb == "join":
		return coach.Reply{Message: coach.Say(coach.Text("Welcome. Your first unit comes tomorrow."), coach.Actions(coach.Action{Label: "Today", Verb: "today"}))}, nil
	case verb == "export":
		return coach.Reply{
			Message: coach.Say(coach.Text("Here is all that is kept about you.")),
			Files:   []coach.File{{Name: "export.json", Type: "application/json", Data: []byte(`{}`)}},
		}, nil
	case verb == "me":
		return coach.Reply{Message: coach.Say(
			coach.Title("You, so far"),
			coach.Fields(coach.Field{Label: "Streak", Value: "*12 days*, best 15"}, coach.Field{Label: "This week", Value: "7 h 30 of 10 h"}, coach.Field{Label: "Freezes", Value: "1 held"}, coach.Field{Label: "Deep and AI", Value: "72 % and 28 %"}),
			coach.Picture(coach.Image{Alt: "The last twelve weeks: most days with time, Sundays off.", Heat: &coach.HeatMap{}}),
		)}, nil
	case strings.HasPrefix(verb, "quiet"), verb == "":
		return coach.Reply{}, nil
	}
	return coach.Reply{Message: coach.Say(coach.Text("I do not know that one. `/coach help` lists what I can do."))}, nil
}

func (s *script) setUp(e coach.Event) coach.Reply {
	if e.Arg("name") == "Taken" {
		f := setupForm()
		f.Fields[0].Value, f.Fields[0].Error = "Taken", "A cohort of that name is here already. Choose another."
		return coach.Reply{Form: f}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt = e.At.Truncate(24 * time.Hour).Add(32 * time.Hour)
	return coach.Reply{Message: coach.Say(
		coach.Title("The cohort is set up"),
		coach.Text("*"+e.Arg("name")+"* begins tomorrow. Learners join with `/coach join`."),
	)}
}

func checkedIn() coach.Reply {
	return coach.Reply{Message: coach.Say(
		coach.Text("*45 min*, deep, on “Where the time of a query goes”. Streak: *1 day*. This week: 45 min of 10 h."),
		coach.Actions(coach.Action{Label: "Undo", Verb: "undo"}),
	)}
}

func setupForm() *coach.Form {
	return &coach.Form{
		Verb: "setup", Title: "Start a cohort", Submit: "Start", Intro: "It lives in this room. All of this can be changed *later*.",
		Fields: []coach.FormField{
			{Name: "name", Label: "Name", Kind: coach.FieldText, Max: 60},
			{Name: "start", Label: "First day", Kind: coach.FieldDate, Value: "2027-03-09"},
			{Name: "prompt", Label: "Daily prompt at", Kind: coach.FieldTime, Value: "09:00"},
			{Name: "study", Label: "Study days", Kind: coach.FieldMany, Value: "mon,tue,wed,thu,fri,sat", Options: []coach.Option{
				{Value: "mon", Label: "Mon"}, {Value: "tue", Label: "Tue"}, {Value: "wed", Label: "Wed"}, {Value: "thu", Label: "Thu"},
				{Value: "fri", Label: "Fri"}, {Value: "sat", Label: "Sat"}, {Value: "sun", Label: "Sun"},
			}},
			{Name: "goal", Label: "Hours a week", Kind: coach.FieldOne, Value: "10", Hint: "The roadmap asks for 10 to 15.", Options: []coach.Option{
				{Value: "10", Label: "10"}, {Value: "12", Label: "12"}, {Value: "15", Label: "15"},
			}},
			{Name: "seats", Label: "Learners at most", Kind: coach.FieldNumber, Value: "12", Optional: true},
			{Name: "welcome", Label: "Post a welcome in the room", Kind: coach.FieldYes, Value: "yes"},
		},
	}
}

// drawing is a picture with squares.
func drawing(coach.Image) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 1240, 420))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{250, 248, 242, 255}), image.Point{}, draw.Src)
	for x := range 24 {
		for y := range 7 {
			c := color.RGBA{31, 95, 82, uint8(40 + (x*7+y*31)%200)}
			r := image.Rect(40+x*48, 40+y*48, 80+x*48, 80+y*48)
			draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Over)
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
