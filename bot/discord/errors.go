package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Scopes of a 429
// (https://docs.discord.com/developers/topics/rate-limits#header-format).
const (
	scopeUser   = "user"   // the bot on one route
	scopeShared = "shared" // everybody at one thing; counts against nobody
	scopeGlobal = "global" // the bot everywhere
)

// revokedPause is how long nothing is asked for once the token was refused. It
// is shorter than the outbox's, whose one message that tries then goes out.
const revokedPause = time.Minute

// apiError is a refusal of Discord's. It holds nothing that was sent.
type apiError struct {
	name    string // the request: "POST /channels/{channel}/messages"
	status  int
	code    int           // Discord's own, https://docs.discord.com/developers/topics/opcodes-and-status-codes#json; 0: none
	fields  []string      // of a form error: where and what, such as "embeds.0.title BASE_TYPE_MAX_LENGTH"
	after   time.Duration // of a 429: how long to wait
	scope   string        // of a 429
	unasked bool          // Discord was not asked, for what it said before
}

func (e *apiError) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.name, e.status, http.StatusText(e.status))
	if e.code != 0 {
		text += fmt.Sprintf(", code %d", e.code)
		if what, known := codes[e.code]; known {
			text += " (" + what + ")"
		}
	}
	if len(e.fields) > 0 {
		text += ": " + strings.Join(e.fields, ", ")
	}
	if e.scope != "" {
		text += fmt.Sprintf(", scope %s, wait %v", e.scope, e.after.Round(time.Millisecond))
	}
	if e.unasked {
		text += ", not asked again"
	}
	return text
}

// Codes of Discord's that say what to do.
const (
	unknownChannel    = 10003
	unknownGuild      = 10004
	unknownMessage    = 10008
	unknownUser       = 10013
	unknownWebhook    = 10015
	unknownAction     = 10062
	tooManyChannels   = 40003
	tooLarge          = 40005
	acknowledged      = 40060
	missingAccess     = 50001
	cannotTalk        = 50007
	missingPermission = 50013
	badToken          = 50014
	archivedThread    = 50083
	noMutualGuilds    = 50278
	threadThere       = 160004
	lockedThread      = 160005
)

// codes says what they mean, for people who run the bot.
var codes = map[int]string{
	unknownChannel:    "unknown channel",
	unknownGuild:      "unknown server",
	unknownMessage:    "unknown message",
	unknownUser:       "unknown user",
	unknownWebhook:    "the interaction's token is no longer good",
	unknownAction:     "unknown interaction",
	20016:             "slow mode",
	20028:             "the channel is written to too fast",
	20029:             "the server is written to too fast",
	40001:             "unauthorized",
	tooManyChannels:   "direct messages are opened too fast",
	40004:             "sending is switched off for now",
	tooLarge:          "the request is too large",
	40006:             "the feature is switched off for now",
	acknowledged:      "the interaction was answered before",
	missingAccess:     "missing access",
	cannotTalk:        "the person takes no direct messages of the bot",
	50008:             "no messages in this channel",
	missingPermission: "missing permissions",
	badToken:          "invalid token",
	50035:             "invalid form",
	archivedThread:    "the thread is archived",
	noMutualGuilds:    "the person shares no server with the bot",
	130000:            "overloaded",
	threadThere:       "the message has a thread",
	lockedThread:      "the thread is locked",
}

// noRoom are the codes of rooms that take no message of the bot, and why, as
// far as people can mend it.
var noRoom = map[int]coach.Closing{
	unknownChannel:    coach.Deleted,
	unknownGuild:      coach.Deleted,
	unknownUser:       coach.Deleted,
	missingAccess:     coach.Forbidden,
	missingPermission: coach.Forbidden,
	archivedThread:    coach.Archived,
	lockedThread:      coach.Archived,
	50008:             coach.Forbidden,
	50024:             coach.Forbidden,
	cannotTalk:        "",
	noMutualGuilds:    "",
}

// closing says why the room of a failed request takes no messages.
func (e *apiError) closing() (coach.Closing, bool) {
	why, ok := noRoom[e.code]
	return why, ok
}

// revoked tells whether the bot's token is refused.
func (e *apiError) revoked() bool {
	return e.status == http.StatusUnauthorized || e.code == badToken || e.code == 40001
}

