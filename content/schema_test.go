package content

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// layouts are the names that Schema knows, with the files they are of.
var layouts = map[string]*regexp.Regexp{
	"roadmap":     regexp.MustCompile(`/roadmap\.yaml$`),
	"week":        regexp.MustCompile(`/weeks/.*\.yaml$`),
	"questions":   regexp.MustCompile(`/questions/.*\.yaml$`),
	"checkpoints": regexp.MustCompile(`/checkpoints\.yaml$`),
}

// bySchema returns what the schema of a file's layout finds wrong with it.
func bySchema(t *testing.T, name string, data []byte) []string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return []string{err.Error()}
	}
	for layout, files := range layouts {
		if files.MatchString(name) {
			return validate(t, schemaOf(t, layout), value, path.Base(name))
		}
	}
	t.Fatalf("no schema is for %s", name)
	return nil
}

func schemaOf(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := Schema(name)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate is as much of a JSON Schema validator as these schemas need. A keyword
// it does not know fails the test.
func validate(t *testing.T, schema map[string]any, value any, at string) (wrong []string) {
	t.Helper()
	report := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		want := schema[keyword]
		text, isText := value.(string)
		list, isList := value.([]any)
		object, isObject := value.(map[string]any)
		number, isNumber := whole(value)
		switch keyword {
		case "$schema", "title", "description", "then":
		case "type":
			is := map[any]bool{"string": isText, "array": isList, "object": isObject, "integer": isNumber}
			_, is["boolean"] = value.(bool)
			if _, known := is[want]; !known {
				t.Fatalf("unknown type %v", want)
			}
			if !is[want] {
				report("%v is no %s", value, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				report("%v is none of %v", value, want)
			}
		case "maxLength":
			if isText && utf8.RuneCountInString(text) > int(want.(float64)) {
				report("too long")
			}
		case "pattern":
			if isText && !regexp.MustCompile(want.(string)).MatchString(text) {
				report("%q does not match %v", text, want)
			}
		case "minimum":
			if isNumber && number < want.(float64) {
				report("%v is less than %v", value, want)
			}
		case "maximum":
			if isNumber && number > want.(float64) {
				report("%v is more than %v", value, want)
			}
		case "minItems":
			if isList && len(list) < int(want.(float64)) {
				report("%d items", len(list))
			}
		case "maxItems":
			if isList && len(list) > int(want.(float64)) {
				report("%d items", len(list))
			}
		case "items":
			for i, item := range list {
				wrong = append(wrong, validate(t, want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "required":
			for _, key := range want.([]any) {
				if _, ok := object[key.(string)]; isObject && !ok {
					report("no %v", key)
				}
			}
		case "properties":
			for key, of := range want.(map[string]any) {
				if v, ok := object[key]; ok {
					wrong = append(wrong, validate(t, of.(map[string]any), v, at+"."+key)...)
				}
			}
		case "additionalProperties":
			known, _ := schema["properties"].(map[string]any)
			for key := range object {
				if _, ok := known[key]; !ok && want == false {
					report("%s is unknown", key)
				}
			}
		case "anyOf":
			if !slices.ContainsFunc(want.([]any), func(one any) bool { return validate(t, one.(map[string]any), value, at) == nil }) {
				report("%v is none of what it may be", value)
			}
		case "allOf":
			for _, one := range want.([]any) {
				wrong = append(wrong, validate(t, one.(map[string]any), value, at)...)
			}
		case "if":
			if validate(t, want.(map[string]any), value, at) == nil {
				wrong = append(wrong, validate(t, schema["then"].(map[string]any), value, at)...)
			}
		case "not":
			if validate(t, want.(map[string]any), value, at) == nil {
				report("it must not be there")
			}
		default:
			t.Fatalf("unknown keyword %s", keyword)
		}
	}
	return wrong
}

// whole returns a YAML integer.
func whole(value any) (float64, bool) {
	switch v := value.(type) {
	case uint64:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// TestSchemasTakeWhatIsThere validates every built-in file, and those of
// testdata/small.
func TestSchemasTakeWhatIsThere(t *testing.T) {
	seen := map[string]bool{}
	for _, dir := range []fs.FS{files, os.DirFS("testdata")} {
		err := fs.WalkDir(dir, ".", func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !isYAML(name) {
				return err
			}
			data, err := fs.ReadFile(dir, name)
			for _, wrong := range bySchema(t, name, data) {
				t.Errorf("%s: %s", name, wrong)
			}
			for layout, of := range layouts {
				seen[layout] = seen[layout] || of.MatchString(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != len(layouts) {
		t.Errorf("seen only %v", seen)
	}
}

// TestSchemasSeeFaults holds that an editor sees each planted fault but those that
// take a second file, or more than one value, or are of what the text says.
func TestSchemasSeeFaults(t *testing.T) {
	unseen := map[string]bool{}
	for _, c := range faults() {
		if !isYAML(c.file) {
			continue
		}
		if bySchema(t, "small/"+c.file, c.plant(t)["small/"+c.file].Data) == nil {
			unseen[c.fault] = true
		}
	}
	want := map[string]bool{}
	for _, fault := range []string{
		"anchor",
		"answer too long for a message",
		"checkpoint id twice",
		"checkpoints out of order",
		"control character",
		"control character in quotes",
		"dangling skill",
		"dangling unit of a milestone",
		"dangling unit of a question",
		"dangling unit of a statement",
		"dangling week of a checkpoint",
		"doubled mark",
		"hours the wrong way round",
		"id is not the folder",
		"link that is no address",
		"list too long for a field",
		"milestone id twice",
		"milestones out of order",
		"misspelt review",
		"mode against the minutes",
		"no minutes at all",
		"no option right",
		"no time left for a task",
		"number in another base",
		"option twice",
		"phase far from the share",
		"phase id twice",
		"prompt without a check",
		"question id of another unit",
		"question id twice",
		"review of nothing near",
		"review used twice",
		"skill id twice",
		"statement id twice",
		"statement leads to the future",
		"tab",
		"tag",
		"tasks that take longer than the unit",
		"text too long for a field",
		"time for AI and nothing for it to do",
		"title with marks",
		"two options right",
		"unclosed code",
		"unclosed mark",
		"unit id of another week",
		"unit id out of order",
		"unit too long for a message",
		"variant with another time",
		"week listed but missing",
		"week with another number",
		"week with too little time",
		"week with too much time",
		"weeks out of order",
		"work for AI and no time for it",
	} {
		want[fault] = true
	}
	if diff := cmp.Diff(want, unseen); diff != "" {
		t.Errorf("faults that no schema sees (-want +got):\n%s", diff)
	}
}

func TestUnknownSchema(t *testing.T) {
	_, err := Schema("question")
	if want := `there is no schema "question"; did you mean questions?`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestSchemaInFull shows the schema that has every keyword but the bounds of
// numbers.
func TestSchemaInFull(t *testing.T) {
	const golden = "testdata/questions.schema.json"
	got, err := Schema("questions")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}
