package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
)

func TestThread(t *testing.T) {
	p := serve(t, options(), echo)
	p.send(prompt("prompt/1"))
	p.say(`{"as":"ada","room":"general","text":"45m","thread":1}`)
	p.say(`{"as":"ben","room":"general","text":"1h","thread":2}`) // a reply to a reply is in its thread
	p.say(`{"as":"ben","room":"general","text":"/coach me","thread":1}`)
	p.say(`{"as":"lia","room":"general","text":"hello"}`)
	p.say(`{"as":"ada","room":"general","text":"hi","thread":8}`)
	var threads []string
	for _, e := range p.unnamed() {
		threads = append(threads, e.Text+" in "+e.Thread)
	}
	diff(t, []string{"45m in prompt/1", "1h in prompt/1", "me in ", "hello in ", "hi in "}, threads)
	diff(t, []string{
		`general#1 ada: 45m`,
		`general#1 coach>ada: verb "", text "45m"`,
		`general#1 ben: 1h`,
		`general#1 coach>ben: verb "", text "1h"`,
		`general#1 ben>ben: /coach me`,
		`general#1 coach>ben: verb "coach", text "me"`,
		`general lia: hello`,
		`general coach>lia: verb "", text "hello"`,
		`general#8 ada: hi`,
		`general#8 coach>ada: verb "", text "hi"`,
	}, p.texts("after=1"))
}

func TestMessageView(t *testing.T) {
	p := serve(t, options(), quiet)
	d := prompt("prompt/1")
	d.Message.Blocks = append(d.Message.Blocks, coach.Picture(coach.Image{Alt: "A chart.", Week: &coach.WeekChart{}}))
	p.send(d)
	status, body := p.get("/playground/feed")
	feed := must[struct{ Messages []messageView }](p, status, body)
	diff(t, []messageView{{
		Seq: 1, Version: 1, At: start, Room: "general", From: "coach",
		Text: "Day 1\nRead one chapter.\nTime: 2 h\n[Check in] [I'm stuck]\nWeek 1\nA chart.",
		Blocks: []blockView{
			{Title: "Day 1"},
			{Text: []spanView{{Text: "Read "}, {Text: "one", Style: "bold"}, {Text: " chapter."}}},
			{Fields: []fieldView{{Label: "Time", Value: []spanView{{Text: "2 h"}}}}},
			{Actions: []actionView{{Index: 0, Label: "Check in", Verb: "checkin", Style: coach.Primary}, {Index: 1, Label: "I'm stuck", Verb: "stuck"}}},
			{Context: []spanView{{Text: "Week 1"}}},
			{Image: &imageView{URL: "/playground/image/1.png?v=1", Alt: "A chart."}},
		},
		Image: "/playground/image/1.png?v=1",
	}}, feed.Messages)
}

func TestPress(t *testing.T) {
	p := serve(t, options(), func(_ context.Context, e coach.Event) (coach.Reply, error) {
		if e.Verb == "undo" {
			return coach.Reply{Replace: true, Message: coach.Say(coach.Text("Taken back."))}, nil
		}
		return coach.Reply{Message: coach.Say(coach.Text("Well done."), coach.Actions(coach.Action{Label: "Undo", Verb: "undo"}))}, nil
	})
	p.send(prompt("prompt/1"))
	p.press(`{"as":"ada","message":1,"action":0}`)
	p.press(`{"as":"ben","message":1,"action":"check IN"}`)
	diff(t, []coach.Event{
		{From: "web/playground/ada", Name: "Ada", Zone: "America/New_York", Room: "web/playground/general", At: start, Verb: "checkin", Args: map[string]string{"unit": "w01d1"}},
		{From: "web/playground/ben", Name: "Ben", Zone: "Asia/Kolkata", Room: "web/playground/general", At: start, Verb: "checkin", Args: map[string]string{"unit": "w01d1"}},
	}, p.unnamed())

	// An answer that replaces takes the place of the answer before it.
	got := p.press(`{"as":"ada","message":2,"action":"Undo"}`)
	if m := got.Replies[0].Message; m.Seq != 2 || m.Version != 4 || m.Text != "Taken back." {
		t.Errorf("the answer to Undo is message %d, version %d: %s", m.Seq, m.Version, m.Text)
	}
	diff(t, []string{
		`general coach>ada: Taken back.`,
		`general coach>ben: Well done. / [Undo]`,
	}, p.texts("after=1"))
	diff(t, []string{`general coach>ada: Taken back.`}, p.texts("after=3")) // an update is news
}

