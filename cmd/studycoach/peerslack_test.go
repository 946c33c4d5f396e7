//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// slackPeer is local-slack, a stand-in for Slack's server and its people's
// clients. What a person does goes over the connection of its page.
type slackPeer struct {
	*testing.T
	url   string // "http://127.0.0.1:1234"
	page  *websocket.Conn
	wrong atomic.Value // what the bot said last of a view's fields: a map of texts
}

// slackState is what the peer's page knows of the workspace.
type slackState struct {
	Apps     []struct{ Connected bool }
	Messages map[string][]slackMessage
	Modals   []slackView                           `json:"modalStack"`
	Homes    map[string]map[string]json.RawMessage `json:"homeViews"` // by person and app
	Channels []struct {
		ID      string
		IM      bool `json:"is_im"`
		Members []string
	}
}

type slackMessage struct {
	TS      string
	Thread  string `json:"thread_ts"`
	User    string
	Private string `json:"ephemeral_to"`
	Text    string
	Blocks  []slackBlock
}

type slackView struct {
	Title  struct{ Text string }
	Blocks []slackBlock
}

type slackBlock struct {
	Type     string
	ID       string `json:"block_id"`
	Element  map[string]any
	Elements []map[string]any
	Alt      string              `json:"alt_text"`
	File     struct{ ID string } `json:"slack_file"`
}

const (
	slackRoom = "C1"
	slackBot  = "UCOACH"
)

