package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"studycoach/coach"
	"studycoach/content/say"
)

// messageView is a message as the JSON interface shows it.
type messageView struct {
	Seq     int64       `json:"seq"`
	Version int64       `json:"version"` // Seq, until the message is updated
	At      time.Time   `json:"at"`
	Room    string      `json:"room"`
	From    string      `json:"from"`
	To      string      `json:"to"`      // who alone sees it; empty: everybody
	Private bool        `json:"private"` // To is not empty
	Thread  int64       `json:"thread,omitempty"`
	Text    string      `json:"text"`   // all of it as plain text
	Blocks  []blockView `json:"blocks"` // of the coach's messages
	Image   string      `json:"image,omitempty"`
	Files   []fileView  `json:"files,omitempty"`
}

// blockView is a block with its markup parsed; exactly one field is set.
type blockView struct {
	Title   string       `json:"title,omitempty"`
	Text    []spanView   `json:"text,omitempty"`
	Code    string       `json:"code,omitempty"`
	Fields  []fieldView  `json:"fields,omitempty"`
	Actions []actionView `json:"actions,omitempty"`
	Image   *imageView   `json:"image,omitempty"`
	Context []spanView   `json:"context,omitempty"`
}

type spanView struct {
	Text  string    `json:"text"`
	Style say.Style `json:"style,omitempty"`
	URL   string    `json:"url,omitempty"`
}

type fieldView struct {
	Label string     `json:"label"`
	Value []spanView `json:"value"`
}

type actionView struct {
	Index int               `json:"index"` // what /press takes
	Label string            `json:"label"`
	Verb  string            `json:"verb"` // of the event that a press is
	Style coach.ActionStyle `json:"style,omitempty"`
}

type imageView struct {
	URL string `json:"url"`
	Alt string `json:"alt"`
}

type fileView struct {
	Name string `json:"name"`
	Type string `json:"type"`
	URL  string `json:"url"`
}

func (m message) view() messageView {
	v := messageView{
		Seq: m.Seq, Version: m.Version, At: m.At, Room: m.Room, From: m.From, To: m.To, Private: m.To != "",
		Thread: m.Thread, Text: m.Text, Blocks: []blockView{}, Files: m.files,
	}
	if m.Message == nil {
		return v
	}
	lines := m.Message.Plain()
	for _, f := range m.files {
		lines = append(lines, f.Name)
	}
	v.Text = strings.Join(lines, "\n")
	buttons := 0
	for i, b := range m.Message.Blocks {
		block := blockView{Title: b.Title, Text: spans(b.Text), Code: b.Code, Context: spans(b.Context)}
		for _, f := range b.Fields {
			block.Fields = append(block.Fields, fieldView{f.Label, spans(f.Value)})
		}
		for _, a := range b.Actions {
			block.Actions = append(block.Actions, actionView{buttons, a.Label, a.Verb, a.Style})
			buttons++
		}
		if b.Image != nil {
			block.Image = &imageView{m.imageURL(i), b.Image.Alt}
			if v.Image == "" {
				v.Image = block.Image.URL
			}
		}
		v.Blocks = append(v.Blocks, block)
	}
	return v
}

// imageURL is the address of the picture in block i; the first picture of a
// message has the short one. The version makes a browser ask again after an
// update.
func (m message) imageURL(i int) string {
	if i == m.firstImage() {
		return fmt.Sprintf("/playground/image/%d.png?v=%d", m.Seq, m.Version)
	}
	return fmt.Sprintf("/playground/image/%d-%d.png?v=%d", m.Seq, i, m.Version)
}

// firstImage is the number of the first block with a picture, or -1.
func (m message) firstImage() int {
	if m.Message != nil {
		for i, b := range m.Message.Blocks {
			if b.Image != nil {
				return i
			}
		}
	}
	return -1
}

func spans(text string) []spanView {
	var out []spanView
	for _, s := range say.Parse(text) {
		out = append(out, spanView(s))
	}
	return out
}

// formView is a form that was opened for a person.
type formView struct {
	ID     string            `json:"id"` // what /submit takes
	Verb   string            `json:"verb"`
	Title  string            `json:"title"`
	Intro  []spanView        `json:"intro"`
	Submit string            `json:"submit"`
	Fields []coach.FormField `json:"fields"`
}

func (f openForm) view() *formView {
	return &formView{f.id, f.form.Verb, f.form.Title, spans(f.form.Intro), f.form.Submit, f.form.Fields}
}

// addFiles keeps files for download until many newer ones have come.
func (p *Playground) addFiles(files []coach.File) []fileView {
	var out []fileView
	for _, f := range files {
		id := token()
		p.files.put(id, f)
		out = append(out, fileView{f.Name, f.Type, "/playground/file/" + id + "/" + url.PathEscape(f.Name)})
	}
	return out
}
