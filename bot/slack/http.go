package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// maxBody is the most bytes that a request or a message of Socket Mode may have.
// Slack's own are a few kilobytes.
const maxBody = 1 << 20

// Routes are the handlers of signed HTTP by path; none without a signing secret.
func (p *Platform) Routes() map[string]http.Handler {
	if len(p.o.SigningSecrets) == 0 {
		return nil
	}
	const form = "application/x-www-form-urlencoded"
	return map[string]http.Handler{
		"/slack/events":       p.signed("application/json", p.serveEvent),
		"/slack/commands":     p.signed(form, p.serveCommand),
		"/slack/interactions": p.signed(form, p.serveInteraction),
	}
}

// signed hands the body of a request that Slack has signed to next. Nothing of
// one that it has not is parsed.
func (p *Platform) signed(mediaType string, next func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed)
			return
		}
		if r.ContentLength > maxBody {
			refuse(w, http.StatusRequestEntityTooLarge)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var tooLarge *http.MaxBytesError
		switch got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
		case errors.As(err, &tooLarge):
			refuse(w, http.StatusRequestEntityTooLarge)
		case err != nil:
			refuse(w, http.StatusBadRequest)
		case !signedBy(p.o.SigningSecrets, r.Header, body, time.Now()):
			refuse(w, http.StatusUnauthorized)
		case got != mediaType:
			refuse(w, http.StatusUnsupportedMediaType)
		default:
			next(w, r, body)
		}
	})
}

func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }

func (p *Platform) serveEvent(w http.ResponseWriter, r *http.Request, body []byte) {
	var probe struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if !shallow(body) || json.Unmarshal(body, &probe) != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	if probe.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, probe.Challenge)
		return
	}
	again := r.Header.Get("X-Slack-Retry-Num") != "" // https://docs.slack.dev/apis/events-api#retries
	p.serve(w, r, p.payload(kindEvent, body).again(again))
}

func (p *Platform) serveCommand(w http.ResponseWriter, r *http.Request, body []byte) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	if values.Get("ssl_check") == "1" { // Slack looks whether somebody is there
		return
	}
	p.serve(w, r, func(ctx context.Context, me self) (arrival, error) {
		return p.readCommand(ctx, commandOf(values), body, me)
	})
}

func (p *Platform) serveInteraction(w http.ResponseWriter, r *http.Request, body []byte) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	p.serve(w, r, p.payload(kindInteraction, []byte(values.Get("payload"))))
}

// serve takes what was handed over, and answers with its acknowledgement.
func (p *Platform) serve(w http.ResponseWriter, r *http.Request, read reading) {
	ack, err := p.take(r.Context(), read)
	switch {
	case errors.Is(err, errMalformed):
		refuse(w, http.StatusBadRequest)
	case err != nil: // Slack hands events over again
		refuse(w, http.StatusServiceUnavailable)
	case ack != nil:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(ack)
	}
}
