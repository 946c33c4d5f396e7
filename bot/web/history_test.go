package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

func TestSendIsOnce(t *testing.T) {
	p := serve(t, options(), quiet)
	first := p.send(prompt("prompt/1"))
	if again := p.send(prompt("prompt/1")); again != first {
		t.Errorf("sent again as %d, first as %d", again, first)
	}
	if n := len(p.texts("")); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	if id, ok, err := p.Find(t.Context(), prompt("prompt/1")); err != nil || !ok || id != "1" {
		t.Errorf("Find: %q, %t, %v", id, ok, err)
	}
	if _, ok, err := p.Find(t.Context(), prompt("prompt/2")); err != nil || ok {
		t.Errorf("Find of what was not sent: %t, %v", ok, err)
	}
	for _, room := range []coach.RoomID{"web/playground/nowhere", "web/playground/@zoe", "slack/T1/C1", "web/other/general"} {
		d := prompt("elsewhere")
		d.Room = room
		var refused *bot.SendError
		if _, err := p.Send(t.Context(), d); !errors.As(err, &refused) || refused.Reason != bot.Refused {
			t.Errorf("Send to %s: %v", room, err)
		}
	}
	d := prompt("direct")
	d.Room = coach.UserRef("web/playground/ben").Direct()
	p.send(d)
	diff(t, []string{}, append([]string{}, p.texts("after=1&as=ada")...))
	if n := len(p.texts("after=1&as=ben")); n != 1 {
		t.Errorf("ben sees %d direct messages, want 1", n)
	}
}

// kept are options whose history is in a file.
func kept(t *testing.T) (Options, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	o := options()
	o.File = filepath.Join(t.TempDir(), "playground.jsonl")
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	return o, &log
}

// reopen reads the history as a new process does.
func reopen(t *testing.T, o Options) *playground {
	t.Helper()
	return serve(t, o, echo)
}

func TestRestart(t *testing.T) {
	o, log := kept(t)
	var all []string
	t.Run("before", func(t *testing.T) {
		p := serve(t, o, func(_ context.Context, e coach.Event) (coach.Reply, error) {
			return coach.Reply{Replace: true, Message: coach.Say(coach.Text(e.Verb), coach.Actions(coach.Action{Label: "Go", Verb: "go"}))}, nil
		})
		p.send(prompt("prompt/1"))
		p.say(`{"id":"e1","as":"ada","room":"general","text":"/hello"}`)
		p.press(`{"as":"ada","message":3,"action":"Go"}`)
		p.Clock().Set(start.Add(48 * time.Hour))
		all = p.texts("")
	})
	p := reopen(t, o)
	diff(t, all, p.texts(""))
	if now := p.Clock().Now(); !now.Equal(start.Add(48 * time.Hour)) {
		t.Errorf("it is %v after the restart", now)
	}
	if seq := p.send(prompt("prompt/1")); seq != 1 {
		t.Errorf("the delivery was sent again, as %d", seq)
	}
	p.say(`{"id":"e1","as":"ada","room":"general","text":"/hello"}`)
	diff(t, []string{all[0], all[1], `general coach>ada: verb "hello", text ""`}, p.texts(""))
	if seq := p.send(prompt("prompt/2")); seq <= 4 {
		t.Errorf("a number was given out twice: %d", seq)
	}
	if log.Len() > 0 {
		t.Errorf("a clean restart logs %s", log)
	}
}

