package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
)

// listener reads a stream of events.
type listener struct {
	t    *testing.T
	scan *bufio.Scanner
	stop func()
}

func (p *playground) listen(query, lastEventID string) *listener {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/playground/stream?"+query, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { cancel(); resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		p.t.Errorf("content type %q", kind)
	}
	return &listener{p.t, bufio.NewScanner(resp.Body), cancel}
}

// next returns the next event as "message 3: general ada: hi" or its kind; it
// passes over clock events unless they are asked for. Empty: the stream ended.
func (l *listener) next(clocks bool) string {
	l.t.Helper()
	kind, id := "", ""
	for l.scan.Scan() {
		name, value, _ := strings.Cut(l.scan.Text(), ": ")
		switch {
		case name == "event":
			kind = value
		case name == "id":
			id = value
		case name == "data" && kind == "message":
			var m messageView
			if err := json.Unmarshal([]byte(value), &m); err != nil {
				l.t.Fatal(err)
			}
			return "message " + id + ": " + line(m)
		case name == "data" && kind == "clock" && clocks:
			return "clock " + value
		case name == "data" && kind != "clock":
			return kind
		}
	}
	return ""
}

func TestStream(t *testing.T) {
	p := serve(t, options(), func(_ context.Context, e coach.Event) (coach.Reply, error) {
		return coach.Reply{Replace: true, Message: coach.Say(coach.Text("Answer to "+e.Verb), coach.Actions(coach.Action{Label: "Again", Verb: "again"}))}, nil
	})
	p.say(`{"as":"ada","room":"dm","text":"one"}`)
	l := p.listen("", "")
	diff(t, "message 1: @ada ada>ada: one", l.next(false))
	diff(t, "message 2: @ada coach>ada: Answer to  / [Again]", l.next(false))
	diff(t, `clock {"now":"2027-03-08T12:00:00Z","moving":false}`, l.next(true))

	p.say(`{"as":"ben","room":"general","text":"two"}`)
	diff(t, "message 3: general ben: two", l.next(false))
	diff(t, "message 4: general coach>ben: Answer to  / [Again]", l.next(false))
	p.press(`{"as":"ada","message":2,"action":0}`)
	diff(t, "message 5: @ada coach>ada: Answer to again / [Again]", l.next(false))
	l.stop()

	// Whoever comes back gets what is missing, updates in their order.
	l = p.listen("after=1", "3")
	diff(t, "message 4: general coach>ben: Answer to  / [Again]", l.next(false))
	diff(t, "message 5: @ada coach>ada: Answer to again / [Again]", l.next(false))
	l.stop()

	l = p.listen("as=lia", "")
	diff(t, "message 3: general ben: two", l.next(false))
	l.stop()

	// One who knows more than there is begins anew.
	l = p.listen("", "77")
	diff(t, "reset", l.next(false))
	diff(t, "message 1: @ada ada>ada: one", l.next(false))

	p.stop()
	for range 4 {
		if l.next(false) == "" {
			return
		}
	}
	t.Error("the stream goes on after the end of Run")
}

func TestStreamTellsOfTheClock(t *testing.T) {
	p := serve(t, options(), quiet)
	l := p.listen("", "")
	diff(t, `clock {"now":"2027-03-08T12:00:00Z","moving":false}`, l.next(true))
	p.Clock().Set(start.Add(time.Hour))
	diff(t, `clock {"now":"2027-03-08T13:00:00Z","moving":false}`, l.next(true))
}

func TestBadWindows(t *testing.T) {
	p := serve(t, options(), quiet)
	for _, path := range []string{"feed?after=x", "feed?after=-1", "feed?as=zoe", "stream?after=x"} {
		if status, body := p.get("/playground/" + path); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}
