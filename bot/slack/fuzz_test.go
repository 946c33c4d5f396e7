package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"studycoach/coach"
)

// Payloads as Slack hands them over.
var (
	eventSeeds = []string{
		`{"type":"event_callback","event_id":"Ev1","event_time":1789000000,"event":{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"45m","ts":"1789000000.000100"}}`,
		`{"type":"event_callback","event_id":"Ev3","event":{"type":"channel_id_changed","old_channel_id":"G1","new_channel_id":"C1"}}`,
		`{"type":"event_callback","event_id":"Ev2","event":{"type":"message","subtype":"message_changed","channel":"D1","channel_type":"im","message":{"user":"U1","text":"a","ts":"1789000000.1"},"previous_message":{"text":"b"}}}`,
		`{"type":"event_callback","event_id":"Ev3","event":{"type":"message","subtype":"message_deleted","channel":"D1","previous_message":{"user":"U1","text":"b","ts":"1789000000.1"}}}`,
		`{"type":"event_callback","event_id":"Ev4","event":{"type":"user_change","user":{"id":"U1","tz":"Asia/Tokyo","profile":{"display_name":"\u0000x"}}}}`,
		`{"type":"event_callback","event_id":"Ev5","event":{"type":"app_home_opened","user":"U1","tab":"home","view":{"private_metadata":"x"}}}`,
		`{"type":"event_callback","event_id":"Ev6","event":{"type":"member_left_channel","user":"U0COACH","channel":"C1"}}`,
		`{"type":"event_callback","event_id":"Ev7","event":{"type":"tokens_revoked","tokens":{"bot":["U0COACH"]}}}`,
		`{"type":"app_rate_limited","minute_rate_limited":1}`,
		`{"type":"url_verification","challenge":"c"}`,
	}
	commandSeeds = []string{
		`{"command":"/checkin","user_id":"U1","user_name":"ada","channel_id":"C1","text":"45m &lt;b&gt;","trigger_id":"1.2.3","response_url":"http://127.0.0.1:1/x","team_id":"T2"}`,
		`{"command":"coach","user_id":"U1","channel_id":"C1"}`,
	}
	interactionSeeds = []string{
		`{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"container":{"type":"message","message_ts":"1.2","is_ephemeral":true},"actions":[{"type":"button","block_id":"b","action_id":"studycoach/1/0/0","value":"{\"verb\":\"checkin\",\"args\":{\"a\":\"b\"}}"}],"trigger_id":"1.2.3","response_url":"http://127.0.0.1:1/x"}`,
		`{"type":"block_actions","user":{"id":"U1"},"container":{"type":"view"},"view":{"type":"home","private_metadata":"x"},"actions":[{"type":"button","block_id":"b","action_id":"studycoach/1/0/0","value":"{\"verb\":\"me\"}"}]}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"type":"modal","callback_id":"studycoach/1/form","private_metadata":"{\"verb\":\"settings\",\"where\":{\"room\":\"slack/T0TEAM/C1\"}}","state":{"values":{"studycoach/1/abc/zone":{"studycoach/1/value":{"type":"plain_text_input","value":"UTC"}}}}}}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"type":"modal"}}`,
		`{"type":"message_action","callback_id":"checkin","user":{"id":"U1","team_id":"T2"},"channel":{"id":"C1"},"message":{"text":"45m <@U2>"}}`,
		`{"type":"view_closed","user":{"id":"U1"}}`,
	}
)

// fuzzed is a platform that reaches nobody, with a handler.
func fuzzed(f *testing.F, h func(context.Context, coach.Event) (coach.Reply, error), notice func(context.Context, coach.Notice) error) *Platform {
	f.Helper()
	p, err := New(Options{BotToken: botToken, SigningSecrets: []string{secret}, APIURL: "http://127.0.0.1:1", Notice: notice})
	if err != nil {
		f.Fatal(err)
	}
	p.me.known.Store(&self{Team: teamID, User: botUser, BotID: botID})
	p.in.Open(h)
	return p
}

