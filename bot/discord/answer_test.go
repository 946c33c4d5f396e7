package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// answers runs a platform that answers all the same, beside a fake Discord.
func answers(t *testing.T, r coach.Reply) (*Platform, *fake) {
	t.Helper()
	p, f := open(t, nil)
	run(t, p, func(context.Context, coach.Event) (coach.Reply, error) { return r, nil })
	f.gateway.ready(t)
	return p, f
}

// arrives has an interaction arrive, and waits until it is answered.
func (f *fake) arrives(t *testing.T, p *Platform, body []byte) {
	t.Helper()
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
}

// checkIn is a command of Ada's in the room.
func (f *fake) checkIn() []byte {
	_, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
	return body
}

// accepted has a request do what it does before h answers it.
func (f *fake) accepted(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.trouble = nil
		f.mu.Unlock()
		f.server.Config.Handler.ServeHTTP(discard{http.Header{}}, r)
		h(w, r)
	}
}

func cutOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// severalParts is a reply of as many messages as parts.
func severalParts(t *testing.T) (r coach.Reply, parts int) {
	t.Helper()
	long := coach.Text(strings.Repeat("word ", 1000))
	r = coach.Reply{Message: coach.Say(long, long, long)}
	if parts = len(render(*r.Message)); parts < 2 {
		t.Fatalf("it has %d parts", parts)
	}
	return r, parts
}

// An answer whose response fails comes all the same, whole and once.
func TestResponsesThatFail(t *testing.T) {
	reply, parts := severalParts(t)
	for name, c := range map[string]struct {
		times   int
		trouble func(f *fake) http.HandlerFunc
		direct  bool // it goes by direct message
	}{
		"too late":           {1, func(*fake) http.HandlerFunc { return status(404, `{"code":10062}`) }, true},
		"a fault":            {1, func(*fake) http.HandlerFunc { return status(502, ``) }, false},
		"a fault that stays": {99, func(*fake) http.HandlerFunc { return status(502, ``) }, true},
		"a short wait": {1, func(*fake) http.HandlerFunc {
			return status(429, `{"retry_after":0.3}`, "X-RateLimit-Scope", "user")
		}, false},
		"a long wait": {1, func(*fake) http.HandlerFunc {
			return status(429, `{"retry_after":60}`, "X-RateLimit-Scope", "user")
		}, true},
		"cut off":                {1, func(*fake) http.HandlerFunc { return cutOff }, false},
		"accepted, then a fault": {1, func(f *fake) http.HandlerFunc { return f.accepted(status(502, ``)) }, false},
		"accepted, then cut off": {1, func(f *fake) http.HandlerFunc { return f.accepted(cutOff) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := answers(t, reply)
			f.fail("POST /interactions/", c.times, c.trouble(f))
			f.arrives(t, p, f.checkIn())
			direct, room := len(f.in(f.direct("301").ID, "301")), len(f.in("200", "301"))
			if c.direct && (direct != parts || room != 0) || !c.direct && (direct != 0 || room != parts) {
				t.Errorf("of %d messages %d are direct and %d in the room", parts, direct, room)
			}
		})
	}
}

// An interaction that comes again is not answered again: the first response
// holds, and nothing follows it twice.
func TestInteractionsThatComeAgain(t *testing.T) {
	reply, parts := severalParts(t)
	for name, slow := range map[string]bool{"in time": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, nil)
			run(t, p, func(context.Context, coach.Event) (coach.Reply, error) {
				if slow {
					time.Sleep(bot.Budget + 200*time.Millisecond)
				}
				return reply, nil
			})
			f.gateway.ready(t)
			body := f.checkIn()
			for range 2 {
				f.arrives(t, p, body)
				if n := len(f.in("200", "301")); n != parts {
					t.Errorf("there are %d messages, want %d", n, parts)
				}
			}
		})
	}
}

