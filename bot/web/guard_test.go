package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	p := serve(t, options(), quiet)
	for _, c := range []struct {
		name         string
		remote, host string
		header       http.Header
		want         int
	}{
		{"a script", "127.0.0.1:1", "127.0.0.1:8080", nil, 200},
		{"its page", "127.0.0.1:1", "localhost:8080", http.Header{"Origin": {"http://localhost:8080"}}, 200},
		{"its page, by its own word", "[::1]:1", "[::1]:8080", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		{"no port", "127.0.0.1:1", "localhost", nil, 200},
		{"another computer", "192.0.2.7:1", "127.0.0.1:8080", nil, 403},
		{"a name that resolves to here", "127.0.0.1:1", "evil.example:8080", nil, 403},
		{"a name that begins like here", "127.0.0.1:1", "localhost.evil.example", nil, 403},
		{"no host", "127.0.0.1:1", "", nil, 403},
		{"another site", "127.0.0.1:1", "localhost:8080", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"another port here", "127.0.0.1:1", "localhost:8080", http.Header{"Origin": {"http://localhost:9999"}}, 403},
		{"a page of no site", "127.0.0.1:1", "localhost:8080", http.Header{"Origin": {"null"}}, 403},
		{"another site, by the browser's word", "127.0.0.1:1", "localhost:8080", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"a plain form", "127.0.0.1:1", "localhost:8080", http.Header{"Content-Type": {"text/plain"}}, 415},
		{"no type", "127.0.0.1:1", "localhost:8080", http.Header{"Content-Type": {""}}, 415},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/playground/say", strings.NewReader(`{"as":"ada","room":"general","text":"hi"}`))
			r.RemoteAddr, r.Host = c.remote, c.host
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			for name, values := range c.header {
				r.Header[name] = values
			}
			w := httptest.NewRecorder()
			p.Handler().ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}
