package discord

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The limits that Discord documents and its description does not hold. The
// numbers are those of the documentation, and not the bot's.

// broken gathers what breaks them.
type broken struct{ errs []error }

func (b *broken) note(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf(format, args...))
}

// within notes a text of too few or too many characters.
func (b *broken) within(what string, v any, least, most int) {
	s, _ := v.(string)
	if n := len(utf16.Encode([]rune(s))); n < least || n > most {
		b.note("%s has %d characters, not %d to %d", what, n, least, most)
	}
	if least > 0 && strings.TrimSpace(s) == "" {
		b.note("%s is blank", what)
	}
	if !utf8.ValidString(s) || strings.Contains(s, "\uFFFD") {
		b.note("a character of %s is torn: %q", what, s)
	}
}

// number notes how many there are of something.
func (b *broken) number(what string, n, least, most int) {
	if n < least || n > most {
		b.note("there are %d %s, not %d to %d", n, what, least, most)
	}
}

func objects(v any) (all []map[string]any) {
	list, _ := v.([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		all = append(all, m)
	}
	return all
}

// wrongMessage is what Discord has against a message as it is sent, with the
// names of its files.
func wrongMessage(m map[string]any, files []string) error {
	var b broken
	embeds, rows := objects(m["embeds"]), objects(m["components"])
	b.within("the content", m["content"], 0, 2000)
	b.within("the nonce", m["nonce"], 0, 25)
	b.number("embeds", len(embeds), 0, 10)
	b.number("rows", len(rows), 0, 5)
	b.number("files", len(files), 0, 10)
	if m["content"] == "" && len(embeds) == 0 && len(files) == 0 && len(rows) == 0 {
		b.note("the message is empty")
	}
	if a, ok := m["allowed_mentions"].(map[string]any); !ok || a["parse"] == nil || len(asList(a["parse"])) > 0 || len(asList(a["users"])) > 0 {
		b.note("the message could ping anybody")
	}
	for _, a := range objects(m["attachments"]) {
		b.within("a description", a["description"], 0, 1024)
		if n, err := strconv.Atoi(fmt.Sprint(a["id"])); err != nil || n >= len(files) {
			b.note("an attachment has no file")
		}
	}
	total := 0
	size := func(v any) { s, _ := v.(string); total += len(utf16.Encode([]rune(s))) }
	for _, e := range embeds {
		b.within("a title", e["title"], 0, 256)
		b.within("a description", e["description"], 0, 4096)
		size(e["title"])
		size(e["description"])
		fields := objects(e["fields"])
		b.number("fields", len(fields), 0, 25)
		for _, f := range fields {
			b.within("a field's name", f["name"], 1, 256)
			b.within("a field's value", f["value"], 1, 1024)
			size(f["name"])
			size(f["value"])
		}
		image, _ := e["image"].(map[string]any)
		if image != nil && !slices.Contains(files, strings.TrimPrefix(fmt.Sprint(image["url"]), "attachment://")) {
			b.note("the picture %v is not attached", image["url"])
		}
		if e["title"] == nil && e["description"] == nil && len(fields) == 0 && image == nil {
			b.note("an embed is empty")
		}
	}
	if total > 6000 {
		b.note("the embeds have %d characters, more than 6000", total)
	}
	b.rows(rows)
	return errors.Join(b.errs...)
}

// rows looks at rows of buttons and menus.
func (b *broken) rows(rows []map[string]any) {
	ids := map[any]bool{}
	for _, row := range rows {
		list := objects(row["components"])
		b.number("components of a row", len(list), 1, 5)
		for _, c := range list {
			b.within("a custom_id", c["custom_id"], 1, 100)
			if ids[c["custom_id"]] {
				b.note("the custom_id %q is there twice", c["custom_id"])
			}
			ids[c["custom_id"]] = true
			if c["type"] == 2.0 {
				b.within("a button's label", c["label"], 1, 80)
				continue
			}
			b.number("components beside a menu", len(list), 1, 1)
			b.menu(c)
		}
	}
}

func (b *broken) menu(m map[string]any) {
	options := objects(m["options"])
	b.number("options", len(options), 1, 25)
	b.within("a placeholder", m["placeholder"], 0, 150)
	values, chosen := map[any]bool{}, 0
	for _, o := range options {
		b.within("an option's label", o["label"], 1, 100)
		b.within("an option's value", o["value"], 1, 100)
		b.within("an option's description", o["description"], 0, 100)
		if values[o["value"]] {
			b.note("the value %q is there twice", o["value"])
		}
		values[o["value"]] = true
		if o["default"] == true {
			chosen++
		}
	}
	least, set := m["min_values"].(float64)
	if !set {
		least = 1
	}
	most, set := m["max_values"].(float64)
	if !set {
		most = 1
	}
	if int(most) > len(options) || least > most || chosen > int(most) {
		b.note("a menu of %d options, %d of them chosen, takes %v to %v", len(options), chosen, least, most)
	}
}

// wrongModal is what Discord has against a window.
func wrongModal(m map[string]any) error {
	var b broken
	b.within("the title", m["title"], 1, 45)
	b.within("the custom_id", m["custom_id"], 1, 100)
	parts := objects(m["components"])
	b.number("parts of a window", len(parts), 1, 5)
	ids := map[any]bool{}
	for _, p := range parts {
		if p["type"] == 10.0 {
			b.within("an introduction", p["content"], 1, 4000)
			continue
		}
		inner := objects(p["components"])
		b.number("inputs of a row", len(inner), 1, 1)
		for _, in := range inner {
			b.within("a custom_id", in["custom_id"], 1, 100)
			if ids[in["custom_id"]] {
				b.note("the custom_id %q is there twice", in["custom_id"])
			}
			ids[in["custom_id"]] = true
			b.within("a label", in["label"], 1, 45)
			b.within("a placeholder", in["placeholder"], 0, 100)
			most, _ := in["max_length"].(float64)
			if most < 1 || most > 4000 {
				b.note("an input takes %v characters", most)
			}
			b.within("a value", in["value"], 0, int(most))
		}
	}
	return errors.Join(b.errs...)
}

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// wrongCommands is what Discord has against a list of commands.
func wrongCommands(list []map[string]any) error {
	var b broken
	b.number("commands", len(list), 0, 100)
	for _, c := range list {
		if n := b.command(c, 0); n > 8000 {
			b.note("the command %v has %d characters, more than 8000", c["name"], n)
		}
	}
	b.namedApart(list)
	return errors.Join(b.errs...)
}

// command looks at a command or an option, and counts the characters of its
// names, descriptions and values.
func (b *broken) command(c map[string]any, depth int) (n int) {
	name, _ := c["name"].(string)
	if !commandName.MatchString(name) || strings.ContainsFunc(name, unicode.IsUpper) {
		b.note("%q is no name of a command", name)
	}
	b.within("the description of "+name, c["description"], 1, 100)
	n = len([]rune(fmt.Sprint(name, c["description"])))
	choices := objects(c["choices"])
	b.number("choices", len(choices), 0, 25)
	for _, x := range choices {
		b.within("a choice", x["name"], 1, 100)
		b.within("a choice's value", x["value"], 1, 100)
		n += len([]rune(fmt.Sprint(x["name"], x["value"])))
	}
	if len(choices) > 0 && c["autocomplete"] == true {
		b.note("%s has choices and completes them", name)
	}
	options := objects(c["options"])
	b.number("options", len(options), 0, 25)
	b.namedApart(options)
	optional, subs := false, 0
	for _, o := range options {
		if optional = optional || o["required"] != true; optional && o["required"] == true {
			b.note("an option of %s that is needed comes after one that is not", name)
		}
		if o["type"] == 1.0 {
			subs++
		}
		n += b.command(o, depth+1)
	}
	if subs > 0 && (subs < len(options) || depth > 0) {
		b.note("%s has subcommands where there can be none", name)
	}
	return n
}

func (b *broken) namedApart(list []map[string]any) {
	names := map[any]bool{}
	for _, c := range list {
		if names[c["name"]] {
			b.note("the name %v is there twice", c["name"])
		}
		names[c["name"]] = true
	}
}