func TestTornAndDamagedHistory(t *testing.T) {
	o, log := kept(t)
	t.Run("before", func(t *testing.T) {
		p := serve(t, o, quiet)
		for i := range 3 {
			p.say(fmt.Sprintf(`{"as":"ada","room":"general","text":"message %d"}`, i+1))
		}
	})
	whole, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if err := os.WriteFile(o.File, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := New(o)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		// A whole line lacks no more than its end.
		want := bytes.Count(whole[:min(cut+1, len(whole))], []byte(`"seq"`))
		if got, _ := p.feed.since(0, ""); len(got) > want || len(got) < want-1 {
			t.Fatalf("cut at %d: %d messages, want %d", cut, len(got), want)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}

	lines := strings.SplitAfter(string(whole), "\n")
	lines[2] = "\x00\x00garbage\n"
	if err := os.WriteFile(o.File, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	p := reopen(t, o)
	diff(t, []string{"general ada: message 1", "general ada: message 3"}, p.texts(""))
	if !strings.Contains(log.String(), "line=3") {
		t.Errorf("the damage is not in the log: %q", log)
	}
}

func TestHistoryOfALaterVersion(t *testing.T) {
	o, _ := kept(t)
	if err := os.WriteFile(o.File, []byte(`{"v":2}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(o)
	if err == nil || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("New: %v", err)
	}
	if data, _ := os.ReadFile(o.File); string(data) != `{"v":2}`+"\n" {
		t.Errorf("the file was changed: %s", data)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	o, _ := kept(t)
	t.Run("before", func(t *testing.T) {
		p := serve(t, o, quiet)
		for i := range 2*keep + 10 {
			if _, err := p.feed.post(message{Room: "general", From: "ada", Key: fmt.Sprint(i), Text: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(p.texts("")); n < keep || n > 2*keep {
			t.Errorf("%d messages in memory", n)
		}
	})
	p := reopen(t, o)
	if n := len(p.texts("")); n != keep {
		t.Errorf("%d messages after the restart, want %d", n, keep)
	}
	data, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n != keep+1 {
		t.Errorf("%d lines in the file, want one for each message and the clock's", n)
	}
}

func TestAFullDiskSendsNothing(t *testing.T) {
	o, _ := kept(t)
	p := serve(t, o, quiet)
	p.send(prompt("prompt/1"))
	writable := p.feed.past.file
	readOnly, err := os.Open(o.File)
	if err != nil {
		t.Fatal(err)
	}
	p.feed.past.file = readOnly
	var failed *bot.SendError
	if _, err := p.Send(t.Context(), prompt("prompt/2")); !errors.As(err, &failed) || failed.Reason != bot.Failed {
		t.Errorf("Send: %v", err)
	}
	p.refuses(500, "say", `{"as":"ada","room":"general","text":"hi"}`, "Something went wrong on this side. The log says what.")
	if n := len(p.texts("")); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	p.feed.past.file = writable
	if err := readOnly.Close(); err != nil {
		t.Error(err)
	}
	p.send(prompt("prompt/2"))
}

func TestOptionsAreChecked(t *testing.T) {
	for name, spoil := range map[string]func(*Options){
		"no people":      func(o *Options) { o.People = nil },
		"no rooms":       func(o *Options) { o.Rooms = nil },
		"an id twice":    func(o *Options) { o.People[1].ID = o.People[0].ID },
		"the coach's id": func(o *Options) { o.People[0].ID = "coach" },
		"a bad id":       func(o *Options) { o.People[0].ID = "a/b" },
		"no such zone":   func(o *Options) { o.People[0].Zone = "Mars/Olympus" },
		"a room dm":      func(o *Options) { o.Rooms = []string{"dm"} },
		"a bad room":     func(o *Options) { o.Rooms = []string{"@ada"} },
		"no such folder": func(o *Options) { o.File = filepath.Join(t.TempDir(), "missing", "file") },
	} {
		o := options()
		spoil(&o)
		if p, err := New(o); err == nil {
			t.Errorf("%s: New takes it: %v", name, p.Close())
		}
	}
}

func FuzzReplay(f *testing.F) {
	line, err := json.Marshal(record{Format: format, Message: &message{Seq: 3, Version: 3, Room: "general", From: "ada", Key: "k", Text: "hi"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(line, '\n'))
	f.Add([]byte(`{"v":1,"offset":5}` + "\n" + `{"v":1,"message":{"seq":2}}` + "\n" + `{"v":1,"mess`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h := &history{}
		if h.replay(data, "fuzz", slog.New(slog.DiscardHandler)) != nil {
			return
		}
		feed := newFeed(h)
		m, err := feed.post(message{Room: "general", Key: "fresh one"})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := feed.get(m.Seq); !ok || got.Seq != m.Seq {
			t.Errorf("message %d is not found", m.Seq)
		}
	})
}
