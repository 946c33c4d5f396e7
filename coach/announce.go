package coach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// The states of an announcement.
const (
	announceDraft     = "draft"
	announcePlanned   = "planned"
	announcePosted    = "posted"
	announceCancelled = "cancelled"
	announceMissed    = "missed" // too late when its turn came
)

// maxAnnouncement is how long an announcement may be: what fits into one block
// of every platform when most of its characters are escaped.
const maxAnnouncement = 1400

// announce opens the form of an announcement, shows how it will look, and
// lists what is planned and was posted.
func (c *Coach) announce(ctx context.Context, r request) (Reply, error) {
	word := strings.ToLower(r.Text)
	switch {
	case r.Submit:
		return c.draft(ctx, r)
	case word == "list":
		return c.listAnnouncements(ctx, r)
	}
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	return c.view(ctx, r, Scope{}, func(State) (Reply, error) {
		return Reply{Form: r.announceForm(mine)}, nil
	})
}

// leadsOf returns the cohorts that the sender leads.
func (c *Coach) leadsOf(ctx context.Context, r request) ([]*Cohort, error) {
	ids, err := c.store.CohortsOf(ctx, r.From)
	if err != nil {
		return nil, err
	}
	var mine []*Cohort
	for _, id := range ids {
		s, err := c.store.Load(ctx, Scope{Cohort: id})
		if err != nil {
			return nil, err
		}
		if s.Cohort != nil && s.Cohort.IsLead(r.From) {
			mine = append(mine, s.Cohort)
		}
	}
	return mine, nil
}

func (r request) announceForm(mine []*Cohort) *Form {
	f := &Form{
		Verb: "announce", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormAnnounce.String(), Submit: say.ButtonPreview.String(),
		Fields: []FormField{
			{Name: "text", Label: say.LabelAnnouncement.String(), Kind: FieldArea, Value: clip(r.Text, maxAnnouncement), Max: maxAnnouncement},
			{Name: "date", Label: say.LabelAnnounceDate.String(), Kind: FieldDate, Optional: true, Hint: say.HintAnnounceDate.String()},
			{Name: "time", Label: say.LabelAnnounceTime.String(), Kind: FieldTime, Optional: true},
		},
	}
	if len(mine) > 1 {
		to := FormField{Name: "to", Label: say.LabelAnnounceTo.String(), Kind: FieldMany, Value: string(r.cohort)}
		for _, co := range mine {
			to.Options = append(to.Options, Option{Value: string(co.ID), Label: clip(co.Name, 75)})
		}
		f.Fields = append(f.Fields, to)
	}
	return f
}

