package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// fakeToken is the bot's token; no log or error may hold it.
const fakeToken = "canary-token-NzY1.GhIjKl.mnopqrstuv"

// fake is a Discord of our own: its API, its gateway, and what people have
// before their eyes. It keeps to Discord's rules as far as the bot can break
// them, and misbehaves when told.
type fake struct {
	t      testing.TB
	server *httptest.Server
	me     person
	app    string

	mu       sync.Mutex
	last     int64 // the last snowflake's number
	guilds   map[string]*fakeGuild
	channels map[string]*fakeChannel
	people   map[string]person
	asked    map[string]*fakeInteraction // by token
	commands map[string]json.RawMessage  // by "" or server
	nonces   map[string]string           // message by channel and nonce
	calls    []string                    // "POST /channels/1/messages"
	closed   map[string]int              // users who take no direct messages, with the code
	trouble  func(r *http.Request) (h http.HandlerFunc, ok bool)
	endpoint string // where interactions go; empty: to the gateway
	budget   int    // of identifies
	shards   int

	gateway fakeGateway
}

type fakeGuild struct {
	ID, Name, Owner string
	Roles           []map[string]string // of the server
	Mine            []string            // the bot's roles
}

type fakeChannel struct {
	ID, Guild, Name, Parent string
	Type                    int
	Recipient               string
	Overwrites              []overwrite
	Messages                []*fakeMessage
	Closed                  int // the error code of those who write or read
}

type fakeMessage struct {
	ID, Channel, Author, For string // For: whose eyes it is for; empty: everybody's
	Raw                      map[string]any
	Files                    []fakeFile
	Loading, Gone            bool
}

type fakeFile struct {
	Name, Alt string
	Data      []byte
}

// fakeInteraction is what somebody did, and what came of it.
type fakeInteraction struct {
	ID, Token, User, Channel string
	On                       *fakeMessage // whose button it was
	Original                 *fakeMessage // the answer
	Kinds                    []int        // types of responses
	Modal                    map[string]any
	Choices                  []any
	Private                  bool
	responded                chan struct{}
}

func newFake(t testing.TB) *fake {
	f := &fake{
		t: t, me: person{ID: "900", Username: "studycoach", Bot: true}, app: "900",
		guilds: map[string]*fakeGuild{}, channels: map[string]*fakeChannel{}, people: map[string]person{},
		asked: map[string]*fakeInteraction{}, commands: map[string]json.RawMessage{}, nonces: map[string]string{},
		closed: map[string]int{}, budget: 1000, shards: 1,
	}
	f.gateway.init(f)
	f.server = httptest.NewServer(f.routes())
	t.Cleanup(func() {
		f.gateway.closeAll()
		f.server.Close()
	})
	f.guild("100", "Study")
	f.channel("200", "100", "general")
	f.people["301"] = person{ID: "301", Username: "ada", GlobalName: "Ada"}
	f.people["302"] = person{ID: "302", Username: "ben", GlobalName: "Ben"}
	return f
}

func (f *fake) url() string { return f.server.URL + "/api/v10" }

func (f *fake) guild(id, name string) {
	f.guilds[id] = &fakeGuild{ID: id, Name: name, Owner: "1", Roles: []map[string]string{
		{"id": id, "permissions": "0"}, {"id": "7", "permissions": strconv.FormatInt(int64(wanted()), 10)},
	}, Mine: []string{"7"}}
}

func (f *fake) channel(id, guild, name string) *fakeChannel {
	c := &fakeChannel{ID: id, Guild: guild, Name: name}
	f.channels[id] = c
	return c
}

// snowflake is a new id. Called with the lock held.
func (f *fake) snowflake() string {
	n := (time.Now().UnixMilli() - epoch) << 22
	f.last = max(n, f.last+1)
	return strconv.FormatInt(f.last, 10)
}