// A late answer that the process before left behind is given when the interaction
// comes again.
func TestAnswersLeftBehind(t *testing.T) {
	for name, late := range map[string]bool{"in time": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, nil)
			run(t, p, func(context.Context, coach.Event) (coach.Reply, error) {
				if late {
					time.Sleep(bot.Budget + 200*time.Millisecond)
					return coach.Reply{Message: coach.Say(coach.Text("Here."))}, nil
				}
				return coach.Reply{}, nil
			})
			f.gateway.ready(t)
			in, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
			f.mu.Lock()
			f.respond(in, 5, &fakeMessage{Raw: map[string]any{"flags": float64(flagEphemeral)}})
			f.mu.Unlock()
			f.arrives(t, p, body)
			if in.Original.Loading && !in.Original.Gone {
				t.Error("the sign that an answer comes stays")
			}
			if n := len(f.in("200", "301")); late != (n == 1) {
				t.Errorf("there are %d messages", n)
			}
		})
	}
}

// A further message that Discord took, although it answered with a fault, is not
// there twice; it and what follows goes by direct message, since nobody knows. One
// that it surely did not take is sent again.
func TestFurtherMessagesThatFail(t *testing.T) {
	reply, parts := severalParts(t)
	for name, c := range map[string]struct {
		trouble      func(f *fake) http.HandlerFunc
		room, direct int
	}{
		"accepted, then a fault": {func(f *fake) http.HandlerFunc { return f.accepted(status(502, ``)) }, 2, parts - 1},
		"accepted, then cut off": {func(f *fake) http.HandlerFunc { return f.accepted(cutOff) }, 2, parts - 1},
		"a fault":                {func(*fake) http.HandlerFunc { return status(502, ``) }, 1, parts - 1},
		"not known yet":          {func(*fake) http.HandlerFunc { return status(404, `{"code":10015}`) }, parts, 0},
		"a short wait": {func(*fake) http.HandlerFunc {
			return status(429, `{"retry_after":0.3}`, "X-RateLimit-Scope", "user")
		}, parts, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := answers(t, reply)
			f.fail("POST /webhooks/", 1, c.trouble(f))
			f.arrives(t, p, f.checkIn())
			direct, room := len(f.in(f.direct("301").ID, "301")), len(f.in("200", "301"))
			if direct != c.direct || room != c.room {
				t.Errorf("of %d messages %d are direct and %d in the room, want %d and %d", parts, direct, room, c.direct, c.room)
			}
		})
	}
}

// Answers to different people that go by direct message are not taken for one
// another, also where nothing is known of whom they are for.
func TestAnswersToStrangersThatFail(t *testing.T) {
	p, f := open(t, func(o *Options) {
		o.Sender = func(context.Context, coach.Event, []coach.UserRef) (coach.UserRef, error) { return "", nil }
	})
	run(t, p, newHeard().handle)
	f.gateway.ready(t)
	f.fail("POST /interactions/", 2, status(404, `{"code":10062}`))
	direct := f.direct("301").ID
	for range 2 {
		_, body := f.ask("301", direct, 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
		f.arrives(t, p, body)
	}
	if n := len(f.in(direct, "301")); n != 2 {
		t.Errorf("there are %d answers", n)
	}
}

// A window whose response fails is not sent any other way.
func TestWindowsThatFail(t *testing.T) {
	form := wordsForm()
	p, f := answers(t, coach.Reply{Form: &form})
	f.fail("POST /interactions/", 1, status(404, `{"code":10062}`))
	f.arrives(t, p, f.checkIn())
	if n := f.called("POST /channels/") + f.called("POST /webhooks/"); n != 0 {
		t.Errorf("%d messages are sent", n)
	}
}

// A form that could not be handed in stays, with all that was typed into it, and
// a message of its own says what happened.
func TestSubmissionsThatFail(t *testing.T) {
	window, message := wordsForm(), checkInForm()
	late := bot.Budget + 200*time.Millisecond
	filled := map[string]string{"mode": "ai", "time": "45m", "note": "joins_and *more*"}
	for name, c := range map[string]struct {
		form   coach.Form
		values map[string]string
		took   time.Duration
		asked  bool // the texts are, since the form was submitted without
		stays  bool // the form does; else what was typed is told
	}{
		"a form":         {message, filled, 0, false, true},
		"a form, late":   {message, filled, late, false, true},
		"texts missing":  {message, map[string]string{"time": "45m", "note": "joins"}, 0, true, true},
		"a window":       {window, map[string]string{"title": "<@301>", "text": "Hello *all*\nof you"}, 0, false, false},
		"a window, late": {window, map[string]string{"text": "Hello"}, late, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, nil)
			run(t, p, func(_ context.Context, e coach.Event) (coach.Reply, error) {
				if !e.Submit {
					return coach.Reply{Form: &c.form}, nil
				}
				time.Sleep(c.took)
				return coach.Reply{}, errors.New("the store is away")
			})
			chat := &chat{fake: f, platform: p, told: map[string]string{}, form: map[string]*fakeInteraction{}}
			ada := account("100", "301")
			chat.Type(ada, room, "/checkin")
			before := len(chat.See(ada, room))
			if c.asked {
				m, _, _ := chat.draft("301")
				chat.press("301", m, func(kind string, _ []string) bool { return kind == idSave })
				chat.fill("301", c.values)
			} else {
				chat.Submit(ada, c.values)
			}
			said := chat.See(ada, room)[before:]
			if len(said) != 1 || !strings.Contains(said[0].Text, "Something went wrong") {
				t.Fatalf("said is %+v", said)
			}
			form, open := chat.Form(ada)
			if open != c.stays {
				t.Errorf("a form stays: %t", open)
			}
			left := map[string]bool{}
			for _, x := range form.Fields {
				left[x.Name+x.Value] = true
			}
			for name, value := range c.values {
				if c.stays && !left[name+value] || !c.stays && !strings.Contains(said[0].Text, value) {
					t.Errorf("of %s, %q, there stay %+v and %q", name, value, form, said[0].Text)
				}
			}
		})
	}
}

