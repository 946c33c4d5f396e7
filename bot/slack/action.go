package slack

import (
	"encoding/json"
	"errors"
	"fmt"
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

// pressing is what a button carries as its value.
type pressing struct {
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// buttons makes the actions blocks of a row of buttons, the n-th block of its
// message: one, unless it gets too long. Ids are the same whenever a message is
// rendered, and each is there once. A button whose arguments do not fit, which
// would not do what it says, is left out.
func buttons(actions []coach.Action, n int) []part {
	var rows []part
	var row []slack.BlockElement
	var labels []string
	weight := 0
	flush := func() {
		if len(row) > 0 {
			rows = append(rows, part{slack.NewActionBlock("", row...), strings.Join(labels, " ")})
		}
		row, labels, weight = nil, nil, 0
	}
	for i, a := range actions {
		b := slack.NewButtonBlockElement(fmt.Sprintf("%s%d/%d", prefix, n, i), encode(pressing{a.Verb, a.Args}), plain(a.Label, maxButton))
		switch a.Style {
		case coach.Primary, coach.Danger: // the names are Slack's too
			b.Style = slack.Style(a.Style)
		}
		if size(b.Value) > maxButtonValue {
			continue
		}
		w := size(encode(b))
		if len(row) == maxActions || weight+w > maxRich {
			flush()
		}
		row, labels, weight = append(row, b), append(labels, "["+tidy(a.Label)+"]"), weight+w
	}
	flush()
	return rows
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
