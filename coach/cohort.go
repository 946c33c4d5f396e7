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
	Goal     int                // advised hours a week for each learner, 1 to 60

	// Where the chains of jobs stand.
	Pending map[string]string        // by kind: the key of the job that waits
	Last    map[string]schedule.Date // by kind: the date of the last occurrence that ran
	Asked   string                   // the id of the checkpoint that was asked last
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
