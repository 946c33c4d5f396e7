package coach

import (
	"context"
	"errors"

	"studycoach/schedule"
)

// Store keeps cohorts, learners and jobs. A cohort belongs to one partition
// ([CohortID.Part]), with all its learners and jobs; what one Update changes
// is committed in one step or not at all. Every method is safe for use by many
// goroutines and processes. coach/storetest holds the suite a store passes.
type Store interface {
	schedule.Queue

	// CohortIn returns the cohort that lives in a room, ErrNotFound when none
	// does.
	CohortIn(ctx context.Context, room RoomID) (CohortID, error)

	// CohortsOf returns the cohorts in which an account is a learner, or linked to
	// one, or a lead, in the order of their ids.
	CohortsOf(ctx context.Context, u UserRef) ([]CohortID, error)

	// CohortsAt returns the cohorts of a partition, in the order of their ids.
	// There may be some that have no record, or no longer one.
	CohortsAt(ctx context.Context, part int) ([]CohortID, error)

	// Load reads what the scope names, all at one moment.
	Load(ctx context.Context, s Scope) (State, error)

	// Update loads what the scope names, calls fn and commits the change it
	// returns. When another commit came in between it loads and calls fn again,
	// so fn must not have effects. An error of fn is returned as it is and
	// nothing is committed. A store may call fn with what it remembers first, and
	// then either commits the change, because nothing else did since, or loads.
	//
	// A scope with an event is committed at most once: when the event's receipt
	// is known, nothing is committed, whether or not fn was called, and the receipt
	// of the first time is returned with dup set.
	Update(ctx context.Context, s Scope, fn func(State) (Change, error)) (receipt []byte, dup bool, err error)

	// Learners returns up to max learners of a cohort whose id comes after
	// after, in the order of their ids; fewer than max means the end. Accounts
	// that are linked to one are none.
	Learners(ctx context.Context, c CohortID, after LearnerID, max int) ([]Learner, error)

	// Named returns those of these learners of a cohort who are there, by their
	// ids.
	Named(ctx context.Context, c CohortID, ids []LearnerID) (map[LearnerID]Learner, error)

	// Tally returns the counters of a cohort under a name, empty when there are
	// none; see Change.Tallies.
	Tally(ctx context.Context, c CohortID, name string) (map[string]int, error)

	// Top returns the n highest of a cohort's board, highest first, equal ones
	// in the order of their ids; see Change.Ranks.
	Top(ctx context.Context, c CohortID, board string, n int) ([]Rank, error)

	// Ranked returns how many learners stand on a cohort's board.
	Ranked(ctx context.Context, c CohortID, board string) (int, error)

	// Ready fails when the store cannot be written to now.
	Ready(ctx context.Context) error
}

// Scope names what Load and Update read.
type Scope struct {
	Cohort        CohortID
	Learner       LearnerID // empty: none
	Account       UserRef   // the learner's linked account that an update's event comes from; empty: the learner's own
	Other         LearnerID // also this account's State.Other, with what is asked for of a learner; empty: none
	Entries       bool      // also the learner's entries
	Cards         bool      // also the learner's cards
	Assessments   bool      // also the learner's assessments
	Announcements bool      // also the cohort's announcements
	Event         string    // the id of the event that causes an update; empty: none
}

// State is what was read. Its parts belong to the caller.
type State struct {
	Cohort        *Cohort   // nil: there is none
	Learner       *Learner  // nil: none, or not asked for
	Of            LearnerID // whom the account is linked to; then there is no Learner, and nothing of one
	Other         *State    // what is kept of Scope.Other alone, as it was before it was linked; nil: not asked for
	Entries       []Entry   // in the order of Seq, with those of a linked account
	Cards         map[string]Card
	Assessments   []Assessment   // oldest first
	Announcements []Announcement // newest first
}

// Change is what an update commits. The zero Change commits nothing but the
// receipt.
type Change struct {
	Cohort  *Cohort  // put; its Rooms and Leads also become findable, and those it drops no longer are
	Learner *Learner // put; becomes findable by CohortsOf
	Other   *Learner // put, with Learner and of Scope.Other, who is there

	// Forget removes the scope's learner, and the account that is linked, with
	// entries, cards, assessments, ranks, receipts and the index by account, and
	// every job, in whatever state, remembered or not, whose key has one of their ids as a part
	// ("nudge/<cohort>/<learner id>/2027-03-14"; the id itself holds slashes). The
	// jobs go in steps of bounded size around the commit; forgetting again, also a
	// learner who is already gone, finishes what a crash left over.
	Forget bool

	Entries     []Entry        // appended to the learner's log, or to that of the linked account
	Cards       []Card         // put
	Assessments []Assessment   // put; one with a known Checkpoint replaces it
	Tallies     []Count        // added to the cohort's counters
	Ranks       []Rank         // put on the cohort's boards
	Announce    []Announcement // put; an update that met another such change is called again, as with Cohort
	Add         []schedule.Job // as Queue.Add; Part is the cohort's, whose id is a part of each key ("prompt/<cohort>/2027-03-14")
	Cancel      []string       // keys of waiting jobs of this cohort to remove; unknown ones are ignored, and a cancelled key may be added again in the same change
	Drop        []string       // keys of dead or skipped jobs of this cohort to remove; others are left, and a dropped key may be added again in the same change
	Receipt     []byte         // the answer to give when the event comes again
}

// Count adds N to a counter. A counter that reaches zero is gone.
type Count struct {
	Tally string // such as "week/2026-11-16"
	Field string
	N     int
}

// Rank puts a learner on a board of the cohort, or with a score of 0 takes
// them off.
type Rank struct {
	Board   string // such as "hours/2026-11-16"
	Learner LearnerID
	Score   int
}

// Errors of a Store.
var (
	ErrNotFound  = errors.New("not found")                        // there is no such thing
	ErrRoomTaken = errors.New("another cohort lives in the room") // by Update, of a cohort put into it

	// ErrUnknown is returned by an Update that may or may not have been
	// committed, or kept: whoever could tell has not answered in time. The same
	// event may come again; it is committed once.
	ErrUnknown = errors.New("it is not known whether the change is kept")
)
