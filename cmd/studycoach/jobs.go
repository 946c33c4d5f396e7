package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/schedule"
)

// jobsCmd groups the commands on jobs.
type jobsCmd struct {
	List  jobsListCmd  `cmd:"" help:"List jobs; without a state, those that are dead or were skipped."`
	Show  jobsShowCmd  `cmd:"" help:"Show all that is known of a job."`
	Retry jobsRetryCmd `cmd:"" help:"Have a dead or skipped job's message sent after all."`
	Drop  jobsDropCmd  `cmd:"" help:"Forget a dead or skipped job for good."`
}

// everything is more jobs than a list ever has.
const everything = 1 << 30

// states are the states of jobs that an operator has to look at, and the other.
var states = []schedule.State{schedule.Dead, schedule.Skipped, schedule.Waiting}

type jobsListCmd struct {
	storeFlags
	State  string `arg:"" optional:"" enum:"waiting,dead,skipped," default:"" help:"waiting, dead or skipped."`
	Cohort string `placeholder:"COHORT" help:"Only of the cohort with this id, name or room."`
	Kind   string `placeholder:"KIND" help:"Only of a kind: prompt, summary, checkpoint, announce, nudge, or send for all deliveries; send/prompt for those of prompts."`
	Limit  int    `default:"50" help:"The most jobs to list of each state (${default})."`
	JSON   bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run lists jobs.
func (c jobsListCmd) Run(ctx context.Context, o outputs) error {
	if c.Limit < 1 {
		return fmt.Errorf("%w: --limit is at least 1", errUsage)
	}
	return c.beside(ctx, o, func(store *redisstore.Store) error {
		wanted := []schedule.State{schedule.State(c.State)}
		if c.State == "" {
			wanted = states[:2]
		}
		var id coach.CohortID
		if c.Cohort != "" {
			co, err := findCohort(ctx, store, c.Cohort)
			if err != nil {
				return err
			}
			id = co.ID
		}
		var jobs []schedule.Job
		for _, state := range wanted {
			some, err := c.list(ctx, store, state, id)
			if err != nil {
				return err
			}
			jobs = append(jobs, some...)
		}
		if c.JSON {
			list := []jobJSON{}
			for _, j := range jobs {
				list = append(list, jobAsJSON(j))
			}
			return writeJSON(o.out, list)
		}
		return writeJobs(o.out, jobs)
	})
}

// list returns the first jobs of a state.
func (c jobsListCmd) list(ctx context.Context, store *redisstore.Store, state schedule.State, id coach.CohortID) ([]schedule.Job, error) {
	prefix := ""
	if c.Kind != "" {
		prefix = strings.TrimSuffix(c.Kind, "/") + "/"
	}
	if id == "" {
		return store.List(ctx, state, prefix, c.Limit)
	}
	jobs, err := store.List(ctx, state, prefix, everything, id.Part())
	jobs = slices.DeleteFunc(jobs, func(j schedule.Job) bool { return coach.CohortOfJob(j.Key) != id })
	return jobs[:min(c.Limit, len(jobs))], err
}

func writeJobs(w io.Writer, jobs []schedule.Job) error {
	if len(jobs) == 0 {
		_, err := fmt.Fprintln(w, "No such jobs.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATE\tDUE\tSINCE OR NEXT\tFAILED\tKEY\tREASON")
	for _, j := range jobs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", j.State, second(j.Due), second(j.At), j.Attempt, j.Key, j.Reason)
	}
	return table.Flush()
}

// second is a time in UTC as tables show it.
func second(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

type jobsShowCmd struct {
	storeFlags
	Key     string `arg:"" help:"The job's key."`
	Message bool   `help:"Show the message although it goes to one person."`
	JSON    bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run shows a job.
func (c jobsShowCmd) Run(ctx context.Context, o outputs) error {
	return c.beside(ctx, o, func(store *redisstore.Store) error {
		j, err := findJob(ctx, store, c.Key)
		if err != nil {
			return err
		}
		v := jobAsJSON(j)
		if j.Kind == coach.Deliver {
			if v.Delivery, err = deliveryAsJSON(j, c.Message); err != nil {
				return err
			}
		}
		if c.JSON {
			return writeJSON(o.out, v)
		}
		co, err := loadCohort(ctx, store, v.Cohort)
		if err != nil {
			return err
		}
		return v.write(o.out, co)
	})
}

// jobJSON is a job as an operator sees it.
type jobJSON struct {
	Key      string         `json:"key"`
	Kind     string         `json:"kind"`
	State    schedule.State `json:"state"`
	Cohort   coach.CohortID `json:"cohort,omitempty"`
	Part     int            `json:"partition"`
	Due      time.Time      `json:"due"`
	At       time.Time      `json:"at"` // when a waiting one is looked at next, being due, to be tried again or out of its lease; when another one ended
	Failed   int            `json:"failed"`
	Intent   string         `json:"intent,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Delivery *deliveryJSON  `json:"delivery,omitempty"`
}

type deliveryJSON struct {
	Room  coach.RoomID `json:"room"`
	Class coach.Class  `json:"class"`
	Text  []string     `json:"text,omitempty"` // not of what goes to one person, unless asked for
}

func jobAsJSON(j schedule.Job) jobJSON {
	return jobJSON{
		Key: j.Key, Kind: j.Kind, State: j.State, Cohort: coach.CohortOfJob(j.Key), Part: j.Part,
		Due: j.Due, At: j.At, Failed: j.Attempt, Intent: j.Intent, Reason: j.Reason,
	}
}

func deliveryAsJSON(j schedule.Job, personal bool) (*deliveryJSON, error) {
	d, err := coach.DeliveryOf(j)
	if err != nil {
		return nil, err
	}
	v := &deliveryJSON{Room: d.Room, Class: d.Class}
	if personal || !d.Room.IsDirect() {
		v.Text = d.Message.Plain()
	}
	return v, nil
}

// write prints a job, with times also in the zone of its cohort, if there is one.
func (v jobJSON) write(w io.Writer, co *coach.Cohort) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	when := func(t time.Time) string {
		if co == nil {
			return second(t)
		}
		zone, err := schedule.LoadZone(co.Zone)
		if err != nil {
			return second(t)
		}
		return fmt.Sprintf("%s, %s in %s", second(t), t.In(zone).Format("Mon 2 Jan 2006 15:04:05"), zone)
	}
	row("key", v.Key)
	row("kind", v.Kind)
	row("state", string(v.State))
	if co != nil {
		row("cohort", fmt.Sprintf("%s (%s)", co.ID, co.Name))
	}
	row("partition", fmt.Sprint(v.Part))
	row("due", when(v.Due))
	at := "ended"
	if v.State == schedule.Waiting {
		at = "next try or end of lease"
	}
	row(at, when(v.At))
	row("failed attempts", fmt.Sprint(v.Failed))
	row("intent", v.Intent)
	row("reason", v.Reason)
	if d := v.Delivery; d != nil {
		row("room", string(d.Room))
		row("class", string(d.Class))
		if d.Text == nil {
			row("message", "for one person; --message shows it")
		}
	}
	if err := table.Flush(); err != nil || v.Delivery == nil || v.Delivery.Text == nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(v.Delivery.Text, "\n"))
	return err
}

type jobsRetryCmd struct {
	storeFlags
	contentFlags
	Key string `arg:"" help:"The job's key."`
}

// Run has a job's message sent after all.
func (c jobsRetryCmd) Run(ctx context.Context, o outputs) error {
	library, err := c.library()
	if err != nil {
		return err
	}
	return c.beside(ctx, o, func(store *redisstore.Store) error {
		j, err := findEnded(ctx, store, c.Key, "retry")
		if err != nil {
			return err
		}
		if err := coach.New(store, library).Resend(ctx, j, time.Now()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "%s was %s and waits again; a running bot sends it within seconds.\n", j.Key, j.State)
		return err
	})
}

type jobsDropCmd struct {
	storeFlags
	Key string `arg:"" help:"The job's key."`
}

// Run drops a job.
func (c jobsDropCmd) Run(ctx context.Context, o outputs) error {
	return c.beside(ctx, o, func(store *redisstore.Store) error {
		j, err := findEnded(ctx, store, c.Key, "drop")
		if err != nil {
			return err
		}
		if err := store.Drop(ctx, j.Part, j.Key); err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "%s was %s and is dropped.\n", j.Key, j.State)
		return err
	})
}

// findEnded returns a dead or skipped job.
func findEnded(ctx context.Context, store *redisstore.Store, key, verb string) (schedule.Job, error) {
	j, err := findJob(ctx, store, key)
	if err == nil && j.State == schedule.Waiting {
		err = fmt.Errorf("%s waits until %s, so there is nothing to %s", key, second(j.At), verb)
	}
	return j, err
}

// findJob returns the job of a key. Where there is none, the error names those
// that may be meant.
func findJob(ctx context.Context, store *redisstore.Store, key string) (schedule.Job, error) {
	var near []schedule.Job
	for _, state := range states {
		jobs, err := store.List(ctx, state, "", everything, coach.CohortOfJob(key).Part())
		if err != nil {
			return schedule.Job{}, err
		}
		for _, j := range jobs {
			if j.Key == key {
				return j, nil
			}
		}
		near = append(near, jobs...)
	}
	for _, state := range states[:2] { // of all partitions, should the cohort be misspelt
		jobs, err := store.List(ctx, state, "", 1000)
		if err != nil {
			return schedule.Job{}, err
		}
		near = append(near, jobs...)
	}
	text := fmt.Sprintf("there is no job %q; what is done is no longer kept", key)
	if keys := nearest(key, near); len(keys) > 0 {
		text += ". The nearest: " + strings.Join(keys, ", ")
	}
	return schedule.Job{}, errors.New(text)
}

// nearest returns the three keys that begin most like the one that was typed, if
// they share more than a kind with it.
func nearest(key string, jobs []schedule.Job) []string {
	var keys []string
	least := len(coach.Deliver) + 1
	for _, j := range jobs {
		if shared(j.Key, key) > least {
			keys = append(keys, j.Key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(shared(b, key)-shared(a, key), strings.Compare(a, b)) })
	keys = slices.Compact(keys)
	return keys[:min(3, len(keys))]
}

// shared is how many bytes two keys begin with in common.
func shared(a, b string) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
