package coach

import (
	"strings"
	"time"
)

// UserRef names one account on one platform: "slack/T1/U1",
// "discord/G1/U1", "web/playground/ada".
type UserRef string

// User returns the reference to an account.
func User(platform, workspace, user string) UserRef {
	return UserRef(platform + "/" + workspace + "/" + user)
}

// Direct returns the room in which the bot talks to u alone.
func (u UserRef) Direct() RoomID {
	i := strings.LastIndexByte(string(u), '/') + 1
	return RoomID(string(u[:i]) + "@" + string(u[i:]))
}

// Workspace returns "platform/workspace".
func (u UserRef) Workspace() string { return string(u[:strings.LastIndexByte(string(u), '/')]) }

// GroupRef names a group of accounts of one workspace that can be pinged
// together: "discord/G1/R1" is a role.
type GroupRef string

// Workspace returns "platform/workspace".
func (g GroupRef) Workspace() string {
	return string(g[:max(0, strings.LastIndexByte(string(g), '/'))])
}

// Name returns the last part of the reference.
func (g GroupRef) Name() string { return string(g[strings.LastIndexByte(string(g), '/')+1:]) }

// RoomID names a channel of one platform: "slack/T1/C1"; the direct messages
// with an account are the room "slack/T1/@U1".
type RoomID string

// Platform returns the first part of the id.
func (r RoomID) Platform() string {
	platform, _, _ := strings.Cut(string(r), "/")
	return platform
}

// Channel returns the last part of the id.
func (r RoomID) Channel() string { return string(r[strings.LastIndexByte(string(r), '/')+1:]) }

// wantsThreads tells whether a message of r has no thread unless the bot begins
// one, as on Discord; elsewhere any message has one as soon as it is answered.
func (r RoomID) wantsThreads() bool { return r.Platform() == "discord" && !r.IsDirect() }

// IsDirect tells whether r holds the direct messages with one account.
func (r RoomID) IsDirect() bool { return strings.HasPrefix(r.Channel(), "@") }

// User returns the account whose direct messages r holds.
func (r RoomID) User() UserRef {
	i := strings.LastIndexByte(string(r), '/') + 1
	return UserRef(string(r[:i]) + strings.TrimPrefix(string(r[i:]), "@"))
}

// Workspace returns "platform/workspace".
func (r RoomID) Workspace() string { return string(r[:strings.LastIndexByte(string(r), '/')]) }

// Event is something that a person did on a chat platform, decoded and
// verified by an adapter. A typed command, a pressed button, a submitted form
// and plain text all arrive as one.
type Event struct {
	ID     string            // unique on its platform; the same on a redelivery
	From   UserRef           // who
	Name   string            // the display name, as the platform tells it
	Zone   string            // the time zone that the platform knows of the person; may be empty
	Room   RoomID            // where
	At     time.Time         // when
	Verb   string            // a command's name, or the verb of a button or form; empty for plain text
	Args   map[string]string // a button's arguments; a form's arguments and values; with plain text, the cohort of what it replies to
	Text   string            // what follows a command, or the plain text
	Submit bool              // Args come from a submitted form
	Chosen bool              // Args come from a command's options, into which people can type anything
	Thread string            // plain text: the key of the delivery whose thread it was written in
}

// Arg returns a trimmed argument, empty when there is none.
func (e Event) Arg(name string) string { return strings.TrimSpace(e.Args[name]) }

// Reply is the answer to an event, for the eyes of its sender only.
type Reply struct {
	Message *Message `json:"message,omitempty"`
	Form    *Form    `json:"form,omitempty"`
	Files   []File   `json:"files,omitempty"`
	Replace bool     `json:"replace,omitempty"` // Message takes the place of the message whose button was pressed, where the platform can
}

// File is a document that a learner receives.
type File struct {
	Name string `json:"name"` // such as "studycoach-export.json"
	Type string `json:"type"` // the media type
	Data []byte `json:"data"`
}
