package coach

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// unsentListed is how many posts the list shows.
const unsentListed = 5

// unsent returns the jobs of what a cohort should have posted and did not, the
// latest first.
func (c *Coach) unsent(ctx context.Context, id CohortID) ([]schedule.Job, error) {
	var all []schedule.Job
	for _, state := range []schedule.State{schedule.Dead, schedule.Skipped} {
		jobs, err := postJobs(ctx, c.store, state, id)
		if err != nil {
			return nil, err
		}
		all = append(all, jobs...)
	}
	slices.SortFunc(all, func(a, b schedule.Job) int {
		return cmp.Or(b.Due.Compare(a.Due), strings.Compare(a.Key, b.Key))
	})
	return all, nil
}

// posts lists to a lead what did not go out, with a way to send it again where
// that is of use, and to drop it.
func (c *Coach) posts(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{Announcements: true}, func(s State) (Reply, error) {
		unsent, err := c.unsent(ctx, r.cohort)
		return Reply{Message: Say(r.unsentBlocks(s, unsent)...), Replace: r.turned()}, err
	})
}

func (r request) unsentBlocks(s State, unsent []schedule.Job) []Block {
	line := say.UnsentPosts{Cohort: say.Literal(s.Cohort.Name), Total: len(unsent)}
	blocks := []Block{{}}
	for _, j := range unsent[:min(len(unsent), unsentListed)] {
		row := unsentRow(s, j)
		row.N, row.Stale = len(line.Rows)+1, stale(s.Cohort, j, r.At)
		line.Rows = append(line.Rows, row)
		var actions []Action
		button := func(label any, verb string) {
			actions = append(actions, r.to(Action{Label: say.Unmarked(say.Text(label)), Verb: verb, Args: map[string]string{"job": handle(j)}}))
		}
		if !row.Stale {
			button(say.SendNumber{N: row.N}, "resend")
		}
		button(say.DropNumber{N: row.N}, "drop")
		blocks = append(blocks, Actions(actions...))
	}
	if len(unsent) > 1 {
		all := r.to(press(say.ButtonDropAll, "drop"))
		all.Style = Danger
		blocks = append(blocks, Actions(all))
	}
	blocks[0] = Text(say.Text(line))
	return blocks
}

// handle names a job in a button, which has no room for its key.
func handle(j schedule.Job) string { return strings.ToLower(shortID(j.Key)) }

func unsentRow(s State, j schedule.Job) say.UnsentRow {
	p := PostOf(j)
	row := say.UnsentRow{Kind: p.Kind, Title: quoted(p.Title, 80), Why: "failed", Reason: quoted(strings.TrimPrefix(j.Reason, ErrSkipped.Error()+": "), 200)}
	if p.Date != 0 {
		row.Day = longDate(p.Date)
	}
	if a := s.announcement(lastPart(j.Key)); a != nil {
		row.Title = quoted(a.Text, 80)
	}
	if j.State == schedule.Skipped {
		row.Why = "late"
		if j.Intent != "" {
			row.Why = "unsure"
		}
	}
	return row
}

// stale tells whether a message helps nobody any more: a prompt once its day is
// over, a nudge after two hours.
func stale(co *Cohort, j schedule.Job, now time.Time) bool {
	switch p := PostOf(j); p.Kind {
	case kindPrompt:
		zone := zoneOf(co, nil)
		return schedule.LocalDate(now, zone) != p.Date && schedule.StudyDay(now, zone) != p.Date
	case kindNudge:
		_, late := schedule.Late(j, now, latePrompt)
		return late || j.Kind == kindNudge // which has planned the next one
	}
	return false
}

// resend sends a post of the list again.
func (c *Coach) resend(ctx context.Context, r request) (Reply, error) {
	return c.settle(ctx, r, func(s State, unsent []schedule.Job) (Change, any, error) {
		if r.Arg("job") == "" {
			return Change{}, nil, refuse(say.PostGone{})
		}
		change, err := c.again(ctx, s, unsent[0], r.At)
		return change, say.PostSent{}, err
	})
}

