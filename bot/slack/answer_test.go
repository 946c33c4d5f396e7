package slack

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/bot/platformtest"
	"studycoach/coach"
)

func TestTheShortcutChecksInWithAMessage(t *testing.T) {
	c := newChat(t, false)
	x := &taken{reply: coach.Reply{Message: coach.Say(coach.Text("45 min."))}}
	c.running(x.handle)
	c.uses(ada, "45m read <b> & more")
	got := x.all()
	if len(got) != 1 || got[0].Verb != "checkin" || got[0].Text != "45m read <b> & more" || got[0].From != userRef(ada) || got[0].Room != delivery("").Room || got[0].Zone != "Europe/London" {
		t.Fatalf("the events are %+v", got)
	}
	if seen := c.See(userRef(ada), delivery("").Room); len(seen) != 1 || seen[0].Text != "45 min." {
		t.Errorf("the answer is %+v", seen)
	}
	if seen := c.See(userRef(ben), delivery("").Room); len(seen) > 0 {
		t.Errorf("others see %+v", seen)
	}
}

// stalls answers only once it is let go.
type stalls struct {
	taken
	let chan struct{}
}

func (x *stalls) handle(ctx context.Context, e coach.Event) (coach.Reply, error) {
	if e.Submit || e.Text == "settings" {
		<-x.let
	}
	return x.taken.handle(ctx, e)
}

// A trigger lives for 3 s. What came too late for it is offered once more.
func TestAFormThatComesTooLateIsOffered(t *testing.T) {
	form := choicesForm
	form.Args = map[string]string{"cohort": "aaaaaaaaaa"}
	offered := func(c *fakeChat, room coach.RoomID) platformtest.Message {
		c.t.Helper()
		var offer platformtest.Message
		c.eventually("the form is offered", func() bool {
			for _, m := range c.See(userRef(ada), room) {
				if len(m.Buttons) == 1 {
					offer = m
				}
			}
			return offer.ID != ""
		})
		return offer
	}
	opens := func(c *fakeChat, x *taken, offer platformtest.Message) {
		c.t.Helper()
		x.all()
		c.Press(userRef(ada), offer, offer.Buttons[0])
		if got := x.all(); len(got) != 1 || got[0].Verb != form.Verb || got[0].Args["cohort"] != "aaaaaaaaaa" || got[0].Submit {
			c.t.Errorf("the button brings %+v", got)
		}
		if _, open := c.Form(userRef(ada)); !open {
			c.t.Error("the form does not open")
		}
	}
	t.Run("refused", func(t *testing.T) {
		for what, act := range map[string]func(c *fakeChat){
			"a command":         func(c *fakeChat) { c.Type(userRef(ada), delivery("").Room, "/coach settings") },
			"a direct command":  func(c *fakeChat) { c.Type(userRef(ada), userRef(ada).Direct(), "/coach settings") },
			"a shortcut":        func(c *fakeChat) { c.uses(ada, "no time") },
			"a button in a row": func(c *fakeChat) { c.Press(userRef(ada), c.See(userRef(ada), delivery("").Room)[0], "Check in") },
		} {
			c := newChat(t, false)
			x := &taken{reply: coach.Reply{Form: &form}}
			c.running(x.handle)
			prompt := delivery("prompt/1", coach.Text("Day 1"), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"}, coach.Action{Label: "Done", Verb: "done"}))
			if _, err := c.platform.Send(t.Context(), prompt); err != nil {
				t.Fatal(err)
			}
			c.meet("views.open", saying("expired_trigger_id"))
			act(c)
			room := prompt.Room
			if what == "a direct command" {
				room = userRef(ada).Direct()
			}
			opens(c, x, offered(c, room))
		}
	})
	t.Run("opened late", func(t *testing.T) {
		t.Parallel()
		c := newChat(t, false)
		x := &stalls{taken: taken{reply: coach.Reply{Form: &form}}, let: make(chan struct{})}
		c.running(x.handle)
		c.mu.Lock()
		payload := c.command(ada, general, "/coach", "settings")
		c.mu.Unlock()
		c.lateAck(kindCommand, payload)
		c.mu.Lock()
		clear(c.triggers) // 3 s are over
		c.mu.Unlock()
		close(x.let)
		opens(c, &x.taken, offered(c, delivery("").Room))
	})
	t.Run("mended late", func(t *testing.T) {
		t.Parallel()
		c := newChat(t, false)
		x := &stalls{taken: taken{reply: coach.Reply{Form: &form}}, let: make(chan struct{})}
		c.running(x.handle)
		c.Type(userRef(ada), delivery("").Room, "/coach edit")
		wrong := form
		wrong.Fields = slices.Clone(form.Fields)
		wrong.Fields[0].Value, wrong.Fields[0].Error = "Nowhere & beyond", "There is no such *zone*."
		x.taken.mu.Lock()
		x.taken.reply = coach.Reply{Form: &wrong}
		x.taken.mu.Unlock()
		v, payload := c.submission(ada, map[string]string{"zone": "Nowhere & beyond"})
		c.mend(ada, v, c.lateAck(kindInteraction, payload))
		if _, open := c.Form(userRef(ada)); open {
			t.Error("the form stays open")
		}
		close(x.let)
		offer := offered(c, delivery("").Room)
		if !strings.Contains(offer.Text, "Zone: Nowhere & beyond\n⚠ There is no such *zone*.") {
			t.Errorf("it says %q", offer.Text)
		}
		opens(c, &x.taken, offer)
	})
}

// lateAck hands over what is not answered in time, and returns what it is
// acknowledged with.
func (c *fakeChat) lateAck(k kind, payload []byte) []byte {
	c.t.Helper()
	begun := time.Now()
	code, ack := c.post(c.t.Context(), k, payload)
	if took := time.Since(begun); code != 200 || took < bot.Budget-50*time.Millisecond || took > 3*time.Second {
		c.t.Errorf("after %v it is acknowledged with %d", took, code)
	}
	return ack
}

// However much is slow at once, Slack is acknowledged in time; or not at all,
// where the event cannot be understood yet, so that it comes again.
func TestAcknowledgementsAreInTime(t *testing.T) {
	t.Parallel()
	c := newChat(t, false)
	let := make(chan struct{})
	x := &taken{}
	c.running(func(ctx context.Context, e coach.Event) (coach.Reply, error) {
		<-let
		return x.handle(ctx, e)
	})
	prompt := delivery("prompt/1", coach.Text("Day 1"))
	if _, err := c.platform.Send(t.Context(), prompt); err != nil {
		t.Fatal(err)
	}
	c.platform.threads.Clear()
	c.meet("users.info", hangs)
	c.meet("conversations.replies", hangs)
	c.mu.Lock()
	direct := c.write(ada, c.direct(ada), "45m", "")
	reply := c.write(ben, general, "50m", c.rooms[general].messages[0].ts)
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		begun := time.Now()
		if code, _ := c.post(t.Context(), kindEvent, reply); code != 503 || time.Since(begun) > 3*time.Second {
			t.Errorf("a thread that cannot be looked at: after %v it is answered with %d", time.Since(begun), code)
		}
	}()
	c.lateAck(kindEvent, direct)
	<-done
	close(let)
	c.eventually("the message is taken", func() bool { x.mu.Lock(); defer x.mu.Unlock(); return len(x.events) == 1 })
	if code, _ := c.post(t.Context(), kindEvent, reply); code != 200 { // Slack hands it over again
		t.Errorf("again, it is answered with %d", code)
	}
	if got := x.all(); len(got) != 2 || got[0].Text != "45m" || got[0].Name != ada || got[1].Thread != "prompt/1" || got[1].Name != "Ben" {
		t.Errorf("the events are %+v", got)
	}
}