func TestReplaceNeverTouchesWhatOthersSee(t *testing.T) {
	p := serve(t, options(), func(context.Context, coach.Event) (coach.Reply, error) {
		return coach.Reply{Replace: true, Message: coach.Say(coach.Text("Mine."))}, nil
	})
	p.send(prompt("prompt/1"))
	before := p.texts("")
	p.press(`{"as":"ada","message":1,"action":1}`)
	diff(t, append(before, `general coach>ada: Mine.`), p.texts(""))
}

func TestSubmit(t *testing.T) {
	p := serve(t, options(), func(_ context.Context, e coach.Event) (coach.Reply, error) {
		switch {
		case !e.Submit:
			f := setupForm()
			f.Args = map[string]string{"cohort": "abc"}
			return coach.Reply{Form: f}, nil
		case e.Arg("name") == "Taken":
			f := setupForm()
			f.Fields[0].Error = "Taken already."
			return coach.Reply{Form: f}, nil
		}
		return coach.Reply{Message: coach.Say(coach.Text("Done."))}, nil
	})
	open := func() *formView {
		return p.say(`{"as":"lia","room":"general","text":"/coach setup"}`).Replies[0].Form
	}

	f := open()
	diff(t, setupForm().Fields, f.Fields)
	again := p.submit(`{"as":"lia","form":"` + f.ID + `","values":{"name":"Taken"}}`).Replies[0].Form
	if again == nil || again.ID == f.ID || again.Fields[0].Error != "Taken already." {
		t.Fatalf("after a refused name the form is %+v", again)
	}
	got := p.submit(`{"as":"lia","form":"` + again.ID + `","values":{"name":"Spring","study":["mon","sun"],"welcome":false,"goal":"12"}}`)
	if m := got.Replies[0].Message; m.To != "lia" || m.Room != "general" || m.Text != "Done." {
		t.Errorf("the answer is %+v", m)
	}
	last := p.unnamed()[2]
	diff(t, coach.Event{
		From: "web/playground/lia", Name: "Lia", Zone: "Europe/Berlin", Room: "web/playground/general", At: start, Verb: "setup", Submit: true,
		Args: map[string]string{"name": "Spring", "start": "2027-03-09", "prompt": "09:00", "study": "mon,sun", "goal": "12", "seats": "12", "welcome": ""},
	}, last)

	for _, c := range []struct{ values, want string }{
		{`{}`, "Name: this is needed."},
		{`{"name":"  "}`, "Name: this is needed."},
		{`{"name":"` + strings.Repeat("ü", 61) + `"}`, "Name: up to 60 characters fit, these are 61."},
		{`{"name":"x","start":"tomorrow"}`, `First day: "tomorrow" is not a date.`},
		{`{"name":"x","prompt":"25:00"}`, `Daily prompt at: "25:00" is not a time.`},
		{`{"name":"x","study":["mon","someday"]}`, `Study days: "someday" is not one of the choices.`},
		{`{"name":"x","study":[]}`, `Study days: this is needed.`},
		{`{"name":"x","goal":"11"}`, `Hours a week: "11" is not one of the choices.`},
		{`{"name":"x","seats":"a few"}`, `Learners at most: "a few" is not a number.`},
		{`{"name":"x","seats":"-1"}`, `Learners at most: "-1" is not a number.`},
		{`{"name":"x","seats":"1.5"}`, `Learners at most: "1.5" is not a number.`},
		{`{"name":"x","welcome":"maybe"}`, `Post a welcome in the room: it is either ticked or not.`},
		{`{"name":"x","cohort":"other"}`, `The form has no field "cohort".`},
		{`{"name":3}`, `The request does not fit: a float64 in a form.`},
		{`{"name":[{}]}`, `The request does not fit: a list of map[string]interface {} in a form.`},
	} {
		p.refuses(http.StatusBadRequest, "submit", `{"as":"lia","form":"`+f.ID+`","values":`+c.values+`}`, c.want)
	}
	p.refuses(http.StatusNotFound, "submit", `{"as":"ada","form":"`+f.ID+`","values":{}}`, "Ada has no such form open. Ask for it again.")
	if n := len(p.unnamed()); n != 3 {
		t.Errorf("the handler got %d events, want 3: refused forms do not reach it", n)
	}
}