// draft keeps what a lead wrote in each chosen cohort, and shows it as it will
// look.
func (c *Coach) draft(ctx context.Context, r request) (Reply, error) {
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	to := slices.DeleteFunc(strings.Split(r.Arg("to"), ","), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(to) == 0 {
		to = []string{string(r.cohort)}
	}
	chosen := slices.DeleteFunc(slices.Clone(mine), func(co *Cohort) bool { return !slices.Contains(to, string(co.ID)) })
	f := r.announceForm(mine)
	f.fill(r.Args)
	text := clip(r.Arg("text"), maxAnnouncement)
	if text == "" {
		f.field("text").Error = say.Unmarked(say.Text(say.AnnouncementMissing{}))
	}
	if len(chosen) == 0 {
		return Reply{}, refuse(say.LeadsOnly{Command: "announce"})
	}
	at := schedule.Slot{}
	today := schedule.StudyDay(r.At, zoneOf(chosen[0], nil))
	planned := r.Arg("date") != "" || r.Arg("time") != ""
	if planned {
		at = schedule.SlotAt(r.At, zoneOf(chosen[0], nil))
		ok := true
		if d := r.Arg("date"); d != "" {
			if at.Date, ok = readDate(d, today); !ok {
				f.field("date").Error = say.Unmarked(say.Text(say.UnclearUntil{Typed: quoted(d, 40)}))
			}
		}
		if r.Arg("time") != "" {
			at.Time = f.time("time")
		} else {
			at.Time = chosen[0].Prompt
		}
		switch due := schedule.Resolve(at, zoneOf(chosen[0], nil)); {
		case ok && !due.After(r.At):
			f.field("date").Error = say.Unmarked(say.Text(say.PastTime{}))
		case ok && at.Date > today+maxAway:
			f.field("date").Error = say.Unmarked(say.Text(say.TooFarAhead{Days: maxAway}))
		}
	}
	if f.failed() {
		return Reply{}, &Refusal{Form: f, Line: say.CheckTheForm{}}
	}
	id := strings.ToLower(shortID("announcement " + r.ID))
	var names []string
	for _, co := range chosen {
		names = append(names, say.Literal(co.Name).String())
		due := time.Time{}
		if planned {
			due = schedule.Resolve(at, zoneOf(co, nil))
		}
		r.cohort = co.ID
		if _, err := c.update(ctx, r, Scope{}, func(State) (Change, Reply, error) {
			return Change{Announce: []Announcement{{
				ID: id, By: r.From, ByName: nameOf(r.Event, ""), Text: text, Made: r.At.Truncate(time.Second), Due: due, Status: announceDraft,
			}}}, Reply{}, nil
		}); err != nil {
			return Reply{}, err
		}
	}
	line := say.AnnouncePreview{Cohorts: say.List(names), Planned: planned}
	button := say.ButtonPost
	if planned {
		line.At = at.Date.Format("Mon 2 Jan 2006") + " " + at.Time.String()
		button = say.ButtonPlanIt
	}
	ids := make([]string, len(chosen))
	for i, co := range chosen {
		ids[i] = string(co.ID)
	}
	post, drop := press(button, "post", "id", id, "cohort", ids[0]), press(say.ButtonDiscard, "cancel", "id", id, "cohort", ids[0])
	if len(ids) > 1 {
		post.Args["all"], drop.Args["all"] = "1", "1"
	}
	post.Style = Primary
	m := Say(Text(say.Text(line)))
	m.Blocks = append(m.Blocks, announcementBlocks(say.Literal(text), say.Literal(nameOf(r.Event, "")), chosen[0])...)
	m.Blocks = append(m.Blocks, Actions(post, drop))
	return Reply{Message: m}, nil
}

// announcementBlocks is an announcement as it looks in a room.
func announcementBlocks(text, by say.Literal, co *Cohort) []Block {
	return []Block{
		Title(say.Announcement.String()),
		Text(say.Text(say.AnnouncementText{Text: text})),
		Context(say.Text(say.AnnouncementBy{By: by, Cohort: say.Literal(co.Name)})),
	}
}

// post posts a draft now, or plans it for its time, in the cohort of the
// preview or in all that were chosen.
func (c *Coach) post(ctx context.Context, r request) (Reply, error) {
	return c.eachDraft(ctx, r, announceDraft, func(co *Cohort, a *Announcement, change *Change) error {
		a.Status, a.Job = announcePlanned, fmt.Sprintf("%s/%s/%s", kindAnnounce, co.ID, a.ID)
		if a.Due.IsZero() || a.Due.Before(r.At) {
			a.Due = r.At.Truncate(time.Millisecond)
		}
		change.Add = append(change.Add, schedule.Job{Key: a.Job, Kind: kindAnnounce, Part: co.ID.Part(), Due: a.Due})
		return nil
	}, func(a Announcement, cohorts string) any {
		return say.AnnounceDone{Cohorts: cohorts, Planned: a.Due.After(r.At)}
	})
}

// cancel takes back a draft or a planned announcement.
func (c *Coach) cancel(ctx context.Context, r request) (Reply, error) {
	return c.eachDraft(ctx, r, "", func(_ *Cohort, a *Announcement, change *Change) error {
		if a.Status == announcePosted {
			return refuse(say.AnnouncePostedBefore{})
		}
		if a.Job != "" {
			change.Cancel = append(change.Cancel, a.Job)
		}
		a.Status = announceCancelled
		return nil
	}, func(Announcement, string) any { return say.AnnounceCancelled{} })
}

// eachDraft changes an announcement in the request's cohort, and in the others
// that the sender leads where the button says all.
func (c *Coach) eachDraft(ctx context.Context, r request, status string, change func(*Cohort, *Announcement, *Change) error, line func(Announcement, string) any) (Reply, error) {
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if !slices.ContainsFunc(mine, func(co *Cohort) bool { return co.ID == r.cohort }) {
		return Reply{}, refuse(say.LeadsOnly{Command: "announce"})
	}
	if r.Arg("all") == "" {
		mine = slices.DeleteFunc(mine, func(co *Cohort) bool { return co.ID != r.cohort })
	}
	var names []string
	var last Announcement
	refused := refuse(say.AnnounceGone{})
	for _, co := range mine {
		all, err := c.store.Announcements(ctx, co.ID)
		if err != nil {
			return Reply{}, err
		}
		i := slices.IndexFunc(all, func(a Announcement) bool { return a.ID == r.Arg("id") })
		if i < 0 {
			continue
		}
		last = all[i]
		r.cohort = co.ID
		_, err = c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
			if now := all[i].Status; now == announceCancelled || status != "" && now != status {
				return Change{}, Reply{}, refuse(say.AnnounceGone{})
			}
			var ch Change
			last = all[i]
			err := change(s.Cohort, &last, &ch)
			ch.Announce = []Announcement{last}
			return ch, Reply{}, err
		})
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			refused = refusal
		case err != nil:
			return Reply{}, err
		default:
			names = append(names, say.Literal(co.Name).String())
		}
	}
	if len(names) == 0 {
		return Reply{}, refused
	}
	return Reply{Replace: true, Message: Say(Text(say.Text(line(last, say.List(names)))))}, nil
}

