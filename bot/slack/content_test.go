package slack

import (
	"testing"

	"studycoach/bot/platformtest"
	"studycoach/coach"
)

const crew = coach.RoomID("slack/T1/C1")

// All that the coach says and asks keeps to Slack's schemas and limits, in a
// message and as App Home, and a form comes back as it is.
func TestEverythingSaidFitsSlack(t *testing.T) {
	schema(t, blocksSchema)
	platformtest.Everything(t, platform, platformtest.Show{Message: func(t testing.TB, m coach.Message) {
		posts := render(m, uploaded(m))
		if err := fitsMessage(t, posts); err != nil {
			t.Errorf("%v\n%s", err, seen(posts))
		}
		if err := fitsHome(t, home(m)); err != nil {
			t.Errorf("as App Home: %v\n%s", err, seen(posts))
		}
		if len(posts) > 1 {
			t.Errorf("it takes %d posts:\n%s", len(posts), seen(posts))
		}
	}, Form: func(t testing.TB, f coach.Form) {
		v := modal(f, where{Room: crew})
		if err := fitsModal(t, v); err != nil {
			t.Errorf("%v\n%s", err, encode(v))
		}
		verb, args, _, err := submitted(filled(v))
		if err != nil || verb != f.Verb {
			t.Errorf("form %s comes back as %s: %v", f.Verb, verb, err)
		}
		for _, field := range f.Fields {
			if args[field.Name] != tidy(field.Value) && field.Error == "" {
				t.Errorf("%s of %s is %q and comes back as %q", field.Name, f.Verb, field.Value, args[field.Name])
			}
		}
	}, Page: func(t testing.TB, m coach.Message) {
		if err := fitsHome(t, home(m)); err != nil {
			t.Errorf("%v\n%s", err, seen(render(m, uploaded(m))))
		}
	}})
}

// uploaded are the files of a message's pictures.
func uploaded(m coach.Message) (files []string) {
	for _, b := range m.Blocks {
		if b.Image != nil {
			files = append(files, "F0123456789")
		}
	}
	return files
}

// TestWhatPeopleSee draws what people see most, for a reader.
func TestWhatPeopleSee(t *testing.T) {
	sights := platformtest.Look(t, platform)
	for name, m := range sights.Messages {
		platformtest.Golden(t, name, seen(render(m, uploaded(m))))
	}
	for name, f := range sights.Forms {
		platformtest.Golden(t, name, seenForm(modal(f, where{Room: crew})))
	}
	for name, m := range sights.Pages {
		view := home(m)
		if err := fitsHome(t, view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		platformtest.Golden(t, name, drawn(view.Blocks.BlockSet))
	}
}