func (f *fake) routes() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, open bool, do func(w http.ResponseWriter, r *http.Request)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v10"+path, func(w http.ResponseWriter, r *http.Request) {
			if !open && r.Header.Get("Authorization") != "Bot "+fakeToken {
				refuseJSON(w, 401, 0)
				return
			}
			if open && r.Header.Get("Authorization") != "" {
				f.t.Error("the bot's token goes where it is not needed")
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			do(w, r)
		})
	}
	on("GET /gateway/bot", false, func(w http.ResponseWriter, _ *http.Request) {
		giveJSON(w, map[string]any{
			"url": strings.Replace(f.server.URL, "http", "ws", 1) + "/gateway", "shards": f.shards,
			"session_start_limit": map[string]int{"total": 1000, "remaining": f.budget, "reset_after": 50, "max_concurrency": 16},
		})
	})
	on("GET /users/@me", false, func(w http.ResponseWriter, _ *http.Request) { giveJSON(w, f.me) })
	on("GET /applications/@me", false, func(w http.ResponseWriter, _ *http.Request) {
		giveJSON(w, map[string]any{"id": f.app, "name": "study coach", "flags": 0, "verify_key": publicKey, "interactions_endpoint_url": f.endpoint})
	})
	on("GET /users/@me/guilds", false, func(w http.ResponseWriter, _ *http.Request) {
		list := []map[string]string{}
		for id := range f.guilds {
			list = append(list, map[string]string{"id": id})
		}
		slices.SortFunc(list, func(a, b map[string]string) int { return strings.Compare(a["id"], b["id"]) })
		giveJSON(w, list)
	})
	on("POST /users/@me/channels", false, f.openDirect)
	on("GET /channels/{c}", false, func(w http.ResponseWriter, r *http.Request) {
		if c := f.seen(w, r); c != nil {
			giveJSON(w, c.json())
		}
	})
	on("POST /channels/{c}/messages", false, f.create)
	on("GET /channels/{c}/messages", false, f.history)
	on("GET /channels/{c}/messages/{m}", false, func(w http.ResponseWriter, r *http.Request) {
		if c := f.seen(w, r); c != nil {
			for _, m := range c.Messages {
				if m.ID == r.PathValue("m") && m.For == "" {
					giveJSON(w, f.json(m))
					return
				}
			}
			refuseJSON(w, 404, unknownMessage)
		}
	})
	on("POST /channels/{c}/messages/{m}/threads", false, f.startThread)
	on("GET /guilds/{g}", false, func(w http.ResponseWriter, r *http.Request) {
		if g := f.guilds[r.PathValue("g")]; g != nil {
			giveJSON(w, map[string]any{"id": g.ID, "name": g.Name, "owner_id": g.Owner, "roles": g.Roles})
			return
		}
		refuseJSON(w, 404, unknownGuild)
	})
	on("GET /guilds/{g}/members/{u}", false, func(w http.ResponseWriter, r *http.Request) {
		giveJSON(w, map[string]any{"roles": f.guilds[r.PathValue("g")].Mine})
	})
	on("GET /guilds/{g}/channels", false, func(w http.ResponseWriter, r *http.Request) {
		list := []any{}
		for _, c := range f.channels {
			if c.Guild == r.PathValue("g") && c.Closed != missingAccess { // others are hidden
				list = append(list, c.json())
			}
		}
		giveJSON(w, list)
	})
	for _, scope := range []string{"/applications/{a}/commands", "/applications/{a}/guilds/{g}/commands"} {
		on("GET "+scope, false, func(w http.ResponseWriter, r *http.Request) {
			if raw, ok := f.commands[r.PathValue("g")]; ok {
				giveJSON(w, raw)
				return
			}
			giveJSON(w, []any{})
		})
		on("PUT "+scope, false, func(w http.ResponseWriter, r *http.Request) {
			var list []map[string]any
			if json.NewDecoder(r.Body).Decode(&list) != nil {
				refuseJSON(w, 400, 50109)
				return
			}
			if err := wrongCommands(list); err != nil {
				f.t.Errorf("commands that Discord refuses: %v", err)
			}
			for _, c := range list {
				c["id"], c["version"], c["application_id"] = f.snowflake(), "1", f.app
				if needs, set := c["default_member_permissions"]; set {
					c["default_member_permissions"] = fmt.Sprint(needs)
				}
			}
			raw, _ := json.Marshal(list)
			f.commands[r.PathValue("g")] = raw
			giveJSON(w, json.RawMessage(raw))
		})
	}
	on("POST /interactions/{i}/{t}/callback", true, f.callback)
	on("POST /webhooks/{a}/{t}", true, f.followUp)
	on("PATCH /webhooks/{a}/{t}/messages/@original", true, f.editOriginal)
	on("DELETE /webhooks/{a}/{t}/messages/@original", true, func(w http.ResponseWriter, r *http.Request) {
		if in := f.asked[r.PathValue("t")]; in != nil && in.Original != nil {
			in.Original.Gone = true
			w.WriteHeader(http.StatusNoContent)
			return
		}
		refuseJSON(w, 404, unknownWebhook)
	})
	mux.HandleFunc("/gateway", f.gateway.serve)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, api := strings.CutPrefix(r.URL.Path, "/api/v10"); api {
			f.examine(r, path)
		}
		f.mu.Lock()
		f.calls = append(f.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api/v10"))
		trouble := f.trouble
		f.mu.Unlock()
		if trouble != nil {
			if h, ok := trouble(r); ok {
				h(w, r)
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// examine tells the test what Discord's description does not allow of a request,
// which can be read again.
func (f *fake) examine(r *http.Request, path string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever asked has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	payload, _, err := payloadOf(r.Header.Get("Content-Type"), body)
	if err = errors.Join(err, checkRequest(r.Method, path, r.URL.Query(), payload)); err != nil {
		f.t.Errorf("%s %s: %v\n%s", r.Method, path, err, payload)
	}
}

// called counts requests that begin so.
func (f *fake) called(prefix string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

// fail has requests that begin so answered by h, a number of times.
func (f *fake) fail(prefix string, times int, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var mu sync.Mutex
	f.trouble = func(r *http.Request) (http.HandlerFunc, bool) {
		mu.Lock()
		defer mu.Unlock()
		if times <= 0 || !strings.HasPrefix(r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api/v10"), prefix) {
			return nil, false
		}
		times--
		return h, true
	}
}

func (c *fakeChannel) json() map[string]any {
	return map[string]any{
		"id": c.ID, "guild_id": c.Guild, "type": c.Type, "name": c.Name, "parent_id": c.Parent,
		"permission_overwrites": c.Overwrites,
	}
}

func (f *fake) json(m *fakeMessage) map[string]any {
	out := map[string]any{
		"id": m.ID, "channel_id": m.Channel, "author": f.user(m.Author), "type": 0,
		"content": "", "embeds": []any{}, "components": []any{}, "mentions": []any{}, "attachments": []any{},
		"timestamp": time.Now().UTC().Format(time.RFC3339), "edited_timestamp": nil,
	}
	for _, k := range []string{"content", "embeds", "components"} {
		if v, ok := m.Raw[k]; ok {
			out[k] = v
		}
	}
	if m.For != "" {
		out["flags"] = flagEphemeral
	}
	return out
}

func (f *fake) user(id string) person {
	if id == f.me.ID {
		return f.me
	}
	return f.people[id]
}

// seen is the channel of a request, if the bot may see it.
func (f *fake) seen(w http.ResponseWriter, r *http.Request) *fakeChannel {
	c := f.channels[r.PathValue("c")]
	switch {
	case c == nil:
		refuseJSON(w, 404, unknownChannel)
		return nil
	case c.Closed != 0:
		refuseJSON(w, 403, c.Closed)
		return nil
	}
	return c
}

func (f *fake) openDirect(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Recipient string `json:"recipient_id"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || f.people[in.Recipient].ID == "" {
		refuseJSON(w, 400, 50033)
		return
	}
	giveJSON(w, map[string]string{"id": f.direct(in.Recipient).ID})
}

// direct is the channel of direct messages with somebody.
func (f *fake) direct(user string) *fakeChannel {
	for _, c := range f.channels {
		if c.Recipient == user {
			return c
		}
	}
	c := f.channel(f.snowflake(), "", "")
	c.Type, c.Recipient = 1, user
	return c
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	c := f.seen(w, r)
	if c == nil {
		return
	}
	if code := f.closed[c.Recipient]; c.Recipient != "" && code != 0 {
		refuseJSON(w, 403, code)
		return
	}
	m := f.readMessage(r)
	if n, _ := m.Raw["nonce"].(string); n != "" && m.Raw["enforce_nonce"] == true {
		if id, known := f.nonces[c.ID+"/"+n]; known {
			for _, old := range c.Messages {
				if old.ID == id {
					giveJSON(w, f.json(old))
					return
				}
			}
		}
		defer func() { f.nonces[c.ID+"/"+n] = m.ID }()
	}
	m.ID, m.Channel, m.Author = f.snowflake(), c.ID, f.me.ID
	c.Messages = append(c.Messages, m)
	giveJSON(w, f.json(m))
}

// readMessage reads the message of a request, and tells the test what Discord
// would have against it.
func (f *fake) readMessage(r *http.Request) *fakeMessage {
	m := f.readBody(r)
	m.check(f.t)
	return m
}

// check tells the test what Discord would have against a message.
func (m *fakeMessage) check(t testing.TB) {
	for _, a := range objects(m.Raw["attachments"]) {
		if n, err := strconv.Atoi(fmt.Sprint(a["id"])); err == nil && n < len(m.Files) {
			m.Files[n].Alt, _ = a["description"].(string)
		}
	}
	if err := wrongMessage(m.Raw, namesOf(m.Files)); err != nil {
		t.Errorf("a message that Discord refuses: %v", err)
	}
}

// readBody reads the JSON of a request, and its files.
func (f *fake) readBody(r *http.Request) *fakeMessage {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Errorf("a body cannot be read: %v", err)
	}
	payload, files, err := payloadOf(r.Header.Get("Content-Type"), raw)
	m := &fakeMessage{Files: files}
	if err = errors.Join(err, json.Unmarshal(payload, &m.Raw)); err != nil {
		f.t.Errorf("a body cannot be read: %v", err)
	}
	return m
}

// payloadOf is the JSON of a body, and the files beside it.
func payloadOf(kind string, body []byte) (payload []byte, files []fakeFile, err error) {
	media, params, _ := mime.ParseMediaType(kind)
	if media != "multipart/form-data" {
		return body, nil, nil
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(32 << 20)
	if err != nil || len(form.Value["payload_json"]) != 1 {
		return nil, nil, fmt.Errorf("it has no payload: %w", err)
	}
	for n := range len(form.File) {
		parts := form.File[fmt.Sprintf("files[%d]", n)]
		if len(parts) != 1 {
			return nil, nil, fmt.Errorf("it has no file %d", n)
		}
		file, err := parts[0].Open()
		if err != nil {
			return nil, nil, err
		}
		data, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, nil, err
		}
		files = append(files, fakeFile{Name: parts[0].Filename, Data: data})
	}
	return []byte(form.Value["payload_json"][0]), files, nil
}

func namesOf(files []fakeFile) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

func (f *fake) history(w http.ResponseWriter, r *http.Request) {
	c := f.seen(w, r)
	if c == nil {
		return
	}
	list := []any{}
	before, paged := number(r.URL.Query().Get("before"))
	for _, m := range slices.Backward(c.Messages) {
		if n, _ := number(m.ID); m.For == "" && (!paged || n < before) && len(list) < 100 {
			list = append(list, f.json(m))
		}
	}
	giveJSON(w, list)
}

func (f *fake) startThread(w http.ResponseWriter, r *http.Request) {
	c := f.seen(w, r)
	if c == nil {
		return
	}
	id := r.PathValue("m")
	if f.channels[id] != nil {
		refuseJSON(w, 400, threadThere)
		return
	}
	var in struct {
		Name string `json:"name"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	if n := utf8.RuneCountInString(in.Name); n < 1 || n > 100 {
		f.t.Errorf("a thread's name has %d characters", n)
	}
	thread := f.channel(id, c.Guild, in.Name)
	thread.Type, thread.Parent = 11, c.ID
	giveJSON(w, thread.json())
}

func asList(v any) []any { l, _ := v.([]any); return l }

func giveJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuseJSON(w http.ResponseWriter, status, code int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": "refused"})
}
