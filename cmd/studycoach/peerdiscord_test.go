//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// discordPeer is discord-digital-twin, a stand-in for Discord's server, with a
// script that does what people's clients do (.ci/peers/discord.mjs).
type discordPeer struct {
	*testing.T
	script string // where the script listens
	front  *discordFront

	mu sync.Mutex
	by map[string]string // who did what: the user, by interaction
}

// discordState is what the peer knows.
type discordState struct {
	URL       string
	Connected bool
	Commands  []discordOption
	Channels  map[string][]discordMessage
	Direct    map[string]string // the channel of direct messages, by user
}

type discordOption struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   any             `json:"value,omitempty"`
	Options []discordOption `json:"options,omitempty"`
}

type discordMessage struct {
	ID          string
	Channel     string `json:"channel_id"`
	Interaction string // what it answers
	Author      struct{ ID string }
	Private     string `json:"-"` // who alone sees it
	Flags       int
	Content     string
	Embeds      []struct {
		Title, Description string
		Fields             []struct{ Name, Value string }
		Image              struct{ URL string }
	}
	Components []discordComponent
}

type discordComponent struct {
	Type        int    // 2 a button, 3 a menu, 4 a text input
	ID          string `json:"custom_id"`
	Label       string
	Style       int
	Placeholder string
	Value       string
	Options     []struct{ Label, Value string }
	Components  []discordComponent
}

type discordWindow struct {
	Title      string
	ID         string `json:"custom_id"`
	Components []discordComponent
}

// The people and places of the script.
const (
	discordServer = "1000000000000000001"
	discordRoom   = "1000000000000000002"
	discordBot    = "1000000000000000003"
	discordLea    = "1000000000000000011"
	discordAda    = "1000000000000000012"
	discordBen    = "1000000000000000013"
)

// startDiscord starts the peer and its front, whose address it returns.
func startDiscord(t *testing.T) (*discordPeer, string) {
	t.Helper()
	port := freePort(t)
	p := &discordPeer{T: t, script: fmt.Sprintf("http://127.0.0.1:%d", port), by: map[string]string{}}
	startPeer(t, "node", filepath.Join(top, ".ci", "peers", "discord.mjs"), strconv.Itoa(port), filepath.Dir(peerFiles(t)))
	var s discordState
	eventually(t, "the peer runs", func() error { return p.call(&s, "state", nil) })
	behind, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	behind.Path = ""
	return p, newDiscordFront(p, behind)
}