// startSlack starts the peer, whose app is connected in a mode: "socket", or
// "events", with everything posted to requests.
func startSlack(t *testing.T, mode, requests string) *slackPeer {
	t.Helper()
	port := freePort(t)
	config, err := json.Marshal(map[string]any{
		"workspace": map[string]string{"name": "Peer", "domain": "peer", "teamId": "TPEER"},
		"apps": []map[string]string{{
			"appId": "A1", "botUserId": slackBot, "botName": "coach", "mode": mode, "requestUrl": requests,
			"botToken": "xoxb-peer", "appToken": "xapp-peer", "signingSecret": "a secret of the peer's alone",
		}},
		"users": []map[string]string{
			{"id": "ULEA", "name": "lea", "real_name": "Lea", "tz": "Europe/Berlin"},
			{"id": "UADA", "name": "ada", "real_name": "Ada", "tz": "Europe/London"},
			{"id": "UBEN", "name": "ben", "real_name": "Ben", "tz": "Africa/Nairobi"},
		},
		"channels": []map[string]any{{"id": slackRoom, "name": "crew", "members": []string{"ULEA", "UADA", "UBEN", slackBot}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "workspace.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	startPeer(t, peerFiles(t, "local-slack-linux-x64", "bin", "local-slack"),
		"--config", file, "--port", strconv.Itoa(port), "--base-host", "127.0.0.1", "--files-dir", t.TempDir())
	p := &slackPeer{T: t, url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	eventually(t, "the peer runs", func() (err error) {
		p.page, err = p.open()
		return err
	})
	go p.listen()
	t.Cleanup(func() { _ = p.page.Close() })
	return p
}

// listen takes what the page is told, and nobody can ask for: all else is asked.
func (p *slackPeer) listen() {
	for {
		var told struct {
			T      string
			Errors map[string]string
		}
		if p.page.ReadJSON(&told) != nil {
			return
		}
		if told.T == "view_errors" {
			p.wrong.Store(told.Errors)
		}
	}
}

func (p *slackPeer) open() (*websocket.Conn, error) {
	c, resp, err := websocket.DefaultDialer.Dial(strings.Replace(p.url, "http", "ws", 1)+"/ui", nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	return c, err
}

// state is what everybody sees now.
func (p *slackPeer) state() slackState {
	p.Helper()
	c, err := p.open()
	if err != nil {
		p.Fatal(err)
	}
	defer c.Close()
	var init struct{ State slackState }
	if err := c.ReadJSON(&init); err != nil {
		p.Fatal(err)
	}
	return init.State
}

// do does what a person's client does.
func (p *slackPeer) do(kind, user string, what map[string]any) {
	p.Helper()
	what["t"], what["user"] = kind, user
	if err := p.page.WriteJSON(what); err != nil {
		p.Fatal(err)
	}
}

func (p *slackPeer) command(user, command, text string) {
	p.do("slash_command", user, map[string]any{"channel": slackRoom, "command": command, "text": text})
}

// say writes a message, in a thread where that is not empty.
func (p *slackPeer) say(user, channel, thread, text string) {
	what := map[string]any{"channel": channel, "text": text}
	if thread != "" {
		what["thread_ts"] = thread
	}
	p.do("post_message", user, what)
}

// press presses the button of a message that has a label.
func (p *slackPeer) press(user, channel string, m slackMessage, label string) {
	p.Helper()
	for _, b := range m.Blocks {
		for _, e := range b.Elements {
			if text, _ := e["text"].(map[string]any); text["text"] == label {
				e["block_id"] = b.ID
				p.do("block_action", user, map[string]any{"channel": channel, "messageTs": m.TS, "action": e})
				return
			}
		}
	}
	p.Fatalf("there is no button %q on %q", label, m.Text)
}

// submit sends the view that is open, with some of its fields filled in.
func (p *slackPeer) submit(user string, values map[string]string) {
	p.Helper()
	p.send(user, values)
	eventually(p.T, "the view closes", func() error {
		if views := p.state().Modals; len(views) > 0 {
			return fmt.Errorf("open is %+v", views[len(views)-1])
		}
		return nil
	})
}

// refused sends the view that is open, which stays and says what is wrong.
func (p *slackPeer) refused(user string, values map[string]string, part string) {
	p.Helper()
	p.send(user, values)
	eventually(p.T, "the view says what is wrong", func() error {
		if said := fmt.Sprint(p.wrong.Load()); !strings.Contains(said, part) {
			return fmt.Errorf("it says %s", said)
		}
		return nil
	})
}

func (p *slackPeer) send(user string, values map[string]string) {
	p.Helper()
	var open slackView
	eventually(p.T, "a view opens", func() error {
		views := p.state().Modals
		if len(views) == 0 {
			return fmt.Errorf("none is open")
		}
		open = views[len(views)-1]
		return nil
	})
	filled := map[string]any{}
	for _, b := range open.Blocks {
		if b.Type != "input" {
			continue
		}
		name := b.ID[strings.LastIndex(b.ID, "/")+1:]
		value, given := values[name]
		delete(values, name)
		filled[b.ID] = map[string]any{b.Element["action_id"].(string): fillIn(b.Element, value, given)}
	}
	if len(values) > 0 {
		p.Fatalf("the view %q has no fields for %v", open.Title.Text, values)
	}
	p.do("view_submit", user, map[string]any{"values": filled})
}

// fillIn is the state of an element that holds a value, or else what it held at
// first.
func fillIn(element map[string]any, value string, given bool) map[string]any {
	kind := element["type"].(string)
	held := map[string]string{
		"plain_text_input": "value", "number_input": "value", "datepicker": "selected_date", "timepicker": "selected_time",
		"static_select": "selected_option", "checkboxes": "selected_options",
	}[kind]
	state := map[string]any{"type": kind}
	if given {
		state[held] = value
	} else if first, had := element["initial_"+strings.TrimPrefix(held, "selected_")]; had {
		state[held] = first
	}
	return state
}

// seen waits for a message in a channel that fits.
func (p *slackPeer) seen(what, channel string, fits func(slackMessage) bool) slackMessage {
	p.Helper()
	var found slackMessage
	eventually(p.T, what, func() error {
		all := p.state().Messages[channel]
		for _, m := range slices.Backward(all) {
			if m.User == slackBot && fits(m) {
				found = m
				return nil
			}
		}
		var texts []string
		for _, m := range all {
			texts = append(texts, fmt.Sprintf("%s to %q in %q: %s", m.User, m.Private, m.Thread, m.Text))
		}
		return fmt.Errorf("it is not among\n%s", strings.Join(texts, "\n"))
	})
	return found
}

// told waits for what only one person sees in the room.
func (p *slackPeer) told(user string, parts ...string) slackMessage {
	p.Helper()
	return p.seen(fmt.Sprintf("%s is told %q", user, parts), slackRoom, func(m slackMessage) bool {
		return m.Private == user && hasAll(m.Text, parts)
	})
}

// posted counts what stands in the room for everybody to see.
func (p *slackPeer) posted(parts ...string) (n int) {
	for _, m := range p.state().Messages[slackRoom] {
		if m.User == slackBot && m.Private == "" && m.Thread == "" && hasAll(m.Text, parts) {
			n++
		}
	}
	return n
}

func hasAll(text string, parts []string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) })
}

// direct is somebody's channel of direct messages with the bot.
func (p *slackPeer) direct(user string) (id string) {
	p.Helper()
	eventually(p.T, "direct messages with "+user, func() error {
		for _, c := range p.state().Channels {
			if c.IM && slices.Contains(c.Members, user) {
				id = c.ID
				return nil
			}
		}
		return fmt.Errorf("there are none")
	})
	return id
}

// home waits until somebody's home page says something.
func (p *slackPeer) home(user string, part string) {
	p.Helper()
	eventually(p.T, "the home page of "+user, func() error {
		for _, page := range p.state().Homes[user] {
			if bytes.Contains(page, []byte(part)) {
				return nil
			}
			return fmt.Errorf("it says %s", page)
		}
		return fmt.Errorf("there is none")
	})
}

// edit changes what somebody wrote in the room.
func (p *slackPeer) edit(user, old, text string) {
	p.Helper()
	p.do("edit_message", user, map[string]any{"channel": slackRoom, "ts": p.written(user, old), "text": text})
}

// remove deletes what somebody wrote in the room.
func (p *slackPeer) remove(user, text string) {
	p.Helper()
	p.do("delete_message", user, map[string]any{"channel": slackRoom, "ts": p.written(user, text)})
}

// written is the id of what somebody wrote in the room.
func (p *slackPeer) written(user, text string) (ts string) {
	p.Helper()
	for _, m := range p.state().Messages[slackRoom] {
		if m.User == user && m.Text == text {
			return m.TS
		}
	}
	p.Fatalf("%s has not written %q", user, text)
	return ""
}

// slackPath is where Slack would have posted a request: the peer posts all of
// them to one address.
func slackPath(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "/"
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		return "/slack/events"
	case bytes.HasPrefix(body, []byte("payload=")):
		return "/slack/interactions"
	default:
		return "/slack/commands"
	}
}

// A cohort's first week on Slack, by either transport, with the plug pulled on
// Wednesday.
func TestPeerSlack(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"socket", "events"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			p := newPeered(t, "SLACK_BOT_TOKEN=xoxb-peer")
			var slack *slackPeer
			if mode == "socket" {
				slack = startSlack(t, mode, "")
				p.env = append(p.env, "SLACK_APP_TOKEN=xapp-peer", "SLACK_API_URL="+newSlackFront(slack)+"/api/")
			} else {
				slack = startSlack(t, mode, p.front(slackPath))
				p.env = append(p.env, "SLACK_SIGNING_SECRET=a secret of the peer's alone", "SLACK_API_URL="+slack.url+"/api/")
			}
			slackManifest(p, mode)
			p.start()
			slack.connected(mode)
			liveSlackWeek(p, slack, mode)
		})
	}
}

