package slack

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"studycoach/coach"
)

// callback is what the Events API hands over
// (https://docs.slack.dev/apis/events-api#callback-field).
type callback struct {
	Type  string          `json:"type"`
	ID    string          `json:"event_id"`
	Time  int64           `json:"event_time"` // unix seconds
	Event json.RawMessage `json:"event"`
}

// readEvent reads what the Events API hands over. Types that the bot has not
// asked for are nothing to it.
func (p *Platform) readEvent(ctx context.Context, payload []byte, me self) (arrival, error) {
	var c callback
	var e struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(payload, &c) != nil {
		return arrival{}, errMalformed
	}
	if c.Type != "event_callback" { // app_rate_limited, say
		p.log.Warn("Slack hands over something else than an event.", "type", code(c.Type))
		return arrival{}, nil
	}
	if c.ID == "" || len(c.ID) > 100 || json.Unmarshal(c.Event, &e) != nil {
		return arrival{}, errMalformed
	}
	switch e.Type {
	case "message":
		return p.readMessage(ctx, c, me)
	case "app_home_opened":
		return p.readHomeOpened(ctx, c, me)
	}
	return p.readNotice(ctx, c, e.Type, me)
}

// code is a word of Slack's, fit to be logged.
func code(s string) string {
	if codePattern.MatchString(s) {
		return s
	}
	return "unknown"
}

// posted is a message (https://docs.slack.dev/reference/events/message).
type posted struct {
	Subtype  string `json:"subtype"`
	User     string `json:"user"`
	Team     string `json:"team"`      // the sender's
	UserTeam string `json:"user_team"` // likewise, where it is another one
	BotID    string `json:"bot_id"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Parent   string `json:"parent_user_id"` // who began the thread
}

// readMessage reads a message, the change of one or its deletion, where it is
// for the bot: in direct messages, and in threads that it began.
func (p *Platform) readMessage(ctx context.Context, c callback, me self) (arrival, error) {
	var e struct {
		posted
		Channel     string  `json:"channel"`
		ChannelType string  `json:"channel_type"`
		Deleted     string  `json:"deleted_ts"`
		Message     *posted `json:"message"`
		Previous    *posted `json:"previous_message"`
	}
	if json.Unmarshal(c.Event, &e) != nil || !isID(e.Channel) {
		return arrival{}, errMalformed
	}
	m, verb := e.posted, ""
	switch e.Subtype {
	case "", "thread_broadcast", "file_share", "me_message":
	case "message_changed":
		switch {
		case e.Message == nil || e.Previous == nil:
			return arrival{}, nil
		case e.Message.Subtype == "tombstone": // deleted, though others have answered to it
			m, verb = *e.Previous, "retract"
		case e.Message.Text == e.Previous.Text: // a link was unfurled, say
			return arrival{}, nil
		default:
			m, verb = *e.Message, "amend"
		}
	case "message_deleted":
		if e.Previous == nil {
			return arrival{}, nil
		}
		m, verb = *e.Previous, "retract"
	default: // somebody joined, or a bot says something
		return arrival{}, nil
	}
	inThread := m.ThreadTS != "" && m.ThreadTS != m.TS
	direct := e.ChannelType == "im" || e.ChannelType == "" && strings.HasPrefix(e.Channel, "D")
	switch {
	case m.BotID != "" || m.User == "" || m.User == me.User || m.User == "USLACKBOT":
		return arrival{}, nil
	case !direct && !inThread, !direct && m.Parent != "" && m.Parent != me.User:
		return arrival{}, nil
	}
	at, err := timeOf(m.TS)
	if err != nil || !isID(m.User) {
		return arrival{}, errMalformed
	}
	team := m.UserTeam
	if team == "" {
		team = m.Team
	}
	from, err := p.ref(ctx, me, m.User, team)
	if err != nil {
		return arrival{}, err
	}
	q := &asked{
		event: coach.Event{
			ID: me.Team + "/" + e.Channel + "/" + m.TS, From: from,
			Room: me.room(e.Channel), At: at, Text: typed(m.Text),
		},
		me: me, by: byText, user: m.User, channel: e.Channel,
	}
	if direct {
		q.event.Room = from.Direct()
	}
	if inThread {
		q.thread, q.parent = m.ThreadTS, m.ThreadTS
	}
	if verb != "" {
		q.event.ID, q.event.At, q.event.Verb = c.ID, time.Unix(c.Time, 0).UTC(), verb
		q.event.Args = map[string]string{"at": strconv.FormatInt(at.Unix(), 10)}
		if verb == "retract" {
			q.event.Text = ""
		}
	}
	in := arrival{asked: q}
	if direct {
		in.learn = func() { p.directs.Put(q.user, q.channel) }
	}
	return in, nil
}

// timeOf reads a message's ts, such as "1789034400.000100": unix seconds, and
// what tells messages of one second apart.
func timeOf(ts string) (time.Time, error) {
	seconds, rest, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s < 0 || len(rest) > 6 {
		return time.Time{}, errMalformed
	}
	micros, err := strconv.ParseInt((rest + "000000")[:6], 10, 64)
	if err != nil || micros < 0 {
		return time.Time{}, errMalformed
	}
	return time.Unix(s, micros*1000).UTC(), nil
}

// readHomeOpened reads that somebody opened the bot's App Home
// (https://docs.slack.dev/reference/events/app_home_opened).
func (p *Platform) readHomeOpened(ctx context.Context, c callback, me self) (arrival, error) {
	var e struct {
		User string `json:"user"`
		Tab  string `json:"tab"`
		View struct {
			Metadata string `json:"private_metadata"`
		} `json:"view"` // what is shown; missing where nothing is yet
	}
	if json.Unmarshal(c.Event, &e) != nil || !isID(e.User) {
		return arrival{}, errMalformed
	}
	if e.Tab != "home" {
		return arrival{}, nil
	}
	from, err := p.ref(ctx, me, e.User, "")
	if err != nil {
		return arrival{}, err
	}
	return arrival{asked: &asked{
		event: coach.Event{ID: c.ID, From: from, Room: from.Direct(), At: time.Unix(c.Time, 0).UTC(), Verb: homeVerb},
		me:    me, by: byHome, user: e.User, shown: &e.View.Metadata,
	}}, nil
}
