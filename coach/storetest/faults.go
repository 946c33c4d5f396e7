package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// Faulty is a store that fails in the ways real ones do, as long as it is told
// to.
type Faulty struct {
	Store coach.Store

	Down      atomic.Bool  // every call fails with ErrDown
	Conflicts atomic.Int32 // so many commits meet another one that came in between
	Lost      atomic.Int32 // so many updates are committed and then fail with ErrLost
}

// Errors of a Faulty store.
var (
	ErrDown = errors.New("the store is down")
	ErrLost = fmt.Errorf("the answer of the store was lost: %w", coach.ErrUnknown)
)

var _ coach.Store = (*Faulty)(nil)

func (f *Faulty) down() error {
	if f.Down.Load() {
		return ErrDown
	}
	return nil
}

// take counts n down and tells whether there was something left.
func take(n *atomic.Int32) bool {
	for {
		have := n.Load()
		if have <= 0 {
			return false
		}
		if n.CompareAndSwap(have, have-1) {
			return true
		}
	}
}

// Update implements coach.Store.
func (f *Faulty) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	if err := f.down(); err != nil {
		return nil, false, err
	}
	receipt, dup, err := f.Store.Update(ctx, s, func(state coach.State) (coach.Change, error) {
		if take(&f.Conflicts) {
			other := coach.Scope{Cohort: s.Cohort, Learner: s.Learner}
			if _, _, err := f.Store.Update(ctx, other, func(state coach.State) (coach.Change, error) {
				return coach.Change{Cohort: state.Cohort, Learner: state.Learner}, nil
			}); err != nil {
				return coach.Change{}, err
			}
		}
		return fn(state)
	})
	if err == nil && !dup && take(&f.Lost) {
		return nil, false, ErrLost
	}
	return receipt, dup, err
}

// The other methods fail while the store is down.

// CohortIn implements coach.Store.
func (f *Faulty) CohortIn(ctx context.Context, room coach.RoomID) (coach.CohortID, error) {
	if err := f.down(); err != nil {
		return "", err
	}
	return f.Store.CohortIn(ctx, room)
}

// CohortsAt implements coach.Store.
func (f *Faulty) CohortsAt(ctx context.Context, part int) ([]coach.CohortID, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.CohortsAt(ctx, part)
}

// CohortsOf implements coach.Store.
func (f *Faulty) CohortsOf(ctx context.Context, u coach.UserRef) ([]coach.CohortID, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.CohortsOf(ctx, u)
}

// Load implements coach.Store.
func (f *Faulty) Load(ctx context.Context, s coach.Scope) (coach.State, error) {
	if err := f.down(); err != nil {
		return coach.State{}, err
	}
	return f.Store.Load(ctx, s)
}

// Learners implements coach.Store.
func (f *Faulty) Learners(ctx context.Context, c coach.CohortID, after coach.LearnerID, max int) ([]coach.Learner, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.Learners(ctx, c, after, max)
}

// Named implements coach.Store.
func (f *Faulty) Named(ctx context.Context, c coach.CohortID, ids []coach.LearnerID) (map[coach.LearnerID]coach.Learner, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.Named(ctx, c, ids)
}

// Tally implements coach.Store.
func (f *Faulty) Tally(ctx context.Context, c coach.CohortID, name string) (map[string]int, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.Tally(ctx, c, name)
}

// Top implements coach.Store.
func (f *Faulty) Top(ctx context.Context, c coach.CohortID, board string, n int) ([]coach.Rank, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.Top(ctx, c, board, n)
}

// Ranked implements coach.Store.
func (f *Faulty) Ranked(ctx context.Context, c coach.CohortID, board string) (int, error) {
	if err := f.down(); err != nil {
		return 0, err
	}
	return f.Store.Ranked(ctx, c, board)
}

// Ready implements coach.Store.
func (f *Faulty) Ready(ctx context.Context) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Ready(ctx)
}

// Add implements schedule.Queue.
func (f *Faulty) Add(ctx context.Context, jobs ...schedule.Job) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Add(ctx, jobs...)
}

// Claim implements schedule.Queue.
func (f *Faulty) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]schedule.Job, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.Claim(ctx, now, lease, max)
}

// Note implements schedule.Queue.
func (f *Faulty) Note(ctx context.Context, j schedule.Job) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Note(ctx, j)
}

// Finish implements schedule.Queue.
func (f *Faulty) Finish(ctx context.Context, j schedule.Job, now time.Time, o schedule.Outcome) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Finish(ctx, j, now, o)
}

