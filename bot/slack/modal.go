package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"studycoach/coach"
	"studycoach/content/say"
)

// where is what an event needs to know when a form comes back. It travels in
// the view's private_metadata.
type where struct {
	Room   coach.RoomID `json:"room"`
	Thread string       `json:"thread,omitempty"` // the ts of the message in whose thread the answer goes
}

// filling is what a view carries: which form it is and where it was opened.
type filling struct {
	Verb  string            `json:"verb"`
	Args  map[string]string `json:"args,omitempty"`
	Where where             `json:"where"`
}

// modal makes the view of a form.
func modal(f coach.Form, w where) slack.ModalViewRequest {
	carried, _ := json.Marshal(filling{f.Verb, f.Args, w}) // of strings: it cannot fail
	v := slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      prefix + "form",
		Title:           plain(f.Title, maxTitle),
		Submit:          plain(f.Submit, maxTitle),
		PrivateMetadata: string(carried),
	}
	if f.Intro != "" {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, section(rich(f.Intro)...))
	}
	for _, field := range f.Fields {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, input(blockID(f, field), field))
	}
	return v
}

// blockID names the block of a form's field. Slack keeps what people typed into
// a block of the same id when it shows another view, so an id is of one form
// and of one first value.
func blockID(f coach.Form, field coach.FormField) string {
	sum := sha256.New()
	for _, s := range append([]string{f.Verb, field.Value, string(field.Kind)}, pairs(f.Args)...) {
		sum.Write([]byte(s + "\x00"))
	}
	return prefix + hex.EncodeToString(sum.Sum(nil)[:6]) + "/" + field.Name
}

func pairs(m map[string]string) (out []string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k, m[k])
	}
	return out
}

// fieldName is the field that a block is for; empty when the bot did not make it.
func fieldName(blockID string) string {
	rest, ok := strings.CutPrefix(blockID, prefix)
	if !ok {
		return ""
	}
	_, name, _ := strings.Cut(rest, "/")
	return name
}

// valueID is the action id of the one element in a field's block.
const valueID = prefix + "value"

func input(id string, f coach.FormField) *slack.InputBlock {
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = plain(f.Hint, maxHint)
	}
	b := slack.NewInputBlock(id, plain(f.Label, maxLabel), hint, control(f))
	b.Optional = f.Optional || f.Kind == coach.FieldYes
	return b
}

func control(f coach.FormField) slack.BlockElement {
	switch f.Kind {
	case coach.FieldDate:
		e := slack.NewDatePickerBlockElement(valueID)
		if _, err := time.Parse(time.DateOnly, f.Value); err == nil {
			e.InitialDate = f.Value
		}
		return e
	case coach.FieldTime:
		e := slack.NewTimePickerBlockElement(valueID)
		if _, err := time.Parse("15:04", f.Value); err == nil {
			e.InitialTime = f.Value
		}
		return e
	case coach.FieldOne:
		list := options(f.Options)
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, valueID, list...)
		for _, o := range list {
			if o.Value == f.Value {
				e.InitialOption = o
			}
		}
		return e
	case coach.FieldMany:
		list := options(f.Options)
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, valueID, list...)
		chosen := strings.Split(f.Value, ",")
		for _, o := range list {
			if slices.Contains(chosen, o.Value) {
				e.InitialOptions = append(e.InitialOptions, o)
			}
		}
		return e
	case coach.FieldYes:
		yes := slack.NewOptionBlockObject("yes", plain(say.OptionYes.String(), maxOptionText), nil)
		e := slack.NewCheckboxGroupsBlockElement(valueID, yes)
		if f.Value == "yes" {
			e.InitialOptions = append(e.InitialOptions, yes)
		}
		return e
	}
	limit := min(cmp.Or(f.Max, 150), maxInput)
	return slack.NewPlainTextInputBlockElement(nil, valueID).
		WithMultiline(f.Kind == coach.FieldArea).
		WithMaxLength(limit).
		WithInitialValue(cut(f.Value, limit, verbatim))
}

func options(all []coach.Option) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, o := range all[:min(len(all), maxOptions)] {
		out = append(out, slack.NewOptionBlockObject(o.Value, plain(o.Label, maxOptionText), nil))
	}
	return out
}

// submitted reads a submitted view: the form's verb, its arguments and values
// as coach.FormField has them, and where it was opened. It refuses what the bot
// did not make with errForeign.
func submitted(v slack.View) (verb string, args map[string]string, w where, err error) {
	var f filling
	if v.CallbackID != prefix+"form" || json.Unmarshal([]byte(v.PrivateMetadata), &f) != nil || f.Verb == "" {
		return "", nil, where{}, errForeign
	}
	args = map[string]string{}
	maps.Copy(args, f.Args)
	if v.State != nil {
		for id, values := range v.State.Values {
			if name := fieldName(id); name != "" {
				args[name] = value(values[valueID])
			}
		}
	}
	return f.Verb, args, f.Where, nil
}

// value is what an element holds, as coach.FormField has it.
func value(a slack.BlockAction) string {
	switch string(a.Type) {
	case string(slack.METDatepicker):
		return a.SelectedDate
	case string(slack.METTimepicker):
		return a.SelectedTime
	case slack.OptTypeStatic:
		return a.SelectedOption.Value
	case slack.MultiOptTypeStatic, string(slack.METCheckboxGroups):
		var list []string
		for _, o := range a.SelectedOptions {
			list = append(list, o.Value)
		}
		return strings.Join(list, ",")
	}
	return a.Value
}

// again answers the submission of a view with a form to mend: with its errors,
// where it is the view's form with what was submitted, else with a new view.
func again(v slack.View, f coach.Form, w where) *slack.ViewSubmissionResponse {
	if errs := fieldErrors(v, f); len(errs) > 0 {
		return slack.NewErrorsViewSubmissionResponse(errs)
	}
	view := modal(f, w)
	return slack.NewUpdateViewSubmissionResponse(&view)
}

// fieldErrors are the errors of a form by the block of its field in the view.
func fieldErrors(v slack.View, f coach.Form) map[string]string {
	errs := map[string]string{}
	if v.State == nil {
		return nil
	}
	for id := range v.State.Values {
		for _, field := range f.Fields {
			if field.Error != "" && field.Name == fieldName(id) {
				errs[id] = field.Error
			}
		}
	}
	return errs
}
