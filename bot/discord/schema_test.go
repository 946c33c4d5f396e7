package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// descriptionPath is where Discord's description of its API lies, beside the
// project: an OpenAPI 3.1 document, whose schemas are JSON Schemas.
const descriptionPath = "../../../shared/schemas/discord-openapi-3.1.json"

// description is what Discord's description says of requests.
type description struct {
	paths    map[string]map[string]operation // by path and method
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	known    map[string]*jsonschema.Schema // by place in the document
}

// operation is one request of the API, as far as it matters.
type operation struct {
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	RequestBody *struct {
		Content map[string]json.RawMessage `json:"content"`
	} `json:"requestBody"`
}

// readDescription reads the description once.
var readDescription = sync.OnceValues(func() (*description, error) {
	raw, err := os.ReadFile(descriptionPath)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	d := &description{paths: map[string]map[string]operation{}, compiler: jsonschema.NewCompiler(), known: map[string]*jsonschema.Schema{}}
	for path, item := range doc.Paths {
		d.paths[path] = map[string]operation{}
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			if item[method] == nil {
				continue
			}
			var op operation
			if err := json.Unmarshal(item[method], &op); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			d.paths[path][method] = op
		}
	}
	return d, nil
})

// described returns Discord's description, and skips the test where it is not
// beside the project.
func described(t testing.TB) *description {
	t.Helper()
	d, err := readDescription()
	switch {
	case err == nil:
		return d
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "":
		t.Skip("Discord's description of its API is not beside the project: ", err)
	}
	t.Fatal("Discord's description of its API cannot be read: ", err)
	return nil
}

// checkRequest reports what of a request Discord's description does not allow;
// nothing where the description is not there. body is its JSON, nil for none.
func checkRequest(method, path string, query url.Values, body []byte) error {
	d, _ := readDescription()
	if d == nil {
		return nil // see described
	}
	template := d.find(path)
	op, known := d.paths[template][strings.ToLower(method)]
	if !known {
		return fmt.Errorf("there is no request %s %s", method, path)
	}
	for name := range query {
		if !slices.ContainsFunc(op.Parameters, func(p struct {
			Name string `json:"name"`
			In   string `json:"in"`
		}) bool {
			return p.In == "query" && p.Name == name
		}) {
			return fmt.Errorf("%s %s has no parameter %s", method, template, name)
		}
	}
	switch {
	case op.RequestBody == nil && len(body) > 0:
		return fmt.Errorf("%s %s takes no body", method, template)
	case op.RequestBody == nil:
		return nil
	}
	s, err := d.schema("paths", template, strings.ToLower(method), "requestBody", "content", "application/json", "schema")
	if err != nil {
		return err
	}
	return validate(s, body)
}

// find returns the path of the description that an address is of, the one with
// most words of its own.
func (d *description) find(path string) (best string) {
	parts, most := strings.Split(path, "/"), -1
	for template := range d.paths {
		words, same := 0, strings.Split(template, "/")
		if len(same) != len(parts) {
			continue
		}
		for i, s := range same {
			switch {
			case s == parts[i]:
				words++
			case !strings.HasPrefix(s, "{"):
				words = -len(same)
			}
		}
		if words > most {
			best, most = template, words
		}
	}
	return best
}

// schema returns the schema at a place of the document.
func (d *description) schema(place ...string) (*jsonschema.Schema, error) {
	at := descriptionPath + "#"
	for _, p := range place {
		at += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(p)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[at] == nil {
		s, err := d.compiler.Compile(at)
		if err != nil {
			return nil, err
		}
		d.known[at] = s
	}
	return d.known[at], nil
}

func validate(s *jsonschema.Schema, raw []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// fits reports what of a value, as it is sent, a schema of the description does
// not allow.
func fits(t testing.TB, name string, value any) error {
	t.Helper()
	s, err := described(t).schema("components", "schemas", name)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return validate(s, raw)
}

// The check finds what is wrong: without this, a description that is read
// wrong would allow everything.
func TestTheDescriptionRefuses(t *testing.T) {
	described(t)
	for name, c := range map[string]struct {
		method, path, query, body string
		bad                       bool
	}{
		"a message":         {"POST", "/channels/1/messages", "", `{"content":"x","nonce":"1","enforce_nonce":true}`, false},
		"a long title":      {"POST", "/channels/1/messages", "", `{"embeds":[{"title":"` + strings.Repeat("x", 257) + `"}]}`, true},
		"a number":          {"POST", "/channels/1/messages", "", `{"content":5}`, true},
		"an empty row":      {"POST", "/channels/1/messages", "", `{"components":[{"type":1,"components":[]}]}`, true},
		"no body":           {"POST", "/channels/1/messages", "", ``, true},
		"no such path":      {"GET", "/channels/1/nothing", "", ``, true},
		"no such method":    {"PUT", "/channels/1/messages", "", `{}`, true},
		"no such parameter": {"GET", "/channels/1/messages", "limits=5", ``, true},
		"a page":            {"GET", "/channels/1/messages", "limit=5&before=7", ``, false},
		"myself":            {"GET", "/users/@me", "", ``, false},
		"a modal":           {"POST", "/interactions/1/t/callback", "", `{"type":9,"data":{"custom_id":"a","title":"b","components":[]}}`, true},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkRequest(c.method, c.path, query, []byte(c.body)); (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
	}
}
