package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// Limits of a request's body.
const (
	maxBody  = 64 << 10 // bytes
	maxDepth = 8        // of nested lists and objects
)

// refusal is an error to be shown to whoever sent the request.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// taking makes an endpoint of a function from a request to what it answers.
func taking[T any](p *Playground, f func(context.Context, T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		var out any
		err := read(w, r, &in)
		if err == nil {
			out, err = f(r.Context(), in)
		}
		p.respond(w, out, err)
	}
}

// read takes the body of a request, bounded before it is parsed.
func read(w http.ResponseWriter, r *http.Request, in any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "Send JSON, with the content type application/json.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, "A request has up to %d bytes.", maxBody)
	case err != nil:
		return refuse(http.StatusBadRequest, "The request broke off.")
	}
	return decode(body, in)
}

// decode reads one JSON value strictly.
func decode(body []byte, in any) error {
	switch {
	case !utf8.Valid(body):
		return refuse(http.StatusBadRequest, "The request is not UTF-8.")
	case depth(body) > maxDepth:
		return refuse(http.StatusBadRequest, "The request is nested more than %d deep.", maxDepth)
	case !json.Valid(body):
		return refuse(http.StatusBadRequest, "The request is not JSON.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(in)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return refuse(http.StatusBadRequest, "The request does not fit: %s cannot be a JSON %s.", short(wrong.Field), wrong.Value)
	case err != nil:
		return refuse(http.StatusBadRequest, "The request does not fit: %s.", short(err.Error()))
	}
	return nil
}

// depth is how deep lists and objects are nested in JSON text.
func depth(body []byte) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case inString && b == '\\':
			i++
		case b == '"':
			inString = !inString
		case inString:
		case b == '{' || b == '[':
			depth++
			deepest = max(deepest, depth)
		case b == '}' || b == ']':
			depth--
		}
	}
	return deepest
}

// respond writes what an endpoint answers, or its error.
func (p *Playground) respond(w http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	if err != nil {
		var r *refusal
		if !errors.As(err, &r) {
			p.log.Error("The playground could not answer a request.", "err", err)
			r = &refusal{http.StatusInternalServerError, "Something went wrong on this side. The log says what."}
		}
		status, out = r.status, map[string]string{"error": r.text}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(out); err != nil {
		p.log.Debug("A playground's answer was not read.", "err", err)
	}
}

// short cuts what came in to a length that can be shown in an error.
func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}
