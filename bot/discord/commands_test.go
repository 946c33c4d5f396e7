package discord

import (
	"encoding/json"
	"testing"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

func TestTyped(t *testing.T) {
	for _, c := range []struct{ data, verb, text, cohort string }{
		{`{"name":"checkin"}`, "checkin", "", ""},
		{`{"name":"checkin","options":[{"name":"text","type":3,"value":"45m <read>"}]}`, "checkin", "45m <read>", ""},
		{`{"name":"checkin","options":[{"name":"unit","type":3,"value":"w03d2"},{"name":"text","type":3,"value":"45m"},{"name":"day","type":3,"value":"yesterday"},{"name":"mode","type":3,"value":"ai"}]}`, "checkin", "45m ai w03d2 yesterday", ""},
		{`{"name":"coach","options":[{"name":"me","type":1}]}`, "me", "", ""},
		{`{"name":"coach","options":[{"name":"forget-me","type":1}]}`, "forget-me", "", ""},
		{`{"name":"coach","options":[{"name":"why","type":1,"options":[{"name":"days","type":4,"value":14}]}]}`, "why", "14", ""},
		{`{"name":"coach","options":[{"name":"settings","type":1,"options":[{"name":"zone","type":3,"value":"Asia/Tokyo"}]}]}`, "settings", "zone Asia/Tokyo", ""},
		{`{"name":"lead","options":[{"name":"holiday","type":1,"options":[{"name":"action","type":3,"value":"remove"},{"name":"days","type":3,"value":"2027-05-01"}]}]}`, "holiday", "remove 2027-05-01", ""},
		{`{"name":"lead","options":[{"name":"leads","type":1,"options":[{"name":"person","type":6,"value":"80351110224678912"}]}]}`, "lead", "<@80351110224678912>", ""},
		{`{"name":"checkin","options":[{"name":"cohort","type":3,"value":"Night owls"},{"name":"text","type":3,"value":"45m"}]}`, "checkin", "45m", "Night owls"},
		{`{"name":"lead","options":[{"name":"pause","type":1,"options":[{"name":"cohort","type":3,"value":"aaaaaaaaaa"}]}]}`, "pause", "", "aaaaaaaaaa"},
		{`{"name":"old","options":[{"name":"gone","type":1}]}`, "old", "", ""},
	} {
		var e coach.Event
		typed(interaction(t, c.data), &e)
		if e.Verb != c.verb || e.Text != c.text || e.Arg("cohort") != c.cohort || e.Chosen != (c.cohort != "") || e.Submit {
			t.Errorf("%s is %+v", c.data, e)
		}
	}
}

func TestTyping(t *testing.T) {
	kind, text, ok := typing(interaction(t, `{"name":"checkin","options":[{"name":"text","type":3,"value":"45m"},{"name":"unit","type":3,"value":"w03","focused":true}]}`))
	if !ok || kind != coach.OptionUnit || text != "w03" {
		t.Errorf("it is %q %q %v", kind, text, ok)
	}
	for _, data := range []string{
		`{"name":"checkin","options":[{"name":"unit","type":3,"value":"w03"}]}`, `{"name":"old"}`,
		`{"name":"checkin","options":[{"name":"old","type":3,"value":"w03","focused":true}]}`,
	} {
		if kind, _, ok := typing(interaction(t, data)); ok {
			t.Errorf("%s is %q", data, kind)
		}
	}
}

func interaction(t *testing.T, data string) (d discordgo.ApplicationCommandInteractionData) {
	t.Helper()
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCommandsFitDiscord(t *testing.T) {
	var all []map[string]any
	count := 0
	for _, c := range commands() {
		all = append(all, object(t, c))
		if count++; c.Name != "checkin" {
			count += len(c.Options) - 1
		}
	}
	if err := wrongCommands(all); err != nil {
		t.Error(err)
	}
	if want := len(coach.Commands()); count != want {
		t.Errorf("there are %d commands, want %d", count, want)
	}
	for _, c := range all {
		if err := fits(t, "ApplicationCommandUpdateRequest", c); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatLeadsTypeIsNamedAsItIsHere(t *testing.T) {
	for text, want := range map[string]string{
		"Type `/coach announce list`.": "Type `/lead announce list`.",
		"`/coach lead remove`":         "`/lead leads remove`",
		"`/coach settings board off`":  "`/coach settings board off`",
		"/coach announce":              "/coach announce", // somebody's own words
	} {
		if got := join(markdown(text)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