func TestRedelivery(t *testing.T) {
	p := serve(t, options(), func(_ context.Context, e coach.Event) (coach.Reply, error) {
		if e.Verb == "undo" {
			return coach.Reply{Replace: true, Message: coach.Say(coach.Text("Taken back."))}, nil
		}
		return coach.Reply{Message: coach.Say(coach.Text("45 min."), coach.Actions(coach.Action{Label: "Undo", Verb: "undo"}))}, nil
	})
	for range 2 {
		p.say(`{"id":"e1","as":"ada","room":"dm","text":"/checkin 45m"}`)
	}
	feed := []string{`@ada ada>ada: /checkin 45m`, `@ada coach>ada: 45 min. / [Undo]`}
	diff(t, feed, p.texts(""))
	for range 2 { // the second press finds no such button any more, but it is the same press
		p.press(`{"id":"e2","as":"ada","message":2,"action":"Undo"}`)
	}
	diff(t, []string{feed[0], `@ada coach>ada: Taken back.`}, p.texts(""))

	var ids []string
	for _, e := range p.events {
		ids = append(ids, e.ID+" "+e.Verb)
	}
	diff(t, []string{"e1 checkin", "e1 checkin", "e2 undo", "e2 undo"}, ids)
}

func TestAFailedHandlerIsNotShown(t *testing.T) {
	p := serve(t, options(), func(context.Context, coach.Event) (coach.Reply, error) {
		return coach.Reply{}, errors.New("redis: secret details")
	})
	p.refuses(http.StatusInternalServerError, "say", `{"as":"ada","room":"dm","text":"hi"}`, "Something went wrong on this side. The log says what.")
}

func TestNothingIsTakenWhileStopped(t *testing.T) {
	p := serve(t, options(), quiet)
	p.stop()
	p.refuses(http.StatusServiceUnavailable, "say", `{"as":"ada","room":"dm","text":"hi"}`, "The coach is not running at the moment. Try again shortly.")
	diff(t, []string(nil), p.texts(""))
}

func TestBadInput(t *testing.T) {
	p := serve(t, options(), quiet)
	p.send(prompt("prompt/1"))
	p.say(`{"as":"ben","room":"dm","text":"private"}`)
	before := p.texts("")
	for _, c := range []struct {
		status     int
		path, body string
		want       string
	}{
		{400, "say", ``, "The request is not JSON."},
		{400, "say", `{"as":"ada"`, "The request is not JSON."},
		{400, "say", `{} {}`, "The request is not JSON."},
		{400, "say", "{\"as\":\"\xff\"}", "The request is not UTF-8."},
		{400, "say", `{"x":` + strings.Repeat("[", 8) + strings.Repeat("]", 8) + `}`, "The request is nested more than 8 deep."},
		{400, "say", `{"bogus":1}`, `The request does not fit: json: unknown field "bogus".`},
		{400, "say", `{"as":5}`, "The request does not fit: as cannot be a JSON number."},
		{400, "say", `{"as":"zoe","room":"general","text":"hi"}`, `Say who you are: "zoe" is nobody here.`},
		{400, "say", `{"as":"ada","text":"hi"}`, `Ada has no room ""; there is general, and dm.`},
		{400, "say", `{"as":"ada","room":"@ben","text":"hi"}`, `Ada has no room "@ben"; there is general, and dm.`},
		{400, "say", `{"as":"ada","room":"general","text":" \n "}`, "There is nothing to say."},
		{400, "say", `{"as":"ada","room":"general","text":"/"}`, "There is nothing to say."},
		{400, "say", `{"as":"ada","room":"general","text":"` + strings.Repeat("é", 4001) + `"}`, "A message has up to 4000 characters; this one has 4001."},
		{404, "say", `{"as":"ada","room":"general","text":"hi","thread":99}`, "Ada sees no message 99."},
		{404, "say", `{"as":"ada","room":"general","text":"hi","thread":2}`, "Ada sees no message 2."},
		{400, "say", `{"as":"ada","room":"dm","text":"hi","thread":1}`, "Message 1 is in another room."},
		{400, "say", `{"as":"ada","room":"dm","text":"hi","id":"a b"}`, "An id is up to 64 visible ASCII characters."},
		{413, "say", `{"text":"` + strings.Repeat("x", maxBody) + `"}`, "A request has up to 65536 bytes."},
		{404, "press", `{"as":"ada","message":2,"action":0}`, "Ada sees no message 2."},
		{404, "press", `{"as":"ada","message":1,"action":2}`, "Message 1 has no button 2."},
		{404, "press", `{"as":"ada","message":1,"action":-1}`, "Message 1 has no button -1."},
		{404, "press", `{"as":"ada","message":1,"action":"Nope"}`, `Message 1 has no button "Nope".`},
		{404, "press", `{"as":"ben","message":2,"action":0}`, "Message 2 has no button 0."},
		{400, "press", `{"as":"ada","message":1,"action":{}}`, "The request does not fit: action cannot be a JSON object."},
		{404, "submit", `{"as":"ada","form":"nope"}`, "Ada has no such form open. Ask for it again."},
		{404, "nowhere", `{}`, "There is nothing here. The page is at /playground."},
	} {
		p.refuses(c.status, c.path, c.body, c.want)
	}
	diff(t, before, p.texts(""))
	if n := len(p.unnamed()); n != 1 {
		t.Errorf("the handler got %d events, want 1", n)
	}
}

