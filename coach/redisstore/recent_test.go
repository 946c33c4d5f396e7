package redisstore

import (
	"errors"
	"fmt"
	"testing"

	"studycoach/coach"
	"studycoach/coach/storetest"
)

// replica is another process on the same Redis, which remembers on its own.
func replica(s *Store) *Store {
	other := *s
	other.recent = newRecent()
	return &other
}

// plus adds an entry for an event to the test's learner, who and whose cohort
// begin with the first one. It returns how often the state was looked at.
func plus(t *testing.T, s *Store, event string) (looks int, dup bool, receipt string) {
	t.Helper()
	scope := coach.Scope{Cohort: testCohort, Learner: "l", Event: event}
	got, dup, err := s.Update(t.Context(), scope, func(state coach.State) (coach.Change, error) {
		looks++
		l, c := state.Learner, coach.Change{Receipt: []byte("of " + event)}
		if l == nil {
			l = &coach.Learner{ID: "l", Cohort: testCohort}
			c.Cohort = &coach.Cohort{ID: testCohort}
		}
		l.Entries++
		c.Learner, c.Entries = l, []coach.Entry{{Seq: l.Entries - 1, Note: event}}
		return c, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return looks, dup, string(got)
}

func entries(t *testing.T, s *Store) (notes []string) {
	t.Helper()
	state, err := s.Load(t.Context(), coach.Scope{Cohort: testCohort, Learner: "l", Entries: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range state.Entries {
		notes = append(notes, e.Note)
	}
	if state.Learner != nil && state.Learner.Entries != len(notes) {
		t.Errorf("the learner has %d entries, their log %d", state.Learner.Entries, len(notes))
	}
	return notes
}

// What was remembered of a learner whom another process has changed since is not
// gone by.
func TestRememberedStateIsOutOfDate(t *testing.T) {
	s := openEmpty(t)
	plus(t, s, "a")
	if looks, _, _ := plus(t, s, "b"); looks != 1 {
		t.Errorf("an update on what is remembered takes %d looks", looks)
	}
	plus(t, replica(s), "c")
	if looks, _, _ := plus(t, s, "d"); looks != 2 {
		t.Errorf("an update after another process's takes %d looks, the second at what there is", looks)
	}
	if got := fmt.Sprint(entries(t, s)); got != "[a b c d]" {
		t.Errorf("the log is %s", got)
	}
}

// Nobody is refused for what is only remembered.
func TestRememberedStateRefusesNobody(t *testing.T) {
	s := openEmpty(t)
	plus(t, s, "a")
	plus(t, replica(s), "b")
	few := errors.New("too few entries")
	_, _, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort, Learner: "l", Event: "c"}, func(state coach.State) (coach.Change, error) {
		if state.Learner.Entries < 2 {
			return coach.Change{}, few
		}
		return coach.Change{}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// An event that the learner's record has forgotten is known by its receipt.
func TestRememberedStateKnowsOldEvents(t *testing.T) {
	for _, where := range []string{"here", "elsewhere"} {
		t.Run(where, func(t *testing.T) {
			s := openEmpty(t)
			at := s
			if where == "elsewhere" {
				at = replica(s)
			}
			plus(t, at, "first")
			for i := range ringSize + 1 {
				plus(t, at, fmt.Sprint(i))
			}
			entries(t, s) // and so remembers
			before := len(entries(t, s))
			if _, dup, receipt := plus(t, s, "first"); !dup || receipt != "of first" || len(entries(t, s)) != before {
				t.Errorf("the event is known: %t, its receipt is %q, %d entries grow to %d", dup, receipt, before, len(entries(t, s)))
			}
		})
	}
}

// A learner who is forgotten is not remembered, but what forgot them is known once
// they have come back.
func TestForgottenLearnerIsNotRemembered(t *testing.T) {
	s := openEmpty(t)
	plus(t, s, "a")
	_, _, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort, Learner: "l", Event: "forget"}, func(coach.State) (coach.Change, error) {
		return coach.Change{Forget: true}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if held := s.recent.get(learnerKey(testCohort, "l")); held != "" {
		t.Errorf("%q is remembered", held)
	}
	plus(t, s, "b")
	if _, dup, _ := plus(t, s, "forget"); !dup || fmt.Sprint(entries(t, s)) != "[b]" {
		t.Errorf("the event that forgot them is known: %t; their log is %v", dup, entries(t, s))
	}
}

// While Redis stalls, only what was under way when it began is left open: nothing
// that comes later is sent before it was read for.
func TestNothingIsTriedOnAStalledRedis(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openWith(t, Options{URL: server.URL()})
	plus(t, s, "a")
	server.Freeze()
	add := func(event string) error {
		_, _, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort, Learner: "l", Event: event}, func(state coach.State) (coach.Change, error) {
			state.Learner.Entries++
			return coach.Change{Learner: state.Learner, Entries: []coach.Entry{{Seq: state.Learner.Entries - 1, Note: event}}}, nil
		})
		return err
	}
	if err := add("b"); !errors.Is(err, coach.ErrUnknown) {
		t.Errorf("what was on its way ends with %v", err)
	}
	if err := add("c"); err == nil || errors.Is(err, coach.ErrUnknown) {
		t.Errorf("what came later ends with %v", err)
	}
	server.Thaw()
	if got := fmt.Sprint(entries(t, s)); got != "[a]" && got != "[a b]" {
		t.Errorf("the log is %s", got)
	}
}

// An event that another process has taken is known, also while Redis takes no
// writes.
func TestKnownWhileNothingCanBeWritten(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openWith(t, Options{URL: server.URL()})
	plus(t, s, "a")
	plus(t, replica(s), "b")
	server.Do("CONFIG", "SET", "min-replicas-to-write", "1")
	if _, dup, receipt := plus(t, s, "b"); !dup || receipt != "of b" {
		t.Errorf("the event is known: %t, its receipt is %q", dup, receipt)
	}
}

func TestRecentIsBounded(t *testing.T) {
	r := newRecent()
	r.put("asked for", "x")
	for i := range 10 * maxYoung {
		r.put(fmt.Sprint(i), "x")
		if r.get("asked for") == "" {
			t.Fatalf("what is asked for all the time is gone after %d others", i)
		}
	}
	if n := len(r.young) + len(r.old); n > 2*maxYoung || r.get("0") != "" || r.get(fmt.Sprint(10*maxYoung-1)) == "" {
		t.Errorf("it remembers %d", n)
	}
}
