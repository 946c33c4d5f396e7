package coach

import (
	"hash/fnv"
	"slices"
	"time"

	"studycoach/schedule"
)

// CohortID names a cohort: 10 characters of a-z and 2-7.
type CohortID string

// Part is the partition that holds everything of the cohort.
func (c CohortID) Part() int {
	h := fnv.New32a()
	h.Write([]byte(c))
	return int(h.Sum32() % schedule.Partitions)
}

// Cohort is a group on one roadmap from one start date.
type Cohort struct {
	ID       CohortID
	Name     string
	Roadmap  string
	Rooms    []RoomID
	Leads    []UserRef
	By       UserRef // who set it up
	Created  time.Time
	Start    schedule.Date
	Zone     string
	Prompt   schedule.TimeOfDay // when the day's prompt is posted
	Summary  WeekTime           // when the week's summary is posted
	Study    []StudyRule        // study weekdays, as they stood from a date on; never empty
	Holidays []schedule.Date    // ascending
	Pauses   []Span             // ascending; the last one is open while the cohort is paused
	Goals    []GoalRule         // hours a week, as they stood from a date on; never empty
	Invites  []Invite           // at most maxInvites; some may have run out
	Closed   []ClosedRoom       // of its rooms, those that take no messages
	Moved    []MovedRoom        // rooms that got another id, at most maxMoved, the latest last
	Halted   bool               // the open pause began because no room took messages
	Threads  bool               // the day's prompt begins a thread, where threads are begun by the bot

	// Where the chains of jobs stand.
	Pending map[string]string        // by kind: the key of the job that waits
	Last    map[string]schedule.Date // by kind: the date of the last occurrence that ran
	Asked   string                   // the id of the checkpoint that was asked last
}

// GoalRule holds how many hours a week each learner is to study, from a date on.
// With the study days it is the cohort's pace, see content.Steps.
type GoalRule struct {
	From  schedule.Date
	Hours int
}

// Goal is the hours a week as they stood on a date; those of the first rule
// stood before it, too.
func (c *Cohort) Goal(d schedule.Date) int {
	hours := 0
	for i, rule := range c.Goals {
		if i == 0 || rule.From <= d {
			hours = rule.Hours
		}
	}
	return hours
}

// WeekTime is a time on a weekday.
type WeekTime struct {
	Day time.Weekday
	At  schedule.TimeOfDay
}

// IsLead tells whether u may lead the cohort.
func (c *Cohort) IsLead(u UserRef) bool { return slices.Contains(c.Leads, u) }

// Paused tells whether the cohort is paused on a date.
func (c *Cohort) Paused(d schedule.Date) bool { return inSpans(c.Pauses, d) }
