package slack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"studycoach/coach"
	"studycoach/content/say"
)

// valueID is the action id of the one element in a field's block.
const valueID = prefix + "value"

// yes is the value of a ticked field.
const yes = "yes"

// control makes the element of a form's field. What the field holds at first is
// left out where the element cannot hold it, for which Slack would refuse the
// whole view. A choice of nothing has no element: nil.
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
		if at, err := time.Parse("15:04", f.Value); err == nil {
			e.InitialTime = at.Format("15:04") // it takes no 9:00
		}
		return e
	case coach.FieldNumber:
		e := slack.NewNumberInputBlockElement(nil, valueID, false).WithMinValue("0")
		if n, err := strconv.ParseUint(f.Value, 10, 31); err == nil {
			e.InitialValue = strconv.FormatUint(n, 10)
		}
		return e
	case coach.FieldOne:
		return oneOf(f)
	case coach.FieldMany:
		return manyOf(f)
	case coach.FieldYes:
		o := option(yes, say.OptionYes.String())
		e := slack.NewCheckboxGroupsBlockElement(valueID, o)
		if f.Value == yes {
			e.InitialOptions = e.Options
		}
		return e
	}
	limit := min(cmp.Or(f.Max, maxLine), maxInput)
	return slack.NewPlainTextInputBlockElement(nil, valueID).
		WithMultiline(f.Kind == coach.FieldArea).
		WithMaxLength(limit).
		WithInitialValue(cut(tidy(f.Value), limit, verbatim))
}

// maxLine is how many characters a text takes that does not say.
const maxLine = 150

// oneOf makes the element of a choice of one.
func oneOf(f coach.FormField) slack.BlockElement {
	all := options(f.Options)
	if len(all) == 0 {
		return nil
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, valueID)
	if e.Options = all; len(all) > maxOptions {
		e.Options, e.OptionGroups = nil, groups(all)
	}
	for _, o := range all {
		if o.Value == f.Value {
			e.InitialOption = o
		}
	}
	return e
}

// manyOf makes the element of a choice of any: boxes to tick, or a menu where
// they would be too many.
func manyOf(f coach.FormField) slack.BlockElement {
	all := options(f.Options)
	var chosen []*slack.OptionBlockObject
	for _, o := range all {
		if slices.Contains(strings.Split(f.Value, ","), o.Value) {
			chosen = append(chosen, o)
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(all) <= maxCheckboxes:
		e := slack.NewCheckboxGroupsBlockElement(valueID, all...)
		e.InitialOptions = chosen
		return e
	}
	e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, valueID)
	if e.Options = all; len(all) > maxOptions {
		e.Options, e.OptionGroups = nil, groups(all)
	}
	e.InitialOptions = chosen
	return e
}

// options makes the choices of a field. One whose value Slack would not bring
// back as it is, or that is there already, is left out.
func options(all []coach.Option) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	seen := map[string]bool{}
	for _, o := range all {
		if o.Value == "" || o.Value != tidy(o.Value) || size(o.Value) > maxOptionValue || seen[o.Value] || len(out) == maxGroups*maxOptions {
			continue
		}
		seen[o.Value] = true
		out = append(out, option(o.Value, o.Label))
	}
	return out
}

func option(value, label string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(label, maxOptionText), nil)
}

// groups divides more options than a menu takes into groups, each named after
// the first of its options.
func groups(all []*slack.OptionBlockObject) []*slack.OptionGroupBlockObject {
	var out []*slack.OptionGroupBlockObject
	for group := range slices.Chunk(all, maxOptions) {
		out = append(out, slack.NewOptionGroupBlockElement(group[0].Text, group...))
	}
	return out
}

// held is what a field of a view holds.
type held struct{ block, value string }

// inputs are the fields of a submitted view by name. What the bot did not make
// is none.
func inputs(v slack.View) map[string]held {
	out := map[string]held{}
	if v.State == nil {
		return out
	}
	for id, elements := range v.State.Values {
		rest, ours := strings.CutPrefix(id, prefix)
		if _, name, found := strings.Cut(rest, "/"); ours && found {
			out[name] = held{id, value(elements[valueID])}
		}
	}
	return out
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
