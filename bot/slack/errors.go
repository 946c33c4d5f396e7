package slack

import (
	"errors"
	"fmt"

	"studycoach/bot"
	"studycoach/coach"
)

// meaning is what a word of Slack's about a failed call means for a delivery.
type meaning struct {
	reason bot.Reason
	noRoom bool          // the room takes nothing
	why    coach.Closing // of noRoom: why, where that is certain
	gone   bool          // the person of direct messages is deactivated
}

// The meanings.
var (
	shutOut  = meaning{reason: bot.Revoked}
	notNow   = meaning{reason: bot.Failed}
	outside  = meaning{reason: bot.Refused, noRoom: true, why: coach.NotInRoom}
	archived = meaning{reason: bot.Refused, noRoom: true, why: coach.Archived}
	barred   = meaning{reason: bot.Refused, noRoom: true, why: coach.Forbidden}
	unknown  = meaning{reason: bot.Refused, noRoom: true}
	left     = meaning{reason: bot.Refused, noRoom: true, gone: true}
)

// meanings lists what chat.postMessage and conversations.open fail with
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors,
// https://docs.slack.dev/reference/methods/conversations.open#errors). What is
// not in it means that this message is refused, and no more.
var meanings = map[string]meaning{
	"access_denied":             shutOut,
	"account_inactive":          shutOut,
	"app_not_installed":         shutOut,
	"invalid_auth":              shutOut,
	"missing_scope":             shutOut,
	"not_allowed_token_type":    shutOut,
	"not_authed":                shutOut,
	"token_expired":             shutOut,
	"token_revoked":             shutOut,
	"two_factor_setup_required": shutOut,

	"accesslimited":          notNow,
	"message_limit_exceeded": notNow,
	"org_login_required":     notNow,
	"request_timeout":        notNow,
	"service_unavailable":    notNow,
	"team_added_to_org":      notNow,

	"channel_not_found": unknown, // deleted, or private and without the bot
	"invalid_channel":   unknown,
	"not_in_channel":    outside,
	"is_archived":       archived,

	"ekm_access_denied":                     barred,
	"enterprise_is_restricted":              barred,
	"no_permission":                         barred,
	"restricted_action":                     barred,
	"restricted_action_read_only_channel":   barred,
	"restricted_action_thread_only_channel": barred,
	"team_access_not_granted":               barred,

	"method_not_supported_for_channel_type": unknown,
	"user_not_found":                        unknown,
	"users_not_found":                       unknown,

	"cannot_dm_bot":            unknown,
	"invalid_user_combination": unknown,
	"messages_tab_disabled":    unknown,
	"user_not_visible":         unknown,

	"user_disabled": left,
}

// sendError says of a failed call what becomes of the delivery.
func sendError(err error) *bot.SendError {
	var e *callError
	switch {
	case errors.Is(err, bot.ErrNoRoom):
		return &bot.SendError{Reason: bot.Refused, Err: err}
	case !errors.As(err, &e):
		return &bot.SendError{Reason: bot.Failed, Err: err}
	}
	s := &bot.SendError{Reason: bot.Refused, Err: err}
	m, known := meanings[e.Code]
	switch {
	case e.limited():
		s.Reason, s.After, s.Scope = bot.Limited, e.After, bot.OneWorkspace
		if e.Method == "chat.postMessage" && e.Code != "rate_limited" {
			s.Scope = bot.OneRoom // its limit is one of a channel; where it was the workspace's, the next room says so
		}
	case e.Maybe:
		s.Reason = bot.Unsure
	case e.Code == "" && e.Status < 400:
		s.Reason = bot.Failed // it never came there
	case known:
		s.Reason = m.reason
		if m.reason == bot.Revoked {
			s.Scope = bot.OneWorkspace
		}
		if m.noRoom {
			s.Why = m.why
			s.Err = fmt.Errorf("%w: %w", bot.ErrNoRoom, err)
		}
	}
	return s
}
