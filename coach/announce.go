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

// announce opens the form of an announcement, also to change a draft, shows how
// it will look, and lists what is planned and was posted.
func (c *Coach) announce(ctx context.Context, r request) (Reply, error) {
	switch {
	case r.Submit:
		return c.draft(ctx, r)
	case strings.EqualFold(r.Text, "list"):
		return c.listAnnouncements(ctx, r)
	}
	if m := pinged.FindStringSubmatch(r.Text); m != nil {
		r.Args, r.Text = map[string]string{"cohort": r.Arg("cohort"), "ping": m[1]}, m[2]
	}
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	return c.view(ctx, r, Scope{}, func(State) (Reply, error) {
		f := r.announceForm(mine)
		if id := r.Arg("id"); id != "" && !r.fillDraft(f, mine, id) {
			return Reply{}, refuse(say.AnnounceGone{})
		}
		return Reply{Form: f}, nil
	})
}

// pinged is the text of an announcement with a role of Discord's to ping before
// it: its number, and the rest.
var pinged = regexp.MustCompile(`(?is)^ping <@&([0-9]{1,20})>\s*(.*)$`)

// group is the group that the announcement in a form pings, one of the sender's
// workspace.
func (r request) group() GroupRef {
	if id := r.Arg("ping"); id != "" && strings.Trim(id, "0123456789") == "" {
		return GroupRef(r.From.Workspace() + "/" + id)
	}
	return ""
}

// leadsOf returns the cohorts that the sender leads, with their announcements.
func (c *Coach) leadsOf(ctx context.Context, r request) ([]State, error) {
	ids, err := c.store.CohortsOf(ctx, r.From)
	if err != nil {
		return nil, err
	}
	var mine []State
	for _, id := range ids {
		s, err := c.loadFor(ctx, r.From, Scope{Cohort: id, Announcements: true})
		if err != nil {
			return nil, err
		}
		if s.ledBy(r.From) {
			mine = append(mine, s)
		}
	}
	return mine, nil
}

