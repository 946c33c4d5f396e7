package discord

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/bot/platformtest"
	"studycoach/coach"
)

// The application's keys.
var (
	privateKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	publicKey  = hex.EncodeToString(privateKey.Public().(ed25519.PublicKey))
)

// chat is a fake Discord as people use it.
type chat struct {
	*fake
	platform *Platform
	http     *httptest.Server // where interactions go; nil: to the gateway
	begun    bool
	last     func()
	told     map[string]string // the room that a direct message answers, by the message
	form     map[string]*fakeInteraction
}

// signed is a request as Discord signs it.
func signedRequest(t testing.TB, url string, body []byte, at time.Time) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(privateKey, append([]byte(stamp), body...))))
	return r
}

func (c *chat) wait() {
	c.t.Helper()
	if !c.begun {
		c.gateway.ready(c.t)
		c.begun = true
	}
}

func (c *chat) settle() {
	c.t.Helper()
	if !c.platform.in.Wait(20 * time.Second) {
		c.t.Fatal("an answer does not end")
	}
}

// where is the channel of a room.
func (c *chat) where(in coach.RoomID) string {
	_, user, direct := directRoom(in)
	if !direct {
		return in.Channel()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.direct(user).ID
}

// interact does something, and has what it does arrive.
func (c *chat) interact(user, channel string, kind int, data any, on *fakeMessage) *fakeInteraction {
	c.t.Helper()
	c.wait()
	in, body := c.ask(user, channel, kind, data, on)
	c.last = func() { c.arrive(in, body) }
	c.last()
	return in
}

func (c *chat) arrive(in *fakeInteraction, body []byte) {
	c.t.Helper()
	defer c.settle()
	if c.http == nil {
		c.gateway.tell(c.t, "INTERACTION_CREATE", json.RawMessage(body))
		return
	}
	res, err := http.DefaultClient.Do(signedRequest(c.t, c.http.URL+InteractionsPath, body, time.Now()))
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		return
	}
	var answer struct {
		Type int            `json:"type"`
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		c.t.Fatal(err)
	}
	if err := checkRequest(http.MethodPost, "/interactions/1/token/callback", nil, raw); err != nil {
		c.t.Errorf("an answer: %v\n%s", err, raw)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.respond(in, answer.Type, &fakeMessage{Raw: answer.Data})
}

func (c *chat) Type(as coach.UserRef, in coach.RoomID, text string) {
	c.t.Helper()
	typed, command := strings.CutPrefix(text, "/")
	if !command {
		c.write(as, in, text, nil)
		return
	}
	c.keep(userOf(as), c.interact(userOf(as), c.where(in), 2, commandData(c.t, typed), nil))
}

// commandData is a typed command as Discord's client sends it.
func commandData(t testing.TB, text string) map[string]any {
	t.Helper()
	name, rest, _ := strings.Cut(text, " ")
	for _, c := range commands() {
		if c.Name == name && len(c.Options) > 0 && c.Options[0].Type != discordgo.ApplicationCommandOptionSubCommand {
			return map[string]any{"id": "1", "type": 1, "name": name, "options": textOption(c.Options, rest)}
		}
	}
	sub, rest, _ := strings.Cut(rest, " ")
	for _, c := range commands() {
		for _, o := range c.Options {
			if o.Type == discordgo.ApplicationCommandOptionSubCommand && o.Name == sub {
				inner := map[string]any{"type": 1, "name": sub, "options": textOption(o.Options, rest)}
				return map[string]any{"id": "1", "type": 1, "name": c.Name, "options": []any{inner}}
			}
		}
	}
	t.Fatalf("there is no command %q", text)
	return nil
}

// textOption is what follows a command, in its option for text.
func textOption(options []*discordgo.ApplicationCommandOption, text string) []any {
	if text = strings.TrimSpace(text); text == "" || len(options) == 0 {
		return []any{}
	}
	return []any{map[string]any{"type": 3, "name": options[0].Name, "value": text}}
}

func (c *chat) Reply(as coach.UserRef, to platformtest.Message, text string) {
	c.t.Helper()
	c.write(as, "", text, &to)
}

// write writes plain text into a room, or as a reply.
func (c *chat) write(as coach.UserRef, in coach.RoomID, text string, to *platformtest.Message) {
	c.t.Helper()
	c.wait()
	m := map[string]any{
		"type": 0, "content": text, "author": c.people[userOf(as)], "mentions": []any{}, "edited_timestamp": nil,
	}
	var channel string
	if to == nil {
		channel = c.where(in)
	} else {
		c.mu.Lock()
		for _, x := range c.channels {
			for _, y := range x.Messages {
				if y.ID == string(to.ID) {
					channel = x.ID
					m["referenced_message"] = c.json(y)
				}
			}
		}
		c.mu.Unlock()
		m["type"], m["message_reference"] = typeReply, map[string]any{"message_id": to.ID, "channel_id": channel}
		m["mentions"] = []any{c.me} // as a reply has unless its author turns that off
	}
	c.mu.Lock()
	m["id"], m["channel_id"] = c.snowflake(), channel
	if g := c.channels[channel].Guild; g != "" {
		m["guild_id"], m["member"] = g, map[string]any{"nick": nil}
	}
	c.mu.Unlock()
	c.last = func() {
		before := c.in(c.where(as.Direct()), userOf(as))
		c.gateway.tell(c.t, "MESSAGE_CREATE", m)
		c.settle()
		if to == nil {
			return
		}
		for _, x := range c.in(c.where(as.Direct()), userOf(as))[len(before):] {
			c.told[x.ID] = channel // what is said to one about words in a room, Discord shows beside it
		}
	}
	c.last()
}

func (c *chat) Press(as coach.UserRef, on platformtest.Message, label string) {
	c.t.Helper()
	c.mu.Lock()
	var m *fakeMessage
	for _, x := range c.channels {
		for _, y := range x.Messages {
			if y.ID == string(on.ID) {
				m = y
			}
		}
	}
	c.mu.Unlock()
	if m == nil {
		c.t.Fatalf("there is no message %s", on.ID)
	}
	for _, x := range componentsOf(m) {
		if x["label"] == label {
			data := map[string]any{"custom_id": x["custom_id"], "component_type": 2}
			c.keep(userOf(as), c.interact(userOf(as), m.Channel, 3, data, m))
			return
		}
	}
	c.t.Fatalf("message %s has no button %q", on.ID, label)
}

// componentsOf are the components within a message's rows.
func componentsOf(m *fakeMessage) (all []map[string]any) {
	for _, row := range asList(m.Raw["components"]) {
		row, _ := row.(map[string]any)
		for _, c := range asList(row["components"]) {
			all = append(all, c.(map[string]any))
		}
	}
	return all
}

func (c *chat) Again() {
	c.t.Helper()
	c.last()
}

func (c *chat) See(as coach.UserRef, in coach.RoomID) (all []platformtest.Message) {
	c.t.Helper()
	if in.IsDirect() && in != as.Direct() {
		return nil
	}
	channel := c.where(in)
	list := c.in(channel, userOf(as))
	if !in.IsDirect() {
		for _, m := range c.in(c.where(as.Direct()), userOf(as)) {
			if c.told[m.ID] == channel {
				list = append(list, m)
			}
		}
	}
	for _, m := range list {
		if !in.IsDirect() || c.told[m.ID] == "" {
			all = append(all, visible(m))
		}
	}
	return all
}

// visible is a message as people see it.
func visible(m *fakeMessage) platformtest.Message {
	out := platformtest.Message{ID: bot.MessageID(m.ID)}
	var lines []string
	show := func(v any) {
		if s, _ := v.(string); s != "" {
			r := readMarkdown(s)
			lines = append(lines, r.text)
			out.Links = append(out.Links, r.links...)
			out.Rooms = append(out.Rooms, r.rooms...)
		}
	}
	show(m.Raw["content"])
	pictures := map[string]bool{}
	for _, e := range asList(m.Raw["embeds"]) {
		e := e.(map[string]any)
		show(e["title"])
		show(e["description"])
		for _, f := range asList(e["fields"]) {
			f := f.(map[string]any)
			show(f["name"])
			show(f["value"])
		}
		if image, _ := e["image"].(map[string]any); image != nil {
			pictures[strings.TrimPrefix(fmt.Sprint(image["url"]), "attachment://")] = true
		}
	}
	out.Text = strings.Join(lines, "\n")
	for _, c := range componentsOf(m) {
		if label, ok := c["label"].(string); ok {
			out.Buttons = append(out.Buttons, label)
		}
	}
	for _, f := range m.Files {
		if pictures[f.Name] {
			out.Images = append(out.Images, platformtest.Image{Alt: f.Alt, Data: f.Data})
		} else {
			out.Files = append(out.Files, coach.File{Name: f.Name, Data: f.Data})
		}
	}
	return out
}