func TestClock(t *testing.T) {
	var way []string
	o := options()
	planned := time.Time{}
	var p *playground
	o.Advance = func(_ context.Context, to time.Time) error {
		way = append(way, to.Format(time.RFC3339))
		if to.Year() == 2030 {
			return errors.New("boom")
		}
		p.Clock().Set(to)
		return nil
	}
	o.NextPrompt = func(context.Context) (time.Time, bool, error) { return planned, !planned.IsZero(), nil }
	p = serve(t, o, quiet)

	for _, c := range []struct{ body, want string }{
		{`{"advance":"90m"}`, "2027-03-08T13:30:00Z"},
		{`{"advance":"1d"}`, "2027-03-09T13:30:00Z"},
		{`{"advance":"1w"}`, "2027-03-16T13:30:00Z"},
		{`{"to":"2027-03-17T09:00:00-05:00"}`, "2027-03-17T14:00:00Z"},
		{`{"to":"2027-03-17T12:00","as":"ada"}`, "2027-03-17T16:00:00Z"},
	} {
		status, body := p.post("/playground/clock", c.body)
		if got := must[moved](p, status, body); got.Now.Format(time.RFC3339) != c.want {
			t.Errorf("%s: it is %v, want %v", c.body, got.Now, c.want)
		}
	}
	diff(t, []string{"2027-03-08T13:30:00Z", "2027-03-09T13:30:00Z", "2027-03-16T13:30:00Z", "2027-03-17T14:00:00Z", "2027-03-17T16:00:00Z"}, way)

	const where = `Say where to: {"advance":"24h"}, {"to":"2027-03-14T09:00:00Z"} or {"next":"prompt"}.`
	const already = "Time only moves forward: it is already 2027-03-17T16:00:00Z."
	for _, c := range []struct{ body, want string }{
		{`{}`, where},
		{`{"advance":"1h","next":"prompt"}`, where},
		{`{"next":"week"}`, where},
		{`{"advance":"soon"}`, `"soon" is not a length of time; write 90m, 24h, 1d or 1w.`},
		{`{"advance":"-1h"}`, already},
		{`{"advance":"999999999h"}`, `"999999999h" is not a length of time; write 90m, 24h, 1d or 1w.`},
		{`{"advance":"401d"}`, "Move up to 400 days at once."},
		{`{"to":"2020-01-01T00:00:00Z"}`, already},
		{`{"to":"9999-01-01T00:00:00Z"}`, "Move up to 400 days at once."},
		{`{"to":"2027-03-18T12:00"}`, `"2027-03-18T12:00" is not a point in time; write it as 2027-03-14T09:00:00Z.`},
	} {
		p.refuses(http.StatusBadRequest, "clock", c.body, c.want)
	}
	p.refuses(http.StatusConflict, "clock", `{"next":"prompt"}`, "No prompt is planned yet. A lead starts a cohort with /coach setup.")
	planned = p.Clock().Now().Add(-time.Minute)
	for range 2 { // one that is due is carried out without moving on
		if status, body := p.post("/playground/clock", `{"next":"prompt"}`); must[moved](p, status, body).Now.Before(planned) {
			t.Error("the clock went back")
		}
	}
	planned = time.Date(2027, 3, 20, 9, 0, 0, 0, time.UTC)
	if status, body := p.post("/playground/clock", `{"next":"prompt"}`); !must[moved](p, status, body).Now.Equal(planned) {
		t.Errorf("the next prompt is at %v, the clock at %v", planned, p.Clock().Now())
	}
	p.Clock().Set(time.Date(2029, 12, 31, 0, 0, 0, 0, time.UTC))
	p.refuses(http.StatusInternalServerError, "clock", `{"advance":"1w"}`, "Something went wrong on this side. The log says what.")
}

