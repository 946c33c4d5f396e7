package content

import (
	"net/url"
	"slices"
	"testing"
)

// firstParty are the hosts that a built-in roadmap may link to: each documents
// what its own people make or decide.
var firstParty = []string{
	"developer.mozilla.org", "doc.rust-lang.org", "docs.docker.com", "docs.python.org", "git-scm.com", "go.dev", "kubernetes.io",
	"opentelemetry.io", "prometheus.io", "redis.io", "sre.google", "www.postgresql.org", "www.rfc-editor.org",
}

// TestLinksAreFewAndFirstParty holds the built-in roadmaps to links that last: few,
// to those who know, and each with what to read there.
func TestLinksAreFewAndFirstParty(t *testing.T) {
	const most = 3 // a unit: one for each language
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range l.Roadmaps() {
		all := 0
		for _, u := range r.Units() {
			all += len(u.Links)
			if len(u.Links) > most {
				t.Errorf("%s %s has %d links", r.ID, u.ID, len(u.Links))
			}
			for _, link := range u.Links {
				at, err := url.Parse(link.URL)
				if err != nil || at.Scheme != "https" || !slices.Contains(firstParty, at.Host) {
					t.Errorf("%s %s links to %s", r.ID, u.ID, link.URL)
				}
				if link.Read == "" || link.Title == "" {
					t.Errorf("%s %s does not say what to read at %s", r.ID, u.ID, link.URL)
				}
			}
		}
		if all > len(r.Units()) {
			t.Errorf("%s has %d links in %d units", r.ID, all, len(r.Units()))
		}
	}
}
