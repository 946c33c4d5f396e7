package content

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Schema returns the JSON Schema (draft 2020-12) of a kind of file, for editors:
// "roadmap", "week", "questions" or "checkpoints".
//
// It comes from going through the layout as read does, with no file at hand: each
// method of node notes in a form what it would have read. So it holds what one
// value must be; what several values must be together, only reading them tells.
func Schema(name string) ([]byte, error) {
	r := &reader{fsys: embed.FS{}}
	layouts := map[string]func(*mapping){
		"roadmap":     r.head,
		"week":        func(m *mapping) { r.weekFile(m, 1) },
		"questions":   func(m *mapping) { r.questionFile(m, map[string]string{}) },
		"checkpoints": r.checkpointFile,
	}
	layout, ok := layouts[name]
	if !ok {
		return nil, fmt.Errorf("there is no schema %q; %s", name, hint(name, slices.Collect(maps.Keys(layouts))))
	}
	root := &form{Schema: "https://json-schema.org/draft/2020-12/schema", Title: "studycoach " + name}
	layout(node{problems: &r.problems, name: name, form: root}.mapping())
	schema, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema %s: %w", name, err)
	}
	return append(schema, '\n'), nil
}

// form is what may stand at a node, in the words of JSON Schema. Its methods each
// note one thing of that; those of nil, where a file is being read, do nothing.
type form struct {
	Schema      string           `json:"$schema,omitempty"`
	Title       string           `json:"title,omitempty"`
	Description string           `json:"description,omitempty"`
	Type        string           `json:"type,omitempty"`
	Enum        []string         `json:"enum,omitempty"`
	MaxLength   int              `json:"maxLength,omitempty"`
	Pattern     string           `json:"pattern,omitempty"`
	Minimum     *int             `json:"minimum,omitempty"`
	Maximum     *int             `json:"maximum,omitempty"`
	MinItems    int              `json:"minItems,omitempty"`
	MaxItems    int              `json:"maxItems,omitempty"`
	Items       *form            `json:"items,omitempty"`
	Properties  map[string]*form `json:"properties,omitempty"`
	Additional  *bool            `json:"additionalProperties,omitempty"`
	Required    []string         `json:"required,omitempty"`
	AnyOf       []*form          `json:"anyOf,omitempty"`
	AllOf       []*form          `json:"allOf,omitempty"`
	If          *form            `json:"if,omitempty"`
	Then        *form            `json:"then,omitempty"`
	Not         *form            `json:"not,omitempty"`
}

func (f *form) mapping() {
	if f != nil {
		f.Type, f.Properties = "object", map[string]*form{}
	}
}

// property returns the form of a key's value.
func (f *form) property(key, want string) *form {
	if f == nil {
		return nil
	}
	f.Properties[key] = &form{Description: want}
	return f.Properties[key]
}

func (f *form) require(key string) {
	if f != nil {
		f.Required = append(f.Required, key)
	}
}

// variant returns a node that is described by what holds only where key is kind.
func (f *form) variant(key string, kind Kind, n node) node {
	n.form = &form{Properties: map[string]*form{}}
	f.AllOf = append(f.AllOf, &form{
		If:   &form{Properties: map[string]*form{key: {Enum: []string{string(kind)}}}, Required: []string{key}},
		Then: n.form,
	})
	return n
}

// close forbids other keys. What the variants hold becomes a property of the
// whole, which those of another kind must not have.
func (f *form) close() {
	if f == nil || f.Properties == nil {
		return
	}
	f.Additional = new(bool)
	for _, v := range f.AllOf {
		for key, value := range v.Then.Properties {
			if f.Properties[key] == nil {
				f.Properties[key] = &form{Description: value.Description}
			}
			for _, other := range f.AllOf {
				if other.Then.Properties[key] == nil {
					other.Then.Properties[key] = &form{Not: &form{}}
				}
			}
		}
	}
}

func (f *form) list(least, most int) *form {
	f.Type, f.MinItems, f.MaxItems, f.Items = "array", least, most, &form{}
	return f.Items
}

func (f *form) text(most int) {
	if f != nil {
		f.Type, f.MaxLength, f.Pattern = "string", most, `\S`
	}
}

// match asks of a text what is stricter than not to be blank.
func (f *form) match(pattern string) {
	if f != nil {
		f.Pattern = pattern
	}
}

func (f *form) oneOf(words []string) {
	if f != nil {
		*f = form{Description: f.Description, Enum: words}
	}
}

func (f *form) number(least, most int) {
	if f != nil {
		f.Type, f.Minimum, f.Maximum = "integer", &least, &most
	}
}

func (f *form) truth() {
	if f != nil {
		f.Type = "boolean"
	}
}

// either returns two forms of which one must hold.
func (f *form) either() (one, other *form) {
	if f == nil {
		return nil, nil
	}
	one, other = &form{}, &form{}
	f.AnyOf = []*form{one, other}
	return one, other
}
