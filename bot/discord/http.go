package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
)

// InteractionsPath is where Discord sends interactions, when the application is
// told so.
const InteractionsPath = "/discord/interactions"

const (
	// maxBody bounds an interaction's body. The largest hold a message of six
	// thousand characters and a form of twenty thousand.
	maxBody = 1 << 20

	// usualBody is how much of a body has its place before it has come.
	usualBody = 8 << 10

	// maxAge is how old, or how far ahead, a signed request may be.
	maxAge = 5 * time.Minute
)

// Routes are the addresses to serve, with what serves them; without a public
// key there are none.
func (p *Platform) Routes() map[string]http.Handler {
	if p.key == nil {
		return nil
	}
	return map[string]http.Handler{InteractionsPath: http.HandlerFunc(p.serve)}
}

// serve takes an interaction. One that comes again is the same event, which the
// coach answers the same.
func (p *Platform) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType)
		return
	}
	sign, at := r.Header.Get("X-Signature-Ed25519"), r.Header.Get("X-Signature-Timestamp")
	if len(sign) != 2*ed25519.SignatureSize || !fresh(at, time.Now()) {
		refuse(w, http.StatusUnauthorized)
		return
	}
	said := bytes.NewBuffer(make([]byte, 0, len(at)+bytes.MinRead+int(max(0, min(r.ContentLength, usualBody)))))
	said.WriteString(at)
	_, err := said.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	if !signed(p.key, sign, said.Bytes()) {
		refuse(w, http.StatusUnauthorized)
		return
	}
	in, err := readInteraction(said.Bytes()[len(at):])
	if err != nil {
		p.log.Warn("An interaction could not be read.", "platform", platform)
		refuse(w, http.StatusBadRequest)
		return
	}
	if in.Type == discordgo.InteractionPing {
		answer(w, response{Type: int(discordgo.InteractionResponsePong)})
		return
	}
	h, err := p.in.Enter()
	if err != nil {
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	defer p.in.Leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), bot.Patience)
	defer cancel()
	p.react(ctx, h, in, func(t turn) {
		if t.ends() {
			answer(w, t.response)
			return
		}
		w.Header().Set("Connection", "close")
		if len(t.files) > 0 { // which the answer to this request cannot hold
			send(w, http.StatusAccepted, nil)
			hangUp(w)
			p.give(ctx, in, t)
			return
		}
		answer(w, t.response)
		hangUp(w)
		p.complete(ctx, in, t)
	})
}

// fresh tells whether a timestamp, in Unix seconds, is of about now.
func fresh(at string, now time.Time) bool {
	sec, err := strconv.ParseInt(at, 10, 64)
	if err != nil || sec < 0 || sec > 1<<40 {
		return false
	}
	age := now.Sub(time.Unix(sec, 0))
	return age <= maxAge && age >= -maxAge
}

// signed tells whether Discord signed a timestamp and, right behind it, a body
// (https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers).
func signed(key ed25519.PublicKey, sign string, said []byte) bool {
	raw, err := hex.DecodeString(sign)
	return err == nil && ed25519.Verify(key, said, raw)
}

func answer(w http.ResponseWriter, r response) {
	raw, err := json.Marshal(r)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	send(w, http.StatusOK, raw)
}

// send answers a request at once and whole, while what was asked for goes on.
func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who has gone does not read it
	_ = http.NewResponseController(w).Flush()
}

// hangUp ends the connection of a request that was answered, while what was asked
// for goes on: the next request on it would wait for that, and so would the end of
// the server.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
