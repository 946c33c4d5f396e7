//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// slackFront stands before the peer for Socket Mode. Slack hands an envelope to
// one of an app's connections; the peer hands it to all of them, and takes the
// first acknowledgement, which may be the one that there is nothing to do twice.
type slackFront struct {
	peer    *slackPeer
	behind  *url.URL
	address string
	proxy   *httputil.ReverseProxy

	mu   sync.Mutex
	seen map[string]bool // envelopes
}

// newSlackFront starts the front of a peer and returns its address.
func newSlackFront(peer *slackPeer) string {
	behind, err := url.Parse(peer.url)
	if err != nil {
		peer.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		peer.Fatal(err)
	}
	f := &slackFront{peer: peer, behind: behind, address: l.Addr().String(), seen: map[string]bool{}}
	f.proxy = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(behind) },
		ModifyResponse: f.answered,
	}
	s := &http.Server{Handler: f, ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	peer.Cleanup(func() { _ = s.Close() })
	return "http://" + f.address
}

func (f *slackFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		f.relay(w, r)
		return
	}
	f.proxy.ServeHTTP(w, r)
}

// answered has the bot connect to the front.
func (f *slackFront) answered(r *http.Response) error {
	if r.Request.URL.Path != "/api/apps.connections.open" {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	body = bytes.ReplaceAll(body, []byte(f.behind.Host), []byte(f.address))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Del("Content-Length")
	return nil
}

// relay connects the bot with the peer, until either ends the connection.
func (f *slackFront) relay(w http.ResponseWriter, r *http.Request) {
	to, resp, err := websocket.DefaultDialer.Dial("ws://"+f.behind.Host+r.URL.RequestURI(), nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	bot, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer bot.Close()
	go func() {
		defer to.Close()
		for {
			kind, said, err := bot.ReadMessage()
			if err != nil || to.WriteMessage(kind, said) != nil {
				return
			}
		}
	}()
	for {
		kind, said, err := to.ReadMessage()
		if err != nil || f.first(said) && bot.WriteMessage(kind, said) != nil {
			return
		}
	}
}

// first tells whether a message is no copy of an envelope that was handed on.
func (f *slackFront) first(said []byte) bool {
	var e struct {
		ID string `json:"envelope_id"`
	}
	if json.Unmarshal(said, &e) != nil || e.ID == "" {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.seen[e.ID]
	f.seen[e.ID] = true
	return !was
}
