package slack

// Scope is something that Slack lets the bot do.
type Scope struct {
	Name string
	Why  string // what the bot does with it, as the end of a sentence
}

// Scopes are all that the bot asks for, in the order in which Slack lists them.
// What each gives is said at https://docs.slack.dev/reference/scopes.
func Scopes() []Scope {
	return []Scope{
		{"channels:history", "reads replies in the threads of its own posts, and looks whether a post is there before it sends it again"},
		{"channels:read", "gets to know when it is let into a channel, or when one is archived, deleted or given another id"},
		{"chat:write", "posts, updates its posts and answers"},
		{"commands", "takes /checkin and /coach, and the shortcut on messages"},
		{"files:read", "sees when an uploaded chart is ready to be shown"},
		{"files:write", "uploads charts, and the files of an export"},
		{"groups:history", "does in private channels that it is invited to what channels:history is for"},
		{"groups:read", "does in private channels that it is invited to what channels:read is for"},
		{"im:history", "reads what people write to it alone"},
		{"im:write", "opens the direct messages for nudges and reminders"},
		{"users:read", "gets people's names and time zones, and follows their changes"},
	}
}
