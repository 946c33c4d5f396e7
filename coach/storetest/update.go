package storetest

import (
	"errors"
	"strings"
	"sync"

	"studycoach/coach"
	"studycoach/schedule"
)

var updateTests = []test{
	{"an error of the closure commits nothing", func(f *fixture) {
		f.join(cohort, ada)
		refused := errors.New("refused")
		_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada, Event: "e1"}, func(s coach.State) (coach.Change, error) {
			s.Learner.Name = "Changed"
			return coach.Change{Learner: s.Learner, Add: []schedule.Job{job("k", 0)}}, refused
		})
		if err != refused { //nolint:errorlint // returned as it is
			f.Errorf("error is %v, want it as it was", err)
		}
		f.want("learner", f.load(coach.Scope{Cohort: cohort, Learner: ada}).Learner, learner(cohort, ada))
		f.want("jobs", f.list(schedule.Waiting), []string{})
		f.commit(coach.Scope{Cohort: cohort, Learner: ada, Event: "e1"}, coach.Change{}) // the event is not known
	}},

	{"the closure sees what is there", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{
			Cohort: fullCohort(), Learner: fullLearner(), Entries: []coach.Entry{fullEntry(0)},
			Cards: []coach.Card{{Question: "q"}}, Assessments: []coach.Assessment{{Checkpoint: "m1"}},
		})
		s := coach.Scope{Cohort: cohort, Learner: ada, Entries: true, Cards: true, Assessments: true}
		var seen coach.State
		_, _, err := f.Update(f.Context(), s, func(s coach.State) (coach.Change, error) {
			seen = s
			return coach.Change{}, nil
		})
		f.must(err)
		f.want("state", seen, f.load(s))
	}},

	{"state and jobs change together", func(f *fixture) {
		f.add(job("old", 5))
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{
			Cohort: fullCohort(), Learner: learner(cohort, ada), Entries: []coach.Entry{fullEntry(0)},
			Tallies: []coach.Count{{Tally: "week", Field: "deep", N: 45}},
			Add:     []schedule.Job{job("new", 1)}, Cancel: []string{"old", "unknown"},
		})
		f.want("waiting", f.list(schedule.Waiting), []string{"new"})
	}},

	{"a change that cannot be kept leaves nothing", func(f *fixture) {
		tooLarge := job("large", 0)
		tooLarge.Payload = make([]byte, 64<<10+1)
		elsewhere := job("elsewhere", 0)
		elsewhere.Part = (elsewhere.Part + 1) % schedule.Partitions
		impossible := learner(cohort, ada)
		impossible.Days = coach.Days{{Date: 20000, Day: coach.Day{Deep: 1441}}}
		for name, c := range map[string]coach.Change{
			"payload too large":         {Add: []schedule.Job{tooLarge}},
			"another partition":         {Add: []schedule.Job{elsewhere}},
			"another cohort":            {Cohort: &coach.Cohort{ID: otherCohort}},
			"another learner":           {Learner: learner(cohort, bob)},
			"a day of over 24 hours":    {Learner: impossible},
			"entries of nobody":         {Entries: []coach.Entry{fullEntry(0)}},
			"put and forgotten at once": {Learner: learner(cohort, ada), Forget: true},
		} {
			if c.Cohort == nil {
				c.Cohort = fullCohort()
			}
			c.Tallies = []coach.Count{{Tally: "week", Field: "deep", N: 1}}
			_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada}, always(c))
			if err == nil {
				f.Errorf("%s: the change was taken", name)
			}
			f.want(name, f.load(coach.Scope{Cohort: cohort, Learner: ada}), coach.State{})
			tally, err := f.Tally(f.Context(), cohort, "week")
			f.must(err)
			f.want(name+": tally", tally, map[string]int{})
			f.want(name+": jobs", f.list(schedule.Waiting), []string{})
		}
	}},

	{"the closure runs again when the learner changed in between", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada}
		runs := 0
		_, _, err := f.Update(f.Context(), s, func(state coach.State) (coach.Change, error) {
			if runs++; runs == 1 {
				other := *state.Learner
				other.Name = "In between"
				f.commit(s, coach.Change{Learner: &other})
			}
			state.Learner.Entries++
			return coach.Change{Learner: state.Learner}, nil
		})
		f.must(err)
		l := f.load(s).Learner
		f.want("runs, name, entries", []any{runs, l.Name, l.Entries}, []any{2, "In between", 1})
	}},

	{"the closure runs again when the cohort changed in between", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Cohort: fullCohort(), Learner: learner(cohort, ada)})
		runs := 0
		_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada}, func(state coach.State) (coach.Change, error) {
			if runs++; runs == 1 {
				f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cohort: fullCohort()})
			}
			return coach.Change{Learner: state.Learner}, nil
		})
		f.must(err)
		f.want("runs", runs, 2)
	}},

	{"the closure runs again when an announcement changed in between", func(f *fixture) {
		announce := func(status string) coach.Change {
			return coach.Change{Announce: []coach.Announcement{{ID: "a", Made: start, Due: start, Status: status}}}
		}
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cohort: fullCohort()})
		f.commit(coach.Scope{Cohort: cohort}, announce("planned"))
		var seen []string
		_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Announcements: true}, func(state coach.State) (coach.Change, error) {
			if len(seen) == 0 {
				f.commit(coach.Scope{Cohort: cohort}, announce("cancelled"))
			}
			seen = append(seen, state.Announcements[0].Status)
			return announce("seen " + state.Announcements[0].Status), nil
		})
		f.must(err)
		f.want("seen", seen, []string{"planned", "cancelled"})
		state := f.load(coach.Scope{Cohort: cohort, Announcements: true})
		f.want("status", state.Announcements[0].Status, "seen cancelled")
		f.want("cohort", state.Cohort, fullCohort())
	}},

	{"the closure runs again when the learner was forgotten and came back", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada}
		runs := 0
		_, _, err := f.Update(f.Context(), s, func(state coach.State) (coach.Change, error) {
			if runs++; runs == 1 {
				f.commit(s, coach.Change{Forget: true})
				f.join(cohort, ada)
			}
			return coach.Change{Learner: state.Learner}, nil
		})
		f.must(err)
		f.want("runs", runs, 2)
	}},

	{"two learners do not get in each other's way", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Cohort: fullCohort(), Learner: learner(cohort, ada)})
		f.join(cohort, bob)
		runs := 0
		_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: ada, Event: "a"}, func(state coach.State) (coach.Change, error) {
			runs++
			f.commit(coach.Scope{Cohort: cohort, Learner: bob, Event: "b"}, coach.Change{
				Learner: learner(cohort, bob), Entries: []coach.Entry{fullEntry(0)}, Tallies: []coach.Count{{Tally: "week", Field: "deep", N: 1}}})
			return coach.Change{Learner: state.Learner, Tallies: []coach.Count{{Tally: "week", Field: "deep", N: 1}}}, nil
		})
		f.must(err)
		f.want("runs", runs, 1)
	}},

	{"no update is lost among many", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada, Entries: true}
		const workers, each = 8, 5
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for range each {
					_, _, err := f.Update(f.Context(), s, func(state coach.State) (coach.Change, error) {
						seq := state.Learner.Entries
						state.Learner.Entries++
						return coach.Change{
							Learner: state.Learner,
							Entries: []coach.Entry{{Seq: seq, Kind: coach.CheckIn, At: start}},
							Tallies: []coach.Count{{Tally: "week", Field: "deep", N: 1}},
						}, nil
					})
					if err != nil {
						f.Error(err)
					}
				}
			})
		}
		group.Wait()
		state := f.load(s)
		f.want("counted", state.Learner.Entries, workers*each)
		var seqs, want []int
		for i, e := range state.Entries {
			seqs, want = append(seqs, e.Seq), append(want, i)
		}
		f.want("seqs", seqs, want)
		tally, err := f.Tally(f.Context(), cohort, "week")
		f.must(err)
		f.want("tally", tally, map[string]int{"deep": workers * each})
	}},

	{"a large change is one change", func(f *fixture) {
		c := coach.Change{Learner: learner(cohort, ada)}
		for i, key := range numbered("job/%04d", 300) {
			j := job(key, i)
			j.Payload = []byte(strings.Repeat("p", 1000))
			c.Add = append(c.Add, j)
			c.Entries = append(c.Entries, coach.Entry{Seq: i, Kind: coach.CheckIn, At: start, Note: strings.Repeat("n", 1000)})
		}
		s := coach.Scope{Cohort: cohort, Learner: ada, Entries: true}
		f.commit(s, c)
		f.want("entries", len(f.load(s).Entries), 300)
		f.want("jobs", f.list(schedule.Waiting), numbered("job/%04d", 300))
	}},
}
