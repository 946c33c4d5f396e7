package discord

import (
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
	"studycoach/content/say"
)

// A form has two shapes. One of text inputs only, few enough for a window, opens
// as a window (a modal). Any other is a message that its reader alone sees: it
// lists what is filled so far, has a menu or a button for each choice, a button
// that opens a window for the texts, and one that submits it all. A form that
// comes back with errors, or comes too late for a window, is such a message too.
//
// The bot keeps nothing of a form that is being filled. Discord hands the
// message back with every press on it, and the message holds everything: people
// read the values in it, and the ids of its components say which field is which.
// So it survives a restart, and any replica can go on with it.

// The limits of windows, menus and texts in them:
// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
// https://docs.discord.com/developers/components/reference#text-input
// https://docs.discord.com/developers/components/reference#string-select
const (
	modalTitle  = 45
	modalParts  = 5 // components
	displaySize = 4000
	inputLabel  = 45
	inputHint   = 100
	inputSize   = 4000
	menuOptions = 25
	menuHint    = 150
	optionLabel = 100
)

// defaultMax is how many characters a text takes that does not say; a date or
// time has room for words such as "next friday" too.
const defaultMax = 150

// The ids of a form's components and windows.
const (
	idSave  = "B" // the button that submits: the form's verb and arguments
	idWrite = "C" // a button that opens a window: its fields
	idMenu  = "D" // a menu: its field
	idTicks = "E" // the menu of all statements; each option's value is its field
	idTick  = "F" // a button for one statement: its field, and "1" when it is ticked
	idModal = "G" // a window that is the whole form: verb and arguments
	idPage  = "H" // a window of a form's message: "1" when it submits the form
)

// onForm tells whether a custom_id belongs to a form, and to no action.
func onForm(customID string) bool {
	kind, _, err := unpack(customID)
	return err == nil && strings.Contains(idSave+idWrite+idMenu+idTicks+idTick+idModal+idPage, kind)
}

// step is what a press, or a window that was submitted, leads to: a window, a
// form's message, or an event for the coach.
type step struct {
	Modal *discordgo.InteractionResponseData // the window to open
	Form  *post                              // what the form's message shows from now on; of a submission: where that fails
	Verb  string                             // of the event; to a submission the answer takes the place of the form's message
	Args  map[string]string
	Typed []string // of a submission from a window without a message: the texts
}

// modal is a form as a window; ok is false when it needs a message.
func modal(f coach.Form) (w *discordgo.InteractionResponseData, ok bool) {
	id := pack(idModal, 0, verbParts(f.Verb, f.Args)...)
	parts := len(f.Fields)
	if f.Intro != "" {
		parts++
	}
	ok = len(f.Fields) > 0 && parts <= modalParts && count(id) <= idSize
	for _, field := range f.Fields {
		ok = ok && isInput(field) && field.Error == ""
	}
	if !ok {
		return nil, false
	}
	w = window(id, f.Title, f.Fields)
	if f.Intro != "" {
		intro := discordgo.TextDisplay{Content: split(markdown(f.Intro), displaySize)[0]}
		w.Components = append([]discordgo.MessageComponent{intro}, w.Components...)
	}
	return w, true
}

// window is a modal of inputs.
func window(id, title string, fields []coach.FormField) *discordgo.InteractionResponseData {
	w := &discordgo.InteractionResponseData{CustomID: id, Title: cut(title, modalTitle)}
	for _, f := range fields {
		w.Components = append(w.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{input(f)}})
	}
	return w
}

// input is a field as a text input, which is submitted under the field's name.
func input(f coach.FormField) discordgo.TextInput {
	in := discordgo.TextInput{
		CustomID: f.Name, Label: cut(f.Label, inputLabel), Style: discordgo.TextInputShort, Placeholder: cut(f.Hint, inputHint),
		Required: !f.Optional, Value: f.Value, MaxLength: min(max(maxOf(f), count(f.Value)), inputSize),
	}
	if f.Kind == coach.FieldArea {
		in.Style = discordgo.TextInputParagraph
	}
	if in.Placeholder == "" {
		switch f.Kind {
		case coach.FieldDate:
			in.Placeholder = say.ExampleDate.String()
		case coach.FieldTime:
			in.Placeholder = say.ExampleTime.String()
		}
	}
	in.Value = cut(in.Value, in.MaxLength)
	return in
}

// isInput tells whether a field is filled in a window.
func isInput(f coach.FormField) bool {
	switch f.Kind {
	case coach.FieldText, coach.FieldArea, coach.FieldDate, coach.FieldTime, coach.FieldNumber:
		return true
	}
	return false
}

// isMenu tells whether a field has a menu of its own.
func isMenu(f coach.FormField) bool {
	return f.Kind == coach.FieldOne || f.Kind == coach.FieldMany
}

// maxOf is how many characters a text takes.
func maxOf(f coach.FormField) int {
	if f.Max > 0 {
		return f.Max
	}
	return defaultMax
}

// filled says what a press on a form's message leads to.
func filled(m *discordgo.Message, d discordgo.MessageComponentInteractionData) (step, error) {
	f, err := readDraft(m)
	if err != nil {
		return step{}, err
	}
	kind, parts, err := unpack(d.CustomID)
	if err != nil {
		return step{}, err
	}
	switch kind {
	case idSave:
		return f.save(), nil
	case idWrite:
		if page := f.page(parts); len(page) > 0 {
			return step{Modal: window(pack(idPage, 0, ""), f.title, page)}, nil
		}
	case idMenu:
		if field := f.field(parts); field != nil {
			field.Value, field.Error = strings.Join(d.Values, ","), ""
			return f.again(), nil
		}
	case idTicks:
		f.tick(d.Values)
		return f.again(), nil
	case idTick:
		if field := f.field(parts); field != nil {
			field.Value = map[bool]string{true: "", false: "yes"}[field.Value == "yes"]
			return f.again(), nil
		}
	}
	return step{}, errNotOurs
}

// submitted says what a submitted window leads to. m is the message of the form
// that it belongs to, nil for a window that was the whole form.
func submitted(m *discordgo.Message, d discordgo.ModalSubmitInteractionData) (step, error) {
	kind, parts, err := unpack(d.CustomID)
	if err != nil {
		return step{}, err
	}
	typed := inputsOf(d)
	switch kind {
	case idModal:
		verb, args, err := verbOf(parts)
		if err != nil {
			return step{}, err
		}
		maps.Copy(args, typed)
		s := step{Verb: verb, Args: args}
		for _, name := range slices.Sorted(maps.Keys(typed)) {
			if typed[name] != "" {
				s.Typed = append(s.Typed, typed[name])
			}
		}
		return s, nil
	case idPage:
		f, err := readDraft(m)
		if err != nil || len(parts) != 1 {
			return step{}, errNotOurs
		}
		for i, field := range f.fields {
			if value, ok := typed[field.Name]; ok && isInput(field) {
				f.fields[i].Value, f.fields[i].Error = value, ""
			}
		}
		if parts[0] == "" {
			return f.again(), nil
		}
		return f.hand(), nil
	}
	return step{}, errNotOurs
}

// inputsOf are the texts of a submitted window, by name.
func inputsOf(d discordgo.ModalSubmitInteractionData) map[string]string {
	values := map[string]string{}
	for _, c := range d.Components {
		row, ok := c.(*discordgo.ActionsRow)
		if !ok {
			continue // an introduction
		}
		for _, c := range row.Components {
			if in, ok := c.(*discordgo.TextInput); ok {
				values[in.CustomID] = in.Value
			}
		}
	}
	return values
}
