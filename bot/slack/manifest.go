package slack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"studycoach/coach"
	"studycoach/content/say"
)

// ManifestOptions say what app to describe.
type ManifestOptions struct {
	Name string // as people see it, at most 35 characters; empty: the usual one
	URL  string // where Slack reaches the bot, such as "https://coach.example.org"; empty: over Socket Mode
}

// botEvents are what Slack tells the bot of:
// https://docs.slack.dev/reference/events
var botEvents = []string{
	"app_home_opened", "app_uninstalled", "tokens_revoked",
	"message.channels", "message.groups", "message.im",
	"channel_archive", "channel_deleted", "channel_id_changed", "channel_left", "channel_unarchive",
	"group_archive", "group_deleted", "group_left", "group_unarchive",
	"member_joined_channel", "member_left_channel",
	"user_change",
}

// checkInShortcut is the callback id of the shortcut that makes a check-in of a
// message.
const checkInShortcut = "checkin"

// Manifest describes the app for Slack, as JSON to paste where an app is made:
// https://docs.slack.dev/reference/app-manifest. It fails where the name or the
// address is none that Slack takes.
func Manifest(o ManifestOptions) ([]byte, error) {
	name := cmp.Or(o.Name, say.AppName.String())
	const longest = 35 // https://docs.slack.dev/reference/app-manifest#display
	if strings.TrimSpace(name) == "" || size(name) > longest {
		return nil, fmt.Errorf("the app's name has to have 1 to %d characters", longest)
	}
	base, err := address(o.URL)
	if err != nil {
		return nil, err
	}
	at := func(path string) string {
		if base == "" {
			return ""
		}
		return base + path
	}

	var m manifest
	m.Metadata.Major, m.Metadata.Minor = 2, 1
	m.Display = display{name, say.AppAbout.String(), say.AppStory.String(), "#1f5f52"}
	m.Features.Home.Home, m.Features.Home.Messages = true, true
	m.Features.Bot.Name = name
	m.Features.Bot.Online = true
	m.Features.Shortcuts = []shortcut{{say.ShortcutCheckIn.String(), "message", checkInShortcut, say.ShortcutAbout.String()}}
	m.Features.Commands = slashCommands(at("/slack/commands"))
	for _, s := range Scopes() {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.Name)
	}
	m.Settings.Events.URL, m.Settings.Events.Bot = at("/slack/events"), botEvents
	m.Settings.Interactivity.On, m.Settings.Interactivity.URL = true, at("/slack/interactions")
	m.Settings.SocketMode = base == ""

	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// address is a base address without the slash at its end.
func address(base string) (string, error) {
	if base == "" {
		return "", nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("the address has to be one like https://coach.example.org")
	}
	return strings.TrimRight(base, "/"), nil
}

// slashCommands are the two commands that people type: one of its own for the
// check-in, one for all others, whose names are its hint.
func slashCommands(at string) []slashCommand {
	var out []slashCommand
	var names []string
	for _, c := range coach.Commands() {
		if name, one := strings.CutPrefix(c.Name, "/coach "); !one {
			out = append(out, slashCommand{c.Name, at, c.Summary, c.Usage, false})
		} else if !c.Lead {
			names = append(names, name)
		}
	}
	return append(out, slashCommand{"/coach", at, say.AppCommand.String(), "[" + strings.Join(names, " | ") + "]", false})
}

// manifest is an app manifest, as far as the bot needs one.
type manifest struct {
	Metadata struct {
		Major int `json:"major_version"`
		Minor int `json:"minor_version"`
	} `json:"_metadata"`
	Display  display `json:"display_information"`
	Features struct {
		Home struct {
			Home     bool `json:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		Bot struct {
			Name   string `json:"display_name"`
			Online bool   `json:"always_online"`
		} `json:"bot_user"`
		Shortcuts []shortcut     `json:"shortcuts"`
		Commands  []slashCommand `json:"slash_commands"`
	} `json:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			URL string   `json:"request_url,omitempty"`
			Bot []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			On  bool   `json:"is_enabled"`
			URL string `json:"request_url,omitempty"`
		} `json:"interactivity"`
		OrgWide    bool `json:"org_deploy_enabled"`
		SocketMode bool `json:"socket_mode_enabled"`
		Rotation   bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

type display struct {
	Name  string `json:"name"`
	About string `json:"description"`
	Story string `json:"long_description"`
	Color string `json:"background_color"`
}

type shortcut struct {
	Name  string `json:"name"`
	On    string `json:"type"`
	ID    string `json:"callback_id"`
	About string `json:"description"`
}

type slashCommand struct {
	Command string `json:"command"`
	URL     string `json:"url,omitempty"`
	About   string `json:"description"`
	Usage   string `json:"usage_hint,omitempty"`
	Escape  bool   `json:"should_escape"`
}
