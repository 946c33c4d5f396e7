package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"studycoach/bot/platformtest"
)

func TestManifestsFitSlacksSchema(t *testing.T) {
	for name, o := range map[string]ManifestOptions{
		"socket": {},
		"http":   {Name: "Go crew's coach", URL: "https://coach.example.org/studycoach/"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := Manifest(o)
			if err != nil {
				t.Fatal(err)
			}
			platformtest.Golden(t, "manifest-"+name, string(text))
			if err := fits(t, manifestSchema, json.RawMessage(text)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestManifestRefusesWhatSlackDoes(t *testing.T) {
	for _, o := range []ManifestOptions{
		{Name: " "}, {Name: strings.Repeat("a", 36)},
		{URL: "coach.example.org"}, {URL: "http://coach.example.org"}, {URL: "https://"}, {URL: "https://a b/"},
		{URL: "https://coach.example.org?x=1"}, {URL: "https://user:secret@coach.example.org"},
	} {
		if text, err := Manifest(o); err == nil {
			t.Errorf("%+v is taken: %s", o, text)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error quotes the address: %v", err)
		}
	}
}

// Slack sends no event for which a scope is missing.
func TestEveryEventHasItsScope(t *testing.T) {
	needs := map[string]string{ // https://docs.slack.dev/reference/events
		"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
		"channel_": "channels:read", "group_": "groups:read", "member_": "channels:read groups:read", "user_": "users:read",
		"app_": "", "tokens_": "",
	}
	for _, event := range botEvents {
		known := false
		for prefix, scopes := range needs {
			if !strings.HasPrefix(event, prefix) {
				continue
			}
			known = true
			for _, want := range strings.Fields(scopes) {
				if !slices.ContainsFunc(Scopes(), func(s Scope) bool { return s.Name == want }) {
					t.Errorf("%s needs the scope %s", event, want)
				}
			}
		}
		if !known {
			t.Errorf("nobody says which scope %s needs", event)
		}
	}
	for _, s := range Scopes() {
		if s.Why == "" {
			t.Errorf("nobody says why the bot needs %s", s.Name)
		}
	}
}