// announcement returns the announcement of an id, nil when there is none.
func (s State) announcement(id string) *Announcement {
	i := slices.IndexFunc(s.Announcements, func(a Announcement) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Announcements[i]
}

func (r request) announceForm(mine []State) *Form {
	f := &Form{
		Verb: "announce", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormAnnounce.String(), Submit: say.ButtonPreview.String(),
		Fields: []FormField{
			{Name: "text", Label: say.LabelAnnouncement.String(), Kind: FieldArea, Value: clip(r.Text, maxAnnouncement), Max: maxAnnouncement},
			{Name: "date", Label: say.LabelAnnounceDate.String(), Kind: FieldDate, Optional: true, Hint: say.HintAnnounceDate.String()},
			{Name: "time", Label: say.LabelAnnounceTime.String(), Kind: FieldTime, Optional: true},
		},
	}
	if id := r.Arg("id"); id != "" {
		f.Args["id"] = id
	}
	if group := r.group(); group != "" {
		f.Args["ping"] = group.Name()
	}
	if len(mine) > 1 {
		to := FormField{Name: "to", Label: say.LabelAnnounceTo.String(), Kind: FieldMany, Value: string(r.cohort)}
		for _, s := range mine {
			to.Options = append(to.Options, Option{Value: string(s.Cohort.ID), Label: clip(s.Cohort.Name, 75)})
		}
		f.Fields = append(f.Fields, to)
	}
	return f
}

// fillDraft puts a draft into the form, as it was typed; ok is false when it is
// no draft any more.
func (r request) fillDraft(f *Form, mine []State, id string) (ok bool) {
	var to []string
	for _, s := range mine {
		a := s.announcement(id)
		if a == nil || a.Status != announceDraft {
			continue
		}
		f.field("text").Value = a.Text
		if a.Ping.Workspace() == r.From.Workspace() {
			f.Args["ping"] = a.Ping.Name()
		}
		if !a.Due.IsZero() {
			slot := schedule.SlotAt(a.Due, zoneOf(s.Cohort, nil))
			f.field("date").Value, f.field("time").Value = slot.Date.String(), slot.Time.String()
		}
		to = append(to, string(s.Cohort.ID))
	}
	if len(mine) > 1 {
		f.field("to").Value = strings.Join(to, ",")
	}
	return len(to) > 0
}

// draft keeps what a lead wrote in each chosen cohort, in place of the draft
// that was changed, and shows it as it will look.
func (c *Coach) draft(ctx context.Context, r request) (Reply, error) {
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	to := slices.DeleteFunc(strings.Split(r.Arg("to"), ","), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(to) == 0 {
		to = []string{string(r.cohort)}
	}
	var chosen []*Cohort
	for _, s := range mine {
		if slices.Contains(to, string(s.Cohort.ID)) {
			chosen = append(chosen, s.Cohort)
		}
	}
	if len(chosen) == 0 {
		return Reply{}, refuse(say.LeadsOnly{Command: "announce"})
	}
	f := r.announceForm(mine)
	f.fill(r.Args)
	text := clip(r.Arg("text"), maxAnnouncement)
	if text == "" {
		f.field("text").Error = say.Unmarked(say.Text(say.AnnouncementMissing{}))
	}
	at, planned := f.takeSlot(chosen, r.At)
	if f.failed() {
		return Reply{}, &Refusal{Form: f, Line: say.CheckTheForm{}}
	}
	id := strings.ToLower(shortID("announcement " + r.ID))
	some := false
	for _, s := range mine {
		if s.announcement(r.Arg("id")) == nil && !slices.Contains(chosen, s.Cohort) {
			continue
		}
		a := Announcement{ID: id, By: r.From, ByName: nameOf(r.Event, ""), Text: text, Made: r.At.Truncate(time.Second), Status: announceDraft, Ping: r.group()}
		if planned {
			a.Due = schedule.Resolve(at, zoneOf(s.Cohort, nil))
		}
		r.cohort = s.Cohort.ID
		if _, err := c.update(ctx, r, Scope{Announcements: true}, func(s State) (Change, Reply, error) {
			var change Change
			if old := s.announcement(r.Arg("id")); old != nil && old.Status == announceDraft {
				old.Status = announceCancelled
				change.Announce = append(change.Announce, *old)
			}
			if slices.Contains(to, string(s.Cohort.ID)) {
				change.Announce = append(change.Announce, a)
			}
			return change, Reply{}, nil
		}); err != nil {
			return Reply{}, partly(some, err)
		}
		some = true
	}
	return Reply{Message: r.preview(chosen, id, text, at, planned)}, nil
}

// takeSlot reads when to post; planned is false when it is at once. Whether a
// time is over is for each cohort's own zone to say.
func (f *Form) takeSlot(chosen []*Cohort, now time.Time) (at schedule.Slot, planned bool) {
	date, clock := f.field("date"), f.field("time")
	if date.Value == "" && clock.Value == "" {
		return at, false
	}
	at = schedule.SlotAt(now, zoneOf(chosen[0], nil))
	today := schedule.StudyDay(now, zoneOf(chosen[0], nil))
	if clock.Value != "" {
		at.Time = f.time("time")
	} else {
		at.Time = chosen[0].Prompt
	}
	if date.Value != "" {
		d, ok := readDate(date.Value, today)
		if !ok {
			date.Error = say.Unmarked(say.Text(say.UnclearUntil{Typed: quoted(date.Value, 40)}))
			return at, true
		}
		at.Date = d
	}
	var over []string
	for _, co := range chosen {
		if !schedule.Resolve(at, zoneOf(co, nil)).After(now) {
			over = append(over, say.Literal(co.Name).String())
		}
	}
	switch {
	case clock.Error != "":
	case len(over) > 0 && len(chosen) > 1:
		date.Error = say.Unmarked(say.Text(say.PastTime{Cohorts: say.List(over)}))
	case len(over) > 0:
		date.Error = say.Unmarked(say.Text(say.PastTime{}))
	case at.Date > today+maxAway:
		date.Error = say.Unmarked(say.Text(say.TooFarAhead{Days: maxAway}))
	}
	return at, true
}

// preview shows a draft as it will look, with what can become of it.
func (r request) preview(chosen []*Cohort, id, text string, at schedule.Slot, planned bool) *Message {
	names := make([]string, len(chosen))
	for i, co := range chosen {
		names[i] = say.Literal(co.Name).String()
	}
	line := say.AnnouncePreview{Cohorts: say.List(names), Planned: planned, Pings: r.group() != ""}
	button := say.ButtonPost
	if planned {
		line.At = at.Date.Format("Mon 2 Jan 2006") + " " + at.Time.String()
		button = say.ButtonPlanIt
	}
	args := []string{"id", id, "cohort", string(chosen[0].ID)}
	change := press(say.ButtonEdit, "announce", args...)
	if len(chosen) > 1 {
		args = append(args, "all", "1")
	}
	post, drop := press(button, "post", args...), press(say.ButtonDiscard, "cancel", args...)
	post.Style = Primary
	m := Say(Text(say.Text(line)))
	m.Blocks = append(m.Blocks, announcementBlocks(say.Literal(text), say.Literal(nameOf(r.Event, "")), chosen[0])...)
	m.Blocks = append(m.Blocks, Actions(post, change, drop))
	return m
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
// preview or in all that were chosen. What was to come at a time that is over by
// now is left as it is.
func (c *Coach) post(ctx context.Context, r request) (Reply, error) {
	return c.eachDraft(ctx, r, func(co *Cohort, a *Announcement, change *Change) (any, error) {
		line := say.AnnounceDone{Cohort: say.Literal(co.Name), Planned: !a.Due.IsZero()}
		switch {
		case a.Status != announceDraft:
			return nil, refuse(say.AnnounceGone{})
		case !line.Planned:
			a.Due = r.At.Truncate(time.Millisecond)
		case !a.Due.After(r.At):
			return nil, refuse(say.PastTime{Cohorts: say.Literal(co.Name).String()})
		}
		a.Status, a.Job = announcePlanned, fmt.Sprintf("%s/%s/%s", kindAnnounce, co.ID, a.ID)
		change.Add = append(change.Add, schedule.Job{Key: a.Job, Kind: kindAnnounce, Part: co.ID.Part(), Due: a.Due})
		return line, nil
	})
}

// cancel takes back a draft or a planned announcement.
func (c *Coach) cancel(ctx context.Context, r request) (Reply, error) {
	return c.eachDraft(ctx, r, func(_ *Cohort, a *Announcement, change *Change) (any, error) {
		switch a.Status {
		case announceDraft, announcePlanned:
		case announcePosted:
			return nil, refuse(say.AnnouncePostedBefore{})
		default:
			return nil, refuse(say.AnnounceGone{})
		}
		if a.Job != "" {
			change.Cancel = append(change.Cancel, a.Job)
		}
		a.Status = announceCancelled
		return say.AnnounceCancelled{}, nil
	})
}

// eachDraft changes an announcement in the request's cohort, and in the others
// that the sender leads where the button says all. The answer says what became
// of it in each; where nothing did, it is a refusal.
func (c *Coach) eachDraft(ctx context.Context, r request, change func(*Cohort, *Announcement, *Change) (any, error)) (Reply, error) {
	mine, err := c.leadsOf(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if !slices.ContainsFunc(mine, func(s State) bool { return s.Cohort.ID == r.cohort }) {
		return Reply{}, refuse(say.LeadsOnly{Command: "announce"})
	}
	mine = slices.DeleteFunc(mine, func(s State) bool {
		return s.announcement(r.Arg("id")) == nil || r.Arg("all") == "" && s.Cohort.ID != r.cohort
	})
	var lines []string
	refused, all := refuse(say.AnnounceGone{}), true
	for _, s := range mine {
		r.cohort = s.Cohort.ID
		reply, err := c.update(ctx, r, Scope{Announcements: true}, func(s State) (Change, Reply, error) {
			a := s.announcement(r.Arg("id"))
			if a == nil {
				return Change{}, Reply{}, refuse(say.AnnounceGone{})
			}
			var ch Change
			line, err := change(s.Cohort, a, &ch)
			if err != nil {
				return Change{}, Reply{}, err
			}
			ch.Announce = []Announcement{*a}
			return ch, Reply{Message: Say(Text(say.Text(line)))}, nil
		})
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			refused, reply = refusal, refusal.reply()
		case err != nil:
			return Reply{}, partly(!all, err)
		default:
			all = false
		}
		if text := reply.Message.Blocks[0].Text; !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	if all {
		return Reply{}, refused
	}
	return Reply{Replace: true, Message: Say(Text(strings.Join(lines, "\n")))}, nil
}

// announceListed is how many announcements the list shows.
const announceListed = 10

// listAnnouncements shows the newest announcements, with a way to take back
// what is planned.
func (c *Coach) listAnnouncements(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{Announcements: true}, func(s State) (Reply, error) {
		return Reply{Message: Say(r.announcements(s.Cohort, s.Announcements)...)}, nil
	})
}

// announcements lists announcements of a cohort that are, or were, more than a
// draft.
func (r request) announcements(co *Cohort, all []Announcement) []Block {
	line := say.AnnounceList{}
	blocks := []Block{{}}
	for _, a := range all {
		if a.Job == "" || len(line.Rows) == announceListed {
			continue
		}
		row := say.AnnounceRow{
			N: len(line.Rows) + 1, Status: a.Status, By: say.Literal(a.ByName), Text: quoted(a.Text, 80),
			At: a.Due.In(zoneOf(co, nil)).Format("Mon 2 Jan 15:04"),
		}
		line.Rows = append(line.Rows, row)
		if a.Status == announcePlanned && len(blocks) < 6 {
			label := say.Unmarked(say.Text(say.CancelNumber{N: row.N}))
			blocks = append(blocks, Actions(r.to(Action{Label: label, Verb: "cancel", Args: map[string]string{"id": a.ID}, Style: Danger})))
		}
	}
	blocks[0] = Text(say.Text(line))
	return blocks
}

// fireAnnounce posts a planned announcement into the cohort's rooms.
func (c *Coach) fireAnnounce(ctx context.Context, f firing) error {
	reason, late := schedule.Late(f.job, f.now, lateSummary)
	missed := false
	_, _, err := c.store.Update(ctx, Scope{Cohort: f.cohort, Announcements: true}, func(s State) (Change, error) {
		a := s.announcement(f.name)
		missed = late && a != nil && a.Status == announcePlanned
		switch {
		case s.Cohort == nil || a == nil || a.Status != announcePlanned:
			return Change{}, nil
		case missed:
			a.Status = announceMissed
			return Change{Announce: []Announcement{*a}}, nil
		}
		var change Change
		err := change.announce(s.Cohort, *a, f.job.Due)
		return change, err
	})
	if err == nil && missed {
		return fmt.Errorf("%w: %s", ErrSkipped, reason)
	}
	return err
}

// announce adds to the change that an announcement is posted into the cohort's
// rooms.
func (ch *Change) announce(co *Cohort, a Announcement, due time.Time) error {
	a.Status = announcePosted
	ch.Announce = append(ch.Announce, a)
	return ch.deliver(co, Delivery{
		Key: fmt.Sprintf("send/%s/%s/%s", kindAnnounce, co.ID, a.ID), Class: ClassAnnouncement, Expires: lateSummary,
		Message: *Say(announcementBlocks(say.Literal(a.Text), say.Literal(a.ByName), co)...), Ping: a.Ping,
	}, due)
}
