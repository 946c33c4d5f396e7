package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/bot/discord"
)

// BenchmarkDiscord has people type /checkin in Discord, by signed HTTP, through
// the adapter and the coach to Redis and back.
func BenchmarkDiscord(b *testing.B) {
	t := &town{
		platform: "discord", workspace: "700000000000000001",
		room: func(c int) string { return strconv.Itoa(800000000000000000 + c) },
		user: func(l int) string { return strconv.Itoa(900000000000000000 + l) },
	}
	t.settle(b)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := discord.New(discord.Options{Token: "bench", PublicKey: hex.EncodeToString(public), NoGateway: true, APIURL: discordAPI(b)})
	if err != nil {
		b.Fatal(err)
	}
	t.start(b, p)
	var asked atomic.Int64
	make := func(path string) request { return t.interaction(b, private, path, int(asked.Add(1)-1)) }
	awaitLive(b, serve(b, p.Routes()[discord.InteractionsPath]), func() request { return make("/") })
	besideBare(b, p.Routes(), discord.InteractionsPath, make)
}

// discordAPI is what there is to call of Discord.
func discordAPI(b *testing.B) (address string) {
	return "http://" + serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPut {
			fmt.Fprint(w, "[]")
			return
		}
		fmt.Fprint(w, `{"id":"600000000000000001","username":"coach","bot":true}`)
	}))
}

// interaction is the request with which Discord hands over the nth check-in.
// Everybody has their turn.
func (t *town) interaction(b *testing.B, key ed25519.PrivateKey, path string, n int) request {
	learner := n % learners
	now := time.Now()
	room := t.room(learner % cohorts)
	body, err := json.Marshal(map[string]any{
		"id":   strconv.FormatInt((now.UnixMilli()-1420070400000)<<22|int64(n&(1<<22-1)), 10), // of a time and a number, as Discord's are
		"type": 2, "version": 1, "application_id": "600000000000000001", "token": fmt.Sprint("aW50ZXJhY3Rpb24", n),
		"guild_id": t.workspace, "channel_id": room, "channel": map[string]any{"id": room, "type": 0, "name": "general"},
		"member": map[string]any{"nick": nil, "roles": []string{}, "permissions": "2147483647", "user": map[string]any{
			"id": t.user(learner), "username": fmt.Sprint("person", learner), "global_name": fmt.Sprint("Person ", learner), "discriminator": "0",
		}},
		"locale": "en-GB", "guild_locale": "en-GB", "context": 0, "authorizing_integration_owners": map[string]any{"0": t.workspace}, "entitlements": []any{},
		"data": map[string]any{"id": "600000000000000002", "name": "checkin", "type": 1, "options": []any{
			map[string]any{"name": "text", "type": 3, "value": notes[n%len(notes)]},
		}},
	})
	if err != nil {
		b.Error(err)
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	return request{path, http.Header{
		"Content-Type":          {"application/json"},
		"User-Agent":            {"Discord-Interactions/1.0 (+https://discord.com)"},
		"X-Signature-Timestamp": {stamp},
		"X-Signature-Ed25519":   {hex.EncodeToString(ed25519.Sign(key, append([]byte(stamp), body...)))},
	}, body}
}
