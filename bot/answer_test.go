package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"studycoach/coach"
)

func TestAnswer(t *testing.T) {
	hello := coach.Reply{Message: coach.Say(coach.Text("hello"))}
	event := coach.Event{
		ID: "e1", From: "web/playground/ada", Name: "hush", Room: "web/playground/general",
		Verb: "checkin", Args: map[string]string{"note": "hush"}, Text: "hush",
	}
	typed := event
	typed.Verb, typed.Args = "hush", nil
	plain := typed
	plain.Verb = ""
	command := typed
	command.Verb, command.Text = "coach", "me hush"
	for _, c := range []struct {
		name  string
		event coach.Event
		reply coach.Reply
		err   error
		panic any

		want    coach.Reply
		wantErr string
		log     map[string]any // beside event, platform and took
	}{
		{
			name: "a button", event: event, reply: hello,
			want: hello, log: map[string]any{"level": "INFO", "verb": "checkin"},
		},
		{
			name: "a command", event: command, reply: hello,
			want: hello, log: map[string]any{"level": "INFO", "verb": "me"},
		},
		{
			name: "plain text", event: plain,
			log: map[string]any{"level": "INFO", "verb": ""},
		},
		{
			name: "a command that is none may be anything", event: typed, reply: hello,
			want: hello, log: map[string]any{"level": "INFO", "verb": ""},
		},
		{
			name: "an error with a reply that tells of it", event: event, reply: hello, err: errors.New("store down"),
			want: hello, log: map[string]any{"level": "ERROR", "verb": "checkin", "err": "store down"},
		},
		{
			name: "an error alone", event: event, err: errors.New("store down"), wantErr: "store down",
			log: map[string]any{"level": "ERROR", "verb": "checkin", "err": "store down"},
		},
		{
			name: "a panic", event: event, reply: hello, panic: "hush", wantErr: "event e1: panic: string",
			log: map[string]any{"level": "ERROR", "verb": "checkin", "err": "event e1: panic: string"},
		},
		{
			name: "a panic with an error", event: event, panic: errors.New("hush"), wantErr: "event e1: panic: *errors.errorString",
			log: map[string]any{"level": "ERROR", "verb": "checkin", "err": "event e1: panic: *errors.errorString"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				answer := Answer(func(context.Context, coach.Event) (coach.Reply, error) {
					time.Sleep(3 * time.Millisecond) // of the bubble's time
					if c.panic != nil {
						panic(c.panic)
					}
					return c.reply, c.err
				}, slog.New(slog.NewJSONHandler(&log, nil)), NewMetrics())
				got, err := answer(t.Context(), c.event)
				diff(t, "reply", c.want, got)
				if text := errText(err); text != c.wantErr {
					t.Errorf("the error is %q, want %q", text, c.wantErr)
				}
				if strings.Contains(log.String(), "hush") || strings.Count(log.String(), "\n") != 1 {
					t.Errorf("the log is\n%s", &log)
				}
				var line map[string]any
				if err := json.Unmarshal(log.Bytes(), &line); err != nil {
					t.Fatal(err)
				}
				stack, _ := line["stack"].(string)
				if strings.Contains(stack, "answer_test.go") != (c.panic != nil) {
					t.Errorf("the stack is %q", stack)
				}
				delete(line, "stack")
				delete(line, "time")
				delete(line, "msg")
				c.log["event"], c.log["platform"], c.log["took"] = "e1", "web", float64(3*time.Millisecond)
				diff(t, "log", c.log, line)
			})
		})
	}
}

func TestARuntimePanicSaysWhat(t *testing.T) {
	answer := Answer(func(_ context.Context, e coach.Event) (coach.Reply, error) {
		return coach.Reply{Replace: e.ID[5] == 0}, nil
	}, slog.New(slog.DiscardHandler), NewMetrics())
	_, err := answer(t.Context(), coach.Event{ID: "e1"})
	if got, want := errText(err), "event e1: panic: runtime error: index out of range [5] with length 2"; got != want {
		t.Errorf("the error is %q, want %q", got, want)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
