package discord

import (
	"encoding/json"
	"testing"

	"github.com/bwmarrin/discordgo"
)

func TestTyped(t *testing.T) {
	for _, c := range []struct{ data, verb, text string }{
		{`{"name":"checkin"}`, "checkin", ""},
		{`{"name":"checkin","options":[{"name":"text","type":3,"value":"45m <read>"}]}`, "checkin", "45m <read>"},
		{`{"name":"coach","options":[{"name":"me","type":1}]}`, "me", ""},
		{`{"name":"lead","options":[{"name":"holiday","type":1,"options":[{"name":"text","type":3,"value":"2027-05-01"}]}]}`, "holiday", "2027-05-01"},
	} {
		var d discordgo.ApplicationCommandInteractionData
		if err := json.Unmarshal([]byte(c.data), &d); err != nil {
			t.Fatal(err)
		}
		if verb, text := typed(d); verb != c.verb || text != c.text {
			t.Errorf("%s is %q %q", c.data, verb, text)
		}
	}
}

func TestCommandsFitDiscord(t *testing.T) {
	for _, c := range commands() {
		if n := len(c.Options); n > 25 {
			t.Errorf("/%s has %d options", c.Name, n)
		}
	}
}
