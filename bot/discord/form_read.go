package discord

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// kinds are the letters that stand for a field's kind in an id; a capital for
// one that may be left empty.
var kinds = map[coach.FieldKind]byte{
	coach.FieldText: 't', coach.FieldArea: 'a', coach.FieldDate: 'd', coach.FieldTime: 'c', coach.FieldNumber: 'n',
	coach.FieldOne: 'o', coach.FieldMany: 'm', coach.FieldYes: 'y',
}

// metaOf is what an id tells of the field at a place of its form: "2T40:time"
// is the third, an optional text of up to 40 characters, named time. Numbers
// have base 36.
func metaOf(at int, f coach.FormField) string {
	kind := string(kinds[f.Kind])
	if f.Optional {
		kind = strings.ToUpper(kind)
	}
	most := ""
	if f.Max > 0 {
		most = strconv.FormatInt(int64(f.Max), 36)
	}
	return strconv.FormatInt(int64(at), 36) + "." + kind + most + ":" + f.Name
}

// readMeta reads what metaOf wrote.
func readMeta(s string) (at int, f coach.FormField, err error) {
	place, rest, ok := strings.Cut(s, ".")
	about, name, named := strings.Cut(rest, ":")
	if !ok || !named || about == "" {
		return 0, f, errNotOurs
	}
	n, err := strconv.ParseUint(place, 36, 8)
	if err != nil {
		return 0, f, errNotOurs
	}
	for kind, letter := range kinds {
		if about[0]|0x20 == letter {
			f = coach.FormField{Name: name, Kind: kind, Optional: about[0] != letter}
		}
	}
	if most := about[1:]; most != "" {
		m, err := strconv.ParseUint(most, 36, 16)
		if err != nil {
			return 0, f, errNotOurs
		}
		f.Max = int(m)
	}
	if f.Kind == "" {
		return 0, f, errNotOurs
	}
	return int(n), f, nil
}

// reader gathers a form from its message.
type reader struct {
	d      draft
	fields map[int]coach.FormField
	boxes  []int // the places of the statements in the list of boxes
	err    error
}

// readDraft reads a form back from the message that show made.
func readDraft(m *discordgo.Message) (draft, error) {
	if m == nil || len(m.Embeds) == 0 {
		return draft{}, errNotOurs
	}
	r := reader{fields: map[int]coach.FormField{}}
	for _, c := range m.Components {
		row, ok := c.(*discordgo.ActionsRow)
		if !ok {
			return draft{}, errNotOurs
		}
		for _, c := range row.Components {
			switch c := c.(type) {
			case *discordgo.Button:
				r.button(c)
			case *discordgo.SelectMenu:
				r.menu(c)
			}
		}
	}
	for i := range len(r.fields) {
		f, ok := r.fields[i]
		if !ok {
			return draft{}, errNotOurs
		}
		r.d.fields = append(r.d.fields, f)
	}
	r.embeds(m.Embeds)
	if r.d.verb == "" || r.err != nil {
		return draft{}, errNotOurs
	}
	return r.d, nil
}

// add takes a field that an id tells of.
func (r *reader) add(meta string, more func(*coach.FormField)) {
	at, f, err := readMeta(meta)
	if err != nil {
		r.err = err
		return
	}
	more(&f)
	r.fields[at] = f
}

func (r *reader) button(b *discordgo.Button) {
	kind, parts, err := unpack(b.CustomID)
	if err != nil {
		r.err = err
		return
	}
	switch kind {
	case idSave:
		r.d.submit = b.Label
		r.d.verb, r.d.args, r.err = verbOf(parts)
	case idWrite:
		for _, meta := range parts {
			r.add(meta, func(*coach.FormField) {})
		}
	case idTick:
		if len(parts) != 2 {
			r.err = errNotOurs
			return
		}
		r.add(parts[0], func(f *coach.FormField) {
			f.Label = strings.TrimPrefix(strings.TrimPrefix(b.Label, unticked), ticked)
			if parts[1] != "" {
				f.Value = "yes"
			}
		})
	}
}

func (r *reader) menu(m *discordgo.SelectMenu) {
	kind, parts, err := unpack(m.CustomID)
	switch {
	case err != nil:
		r.err = err
	case kind == idTicks:
		for _, o := range m.Options {
			r.add(o.Value, func(f *coach.FormField) {
				if o.Default {
					f.Value = "yes"
				}
			})
			at, _, _ := readMeta(o.Value)
			r.boxes = append(r.boxes, at)
		}
	case kind == idMenu && len(parts) == 1:
		r.add(parts[0], func(f *coach.FormField) {
			var values []string
			for _, o := range m.Options {
				f.Options = append(f.Options, coach.Option{Value: o.Value, Label: o.Label})
				if o.Default {
					values = append(values, o.Value)
				}
			}
			f.Value = strings.Join(values, ",")
		})
	}
}

// embeds reads the labels, texts, hints and errors.
func (r *reader) embeds(embeds []*discordgo.MessageEmbed) {
	main, rest := embeds[0], embeds[1:]
	r.d.title, r.d.intro = unescape(main.Title), main.Description
	short := main.Fields
	for i := range r.d.fields {
		f := &r.d.fields[i]
		switch {
		case isLong(*f) && len(rest) > 0:
			f.Label = unescape(rest[0].Title)
			readEntry(f, rest[0].Description)
			rest = rest[1:]
		case !isLong(*f) && f.Kind != coach.FieldYes && len(short) > 0:
			f.Label = unescape(short[0].Name)
			readEntry(f, short[0].Value)
			short = short[1:]
		case f.Kind != coach.FieldYes:
			r.err = errNotOurs
		}
	}
	if len(r.boxes) == 0 {
		return
	}
	if len(rest) == 0 {
		r.err = errNotOurs
		return
	}
	lines := strings.Split(rest[0].Description, "\n")
	if len(lines) != len(r.boxes) {
		r.err = errNotOurs
		return
	}
	for i, at := range r.boxes {
		r.d.fields[at].Label = unescape(strings.TrimPrefix(strings.TrimPrefix(lines[i], unticked), ticked))
	}
}

// readEntry reads what entry wrote; of a menu the value is in the menu.
func readEntry(f *coach.FormField, text string) {
	lines := strings.Split(text, "\n")
	own := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, hintMark) || strings.HasPrefix(l, errorMark) })
	if own < 0 {
		own = len(lines)
	}
	for _, l := range lines[own:] {
		if hint, ok := strings.CutPrefix(l, hintMark); ok {
			f.Hint = unescape(strings.TrimSuffix(hint, hintMark))
		} else if problem, ok := strings.CutPrefix(l, errorMark); ok {
			f.Error = unescape(strings.TrimSuffix(problem, errorEnd))
		}
	}
	value := strings.Join(lines[:own], "\n")
	if isInput(*f) && value != emptyValue {
		f.Value = unescape(value)
	}
}

// unescape reads what escape wrote.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
