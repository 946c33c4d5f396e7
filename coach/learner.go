package coach

import (
	"time"

	"studycoach/schedule"
)

// LearnerID names a learner within a cohort: the account that joined.
type LearnerID = UserRef

// Learner is a member of one cohort. Someone in several cohorts is a learner
// in each.
type Learner struct {
	ID         LearnerID
	Cohort     CohortID
	Name       string // display name, at most 64 characters
	Joined     schedule.Date
	Left       schedule.Date // 0 while a member
	Settings   Settings
	Away       []Span        // ascending
	Rest       []Rest        // own rest days, as they stood from a date on
	Days       Days          // minutes of each study day; recomputable from the entries
	Streak     Streak        // settled; see Settle
	Finished   Units         // units finished; recomputable from the entries
	Milestones []Reached     // in the order in which they were reported
	Stuck      *Stuck        // nil when not stuck
	Entries    int           // how many entries were written; the next one's Seq
	Nudge      string        // the key of the nudge job that waits; empty: none
	Nudged     schedule.Date // the date of the last nudge occurrence that ran; 0: none yet

	// What the platform told, until they do something again.
	Gone        bool // deactivated, or left the workspace
	Unreachable bool // takes no direct messages of the bot

	// Of two accounts that are linked, one is the learner. The other one's record
	// waits, as it was, until they are parted; see link.
	Also                      UserRef       // the account that is linked; empty: none
	AtAlso                    bool          // it is the one that was used last
	AlsoGone, AlsoUnreachable bool          // what its platform told of it
	Own                       schedule.Date // when ID itself joined, if the other one had before; else 0
	Of                        LearnerID     // of a record that waits: the learner; else empty
}

// Settings are a learner's own; they beat the cohort's.
type Settings struct {
	Zone       string // empty: the cohort's
	ZoneByHand bool   // chosen by the learner, not taken from the platform
	Nudge      schedule.TimeOfDay
	NudgeOff   bool
	Quiet      Quiet
	Board      bool   // named on the board and for streak milestones
	Recall     bool   // a direct message at nudge time when recall questions are due
	RoomNotes  bool   // while no direct message reaches them, nudges go to the room
	Language   string // "go", "rust", "python", or empty
}

// Quiet is the time of day in which no nudge or reminder goes out; From may be
// later than To, and equal ends mean no quiet hours.
type Quiet struct{ From, To schedule.TimeOfDay }

// Covers tells whether t lies in the quiet hours.
func (q Quiet) Covers(t schedule.TimeOfDay) bool {
	if q.From <= q.To {
		return q.From <= t && t < q.To
	}
	return q.From <= t || t < q.To
}

// Stuck is an open blocker.
type Stuck struct {
	Entry int // the Seq of the entry that reported it
	Unit  string
	Note  string
	Since time.Time
}

// Entry is one thing a learner reported. Entries are only ever added: an edit
// and an undo are entries too.
type Entry struct {
	Account  UserRef // whose log it is in, when that is the linked account's; else empty
	Seq      int     // rises along the log, from 0; of entries from before two accounts were linked, each has its own
	Kind     EntryKind
	Ref      int           // of an edit or undo: the Seq of the check-in it changes, in the same log
	At       time.Time     // when it was reported; whole seconds
	Date     schedule.Date // the study day it counts for
	Deep, AI int           // minutes
	Unit     string        // may be empty
	Finished bool          // the unit was finished with it
	Late     bool          // back-dated
	Note     string
	Blocker  string // what is in the way; counted in the summary
}

// Minutes is the time of the entry in both modes.
func (e Entry) Minutes() int { return e.Deep + e.AI }

// EntryKind says what an entry does.
type EntryKind uint8

// The kinds of entries.
const (
	CheckIn EntryKind = iota + 1
	Edit              // replaces the check-in Ref with its own values
	Undo              // takes the check-in Ref back
	Blocked           // reports a blocker without time
)

// Card is a learner's course with one recall question.
type Card struct {
	Question string
	Due      schedule.Date
	Interval int // days until it was due, when it was rated last
	Times    int // how often it was answered
	Missed   int // how often it was rated Again
}

// Assessment is a learner's answer to one checkpoint.
type Assessment struct {
	Checkpoint string
	Date       schedule.Date
	Yes        []string // the ids of the statements agreed with
}

// Announcement is what a lead announces to a cohort.
type Announcement struct {
	ID     string
	By     UserRef
	ByName string
	Text   string
	Made   time.Time
	Due    time.Time // zero: a draft to be posted at once
	Status string    // "draft", "planned", "posted", "cancelled" or "missed"
	Job    string    // the key of its job
	Ping   GroupRef  // whom it pings; empty: nobody
}

// String names the kind as an export shows it.
func (k EntryKind) String() string {
	switch k {
	case CheckIn:
		return "check-in"
	case Edit:
		return "edit"
	case Undo:
		return "undo"
	case Blocked:
		return "blocker"
	}
	return "unknown"
}