// callError is a request without an answer that can be read.
type callError struct {
	name    string
	err     error // quotes no address
	written bool  // Discord may have it
}

func (e *callError) Error() string { return e.name + ": " + e.err.Error() }

func (e *callError) Unwrap() error { return e.err }

// readError reads what Discord says of a request that it refused.
func readError(q request, res *http.Response, body []byte) *apiError {
	var said struct {
		Code       int             `json:"code"`
		RetryAfter float64         `json:"retry_after"`
		Global     bool            `json:"global"`
		Errors     json.RawMessage `json:"errors"`
	}
	readable := json.Unmarshal(body, &said) == nil
	e := &apiError{name: q.name(), status: res.StatusCode, code: said.Code, fields: formErrors(said.Errors)}
	if res.StatusCode != http.StatusTooManyRequests {
		return e
	}
	if e.after = time.Duration(min(max(said.RetryAfter, 0), 86400) * float64(time.Second)); e.after == 0 {
		e.after, _ = seconds(res.Header.Get("Retry-After"))
	}
	e.after = max(e.after, 100*time.Millisecond)
	e.scope = cmp.Or(res.Header.Get("X-RateLimit-Scope"), scopeUser)
	if said.Global || res.Header.Get("X-RateLimit-Global") == "true" || !readable { // not JSON: Cloudflare's, about the address
		e.scope = scopeGlobal
	}
	return e
}

// formErrors lists where a form is wrong, by names and constants alone: the
// sentences beside them may quote it.
func formErrors(raw json.RawMessage) (list []string) {
	var walk func(path string, raw json.RawMessage, depth int)
	walk = func(path string, raw json.RawMessage, depth int) {
		var node map[string]json.RawMessage
		if depth > 10 || len(list) >= 5 || json.Unmarshal(raw, &node) != nil {
			return
		}
		var here []struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(node["_errors"], &here) == nil {
			for _, x := range here {
				list = append(list, strings.TrimSpace(plain(path)+" "+plain(x.Code)))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if name != "_errors" {
				walk(strings.TrimPrefix(path+"."+name, "."), node[name], depth+1)
			}
		}
	}
	walk("", raw, 0)
	return list
}

// plain keeps the characters of field names and constants, of at most 80.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), 80)]
}

// sendError says what to do about a request that failed on behalf of a
// delivery.
func sendError(err error) *bot.SendError {
	var a *apiError
	if !errors.As(err, &a) {
		reason := bot.Failed
		var c *callError
		if errors.As(err, &c) && c.written {
			reason = bot.Unsure
		}
		return &bot.SendError{Reason: reason, Err: err}
	}
	why, closed := a.closing()
	switch {
	case a.revoked():
		return &bot.SendError{Reason: bot.Revoked, Scope: bot.WholePlatform, Err: err}
	case a.status == http.StatusTooManyRequests:
		e := &bot.SendError{Reason: bot.Limited, Scope: bot.OneRoom, After: a.after, Err: err}
		if a.scope == scopeGlobal {
			e.Scope = bot.WholePlatform
		}
		return e
	case a.code == tooManyChannels:
		return &bot.SendError{Reason: bot.Limited, Scope: bot.OneRoom, After: 10 * time.Minute, Err: err}
	case closed:
		return &bot.SendError{Reason: bot.Refused, Why: why, Err: fmt.Errorf("%w: %w", bot.ErrNoRoom, err)}
	case a.status >= 500:
		return &bot.SendError{Reason: bot.Unsure, Err: err}
	case a.status == http.StatusRequestTimeout || a.code == 40004 || a.code == 40006 || a.code == 130000,
		a.status == http.StatusForbidden && a.code == 0: // a proxy's word
		return &bot.SendError{Reason: bot.Failed, Err: err}
	default:
		return &bot.SendError{Reason: bot.Refused, Err: err}
	}
}

// refusedRoom is the error of a room that is none of Discord's.
func refusedRoom(why string) *bot.SendError {
	return &bot.SendError{Reason: bot.Refused, Err: fmt.Errorf("%w: %s", bot.ErrNoRoom, why)}
}

// hasCode tells whether Discord refused with one of the codes.
func hasCode(err error, list ...int) bool {
	var a *apiError
	return errors.As(err, &a) && slices.Contains(list, a.code)
}
