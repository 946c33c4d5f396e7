package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"studycoach/coach"
	"studycoach/schedule"
)

// Dumper is implemented by a store that can show everything it holds, as text
// by key. The suite then checks that a forgotten learner is nowhere.
type Dumper interface {
	Dump(ctx context.Context) (map[string]string, error)
}

// Run runs the suite. open returns an empty store each time and closes it when
// its test ends.
func Run(t *testing.T, open func(t *testing.T) coach.Store) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"state", stateTests},
		{"update", updateTests},
		{"events", eventTests},
		{"index", indexTests},
		{"counts", countTests},
		{"queue", queueTests},
		{"forget", forgetTests},
		{"link", linkTests},
		{"faults", faultTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) {
					test.run(&fixture{T: t, Store: open(t)})
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(f *fixture)
}

// A fixture is a test with an empty store.
type fixture struct {
	*testing.T
	coach.Store
}

const (
	cohort      = coach.CohortID("aaaaaaaaaa")
	otherCohort = coach.CohortID("bbbbbbbbbb")

	ada  = coach.LearnerID("web/playground/ada")
	bob  = coach.LearnerID("web/playground/bob")
	room = coach.RoomID("web/playground/general")
)

// start is when most tests take place.
var start = time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)

// must ends the test when err is set.
func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// want reports how got differs; empty and missing lists and maps are equal.
func (f *fixture) want(what string, got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (f *fixture) wantErr(err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Errorf("error is %v, want %v", err, want)
	}
}

// commit commits a change that does not depend on what is there.
func (f *fixture) commit(s coach.Scope, c coach.Change) {
	f.Helper()
	_, dup, err := f.Update(f.Context(), s, always(c))
	f.must(err)
	if dup {
		f.Fatalf("event %q is known already", s.Event)
	}
}

func always(c coach.Change) func(coach.State) (coach.Change, error) {
	return func(coach.State) (coach.Change, error) { return c, nil }
}

func (f *fixture) load(s coach.Scope) coach.State {
	f.Helper()
	state, err := f.Load(f.Context(), s)
	f.must(err)
	return state
}

// join puts a plain learner.
func (f *fixture) join(c coach.CohortID, id coach.LearnerID) {
	f.Helper()
	f.commit(coach.Scope{Cohort: c, Learner: id}, coach.Change{Learner: learner(c, id)})
}

func learner(c coach.CohortID, id coach.LearnerID) *coach.Learner {
	return &coach.Learner{ID: id, Cohort: c, Name: "Someone", Joined: schedule.DateOf(2027, 3, 1)}
}

// job returns a job of the cohort, due so many minutes after start.
func job(key string, minutes int) schedule.Job {
	return schedule.Job{
		Key:     key,
		Kind:    "test",
		Part:    cohort.Part(),
		Due:     start.Add(time.Duration(minutes) * time.Minute),
		Payload: []byte("payload of " + key),
	}
}

func (f *fixture) add(jobs ...schedule.Job) {
	f.Helper()
	f.must(f.Add(f.Context(), jobs...))
}

// claim claims as of so many minutes after start, with a lease of one minute.
func (f *fixture) claim(minutes, max int) []schedule.Job {
	f.Helper()
	jobs, err := f.Claim(f.Context(), start.Add(time.Duration(minutes)*time.Minute), time.Minute, max)
	f.must(err)
	return jobs
}

// list lists the keys of jobs in a state.
func (f *fixture) list(s schedule.State) []string {
	f.Helper()
	jobs, err := f.List(f.Context(), s, "", 1000)
	f.must(err)
	for _, j := range jobs {
		if j.State != s {
			f.Errorf("job %s is listed as %q under %q", j.Key, j.State, s)
		}
	}
	return keys(jobs)
}

func keys(jobs []schedule.Job) []string {
	list := make([]string, len(jobs))
	for i, j := range jobs {
		list[i] = j.Key
	}
	return list
}

func numbered(format string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}
