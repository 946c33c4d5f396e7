package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// playground talks to the JSON interface of a playground.
type playground struct {
	url  string
	last struct { // what somebody did last
		how  string
		what map[string]any
	}
}

// answer is what the coach says to what somebody did.
type answer struct {
	Replies []struct {
		Message *post
		Form    *form
		Files   []file
	}
}

// post is a message in the playground's feed.
type post struct {
	Seq     int64
	At      time.Time
	Room    string
	From    string
	Private bool
	Text    string
	Blocks  []struct{ Actions []struct{ Label string } }
	Image   string
}

type form struct {
	ID, Title string
	Fields    []field
}

type field struct {
	Name, Value, Error string
	Options            []struct{ Value string }
}

// choices are all that a field offers, as it takes them.
func (f *form) choices(name string) string {
	var all []string
	for _, field := range f.Fields {
		for _, o := range field.Options {
			if field.Name == name {
				all = append(all, o.Value)
			}
		}
	}
	return strings.Join(all, ",")
}

type file struct{ Name, URL string }

// text is all that an answer says, form and all.
func (a answer) text() string {
	var b strings.Builder
	for _, r := range a.Replies {
		if r.Message != nil {
			fmt.Fprintln(&b, r.Message.Text)
		}
		if r.Form != nil {
			fmt.Fprintln(&b, "Form:", r.Form.Title)
			for _, f := range r.Form.Fields {
				fmt.Fprintf(&b, "%s = %s\n", f.Name, f.Value)
				if f.Error != "" {
					fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Error)
				}
			}
		}
	}
	return b.String()
}

// form is the form that an answer holds, nil for none.
func (a answer) form() *form {
	for _, r := range a.Replies {
		if r.Form != nil {
			return r.Form
		}
	}
	return nil
}

// say says something in a room, or in a message's thread where that is not 0.
func (p *playground) say(as, room, text string, thread int64) (answer, error) {
	return p.do("say", map[string]any{"as": as, "room": room, "text": text, "thread": thread})
}

func (p *playground) press(as string, message int64, label string) (answer, error) {
	return p.do("press", map[string]any{"as": as, "message": message, "action": label})
}

func (p *playground) submit(as string, f *form, values map[string]string) (answer, error) {
	return p.do("submit", map[string]any{"as": as, "form": f.ID, "values": values})
}

func (p *playground) do(how string, what map[string]any) (answer, error) {
	what["id"] = "test-" + strings.ToLower(rand.Text())
	p.last.how, p.last.what = how, what
	return p.again()
}

// again sends what somebody did last once more, as a platform does that got no
// answer.
func (p *playground) again() (answer, error) {
	var a answer
	err := p.post(p.last.how, p.last.what, &a)
	return a, err
}

// feed is everything that somebody can see, oldest first.
func (p *playground) feed(as string) ([]post, error) {
	var out struct{ Messages []post }
	err := p.get("feed?as="+url.QueryEscape(as), &out)
	return out.Messages, err
}

// newest finds the newest message that fits.
func (p *playground) newest(as string, fits func(post) bool) (post, error) {
	all, err := p.feed(as)
	if err != nil {
		return post{}, err
	}
	for _, m := range slices.Backward(all) {
		if m.From == "coach" && fits(m) {
			return m, nil
		}
	}
	return post{}, fmt.Errorf("%s sees no such message", as)
}

// has tells whether a message has a button.
func (m post) has(label string) bool {
	for _, b := range m.Blocks {
		for _, a := range b.Actions {
			if a.Label == label {
				return true
			}
		}
	}
	return false
}

// advance moves the clock by a length of time such as "24h" or "1w", or with
// "prompt" to the next prompt.
func (p *playground) advance(by string) error {
	if by == "prompt" {
		return p.post("clock", map[string]string{"next": by}, nil)
	}
	return p.post("clock", map[string]string{"advance": by}, nil)
}

// farthest is how far the clock is moved at once.
const farthest = 365 * 24 * time.Hour

// moveTo moves the clock to a time, in steps of what it takes at once.
func (p *playground) moveTo(to time.Time) error {
	for {
		now, err := p.now()
		if err != nil {
			return err
		}
		if to.Sub(now) <= farthest {
			return p.post("clock", map[string]time.Time{"to": to}, nil)
		}
		if err := p.advance(farthest.String()); err != nil {
			return err
		}
	}
}

func (p *playground) now() (time.Time, error) {
	var state struct{ Now time.Time }
	err := p.get("state", &state)
	return state.Now, err
}

// fetch loads what an address of the playground names, such as a picture.
func (p *playground) fetch(path string) ([]byte, error) {
	resp, err := http.Get(p.url + path)
	return body(resp, err)
}

func (p *playground) get(path string, out any) error {
	b, err := p.fetch("/playground/" + path)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

func (p *playground) post(path string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	resp, err := http.Post(p.url+"/playground/"+path, "application/json", bytes.NewReader(b))
	b, err = body(resp, err)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// body reads a response; one that is an error of the playground becomes one.
func body(resp *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode == http.StatusOK {
		return b, err
	}
	var failed struct{ Error string }
	if err := json.Unmarshal(b, &failed); err != nil || failed.Error == "" {
		return nil, fmt.Errorf("%s: %s", resp.Status, b)
	}
	return nil, errors.New(failed.Error)
}
