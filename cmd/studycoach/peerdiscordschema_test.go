//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// discordSchemas is Discord's own description of its API, beside the repository
// (https://github.com/discord/discord-api-spec). Where it is absent, but not in
// CI, requests are held to nothing.
var discordSchemas = sync.OnceValues(func() (*openAPI, error) {
	file := filepath.Join(top, "..", "shared", "schemas", "discord-openapi-3.1.json")
	b, err := os.ReadFile(file)
	if os.IsNotExist(err) && os.Getenv("CI") == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	api := &openAPI{compiler: jsonschema.NewCompiler()}
	if err := json.Unmarshal(b, &api.doc); err != nil {
		return nil, err
	}
	api.compiler.DefaultDraft(jsonschema.Draft2020)
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return api, api.compiler.AddResource("discord.json", whole)
})

type openAPI struct {
	doc struct {
		Paths map[string]map[string]json.RawMessage // by method
	}
	mu       sync.Mutex
	compiler *jsonschema.Compiler
}

// holds tells what is wrong with a request, whose path begins after the version.
func (a *openAPI) holds(method, path string, body []byte) string {
	method = strings.ToLower(method)
	given := strings.Split(path, "/")
	for template, methods := range a.doc.Paths {
		operation, known := methods[method]
		if !known || !isOf(strings.Split(template, "/"), given) {
			continue
		}
		var about struct {
			RequestBody struct{ Content map[string]json.RawMessage }
		}
		if err := json.Unmarshal(operation, &about); err != nil {
			return err.Error()
		}
		if about.RequestBody.Content["application/json"] == nil {
			if len(body) > 0 {
				return "it takes no body"
			}
			return ""
		}
		name := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(template)
		a.mu.Lock()
		schema, err := a.compiler.Compile("discord.json#/paths/" + name + "/" + method + "/requestBody/content/application~1json/schema")
		a.mu.Unlock()
		if err != nil {
			return err.Error()
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			return err.Error()
		}
		return ""
	}
	return "there is no such request"
}

// isOf tells whether a path is one of a template's, such as "/channels/{channel_id}".
func isOf(template, path []string) bool {
	if len(template) != len(path) {
		return false
	}
	for i, part := range template {
		if part != path[i] && (!strings.HasPrefix(part, "{") || strings.HasPrefix(path[i], "@")) {
			return false
		}
	}
	return true
}

// conforms fails the test for a request that Discord would not take.
func (f *discordFront) conforms(r *http.Request, body []byte) {
	api, err := discordSchemas()
	if err != nil {
		f.peer.Error(err)
	}
	if err != nil || api == nil {
		return
	}
	if wrong := api.holds(r.Method, strings.TrimPrefix(r.URL.Path, "/api/v10"), body); wrong != "" {
		f.peer.Errorf("%s %s: %s\n%.2000s", r.Method, r.URL.Path, wrong, body)
	}
}
