package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"

	"studycoach/coach"
	"studycoach/schedule"
)

var eventTests = []test{
	{"an event is committed once", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada, Event: "e1", Entries: true}
		checkIn := coach.Change{
			Entries: []coach.Entry{fullEntry(0)}, Tallies: []coach.Count{{Tally: "week", Field: "deep", N: 45}},
			Add: []schedule.Job{job("k", 0)}, Receipt: []byte("well done"),
		}
		for i := range 3 {
			receipt, dup, err := f.Update(f.Context(), s, always(checkIn))
			f.must(err)
			f.want("receipt and dup", []any{string(receipt), dup}, []any{"well done", i > 0})
		}
		f.want("entries", f.load(s).Entries, []coach.Entry{fullEntry(0)})
		tally, err := f.Tally(f.Context(), cohort, "week")
		f.must(err)
		f.want("tally", tally, map[string]int{"deep": 45})
	}},

	{"an event is known after many others", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada}
		const n = 30
		for i := range n {
			s.Event = fmt.Sprint("event ", i)
			f.commit(s, coach.Change{Receipt: []byte(s.Event)})
		}
		for i := range n {
			s.Event = fmt.Sprint("event ", i)
			receipt, dup, err := f.Update(f.Context(), s, always(coach.Change{Receipt: []byte("another")}))
			f.must(err)
			f.want("receipt and dup", []any{string(receipt), dup}, []any{s.Event, true})
		}
	}},

	{"of the same event at the same time one is committed", func(f *fixture) {
		f.join(cohort, ada)
		for name, s := range map[string]coach.Scope{
			"a learner":    {Cohort: cohort, Learner: ada, Event: "e1", Entries: true},
			"not a member": {Cohort: cohort, Learner: bob, Event: "e2"},
			"nobody":       {Cohort: cohort, Event: "e3"},
		} {
			var group sync.WaitGroup
			var first atomic.Int32
			for i := range 12 {
				group.Go(func() {
					receipt, dup, err := f.Update(f.Context(), s, func(coach.State) (coach.Change, error) {
						return coach.Change{
							Tallies: []coach.Count{{Tally: name, Field: "n", N: 1}},
							Receipt: []byte(name),
						}, nil
					})
					if err != nil || string(receipt) != name {
						f.Errorf("%s, attempt %d: receipt %q, error %v", name, i, receipt, err)
					}
					if !dup {
						first.Add(1)
					}
				})
			}
			group.Wait()
			f.want(name+": first ones", first.Load(), int32(1))
			tally, err := f.Tally(f.Context(), cohort, name)
			f.must(err)
			f.want(name+": tally", tally, map[string]int{"n": 1})
		}
	}},

	{"an event that sets a cohort up or joins it is known", func(f *fixture) {
		setup := coach.Scope{Cohort: cohort, Event: "setup"}
		f.commit(setup, coach.Change{Cohort: fullCohort(), Receipt: []byte("it begins")})
		receipt, dup, err := f.Update(f.Context(), setup, always(coach.Change{}))
		f.must(err)
		f.want("setup", []any{string(receipt), dup}, []any{"it begins", true})

		join := coach.Scope{Cohort: cohort, Learner: ada, Event: "join"}
		f.commit(join, coach.Change{Learner: learner(cohort, ada), Receipt: []byte("welcome")})
		receipt, dup, err = f.Update(f.Context(), join, always(coach.Change{}))
		f.must(err)
		f.want("join", []any{string(receipt), dup}, []any{"welcome", true})
	}},

	{"events of two people are two, and no event is none", func(f *fixture) {
		f.join(cohort, ada)
		f.join(cohort, bob)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada, Event: "same"}, coach.Change{})
		f.commit(coach.Scope{Cohort: cohort, Learner: bob, Event: "same"}, coach.Change{})
		for range 3 {
			f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{})
		}
	}},

	{"an event that changes nothing has a receipt", func(f *fixture) {
		s := coach.Scope{Cohort: cohort, Learner: ada, Event: "e"}
		f.commit(s, coach.Change{})
		receipt, dup, err := f.Update(f.Context(), s, always(coach.Change{Receipt: []byte("late")}))
		f.must(err)
		f.want("receipt and dup", []any{string(receipt), dup}, []any{"", true})
	}},
}
