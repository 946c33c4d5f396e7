package slack

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/bot/platformtest"
	"studycoach/coach"
)

// fakeChat is the fake workspace as its people use it.
type fakeChat struct {
	*fakeSlack
	t        *testing.T
	platform *Platform
	bot      *httptest.Server // takes signed HTTP; nil: Socket Mode

	last  func() // what was done last, once more
	ready bool   // the platform takes events
	retry bool   // what is posted is handed over another time
}

// newChat makes a platform beside a fake workspace.
func newChat(t *testing.T, socketMode bool, change ...func(*Options)) *fakeChat {
	t.Helper()
	return newFakeSlack(t).chat(t, socketMode, change...)
}

// chat makes a platform beside the workspace, which may have several.
func (f *fakeSlack) chat(t *testing.T, socketMode bool, change ...func(*Options)) *fakeChat {
	t.Helper()
	o := Options{
		BotToken: botToken, APIURL: f.server.URL + "/api",
		Draw: func(coach.Image) ([]byte, error) { return []byte("\x89PNG\r\n\x1a\n and so on"), nil },
	}
	if socketMode {
		o.AppToken = appToken
	} else {
		o.SigningSecrets = []string{secret}
	}
	for _, c := range change {
		c(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	for method := range tiers { // the fake is in no hurry to say no
		p.api.limits[method].SetLimit(1e6)
		p.api.limits[method].SetBurst(1e6)
	}
	c := &fakeChat{fakeSlack: f, t: t, platform: p}
	if !socketMode {
		mux := http.NewServeMux()
		for path, h := range p.Routes() {
			mux.Handle(path, h)
		}
		c.bot = httptest.NewServer(mux)
		t.Cleanup(c.bot.Close)
	}
	return c
}

func TestPlatform(t *testing.T) {
	for name, socketMode := range map[string]bool{"http": false, "socket mode": true} {
		t.Run(name, func(t *testing.T) {
			platformtest.Run(t, func(t *testing.T) platformtest.Subject {
				c := newChat(t, socketMode)
				c.instant = true
				return platformtest.Subject{
					Platform: c.platform, Chat: c,
					Room: platform + "/" + teamID + "/" + general, Ada: userRef(ada), Ben: userRef(ben),
					Looks: true,
				}
			})
		})
	}
}

func userRef(id string) coach.UserRef { return coach.User(platform, teamID, id) }

func userID(u coach.UserRef) string { return u.Direct().Channel()[1:] }

// channel is where a room is; that of direct messages is opened.
func (c *fakeChat) channel(r coach.RoomID) string {
	if user, direct := strings.CutPrefix(r.Channel(), "@"); direct {
		return c.direct(user)
	}
	return r.Channel()
}

// hand hands a payload over to the bot, and returns the acknowledgement. Before
// the first one it waits until the platform takes events.
func (c *fakeChat) hand(k kind, payload []byte) json.RawMessage {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		ack, ok := c.handOnce(ctx, k, payload)
		if ok {
			c.ready = true
			c.settle()
			return ack
		}
		if c.ready {
			return nil
		}
		if bot.Sleep(ctx, 5*time.Millisecond) != nil {
			c.t.Fatal("the platform takes no events")
		}
	}
}

func (c *fakeChat) handOnce(ctx context.Context, k kind, payload []byte) (ack json.RawMessage, ok bool) {
	if c.bot != nil {
		status, body := c.post(ctx, k, payload)
		return body, status == http.StatusOK
	}
	for _, s := range c.open() {
		c.mu.Lock()
		id := c.next("envelope-")
		c.mu.Unlock()
		patience := 10 * time.Second
		if c.ready {
			patience = 200 * time.Millisecond
		}
		if ack, ok := s.hand(id, k, payload, patience); ok {
			return ack, true
		}
	}
	return nil, false
}

// post sends a signed request.
func (c *fakeChat) post(ctx context.Context, k kind, payload []byte) (status int, body []byte) {
	path, mediaType := "/slack/events", "application/json"
	switch k {
	case kindCommand:
		flat := map[string]string{}
		_ = json.Unmarshal(payload, &flat)
		v := url.Values{}
		for key, x := range flat {
			v.Set(key, x)
		}
		path, mediaType, payload = "/slack/commands", "application/x-www-form-urlencoded", []byte(v.Encode())
	case kindInteraction:
		v := url.Values{"payload": {string(payload)}}
		path, mediaType, payload = "/slack/interactions", "application/x-www-form-urlencoded", []byte(v.Encode())
	}
	req := signedRequest(ctx, c.bot.URL+path, mediaType, payload, secret, time.Now())
	if c.retry {
		req.Header.Set("X-Slack-Retry-Num", "1")
		req.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	body, _ = io.ReadAll(resp.Body)
	return resp.StatusCode, body
}

func signedRequest(ctx context.Context, to, mediaType string, body []byte, secret string, at time.Time) *http.Request {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(string(body)))
	if err != nil {
		panic(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(signature(secret, stamp, body)))
	return req
}

// settle waits until no event is being answered.
func (c *fakeChat) settle() {
	if !c.platform.in.Wait(20 * time.Second) {
		c.t.Error("an event is answered for ever")
	}
}

// act makes what is done now what Again does again. Then it comes to a process
// that does not know it yet; what one process does is tested beside the suite.
func (c *fakeChat) act(do func()) {
	c.last = func() {
		c.platform.recent.events.Clear()
		do()
	}
	do()
}

func (c *fakeChat) Again() { c.last() }

func (c *fakeChat) Type(as coach.UserRef, in coach.RoomID, text string) {
	c.t.Helper()
	user := userID(as)
	c.mu.Lock()
	channel := c.channel(in)
	if command, rest, _ := strings.Cut(text, " "); strings.HasPrefix(text, "/") {
		payload := c.command(user, channel, command, rest)
		c.mu.Unlock()
		c.act(func() { c.take(user, channel, c.hand(kindCommand, payload)) })
		return
	}
	event := c.write(user, channel, text, "")
	c.mu.Unlock()
	c.act(func() { c.hand(kindEvent, event) })
}

// command is a typed command as Slack hands it over.
func (f *fakeSlack) command(user, channel, command, text string) []byte {
	return raw(map[string]string{
		"command": command, "text": escape(text), "team_id": teamID, "user_id": user, "user_name": strings.ToLower(f.users[user].Name),
		"channel_id": channel, "trigger_id": f.trigger(user), "response_url": f.answerURL(user, channel, nil),
	})
}

// take takes the acknowledgement of a command.
func (c *fakeChat) take(user, channel string, ack json.RawMessage) {
	var m struct {
		Type   string          `json:"response_type"`
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if len(ack) == 0 || string(ack) == "null" {
		return
	}
	if err := json.Unmarshal(ack, &m); err != nil || m.Type != "ephemeral" {
		c.t.Errorf("a command is answered with %s", ack)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if blocks, ok := c.blocksOf(string(m.Blocks)); ok {
		c.show(user, channel, m.Text, blocks)
	}
}

// write writes a message, and returns the event that tells of it.
func (c *fakeChat) write(user, channel, text, thread string) []byte {
	room := c.rooms[channel]
	m := &fakeMessage{ts: c.ts(), thread: thread, user: user, text: escape(text)}
	room.messages = append(room.messages, m)
	return c.event(c.messageEvent(room, m))
}

func (c *fakeChat) messageEvent(room *fakeRoom, m *fakeMessage) map[string]any {
	e := map[string]any{
		"type": "message", "channel": room.id, "channel_type": "channel", "user": m.user, "text": m.text, "ts": m.ts,
		"team": c.users[m.user].Team, "event_ts": m.ts,
	}
	if room.user != "" {
		e["channel_type"] = "im"
	}
	if m.thread != "" {
		e["thread_ts"] = m.thread
		if parent := room.find(m.thread); parent != nil {
			e["parent_user_id"] = parent.user
		}
	}
	return e
}

// event is what the Events API hands over.
func (f *fakeSlack) event(inner map[string]any) []byte {
	return raw(map[string]any{
		"type": "event_callback", "team_id": teamID, "event_id": f.next("Ev"), "event_time": f.clock / 1e6, "event": inner,
	})
}

// convert gives a room another id, as for Slack Connect: what was said stays, and
// the old id is known no longer.
func (f *fakeSlack) convert(from, to string) (event []byte) {
	room := f.rooms[from]
	delete(f.rooms, from)
	room.id, f.rooms[to] = to, room
	return f.event(map[string]any{"type": "channel_id_changed", "old_channel_id": from, "new_channel_id": to, "event_ts": f.ts()})
}

func raw(x any) []byte {
	b, err := json.Marshal(x)
	if err != nil {
		panic(err)
	}
	return b
}

func (c *fakeChat) Reply(as coach.UserRef, to platformtest.Message, text string) {
	c.t.Helper()
	channel, ts, _ := strings.Cut(string(to.ID), "/")
	c.mu.Lock()
	event := c.write(userID(as), channel, text, ts)
	c.mu.Unlock()
	c.act(func() { c.hand(kindEvent, event) })
}

func (c *fakeChat) Press(as coach.UserRef, on platformtest.Message, label string) {
	c.t.Helper()
	payload := c.press(userID(as), on, label)
	c.act(func() { c.hand(kindInteraction, payload) })
}

// press is a pressed button as Slack hands it over.
func (c *fakeChat) press(user string, on platformtest.Message, label string) []byte {
	c.t.Helper()
	channel, ts, _ := strings.Cut(string(on.ID), "/")
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.rooms[channel].find(ts)
	var action map[string]any
	for _, b := range m.blocks {
		for _, e := range items(b.(map[string]any)["elements"]) {
			if e := e.(map[string]any); e["type"] == "button" && plainText(e["text"]) == label {
				action = map[string]any{
					"type": "button", "action_id": e["action_id"], "block_id": "b", "value": e["value"], "text": e["text"], "action_ts": c.ts(),
				}
			}
		}
	}
	if action == nil {
		c.t.Fatalf("there is no button %q", label)
	}
	message := map[string]any{"type": "message", "user": m.user, "bot_id": m.bot, "ts": m.ts, "text": m.text, "blocks": m.blocks}
	if m.thread != "" {
		message["thread_ts"] = m.thread
	}
	return raw(map[string]any{
		"type": "block_actions", "user": c.person(user), "team": map[string]string{"id": teamID}, "channel": map[string]string{"id": channel},
		"container": map[string]any{"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": m.to != ""},
		"message":   message, "actions": []any{action}, "trigger_id": c.trigger(user), "response_url": c.answerURL(user, channel, m),
	})
}

// person is somebody as an interaction names them.
func (f *fakeSlack) person(user string) map[string]string {
	return map[string]string{"id": user, "name": strings.ToLower(f.users[user].Name), "team_id": f.users[user].Team}
}

func (c *fakeChat) Form(as coach.UserRef) (platformtest.Form, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.views[userID(as)]
	if v == nil {
		return platformtest.Form{}, false
	}
	return v.form(), true
}

func (c *fakeChat) Submit(as coach.UserRef, values map[string]string) {
	c.t.Helper()
	user := userID(as)
	v, payload := c.submission(user, values)
	c.act(func() { c.mend(user, v, c.hand(kindInteraction, payload)) })
}

// submission is the form before somebody as Slack hands it over.
func (c *fakeChat) submission(user string, values map[string]string) (*fakeView, []byte) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.views[user]
	if v == nil {
		c.t.Fatal("no form is open")
	}
	for name, value := range values {
		v.set(name, value)
	}
	return v, raw(map[string]any{
		"type": "view_submission", "user": c.person(user), "team": map[string]string{"id": teamID},
		"trigger_id": c.trigger(user), "view": v.submitted(),
	})
}

// mend takes the acknowledgement of a form: nothing closes it.
func (c *fakeChat) mend(user string, v *fakeView, ack json.RawMessage) {
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	_ = json.Unmarshal(ack, &a)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch a.Action {
	case "errors":
		c.takesErrors(v, a.Errors)
		v.errors = a.Errors
	case "update":
		if c.takesModal(string(a.View)) {
			v.view, v.errors = map[string]any{}, nil
			_ = json.Unmarshal(a.View, &v.view)
		}
	default:
		delete(c.views, user)
	}
}

func (c *fakeChat) See(as coach.UserRef, in coach.RoomID) []platformtest.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	user := userID(as)
	if in.IsDirect() && in != as.Direct() {
		return nil
	}
	room := c.rooms[c.channel(in)]
	var seen []platformtest.Message
	for _, m := range slices.Clone(room.messages) {
		if m.user == botUser && (m.to == "" || m.to == user) {
			seen = append(seen, c.see(room, m))
		}
	}
	return seen
}
