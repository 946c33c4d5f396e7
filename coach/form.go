package coach

// field returns the field of a name, which the form must have.
func (f *Form) field(name string) *FormField {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	panic("form " + f.Verb + " has no field " + name)
}

// fill puts submitted values into the fields, cut where no field can hold them.
func (f *Form) fill(values map[string]string) {
	for i := range f.Fields {
		field := &f.Fields[i]
		field.Value = clip(values[field.Name], max(field.Max, 150))
	}
}

// failed tells whether a field has an error.
func (f *Form) failed() bool {
	for _, field := range f.Fields {
		if field.Error != "" {
			return true
		}
	}
	return false
}
