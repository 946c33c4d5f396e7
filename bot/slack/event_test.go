package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/bot"
	"studycoach/coach"
)

// taken keeps what a handler is asked, and answers nothing.
type taken struct {
	mu     sync.Mutex
	events []coach.Event
	reply  coach.Reply
}

func (x *taken) handle(_ context.Context, e coach.Event) (coach.Reply, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.events = append(x.events, e)
	return x.reply, nil
}

// all returns the events since it was called last.
func (x *taken) all() []coach.Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	events := x.events
	x.events = nil
	return events
}

func (c *fakeChat) tell(inner map[string]any) {
	c.t.Helper()
	c.mu.Lock()
	event := c.event(inner)
	c.mu.Unlock()
	c.hand(kindEvent, event)
}

func TestEditsAndDeletions(t *testing.T) {
	c := newChat(t, false)
	x := &taken{}
	c.running(x.handle)
	d := delivery("prompt/1", coach.Text("Day 1"))
	if _, err := c.platform.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	parent := c.See(userRef(ada), d.Room)[0]
	c.Reply(userRef(ada), parent, "45m joins")
	c.Type(userRef(ada), userRef(ada).Direct(), "1h reading")
	before := x.all()
	if len(before) != 2 {
		t.Fatalf("there are %d events", len(before))
	}
	c.mu.Lock()
	direct := c.direct(ada)
	inThread, inDirect := c.rooms[general].messages[1], c.rooms[direct].messages[0]
	c.mu.Unlock()
	object := func(m *fakeMessage, text string) map[string]any {
		o := map[string]any{"type": "message", "user": m.user, "team": teamID, "text": text, "ts": m.ts}
		if m.thread != "" {
			o["thread_ts"] = m.thread
		}
		return o
	}
	at := func(m *fakeMessage) string {
		when, err := timeOf(m.ts)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatInt(when.Unix(), 10)
	}
	for _, tt := range []struct {
		name  string
		event map[string]any
		want  coach.Event // From and ID left out
	}{
		{"an edit in a thread", map[string]any{
			"subtype": "message_changed", "channel": general, "channel_type": "channel",
			"message": object(inThread, "50m joins"), "previous_message": object(inThread, "45m joins"),
		}, coach.Event{Verb: "amend", Room: d.Room, Thread: "prompt/1", Text: "50m joins", Args: map[string]string{"at": at(inThread)}}},
		{"an edit in direct messages", map[string]any{
			"subtype": "message_changed", "channel": direct, "channel_type": "im",
			"message": object(inDirect, "2h reading &amp; writing"), "previous_message": object(inDirect, "1h reading"),
		}, coach.Event{Verb: "amend", Room: userRef(ada).Direct(), Text: "2h reading & writing", Args: map[string]string{"at": at(inDirect)}}},
		{"a deletion in a thread", map[string]any{
			"subtype": "message_deleted", "channel": general, "channel_type": "channel",
			"deleted_ts": inThread.ts, "previous_message": object(inThread, "50m joins"),
		}, coach.Event{Verb: "retract", Room: d.Room, Thread: "prompt/1", Args: map[string]string{"at": at(inThread)}}},
		{"a deletion that leaves answers behind", map[string]any{
			"subtype": "message_changed", "channel": direct, "channel_type": "im",
			"message":          map[string]any{"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": inDirect.ts},
			"previous_message": object(inDirect, "1h reading"),
		}, coach.Event{Verb: "retract", Room: userRef(ada).Direct(), Args: map[string]string{"at": at(inDirect)}}},
	} {
		tt.event["type"] = "message"
		c.tell(tt.event)
		got := x.all()
		if len(got) != 1 {
			t.Errorf("%s: there are %d events", tt.name, len(got))
			continue
		}
		e := got[0]
		if e.From != userRef(ada) || e.Name != "Ada" || e.Zone != "Europe/London" || e.ID == before[0].ID || e.ID == before[1].ID {
			t.Errorf("%s: it is %+v", tt.name, e)
		}
		tt.want.ID, tt.want.From, tt.want.Name, tt.want.Zone, tt.want.At = e.ID, e.From, e.Name, e.Zone, e.At
		if diff := cmp.Diff(tt.want, e); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestWhatIsNothingToTheBot(t *testing.T) {
	c := newChat(t, false)
	x := &taken{}
	c.running(x.handle)
	if _, err := c.platform.Send(t.Context(), delivery("prompt/1", coach.Text("Day 1"))); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	prompt := c.rooms[general].messages[0].ts
	c.write(ben, general, "who is in?", "")
	theirs := c.rooms[general].messages[1].ts
	direct := c.direct(ada)
	c.mu.Unlock()
	calls := c.called("conversations.replies")
	for name, e := range map[string]map[string]any{
		"talk in a room":              {"channel": general, "channel_type": "channel", "user": ada, "text": "45m", "ts": "1789000000.000001"},
		"a thread of others":          {"channel": general, "channel_type": "channel", "user": ada, "text": "45m", "ts": "1789000000.000002", "thread_ts": theirs, "parent_user_id": ben},
		"the bot itself":              {"channel": direct, "channel_type": "im", "user": botUser, "bot_id": botID, "text": "45m", "ts": "1789000000.000003"},
		"another bot":                 {"channel": direct, "channel_type": "im", "user": "U0OTHER", "bot_id": "B0OTHER", "text": "45m", "ts": "1789000000.000004"},
		"a workflow":                  {"channel": general, "channel_type": "channel", "subtype": "bot_message", "bot_id": "B0FLOW", "text": "45m", "ts": "1789000000.000005", "thread_ts": prompt},
		"somebody who joined":         {"channel": general, "channel_type": "channel", "subtype": "channel_join", "user": ada, "text": "joined", "ts": "1789000000.000006"},
		"Slackbot":                    {"channel": direct, "channel_type": "im", "user": "USLACKBOT", "text": "45m", "ts": "1789000000.000007"},
		"a link that was unfurled":    {"channel": direct, "channel_type": "im", "subtype": "message_changed", "message": map[string]any{"user": ada, "text": "a", "ts": "1789000000.000008"}, "previous_message": map[string]any{"user": ada, "text": "a", "ts": "1789000000.000008"}},
		"an edit of the bot's own":    {"channel": direct, "channel_type": "im", "subtype": "message_changed", "message": map[string]any{"user": botUser, "bot_id": botID, "text": "a", "ts": "1789000000.000009"}, "previous_message": map[string]any{"user": botUser, "bot_id": botID, "text": "b", "ts": "1789000000.000009"}},
		"a deletion of what was said": {"channel": general, "channel_type": "channel", "subtype": "message_deleted", "deleted_ts": theirs, "previous_message": map[string]any{"user": ben, "text": "b", "ts": theirs}},
	} {
		e["type"] = "message"
		c.tell(e)
		if got := x.all(); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if c.called("conversations.replies") != calls {
		t.Error("a thread of others is looked at")
	}

	// Where the event does not tell who began a thread, it is looked up once.
	c.platform.threads.Forget(general + "/" + prompt)
	for range 2 {
		for _, thread := range []string{theirs, prompt} {
			c.mu.Lock()
			ts := c.ts()
			c.mu.Unlock()
			c.tell(map[string]any{"type": "message", "channel": general, "channel_type": "channel", "user": ada, "text": "45m", "ts": ts, "thread_ts": thread})
		}
	}
	if got := x.all(); len(got) != 2 || got[0].Thread != "prompt/1" || got[1].Thread != "prompt/1" {
		t.Errorf("the events are %+v", got)
	}
	if n := c.called("conversations.replies") - calls; n != 2 {
		t.Errorf("the threads are looked at %d times", n)
	}
}

func TestPeopleOfOtherWorkspacesAreKeptApart(t *testing.T) {
	c := newChat(t, false)
	x := &taken{}
	c.running(x.handle)
	if _, err := c.platform.Send(t.Context(), delivery("prompt/1", coach.Text("Day 1"))); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	prompt := c.rooms[general].messages[0].ts
	c.users["U0EVE"] = &fakeUser{ID: "U0EVE", Name: "Eve", Team: "T0OTHER"}
	c.rooms[general].members["U0EVE"] = true
	c.mu.Unlock()
	c.tell(map[string]any{
		"type": "message", "channel": general, "channel_type": "channel", "user": "U0EVE", "user_team": "T0OTHER", "team": teamID,
		"text": "45m", "ts": "1789000000.000001", "thread_ts": prompt, "parent_user_id": botUser,
	})
	got := x.all()
	if len(got) != 1 || got[0].From != "slack/T0OTHER/U0EVE" || got[0].Room != delivery("").Room || got[0].Name != "Eve" {
		t.Errorf("the events are %+v", got)
	}
}

func TestGridPeopleAreOneWhereverTheyComeFrom(t *testing.T) {
	c := newChat(t, false)
	me := self{Team: teamID, Enterprise: "E0ORG", User: botUser, BotID: botID}
	c.platform.people.Put(ada, person{name: "Ada", enterprise: "E0ORG"})
	c.platform.people.Put("U0EVE", person{name: "Eve"})
	for _, tt := range []struct {
		user, team string
		want       coach.UserRef
	}{
		{ada, teamID, userRef(ada)},
		{ada, "", userRef(ada)},
		{ada, "E0ORG", userRef(ada)},
		{ada, "T0SISTER", userRef(ada)},
		{"U0EVE", "T0OTHER", "slack/T0OTHER/U0EVE"},
	} {
		if got, err := c.platform.ref(t.Context(), me, tt.user, tt.team); got != tt.want || err != nil {
			t.Errorf("%s of %s is %s: %v", tt.user, tt.team, got, err)
		}
	}
	c.meet("users.info", status(500, ""))
	if got, err := c.platform.ref(t.Context(), me, "U0NEW", "T0SISTER"); err == nil {
		t.Errorf("somebody unknown is %s", got)
	}
}

func TestNotices(t *testing.T) {
	var got []coach.Notice
	fails := false
	c := newChat(t, false, func(o *Options) {
		o.Notice = func(_ context.Context, n coach.Notice) error {
			if n.Kind == coach.WorkspaceOpened { // as the platform starts
				return nil
			}
			if fails {
				fails = false
				return errors.New("the store is down")
			}
			got = append(got, n)
			return nil
		}
	})
	c.running(silent)
	general := delivery("").Room
	workspace := coach.RoomID("slack/" + teamID + "/")
	user := func(u *fakeUser) map[string]any { return map[string]any{"type": "user_change", "user": u.object()} }
	for _, tt := range []struct {
		name  string
		event map[string]any
		want  coach.Notice // ID and At left out
	}{
		{"the bot leaves", map[string]any{"type": "member_left_channel", "user": botUser, "channel": "C0GENERAL"}, coach.Notice{Kind: coach.RoomClosed, Room: general, Why: coach.NotInRoom}},
		{"somebody leaves", map[string]any{"type": "member_left_channel", "user": ada, "channel": "C0GENERAL"}, coach.Notice{}},
		{"the bot is asked in", map[string]any{"type": "member_joined_channel", "user": botUser, "channel": "C0GENERAL"}, coach.Notice{Kind: coach.RoomOpened, Room: general}},
		{"somebody comes in", map[string]any{"type": "member_joined_channel", "user": ada, "channel": "C0GENERAL"}, coach.Notice{}},
		{"removed from a channel", map[string]any{"type": "channel_left", "channel": "C0GENERAL"}, coach.Notice{Kind: coach.RoomClosed, Room: general, Why: coach.NotInRoom}},
		{"removed from a private channel", map[string]any{"type": "group_left", "channel": "C0GENERAL"}, coach.Notice{Kind: coach.RoomClosed, Room: general, Why: coach.NotInRoom}},
		{"archived", map[string]any{"type": "channel_archive", "channel": "C0GENERAL", "user": ada}, coach.Notice{Kind: coach.RoomClosed, Room: general, Why: coach.Archived}},
		{"taken from the archive", map[string]any{"type": "channel_unarchive", "channel": "C0GENERAL", "user": ada}, coach.Notice{Kind: coach.RoomOpened, Room: general}},
		{"deleted", map[string]any{"type": "channel_deleted", "channel": "C0GENERAL"}, coach.Notice{Kind: coach.RoomClosed, Room: general, Why: coach.Deleted}},
		{"renamed", map[string]any{"type": "channel_rename", "channel": map[string]any{"id": "C0GENERAL", "name": "x"}}, coach.Notice{}},
		{"converted for Slack Connect", map[string]any{"type": "channel_id_changed", "old_channel_id": "C0GENERAL", "new_channel_id": "C0NEW"}, coach.Notice{Kind: coach.RoomMoved, Room: general, To: general[:len(general)-len("GENERAL")] + "NEW"}},
		{"uninstalled", map[string]any{"type": "app_uninstalled"}, coach.Notice{Kind: coach.WorkspaceClosed, Room: workspace}},
		{"the bot's token is revoked", map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{botUser}}}, coach.Notice{Kind: coach.WorkspaceClosed, Room: workspace}},
		{"somebody's token is revoked", map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{ada}}}, coach.Notice{}},
		{"a new zone", user(&fakeUser{ID: ada, Name: "Ada", Zone: "Asia/Tokyo", Team: teamID}), coach.Notice{Kind: coach.PersonChanged, User: userRef(ada), Name: "Ada", Zone: "Asia/Tokyo"}},
		{"a new status", user(&fakeUser{ID: ada, Name: "Ada", Zone: "Asia/Tokyo", Team: teamID}), coach.Notice{}},
		{"a new name", user(&fakeUser{ID: ada, Name: "Ada L", Zone: "Asia/Tokyo", Team: teamID}), coach.Notice{Kind: coach.PersonChanged, User: userRef(ada), Name: "Ada L", Zone: "Asia/Tokyo"}},
		{"gone", user(&fakeUser{ID: ada, Name: "Ada L", Team: teamID, Deleted: true}), coach.Notice{Kind: coach.PersonGone, User: userRef(ada)}},
		{"back", user(&fakeUser{ID: ada, Name: "Ada L", Zone: "Asia/Tokyo", Team: teamID}), coach.Notice{Kind: coach.PersonChanged, User: userRef(ada), Name: "Ada L", Zone: "Asia/Tokyo"}},
	} {
		got = nil
		c.mu.Lock()
		event := c.event(tt.event)
		c.mu.Unlock()
		fails = tt.want.Kind != ""
		if fails { // Slack hands it over again
			if code, _ := c.post(t.Context(), kindEvent, event); code != 503 {
				t.Errorf("%s: what could not be noted is answered with %d", tt.name, code)
			}
		}
		for range 2 { // once is enough
			c.hand(kindEvent, event)
		}
		if tt.want.Kind == "" {
			if len(got) > 0 {
				t.Errorf("%s: %+v", tt.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].ID == "" || got[0].At.IsZero() {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		got[0].ID, got[0].At = "", time.Time{}
		if diff := cmp.Diff(tt.want, got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// An event counts once among those that are being answered.
func TestSoManyAreAnsweredAtOnce(t *testing.T) {
	c := newChat(t, false)
	answer, asked := make(chan struct{}), make(chan struct{})
	c.running(func(context.Context, coach.Event) (coach.Reply, error) {
		asked <- struct{}{}
		<-answer
		return coach.Reply{}, nil
	})
	var all sync.WaitGroup
	for i := range maxBusy {
		all.Go(func() {
			payload := fmt.Appendf(nil, `{"command":"/coach","user_id":%q,"channel_id":%q,"trigger_id":"1.2.%d"}`, ada, general, i)
			if _, err := c.platform.take(t.Context(), c.platform.payload(kindCommand, payload)); err != nil {
				t.Error(err)
			}
		})
		<-asked
	}
	if _, err := c.platform.take(t.Context(), c.platform.payload(kindCommand, []byte(`{}`))); !errors.Is(err, bot.ErrBusy) {
		t.Errorf("one more gets %v", err)
	}
	close(answer)
	all.Wait()
}

func TestAFailedLookupHoldsNoEventBack(t *testing.T) {
	c := newChat(t, false)
	x := &taken{}
	c.running(x.handle)
	c.meet("users.info", status(500, ""), saying("missing_scope"))
	c.Type(userRef(ada), userRef(ada).Direct(), "hello")
	c.Type(userRef(ada), delivery("").Room, "/coach me")
	got := x.all()
	if len(got) != 2 || got[0].Name != ada || got[1].Name != "ada" {
		t.Errorf("the events are %+v", got)
	}
}

func TestWhoeverHasNoNameGoesByTheirID(t *testing.T) {
	c := newChat(t, false)
	c.users[ada].Name = ""
	x := &taken{}
	c.running(x.handle)
	c.Type(userRef(ada), userRef(ada).Direct(), "hello")
	c.Type(userRef(ada), delivery("").Room, "/coach me")
	got := x.all()
	if len(got) != 2 || got[0].Name != ada || got[1].Name != ada {
		t.Errorf("the events are %+v", got)
	}
}

func TestTyped(t *testing.T) {
	for in, want := range map[string]string{
		"45m read":                              "45m read",
		"a &amp; b &lt;c&gt; &amp;lt;":          "a & b <c> &lt;",
		"see <https://a.example/x?a=1&amp;b=2>": "see https://a.example/x?a=1&b=2",
		"see <https://a.example|the manual>":    "see the manual",
		"mail <mailto:a@b.example|a@b.example>": "mail a@b.example",
		"with <@U1> and <@U2|ben>":              "with @U1 and @ben",
		"in <#C1|general> and <#C2>":            "in #general and #C2",
		"<!here> <!subteam^S1|@team>":           "@here @team",
		"<!date^1392734382^{date}|Feb 18>":      "Feb 18",
		"1 < 2":                                 "1 < 2",
		"<":                                     "<",
		"\xff45m":                               "45m",
		strings.Repeat("x", maxTyped+5):         strings.Repeat("x", maxTyped),
	} {
		if got := typed(in); got != want {
			t.Errorf("%.60q is read as %.60q, want %.60q", in, got, want)
		}
	}
}