// drop takes a post off the list, or all of them once the lead is sure.
func (c *Coach) drop(ctx context.Context, r request) (Reply, error) {
	return c.settle(ctx, r, func(_ State, unsent []schedule.Job) (change Change, line any, err error) {
		if r.Arg("job") == "" && r.Arg("sure") != "yes" {
			sure := r.to(press(say.ButtonDropSure, "drop", "sure", "yes"))
			sure.Style = Danger
			return change, nil, refuse(say.DropSure{N: len(unsent)}, sure, r.to(press(say.ButtonPosts, "posts")))
		}
		for _, j := range unsent {
			change.Drop = append(change.Drop, j.Key)
		}
		return change, say.PostsDropped{N: len(unsent)}, nil
	})
}

// settle commits what fn makes of the posts that a button means: the one it
// names, or all. The answer is fn's line, with what is left of the list.
func (c *Coach) settle(ctx context.Context, r request, fn func(State, []schedule.Job) (Change, any, error)) (Reply, error) {
	unsent, err := c.unsent(ctx, r.cohort)
	if err != nil {
		return Reply{}, err
	}
	return c.update(ctx, r, Scope{Announcements: true}, func(s State) (Change, Reply, error) {
		var meant, left []schedule.Job
		for _, j := range unsent {
			if job := r.Arg("job"); job == "" || job == handle(j) {
				meant = append(meant, j)
			} else {
				left = append(left, j)
			}
		}
		if len(meant) == 0 {
			return Change{}, Reply{}, refuse(say.PostGone{}, r.to(press(say.ButtonPosts, "posts")))
		}
		change, line, err := fn(s, meant)
		if err != nil {
			return Change{}, Reply{}, err
		}
		m := Say(append([]Block{Text(say.Text(line))}, r.unsentBlocks(s, left)...)...)
		return change, Reply{Message: m, Replace: true}, nil
	})
}

// Resend has a dead or skipped job's message sent after all. Where that is of no
// use any more, it fails with a *Refusal that says so.
func (c *Coach) Resend(ctx context.Context, j schedule.Job, now time.Time) error {
	id := CohortOfJob(j.Key)
	_, _, err := c.store.Update(ctx, Scope{Cohort: id, Announcements: true}, func(s State) (Change, error) {
		if s.Cohort == nil {
			return Change{}, fmt.Errorf("cohort %s of job %s: %w", id, j.Key, ErrNotFound)
		}
		return c.again(ctx, s, j, now)
	})
	return err
}

// again is the change by which a dead or skipped job's message goes out after
// all. A delivery waits again as it was, and is looked for first where an
// earlier attempt may have sent it. What was too late to be composed is composed
// now, since its job has planned the next one and is of no more use.
func (c *Coach) again(ctx context.Context, s State, j schedule.Job, now time.Time) (Change, error) {
	change := Change{Drop: []string{j.Key}}
	now = now.Truncate(time.Millisecond)
	f := firing{job: j, now: now, cohort: s.Cohort.ID, name: lastPart(j.Key)}
	switch {
	case stale(s.Cohort, j, now):
		return Change{}, refuse(say.PostStale{Kind: PostOf(j).Kind})
	case j.Kind == kindAnnounce:
		a := s.announcement(f.name)
		if a == nil || a.Status != announceMissed {
			return Change{}, refuse(say.PostGone{})
		}
		err := change.announce(s.Cohort, *a, now)
		return change, err
	case j.Kind == kindPrompt, j.Kind == kindSummary, j.Kind == kindCheckpoint:
		date, err := schedule.ParseDate(f.name)
		if err != nil {
			return Change{}, fmt.Errorf("job %q: %w", j.Key, err)
		}
		posts, err := c.compose(ctx, f, date)
		if err == nil && len(posts) == 0 {
			err = refuse(say.PostEmpty{})
		}
		if err != nil {
			return Change{}, err
		}
		err = f.deliver(&change, s.Cohort, date, posts, now)
		return change, err
	}
	j.Due, j.Attempt, j.Reason = now, 0, ""
	change.Add = append(change.Add, j)
	return change, nil
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }
