package discord

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// idleTime is how long a test waits for what is under way.
const idleTime = 20 * time.Second

// written is a message of Ada's in the room, as the gateway tells of it.
func (f *fake) written(content string, more map[string]any) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := map[string]any{
		"id": f.snowflake(), "channel_id": "200", "guild_id": "100", "type": 0, "content": content, "author": f.people["301"],
		"member": map[string]any{"nick": "Countess"}, "mentions": []any{f.me}, "edited_timestamp": nil,
	}
	for k, v := range more {
		m[k] = v
	}
	return m
}

// hears has an event told, and returns what reaches the coach by it.
func hears(t *testing.T, p *Platform, f *fake, h *heard, kind string, m any) []coach.Event {
	t.Helper()
	before := len(h.events())
	f.gateway.tellReady(t, kind, m)
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
	return h.events()[before:]
}

// In a room the bot hears what is written to it, and nothing else.
func TestWhatIsWrittenToTheBot(t *testing.T) {
	p, f := open(t, nil)
	h := newHeard()
	run(t, p, h.handle)
	for name, c := range map[string]struct {
		content    string
		more       map[string]any
		verb, text string
		nothing    bool
	}{
		"a check-in":             {"<@900> 45m read about joins", nil, "", "45m read about joins", false},
		"with the old mention":   {"45m <@!900>", nil, "", "45m", false},
		"a command":              {"<@900> me", nil, "me", "", false},
		"a command with a slash": {"<@900> /checkin 45m", nil, "checkin", "45m", false},
		"a command of coach":     {"<@900> /coach why 14", nil, "coach", "why 14", false},
		"what leads do":          {"<@900> /lead announce Hello all", nil, "coach", "announce Hello all", false},
		"and who are some":       {"<@900> lead leads bob", nil, "coach", "lead bob", false},
		"who is to be one":       {"<@900> /lead bob", nil, "lead", "bob", false},
		"nobody is mentioned":    {"45m", map[string]any{"mentions": []any{}}, "", "", true},
		"somebody else is":       {"<@301> 45m", map[string]any{"mentions": []any{map[string]any{"id": "301"}}}, "", "", true},
		"nothing else is said":   {"<@900>", nil, "", "", true},
		"a bot":                  {"<@900> 45m", map[string]any{"author": map[string]any{"id": "5", "bot": true}}, "", "", true},
		"a webhook":              {"<@900> 45m", map[string]any{"webhook_id": "5"}, "", "", true},
		"a message of Discord's": {"<@900> 45m", map[string]any{"type": 6}, "", "", true},
	} {
		got := hears(t, p, f, h, "MESSAGE_CREATE", f.written(c.content, c.more))
		if c.nothing {
			if len(got) > 0 {
				t.Errorf("%s: heard is %+v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Verb != c.verb || got[0].Text != c.text || got[0].From != ada || got[0].Room != room || got[0].Name != "Countess" {
			t.Errorf("%s: heard are %+v", name, got)
		}
	}
}

// What is edited or deleted later is heard as that, if it was heard before.
func TestWhatIsWrittenAnew(t *testing.T) {
	p, f := open(t, nil)
	h := newHeard()
	run(t, p, h.handle)
	m := f.written("<@900> 45m", nil)
	first := hears(t, p, f, h, "MESSAGE_CREATE", m)
	m["content"], m["edited_timestamp"] = "<@900> 50m", "2027-03-15T10:00:00Z"
	edited := hears(t, p, f, h, "MESSAGE_UPDATE", m)
	if len(first) != 1 || len(edited) != 1 || edited[0].Verb != "amend" || edited[0].Text != "50m" || edited[0].Arg("at") == "" || edited[0].ID == first[0].ID {
		t.Errorf("heard are %+v, then %+v", first, edited)
	}
	delete(m, "edited_timestamp") // a preview was added
	if got := hears(t, p, f, h, "MESSAGE_UPDATE", m); len(got) > 0 {
		t.Errorf("what was not edited is heard as %+v", got)
	}
	deleted := hears(t, p, f, h, "MESSAGE_DELETE", map[string]any{"id": m["id"], "channel_id": "200", "guild_id": "100"})
	if len(deleted) != 1 || deleted[0].Verb != "retract" || deleted[0].From != ada || deleted[0].Arg("at") != edited[0].Arg("at") {
		t.Errorf("heard are %+v", deleted)
	}
	if got := hears(t, p, f, h, "MESSAGE_DELETE", map[string]any{"id": "12345", "channel_id": "200", "guild_id": "100"}); len(got) > 0 {
		t.Errorf("a message that was not heard is taken back: %+v", got)
	}
}

// Who is known from no server is told where to go; and a direct message belongs
// to the server of the last message that went to them.
func TestWhoseServerADirectMessageIsAbout(t *testing.T) {
	known := map[coach.UserRef]bool{}
	p, f := open(t, func(o *Options) {
		o.Sender = func(_ context.Context, _ coach.Event, all []coach.UserRef) (coach.UserRef, error) {
			for _, u := range all {
				if known[u] {
					return u, nil
				}
			}
			return "", nil
		}
	})
	f.guild("101", "Other")
	h := newHeard()
	run(t, p, h.handle)
	f.gateway.ready(t)
	if got := hears(t, p, f, h, "MESSAGE_CREATE", f.directMessage("hello")); len(got) > 0 {
		t.Errorf("a stranger is heard: %+v", got)
	}
	told := f.in(f.direct("301").ID, "301")
	if len(told) != 1 || !strings.Contains(visible(told[0]).Text, "/coach join") {
		t.Errorf("a stranger is told %+v", told)
	}
	known["discord/101/301"] = true
	got := hears(t, p, f, h, "MESSAGE_CREATE", f.directMessage("45m"))
	if len(got) != 1 || got[0].From != "discord/101/301" || got[0].Room != "discord/101/@301" {
		t.Errorf("heard are %+v", got)
	}
	known[ada] = true
	p.home.Clear() // a process that does not remember
	if got := hears(t, p, f, h, "MESSAGE_CREATE", f.directMessage("45m")); len(got) != 1 || got[0].From != ada {
		t.Errorf("heard are %+v", got)
	}
	d := delivery("nudge/1")
	d.Room = "discord/101/@301"
	if e := trySend(t, p, d); e != nil {
		t.Fatal(e)
	}
	if got := hears(t, p, f, h, "MESSAGE_CREATE", f.directMessage("45m")); len(got) != 1 || got[0].From != "discord/101/301" {
		t.Errorf("after a nudge of the other server heard are %+v", got)
	}
	f.mu.Lock()
	delete(f.guilds, "101")
	f.mu.Unlock()
	f.gateway.tell(t, "GUILD_DELETE", map[string]any{"id": "101"})
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
	if got := hears(t, p, f, h, "MESSAGE_CREATE", f.directMessage("45m")); len(got) != 1 || got[0].From != ada {
		t.Errorf("after the bot left the other server heard are %+v", got)
	}
}

// An answer that no direct message can carry is not shown to all.
func TestAnswersToThoseWhoTakeNone(t *testing.T) {
	p, f := open(t, nil)
	f.closed["301"] = cannotTalk
	run(t, p, func(context.Context, coach.Event) (coach.Reply, error) {
		return coach.Reply{Message: coach.Say(coach.Text("a secret"))}, nil
	})
	m := f.written("<@900> 45m", nil)
	f.gateway.tellReady(t, "MESSAGE_CREATE", m)
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
	all := f.in("200", "302")
	if len(all) != 1 || strings.Contains(visible(all[0]).Text, "secret") || !strings.Contains(visible(all[0]).Text, "direct messages") {
		t.Fatalf("in the room are %+v", all)
	}
	reply, _ := all[0].Raw["message_reference"].(map[string]any)
	if reply["message_id"] != m["id"] {
		t.Errorf("it answers %v", reply)
	}
}

// A reply to a prompt is known as that also by a process that did not send it.
func TestRepliesAfterARestart(t *testing.T) {
	before, f := open(t, nil)
	d := delivery("send/prompt/aaaaaaaaaa/2027-03-15/p1/" + string(room))
	id, err := before.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(before.o)
	if err != nil {
		t.Fatal(err)
	}
	h := newHeard()
	run(t, p, h.handle)
	reference := map[string]any{"message_id": string(id), "channel_id": "200"}
	got := hears(t, p, f, h, "MESSAGE_CREATE", f.written("45m", map[string]any{"type": typeReply, "message_reference": reference}))
	if len(got) != 1 || got[0].Thread != d.Key {
		t.Errorf("heard are %+v", got)
	}
	f.mu.Lock()
	thread := f.channel(string(id), "100", "Day 1") // a thread has the id of its message
	thread.Type, thread.Parent = 11, "200"
	f.mu.Unlock()
	got = hears(t, p, f, h, "MESSAGE_CREATE", f.written("<@900> 50m", map[string]any{"channel_id": thread.ID}))
	if len(got) != 1 || got[0].Thread != d.Key || got[0].Room != room {
		t.Errorf("in the thread heard are %+v", got)
	}
}

// Answers that take longer than the budget are given all the same, and how they
// begin fits what was done.
func TestLateAnswers(t *testing.T) {
	form := wordsForm()
	for name, c := range map[string]struct {
		kind  int
		reply coach.Reply
		begin int    // the type of the first response
		shows string // then
	}{
		"a command":         {2, coach.Reply{Message: coach.Say(coach.Text("Here."))}, 5, "Here."},
		"a press":           {3, coach.Reply{Message: coach.Say(coach.Text("Here."))}, 6, "Here."},
		"a form by command": {2, coach.Reply{Form: &form}, 5, "Announce"},
		"a form by press":   {3, coach.Reply{Form: &form}, 6, "Announce"},
		"nothing":           {2, coach.Reply{}, 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := open(t, nil)
			run(t, p, func(context.Context, coach.Event) (coach.Reply, error) {
				time.Sleep(bot.Budget + 200*time.Millisecond)
				return c.reply, nil
			})
			f.gateway.ready(t)
			var on *fakeMessage
			data := map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}
			if c.kind == 3 {
				if e := trySend(t, p, delivery("prompt/1")); e != nil {
					t.Fatal(e)
				}
				on = f.in("200", "301")[0]
				data = map[string]any{"custom_id": pack(idButton, 0, "checkin"), "component_type": 2}
			}
			before := len(f.in("200", "301"))
			in, body := f.ask("301", "200", c.kind, data, on)
			f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
			if !p.in.Wait(idleTime) {
				t.Fatal("it does not end")
			}
			if len(in.Kinds) != 1 || in.Kinds[0] != c.begin {
				t.Errorf("it begins with %v, want %d", in.Kinds, c.begin)
			}
			now := f.in("200", "301")[before:]
			switch {
			case c.shows == "" && len(now) > 0:
				t.Errorf("it shows %+v", now)
			case c.shows != "" && (len(now) != 1 || now[0].For != "301" || !strings.Contains(visible(now[0]).Text, c.shows)):
				t.Errorf("it shows %+v", now)
			}
		})
	}
}

// A late answer whose token is no good any more goes by direct message.
func TestLateAnswersGoAstray(t *testing.T) {
	p, f := open(t, nil)
	run(t, p, func(context.Context, coach.Event) (coach.Reply, error) {
		time.Sleep(bot.Budget + 200*time.Millisecond)
		return coach.Reply{Message: coach.Say(coach.Text("Here."))}, nil
	})
	f.gateway.ready(t)
	f.fail("PATCH /webhooks/", 1, status(401, `{"code":50027}`))
	_, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	if !p.in.Wait(idleTime) {
		t.Fatal("it does not end")
	}
	if told := f.in(f.direct("301").ID, "301"); len(told) != 1 || visible(told[0]).Text != "Here." {
		t.Errorf("told are %+v", told)
	}
}

// A command brings the cohort that was chosen, apart from what is typed.
func TestACommandBringsItsCohort(t *testing.T) {
	p, f := open(t, nil)
	h := newHeard()
	run(t, p, h.handle)
	f.gateway.ready(t)
	_, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{
		map[string]any{"type": 3, "name": "text", "value": "45m joins"}, map[string]any{"type": 3, "name": "cohort", "value": "Night owls"},
	}}, nil)
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	h.await(t, "45m joins")
	if e := h.events()[0]; e.Verb != "checkin" || !e.Chosen || e.Submit || len(e.Args) != 1 || e.Arg("cohort") != "Night owls" {
		t.Errorf("the event is %+v", e)
	}
}

// What is typed is completed, in time or not at all.
func TestSuggestions(t *testing.T) {
	p, f := open(t, func(o *Options) {
		o.Suggest = func(ctx context.Context, kind coach.OptionKind, typed string, e coach.Event, _ []coach.UserRef) ([]coach.Option, error) {
			if typed == "slow" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			list := []coach.Option{{Value: string(kind) + " " + typed + " " + string(e.From) + " " + e.Arg("cohort"), Label: strings.Repeat("long ", 50)}}
			for range 40 {
				list = append(list, coach.Option{Value: "more", Label: "More"})
			}
			return list, nil
		}
	})
	run(t, p, newHeard().handle)
	f.gateway.ready(t)
	for typed, want := range map[string]int{"w03": 25, "slow": 0} {
		in, body := f.ask("301", "200", 4, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{
			map[string]any{"type": 3, "name": "cohort", "value": "Crew"},
			map[string]any{"type": 3, "name": "unit", "value": typed, "focused": true},
		}}, nil)
		f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
		if !p.in.Wait(idleTime) {
			t.Fatal("it does not end")
		}
		if len(in.Kinds) != 1 || in.Kinds[0] != 8 || len(in.Choices) != want {
			t.Fatalf("%s: suggested are %v with %v", typed, in.Choices, in.Kinds)
		}
		if want > 0 {
			if c := in.Choices[0].(map[string]any); c["value"] != "unit w03 discord/100/301 Crew" || count(c["name"].(string)) > choiceSize {
				t.Errorf("the first one is %v", c)
			}
		}
	}
}