// call has the script do something, and reads what comes of it.
func (p *discordPeer) call(out any, do string, what map[string]any) error {
	asked := map[string]any{"do": do}
	for k, v := range what {
		asked[k] = v
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	resp, err := http.Post(p.script, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(string(said))
	}
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(said, out)
}

func (p *discordPeer) do(out any, do string, what map[string]any) {
	p.Helper()
	if err := p.call(out, do, what); err != nil {
		p.Fatal(err)
	}
}

func (p *discordPeer) state() (s discordState) {
	p.Helper()
	p.do(&s, "state", nil)
	return s
}

// connected waits until the bot hears what happens.
func (p *discordPeer) connected() {
	p.Helper()
	eventually(p.T, "the bot connects", func() error {
		if !p.state().Connected {
			return errors.New("it is not")
		}
		return nil
	})
}

// registered waits until the bot's commands are known.
func (p *discordPeer) registered() {
	p.Helper()
	eventually(p.T, "the commands are registered", func() error {
		if len(p.state().Commands) == 0 {
			return errors.New("they are not")
		}
		return nil
	})
}

// interaction does what the bot has to answer, and returns its id.
func (p *discordPeer) interaction(user, do string, what map[string]any) string {
	p.Helper()
	if what["channel"] == nil {
		what["channel"] = discordRoom
	}
	what["user"] = user
	var made struct{ ID string }
	p.do(&made, do, what)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by[made.ID] = user
	return made.ID
}

// command sends a command that is registered, such as "/coach why", with
// options that it has.
func (p *discordPeer) command(user, line string, values map[string]any) string {
	p.Helper()
	name, sub, nested := strings.Cut(line[1:], " ")
	known := p.option(p.state().Commands, name)
	if nested {
		known = p.option(known.Options, sub)
	}
	var given []discordOption
	for k, v := range values {
		o := p.option(known.Options, k)
		given = append(given, discordOption{Name: k, Type: o.Type, Value: v})
	}
	if nested {
		given = []discordOption{{Name: sub, Type: known.Type, Options: given}}
	}
	return p.interaction(user, "command", map[string]any{"name": name, "options": given})
}

func (p *discordPeer) option(among []discordOption, name string) discordOption {
	p.Helper()
	at := slices.IndexFunc(among, func(o discordOption) bool { return o.Name == name })
	if at < 0 {
		p.Fatalf("%q is not among %+v", name, among)
	}
	return among[at]
}

// find finds a component by its label or, of a menu, its placeholder.
func (p *discordPeer) find(among []discordComponent, fits func(discordComponent) bool) discordComponent {
	p.Helper()
	for _, row := range among {
		if at := slices.IndexFunc(row.Components, fits); at >= 0 {
			return row.Components[at]
		}
	}
	p.Fatalf("it is not among %+v", among)
	return discordComponent{}
}

// press presses a button of a message.
func (p *discordPeer) press(user string, m discordMessage, label string) string {
	p.Helper()
	return p.use(user, m, p.find(m.Components, func(c discordComponent) bool { return c.Label == label }))
}

// choose picks an option of a menu.
func (p *discordPeer) choose(user string, m discordMessage, menu, option string) {
	p.Helper()
	c := p.find(m.Components, func(c discordComponent) bool { return c.Placeholder == menu })
	for _, o := range c.Options {
		if o.Label == option {
			p.answered(p.use(user, m, c, o.Value))
			return
		}
	}
	p.Fatalf("the menu %q has no %q", menu, option)
}

func (p *discordPeer) use(user string, m discordMessage, c discordComponent, values ...string) string {
	p.Helper()
	data := map[string]any{"custom_id": c.ID, "component_type": c.Type}
	if len(values) > 0 {
		data["values"] = values
	}
	return p.interaction(user, "interact", map[string]any{"channel": m.Channel, "type": 3, "message": m.ID, "data": data})
}

// answered waits for the first answer to an interaction.
func (p *discordPeer) answered(interaction string) (kind int, data string) {
	p.Helper()
	var row struct {
		Acknowledged bool
		Type         int
		Data         string
	}
	eventually(p.T, "the bot answers", func() error {
		p.do(&row, "answer", map[string]any{"interaction": interaction})
		if !row.Acknowledged {
			return errors.New("it does not")
		}
		return nil
	})
	return row.Type, row.Data
}

// window is the window that an interaction opens.
func (p *discordPeer) window(interaction string) (w discordWindow) {
	p.Helper()
	kind, data := p.answered(interaction)
	if err := json.Unmarshal([]byte(data), &w); err != nil || kind != 9 {
		p.Fatalf("no window opened: %d %s", kind, data)
	}
	return w
}

// submit sends a window, with those of the values that it asks for, which it
// takes out of them. m is the message from which it was opened, if any.
func (p *discordPeer) submit(user string, m discordMessage, w discordWindow, values map[string]string) {
	p.Helper()
	var rows []map[string]any
	for _, row := range w.Components {
		for _, in := range row.Components {
			value, given := values[in.ID]
			if !given {
				value = in.Value
			}
			delete(values, in.ID)
			rows = append(rows, map[string]any{"type": 1, "components": []any{map[string]any{"type": 4, "custom_id": in.ID, "value": value}}})
		}
	}
	what := map[string]any{"type": 5, "message": m.ID, "data": map[string]any{"custom_id": w.ID, "components": rows}}
	if m.Channel != "" {
		what["channel"] = m.Channel
	}
	p.answered(p.interaction(user, "interact", what))
}

// fill fills the texts of a form that is a message, by the buttons that open its
// windows, and submits it.
func (p *discordPeer) fill(user string, m discordMessage, values map[string]string) {
	p.Helper()
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Type == 2 && c.Style == 2 && len(values) > 0 {
				p.submit(user, m, p.window(p.use(user, m, c)), values)
			}
		}
	}
	if len(values) > 0 {
		p.Fatalf("the form has no fields for %v", values)
	}
	p.answered(p.use(user, m, p.find(m.Components, func(c discordComponent) bool { return c.Style == 1 })))
}

