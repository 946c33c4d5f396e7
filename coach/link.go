package coach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// Two accounts that are linked are one learner: one of them is it, the other
// one's record waits as it is. The learner's days are those of both logs. Each
// account keeps its own log, also of what is entered while they are linked; an
// edit or undo is where its check-in is. So parting the two moves nothing.
//
// The one with more study days is the learner; settings, rest days, recall cards,
// answers to checkpoints and milestones are that account's meanwhile. Days that
// either was away excuse both, until they are parted.

// link shows which accounts are linked, or gives a code for another one; with a
// code, under the other account, it links the two.
func (c *Coach) link(ctx context.Context, r request) (Reply, error) {
	if r.Text != "" {
		return c.linkTo(ctx, r)
	}
	r, err := c.as(ctx, r, learners)
	if err != nil {
		return Reply{}, err
	}
	secret := newSecret()
	return c.update(ctx, r, Scope{Entries: true}, func(s State) (Change, Reply, error) {
		if s.Learner.Also != "" {
			m, err := c.linked(r, s.Cohort, s.Learner, s.Entries)
			return Change{}, Reply{Message: m}, err
		}
		co := s.Cohort.clone()
		if !co.offer(Invite{For: ForAccount, By: r.From, Secret: secret, Until: r.At.Add(inviteLife)}, r.At) {
			return Change{}, Reply{}, refuse(say.CodesFull{})
		}
		line := say.LinkCode{Cohort: say.Literal(co.Name), Code: showCode(co.ID, secret), Minutes: int(inviteLife / time.Minute)}
		return Change{Cohort: co}, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// linked tells a linked learner, with the log of both accounts, what that means.
func (c *Coach) linked(r request, co *Cohort, l *Learner, log []Entry) (*Message, error) {
	t, err := c.topicAt(co, l, r.At)
	if err != nil {
		return nil, err
	}
	deep, ai := l.Days.Total()
	line := say.Linked{
		Cohort: say.Literal(co.Name), One: l.ID.label(l.Also), Other: l.Also.label(l.ID),
		Total: deep + ai, Streak: l.Streak.AsOf(l.Days, t.calendar, t.today).Count,
	}
	for _, e := range checkIns(log) {
		if e.Account == "" {
			line.Ones++
		} else {
			line.Others++
		}
	}
	return Say(Text(say.Text(line)), Actions(r.to(press(say.ButtonMe, "me")), r.to(press(say.ButtonSettings, "settings")))), nil
}

// linkTo links the sender's account to the one that asked for the code, and
// tells that one, too.
func (c *Coach) linkTo(ctx context.Context, r request) (Reply, error) {
	id, secret, ok := readCode(r.Text)
	if !ok {
		return Reply{}, refuse(say.NotACode{Command: "link"})
	}
	r.cohort = id
	by, err := c.inviter(ctx, id, secret)
	if err != nil {
		return Reply{}, err
	}
	return c.update(ctx, r, Scope{Other: by, Entries: true, Assessments: true}, func(s State) (Change, Reply, error) {
		if s.Cohort == nil {
			return Change{}, Reply{}, refuse(say.CodeOver{Command: "link"})
		}
		co := s.Cohort.clone()
		invite, ok := co.redeem(ForAccount, secret, r.At)
		if !ok || invite.By != by || s.Other.Learner == nil || s.Other.Learner.Left != 0 {
			return Change{}, Reply{}, refuse(say.CodeOver{Command: "link"})
		}
		there, here := s.Other.Learner, s.Learner
		switch {
		case by == r.From:
			return Change{}, Reply{}, refuse(say.LinkSelf{})
		case by.Workspace() == r.From.Workspace():
			return Change{}, Reply{}, refuse(say.LinkNear{})
		case there.Also != "" || there.Of != "" || here != nil && here.Also != "":
			return Change{}, Reply{}, refuse(say.LinkedBefore{})
		}
		if here == nil {
			here = r.newLearner()
		}
		change := Change{Cohort: co}
		main, log, err := c.unite(&change, r, here, there, s.Entries, s.Other.Entries)
		if err != nil {
			return Change{}, Reply{}, err
		}
		m, err := c.linked(r, co, main, log)
		if err != nil {
			return Change{}, Reply{}, err
		}
		told, err := Delivery{
			Key:  fmt.Sprintf("send/link/%s/%s/%d", co.ID, by, r.At.UnixMilli()), // with the account, which can be forgotten
			Room: by.Direct(), Class: ClassNotice, Message: *m, Expires: expiresNotice,
		}.Job(co.ID.Part(), r.At)
		change.Add = append(change.Add, told)
		return change, Reply{Message: m}, err
	})
}

// unite makes one learner of the sender, here, and of the account there, each
// with its log, and returns it with the log of both.
func (c *Coach) unite(change *Change, r request, here, there *Learner, ours, theirs []Entry) (*Learner, []Entry, error) {
	here, there = here.clone(), there.clone()
	here.arrive(r.From)
	main, waits := here, there
	log := inOneLog(ours, theirs, there.ID)
	if !here.leads(there) {
		main, waits = there, here
		log = inOneLog(theirs, ours, here.ID)
	}
	change.Learner, change.Other = here, there
	change.Cancel = append(change.Cancel, waits.Nudge, nudgeDelivery(waits.Cohort, waits.ID, waits.Nudged))
	waits.Nudge = ""
	again := main.Nudge == "" || waits.Nudged > main.Nudged
	main.takeIn(waits)
	main.AtAlso = main.Also == r.From
	t, err := c.topicAt(change.Cohort, main, r.At)
	if err != nil {
		return nil, nil, err
	}
	main.recount(log, t)
	if again {
		err = c.planNudge(change, change.Cohort, main, r.At)
	}
	return main, log, err
}

// inviter returns who asked for a code, empty where it does not hold.
func (c *Coach) inviter(ctx context.Context, id CohortID, secret string) (UserRef, error) {
	s, err := c.store.Load(ctx, Scope{Cohort: id})
	if err != nil || s.Cohort == nil {
		return "", err
	}
	i := slices.IndexFunc(s.Cohort.Invites, func(i Invite) bool { return i.For == ForAccount && i.Secret == secret })
	if i < 0 {
		return "", nil
	}
	return s.Cohort.Invites[i].By, nil
}

// leads tells whether l, rather than the account that asked for a code, is the
// learner when the two are linked.
func (l *Learner) leads(other *Learner) bool {
	switch {
	case l.Joined == 0, l.Left != 0:
		return false
	case len(l.Days) != len(other.Days):
		return len(l.Days) > len(other.Days)
	}
	return l.Joined < other.Joined
}

// inOneLog puts the logs of two accounts together, in the order in which a store
// gives them.
func inOneLog(own, linked []Entry, account UserRef) []Entry {
	log := slices.Clone(own)
	for _, e := range linked {
		e.Account = account
		log = append(log, e)
	}
	slices.SortStableFunc(log, func(a, b Entry) int { return a.Seq - b.Seq })
	return log
}

// takeIn makes the account of waits one of l's, who has joined when the first of
// the two did. An account that was no learner, or has left, joins with nothing.
func (l *Learner) takeIn(waits *Learner) {
	l.Also, waits.Of = waits.ID, l.ID
	l.AlsoGone, l.AlsoUnreachable = waits.Gone, waits.Unreachable
	if waits.Joined != 0 && waits.Left == 0 && waits.Joined < l.Joined {
		l.Joined, l.Own = waits.Joined, l.Joined
	}
	l.Entries = max(l.Entries, waits.Entries) // what follows has a place of its own
	l.Nudged = max(l.Nudged, waits.Nudged)
	l.Away = append(l.Away, waits.Away...)
	slices.SortStableFunc(l.Away, func(a, b Span) int { return int(a.From - b.From) })
	if waits.Stuck != nil && (l.Stuck == nil || l.Stuck.Since.Before(waits.Stuck.Since)) {
		l.Stuck = waits.Stuck
	}
}

// recount sets all that follows from a log.
func (l *Learner) recount(log []Entry, t topic) {
	l.recompute(log)
	l.Streak = Settle(Streak{}, l.Days, t.calendar, t.today)
}

// unlink parts the sender's two accounts: each goes on with its own log.
func (c *Coach) unlink(ctx context.Context, r request) (Reply, error) {
	s, err := c.loadFor(ctx, r.From, Scope{Cohort: r.cohort})
	if err != nil {
		return Reply{}, err
	}
	scope := Scope{Entries: true, Assessments: true}
	if s.Learner != nil {
		scope.Other = s.Learner.Also
	}
	return c.update(ctx, r, scope, func(s State) (Change, Reply, error) {
		if s.Learner.Also == "" || s.Learner.Also != scope.Other || s.Other.Learner == nil {
			return Change{}, Reply{}, refuse(say.NotLinked{}, r.to(press(say.ButtonMe, "me")))
		}
		l, parted := s.Learner.clone(), s.Other.Learner.clone()
		l.arrive(r.From)
		var own, theirs []Entry
		for _, e := range s.Entries {
			if e.Account == "" {
				own = append(own, e)
				continue
			}
			e.Account = ""
			theirs = append(theirs, e)
		}
		change := Change{Learner: l, Other: parted}
		l.partFrom(parted, own, theirs, schedule.StudyDay(r.At, zoneOf(s.Cohort, parted)))
		line := say.Unlinked{Cohort: say.Literal(s.Cohort.Name), One: l.ID.label(parted.ID), Other: parted.ID.label(l.ID), Left: parted.Left != 0}
		for _, each := range []struct {
			*Learner
			log    []Entry
			streak *int
		}{{l, own, &line.Ones}, {parted, theirs, &line.Others}} {
			t, err := c.topicAt(s.Cohort, each.Learner, r.At)
			if err != nil {
				return Change{}, Reply{}, err
			}
			each.recount(each.log, t)
			*each.streak = each.Streak.AsOf(each.Days, t.calendar, t.today).Count
			if each.Nudge == "" {
				if err := c.planNudge(&change, s.Cohort, each.Learner, r.At); err != nil {
					return Change{}, Reply{}, err
				}
			}
		}
		return change, Reply{Message: Say(Text(say.Text(line)), Actions(r.to(press(say.ButtonMe, "me"))))}, nil
	})
}

// partFrom undoes takeIn; own and log are what each entered. An account that was
// no learner before, or had left, is one since it was first used; when it never
// was, it has left.
func (l *Learner) partFrom(waited *Learner, own, log []Entry, today schedule.Date) {
	for _, away := range waited.Away {
		if i := slices.Index(l.Away, away); i >= 0 {
			l.Away = slices.Delete(l.Away, i, i+1)
		}
	}
	used := schedule.Date(0)
	for _, e := range log {
		if e.Seq >= waited.Entries && (e.Kind == CheckIn || e.Kind == Blocked) && (used == 0 || e.Date < used) {
			used = e.Date
		}
	}
	waited.Entries, waited.Nudged = l.Entries, l.Nudged
	waited.Gone, waited.Unreachable = l.AlsoGone, l.AlsoUnreachable
	l.Also, l.AtAlso, l.AlsoGone, l.AlsoUnreachable, waited.Of = "", false, false, false, ""
	if l.Own != 0 {
		l.Joined, l.Own = l.Own, 0
	}
	open := l.Stuck
	l.Stuck, waited.Stuck = open.in(own), open.in(log)
	switch {
	case waited.Joined == 0 && used == 0:
		waited.Joined, waited.Left = today, today
	case waited.Joined == 0:
		waited.Joined = used
	case waited.Left != 0 && used != 0:
		if used > waited.Left {
			waited.Away = append(waited.Away, Span{From: waited.Left, To: used - 1})
		}
		waited.Left = 0
	}
}

// in is the blocker where a standing entry of the log reported it, else nil.
func (s *Stuck) in(log []Entry) *Stuck {
	if slices.ContainsFunc(standingEntries(log), s.by) {
		return s
	}
	return nil
}
