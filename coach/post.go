package coach

import (
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// kindWelcome is the message that tells a room of its new cohort. It is
// delivered with the set-up and has no job of its own.
const kindWelcome = "welcome"

// postKinds are the kinds of what the bot puts into a cohort's rooms. Each may
// have jobs "<kind>/<cohort>/…", which compose it, and "send/<kind>/<cohort>/…",
// which deliver it.
var postKinds = []string{kindPrompt, kindSummary, kindCheckpoint, kindAnnounce, kindWelcome}

// Post is what the bot puts into a cohort's rooms, as leads and operators speak
// of it.
type Post struct {
	Kind  string        // "prompt", "summary", "checkpoint", "announce" or "welcome"
	Date  schedule.Date // the day that a prompt, summary or checkpoint is for; else 0
	Unit  string        // of a prompt, once it is composed
	Title string        // its heading, or how it begins, in plain text; empty until it is composed
	Rooms []RoomID      // where it is delivered; none until it is composed
	At    time.Time     // when it is due
}

// PostOf says what a job of one of the cohorts puts into its rooms. Of another
// job it gives the kind: "nudge" or "help" for what goes to one person.
func PostOf(j schedule.Job) Post {
	parts := strings.Split(strings.TrimPrefix(j.Key, Deliver+"/"), "/")
	p := Post{Kind: parts[0], At: j.Due}
	if len(parts) > 2 && p.Kind != kindAnnounce {
		p.Date, _ = schedule.ParseDate(parts[2])
	}
	if j.Kind != Deliver {
		return p
	}
	if part, ok := promptPart(j.Key); ok {
		p.Unit = unitOf(part)
	}
	if d, err := DeliveryOf(j); err == nil {
		p.Rooms, p.Title = []RoomID{d.Room}, p.headline(d.Message)
	}
	return p
}

// headline is how a message is headed. All announcements have the same heading,
// so theirs is how they begin.
func (p Post) headline(m Message) string {
	for _, b := range m.Blocks {
		switch {
		case b.Title != "" && p.Kind != kindAnnounce:
			return b.Title
		case b.Text != "":
			return clip(oneLine(say.Unmarked(b.Text)), 80)
		}
	}
	return ""
}

// CohortOfJob returns the cohort that a job's key names: its second part, or the
// third of a delivery. It is empty when there is none.
func CohortOfJob(key string) CohortID {
	parts := strings.Split(strings.TrimPrefix(key, Deliver+"/"), "/")
	if len(parts) < 2 {
		return ""
	}
	return CohortID(parts[1])
}
