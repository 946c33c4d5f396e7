package slack

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"studycoach/coach"
)

// prefix begins the ids of what the bot makes people press, fill in and submit.
// Its number is the version of what they carry: what another version made is
// refused.
const prefix = "studycoach/1/"

// errForeign says that something pressed or submitted was not made by the bot,
// or by another version of it.
var errForeign = errors.New("not made by this version of the bot")

// pressing is what a button carries as its value. The encoding of package json
// leaves no & < > in it.
type pressing struct {
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// buttons makes the buttons of an actions block, the n-th block of its message.
// Their ids are the same whenever the message is rendered. A button whose
// arguments do not fit is left out.
func buttons(actions []coach.Action, n int) []slack.BlockElement {
	var out []slack.BlockElement
	for i, a := range actions {
		value, err := json.Marshal(pressing{a.Verb, a.Args})
		if err != nil || len(value) > maxButtonValue || i >= maxActions {
			continue
		}
		id := prefix + strconv.Itoa(n) + "/" + strconv.Itoa(i)
		b := slack.NewButtonBlockElement(id, string(value), plain(a.Label, maxButton))
		b.Style = slack.Style(a.Style)
		out = append(out, b)
	}
	return out
}

// pressed reads what a button of the bot carries. It refuses what the bot did
// not make with errForeign.
func pressed(a *slack.BlockAction) (verb string, args map[string]string, err error) {
	var p pressing
	if !strings.HasPrefix(a.ActionID, prefix) || json.Unmarshal([]byte(a.Value), &p) != nil || p.Verb == "" {
		return "", nil, errForeign
	}
	return p.Verb, p.Args, nil
}
