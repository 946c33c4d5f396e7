package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"studycoach/bot"
	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/content/say"
)

func TestPlatform(t *testing.T) {
	platformtest.Run(t, func(t *testing.T) platformtest.Subject {
		t.Helper()
		o := options()
		o.Draw = func(coach.Image) ([]byte, error) { return []byte("\x89PNG\r\n\x1a\n"), nil }
		p, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(p.Handler())
		t.Cleanup(func() {
			server.Close()
			http.DefaultClient.CloseIdleConnections()
			if err := p.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		x := &started{Playground: p, ready: make(chan struct{})}
		return platformtest.Subject{
			Platform: x,
			Chat: &chat{
				playground: &playground{Playground: p, t: t, url: server.URL},
				ready:      x.ready,
				forms:      map[coach.UserRef]*formView{},
				told:       map[coach.UserRef][]platformtest.Message{},
			},
			Room:  prefix + "general",
			Ada:   prefix + "ada",
			Ben:   prefix + "ben",
			Once:  true,
			Looks: true,
		}
	})
}

// started is a playground that says when it takes events.
type started struct {
	*Playground
	ready chan struct{}
}

func (s *started) Run(ctx context.Context, h bot.Handler) error {
	s.setHandler(h) // as Run does at once
	close(s.ready)
	return s.Playground.Run(ctx, h)
}

// chat is the playground as people use it: by requests of its page.
type chat struct {
	*playground
	ready <-chan struct{}
	forms map[coach.UserRef]*formView              // in front of people
	told  map[coach.UserRef][]platformtest.Message // beside the feed: what the page says of errors

	acts int
	last func() // the last request, once more
}

func (c *chat) Type(as coach.UserRef, in coach.RoomID, text string) {
	c.t.Helper()
	c.act(as, "say", map[string]any{"room": string(in), "text": text})
}

func (c *chat) Reply(as coach.UserRef, to platformtest.Message, text string) {
	c.t.Helper()
	c.act(as, "say", map[string]any{"room": prefix + "general", "text": text, "thread": json.Number(to.ID)})
}

func (c *chat) Press(as coach.UserRef, on platformtest.Message, label string) {
	c.t.Helper()
	c.act(as, "press", map[string]any{"message": json.Number(on.ID), "action": label})
}

func (c *chat) Submit(as coach.UserRef, values map[string]string) {
	c.t.Helper()
	c.act(as, "submit", map[string]any{"form": c.forms[as].ID, "values": values})
}

func (c *chat) Again() {
	c.t.Helper()
	c.last()
}

// act makes a request and keeps the form that it opens, or what it says of a
// handler that failed or is gone.
func (c *chat) act(as coach.UserRef, path string, request map[string]any) {
	c.t.Helper()
	<-c.ready
	c.acts++
	request["id"], request["as"] = fmt.Sprint("act-", c.acts), userID(as)
	body, err := json.Marshal(request)
	if err != nil {
		c.t.Fatal(err)
	}
	c.last = func() {
		c.t.Helper()
		status, answer := c.post("/playground/"+path, string(body))
		if status == http.StatusInternalServerError || status == http.StatusServiceUnavailable {
			c.told[as] = append(c.told[as], platformtest.Message{Text: answer})
			return
		}
		got := must[answered](c.playground, status, answer)
		delete(c.forms, as)
		if len(got.Replies) > 0 && got.Replies[0].Form != nil {
			c.forms[as] = got.Replies[0].Form
		}
	}
	c.last()
}

func (c *chat) Form(as coach.UserRef) (platformtest.Form, bool) {
	v := c.forms[as]
	if v == nil {
		return platformtest.Form{}, false
	}
	f := platformtest.Form{Title: v.Title}
	for _, s := range v.Intro {
		f.Intro += s.Text
	}
	for _, x := range v.Fields {
		field := platformtest.Field{Name: x.Name, Label: x.Label, Hint: x.Hint, Error: x.Error, Value: x.Value, Optional: x.Optional}
		for _, o := range x.Options {
			field.Options = append(field.Options, o.Label)
		}
		f.Fields = append(f.Fields, field)
	}
	return f, true
}

func (c *chat) See(as coach.UserRef, in coach.RoomID) []platformtest.Message {
	c.t.Helper()
	status, body := c.get("/playground/feed?as=" + userID(as))
	feed := must[struct{ Messages []messageView }](c.playground, status, body)
	var seen []platformtest.Message
	for _, m := range feed.Messages {
		if m.From == coachID && m.Room == in.Channel() {
			seen = append(seen, c.message(m))
		}
	}
	return append(seen, c.told[as]...)
}

func (c *chat) message(v messageView) platformtest.Message {
	c.t.Helper()
	m := platformtest.Message{ID: bot.MessageID(fmt.Sprint(v.Seq)), Text: v.Text}
	links := func(spans []spanView) {
		for _, s := range spans {
			if s.URL != "" {
				m.Links = append(m.Links, s.URL)
			}
			if s.Style == say.Channel {
				m.Rooms = append(m.Rooms, s.Text[1:])
			}
		}
	}
	for _, b := range v.Blocks {
		links(b.Text)
		links(b.Context)
		for _, f := range b.Fields {
			links(f.Value)
		}
		for _, a := range b.Actions {
			m.Buttons = append(m.Buttons, a.Label)
		}
		if b.Image != nil {
			m.Images = append(m.Images, platformtest.Image{Alt: b.Image.Alt, Data: c.download(b.Image.URL)})
		}
	}
	for _, f := range v.Files {
		m.Files = append(m.Files, coach.File{Name: f.Name, Type: f.Type, Data: c.download(f.URL)})
	}
	return m
}

func (c *chat) download(url string) []byte {
	c.t.Helper()
	status, body := c.get(url)
	if status != http.StatusOK {
		c.t.Errorf("%s: %d %s", url, status, body)
	}
	return []byte(body)
}
