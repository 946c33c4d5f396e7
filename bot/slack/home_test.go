package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"studycoach/coach"
)

// shows is a handler whose App Home says what it is told to.
type shows struct {
	mu   sync.Mutex
	says string
}

func (x *shows) set(says string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.says = says
}

func (x *shows) handle(_ context.Context, e coach.Event) (coach.Reply, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e.Verb != homeVerb {
		return coach.Reply{Message: coach.Say(coach.Text("Done."))}, nil
	}
	return coach.Reply{Message: coach.Say(coach.Text(x.says), coach.Actions(coach.Action{Label: "Check in", Verb: "checkin"}))}, nil
}

// opensHome tells that somebody opens App Home; Slack tells with it what is
// there.
func (c *fakeChat) opensHome(user string) {
	c.t.Helper()
	c.mu.Lock()
	e := map[string]any{"type": "app_home_opened", "user": user, "channel": c.direct(user), "tab": "home", "event_ts": c.ts()}
	if view := c.homes[user]; view != "" {
		e["view"] = json.RawMessage(view)
	}
	event := c.event(e)
	c.mu.Unlock()
	c.hand(kindEvent, event)
}

// pressesHome presses the first button there.
func (c *fakeChat) pressesHome(user string) {
	c.t.Helper()
	c.mu.Lock()
	var v struct {
		Blocks []struct{ Elements []map[string]any }
	}
	_ = json.Unmarshal([]byte(c.homes[user]), &v)
	action := v.Blocks[len(v.Blocks)-1].Elements[0]
	payload := raw(map[string]any{
		"type": "block_actions", "user": c.person(user), "container": map[string]any{"type": "view", "view_id": "V1"},
		"view": json.RawMessage(c.homes[user]), "trigger_id": c.trigger(user),
		"actions": []any{map[string]any{"type": "button", "action_id": action["action_id"], "block_id": "b", "value": action["value"]}},
	})
	c.mu.Unlock()
	c.hand(kindInteraction, payload)
}

func TestAppHomeIsPublishedWhenItChanges(t *testing.T) {
	c := newChat(t, false)
	x := &shows{says: "Day 1"}
	c.running(x.handle)
	want := func(what string, published int, says string) {
		t.Helper()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.calls["views.publish"] != published || !strings.Contains(c.homes[ada], says) {
			t.Errorf("%s: it is published %d times, want %d: %s", what, c.calls["views.publish"], published, c.homes[ada])
		}
	}
	c.Type(userRef(ada), delivery("").Room, "/coach me")
	want("an event of somebody who has not opened it", 0, "")
	c.opensHome(ada)
	want("opened", 1, "Day 1")
	c.opensHome(ada)
	c.Type(userRef(ada), delivery("").Room, "/coach me")
	want("nothing has changed", 1, "Day 1")
	x.set("Day 2")
	c.Type(userRef(ada), delivery("").Room, "/checkin 45m")
	want("a check-in", 2, "Day 2")

	c.platform.homes.Clear() // as a process that has just started
	c.opensHome(ada)
	want("opened, and nothing has changed", 2, "Day 2")
	c.platform.homes.Clear()
	x.set("Day 3")
	c.pressesHome(ada)
	want("a button on it", 3, "Day 3")
	if got := c.See(userRef(ada), userRef(ada).Direct()); len(got) != 1 || got[0].Text != "Done." {
		t.Errorf("the answer to the button is %+v", got)
	}

	x.set("Day 4")
	c.meet("views.publish", limited("30"))
	c.opensHome(ada)
	c.opensHome(ada)
	want("too often", 4, "Day 3")
	c.platform.api.rest("views.publish", 0)
	c.opensHome(ada)
	want("later", 5, "Day 4")

	// Another process has published since: what Slack tells is believed.
	c.mu.Lock()
	c.homes[ada] = strings.ReplaceAll(c.homes[ada], prefix, prefix+"x")
	c.mu.Unlock()
	c.opensHome(ada)
	want("published elsewhere", 6, "Day 4")
}

// The pace of the method is kept without Slack having to say so.
func TestAppHomesKeepTheirPace(t *testing.T) {
	c := newChat(t, false)
	const burst = 3
	c.platform.api.limits["views.publish"] = rate.NewLimiter(rate.Every(time.Hour), burst)
	x := &shows{}
	c.running(x.handle)
	for i := range 2 * burst {
		x.set(fmt.Sprint("Day ", i))
		c.opensHome(ada)
	}
	if n := c.called("views.publish"); n != burst {
		t.Errorf("it is published %d times", n)
	}
}

func TestSquares(t *testing.T) {
	h := coach.HeatMap{
		Weeks: []string{"", "Jan", "Feb", "", "", "März"}, Days: [7]string{"Mon", "Di", "Wed", "Thu", "Fri", "Sat", "Sun"},
		Minutes: [][7]int{{0, 1, 30, 31, 60, 90, 120}, {120, 500}, {}, {}, {}, {60, -1, -1, -1, -1, -1, -1}},
		Full:    120, LessLabel: "less", MoreLabel: "more",
	}
	want := strings.Join([]string{
		"        Feb   März",
		"Mon · █ · · · ▒",
		"Di  ░ █ · · ·",
		"Wed ░ · · · ·",
		"Thu ▒ · · · ·",
		"Fri ▒ · · · ·",
		"Sat ▓ · · · ·",
		"Sun █ · · · ·",
		"    less · ░ ▒ ▓ █ more",
	}, "\n")
	if got := squares(h); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
	h.Full = 0
	if got := squares(h); !strings.Contains(got, "Sun ░ ·") {
		t.Errorf("against the longest day it is\n%s", got)
	}
	if got := squares(coach.HeatMap{}); !strings.Contains(got, "·") {
		t.Errorf("of nothing it is %q", got)
	}
}