// text is all that a message says.
func (m discordMessage) text() string {
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// messages are those of a channel, with who sees them.
func (p *discordPeer) messages(channel string) []discordMessage {
	p.Helper()
	all := p.state().Channels[channel]
	for i, m := range all {
		if m.Interaction == "" {
			m.Interaction = p.front.interaction(m.ID)
		}
		if m.Flags&64 != 0 {
			p.mu.Lock()
			m.Private = p.by[m.Interaction]
			p.mu.Unlock()
		}
		all[i] = m
	}
	return all
}

// seen waits for a message of the bot's in a channel that fits.
func (p *discordPeer) seen(what, channel string, fits func(discordMessage) bool) (found discordMessage) {
	p.Helper()
	eventually(p.T, what, func() error {
		all := p.messages(channel)
		for _, m := range slices.Backward(all) {
			if m.Author.ID == discordBot && fits(m) {
				found = m
				return nil
			}
		}
		var texts []string
		for _, m := range all {
			texts = append(texts, fmt.Sprintf("%s to %q: %s", m.Author.ID, m.Private, m.text()))
		}
		return fmt.Errorf("it is not among\n%s", strings.Join(texts, "\n"))
	})
	return found
}

// told waits for what only one person sees in the room.
func (p *discordPeer) told(user string, parts ...string) discordMessage {
	p.Helper()
	return p.seen(fmt.Sprintf("%s is told %q", user, parts), discordRoom, func(m discordMessage) bool {
		return m.Private == user && hasAll(m.text(), parts)
	})
}

// whispered waits for a direct message.
func (p *discordPeer) whispered(user string, parts ...string) discordMessage {
	p.Helper()
	return p.seen(fmt.Sprintf("%s has a message %q", user, parts), p.direct(user), func(m discordMessage) bool {
		return hasAll(m.text(), parts)
	})
}

func (p *discordPeer) direct(user string) (channel string) {
	p.Helper()
	p.do(&channel, "direct", map[string]any{"user": user})
	return channel
}

// posted counts what stands in the room for everybody to see.
func (p *discordPeer) posted(parts ...string) (n int) {
	for _, m := range p.messages(discordRoom) {
		if m.Author.ID == discordBot && m.Flags&64 == 0 && hasAll(m.text(), parts) {
			n++
		}
	}
	return n
}

// say writes a message, as a reply to another where that is not empty, and
// returns its id.
func (p *discordPeer) say(user, channel, reply, text string) string {
	p.Helper()
	var made struct{ ID string }
	p.do(&made, "write", map[string]any{"user": user, "channel": channel, "reply": reply, "text": text})
	return made.ID
}

// A cohort's first week on Discord, with the plug pulled on Wednesday.
func TestPeerDiscord(t *testing.T) {
	t.Parallel()
	discord, api := startDiscord(t)
	p := newPeered(t, "DISCORD_BOT_TOKEN=token", "DISCORD_API_URL="+api+"/api/v10")
	if said := p.run("check"); !strings.Contains(said, "all is allowed in 1 of its rooms") {
		t.Errorf("check says\n%s", said)
	}
	p.start()
	discord.registered()
	if said := p.run("discord", "register"); !hasAll(said, []string{"registered as they are", "client_id=" + discordBot}) {
		t.Errorf("register says %s", said)
	}
	discord.connected()
	liveDiscordWeek(p, discord)
}

func liveDiscordWeek(p *peered, discord *discordPeer) {
	monday := p.nextMonday()
	discord.command(discordLea, "/lead setup", nil)
	setup := discord.told(discordLea, "Time zone")
	discord.choose(discordLea, setup, "Summary on", "Sunday")
	discord.fill(discordLea, setup, map[string]string{"name": "Crew <&>", "zone": "Nowhere"})
	setup = discord.told(discordLea, "Crew", "\"Nowhere\"")
	discord.fill(discordLea, setup, map[string]string{"start": monday.Format(time.DateOnly), "zone": "UTC", "prompt": "09:00"})
	discord.told(discordLea, "Crew")
	for _, user := range []string{discordAda, discordBen} {
		discord.command(user, "/coach join", nil)
		discord.told(user, "Crew")
	}

	for day := range 6 {
		p.to(monday.AddDate(0, 0, day).Add(9*time.Hour + time.Minute))
		unit := fmt.Sprintf("w01d%d", day+1)
		prompt := discord.seen("the prompt of "+unit, discordRoom, func(m discordMessage) bool {
			return m.Private == "" && strings.Contains(m.text(), unit)
		})
		switch day {
		case 0:
			discord.command(discordAda, "/checkin", map[string]any{"text": "45m read about @everyone & indexes"})
			discord.told(discordAda, "45")
			discord.say(discordBen, discordRoom, prompt.ID, "30m typed along")
			discord.whispered(discordBen, "30 min")
		case 1:
			discord.press(discordAda, prompt, "Done for today")
			discord.told(discordAda, unit)
			discord.command(discordBen, "/checkin", nil)
			form := discord.told(discordBen, "How long?")
			discord.choose(discordBen, form, "How did you work?", "Directing an AI")
			discord.fill(discordBen, form, map[string]string{"time": "20m"})
			discord.told(discordBen, "20 min")
		case 2:
			discord.command(discordAda, "/checkin", map[string]any{"text": "1h before the plug is pulled"})
			discord.told(discordAda, "before the plug")
			p.pullThePlug()
			discord.connected()
		case 3:
			nudge := discord.whispered(discordBen, "w01d3") // on Wednesday evening
			discord.press(discordBen, nudge, "Check in")
			discord.fill(discordBen, discord.whispered(discordBen, "How long?"), map[string]string{"time": "10m"})
			discord.whispered(discordBen, "Logged **10 min**")
			discord.say(discordAda, discord.direct(discordAda), "", "25m in private")
			discord.whispered(discordAda, "25 min")
			discord.say(discordBen, discordRoom, "", "50m that nobody is told of")
			announce := discord.window(discord.command(discordLea, "/lead announce", nil))
			discord.submit(discordLea, discordMessage{}, announce, map[string]string{"text": "We meet @here & bring tea", "time": "12:00"})
			discord.press(discordLea, discord.told(discordLea, "how it will look"), "Plan it")
			discord.told(discordLea, "Planned")
		case 4:
			written := discord.say(discordBen, discordRoom, prompt.ID, "2h on a mistaken clock")
			discord.whispered(discordBen, "2 h")
			discord.do(nil, "edit", map[string]any{"channel": discordRoom, "message": written, "text": "35m by a good one"})
			discord.whispered(discordBen, "35 min")
		case 5:
			written := discord.say(discordBen, discordRoom, prompt.ID, "3h in the wrong place")
			discord.whispered(discordBen, "3 h")
			discord.do(nil, "delete", map[string]any{"channel": discordRoom, "message": written})
			discord.whispered(discordBen, "Taken back", "3 h")
		}
	}
	for day := range 6 {
		if n := discord.posted(fmt.Sprintf("w01d%d", day+1)); n != 1 {
			p.Errorf("the prompt of w01d%d was posted %d times", day+1, n)
		}
	}
	if n := discord.posted("We meet", "bring tea"); n != 1 {
		p.Errorf("what Lea planned was posted %d times", n)
	}
	p.to(monday.AddDate(0, 0, 6).Add(23 * time.Hour))
	summary := discord.seen("the summary with its chart", discordRoom, func(m discordMessage) bool {
		return m.Private == "" && len(m.Embeds) > 0 && m.Embeds[0].Image.URL != ""
	})
	name := strings.TrimPrefix(summary.Embeds[0].Image.URL, "attachment://")
	if _, err := png.Decode(bytes.NewReader(discord.front.picture(discordRoom, name))); err != nil {
		p.Errorf("the chart %q: %v", name, err)
	}
	discord.command(discordBen, "/coach why", nil)
	discord.told(discordBen, "30 min", "20 min", "35 min")
	for user, minutes := range map[string]string{discordAda: "4 h 25", discordBen: "1 h 35"} {
		discord.command(user, "/coach me", nil)
		discord.told(user, minutes)
	}

	discord.do(nil, "close", map[string]any{"channel": discordRoom})
	discord.whispered(discordLea, "it was deleted", "paused")
}
