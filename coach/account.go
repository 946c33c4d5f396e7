package coach

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"studycoach/content/say"
)

// A learner may have two accounts, on two platforms; see link. Whatever comes
// from either is about the same learner, and this file is where that is seen to.

// accounts are those of a learner.
func (l *Learner) accounts() []UserRef {
	if l.Also == "" {
		return []UserRef{l.ID}
	}
	return []UserRef{l.ID, l.Also}
}

// accountsOf are those of whom u belongs to, or u alone.
func (s State) accountsOf(u UserRef) []UserRef {
	if !s.Learner.is(u) {
		return []UserRef{u}
	}
	return s.Learner.accounts()
}

// label tells people which of their accounts u is, and not other.
func (u UserRef) label(other UserRef) string {
	line := say.Account{Platform: RoomID(u).Platform()}
	if line.Platform == RoomID(other).Platform() {
		line.Workspace = RoomID(u.Workspace()).Channel()
	}
	return say.Text(line)
}

// is tells whether an account is the learner's; l may be nil.
func (l *Learner) is(u UserRef) bool { return l != nil && u != "" && (u == l.ID || u == l.Also) }

// otherThan is the one of a linked learner's accounts that u is not.
func (l *Learner) otherThan(u UserRef) UserRef {
	if u == l.ID {
		return l.Also
	}
	return l.ID
}

// writeTo is the account to write to: the one that was used last, or where
// nothing reaches that, the other one.
func (l *Learner) writeTo() UserRef {
	last := l.ID
	if l.AtAlso {
		last = l.Also
	}
	if other := l.otherThan(last); other != "" && !l.reaches(last) && l.reaches(other) {
		return other
	}
	return last
}

// told are the notes of what a platform told of one of the accounts.
func (l *Learner) told(u UserRef) (gone, unreachable *bool) {
	if u == l.ID {
		return &l.Gone, &l.Unreachable
	}
	return &l.AlsoGone, &l.AlsoUnreachable
}

// reaches tells whether direct messages reach the learner at one of the accounts.
func (l *Learner) reaches(u UserRef) bool {
	gone, unreachable := l.told(u)
	return !*gone && !*unreachable
}

// gone tells whether none of the accounts is there any more.
func (l *Learner) gone() bool { return l.Gone && (l.Also == "" || l.AlsoGone) }

// logOf is the Account of what a learner enters from one of their accounts.
func (l *Learner) logOf(u UserRef) UserRef {
	if u == l.ID {
		return ""
	}
	return u
}

// ledBy tells whether u may lead the cohort, under this or the other account of
// the learner that it belongs to; l may be nil.
func (c *Cohort) ledBy(l *Learner, u UserRef) bool {
	return c.IsLead(u) || l.is(u) && slices.ContainsFunc(l.accounts(), c.IsLead)
}

// ledBy tells whether u may lead the state's cohort.
func (s State) ledBy(u UserRef) bool { return s.Cohort != nil && s.Cohort.ledBy(s.Learner, u) }

// ledOnlyBy tells whether these accounts, and no others, lead the cohort.
func (c *Cohort) ledOnlyBy(who []UserRef) bool {
	strange := func(u UserRef) bool { return !slices.Contains(who, u) }
	return len(c.Leads) > 0 && !slices.ContainsFunc(c.Leads, strange)
}

// nameEntry names an entry of the learner in a button for the sender: by its
// place in the log of their own account, or by that and a mark of the other one.
func (r request) nameEntry(l *Learner, e Entry) string {
	name := strconv.Itoa(e.Seq)
	if e.Account != l.logOf(r.From) {
		name += "@" + strings.ToLower(shortID("log " + string(e.Account))[:4])
	}
	return name
}

// made are the state's entries in the log of the sender's account.
func (r request) made(s State) []Entry {
	if s.Learner == nil || s.Learner.Also == "" {
		return s.Entries
	}
	mine := s.Learner.logOf(r.From)
	return slices.DeleteFunc(slices.Clone(s.Entries), func(e Entry) bool { return e.Account != mine })
}

// errLinking says that accounts were linked and parted again and again meanwhile.
var errLinking = errors.New("the account was linked or parted at the same time")

// maxHops is how often a link is followed before that.
const maxHops = 4

// loadFor loads what a scope names of the learner that an account belongs to. It
// takes a second reading only where the account is linked.
func (c *Coach) loadFor(ctx context.Context, u UserRef, scope Scope) (State, error) {
	for range maxHops {
		scope.Learner = u
		s, err := c.store.Load(ctx, scope)
		if err != nil || s.Of == "" {
			return s, err
		}
		scope.Learner = s.Of
		if s, err = c.store.Load(ctx, scope); err != nil || s.Learner.is(u) {
			return s, err
		}
	}
	return State{}, errLinking
}

// updateFor is an update of the learner that an account belongs to.
func (c *Coach) updateFor(ctx context.Context, u UserRef, scope Scope, fn func(State) (Change, error)) (receipt []byte, dup bool, err error) {
	scope.Learner = u
	for range maxHops {
		var of LearnerID
		receipt, dup, err = c.store.Update(ctx, scope, func(s State) (Change, error) {
			of = s.Of
			if of != "" || scope.Account != "" && !s.Learner.is(u) {
				return Change{}, errLinking
			}
			return fn(s)
		})
		switch {
		case !errors.Is(err, errLinking):
			return receipt, dup, err
		case of != "" && scope.Account == "":
			scope.Learner, scope.Account = of, u
		default: // parted in between
			scope.Learner, scope.Account = u, ""
		}
	}
	return nil, false, errLinking
}
