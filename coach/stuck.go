package coach

import (
	"context"
	"fmt"
	"time"

	"studycoach/content/say"
)

// stuck records a blocker on the day's unit and tells the leads, who can help.
func (c *Coach) stuck(ctx context.Context, r request) (Reply, error) {
	note := r.Text
	if r.Submit {
		note = r.Arg("note")
	}
	if note == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			t, err := c.topicOf(r, s)
			if err != nil {
				return Reply{}, err
			}
			unit := unitOf(r.Arg("unit"))
			if _, known := t.roadmap.Unit(unit); !known {
				unit = t.unitFor(r.Thread, t.today, s.Learner)
			}
			return Reply{Form: &Form{
				Verb: "stuck", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormStuck.String(), Submit: say.ButtonAskHelp.String(),
				Fields: []FormField{
					{Name: "unit", Label: say.LabelUnit.String(), Kind: FieldOne, Value: unit, Options: t.unitOptions(unit)},
					{Name: "note", Label: say.LabelBlocker.String(), Kind: FieldArea, Hint: say.HintBlocker.String(), Max: maxNote},
				},
			}}, nil
		})
	}
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		unit := unitOf(r.Arg("unit"))
		if unit == "" {
			unit = t.unitFor(r.Thread, t.today, s.Learner)
		}
		u, ok := t.roadmap.Unit(unit)
		if !ok {
			return Change{}, Reply{}, refuse(say.UnknownUnit{Typed: quoted(unit, 20)})
		}
		l := s.Learner.clone()
		l.Name = nameOf(r.Event, l.Name)
		e := Entry{
			Kind: Blocked, Account: l.logOf(r.From), Seq: l.Entries, At: r.At.Truncate(time.Second), Date: t.today,
			Unit: unit, Blocker: clip(note, maxNote),
		}
		l.Entries++
		change := Change{Learner: l, Entries: []Entry{e}}
		if err := c.raise(&change, s.Cohort, l, t, e, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		line := say.StuckNoted{Unit: unit, Title: u.Title, Leads: len(change.Add)}
		return change, Reply{Message: Say(Text(say.Text(line)), Actions(
			r.to(press(say.ButtonUnstuck, "unstuck")),
			r.to(press(say.ButtonUndo, "undo", "entry", r.nameEntry(l, e)))))}, nil
	})
}

// raise marks a learner as stuck by the entry e, and adds a message for each
// lead. A blocker that came with an edit, which is the learner's last entry, is
// told anew.
func (c *Coach) raise(change *Change, co *Cohort, l *Learner, t topic, e Entry, at time.Time) error {
	l.Stuck = &Stuck{Entry: e.Seq, Unit: e.Unit, Note: clip(e.Blocker, maxStuck), Since: e.At}
	u, _ := t.roadmap.Unit(e.Unit)
	line := say.HelpWanted{
		Name: say.Literal(l.Name), Cohort: say.Literal(co.Name), Unit: e.Unit, Title: u.Title, Note: say.Literal(e.Blocker),
	}
	for _, lead := range co.Leads {
		if l.is(lead) {
			continue
		}
		job, err := Delivery{
			Key:  fmt.Sprintf("send/help/%s/%s/%d/%s", co.ID, l.ID, l.Entries-1, lead), // with both, so that either can be forgotten
			Room: lead.Direct(), Class: ClassNotice, Message: *Say(Text(say.Text(line))), Expires: expiresNotice,
		}.Job(co.ID.Part(), at)
		if err != nil {
			return err
		}
		change.Add = append(change.Add, job)
	}
	return nil
}

// unstick closes the blocker that an entry reported, if it is the open one.
func (l *Learner) unstick(e Entry) {
	if l.Stuck.by(e) {
		l.Stuck = nil
	}
}

// maxStuck is how much of a blocker a record shows, in characters.
const maxStuck = 150

// by tells whether an entry reported the blocker, which may be nil. Of two linked
// accounts each can have an entry with its Seq.
func (s *Stuck) by(e Entry) bool {
	return s != nil && s.Entry == e.Seq && s.Note == clip(e.Blocker, maxStuck)
}

// unstuck closes a learner's blocker.
func (c *Coach) unstuck(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		reply := Reply{Message: Say(Text(say.Text(say.Unstuck{})))}
		if s.Learner.Stuck == nil {
			return Change{}, reply, nil
		}
		l := s.Learner.clone()
		l.Stuck = nil
		return Change{Learner: l}, reply, nil
	})
}
