package coach

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// forgetMe removes every trace of the sender from all their cohorts, once they
// have confirmed it.
func (c *Coach) forgetMe(ctx context.Context, r request) (Reply, error) {
	ids, err := c.keptIn(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	var names, linked []string
	for _, id := range ids {
		s, err := c.loadFor(ctx, r.From, Scope{Cohort: id})
		if err != nil {
			return Reply{}, err
		}
		if s.Cohort == nil {
			continue
		}
		if err := c.handedOver(ctx, s.Cohort, s.accountsOf(r.From)); err != nil {
			return Reply{}, err
		}
		for _, u := range s.accountsOf(r.From) {
			if label := u.label(r.From); u != r.From && !slices.Contains(linked, label) {
				linked = append(linked, label)
			}
		}
		names = append(names, say.Literal(s.Cohort.Name).String())
	}
	if r.Arg("sure") != "yes" {
		if len(names) == 0 {
			return Reply{Message: Say(Text(say.Text(say.NothingKept{})))}, nil
		}
		sure := press(say.ButtonForgetSure, "forget-me", "sure", "yes", "cohort", string(ids[len(ids)-1]))
		sure.Style = Danger
		return Reply{Message: Say(Text(say.Text(say.ForgetSure{Cohorts: say.List(names), Linked: say.List(linked)})), Actions(sure, press(say.ButtonExport, "export")))}, nil
	}
	for i, id := range ids {
		if err := c.forget(ctx, r, id); err != nil {
			return Reply{}, partly(i > 0, err)
		}
	}
	return Reply{Replace: true, Message: Say(Text(say.Text(say.Forgotten{})))}, nil
}

// keptIn returns the cohorts in which something is kept of the sender: those
// they are in, and last the one of the room or button if they once led it.
func (c *Coach) keptIn(ctx context.Context, r request) ([]CohortID, error) {
	ids, err := c.store.CohortsOf(ctx, r.From)
	if err != nil {
		return nil, err
	}
	here := CohortID(r.Arg("cohort"))
	if here == "" {
		if here, err = c.store.CohortIn(ctx, r.Room); errors.Is(err, ErrNotFound) {
			return ids, nil
		}
	}
	if err != nil || slices.Contains(ids, here) {
		return ids, err
	}
	s, err := c.store.Load(ctx, Scope{Cohort: here, Announcements: true})
	if err != nil || s.Cohort == nil {
		return ids, err
	}
	if s.Cohort.By == r.From || slices.ContainsFunc(s.Announcements, func(a Announcement) bool { return a.By == r.From }) {
		ids = append(ids, here)
	}
	return ids, nil
}

// handedOver refuses to let the only lead of a cohort with other learners go.
func (c *Coach) handedOver(ctx context.Context, co *Cohort, who []UserRef) error {
	if !co.ledOnlyBy(who) {
		return nil
	}
	some, err := c.store.Learners(ctx, co.ID, "", 2)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(some, func(l Learner) bool { return !slices.Contains(who, l.ID) }) {
		return refuse(say.OnlyLead{Cohort: say.Literal(co.Name)})
	}
	return nil
}

// forgetAgain is how long after the request a job forgets once more: a store has
// things to remove after the commit, too, and the process may not live to do it.
// Where it does, the job is cancelled.
const forgetAgain = time.Minute

// forget removes the sender from one cohort, and their name from what it has
// still to post.
func (c *Coach) forget(ctx context.Context, r request, id CohortID) error {
	s, err := c.loadFor(ctx, r.From, Scope{Cohort: id, Announcements: true})
	if err != nil {
		return err
	}
	who := s.accountsOf(r.From)
	waiting, ended, err := c.naming(ctx, s, who)
	if err != nil {
		return err
	}
	again := schedule.Job{
		Key: fmt.Sprintf("%s/%s/%s", kindForget, id, shortID(r.ID)), Kind: kindForget, Part: id.Part(),
		Due: r.At.Add(forgetAgain), Payload: []byte(joined(who)),
	}
	scope := Scope{Cohort: id, Entries: true, Assessments: true, Announcements: true, Event: r.ID}
	_, dup, err := c.updateFor(ctx, r.From, scope, func(s State) (Change, error) {
		if !slices.Equal(s.accountsOf(r.From), who) {
			return Change{}, errLinking
		}
		change := Change{Forget: true, Add: append(waiting, again)}
		for _, j := range waiting {
			change.Cancel = append(change.Cancel, j.Key)
		}
		for _, j := range ended {
			change.Drop = append(change.Drop, j.Key)
		}
		change.Cohort = s.Cohort.without(who)
		for _, a := range s.Announcements {
			if slices.Contains(who, a.By) {
				a.By, a.ByName = "", ""
				change.Announce = append(change.Announce, a)
			}
		}
		err := c.addTotals(&change, s, s.Learner, r.At)
		return change, err
	})
	if err != nil || dup { // whoever was first may not have come to the end
		return err
	}
	// Where the job cannot be cancelled, it finds nothing to do.
	_, _, _ = c.store.Update(ctx, Scope{Cohort: id}, func(State) (Change, error) {
		return Change{Cancel: []string{again.Key}}, nil
	})
	return nil
}

// joined writes accounts a line each.
func joined(who []UserRef) string {
	lines := make([]string, len(who))
	for i, u := range who {
		lines[i] = string(u)
	}
	return strings.Join(lines, "\n")
}

// without is the cohort as it is without any mention of some accounts, nil where
// there is none.
func (c *Cohort) without(who []UserRef) *Cohort {
	theirs := func(u UserRef) bool { return slices.Contains(who, u) }
	invited := func(i Invite) bool { return theirs(i.By) }
	if c == nil || !slices.ContainsFunc(c.Leads, theirs) && !theirs(c.By) && !slices.ContainsFunc(c.Invites, invited) {
		return nil
	}
	co := c.clone()
	co.Leads, co.Invites = slices.DeleteFunc(co.Leads, theirs), slices.DeleteFunc(co.Invites, invited)
	if theirs(co.By) {
		co.By = ""
	}
	return co
}

// fireForget removes what may be left of somebody who was forgotten, unless they
// are back.
func (c *Coach) fireForget(ctx context.Context, f firing) error {
	for name := range strings.SplitSeq(string(f.job.Payload), "\n") {
		u := UserRef(name)
		_, _, err := c.store.Update(ctx, Scope{Cohort: f.cohort, Learner: u}, func(s State) (Change, error) {
			back := s.Learner != nil || s.Of != "" || s.Cohort != nil && s.Cohort.IsLead(u)
			return Change{Forget: !back}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxNaming bounds the deliveries that forgetting looks at, in each state.
const maxNaming = 1000

// naming returns the cohort's summaries and announcements that name the owner of
// some accounts: those that wait, as they are without the name, and those that
// ended unsent.
func (c *Coach) naming(ctx context.Context, s State, who []UserRef) (waiting, ended []schedule.Job, err error) {
	if s.Cohort == nil {
		return nil, nil, nil
	}
	id := s.Cohort.ID
	var names []string
	if s.Learner != nil {
		names = append(names, s.Learner.Name)
	}
	for _, a := range s.Announcements {
		if slices.Contains(who, a.By) {
			names = append(names, a.ByName)
		}
	}
	for _, kind := range []string{kindSummary, kindAnnounce} {
		for _, state := range []schedule.State{schedule.Waiting, schedule.Dead, schedule.Skipped} {
			jobs, err := c.store.List(ctx, state, fmt.Sprintf("send/%s/%s/", kind, id), maxNaming, id.Part())
			if err != nil {
				return nil, nil, err
			}
			for _, j := range jobs {
				without, named, err := unnamed(j, names)
				switch {
				case err != nil:
					return nil, nil, err
				case named && state == schedule.Waiting:
					waiting = append(waiting, without)
				case named:
					ended = append(ended, j)
				}
			}
		}
	}
	return waiting, ended, nil
}

// unnamed returns a delivery's job with an ellipsis for each of the names, and
// whether there was any.
func unnamed(j schedule.Job, names []string) (without schedule.Job, named bool, err error) {
	d, err := DeliveryOf(j)
	if err != nil {
		return j, false, err
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		whole := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(say.Literal(name).String()) + `($|[^\pL\pN])`)
		for i, b := range d.Message.Blocks {
			for _, text := range []*string{&b.Title, &b.Text, &b.Context} {
				named = named || whole.MatchString(*text)
				*text = whole.ReplaceAllString(*text, "${1}…${2}")
			}
			d.Message.Blocks[i] = b
		}
	}
	without, err = d.Job(j.Part, j.Due)
	return without, named, err
}
