package slack

import (
	"cmp"
	"encoding/json"
	"strings"

	"studycoach/bot/platformtest"
	"studycoach/coach"
)

// see is what somebody sees of a message. Texts are read as Slack reads them:
// those of rich_text as they are, plain_text with & < > unescaped, and mrkdwn
// with its marks left out.
func (f *fakeSlack) see(room *fakeRoom, m *fakeMessage) platformtest.Message {
	r := &reader{fake: f, message: platformtest.Message{ID: messageID(room.id, m.ts)}}
	if len(m.blocks) == 0 {
		r.mrkdwn(m.text)
	}
	for _, b := range m.blocks {
		r.block(b.(map[string]any))
		r.text("\n")
	}
	for _, file := range m.files {
		r.message.Files = append(r.message.Files, coach.File{Name: file.name, Data: file.data})
	}
	r.message.Text = strings.TrimSpace(r.b.String())
	return r.message
}

type reader struct {
	fake    *fakeSlack
	b       strings.Builder
	message platformtest.Message
}

func (r *reader) text(s string) { r.b.WriteString(s) }

func (r *reader) block(b map[string]any) {
	switch b["type"] {
	case "header", "section":
		r.object(b["text"])
		for _, x := range items(b["fields"]) {
			r.text("\n")
			r.object(x)
		}
	case "context":
		for _, x := range items(b["elements"]) {
			r.object(x)
		}
	case "rich_text", "rich_text_list":
		for _, x := range items(b["elements"]) {
			r.block(x.(map[string]any))
			r.text("\n")
		}
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		for _, x := range items(b["elements"]) {
			r.element(x.(map[string]any))
		}
	case "actions":
		for _, x := range items(b["elements"]) {
			r.message.Buttons = append(r.message.Buttons, plainText(x.(map[string]any)["text"]))
		}
	case "image":
		file, _ := b["slack_file"].(map[string]any)
		id, _ := file["id"].(string)
		r.message.Images = append(r.message.Images, platformtest.Image{Alt: str(b["alt_text"]), Data: r.fake.files[id].data})
	case "divider":
	default:
		r.fake.t.Errorf("a block is of type %v", b["type"])
	}
}

func (r *reader) element(e map[string]any) {
	switch e["type"] {
	case "text":
		r.text(str(e["text"]))
	case "link":
		r.message.Links = append(r.message.Links, str(e["url"]))
		if s := str(e["text"]); s != "" {
			r.text(s)
		} else {
			r.text(str(e["url"]))
		}
	case "channel":
		r.room(str(e["channel_id"]))
	case "emoji":
		r.text("[an emoji]")
	default: // a mention
		r.message.Pings = append(r.message.Pings, str(e["type"]))
	}
}

// room shows a channel by its name, which is its id here.
func (r *reader) room(id string) {
	r.message.Rooms = append(r.message.Rooms, id)
	r.text("#" + id)
}

func (r *reader) object(o any) {
	x, _ := o.(map[string]any)
	switch x["type"] {
	case "plain_text":
		r.text(plainText(x))
	case "mrkdwn":
		r.mrkdwn(str(x["text"]))
	}
}

func (r *reader) mrkdwn(s string) {
	for {
		before, rest, ok := strings.Cut(s, "<")
		r.text(unescape(strings.NewReplacer("*", "", "_", "", "~", "", "`", "").Replace(before)))
		if !ok {
			return
		}
		inside, after, _ := strings.Cut(rest, ">")
		if strings.HasPrefix(inside, "!") || strings.HasPrefix(inside, "@") {
			r.message.Pings = append(r.message.Pings, inside)
		} else if id, is := strings.CutPrefix(inside, "#"); is {
			r.room(id)
		} else {
			target, label, _ := strings.Cut(inside, "|")
			r.message.Links = append(r.message.Links, target)
			r.text(unescape(label))
		}
		s = after
	}
}

func plainText(o any) string {
	x, _ := o.(map[string]any)
	return unescape(str(x["text"]))
}

func str(x any) string { s, _ := x.(string); return s }

func items(x any) []any { l, _ := x.([]any); return l }

