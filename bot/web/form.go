package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"studycoach/coach"
)

// maxLine is how many characters a text field takes that does not say.
const maxLine = 150

// openForm is a form that was shown to a person.
type openForm struct {
	id   string
	call call // what it answered
	form coach.Form
}

type submitRequest struct {
	ID     string               `json:"id"` // see sayRequest
	As     string               `json:"as"`
	Form   string               `json:"form"`   // its id
	Values map[string]formValue `json:"values"` // by field; a field that is left out keeps what it showed
}

// formValue is what a field holds. It reads a string, a list of strings or a
// truth value, and keeps them as coach.FormField has them: "a", "a,b", "yes".
type formValue string

func (v *formValue) UnmarshalJSON(b []byte) error {
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		return err
	}
	switch x := value.(type) {
	case string:
		*v = formValue(x)
	case bool:
		*v = ""
		if x {
			*v = "yes"
		}
	case []any:
		var list []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return fmt.Errorf("a list of %T in a form", e)
			}
			list = append(list, s)
		}
		*v = formValue(strings.Join(list, ","))
	default:
		return fmt.Errorf("a %T in a form", x)
	}
	return nil
}

// submit takes a filled form.
func (p *Playground) submit(ctx context.Context, in submitRequest) (any, error) {
	return p.deliver(ctx, in.ID, func(id string) (call, error) { return p.submitted(id, in) })
}

func (p *Playground) submitted(id string, in submitRequest) (call, error) {
	by, err := p.sender(in.As)
	if err != nil {
		return call{}, err
	}
	f, ok := p.forms.get(in.Form)
	if !ok || f.call.event.From != coach.User(platform, workspace, by.ID) {
		return call{}, refuse(http.StatusNotFound, "%s has no such form open. Ask for it again.", by.Name)
	}
	args, err := fill(f.form, in.Values)
	if err != nil {
		return call{}, err
	}
	c := f.call
	c.event = p.event(id, by, c.room)
	c.event.Verb, c.event.Args, c.event.Submit = f.form.Verb, args, true
	return c, nil
}

// fill joins a form's arguments with its values. It lets through only what the
// form's controls on a page let through, as the forms of other platforms do.
func fill(f coach.Form, values map[string]formValue) (map[string]string, error) {
	args := map[string]string{}
	maps.Copy(args, f.Args)
	for _, field := range f.Fields {
		value, given := values[field.Name]
		if !given {
			value = formValue(field.Value)
		}
		if wrong := problem(field, string(value)); wrong != "" {
			return nil, refuse(http.StatusBadRequest, "%s: %s", field.Label, wrong)
		}
		args[field.Name] = string(value)
	}
	for name := range values {
		if !slices.ContainsFunc(f.Fields, func(x coach.FormField) bool { return x.Name == name }) {
			return nil, refuse(http.StatusBadRequest, "The form has no field %q.", short(name))
		}
	}
	return args, nil
}

// problem says what keeps a value from fitting its field; empty: nothing.
func problem(f coach.FormField, value string) string {
	if strings.TrimSpace(value) == "" {
		if f.Optional || f.Kind == coach.FieldYes {
			return ""
		}
		return "this is needed."
	}
	known := func(v string) bool {
		return slices.ContainsFunc(f.Options, func(o coach.Option) bool { return o.Value == v })
	}
	var err error
	switch f.Kind {
	case coach.FieldText, coach.FieldArea:
		limit := f.Max
		if limit == 0 {
			limit = maxLine
		}
		if n := utf8.RuneCountInString(value); n > limit {
			return fmt.Sprintf("up to %d characters fit, these are %d.", limit, n)
		}
	case coach.FieldNumber:
		_, err = strconv.ParseUint(value, 10, 31)
	case coach.FieldDate:
		_, err = time.Parse(time.DateOnly, value)
	case coach.FieldTime:
		_, err = time.Parse("15:04", value)
	case coach.FieldOne:
		if !known(value) {
			return fmt.Sprintf("%q is not one of the choices.", short(value))
		}
	case coach.FieldMany:
		for v := range strings.SplitSeq(value, ",") {
			if !known(v) {
				return fmt.Sprintf("%q is not one of the choices.", short(v))
			}
		}
	case coach.FieldYes:
		if value != "yes" {
			return "it is either ticked or not."
		}
	}
	if err != nil {
		return fmt.Sprintf("%q is not a %s.", short(value), f.Kind)
	}
	return ""
}
