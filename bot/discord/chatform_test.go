package discord

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot/platformtest"
	"studycoach/coach"
	"studycoach/content/say"
)

// keep remembers what is in front of somebody.
func (c *chat) keep(user string, in *fakeInteraction) { c.form[user] = in }

// draft is the form whose message is in front of somebody.
func (c *chat) draft(user string) (*fakeMessage, draft, bool) {
	in := c.form[user]
	if in == nil || in.Original == nil || in.Original.Gone {
		return nil, draft{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	raw, err := json.Marshal(c.json(in.Original))
	if err != nil {
		c.t.Fatal(err)
	}
	var m discordgo.Message
	if err := json.Unmarshal(raw, &m); err != nil {
		c.t.Fatal(err)
	}
	d, err := readDraft(&m)
	return in.Original, d, err == nil
}

func (c *chat) Form(as coach.UserRef) (platformtest.Form, bool) {
	c.t.Helper()
	in := c.form[userOf(as)]
	if in != nil && in.Modal != nil {
		return windowForm(in.Modal), true
	}
	_, d, open := c.draft(userOf(as))
	if !open {
		return platformtest.Form{}, false
	}
	f := platformtest.Form{Title: d.title, Intro: readMarkdown(d.intro).text}
	for _, x := range d.fields {
		field := platformtest.Field{Name: x.Name, Label: x.Label, Hint: x.Hint, Error: x.Error, Value: x.Value, Optional: x.Optional}
		for _, o := range x.Options {
			field.Options = append(field.Options, o.Label)
		}
		f.Fields = append(f.Fields, field)
	}
	return f, true
}

// windowForm is a window as people see it.
func windowForm(w map[string]any) (f platformtest.Form) {
	f.Title, _ = w["title"].(string)
	for _, c := range asList(w["components"]) {
		c := c.(map[string]any)
		if content, ok := c["content"].(string); ok {
			f.Intro = readMarkdown(content).text
			continue
		}
		in := asList(c["components"])[0].(map[string]any)
		field := platformtest.Field{}
		field.Name, _ = in["custom_id"].(string)
		field.Label, _ = in["label"].(string)
		field.Hint, _ = in["placeholder"].(string)
		if field.Hint == say.ExampleDate.String() || field.Hint == say.ExampleTime.String() { // of a field without a hint
			field.Hint = ""
		}
		field.Value, _ = in["value"].(string)
		field.Optional = in["required"] != true
		f.Fields = append(f.Fields, field)
	}
	return f
}

func (c *chat) Submit(as coach.UserRef, values map[string]string) {
	c.t.Helper()
	user := userOf(as)
	if c.form[user].Modal != nil {
		c.fill(user, values)
		return
	}
	m, d, open := c.draft(user)
	if !open {
		c.t.Fatal("no form is open")
	}
	for i, f := range d.fields {
		value, set := values[f.Name]
		if !set {
			continue
		}
		switch {
		case isMenu(f):
			data := map[string]any{"custom_id": pack(idMenu, 0, metaOf(i, f)), "component_type": 3, "values": parted(value)}
			c.keep(user, c.interact(user, m.Channel, 3, data, m))
		case f.Kind == coach.FieldYes:
			if (value == "yes") != (f.Value == "yes") {
				c.press(user, m, func(kind string, parts []string) bool { return kind == idTick && parts[0] == metaOf(i, f) })
			}
		default:
			c.press(user, m, func(kind string, parts []string) bool { return kind == idWrite && slices.Contains(parts, metaOf(i, f)) })
			c.fill(user, values)
		}
	}
	c.press(user, m, func(kind string, _ []string) bool { return kind == idSave })
	if c.form[user].Modal != nil {
		c.fill(user, values)
	}
}

func parted(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ",")
}

// press presses the component of a form's message that is meant.
func (c *chat) press(user string, m *fakeMessage, meant func(kind string, parts []string) bool) {
	c.t.Helper()
	for _, x := range componentsOf(m) {
		id, _ := x["custom_id"].(string)
		if kind, parts, err := unpack(id); err == nil && meant(kind, parts) {
			c.keep(user, c.interact(user, m.Channel, 3, map[string]any{"custom_id": id, "component_type": 2}, m))
			return
		}
	}
	c.t.Fatal("the form has no such component")
}

// fill sets inputs of the window in front of somebody, and submits it.
func (c *chat) fill(user string, values map[string]string) {
	c.t.Helper()
	in := c.form[user]
	if in.Modal == nil {
		c.t.Fatal("no window is open")
	}
	rows := []any{}
	for _, f := range windowForm(in.Modal).Fields {
		value := f.Value
		if v, ok := values[f.Name]; ok {
			value = v
		}
		input := map[string]any{"type": 4, "custom_id": f.Name, "value": value}
		rows = append(rows, map[string]any{"type": 1, "components": []any{input}})
	}
	data := map[string]any{"custom_id": in.Modal["custom_id"], "components": rows}
	c.keep(user, c.interact(user, in.Channel, 5, data, in.On))
}
