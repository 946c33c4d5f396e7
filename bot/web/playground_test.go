package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"studycoach/bot"
	"studycoach/coach"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when the playgrounds of the tests begin: a Monday noon.
var start = time.Date(2027, 3, 8, 12, 0, 0, 0, time.UTC)

// options are those of a playground with two learners in one room.
func options() Options {
	return Options{
		People: []Person{
			{ID: "lia", Name: "Lia", Zone: "Europe/Berlin", Lead: true},
			{ID: "ada", Name: "Ada", Zone: "America/New_York"},
			{ID: "ben", Name: "Ben", Zone: "Asia/Kolkata"},
		},
		Rooms:    []string{"general"},
		Commands: []Command{{Name: "/checkin", Usage: "[text]", Summary: "report what you did"}},
		Log:      slog.New(slog.DiscardHandler),
	}
}

// playground is one that runs, reached over HTTP.
type playground struct {
	*Playground
	t      *testing.T
	url    string
	server *httptest.Server
	stop   func() // ends Run

	mu     sync.Mutex
	events []coach.Event // that the handler got
}

// serve opens a playground with a handler and a clock that stands at start.
func serve(t *testing.T, o Options, h bot.Handler) *playground {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	p.clock.real = func() time.Time { return start }
	x := &playground{Playground: p, t: t}
	handler := func(ctx context.Context, e coach.Event) (coach.Reply, error) {
		x.mu.Lock()
		x.events = append(x.events, e)
		x.mu.Unlock()
		return h(ctx, e)
	}
	p.setHandler(handler) // as Run does; here without waiting for it
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx, handler) }()
	x.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	server := httptest.NewServer(p.Handler())
	x.url, x.server = server.URL, server
	t.Cleanup(func() {
		x.stop()
		server.Close()
		http.DefaultClient.CloseIdleConnections()
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return x
}

// post sends a request and returns the status and the answer's JSON, indented.
func (p *playground) post(path, body string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return p.do(r)
}

func (p *playground) get(path string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(r)
}

func (p *playground) do(r *http.Request) (int, string) {
	p.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// must fails the test unless the status is 200, and reads the answer into out.
func must[T any](p *playground, status int, body string) T {
	t := p.t
	t.Helper()
	var out T
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}

// texts is the feed from a number on, a line a message:
// "general ada: 45m reading", with the person who alone sees it: "general
// coach>ada: …", and the thread's number: "general#3 …".
func (p *playground) texts(query string) []string {
	p.t.Helper()
	status, body := p.get("/playground/feed?" + query)
	feed := must[struct{ Messages []messageView }](p, status, body)
	var out []string
	for _, m := range feed.Messages {
		out = append(out, line(m))
	}
	return out
}

func line(m messageView) string {
	head := m.Room
	if m.Thread != 0 {
		head += fmt.Sprintf("#%d", m.Thread)
	}
	head += " " + m.From
	if m.To != "" {
		head += ">" + m.To
	}
	return head + ": " + strings.ReplaceAll(m.Text, "\n", " / ")
}

// echo answers every event with what it understood.
func echo(_ context.Context, e coach.Event) (coach.Reply, error) {
	return coach.Reply{Message: coach.Say(coach.Text(fmt.Sprintf("verb %q, text %q", e.Verb, e.Text)))}, nil
}

// quiet answers nothing.
func quiet(context.Context, coach.Event) (coach.Reply, error) { return coach.Reply{}, nil }

// prompt is a delivery into the room general.
func prompt(key string) coach.Delivery {
	return coach.Delivery{
		Key: key, Room: "web/playground/general", Class: coach.ClassPrompt,
		Message: *coach.Say(
			coach.Title("Day 1"),
			coach.Text("Read *one* chapter."),
			coach.Fields(coach.Field{Label: "Time", Value: "2 h"}),
			coach.Actions(
				coach.Action{Label: "Check in", Verb: "checkin", Args: map[string]string{"unit": "w01d1"}, Style: coach.Primary},
				coach.Action{Label: "I'm stuck", Verb: "stuck"},
			),
			coach.Context("Week 1"),
		),
	}
}

func (p *playground) send(d coach.Delivery) int64 {
	p.t.Helper()
	id, err := p.Send(p.t.Context(), d)
	if err != nil {
		p.t.Fatal(err)
	}
	seq, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return seq
}

func (p *playground) say(body string) answered    { p.t.Helper(); return p.act("say", body) }
func (p *playground) press(body string) answered  { p.t.Helper(); return p.act("press", body) }
func (p *playground) submit(body string) answered { p.t.Helper(); return p.act("submit", body) }

func (p *playground) act(path, body string) answered {
	p.t.Helper()
	status, answer := p.post("/playground/"+path, body)
	return must[answered](p, status, answer)
}

// refuses wants a request to be answered with an error.
func (p *playground) refuses(status int, path, body, want string) {
	p.t.Helper()
	got, answer := p.post("/playground/"+path, body)
	var e struct{ Error string }
	if err := json.Unmarshal([]byte(answer), &e); err != nil || got != status || e.Error != want {
		p.t.Errorf("%s %.100s\n gives %d %s\n want %d %q", path, body, got, answer, status, want)
	}
}

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestSay(t *testing.T) {
	p := serve(t, options(), echo)
	for _, body := range []string{
		`{"as":"ada","room":"general","text":" hello "}`,
		`{"as":"ada","room":"general","text":"/CheckIn  45m read\nmore"}`,
		`{"as":"ben","room":"dm","text":"/coach me"}`,
		`{"as":"ben","room":"@ben","text":"thanks"}`,
	} {
		p.say(body)
	}
	diff(t, []coach.Event{
		{From: "web/playground/ada", Name: "Ada", Zone: "America/New_York", Room: "web/playground/general", At: start, Text: "hello"},
		{From: "web/playground/ada", Name: "Ada", Zone: "America/New_York", Room: "web/playground/general", At: start, Verb: "checkin", Text: "45m read\nmore"},
		{From: "web/playground/ben", Name: "Ben", Zone: "Asia/Kolkata", Room: "web/playground/@ben", At: start, Verb: "coach", Text: "me"},
		{From: "web/playground/ben", Name: "Ben", Zone: "Asia/Kolkata", Room: "web/playground/@ben", At: start, Text: "thanks"},
	}, p.unnamed())

	all := []string{
		`general ada: hello`,
		`general coach>ada: verb "", text "hello"`,
		`general ada>ada: /CheckIn  45m read / more`,
		`general coach>ada: verb "checkin", text "45m read\nmore"`,
		`@ben ben>ben: /coach me`,
		`@ben coach>ben: verb "coach", text "me"`,
		`@ben ben>ben: thanks`,
		`@ben coach>ben: verb "", text "thanks"`,
	}
	diff(t, all, p.texts(""))
	diff(t, all[6:], p.texts("after=6"))
	diff(t, all[:1], p.texts("as=lia"))
	diff(t, all[:4], p.texts("as=ada"))
}

// unnamed returns the events that the handler got, without their ids, which
// have to differ.
func (p *playground) unnamed() []coach.Event {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := map[string]bool{}
	events := slices.Clone(p.events)
	for i := range events {
		if id := events[i].ID; id == "" || ids[id] {
			p.t.Errorf("event %d has the id %q, which is empty or taken", i, id)
		}
		ids[events[i].ID] = true
		events[i].ID = ""
	}
	return events
}
