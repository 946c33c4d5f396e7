package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Names in the fake workspace.
const (
	teamID  = "T0TEAM"
	botUser = "U0COACH"
	botID   = "B0COACH"
	appID   = "A0COACH"
	general = "C0GENERAL"
	ada     = "U0ADA"
	ben     = "U0BEN"

	botToken = "xoxb-canary-bot-token"
	appToken = "xapp-canary-app-token"
	secret   = "canary-signing-secret-0123456789"
)

// fakeSlack stands where Slack is: its Web API, its uploads, its Socket Mode,
// and what it sends to the bot. It keeps rooms, views and files as Slack does,
// and misbehaves on command.
type fakeSlack struct {
	t      *testing.T
	server *httptest.Server

	mu       sync.Mutex
	clock    int64 // of ts, in microseconds
	number   int
	rooms    map[string]*fakeRoom
	users    map[string]*fakeUser
	directs  map[string]string    // the channel by user
	files    map[string]*fakeFile // by id
	views    map[string]*fakeView // the form before somebody, by user
	homes    map[string]string    // the view by user
	triggers map[string]string    // the user by trigger, until it is used
	urls     map[string]*fakeURL
	calls    map[string]int               // by method
	faults   map[string][]fault           // what the next calls of a method meet
	seen     func(method, body string)    // looks on
	sockets  []*fakeSocket                // open ones
	hello    func(n int) (message string) // the first word of the n-th socket; nil: hello
	dialed   int
	scopes   string
	instant  bool // uploads are ready at once
}

// fault answers a call in the place of Slack; false: Slack answers as well, and
// what it says is lost.
type fault func(w http.ResponseWriter, r *http.Request) (answered bool)

type fakeRoom struct {
	id, user string // user: of direct messages, with whom
	archived bool
	members  map[string]bool
	messages []*fakeMessage
}

type fakeMessage struct {
	ts, thread, user, bot string
	to                    string // only this user sees it
	text                  string // as Slack has it, escaped
	blocks                []any
	metadata              json.RawMessage
	files                 []*fakeFile
}

type fakeUser struct {
	ID, Name, Zone, Team string
	Deleted, Guest       bool
}

type fakeFile struct {
	id, name, kind string
	data           []byte
	complete       bool
	looks          int // at it, until it is ready
}

type fakeView struct {
	id     string
	view   map[string]any
	values map[string]map[string]any // what was typed, by block
	errors map[string]string
}

type fakeURL struct {
	user, channel string
	message       *fakeMessage // what its button was on; nil: of a command
	uses          int
}

func newFakeSlack(t *testing.T) *fakeSlack {
	t.Helper()
	f := &fakeSlack{
		t:     t,
		clock: time.Now().UnixMicro(),
		rooms: map[string]*fakeRoom{general: {id: general, members: map[string]bool{botUser: true, ada: true, ben: true}}},
		users: map[string]*fakeUser{
			ada:     {ID: ada, Name: "Ada", Zone: "Europe/London", Team: teamID},
			ben:     {ID: ben, Name: "Ben", Zone: "Africa/Nairobi", Team: teamID},
			botUser: {ID: botUser, Name: "Coach", Team: teamID},
		},
		directs: map[string]string{}, files: map[string]*fakeFile{}, views: map[string]*fakeView{}, homes: map[string]string{},
		triggers: map[string]string{}, urls: map[string]*fakeURL{}, calls: map[string]int{}, faults: map[string][]fault{},
	}
	for _, s := range Scopes() {
		f.scopes += s.Name + ","
	}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.dropAll()
		f.server.Close()
	})
	return f
}

// meet has the next calls of a method meet faults, one each.
func (f *fakeSlack) meet(method string, faults ...fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[method] = append(f.faults[method], faults...)
}

func (f *fakeSlack) called(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[method]
}

// next makes an id that nothing else has.
func (f *fakeSlack) next(prefix string) string {
	f.number++
	return fmt.Sprintf("%s%d", prefix, f.number)
}

func (f *fakeSlack) ts() string {
	f.clock = max(f.clock+1, time.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", f.clock/1e6, f.clock%1e6)
}

func (f *fakeSlack) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/socket":
		f.serveSocket(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/respond/"), strings.HasPrefix(r.URL.Path, "/upload/"):
	case strings.HasPrefix(r.URL.Path, "/api/"):
	default:
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	if i := strings.IndexByte(method[1:], '/'); i >= 0 {
		method = method[1 : i+1] // "respond", "upload"
	}
	f.mu.Lock()
	f.calls[method]++
	if f.seen != nil {
		f.seen(method, string(body))
	}
	var bad fault
	if queue := f.faults[method]; len(queue) > 0 {
		bad, f.faults[method] = queue[0], queue[1:]
	}
	f.mu.Unlock()
	if bad != nil {
		lost := &discard{header: http.Header{}}
		if bad(w, r) {
			return
		}
		f.mu.Lock()
		f.answer(lost, r, method, body)
		f.mu.Unlock()
		panic(http.ErrAbortHandler) // the answer is lost
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer(w, r, method, body)
}

// discard is where an answer goes that is lost.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// The faults.

func limited(after string) fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
		return true
	}
}

func status(code int, body string) fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func saying(code string) fault {
	return status(http.StatusOK, `{"ok":false,"error":"`+code+`"}`)
}

// lost does what was asked, and then breaks the connection.
func lost(http.ResponseWriter, *http.Request) bool { return false }

// broken breaks the connection, and does nothing.
func broken(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

// truncated sends a part of an answer.
func truncated(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"ok":true,"ts":"17`)
	return true
}
