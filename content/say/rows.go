package say

// The types of this file are rows of the lists that lines hold.

// HelpRow is a command.
type HelpRow struct{ Name, Usage, Summary string }

// Was is what a correction has changed of a check-in, as it was before; the rest
// is empty.
type Was struct {
	Minutes, Deep, AI int
	Unit, Day         string
	Finished          bool // with it a unit was finished, and is not now
	Same              bool // it has changed nothing at all
}

// UnitLink is something to read.
type UnitLink struct {
	Title Literal
	URL   string
	Read  string
}

// PlanDay is a coming study day.
type PlanDay struct {
	Date            string
	Parts           []PlanPart
	Minutes         int
	Today, Finished bool
}

// PlanPart is a unit of a study day, or a part of one.
type PlanPart struct {
	Unit, Title string
	Part, Of    int
}

// WhyRow explains one day of a streak, or several of one absence.
type WhyRow struct {
	Date    string
	To      string // the last of several days
	Days    int    // how many they are
	Verdict string // "done", "rest", "away", "frozen", "missed" or "open"
	Minutes int
	Late    bool
	Because string // why the day was not expected
	Earned  bool   // it earned a freeze
	Count   int    // the streak after it, or after the last of them
}

// BoardRow is a learner on a board.
type BoardRow struct {
	Place int
	Name  Literal
	Score int
}

// BlockerRow is a unit on which people got stuck.
type BlockerRow struct {
	Unit, Title string
	N           int
}

// OptionRow is an option of a choice.
type OptionRow struct {
	Mark          string // "A"
	Text, Why     string
	Right, Picked bool
}

// MilestoneRow is a milestone of a learner's own.
type MilestoneRow struct{ Title, Day string }

// ReachedRow is a milestone that somebody who wants to be named reached.
type ReachedRow struct {
	Name  Literal
	Title string
}

// AssessmentRow is the result of one checkpoint.
type AssessmentRow struct {
	Title, Date          string
	OnTrack, OnTrackOf   int
	RedFlags, RedFlagsOf int
}

// GoBack is a statement that went the wrong way, and the unit to go back to.
type GoBack struct{ Statement, Unit, Title string }

// StatementCount is how many agreed with a statement.
type StatementCount struct {
	Text string
	N    int
}

// RosterRow is a learner as a lead sees them.
type RosterRow struct {
	Name              Literal
	Zone, Now, Joined string
	Away, Lead        bool
	Finished          int
}

// AttentionRow is a learner who could use a kind word.
type AttentionRow struct {
	Name   Literal
	Missed int // expected days without a check-in, 0 when few
	Stuck  string
	Note   Literal
}

// AnnounceRow is an announcement in the list.
type AnnounceRow struct {
	N          int
	At, Status string
	By, Text   Literal
}

// UnsentRow is a post that did not go out.
type UnsentRow struct {
	N         int
	Kind, Day string  // as coach.Post has them; Day may be empty
	Title     Literal // may be empty
	Why       string  // "late", "unsure" or "failed"
	Reason    Literal // as the machine has it
	Stale     bool    // of no use any more
}

// RehearsalDay is a day of a rehearsal.
type RehearsalDay struct {
	Date   string
	Why    string // what is expected on it: "expected", "holiday", "pause", "weekday off", …
	Last   bool   // the last unit's
	Clocks []ClockChange
	Posts  []RehearsalPost
}

// ClockChange is a change of a zone's clocks.
type ClockChange struct {
	Forward       bool
	Before, After string // such as "UTC-5"
}

// RehearsalPost is a post of a rehearsal.
type RehearsalPost struct {
	At, UTC string
	Kind    string
	Title   Literal
}

// ChartDay is a day of the weekly chart.
type ChartDay struct {
	Day      string
	Deep, AI int
}
