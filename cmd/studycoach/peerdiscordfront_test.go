//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"
)

// discordFront stands before the peer's API and makes up for what that lacks:
// the list of the bot's servers and of its commands, the channels of direct
// messages, and files beside a message, which it keeps. It holds all requests
// to Discord's description of its API.
type discordFront struct {
	peer  *discordPeer
	proxy *httputil.ReverseProxy

	mu       sync.Mutex
	commands json.RawMessage   // as they were registered last
	pictures map[string][]byte // by the path they were sent to, and their name
	later    map[string]string // the interaction that a message answers, where it was not the first answer
}

// newDiscordFront starts the front of a peer and returns its address.
func newDiscordFront(peer *discordPeer, behind *url.URL) string {
	f := &discordFront{peer: peer, commands: json.RawMessage("[]"), pictures: map[string][]byte{}, later: map[string]string{}}
	f.proxy = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(behind) },
		ModifyResponse: f.answered,
	}
	peer.front = f
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		peer.Fatal(err)
	}
	s := &http.Server{Handler: f, ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	peer.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}

func (f *discordFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := f.body(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.conforms(r, body)
	isCommands, _ := path.Match("/api/v10/applications/*/commands", r.URL.Path)
	switch {
	case r.URL.Path == "/api/v10/users/@me/guilds":
		answerJSON(w, []map[string]string{{"id": discordServer, "name": "Peer"}})
	case r.URL.Path == "/api/v10/users/@me/channels":
		f.openDirect(w, body)
	case isCommands && r.Method == http.MethodGet:
		f.mu.Lock()
		defer f.mu.Unlock()
		answerJSON(w, f.commands)
	default:
		if isCommands {
			body = f.registered(body)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		f.proxy.ServeHTTP(w, r)
	}
}

// registered keeps commands that are registered, and returns them as the peer
// takes them: with permissions as Discord writes them, as text.
func (f *discordFront) registered(body []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commands = permissions.ReplaceAll(body, []byte(`$1"$2"`))
	return f.commands
}

var permissions = regexp.MustCompile(`("default_member_permissions":)(\d+)`)

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (f *discordFront) openDirect(w http.ResponseWriter, body []byte) {
	var asked struct {
		User string `json:"recipient_id"`
	}
	var id string
	err := json.Unmarshal(body, &asked)
	if err == nil {
		err = f.peer.call(&id, "direct", map[string]any{"user": asked.User})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answerJSON(w, map[string]any{"id": id, "type": 1})
}

// body is a request's body as JSON. The files beside it are kept.
func (f *discordFront) body(r *http.Request) ([]byte, error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return io.ReadAll(r.Body)
	}
	r.Header.Set("Content-Type", "application/json")
	var payload []byte
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return payload, nil
		} else if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FormName() == "payload_json" {
			payload = data
			continue
		}
		f.mu.Lock()
		f.pictures[r.URL.Path+" "+part.FileName()] = data
		f.mu.Unlock()
	}
}

// answered notes which interaction a message of the bot's is an answer to, where
// it is not the first: the peer does not.
func (f *discordFront) answered(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.StatusCode >= http.StatusInternalServerError {
		f.peer.Logf("%s %s: %s: %s", r.Request.Method, r.Request.URL.Path, r.Status, body)
	}
	further, _ := path.Match("/api/v10/webhooks/*/*", r.Request.URL.Path)
	if !further || r.StatusCode != http.StatusOK {
		return nil
	}
	var made struct{ ID string }
	if err := json.Unmarshal(body, &made); err != nil {
		return err
	}
	token := path.Base(r.Request.URL.Path)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.later[made.ID] = token[strings.LastIndexByte(token, '-')+1:] // as the peer makes them
	return nil
}

// interaction is what a message answers, where it is not the first answer.
func (f *discordFront) interaction(message string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.later[message]
}

// picture is a file that was sent with a message into a channel.
func (f *discordFront) picture(channel, name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pictures["/api/v10/channels/"+channel+"/messages "+name]
}
