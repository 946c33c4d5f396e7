package bot

// Finding is one thing that a platform's check looked at.
type Finding struct {
	Name   string // what was looked at: "slack token"
	Level  Level
	Detail string // what is there, or what is missing and where to mend it
}

// Level says how well a thing is.
type Level string

// The levels.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Failing Level = "failed"
)