// Commands and forms in direct messages are answered in time, also where it takes
// long to find out whose server they are about.
func TestDirectMessagesAreAnsweredInTime(t *testing.T) {
	asks := wordsForm()
	filling := form(asks)
	on := &fakeMessage{ID: "6", Author: "900", Raw: object(t, map[string]any{"embeds": filling.Embeds, "components": filling.Components})}
	command := map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}
	says := coach.Reply{Message: coach.Say(coach.Text("Here."))}
	for name, c := range map[string]struct {
		kind  int
		data  map[string]any
		on    *fakeMessage
		reply coach.Reply
		begin int    // the type of the first response
		shows string // then, if anything
	}{
		"a command":            {2, command, nil, says, 5, "Here."},
		"a form":               {2, command, nil, coach.Reply{Form: &asks}, 5, asks.Submit},
		"a submitted window":   {5, map[string]any{"custom_id": pack(idModal, 0, "checkin"), "components": []any{}}, nil, says, 5, "Here."},
		"a step within a form": {3, map[string]any{"custom_id": componentsOf(on)[0]["custom_id"], "component_type": 2}, on, says, 9, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, func(o *Options) {
				o.Sender = func(_ context.Context, _ coach.Event, all []coach.UserRef) (coach.UserRef, error) {
					time.Sleep(2 * bot.Budget)
					return all[0], nil
				}
			})
			run(t, p, func(context.Context, coach.Event) (coach.Reply, error) { return c.reply, nil })
			f.gateway.ready(t)
			direct := f.direct("301").ID
			in, body := f.ask("301", direct, c.kind, c.data, c.on)
			begun := time.Now()
			f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
			<-in.responded
			if took := time.Since(begun); took > bot.Budget+time.Second {
				t.Errorf("it is answered after %v", took)
			}
			if !p.in.Wait(idleTime) {
				t.Fatal("it does not end")
			}
			if len(in.Kinds) != 1 || in.Kinds[0] != c.begin {
				t.Errorf("it begins with %v, want %d", in.Kinds, c.begin)
			}
			var shown []string
			for _, m := range f.in(direct, "301") {
				shown = append(shown, visible(m).Text+strings.Join(visible(m).Buttons, ""))
			}
			if c.shows == "" && len(shown) > 0 || c.shows != "" && (len(shown) != 1 || !strings.Contains(shown[0], c.shows)) {
				t.Errorf("it shows %q", shown)
			}
		})
	}
}
