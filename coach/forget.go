package coach

import (
	"context"
	"slices"

	"studycoach/content/say"
)

// forgetMe removes every trace of the sender from all their cohorts, once they
// have confirmed it.
func (c *Coach) forgetMe(ctx context.Context, r request) (Reply, error) {
	ids, err := c.keptIn(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	var names []string
	for _, id := range ids {
		s, err := c.store.Load(ctx, Scope{Cohort: id})
		if err != nil {
			return Reply{}, err
		}
		if s.Cohort == nil {
			continue
		}
		if err := c.handedOver(ctx, s.Cohort, r.From); err != nil {
			return Reply{}, err
		}
		names = append(names, say.Literal(s.Cohort.Name).String())
	}
	if r.Arg("sure") != "yes" {
		if len(names) == 0 {
			return Reply{Message: Say(Text(say.Text(say.NothingKept{})))}, nil
		}
		sure := press(say.ButtonForgetSure, "forget-me", "sure", "yes", "cohort", string(ids[len(ids)-1]))
		sure.Style = Danger
		return Reply{Message: Say(Text(say.Text(say.ForgetSure{Cohorts: say.List(names)})), Actions(sure, press(say.ButtonExport, "export")))}, nil
	}
	for _, id := range ids {
		if err := c.forget(ctx, r, id); err != nil {
			return Reply{}, err
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
		if here, err = c.store.CohortIn(ctx, r.Room); isNotFound(err) {
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
func (c *Coach) handedOver(ctx context.Context, co *Cohort, u UserRef) error {
	if !co.IsLead(u) || len(co.Leads) > 1 {
		return nil
	}
	some, err := c.store.Learners(ctx, co.ID, "", 2)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(some, func(l Learner) bool { return l.ID != u }) {
		return refuse(say.OnlyLead{Cohort: say.Literal(co.Name)})
	}
	return nil
}

// forget removes the sender from one cohort.
func (c *Coach) forget(ctx context.Context, r request, id CohortID) error {
	scope := Scope{Cohort: id, Learner: r.From, Entries: true, Assessments: true, Announcements: true, Event: r.ID}
	_, _, err := c.store.Update(ctx, scope, func(s State) (Change, error) {
		change := Change{Forget: true}
		if co := s.Cohort; co != nil && (co.IsLead(r.From) || co.By == r.From) {
			co := *s.Cohort
			co.Leads = slices.DeleteFunc(slices.Clone(co.Leads), func(u UserRef) bool { return u == r.From })
			if co.By == r.From {
				co.By = ""
			}
			change.Cohort = &co
		}
		for _, a := range s.Announcements {
			if a.By == r.From {
				a.By, a.ByName = "", ""
				change.Announce = append(change.Announce, a)
			}
		}
		err := c.addTotals(&change, s, s.Learner, r.At)
		return change, err
	})
	return err
}
