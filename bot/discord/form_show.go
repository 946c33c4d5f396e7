package discord

import (
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
	"studycoach/content/say"
)

// What a form's message shows. Each entry is a value, which may be empty, and
// below it a hint and what to mend. None of the marks can be in a value, where
// they would be escaped.
const (
	emptyValue = "**—**"
	errorMark  = "⚠️ **"
	errorEnd   = "**"
	hintMark   = "_"
	unticked   = "☐ "
	ticked     = "☑ "
)

// How a form's characters are shared out. The coach's forms need less, also
// where every character of a text is escaped.
const (
	introSize   = 600
	longTexts   = 4600 // for the texts in embeds of their own and the statements, where there are such
	noteSize    = 250  // of a hint or an error
	shortText   = 150  // a text of more characters has an embed of its own
	buttonTicks = 2    // statements that have a button each; more share a menu
	tickSize    = 70   // characters of a statement on a button
)

// show lays the form out: the title, what is filled so far, longer texts in
// embeds of their own, and statements to agree with as a list of boxes.
func (d *draft) show() post {
	main := &discordgo.MessageEmbed{Title: join(escaped(cut(d.title, modalTitle), 0)), Description: d.intro, Color: accent}
	p := post{Embeds: []*discordgo.MessageEmbed{main}, Components: d.components()}
	short, long := 0, 0
	for _, f := range d.fields {
		switch {
		case isLong(f):
			long++
		case f.Kind != coach.FieldYes:
			short++
		}
	}
	if d.listed() {
		long++
	}
	room, share := embedsSize-count(main.Title)-count(main.Description), 0
	if long > 0 {
		share = longTexts / long
		room -= longTexts
	}
	if short > 0 {
		room = min(room/short, fieldValue)
	}
	for _, f := range d.fields {
		label := escape(cut(f.Label, inputLabel))
		switch {
		case isLong(f):
			p.Embeds = append(p.Embeds, &discordgo.MessageEmbed{Title: label, Description: entry(f, min(share-count(label), embedText)), Color: accent})
		case f.Kind != coach.FieldYes:
			main.Fields = append(main.Fields, &discordgo.MessageEmbedField{Name: label, Value: entry(f, room-count(label)), Inline: false})
		}
	}
	if d.listed() {
		p.Embeds = append(p.Embeds, &discordgo.MessageEmbed{Description: d.boxes(min(share, embedText)), Color: accent})
	}
	return p
}

// isLong tells whether a field has an embed of its own.
func isLong(f coach.FormField) bool {
	return isInput(f) && (f.Kind == coach.FieldArea || maxOf(f) > shortText)
}

// entry shows what a field holds in at most n characters.
func entry(f coach.FormField, n int) string {
	var notes string
	if f.Hint != "" {
		notes += "\n" + hintMark + escape(cut(oneLine(f.Hint), min(noteSize, n/8))) + hintMark
	}
	if f.Error != "" {
		notes += "\n" + errorMark + escape(cut(oneLine(f.Error), min(noteSize, n/8))) + errorEnd
	}
	value := escape(f.Value)
	if f.Kind == coach.FieldOne || f.Kind == coach.FieldMany {
		var labels []string
		for _, o := range f.Options {
			if chosen(f, o) {
				labels = append(labels, o.Label)
			}
		}
		value = escape(strings.Join(labels, ", "))
	}
	if strings.TrimSpace(value) == "" {
		value = emptyValue
	}
	if n -= count(notes); count(value) > n {
		value = split(escaped(f.Value, 0), n)[0]
	}
	return value + notes
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// chosen tells whether a field holds an option.
func chosen(f coach.FormField, o coach.Option) bool {
	if f.Kind == coach.FieldMany {
		return slices.Contains(strings.Split(f.Value, ","), o.Value)
	}
	return f.Value == o.Value
}

// statements are the fields to agree with.
func (d *draft) statements() []coach.FormField {
	var out []coach.FormField
	for _, f := range d.fields {
		if f.Kind == coach.FieldYes {
			out = append(out, f)
		}
	}
	return out
}

// listed tells whether the statements share a menu, with a list of boxes above.
func (d *draft) listed() bool {
	yes := d.statements()
	return len(yes) > buttonTicks || slices.ContainsFunc(yes, func(f coach.FormField) bool {
		return count(f.Label) > tickSize || f.Error != ""
	})
}

// boxes is the list of the statements, a line each, in at most n characters.
func (d *draft) boxes(n int) string {
	var lines []string
	yes := d.statements()
	for _, f := range yes {
		box := unticked
		if f.Value == "yes" {
			box = ticked
		}
		lines = append(lines, box+split(escaped(oneLine(f.Label), ' '), n/len(yes)-count(box)-1)[0])
	}
	return strings.Join(lines, "\n")
}

// menu is the menu of a field's options.
func menu(at int, f coach.FormField) discordgo.SelectMenu {
	least := 1
	if f.Optional {
		least = 0
	}
	m := discordgo.SelectMenu{
		MenuType: discordgo.StringSelectMenu, CustomID: pack(idMenu, 0, metaOf(at, f)), Placeholder: cut(f.Label, menuHint),
		MinValues: &least, MaxValues: 1,
	}
	if f.Kind == coach.FieldMany {
		m.MaxValues = len(f.Options)
	}
	for _, o := range f.Options {
		m.Options = append(m.Options, discordgo.SelectMenuOption{Label: cut(o.Label, optionLabel), Value: o.Value, Default: chosen(f, o)})
	}
	return m
}

// ticks is the menu of the statements.
func (d *draft) ticks() discordgo.SelectMenu {
	least := 0
	m := discordgo.SelectMenu{
		MenuType: discordgo.StringSelectMenu, CustomID: pack(idTicks, 0), Placeholder: say.TickThose.String(), MinValues: &least,
	}
	for i, f := range d.fields {
		if f.Kind == coach.FieldYes && len(m.Options) < menuOptions {
			m.Options = append(m.Options, discordgo.SelectMenuOption{
				Label: cut(oneLine(f.Label), optionLabel), Value: metaOf(i, f), Default: f.Value == "yes",
			})
		}
	}
	m.MaxValues = len(m.Options)
	return m
}

// ticker is the button of one statement.
func ticker(at int, f coach.FormField) discordgo.Button {
	b := discordgo.Button{Label: unticked + f.Label, Style: discordgo.SecondaryButton, CustomID: pack(idTick, 0, metaOf(at, f), "")}
	if f.Value == "yes" {
		b.Label, b.CustomID = ticked+f.Label, pack(idTick, 0, metaOf(at, f), "1")
	}
	return b
}

// writer is the button that opens a window for a page of texts; it names them.
func (d *draft) writer(n int, page []int) discordgo.Button {
	var labels, metas []string
	for _, at := range page {
		labels, metas = append(labels, d.fields[at].Label), append(metas, metaOf(at, d.fields[at]))
	}
	return discordgo.Button{
		Label: cut(strings.Join(labels, " · "), buttonLabel), Style: discordgo.SecondaryButton,
		Emoji: &discordgo.ComponentEmoji{Name: "✏️"}, CustomID: pack(idWrite, n, metas...),
	}
}
