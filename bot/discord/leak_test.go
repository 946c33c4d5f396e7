package discord

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Nothing that people write or are called, and no token, stands in a log line or
// an error, whatever goes wrong.
func TestNothingLeaks(t *testing.T) {
	const canary = "canary-words"
	var log safeBuffer
	var errs []string
	notice := errors.New("the store is away")
	p, f := open(t, func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Notice = func(context.Context, coach.Notice) error { return notice }
		o.Draw = func(coach.Image) ([]byte, error) { return nil, errors.New("no ink") }
		o.Suggest = func(context.Context, coach.OptionKind, string, coach.Event, []coach.UserRef) ([]coach.Option, error) {
			return nil, notice
		}
	})
	f.people["301"] = person{ID: "301", Username: canary, GlobalName: canary}
	f.guilds["100"].Name, f.channels["200"].Name = canary, canary
	reply := coach.Reply{Message: coach.Say(coach.Text(canary), coach.Picture(coach.Image{Alt: canary}), coach.Actions(coach.Action{Label: canary, Verb: "checkin"}))}
	var slow bool
	handle := func(context.Context, coach.Event) (coach.Reply, error) {
		if slow {
			time.Sleep(bot.Budget + 100*time.Millisecond)
		}
		return reply, nil
	}
	run(t, p, handle)
	f.gateway.ready(t)
	settle := func() {
		t.Helper()
		if !p.in.Wait(idleTime) {
			t.Fatal("it does not end")
		}
	}
	quoting := `{"code":50035,"message":"` + canary + `","errors":{"embeds":{"0":{"` + canary + ` \n":{"_errors":[{"code":"` + canary + `x","message":"` + canary + `"}]}}}}}`
	refused := status(400, strings.ReplaceAll(quoting, canary+`x`, "BASE_TYPE_MAX_LENGTH"))
	for _, trouble := range []http.HandlerFunc{
		refused,
		status(404, `{"code":10015,"message":"`+canary+`"}`),
		status(500, canary),
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		status(200, `{"id":"`+canary),
		status(429, `{"retry_after":60,"message":"`+canary+`"}`, "X-RateLimit-Scope", "shared"),
	} {
		f.fail("POST /channels/200/messages", 1, trouble)
		d := delivery("a")
		d.Message = *reply.Message
		if e := trySend(t, p, d); e != nil {
			errs = append(errs, e.Error())
		} else {
			t.Error("it is sent")
		}
		f.fail("GET /channels/200/messages", 1, trouble)
		if _, _, err := p.Find(t.Context(), d); err != nil {
			errs = append(errs, err.Error())
		}
		f.fail("POST /interactions/", 1, trouble)
		_, body := f.ask("301", "200", 2, commandData(t, "checkin 45m "+canary), nil)
		f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
		settle()
		f.fail("POST /users/@me/channels", 1, trouble)
		f.gateway.tell(t, "MESSAGE_CREATE", f.written("<@900> 45m "+canary, nil))
		settle()
	}
	slow = true
	f.fail("PATCH /webhooks/", 9, refused)
	_, body := f.ask("301", "200", 2, commandData(t, "checkin 45m "+canary), nil)
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	settle()
	slow = false
	_, body = f.ask("301", "200", 4, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{
		map[string]any{"type": 3, "name": "unit", "value": canary, "focused": true},
	}}, nil)
	f.gateway.tell(t, "INTERACTION_CREATE", json.RawMessage(body))
	for _, kind := range []string{"INTERACTION_CREATE", "MESSAGE_CREATE", "CHANNEL_UPDATE", "GUILD_CREATE"} {
		f.gateway.tell(t, kind, []string{canary}) // none of these
	}
	settle()
	w := httptest.NewRecorder()
	p.Routes()[InteractionsPath].ServeHTTP(w, signedRequest(t, "http://bot.example"+InteractionsPath, []byte(`{"data":"`+canary+`"}`), time.Now()))
	f.fail("GET ", 99, refused)
	for _, row := range p.Check(t.Context()) {
		errs = append(errs, row.Detail)
	}
	_, err := p.Register(t.Context(), "")
	errs = append(errs, err.Error())

	all := log.String() + strings.Join(errs, "\n")
	for _, secret := range []string{canary, fakeToken, "interaction-token-"} {
		if i := strings.Index(all, secret); i >= 0 {
			t.Errorf("%s is told: %s", secret, all[max(0, i-200):min(len(all), i+100)])
		}
	}
	if n := strings.Count(all, "\n"); n < 20 {
		t.Errorf("only %d lines were written:\n%s", n, all)
	}
}