// slackManifest looks whether the app that the bot would be made from has what
// the week needs; the peer takes no manifest.
func slackManifest(p *peered, mode string) {
	p.Helper()
	args := []string{"slack", "manifest"}
	if mode == "events" {
		args = append(args, "--url", "https://bot.example")
	}
	var m struct {
		Features struct {
			Commands []struct{ Command string } `json:"slash_commands"`
		}
		Settings struct {
			Socket bool `json:"socket_mode_enabled"`
		}
	}
	said := p.run(args...)
	err := json.Unmarshal([]byte(said), &m)
	if commands := fmt.Sprint(m.Features.Commands); err != nil || commands != "[{/checkin} {/coach}]" || m.Settings.Socket != (mode == "socket") {
		p.Errorf("the manifest: %v\n%s", err, said)
	}
}

// connected waits until the bot hears what happens.
func (p *slackPeer) connected(mode string) {
	p.Helper()
	eventually(p.T, "the bot connects", func() error {
		if mode == "socket" && !p.state().Apps[0].Connected {
			return fmt.Errorf("it is not")
		}
		return nil
	})
}

func liveSlackWeek(p *peered, slack *slackPeer, mode string) {
	monday := p.nextMonday()
	slack.command("ULEA", "/coach", "setup")
	slack.refused("ULEA", map[string]string{"name": "Crew", "zone": "Nowhere"}, "Nowhere")
	slack.submit("ULEA", map[string]string{"name": "Crew <&>", "start": monday.Format(time.DateOnly), "zone": "UTC", "prompt": "09:00"})
	slack.told("ULEA", "Crew")
	for _, user := range []string{"UADA", "UBEN"} {
		slack.command(user, "/coach", "join")
		slack.told(user, "Crew")
	}

	for day := range 6 {
		p.to(monday.AddDate(0, 0, day).Add(9*time.Hour + time.Minute))
		unit := fmt.Sprintf("w01d%d", day+1)
		prompt := slack.seen("the prompt of "+unit, slackRoom, func(m slackMessage) bool { return m.Private == "" && strings.Contains(m.Text, unit) })
		switch day {
		case 0:
			slack.command("UADA", "/checkin", "45m read about <!channel> & indexes")
			slack.told("UADA", "45")
			slack.say("UBEN", slackRoom, prompt.TS, "30m typed along")
			slack.told("UBEN", "30 min")
		case 1:
			slack.press("UADA", slackRoom, prompt, "Done for today")
			slack.told("UADA", unit)
			slack.command("UBEN", "/checkin", "")
			slack.submit("UBEN", map[string]string{"time": "20m"})
		case 2:
			slack.command("UADA", "/checkin", "1h before the plug is pulled")
			slack.told("UADA", "before the plug")
			p.pullThePlug()
			slack.connected(mode)
		case 3:
			slack.seen("Ben's nudge on Wednesday evening", slack.direct("UBEN"), func(m slackMessage) bool { return strings.Contains(m.Text, "w01d3") })
			slack.do("open_home", "UADA", map[string]any{})
			slack.home("UADA", "Crew")
			slack.say("UADA", slack.direct("UADA"), "", "25m in private")
			slack.home("UADA", "25 min")
			slack.command("ULEA", "/coach", "announce")
			slack.submit("ULEA", map[string]string{"text": "We meet <!here> & bring tea", "time": "12:00"})
			slack.press("ULEA", slackRoom, slack.told("ULEA", "how it will look"), "Plan it")
			slack.told("ULEA", "Planned")
		case 4:
			slack.say("UBEN", slackRoom, prompt.TS, "2h on a mistaken clock")
			slack.told("UBEN", "2 h")
			slack.edit("UBEN", "2h on a mistaken clock", "35m by a good one")
			slack.told("UBEN", "35 min")
		case 5:
			slack.say("UBEN", slackRoom, prompt.TS, "3h in the wrong place")
			slack.told("UBEN", "3 h")
			slack.remove("UBEN", "3h in the wrong place")
			slack.told("UBEN", "Taken back", "3 h")
		}
	}
	for day := range 6 {
		if n := slack.posted(fmt.Sprintf("w01d%d", day+1)); n != 1 {
			p.Errorf("the prompt of w01d%d was posted %d times", day+1, n)
		}
	}
	if n := slack.posted("We meet", "bring tea"); n != 1 {
		p.Errorf("what Lea planned was posted %d times", n)
	}
	p.to(monday.AddDate(0, 0, 6).Add(23 * time.Hour))
	slack.seen("the summary with its chart", slackRoom, func(m slackMessage) bool {
		return m.Private == "" && slices.ContainsFunc(m.Blocks, func(b slackBlock) bool { return b.Type == "image" && b.File.ID != "" && b.Alt != "" })
	})
	slack.command("UBEN", "/coach", "why")
	slack.told("UBEN", "30 min", "20 min", "35 min")
	for user, minutes := range map[string]string{"UADA": "4 h 25", "UBEN": "1 h 25"} {
		slack.command(user, "/coach", "me")
		slack.told(user, minutes)
	}
}
