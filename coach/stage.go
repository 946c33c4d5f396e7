package coach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"studycoach/schedule"
)

// stage is the store of a rehearsal: one cohort as it stands, in memory, where
// its jobs can be carried out without anything getting out. What learners will
// have done is not known, so it has no learners, counters and boards. Whatever
// else a Store can do is no business of a rehearsal, and panics.
type stage struct {
	Store
	state State
	jobs  []schedule.Job // that wait
}

// newStage sets the stage with the cohort as it is in a store, and with what
// waits to be composed for its rooms or delivered into them.
func newStage(ctx context.Context, from Store, id CohortID) (*stage, error) {
	for again := 3; ; again-- {
		state, err := from.Load(ctx, Scope{Cohort: id, Announcements: true})
		if err != nil {
			return nil, err
		}
		if state.Cohort == nil {
			return nil, fmt.Errorf("cohort %s: %w", id, ErrNotFound)
		}
		jobs, err := postJobs(ctx, from, schedule.Waiting, id)
		if err != nil {
			return nil, err
		}
		s := &stage{state: state, jobs: jobs}
		if s.whole() || again == 0 {
			return s, nil
		}
	}
}

// whole tells whether every job that the cohort waits for is there. One is not
// when it was carried out between the reading of the two.
func (s *stage) whole() bool {
	for _, key := range s.state.Cohort.Pending {
		if !slices.ContainsFunc(s.jobs, func(j schedule.Job) bool { return j.Key == key }) {
			return false
		}
	}
	return true
}

// maxPostJobs bounds how many jobs of one kind, in one state, are looked at.
const maxPostJobs = 200

// postJobs lists the jobs in a state that concern what a cohort posts.
func postJobs(ctx context.Context, from Store, state schedule.State, id CohortID) (jobs []schedule.Job, err error) {
	for _, kind := range postKinds {
		for _, prefix := range []string{kind + "/", Deliver + "/" + kind + "/"} {
			some, err := from.List(ctx, state, prefix+string(id), maxPostJobs, id.Part())
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, some...)
		}
	}
	return jobs, nil
}

// Load implements Store.
func (s *stage) Load(context.Context, Scope) (State, error) {
	return State{Cohort: s.state.Cohort.clone(), Announcements: slices.Clone(s.state.Announcements)}, nil
}

// Update implements Store.
func (s *stage) Update(ctx context.Context, scope Scope, fn func(State) (Change, error)) ([]byte, bool, error) {
	state, err := s.Load(ctx, scope)
	if err != nil {
		return nil, false, err
	}
	change, err := fn(state)
	if err != nil {
		return nil, false, err
	}
	if change.Cohort != nil {
		s.state.Cohort = change.Cohort
	}
	for _, a := range change.Announce {
		*s.state.announcement(a.ID) = a
	}
	s.jobs = slices.DeleteFunc(s.jobs, func(j schedule.Job) bool { return slices.Contains(change.Cancel, j.Key) })
	s.jobs = append(s.jobs, change.Add...)
	return change.Receipt, false, nil
}

// Named implements Store.
func (s *stage) Named(context.Context, CohortID, []LearnerID) (map[LearnerID]Learner, error) {
	return nil, nil
}

// Tally implements Store.
func (s *stage) Tally(context.Context, CohortID, string) (map[string]int, error) { return nil, nil }

// Top implements Store.
func (s *stage) Top(context.Context, CohortID, string, int) ([]Rank, error) { return nil, nil }

// Ranked is 0 for the same reason.
func (s *stage) Ranked(context.Context, CohortID, string) (int, error) { return 0, nil }

// next takes the job that is due first, if it is due before until. It comes no
// sooner than now, nor before what holds it up is over.
func (s *stage) next(now, until time.Time) (j schedule.Job, at time.Time, ok bool) {
	first := -1
	for i, waits := range s.jobs {
		due := latest(now, waits.Due, waits.At)
		if first < 0 || due.Before(at) {
			first, at = i, due
		}
	}
	if first < 0 || !at.Before(until) {
		return j, at, false
	}
	j = s.jobs[first]
	s.jobs = slices.Delete(s.jobs, first, first+1)
	return j, at, true
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }
