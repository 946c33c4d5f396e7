package coach

import (
	"context"
	"errors"

	"studycoach/schedule"
)

// noticePerson takes note of what a platform tells of somebody, in each of their
// cohorts.
func (c *Coach) noticePerson(ctx context.Context, n Notice) error {
	ids, err := c.store.CohortsOf(ctx, n.User)
	if err != nil {
		return err
	}
	for _, id := range ids {
		scope := Scope{Cohort: id, Cards: n.Kind == Unreachable, Event: n.ID}
		_, _, err := c.updateFor(ctx, n.User, scope, func(s State) (Change, error) {
			if s.Cohort == nil || s.Learner == nil {
				return Change{}, errQuiet
			}
			return c.personChange(s, n)
		})
		if err != nil && !errors.Is(err, errQuiet) {
			return err
		}
	}
	return nil
}

// personChange is what a notice changes of a learner, who goes by the name and
// zone of their own account, not of a linked one.
func (c *Coach) personChange(s State, n Notice) (Change, error) {
	l := s.Learner.clone()
	var changed, moved bool
	gone, unreachable := l.told(n.User)
	switch n.Kind {
	case PersonGone:
		changed, *gone = !*gone, true
	case Unreachable:
		changed, *unreachable = !*unreachable, true
	default:
		if n.User == l.ID {
			changed, moved = l.goBy(clip(oneLine(clean(n.Name)), maxName)), l.follow(n.Zone)
		}
		if *gone {
			moved, *gone = true, false
		}
	}
	if !changed && !moved {
		return Change{}, errQuiet
	}
	t, err := c.topicAt(s.Cohort, s.Learner, n.At)
	if err != nil {
		return Change{}, err
	}
	change := Change{Learner: l}
	if moved || n.Kind != PersonChanged {
		if err := c.resettle(&change, s.Cohort, l, t, n.At); err != nil {
			return Change{}, err
		}
	}
	if n.Kind == Unreachable && l.Settings.RoomNotes && !l.reaches(l.writeTo()) && l.Nudged == schedule.LocalDate(n.At, zoneOf(s.Cohort, l)) && t.nudge(s, s.Cohort.ID) != nil {
		now := s
		now.Learner = l
		if err := t.roomNote(&change, now, l.Nudged, n.At); err != nil {
			return Change{}, err
		}
	}
	err = c.addTotals(&change, s, s.Learner, n.At)
	return change, err
}

// goBy has the learner go by a display name; it tells whether that is a change.
func (l *Learner) goBy(name string) bool {
	if name == "" || name == l.Name {
		return false
	}
	l.Name = name
	return true
}

// follow has the learner live in the zone that the platform tells, unless they
// chose one; it tells whether that is a change.
func (l *Learner) follow(zone string) bool {
	loc, err := schedule.LoadZone(zone)
	if zone == "" || err != nil || l.Settings.ZoneByHand || loc.String() == l.Settings.Zone {
		return false
	}
	l.Settings.Zone = loc.String()
	return true
}

// noteSender adds to a change what its event tells of the learner who sent it:
// that they are here and can be reached, and, where their record changes
// anyway, with which account and, of their own, by which name and in which zone.
// Linking and parting see to it themselves.
func (c *Coach) noteSender(change *Change, s State, r request) error {
	was := s.Learner
	if was == nil || change.Forget || change.Other != nil || change.Learner == nil && was.reaches(r.From) {
		return nil
	}
	if change.Learner == nil {
		change.Learner = was.clone()
	}
	l := change.Learner
	back := !l.reaches(r.From)
	l.arrive(r.From)
	moved := false
	if l.AtAlso {
		l.Name = was.Name
	} else {
		l.goBy(r.Name)
		moved = l.follow(r.Zone)
	}
	if !moved && !back {
		return nil
	}
	t, err := c.topicAt(s.Cohort, was, r.At)
	if err != nil {
		return err
	}
	return c.resettle(change, s.Cohort, l, t, r.At)
}

// arrive notes that the learner is here, with one of their accounts.
func (l *Learner) arrive(u UserRef) {
	gone, unreachable := l.told(u)
	*gone, *unreachable = false, false
	l.AtAlso = u != l.ID
}

// welcomeBack takes note of a learner who does something again, where what they
// do changes nothing itself.
func (c *Coach) welcomeBack(ctx context.Context, r request, l *Learner) error {
	if l == nil || l.reaches(r.From) {
		return nil
	}
	r.ID = "" // what they did is not answered by this
	_, err := c.update(ctx, r, Scope{}, func(State) (Change, Reply, error) { return Change{}, Reply{}, nil })
	return err
}

// Sender returns the one of a person's accounts that an event is from, where
// their direct messages are not those of one workspace: the one of the cohort
// that the event names, else one that is in a cohort or leads one, else one that
// was in one. Of several it is the first; of none it is empty.
func (c *Coach) Sender(ctx context.Context, e Event, accounts []UserRef) (sender UserRef, err error) {
	closest, enough := stranger, member
	if e.Arg("cohort") != "" {
		enough = memberOfNamed
	}
	for _, u := range accounts {
		ids, err := c.store.CohortsOf(ctx, u)
		if err != nil {
			return "", err
		}
		for _, id := range ids {
			s, err := c.loadFor(ctx, u, Scope{Cohort: id})
			if err != nil {
				return "", err
			}
			if t := s.tieOf(u, e); t > closest {
				sender, closest = u, t
			}
			if closest == enough {
				return sender, nil
			}
		}
	}
	return sender, nil
}

// tie is what an account has to do with a cohort, for an event that may be about
// it: the more, the sooner the event is from that account.
type tie int

const (
	stranger tie = iota
	formerMember
	member // or lead
	formerOfNamed
	memberOfNamed // of the cohort that the event names
)

// tieOf is what u has to do with the state's cohort, which is one of theirs.
func (s State) tieOf(u UserRef, e Event) tie {
	if s.Cohort == nil {
		return stranger
	}
	t := formerMember
	if s.learns() || s.ledBy(u) {
		t = member
	}
	if e.names(s.Cohort) {
		t += formerOfNamed - formerMember
	}
	return t
}
