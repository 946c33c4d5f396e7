package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// ping is what Discord sends to try an address.
const ping = `{"id":"1","application_id":"900","type":1,"token":"t","version":1}`

// commandBody is a command of Ada's.
const commandBody = `{"id":"77","application_id":"900","type":2,"token":"t","user":{"id":"301","username":"ada"},` +
	`"data":{"id":"1","name":"checkin","type":1,"options":[]}}`

func TestSignedRequests(t *testing.T) {
	p, _ := open(t, nil)
	h := newHeard()
	p.in.Open(h.handle)
	entry := p.Routes()[InteractionsPath]
	signed := func(body string, at time.Time) *http.Request {
		return signedRequest(t, "http://bot.example"+InteractionsPath, []byte(body), at)
	}
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, c := range map[string]struct {
		want int
		make func() *http.Request
	}{
		"good": {200, func() *http.Request { return signed(ping, now) }},
		"a charset": {200, func() *http.Request {
			r := signed(ping, now)
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			return r
		}},
		"unsigned": {401, func() *http.Request { r := signed(ping, now); r.Header.Del("X-Signature-Ed25519"); return r }},
		"no time":  {401, func() *http.Request { r := signed(ping, now); r.Header.Del("X-Signature-Timestamp"); return r }},
		"another time": {401, func() *http.Request {
			r := signed(ping, now)
			r.Header.Set("X-Signature-Timestamp", strconv.FormatInt(now.Unix()+1, 10))
			return r
		}},
		"no number":   {401, func() *http.Request { r := signed(ping, now); r.Header.Set("X-Signature-Timestamp", "now"); return r }},
		"old":         {401, func() *http.Request { return signed(ping, now.Add(-6*time.Minute)) }},
		"of tomorrow": {401, func() *http.Request { return signed(ping, now.Add(6*time.Minute)) }},
		"another body": {401, func() *http.Request {
			r := signed(ping, now)
			r.Body = io.NopCloser(strings.NewReader(ping + " "))
			return r
		}},
		"no hex": {401, func() *http.Request {
			r := signed(ping, now)
			r.Header.Set("X-Signature-Ed25519", strings.Repeat("x", 128))
			return r
		}},
		"another key": {401, func() *http.Request {
			r, at := signed(ping, now), strconv.FormatInt(now.Unix(), 10)
			r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(other, []byte(at+ping))))
			return r
		}},
		"no JSON": {400, func() *http.Request { return signed("{", now) }},
		"empty":   {400, func() *http.Request { return signed("", now) }},
		"nobody": {400, func() *http.Request {
			return signed(`{"id":"1","application_id":"900","type":2,"token":"t","data":{"name":"coach"}}`, now)
		}},
		"no data": {400, func() *http.Request {
			return signed(`{"id":"1","application_id":"900","type":2,"token":"t","user":{"id":"301"}}`, now)
		}},
		"cut off": {400, func() *http.Request { return signed(commandBody[:len(commandBody)-20], now) }},
		"nested":  {400, func() *http.Request { return signed(strings.Repeat(`{"data":`, 50_000), now) }},
		"nested data": {400, func() *http.Request {
			return signed(strings.Replace(commandBody, `"options":[]`, `"options":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000), 1), now)
		}},
		"of no known type": {400, func() *http.Request { return signed(strings.Replace(commandBody, `"type":2`, `"type":99`, 1), now) }},
		"no id": {400, func() *http.Request {
			return signed(strings.Replace(commandBody, `"id":"77"`, `"id":"../../1"`, 1), now)
		}},
		"an id in words": {400, func() *http.Request { return signed(strings.Replace(commandBody, `"id":"301"`, `"id":"ada"`, 1), now) }},
		"a server in words": {400, func() *http.Request {
			return signed(strings.Replace(commandBody, `"token"`, `"guild_id":"a/b","token"`, 1), now)
		}},
		"too long": {413, func() *http.Request { return signed(strings.Repeat(" ", maxBody+1), now) }},
		"GET":      {405, func() *http.Request { r := signed(ping, now); r.Method = http.MethodGet; return r }},
		"a form": {415, func() *http.Request {
			r := signed(ping, now)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}},
	} {
		w := httptest.NewRecorder()
		entry.ServeHTTP(w, c.make())
		if w.Code != c.want {
			t.Errorf("%s: the status is %d, want %d", name, w.Code, c.want)
		}
		if c.want == 200 && strings.TrimSpace(w.Body.String()) != `{"type":1}` {
			t.Errorf("%s: the answer is %s", name, w.Body)
		}
	}
	if all := h.events(); len(all) > 0 {
		t.Errorf("the coach hears %+v", all)
	}
	p.in.Close()
	w := httptest.NewRecorder()
	if entry.ServeHTTP(w, signed(commandBody, now)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("when nothing runs the status is %d", w.Code)
	}
}

// What comes again is the same event, which the coach answers the same.
func TestReplayedInteractions(t *testing.T) {
	p, f := open(t, nil)
	var ids []string
	p.in.Open(func(_ context.Context, e coach.Event) (coach.Reply, error) {
		ids = append(ids, e.ID)
		return coach.Reply{Message: coach.Say(coach.Text("Hello."))}, nil
	})
	_, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{}}, nil)
	entry := p.Routes()[InteractionsPath]
	for range 3 {
		w := httptest.NewRecorder()
		if entry.ServeHTTP(w, signedRequest(t, "http://bot.example"+InteractionsPath, body, time.Now())); w.Code != http.StatusOK {
			t.Errorf("the status is %d", w.Code)
		}
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[0] != ids[2] {
		t.Errorf("the events are %q", ids)
	}
}

// Components that this version of the bot did not make are answered kindly, and
// the coach does not hear of them.
func TestForeignComponents(t *testing.T) {
	p, f := open(t, nil)
	h := newHeard()
	p.in.Open(h.handle)
	on := &fakeMessage{ID: "5", Channel: "200", Author: "900", For: "301", Raw: map[string]any{}}
	entry := p.Routes()[InteractionsPath]
	for name, c := range map[string]struct {
		kind int
		data map[string]any
	}{
		"a button":                    {3, map[string]any{"custom_id": "checkin", "component_type": 2}},
		"a button of another version": {3, map[string]any{"custom_id": "Z!(checkin~", "component_type": 2}},
		"a form's button":             {3, map[string]any{"custom_id": pack(idSave, 0, "checkin"), "component_type": 2}},
		"a menu":                      {3, map[string]any{"custom_id": pack(idMenu, 0, "0.o:mode"), "component_type": 3, "values": []any{"ai"}}},
		"a window":                    {5, map[string]any{"custom_id": "checkin", "components": []any{}}},
		"a window of a form":          {5, map[string]any{"custom_id": pack(idPage, 0, "1"), "components": []any{}}},
		"a window of no verb":         {5, map[string]any{"custom_id": pack(idModal, 0, "", "x"), "components": []any{}}},
		"a window cut off":            {5, map[string]any{"custom_id": strings.TrimSuffix(pack(idModal, 0, "checkin"), idEnd), "components": []any{}}},
	} {
		_, body := f.ask("301", "200", c.kind, c.data, on)
		w := httptest.NewRecorder()
		entry.ServeHTTP(w, signedRequest(t, "http://bot.example"+InteractionsPath, body, time.Now()))
		if !p.in.Wait(idleTime) {
			t.Fatal("it does not end")
		}
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "older version of me") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if all := h.events(); len(all) > 0 {
		t.Errorf("the coach hears %+v", all)
	}
}

func TestNoRoutesWithoutAKey(t *testing.T) {
	p, _ := open(t, func(o *Options) { o.PublicKey = "" })
	if p.Routes() != nil {
		t.Error("there are routes")
	}
	for _, o := range []Options{{}, {Token: "t", PublicKey: "00"}, {Token: "t", NoGateway: true}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// Whatever comes signed, the entry answers with a status that fits and does not
// panic; unsigned, it parses nothing.
func FuzzInteractions(f *testing.F) {
	fk := newFake(f)
	p, err := New(Options{Token: fakeToken, PublicKey: publicKey, APIURL: fk.url(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	p.in.Open(func(context.Context, coach.Event) (coach.Reply, error) {
		return coach.Reply{Message: coach.Say(coach.Text("Hello."))}, nil
	})
	f.Cleanup(p.rest.close)
	on := &fakeMessage{ID: "5", Channel: "200", Author: "900", Raw: map[string]any{}}
	for kind, data := range map[int]any{
		2: map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{map[string]any{"type": 3, "name": "text", "value": "45m"}}},
		3: map[string]any{"custom_id": pack(idButton, 0, "checkin"), "component_type": 2},
		4: map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{map[string]any{"type": 3, "name": "unit", "value": "w", "focused": true}}},
		5: map[string]any{"custom_id": pack(idModal, 0, "checkin"), "components": []any{}},
	} {
		m := on
		if kind != 3 {
			m = nil
		}
		_, body := fk.ask("301", "200", kind, data, m)
		f.Add(body, true)
	}
	filling := form(checkInForm())
	draft := &fakeMessage{ID: "6", Channel: "200", Author: "900", For: "301", Raw: object(f, map[string]any{"embeds": filling.Embeds, "components": filling.Components})}
	for _, c := range componentsOf(draft) {
		_, body := fk.ask("301", "200", 3, map[string]any{"custom_id": c["custom_id"], "component_type": c["type"], "values": []any{}}, draft)
		f.Add(body, true)
	}
	_, body := fk.ask("301", "200", 5, map[string]any{"custom_id": pack(idPage, 0, "1"), "components": []any{
		map[string]any{"type": 1, "components": []any{map[string]any{"type": 4, "custom_id": "time", "value": "45m"}}},
	}}, draft)
	f.Add(body, true)
	f.Add([]byte(ping), false)
	entry := p.Routes()[InteractionsPath]
	f.Fuzz(func(t *testing.T, body []byte, signed bool) {
		r := signedRequest(t, "http://bot.example"+InteractionsPath, body, time.Now())
		if !signed {
			r.Header.Set("X-Signature-Ed25519", strings.Repeat("0", 128))
		}
		w := httptest.NewRecorder()
		entry.ServeHTTP(w, r)
		switch {
		case !signed && w.Code != http.StatusUnauthorized:
			t.Errorf("unsigned, the status is %d", w.Code)
		case w.Code == http.StatusOK && !json.Valid(bytes.TrimSpace(w.Body.Bytes())):
			t.Errorf("the answer is no JSON: %s", w.Body)
		case w.Code != http.StatusOK && w.Code != http.StatusAccepted && w.Code != http.StatusBadRequest && w.Code != http.StatusUnauthorized && w.Code != http.StatusRequestEntityTooLarge:
			t.Errorf("the status is %d", w.Code)
		}
		if !p.in.Wait(2 * time.Second) {
			t.Errorf("it does not end: %s", body)
		}
	})
}

// An answer is whole, with its length, before what follows it is done.
func TestAnAnswerTellsItsLength(t *testing.T) {
	w := httptest.NewRecorder()
	answer(w, response{Type: 1})
	if got := w.Result().ContentLength; got != int64(w.Body.Len()) || !w.Flushed {
		t.Errorf("it tells %d bytes of %d", got, w.Body.Len())
	}
}

// Neither the next interaction nor the end of the server waits for an answer that
// comes late.
func TestALateAnswerHoldsUpNobody(t *testing.T) {
	p, f := open(t, nil)
	slow, hurry := context.WithCancel(t.Context())
	p.in.Open(func(_ context.Context, e coach.Event) (coach.Reply, error) {
		if e.Text == "slow" {
			<-slow.Done()
		}
		return coach.Reply{Message: coach.Say(coach.Text("Hello."))}, nil
	})
	server := httptest.NewServer(p.Routes()[InteractionsPath])
	t.Cleanup(server.Close)
	t.Cleanup(hurry)
	client := &http.Client{Timeout: idleTime, Transport: &http.Transport{MaxConnsPerHost: 1}} // as a proxy that keeps its connections
	t.Cleanup(client.CloseIdleConnections)
	ask := func(text string) (kind int) {
		t.Helper()
		in, body := f.ask("301", "200", 2, map[string]any{"id": "1", "type": 1, "name": "checkin", "options": []any{map[string]any{"type": 3, "name": "text", "value": text}}}, nil)
		res, err := client.Do(signedRequest(t, server.URL+InteractionsPath, body, time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var got response
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		data, _ := got.Data.(map[string]any)
		f.respond(in, got.Type, &fakeMessage{Raw: data})
		return got.Type
	}
	if kind := ask("slow"); kind != 5 {
		t.Errorf("the slow one is answered with %d", kind)
	}
	begun := time.Now()
	if kind := ask("quick"); kind != 4 || time.Since(begun) > bot.Budget {
		t.Errorf("after %v the quick one is answered with %d", time.Since(begun), kind)
	}
	ctx, cancel := context.WithTimeout(t.Context(), idleTime)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("the server does not end: %v", err)
	}
	if p.in.Wait(0) {
		t.Error("the slow one is over")
	}
	hurry()
	if !p.in.Wait(idleTime) {
		t.Error("the slow one does not end")
	}
	if all := f.in("200", "301"); len(all) != 2 || visible(all[0]).Text != "Hello." {
		t.Errorf("what is seen is %+v", all)
	}
}