func TestStoppingEndsAMove(t *testing.T) {
	o := options()
	under := make(chan struct{})
	o.Advance = func(ctx context.Context, _ time.Time) error {
		close(under)
		<-ctx.Done()
		return ctx.Err()
	}
	p := serve(t, o, quiet)
	go func() {
		<-under
		p.stop()
	}()
	p.refuses(http.StatusServiceUnavailable, "clock", `{"advance":"1h"}`, "The clock stopped on its way, at 2027-03-08T12:00:00Z.")
}

func TestState(t *testing.T) {
	p := serve(t, options(), quiet)
	_, body := p.get("/playground/state")
	diff(t, `{"now":"2027-03-08T12:00:00Z","moving":false,`+
		`"people":[{"id":"lia","name":"Lia","zone":"Europe/Berlin","lead":true,"local":"2027-03-08T13:00:00+01:00"},`+
		`{"id":"ada","name":"Ada","zone":"America/New_York","lead":false,"local":"2027-03-08T07:00:00-05:00"},`+
		`{"id":"ben","name":"Ben","zone":"Asia/Kolkata","lead":false,"local":"2027-03-08T17:30:00+05:30"}],`+
		`"rooms":["general"],"commands":[{"name":"/checkin","usage":"[text]","summary":"report what you did","lead":false}],"maxText":4000}`+"\n", body)
}

func TestImage(t *testing.T) {
	o := options()
	drawn := 0
	o.Draw = func(i coach.Image) ([]byte, error) {
		drawn++
		if i.Alt == "bad" {
			return nil, errors.New("no ink")
		}
		return []byte("png of " + i.Alt), nil
	}
	p := serve(t, o, quiet)
	d := prompt("pictures")
	d.Message = *coach.Say(coach.Text("Two."), coach.Picture(coach.Image{Alt: "one"}), coach.Picture(coach.Image{Alt: "two"}), coach.Picture(coach.Image{Alt: "bad"}))
	p.send(d)
	for range 2 {
		for path, want := range map[string]string{"1.png?v=1": "png of one", "1-2.png": "png of two"} {
			if status, body := p.get("/playground/image/" + path); status != 200 || body != want {
				t.Errorf("%s: %d %q, want %q", path, status, body, want)
			}
		}
	}
	if drawn != 2 {
		t.Errorf("drew %d times, want each picture once", drawn)
	}
	for _, path := range []string{"2.png", "1-0.png", "1-9.png", "1", "x.png", "1.pngx", "99999999999999999999.png"} {
		if status, body := p.get("/playground/image/" + path); status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := p.get("/playground/image/1-3.png"); status != http.StatusInternalServerError || strings.Contains(body, "ink") {
		t.Errorf("a picture that cannot be drawn: %d %s", status, body)
	}
}

func TestFile(t *testing.T) {
	p := serve(t, options(), func(context.Context, coach.Event) (coach.Reply, error) {
		return coach.Reply{Files: []coach.File{{Name: "export ü.json", Type: "application/json", Data: []byte(`{"a":1}`)}}}, nil
	})
	got := p.say(`{"as":"ada","room":"dm","text":"/coach export"}`).Replies[0]
	diff(t, got.Files, got.Message.Files)
	diff(t, []string{"@ada ada>ada: /coach export", "@ada coach>ada: export ü.json"}, p.texts(""))
	if status, body := p.get(got.Files[0].URL); status != 200 || body != `{"a":1}` {
		t.Errorf("the file: %d %s", status, body)
	}
	if status, _ := p.get("/playground/file/guess/export.json"); status != http.StatusNotFound {
		t.Errorf("a guessed file: %d", status)
	}
}

func TestPageAndItsParts(t *testing.T) {
	p := serve(t, options(), quiet)
	for path, want := range map[string]string{
		"":                 "<title>studycoach playground</title>",
		"/page/app.js":     "EventSource",
		"/page/style.css":  "--accent",
		"/page/mark.svg":   "<svg",
		"/page/icons.svg":  "<symbol",
		"/page/message.js": "export function message",
	} {
		if status, body := p.get("/playground" + path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %q", path, status, want)
		}
	}
}
