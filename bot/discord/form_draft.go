package discord

import (
	"maps"
	"slices"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
	"studycoach/content/say"
)

// draft is a form that is being filled, as its message holds it.
type draft struct {
	verb   string
	args   map[string]string
	title  string
	intro  string // in Discord's markdown
	submit string
	fields []coach.FormField
}

// form is a form as the message in which it is filled.
func form(f coach.Form) post {
	d := draft{verb: f.Verb, args: map[string]string{}, title: f.Title, submit: f.Submit}
	maps.Copy(d.args, f.Args)
	for _, field := range f.Fields {
		if isMenu(field) {
			if len(field.Options) == 0 {
				d.args[field.Name] = field.Value // there is nothing to choose
				continue
			}
			field.Options = offered(field)
		}
		d.fields = append(d.fields, field)
	}
	for i := len(d.fields) - 1; i >= 0 && len(d.components()) > maxRows; i-- {
		if f := d.fields[i]; isMenu(f) { // there is no place for it
			d.args[f.Name] = f.Value
			d.fields = slices.Delete(d.fields, i, i+1)
		}
	}
	if intro := split(markdown(f.Intro), introSize); len(intro) > 0 {
		d.intro = intro[0]
	}
	return d.show()
}

// offered are the options that a menu takes, those that are chosen among them.
func offered(f coach.FormField) []coach.Option {
	options := slices.Clone(f.Options)
	for i := 0; len(options) > menuOptions && i < len(options); {
		j := len(options) - 1 - i
		if chosen(f, options[j]) {
			i++
			continue
		}
		options = slices.Delete(options, j, j+1)
	}
	return options[:min(len(options), menuOptions)]
}

// page returns the fields that a window button names.
func (d *draft) page(metas []string) []coach.FormField {
	var page []coach.FormField
	for _, meta := range metas {
		if f := d.field([]string{meta}); f != nil && isInput(*f) {
			page = append(page, *f)
		}
	}
	return page
}

// field returns the field that an id names, nil when there is none.
func (d *draft) field(parts []string) *coach.FormField {
	if len(parts) == 0 {
		return nil
	}
	at, _, err := readMeta(parts[0])
	if err != nil || at >= len(d.fields) {
		return nil
	}
	return &d.fields[at]
}

// tick has exactly the statements ticked that are named.
func (d *draft) tick(metas []string) {
	for i, f := range d.fields {
		if f.Kind != coach.FieldYes {
			continue
		}
		d.fields[i].Value = ""
		if slices.Contains(metas, metaOf(i, f)) {
			d.fields[i].Value = "yes"
		}
	}
}

// again shows the form as it is now.
func (d *draft) again() step {
	p := d.show()
	return step{Form: &p}
}

// save submits the form, unless a text is missing or has to be mended: then it
// asks for that, and submits the form with it.
func (d *draft) save() step {
	for _, page := range d.pages() {
		if slices.ContainsFunc(page, func(at int) bool { return missing(d.fields[at]) || d.fields[at].Error != "" }) {
			var fields []coach.FormField
			for _, at := range page {
				fields = append(fields, d.fields[at])
			}
			return step{Modal: window(pack(idPage, 0, "1"), d.title, fields)}
		}
	}
	return d.hand()
}

// hand submits the form, or shows what is missing.
func (d *draft) hand() step {
	whole := true
	for i, f := range d.fields {
		if missing(f) {
			d.fields[i].Error, whole = say.FieldNeeded.String(), false
		}
	}
	if !whole {
		return d.again()
	}
	args := maps.Clone(d.args)
	for _, f := range d.fields {
		args[f.Name] = f.Value
	}
	s := d.again()
	s.Verb, s.Args = d.verb, args
	return s
}

// missing tells whether a field that has to be filled is empty.
func missing(f coach.FormField) bool {
	return f.Value == "" && !f.Optional && (isInput(f) || isMenu(f))
}

// pages are the windows of the form's inputs: which fields each holds, as many
// as a window and the id of its button take.
func (d *draft) pages() [][]int {
	var pages [][]int
	var metas []string
	for i, f := range d.fields {
		if !isInput(f) {
			continue
		}
		metas = append(metas, metaOf(i, f))
		if len(pages) == 0 || len(metas) > modalParts || count(pack(idWrite, 0, metas...)) > idSize {
			pages, metas = append(pages, nil), metas[len(metas)-1:]
		}
		pages[len(pages)-1] = append(pages[len(pages)-1], i)
	}
	return pages
}

// components are the form's menus and buttons.
func (d *draft) components() []discordgo.MessageComponent {
	var rows, buttons []discordgo.MessageComponent
	for i, f := range d.fields {
		if isMenu(f) {
			rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu(i, f)}})
		}
	}
	for i, page := range d.pages() {
		buttons = append(buttons, d.writer(i, page))
	}
	switch {
	case d.listed():
		rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{d.ticks()}})
	default:
		for i, f := range d.fields {
			if f.Kind == coach.FieldYes {
				buttons = append(buttons, ticker(i, f))
			}
		}
	}
	buttons = append(buttons, discordgo.Button{
		Label: cut(d.submit, buttonLabel), Style: discordgo.PrimaryButton, CustomID: pack(idSave, 0, verbParts(d.verb, d.args)...),
	})
	for row := range slices.Chunk(buttons, rowSize) {
		rows = append(rows, discordgo.ActionsRow{Components: row})
	}
	return rows
}