// form is what somebody sees of a form.
func (v *fakeView) form() platformtest.Form {
	out := platformtest.Form{Title: plainText(v.view["title"])}
	warning := ""
	for _, b := range items(v.view["blocks"]) {
		b := b.(map[string]any)
		if b["type"] != "input" {
			r := &reader{}
			r.block(b)
			text := strings.TrimSpace(r.b.String())
			if above, is := strings.CutPrefix(text, "⚠ "); is {
				warning = above // of the next field
			} else {
				out.Intro += text
			}
			continue
		}
		e := b["element"].(map[string]any)
		tick := e["type"] == "checkboxes" && len(items(e["options"])) == 1
		field := platformtest.Field{
			Name: nameOf(b), Label: plainText(b["label"]), Hint: plainText(b["hint"]),
			Error: cmp.Or(v.errors[str(b["block_id"])], warning), Value: valueOf(v.state(b)),
			Optional: b["optional"] == true && !tick, // a box may always be left alone
		}
		warning = ""
		if !tick {
			for _, o := range items(e["options"]) {
				field.Options = append(field.Options, plainText(o.(map[string]any)["text"]))
			}
		}
		out.Fields = append(out.Fields, field)
	}
	return out
}

// nameOf is the name of the field that an input block is for.
func nameOf(b map[string]any) string {
	id := str(b["block_id"])
	return id[strings.LastIndexByte(id, '/')+1:]
}

// state is what an input block holds, as Slack submits it.
func (v *fakeView) state(b map[string]any) map[string]any {
	if typed := v.values[str(b["block_id"])]; typed != nil {
		return typed
	}
	e := b["element"].(map[string]any)
	s := map[string]any{"type": e["type"]}
	switch e["type"] {
	case "plain_text_input", "number_input":
		s["value"] = e["initial_value"]
	case "datepicker":
		s["selected_date"] = e["initial_date"]
	case "timepicker":
		s["selected_time"] = e["initial_time"]
	case "static_select", "radio_buttons":
		s["selected_option"] = e["initial_option"]
	default:
		s["selected_options"] = items(e["initial_options"])
	}
	return s
}

// set sets what the field of a name holds, as coach.FormField has it.
func (v *fakeView) set(name, value string) {
	for _, b := range items(v.view["blocks"]) {
		b := b.(map[string]any)
		if b["type"] != "input" || nameOf(b) != name {
			continue
		}
		e := b["element"].(map[string]any)
		s := map[string]any{"type": e["type"]}
		var null any
		switch e["type"] {
		case "plain_text_input", "number_input":
			s["value"] = value
		case "datepicker":
			if s["selected_date"] = null; value != "" {
				s["selected_date"] = value
			}
		case "timepicker":
			if s["selected_time"] = null; value != "" {
				s["selected_time"] = value
			}
		default:
			chosen := []any{}
			for _, o := range items(e["options"]) {
				if value != "" && strings.Contains(","+value+",", ","+str(o.(map[string]any)["value"])+",") {
					chosen = append(chosen, o)
				}
			}
			s["selected_options"] = chosen
			if e["type"] == "static_select" || e["type"] == "radio_buttons" {
				delete(s, "selected_options")
				if s["selected_option"] = null; len(chosen) > 0 {
					s["selected_option"] = chosen[0]
				}
			}
		}
		if v.values == nil {
			v.values = map[string]map[string]any{}
		}
		v.values[str(b["block_id"])] = s
	}
}

// valueOf is what an element's state holds, as coach.FormField has it.
func valueOf(s map[string]any) string {
	switch s["type"] {
	case "plain_text_input", "number_input":
		return str(s["value"])
	case "datepicker":
		return str(s["selected_date"])
	case "timepicker":
		return str(s["selected_time"])
	case "static_select", "radio_buttons":
		o, _ := s["selected_option"].(map[string]any)
		return str(o["value"])
	}
	var all []string
	for _, o := range items(s["selected_options"]) {
		all = append(all, str(o.(map[string]any)["value"]))
	}
	return strings.Join(all, ",")
}

// submitted is the view as Slack submits it.
func (v *fakeView) submitted() json.RawMessage {
	values := map[string]any{}
	for _, b := range items(v.view["blocks"]) {
		if b := b.(map[string]any); b["type"] == "input" {
			e := b["element"].(map[string]any)
			values[str(b["block_id"])] = map[string]any{str(e["action_id"]): v.state(b)}
		}
	}
	out := map[string]any{"id": v.id, "state": map[string]any{"values": values}}
	for key, x := range v.view {
		out[key] = x
	}
	raw, _ := json.Marshal(out)
	return raw
}
