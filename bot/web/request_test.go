package web

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"as":"ada","room":"general","text":"hi","thread":1}`,
		`{"as":"ada","message":2,"action":"Undo"}`, `{"as":"ada","message":2,"action":1}`,
		`{"form":"x","values":{"a":"b","c":true,"d":["e"]}}`,
		`{"advance":"1w"}`, `[[[[[[[[[`, `{"a":"\\\"["}`, `null`, "\"\xff\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, in := range []any{&sayRequest{}, &pressRequest{}, &submitRequest{}, &moveRequest{}} {
			err := decode(body, in)
			var r *refusal
			if err != nil && (!errors.As(err, &r) || r.status != 400 || len(r.text) > 400) {
				t.Errorf("%q: %v", body, err)
			}
			if err == nil && !json.Valid(body) {
				t.Errorf("%q is taken", body)
			}
		}
	})
}

func FuzzCommand(f *testing.F) {
	for _, seed := range []string{"/checkin 45m read", "/", "//", "/a\nb", "hello", "/\u00a0x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		verb, rest, ok := command(text)
		if ok != strings.HasPrefix(text, "/") || strings.ContainsAny(verb, " \n\t") {
			t.Errorf("command(%q) = %q, %q, %t", text, verb, rest, ok)
		}
	})
}

func FuzzLength(f *testing.F) {
	for _, seed := range []string{"1w", "24h", "-1h", "999d", "1000d", "1e9h", "w"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := length(text); !ok && d != 0 {
			t.Errorf("length(%q) = %v without ok", text, d)
		}
	})
}

func TestDepth(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 0, `{}`: 1, `[{"a":[]}]`: 3, `"[[["`: 0, `"\"[["`: 0, `"\\" , [`: 1, `[][][]`: 1,
	} {
		if got := depth([]byte(text)); got != want {
			t.Errorf("depth(%s) = %d, want %d", text, got, want)
		}
	}
}