// However a request looks, it is let in when Slack has signed it and never else.
func FuzzHTTP(f *testing.F) {
	for path, seeds := range [][]string{eventSeeds, commandSeeds, interactionSeeds} {
		for _, s := range seeds {
			if path == 2 {
				s = "payload=" + s
			}
			f.Add(s, uint8(path), "v0=00")
			f.Add(s[:len(s)/2], uint8(path), "")
		}
	}
	f.Add("command=/checkin&user_id=U1&channel_id=C1&text=45m", uint8(1), "v0=")
	asked := false
	p := fuzzed(f, func(context.Context, coach.Event) (coach.Reply, error) { asked = true; return coach.Reply{}, nil }, nil)
	paths := []string{"/slack/events", "/slack/commands", "/slack/interactions"}
	f.Fuzz(func(t *testing.T, body string, path uint8, forged string) {
		to := paths[int(path)%len(paths)]
		mediaType := "application/json"
		if to != paths[0] {
			mediaType = "application/x-www-form-urlencoded"
		}
		r := signedRequest(t.Context(), "http://bot"+to, mediaType, []byte(body), secret, time.Now())
		good := r.Header.Get("X-Slack-Signature")
		if r.Header.Set("X-Slack-Signature", forged); !strings.EqualFold(forged, good) {
			asked = false
			if w := serveHTTP(p, r); w.Code < 400 || w.Code >= 500 || asked {
				t.Errorf("forged, it is answered with %d, and the coach is asked: %t", w.Code, asked)
			}
		}
		r = signedRequest(t.Context(), "http://bot"+to, mediaType, []byte(body), secret, time.Now())
		if w := serveHTTP(p, r); w.Code == http.StatusUnauthorized || w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
			t.Errorf("signed, it is answered with %d", w.Code)
		}
	})
}

// Whatever Slack hands over, what reaches the coach is well formed.
func FuzzTake(f *testing.F) {
	kinds := []kind{kindEvent, kindCommand, kindInteraction, "hello"}
	for k, seeds := range [][]string{eventSeeds, commandSeeds, interactionSeeds} {
		for _, s := range seeds {
			f.Add(s, uint8(k))
		}
	}
	f.Add(strings.Repeat(`{"event":`, 100), uint8(0))
	var events []coach.Event
	var notices []coach.Notice
	p := fuzzed(f, func(_ context.Context, e coach.Event) (coach.Reply, error) {
		if e.Verb != homeVerb { // which may follow another
			events = append(events, e)
		}
		return coach.Reply{}, nil
	}, func(_ context.Context, n coach.Notice) error {
		notices = append(notices, n)
		return nil
	})
	f.Fuzz(func(t *testing.T, payload string, k uint8) {
		events, notices = nil, nil
		p.recent.events.Clear()
		ack, err := p.take(t.Context(), p.payload(kinds[int(k)%len(kinds)], []byte(payload)))
		if len(events)+len(notices) > 1 || err != nil && len(events) > 0 {
			t.Errorf("there are %d events and %d notices: %v", len(events), len(notices), err)
		}
		if len(ack) > 0 && !json.Valid(ack) || len(ack) > maxAck {
			t.Errorf("it is acknowledged with %q", ack)
		}
		if err != nil && errors.Is(err, errMalformed) && len(notices) > 0 {
			t.Errorf("it is malformed, and noted as %+v", notices)
		}
		for _, e := range events {
			wellFormed(t, e)
		}
		for _, n := range notices {
			if n.ID == "" || n.Kind == "" || n.Room == "" && n.User == "" || n.Room != "" && n.Room.Platform() != platform {
				t.Errorf("the notice is %+v", n)
			}
		}
	})
}

func wellFormed(t *testing.T, e coach.Event) {
	t.Helper()
	from := strings.Split(string(e.From), "/")
	room := strings.Split(string(e.Room), "/")
	switch {
	case len(from) != 3 || from[0] != platform || !isID(from[1]) || !isID(from[2]):
		t.Errorf("the sender is %q", e.From)
	case len(room) != 3 || room[0] != platform || !isID(room[1]) || !isID(strings.TrimPrefix(room[2], "@")):
		t.Errorf("the room is %q", e.Room)
	case e.Room.IsDirect() && e.Room != e.From.Direct():
		t.Errorf("%s is in the direct messages %s", e.From, e.Room)
	case e.ID == "" || e.Name == "" || e.At.IsZero():
		t.Errorf("it lacks an id, a name or a time: %+v", e)
	case !utf8.ValidString(e.Text) || len(e.Text) > maxTyped:
		t.Errorf("the text is %q", e.Text)
	}
}

// What is let through as shallow can be decoded without deep recursion.
func FuzzShallow(f *testing.F) {
	for _, s := range []string{`{"a":[1,"[[[",{}]}`, `"\"[`, `[[`, strings.Repeat("[", maxNesting+1), strings.Repeat(`{"a":`, maxNesting) + "1" + strings.Repeat("}", maxNesting)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			return // a number beyond all
		}
		if d := depth(v); d > maxNesting && shallow([]byte(s)) {
			t.Errorf("what is %d deep is let through", d)
		}
	})
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			deepest = max(deepest, depth(x))
		}
	case []any:
		for _, x := range v {
			deepest = max(deepest, depth(x))
		}
	default:
		return 0
	}
	return deepest + 1
}