// FinishAll implements schedule.Queue.
func (f *Faulty) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	if err := f.down(); err != nil {
		return slices.Repeat([]error{err}, len(all))
	}
	return f.Store.FinishAll(ctx, now, all)
}

// NextDue implements schedule.Queue.
func (f *Faulty) NextDue(ctx context.Context) (time.Time, bool, error) {
	if err := f.down(); err != nil {
		return time.Time{}, false, err
	}
	return f.Store.NextDue(ctx)
}

// List implements schedule.Queue.
func (f *Faulty) List(ctx context.Context, s schedule.State, prefix string, max int, parts ...int) ([]schedule.Job, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Store.List(ctx, s, prefix, max, parts...)
}

// Revive implements schedule.Queue.
func (f *Faulty) Revive(ctx context.Context, part int, key string, now time.Time) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Revive(ctx, part, key, now)
}

// Drop implements schedule.Queue.
func (f *Faulty) Drop(ctx context.Context, part int, key string) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Store.Drop(ctx, part, key)
}

var faultTests = []test{
	{"conflicts are ridden out", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Cohort: fullCohort(), Learner: learner(cohort, ada)})
		faulty := &Faulty{Store: f.Store}
		faulty.Conflicts.Store(10)
		runs := 0
		_, dup, err := faulty.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada, Event: "e"}, func(s coach.State) (coach.Change, error) {
			runs++
			s.Learner.Entries++
			return coach.Change{Learner: s.Learner}, nil
		})
		f.must(err)
		f.want("runs, dup, entries", []any{runs, dup, f.load(coach.Scope{Cohort: cohort, Learner: ada}).Learner.Entries}, []any{11, false, 1})
	}},

	{"endless conflicts end with an error", func(f *fixture) {
		f.join(cohort, ada)
		faulty := &Faulty{Store: f.Store}
		faulty.Conflicts.Store(1 << 30)
		_, _, err := faulty.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada, Event: "e"}, func(s coach.State) (coach.Change, error) {
			s.Learner.Entries++
			return coach.Change{Learner: s.Learner}, nil
		})
		if err == nil {
			f.Error("it succeeded")
		}
		f.want("entries", f.load(coach.Scope{Cohort: cohort, Learner: ada}).Learner.Entries, 0)
	}},

	{"an answer that was lost is given when the event comes again", func(f *fixture) {
		f.join(cohort, ada)
		faulty := &Faulty{Store: f.Store}
		faulty.Lost.Store(1)
		s := coach.Scope{Cohort: cohort, Learner: ada, Event: "e", Entries: true}
		checkIn := always(coach.Change{Entries: []coach.Entry{fullEntry(0)}, Receipt: []byte("well done")})
		_, _, err := faulty.Update(f.Context(), s, checkIn)
		f.wantErr(err, ErrLost)
		receipt, dup, err := faulty.Update(f.Context(), s, checkIn)
		f.must(err)
		f.want("receipt, dup, entries", []any{string(receipt), dup, len(f.load(s).Entries)}, []any{"well done", true, 1})
	}},

	{"a store that is down changes nothing", func(f *fixture) {
		faulty := &Faulty{Store: f.Store}
		faulty.Down.Store(true)
		_, _, err := faulty.Update(f.Context(), coach.Scope{Cohort: cohort, Event: "e"}, always(coach.Change{Cohort: fullCohort()}))
		f.wantErr(err, ErrDown)
		f.wantErr(faulty.Add(f.Context(), job("k", 0)), ErrDown)
		faulty.Down.Store(false)
		f.want("cohort", f.load(coach.Scope{Cohort: cohort}).Cohort, (*coach.Cohort)(nil))
		f.want("jobs", f.list(schedule.Waiting), []string{})
		f.commit(coach.Scope{Cohort: cohort, Event: "e"}, coach.Change{Cohort: fullCohort()})
	}},

	{"a call that was given up fails and changes nothing", func(f *fixture) {
		ctx, cancel := context.WithCancel(f.Context())
		cancel()
		_, _, err := f.Update(ctx, coach.Scope{Cohort: cohort}, always(coach.Change{Cohort: fullCohort()}))
		f.wantErr(err, context.Canceled)
		_, err = f.Load(ctx, coach.Scope{Cohort: cohort})
		f.wantErr(err, context.Canceled)
		f.wantErr(f.Add(ctx, job("k", 0)), context.Canceled)
		f.want("cohort", f.load(coach.Scope{Cohort: cohort}).Cohort, (*coach.Cohort)(nil))
		f.want("jobs", f.list(schedule.Waiting), []string{})
	}},

	{"a store that works is ready", func(f *fixture) {
		f.must(f.Ready(f.Context()))
	}},
}