// Text and forms have no response URL; what is late for them comes into the
// thread or the direct messages.
func TestWhatIsLateFindsItsWay(t *testing.T) {
	c := newChat(t, false)
	let := make(chan struct{})
	c.running(func(context.Context, coach.Event) (coach.Reply, error) {
		<-let
		return coach.Reply{Message: coach.Say(coach.Text("At last."))}, nil
	})
	prompt := delivery("prompt/1", coach.Text("Day 1"))
	if _, err := c.platform.Send(t.Context(), prompt); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	reply := c.write(ada, general, "45m", c.rooms[general].messages[0].ts)
	direct := c.write(ada, c.direct(ada), "45m", "")
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.lateAck(kindEvent, direct)
	}()
	c.lateAck(kindEvent, reply)
	<-done
	close(let)
	c.eventually("both are answered", func() bool {
		return len(c.See(userRef(ada), prompt.Room)) == 2 && len(c.See(userRef(ada), userRef(ada).Direct())) == 1
	})
	if seen := c.See(userRef(ben), prompt.Room); len(seen) != 1 {
		t.Errorf("others see %+v", seen)
	}
}

func TestAUsedButtonsMessageShowsTheNewState(t *testing.T) {
	nudge := delivery("nudge/1", coach.Text("Not yet today?"), coach.Actions(coach.Action{Label: "Done", Verb: "done"}))
	nudge.Room = userRef(ada).Direct()
	for name, tt := range map[string]struct {
		meets fault
		want  []string
	}{
		"in its place":                   {nil, []string{"Logged."}},
		"beside it, where it is gone":    {saying("message_not_found"), []string{"Not yet today?", "Logged."}},
		"beside it, where it is too old": {saying("cant_update_message"), []string{"Not yet today?", "Logged."}},
	} {
		c := newChat(t, false)
		c.running((&taken{reply: coach.Reply{Replace: true, Message: coach.Say(coach.Text("Logged."))}}).handle)
		if _, err := c.platform.Send(t.Context(), nudge); err != nil {
			t.Fatal(err)
		}
		if tt.meets != nil {
			c.meet("chat.update", tt.meets)
		}
		c.Press(userRef(ada), c.See(userRef(ada), nudge.Room)[0], "Done")
		var got []string
		for _, m := range c.See(userRef(ada), nudge.Room) {
			got = append(got, m.Text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: it says %q", name, got)
		}
	}
}

// Where one way to somebody is shut, the next one is taken.
func TestAnAnswerTakesAnotherWay(t *testing.T) {
	room := delivery("").Room
	for name, tt := range map[string]struct {
		method string
		meets  fault
		act    func(c *fakeChat)
	}{
		"a response URL that is used up": {"respond", status(404, `{"ok":false,"error":"used_url"}`), func(c *fakeChat) { c.uses(ada, "45m") }},
		"a response URL that is over":    {"respond", status(404, "expired_url"), func(c *fakeChat) { c.uses(ada, "45m") }},
		"no member of the room": {"chat.postEphemeral", saying("user_not_in_channel"), func(c *fakeChat) {
			c.Reply(userRef(ada), c.See(userRef(ada), room)[0], "45m")
		}},
		"not in the room": {"chat.postEphemeral", saying("not_in_channel"), func(c *fakeChat) {
			c.Reply(userRef(ada), c.See(userRef(ada), room)[0], "45m")
		}},
	} {
		c := newChat(t, false)
		c.running((&taken{reply: coach.Reply{Message: coach.Say(coach.Text("45 min."))}}).handle)
		if _, err := c.platform.Send(t.Context(), delivery("prompt/1", coach.Text("Day 1"))); err != nil {
			t.Fatal(err)
		}
		c.meet(tt.method, tt.meets)
		tt.act(c)
		if got := c.See(userRef(ada), userRef(ada).Direct()); len(got) != 1 || got[0].Text != "45 min." {
			t.Errorf("%s: the direct messages are %+v", name, got)
		}
	}
}

// An answer of many posts uses up a response URL; the rest comes directly.
func TestALongAnswerArrivesWhole(t *testing.T) {
	c := newChat(t, false)
	var blocks []coach.Block
	for range 8 * maxMessageBlocks {
		blocks = append(blocks, coach.Text("A paragraph."))
	}
	c.running((&taken{reply: coach.Reply{Message: coach.Say(blocks...)}}).handle)
	c.Type(userRef(ada), delivery("").Room, "/coach help")
	n := 0
	for _, room := range []coach.RoomID{delivery("").Room, userRef(ada).Direct()} {
		for _, m := range c.See(userRef(ada), room) {
			n += strings.Count(m.Text, "A paragraph.")
		}
	}
	if n != len(blocks) {
		t.Errorf("%d of %d paragraphs arrive", n, len(blocks))
	}
}

func TestAButtonInAFormPushesTheNext(t *testing.T) {
	c := newChat(t, false)
	x := &taken{reply: coach.Reply{Form: &choicesForm}}
	c.running(x.handle)
	c.mu.Lock()
	payload := raw(map[string]any{
		"type": "block_actions", "user": c.person(ada), "container": map[string]any{"type": "view", "view_id": "V1"},
		"view": map[string]any{"type": "modal"}, "trigger_id": c.trigger(ada),
		"actions": []any{map[string]any{"type": "button", "action_id": prefix + "0/0", "block_id": "b", "value": `{"verb":"settings"}`}},
	})
	c.mu.Unlock()
	c.hand(kindInteraction, payload)
	if c.called("views.push") != 1 || c.called("views.open") != 0 {
		t.Error("it is not pushed")
	}
}

func TestGuestsAreTakenAsEverybody(t *testing.T) {
	c := newChat(t, false)
	x := &taken{}
	c.running(x.handle)
	c.mu.Lock()
	c.users["W0GUEST"] = &fakeUser{ID: "W0GUEST", Name: "Guest", Zone: "Asia/Kolkata", Team: teamID, Guest: true}
	c.rooms[general].members["W0GUEST"] = true
	c.mu.Unlock()
	c.Type(userRef("W0GUEST"), delivery("").Room, "/checkin 45m")
	if got := x.all(); len(got) != 1 || got[0].Name != "Guest" || got[0].Zone != "Asia/Kolkata" {
		t.Errorf("the events are %+v", got)
	}
}
