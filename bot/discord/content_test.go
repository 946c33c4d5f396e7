package discord

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot/platformtest"
	"studycoach/coach"
)

func TestEverythingSaidFitsDiscord(t *testing.T) {
	described(t)
	platformtest.Everything(t, platform, platformtest.Show{Message: func(t testing.TB, m coach.Message) {
		posts := render(m)
		if err := fitPosts(t, posts); err != nil {
			t.Errorf("%v\n%s", err, seen(posts))
		}
		if len(posts) > 1 {
			t.Errorf("it takes %d posts:\n%s", len(posts), seen(posts))
		}
	}, Form: func(t testing.TB, f coach.Form) {
		p := form(f)
		if err := fitPosts(t, []post{p}); err != nil {
			t.Errorf("%v\n%s", err, seen([]post{p}))
		}
		comesBack(t, f, p)
		if w, ok := modal(f); ok {
			if err := fitWindow(t, w); err != nil {
				t.Errorf("%v\n%s", err, seenWindow(w))
			}
		}
		d, err := readDraft(arrived(t, p))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range d.pages() {
			var page []coach.FormField
			for _, i := range at {
				page = append(page, d.fields[i])
			}
			if err := fitWindow(t, window(pack(idPage, 0, "1"), d.title, page)); err != nil {
				t.Error(err)
			}
		}
	}})
}

// comesBack reports what a form's message does not hold.
func comesBack(t testing.TB, f coach.Form, p post) {
	t.Helper()
	d, err := readDraft(arrived(t, p))
	if err != nil {
		t.Fatalf("form %s cannot be read back: %v", f.Verb, err)
	}
	if d.verb != f.Verb {
		t.Errorf("form %s comes back as %s", f.Verb, d.verb)
	}
	values := d.args
	for _, field := range d.fields {
		values[field.Name] = field.Value
	}
	for _, field := range f.Fields {
		if values[field.Name] != field.Value {
			t.Errorf("%s of %s is %q and comes back as %q", field.Name, f.Verb, field.Value, values[field.Name])
		}
	}
}

// fitPosts reports what of posts Discord would refuse.
func fitPosts(t testing.TB, posts []post) error {
	t.Helper()
	var errs []error
	if len(posts) == 0 {
		errs = append(errs, errors.New("there is no post"))
	}
	p := &Platform{o: Options{Draw: func(coach.Image) ([]byte, error) { return nil, nil }}}
	for i, x := range posts {
		m, files := p.outgoing(x)
		m.Components = marked(m.Components, "send/prompt/aaaaaaaaaa/2027-03-15/p1/discord/100/200", "discord/100/200")
		m.Nonce, m.EnforceNonce = nonce("discord/100/200", "key", i), true
		var names []string
		for _, f := range files {
			names = append(names, f.name)
		}
		errs = append(errs, fits(t, "MessageCreateRequest", m), wrongMessage(object(t, m), names))
	}
	return errors.Join(errs...)
}

func fitWindow(t testing.TB, w *discordgo.InteractionResponseData) error {
	t.Helper()
	m := object(t, w)
	delete(m, "tts") // which discordgo sends of every answer, and Discord leaves aside
	return errors.Join(fits(t, "ModalInteractionCallbackRequestData", m), wrongModal(m))
}

// object is a value as it is sent.
func object(t testing.TB, v any) (m map[string]any) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}
