package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content/say"
	"studycoach/schedule"
)

type rehearseCmd struct {
	storeFlags
	contentFlags
	Cohort string `arg:"" optional:"" help:"The cohort's id, name or room; not needed where there is only one."`
	Months int    `default:"6" help:"How many months to look ahead (${default}); a cohort that finishes sooner ends the list."`
	Finish bool   `help:"Look ahead until the cohort finishes, however long it takes."`
	JSON   bool   `name:"json" help:"Print JSON, for scripts."`
}

// maxMonths is the longest that a rehearsal looks ahead: the slowest cohort
// takes three years.
const maxMonths = 48

// Run prints what a cohort will post.
func (c rehearseCmd) Run(ctx context.Context, o outputs) error {
	if c.Months < 1 || c.Months > maxMonths {
		return fmt.Errorf("%w: --months goes from 1 to %d", errUsage, maxMonths)
	}
	if c.Finish {
		c.Months = maxMonths
	}
	library, err := c.library()
	if err != nil {
		return err
	}
	return c.beside(ctx, o, func(store *redisstore.Store) error {
		co, err := findCohort(ctx, store, c.Cohort)
		if err != nil {
			return err
		}
		now := time.Now()
		r, err := coach.New(store, library).Rehearse(ctx, co.ID, now, now.AddDate(0, c.Months, 0))
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(o.out, rehearsalAsJSON(r))
		}
		return writeRehearsal(o.out, r)
	})
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeRehearsal prints a rehearsal as a table, a line a post.
func writeRehearsal(w io.Writer, r *coach.Rehearsal) error {
	var out strings.Builder
	co, zone := r.Cohort, r.Zone()
	fmt.Fprintf(&out, "%s (%s): roadmap %s, in %s, in the room %s", co.Name, co.ID, co.Roadmap, zone, rooms(co.Rooms))
	if r.Finish != 0 {
		fmt.Fprintf(&out, ", to the last unit on %s", r.Finish.Format("Mon 2 Jan 2006"))
	}
	out.WriteString("\n\n")
	counts := map[string]int{}
	for _, day := range r.Days {
		label := day.Date.Format("Mon _2 Jan 2006")
		line := func(format string, args ...any) {
			fmt.Fprintf(&out, "%-15s  %s\n", label, strings.TrimRight(fmt.Sprintf(format, args...), " "))
			label = ""
		}
		if why := whyOff[day.Expect]; why != "" {
			line("%s", why)
		}
		for _, change := range day.Clocks {
			line("clocks go %s, %s becomes %s", forward(change), change.Before, change.After)
		}
		for _, p := range day.Posts {
			where := ""
			if len(p.Rooms) != len(co.Rooms) {
				where = " (" + rooms(p.Rooms) + ")"
			}
			line("%s  %s  %-12s  %s%s", p.At.In(zone).Format("15:04"), p.At.UTC().Format("2006-01-02T15:04Z"), kindNames[p.Kind], p.Title, where)
			counts[p.Kind]++
		}
		if day.Date == r.Finish {
			line("the last unit: the roadmap ends here")
		}
	}
	var sums []string
	for _, kind := range []string{"prompt", "summary", "checkpoint", "announce", "welcome"} {
		if n := counts[kind]; n > 0 {
			sums = append(sums, say.Plural(n, kindNames[kind], kindPlurals[kind]))
		}
	}
	if len(sums) == 0 {
		sums = []string{"nothing is planned"}
	}
	fmt.Fprintf(&out, "\n%s", say.List(sums))
	switch {
	case r.More:
		out.WriteString("; more comes later")
	case r.Finish == 0:
		out.WriteString("; the finish cannot be told while the cohort stands still")
	}
	out.WriteString(". Nudges and what else goes to one person are not listed. Nothing was sent.\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// whyOff says why a day has no unit.
var whyOff = map[coach.Expectation]string{
	coach.BeforeStart: "not started", coach.CohortPause: "paused", coach.Holiday: "holiday", coach.WeekdayOff: "day off", coach.AfterEnd: "after the last unit",
}

var (
	kindNames   = map[string]string{"prompt": "prompt", "summary": "summary", "checkpoint": "checkpoint", "announce": "announcement", "welcome": "welcome"}
	kindPlurals = map[string]string{"prompt": "prompts", "summary": "summaries", "checkpoint": "checkpoints", "announce": "announcements", "welcome": "welcomes"}
)

func forward(c schedule.ClockChange) string {
	if c.After > c.Before {
		return "forward"
	}
	return "back"
}

func rooms(list []coach.RoomID) string {
	if len(list) == 0 {
		return "(none)"
	}
	names := make([]string, len(list))
	for i, room := range list {
		names[i] = string(room)
	}
	return strings.Join(names, ", ")
}

// The shapes of a rehearsal in JSON. Times are in the cohort's zone and in UTC.
type rehearsalJSON struct {
	Cohort cohortJSON         `json:"cohort"`
	Finish *schedule.Date     `json:"finish"` // of the last unit; null when it cannot be told
	More   bool               `json:"more"`
	Days   []rehearsalDayJSON `json:"days"`
}

type cohortJSON struct {
	ID      coach.CohortID `json:"id"`
	Name    string         `json:"name"`
	Roadmap string         `json:"roadmap"`
	Zone    string         `json:"zone"`
	Rooms   []coach.RoomID `json:"rooms"`
}

type rehearsalDayJSON struct {
	Date   schedule.Date     `json:"date"`
	Expect coach.Expectation `json:"expect"`
	Clocks []clockChangeJSON `json:"clocks,omitempty"`
	Posts  []postJSON        `json:"posts,omitempty"`
}

type clockChangeJSON struct {
	At     time.Time `json:"at"`
	Before string    `json:"before"`
	After  string    `json:"after"`
}

type postJSON struct {
	Kind  string         `json:"kind"`
	Local time.Time      `json:"local"`
	UTC   time.Time      `json:"utc"`
	Unit  string         `json:"unit,omitempty"`
	Title string         `json:"title"`
	Rooms []coach.RoomID `json:"rooms"`
}

func rehearsalAsJSON(r *coach.Rehearsal) rehearsalJSON {
	co := r.Cohort
	v := rehearsalJSON{Cohort: cohortJSON{co.ID, co.Name, co.Roadmap, co.Zone, co.Rooms}, More: r.More, Days: []rehearsalDayJSON{}}
	if r.Finish != 0 {
		v.Finish = &r.Finish
	}
	for _, day := range r.Days {
		d := rehearsalDayJSON{Date: day.Date, Expect: day.Expect}
		for _, change := range day.Clocks {
			d.Clocks = append(d.Clocks, clockChangeJSON{change.At, change.Before.String(), change.After.String()})
		}
		for _, p := range day.Posts {
			d.Posts = append(d.Posts, postJSON{p.Kind, p.At.In(r.Zone()), p.At.UTC(), p.Unit, p.Title, p.Rooms})
		}
		v.Days = append(v.Days, d)
	}
	return v
}
