package slack

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Whatever goes wrong, no token, secret or address that is one, and nothing that
// people wrote or are called, gets into the log or an error. In the tests all of
// these have the canary in them.
func TestNothingOfPeopleAndNoSecretIsTold(t *testing.T) {
	bad := map[string]fault{
		"lost": lost, "broken": broken, "truncated": truncated, "limited": limited("60"),
		"500": status(500, "canary words"), "404": status(404, `{"ok":false,"error":"canary words"}`),
		"refused": status(200, `{"ok":false,"error":"Canary words","needed":"canary\nwords"}`), "no JSON": status(200, "canary words"),
		"moved": status(302, "canary words"),
	}
	for name, fault := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logged{}
			c := newChat(t, false, log.option)
			c.instant = true
			c.users[ada].Name = "Canary"
			c.running(bot.Answer(manyAnswers, c.platform.log, bot.NewMetrics(platform)))
			for _, method := range append(slices.Sorted(maps.Keys(tiers)), "", "auth.test", "chat.postMessage", "respond", "upload") {
				c.meet(method, fault, fault)
				for _, err := range c.everything() {
					if strings.Contains(strings.ToLower(err.Error()), "canary") || strings.Contains(err.Error(), c.server.URL) {
						t.Errorf("%s: the error is %v", method, err)
					}
				}
				c.mu.Lock()
				clear(c.faults)
				c.mu.Unlock()
			}
			told := log.String()
			if i := strings.Index(strings.ToLower(told), "canary"); i >= 0 {
				t.Errorf("it is logged: %s", told[max(0, i-300):min(len(told), i+100)])
			}
			if strings.Contains(told, c.server.URL) {
				t.Error("an address is logged")
			}
			if !strings.Contains(told, "An event was answered.") {
				t.Errorf("nothing is logged: %s", told)
			}
		})
	}
}

// manyAnswers answers with all that an answer may have.
func manyAnswers(_ context.Context, e coach.Event) (coach.Reply, error) {
	words := coach.Text("canary words of an answer")
	switch {
	case e.Verb == "settings" && !e.Submit:
		return coach.Reply{Form: &choicesForm}, nil
	case e.Verb == "settings":
		wrong := choicesForm
		wrong.Fields = slices.Clone(choicesForm.Fields)
		wrong.Fields[0].Error = "canary"
		return coach.Reply{Form: &wrong}, nil
	case e.Verb == "coach" && e.Text == "fail canary":
		return coach.Reply{}, errors.New("the store is down")
	case e.Verb == "coach" && e.Text == "export canary":
		return coach.Reply{Message: coach.Say(words), Files: []coach.File{{Name: "canary.json", Data: []byte("{}")}}}, nil
	case e.Verb == "undo":
		return coach.Reply{Message: coach.Say(words), Replace: true}, nil
	}
	return coach.Reply{Message: coach.Say(words, coach.Picture(coach.Image{Alt: "canary of a picture", Week: &coach.WeekChart{}}))}, nil
}

var choicesForm = coach.Form{Verb: "settings", Title: "Settings", Submit: "Save", Fields: []coach.FormField{
	{Name: "zone", Label: "Zone", Kind: coach.FieldText, Value: "canary"},
}}

// everything has people do all that they can, and the bot too. It returns the
// errors that there were. What was remembered is forgotten first.
func (c *fakeChat) everything() (errs []error) {
	p := c.platform
	p.me.known.Store(nil)
	p.people.Clear()
	p.directs.Clear()
	p.threads.Clear()
	p.pictures.Clear()
	p.homes.Clear()
	p.api.mu.Lock()
	clear(p.api.rests)
	p.api.mu.Unlock()

	d := delivery("summary/canary", coach.Text("canary"), coach.Picture(coach.Image{Alt: "canary", Week: &coach.WeekChart{}}), coach.Actions(coach.Action{Label: "Undo", Verb: "undo"}))
	direct := d
	direct.Room = userRef(ada).Direct()
	for _, d := range []coach.Delivery{d, direct} {
		_, err := p.Send(c.t.Context(), d)
		_, _, lookErr := p.Find(c.t.Context(), d)
		for _, err := range []error{err, lookErr} {
			if err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, f := range p.Check(c.t.Context()) {
		errs = append(errs, errors.New(f.Detail))
	}
	for _, room := range []coach.RoomID{d.Room, direct.Room} {
		for _, text := range []string{"/coach fail canary", "/coach export canary", "/coach canary", "/settings canary", "canary 45m"} {
			c.Type(userRef(ada), room, text)
		}
	}
	if _, open := c.Form(userRef(ada)); open {
		c.Submit(userRef(ada), map[string]string{"zone": "canary zone"})
	}
	for _, m := range c.See(userRef(ada), d.Room) {
		if slices.Contains(m.Buttons, "Undo") {
			c.Press(userRef(ada), m, "Undo")
			c.Reply(userRef(ada), m, "45m canary")
			break
		}
	}
	c.opensHome(ada)
	c.uses(ada, "45m canary of somebody")
	return errs
}

// uses uses the shortcut on a message.
func (c *fakeChat) uses(user, text string) {
	c.t.Helper()
	c.mu.Lock()
	payload := raw(map[string]any{
		"type": "message_action", "callback_id": checkInShortcut, "user": c.person(user), "channel": map[string]string{"id": general},
		"trigger_id": c.trigger(user), "response_url": c.answerURL(user, general, nil),
		"message": map[string]any{"type": "message", "user": ben, "text": escape(text), "ts": c.ts()},
	})
	c.mu.Unlock()
	c.hand(kindInteraction, payload)
}

// The address of a connection is a secret too.
func TestNothingIsToldOverSocketMode(t *testing.T) {
	for name, answer := range map[string]string{
		"nobody is there":  `{"ok":true,"url":"wss://127.0.0.1:1/?ticket=canary"}`,
		"not encrypted":    `{"ok":true,"url":"ws://evil.example/?ticket=canary"}`,
		"no address":       `{"ok":true,"url":"canary ://%zz"}`,
		"no answer":        `canary`,
		"a bad greeting":   "",
		"a bad handshake":  `{"ok":true,"url":"SERVER/nowhere?ticket=canary"}`,
		"a strange reason": `{"ok":false,"error":"Canary word"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logged{}
			c := newChat(t, true, log.option)
			if answer == "" {
				c.hello = func(n int) string {
					return []string{`{"type":"canary"}`, `{"type":"disconnect","reason":"Canary"}`, `{"type":"hello"}`}[min(n-1, 2)]
				}
			} else {
				answer := strings.ReplaceAll(answer, "SERVER", strings.Replace(c.server.URL, "http", "ws", 1))
				c.meet("apps.connections.open", status(200, answer), status(200, answer))
			}
			c.running(silent)
			c.eventually("a connection is open", func() bool { return len(c.open()) > 0 })
			s := c.open()[0]
			for _, what := range []string{"canary", `{"type":"events_api","envelope_id":"canary","payload":{"canary":1}}`, `{"type":"canary Words","envelope_id":"e","payload":"canary"}`} {
				s.write(what)
			}
			s.hand("e1", kindInteraction, []byte(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"canary","block_id":"canary","type":"button"}]}`), 10*time.Second)
			_ = s.conn.Close()
			c.eventually("it is logged that the connection ended", func() bool { return strings.Contains(log.String(), "has ended") })
			if told := log.String(); strings.Contains(strings.ToLower(told), "canary") || strings.Contains(told, "evil") {
				t.Errorf("it is logged: %s", told)
			}
		})
	}
}
