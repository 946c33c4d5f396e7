package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/bot/slack"
)

// What the bot and Slack know each other by.
const (
	slackToken  = "xoxb-bench"
	slackSecret = "bench-signing-secret"
)

// BenchmarkSlack has people type /checkin in Slack, by signed HTTP, through the
// adapter and the coach to Redis and back.
func BenchmarkSlack(b *testing.B) {
	t := slackTown()
	t.settle(b)
	p, err := slack.New(slack.Options{BotToken: slackToken, SigningSecrets: []string{slackSecret}, APIURL: slackAPI(b)})
	if err != nil {
		b.Fatal(err)
	}
	t.start(b, p)
	meet(b, t, serve(b, p.Routes()["/slack/events"]))
	var asked atomic.Int64
	besideBare(b, p.Routes(), "/slack/commands", func(path string) request {
		return t.checkIn(path, int(asked.Add(1)-1))
	})
}

func slackTown() *town {
	return &town{
		platform: "slack", workspace: "T0BENCH",
		room: func(c int) string { return fmt.Sprintf("C%04d", c) },
		user: func(l int) string { return fmt.Sprintf("U%06d", l) },
	}
}

// slackAPI is what there is to call of Slack.
func slackAPI(b *testing.B) (address string) {
	return "http://" + serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{"ok": false, "error": "unknown_method"}
		if r.URL.Path == "/api/auth.test" {
			answer = map[string]any{"ok": true, "team_id": "T0BENCH", "user_id": "U0BOT", "bot_id": "B0BOT", "url": "https://bench.slack.com/"}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})) + "/api/"
}

// meet tells the bot of everybody's names and zones, as Slack does when people
// change them, so that it need not ask. It waits until the bot listens.
func meet(b *testing.B, t *town, addr string) {
	b.Helper()
	var told atomic.Int64
	change := func() request {
		i := int(told.Add(1)-1) % learners
		user := map[string]any{"id": t.user(i), "team_id": t.workspace, "tz": "UTC", "profile": map[string]any{"display_name": fmt.Sprint("Person ", i)}}
		body, err := json.Marshal(map[string]any{
			"type": "event_callback", "event_id": fmt.Sprint("Ev", i), "event_time": time.Now().Unix(), "team_id": t.workspace,
			"event": map[string]any{"type": "user_change", "user": user},
		})
		if err != nil {
			b.Error(err)
		}
		return signed("/slack/events", "application/json", body)
	}
	awaitLive(b, addr, change)
	fire(b, addr, learners, change)
}

// awaitLive waits until a request is answered with 200, for so long at most.
func awaitLive(b *testing.B, addr string, make func() request) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(2 * time.Millisecond) {
		if _, err := ask(client, addr, make()); err == nil {
			return
		}
	}
	b.Fatal("it does not come to life")
}

// checkIn is the request with which Slack hands over the nth check-in. Everybody
// has their turn.
func (t *town) checkIn(path string, n int) request {
	learner := n % learners
	return signed(path, "application/x-www-form-urlencoded", []byte(url.Values{
		"token": {"legacy"}, "team_id": {t.workspace}, "team_domain": {"bench"}, "channel_id": {t.room(learner % cohorts)},
		"channel_name": {"general"}, "user_id": {t.user(learner)}, "user_name": {fmt.Sprint("person", learner)},
		"command": {"/checkin"}, "text": {notes[n%len(notes)]}, "api_app_id": {"A0BENCH"}, "is_enterprise_install": {"false"},
		"response_url": {"https://hooks.slack.com/commands/T0BENCH/1/x"}, "trigger_id": {fmt.Sprintf("%d.1.%x", n, n)},
	}.Encode()))
}

// signed is a request as Slack signs it.
func signed(path, kind string, body []byte) request {
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(slackSecret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	return request{path, http.Header{
		"Content-Type":              {kind},
		"User-Agent":                {"Slackbot 1.0 (+https://api.slack.com/robots)"},
		"X-Slack-Request-Timestamp": {stamp},
		"X-Slack-Signature":         {"v0=" + hex.EncodeToString(mac.Sum(nil))},
	}, body}
}
