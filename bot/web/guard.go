package web

import (
	"net/http"

	"studycoach/bot"
)

// policy lets the page load only what the playground serves, run no script but
// its own, and stand in no frame.
const policy = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"

// guard lets in only requests from this computer, for this computer, and from
// the playground's own page or no page: an address on the net that resolves to
// loopback is stopped by its Host, another site's page by its Origin.
func (p *Playground) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !bot.IsLoopback(r.RemoteAddr) || !bot.IsLoopback(r.Host):
			p.respond(w, nil, refuse(http.StatusForbidden, "The playground answers on its own computer only, as localhost or 127.0.0.1."))
		case origin.Check(r) != nil:
			p.respond(w, nil, refuse(http.StatusForbidden, "The playground takes nothing from the pages of other sites."))
		default:
			next.ServeHTTP(w, r)
		}
	})
}