// announceListed is how many announcements the list shows.
const announceListed = 10

// listAnnouncements shows the newest announcements, with a way to take back
// what is planned.
func (c *Coach) listAnnouncements(ctx context.Context, r request) (Reply, error) {
	all, err := c.store.Announcements(ctx, r.cohort)
	if err != nil {
		return Reply{}, err
	}
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		line := say.AnnounceList{}
		m := Say(Text(""))
		for _, a := range all {
			if a.Job == "" || len(line.Rows) == announceListed { // never more than a draft
				continue
			}
			row := say.AnnounceRow{
				N: len(line.Rows) + 1, Status: a.Status, By: say.Literal(a.ByName), Text: quoted(a.Text, 80),
				At: a.Due.In(zoneOf(s.Cohort, nil)).Format("Mon 2 Jan 15:04"),
			}
			line.Rows = append(line.Rows, row)
			if a.Status == announcePlanned && len(m.Blocks) < 6 {
				label := say.Unmarked(say.Text(say.CancelNumber{N: row.N}))
				m.Blocks = append(m.Blocks, Actions(r.to(Action{Label: label, Verb: "cancel", Args: map[string]string{"id": a.ID}, Style: Danger})))
			}
		}
		m.Blocks[0] = Text(say.Text(line))
		return Reply{Message: m}, nil
	})
}

// fireAnnounce posts a planned announcement into the cohort's rooms.
func (c *Coach) fireAnnounce(ctx context.Context, f firing) error {
	all, err := c.store.Announcements(ctx, f.cohort)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a Announcement) bool { return a.ID == f.name })
	if i < 0 || all[i].Status != announcePlanned {
		return nil
	}
	a := all[i]
	reason, late := schedule.Late(f.job, f.now, lateSummary)
	_, _, err = c.store.Update(ctx, Scope{Cohort: f.cohort}, func(s State) (Change, error) {
		if s.Cohort == nil {
			return Change{}, nil
		}
		if late {
			a.Status = announceMissed
			return Change{Announce: []Announcement{a}}, nil
		}
		a.Status = announcePosted
		change := Change{Announce: []Announcement{a}}
		d := Delivery{
			Key: fmt.Sprintf("send/%s/%s/%s", kindAnnounce, f.cohort, a.ID), Class: ClassAnnouncement, Expires: lateSummary,
			Message: *Say(announcementBlocks(say.Literal(a.Text), say.Literal(a.ByName), s.Cohort)...),
		}
		err := change.deliver(s.Cohort, d, f.job.Due)
		return change, err
	})
	if err == nil && late {
		return fmt.Errorf("%w: %s", ErrSkipped, reason)
	}
	return err
}
