package storetest

import (
	"strings"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

var forgetTests = []test{
	{"no trace of a forgotten learner remains", func(f *fixture) {
		gone := coach.LearnerID("web/playground/gone")
		s := coach.Scope{Cohort: cohort, Learner: gone, Entries: true, Cards: true, Assessments: true}
		keep := learner(cohort, ada)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Cohort: fullCohort(), Learner: keep,
			Ranks: []coach.Rank{{Board: "hours", Learner: ada, Score: 1}}})
		l := learner(cohort, gone)
		l.Stuck = &coach.Stuck{Note: "secret"}
		s.Event = "join"
		f.commit(s, coach.Change{
			Learner: l, Entries: []coach.Entry{{Kind: coach.CheckIn, At: start, Note: "secret"}}, Cards: []coach.Card{{Question: "q"}},
			Assessments: []coach.Assessment{{Checkpoint: "m1"}}, Receipt: []byte("secret"),
			Ranks: []coach.Rank{{Board: "hours", Learner: gone, Score: 2}, {Board: "streak", Learner: gone, Score: 2}},
		})
		f.jobsOf(gone)
		f.jobsOf(gone + "er") // somebody else
		f.jobsOf(ada)

		s.Event = "forget me"
		f.commit(s, coach.Change{Forget: true, Receipt: []byte("forgotten")})
		f.wantForgotten(gone)

		others := len(f.list(schedule.Waiting)) + len(f.list(schedule.Dead)) + len(f.list(schedule.Skipped))
		f.want("jobs of others", others, 2*4)
		top, err := f.Top(f.Context(), cohort, "hours", 9)
		f.must(err)
		f.want("board", top, []coach.Rank{{Board: "hours", Learner: ada, Score: 1}})
		receipt, dup, err := f.Update(f.Context(), s, always(coach.Change{}))
		f.must(err)
		f.want("the event again", []any{string(receipt), dup}, []any{"forgotten", true})
		f.wantForgotten(gone)

		s.Event = ""
		f.commit(s, coach.Change{Learner: learner(cohort, gone)})
		f.want("back again", f.load(s), coach.State{Cohort: fullCohort(), Learner: learner(cohort, gone)})
		f.jobsOf(gone)
		f.want("jobs again", len(f.list(schedule.Waiting)), 2*2+2)
	}},

	{"forgetting again finishes what was left over", func(f *fixture) {
		gone := coach.LearnerID("web/playground/gone")
		f.join(cohort, gone)
		s := coach.Scope{Cohort: cohort, Learner: gone}
		f.commit(s, coach.Change{Forget: true})
		f.jobsOf(gone) // as if they had been added while the first one ran
		f.commit(s, coach.Change{Forget: true})
		f.wantForgotten(gone)
		f.want("jobs", f.list(schedule.Waiting), []string{})
	}},

	{"more jobs than fit one step are forgotten", func(f *fixture) {
		f.join(cohort, ada)
		var jobs []schedule.Job
		for i, key := range numbered("nudge/aaaaaaaaaa/web/playground/ada/%04d", 1500) {
			jobs = append(jobs, job(key, i))
		}
		jobs = append(jobs, job("other", 0))
		f.add(jobs...)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Forget: true})
		f.want("jobs", f.list(schedule.Waiting), []string{"other"})
	}},
}

// jobsOf adds jobs of a learner in every state.
func (f *fixture) jobsOf(id coach.LearnerID) {
	f.Helper()
	for _, state := range []schedule.State{"", schedule.Dead, schedule.Skipped} {
		name := "now" + string(state)
		f.add(job(name+"/"+string(cohort)+"/"+string(id)+"/2027-03-14", 0))
		for _, j := range f.claim(0, 10) {
			f.must(f.Finish(f.Context(), j, start, schedule.Outcome{State: state, Forget: start.Add(time.Hour)}))
		}
	}
	f.add(job("nudge/"+string(cohort)+"/"+string(id)+"/2027-03-15", 60), job("note/"+string(cohort)+"/"+string(id), 60))
}

func (f *fixture) wantForgotten(id coach.LearnerID) {
	f.Helper()
	state := f.load(coach.Scope{Cohort: cohort, Learner: id, Entries: true, Cards: true, Assessments: true})
	state.Cohort = nil
	f.want("state", state, coach.State{})
	learners, err := f.Learners(f.Context(), cohort, "", 100)
	f.must(err)
	for _, l := range learners {
		if l.ID == id {
			f.Errorf("%s is still in the list", id)
		}
	}
	cohorts, err := f.CohortsOf(f.Context(), id)
	f.must(err)
	f.want("cohorts", cohorts, []coach.CohortID(nil))

	dumper, ok := f.Store.(Dumper)
	if !ok {
		return
	}
	dump, err := dumper.Dump(f.Context())
	f.must(err)
	for key, value := range dump {
		text := key + "\n" + value + "\n"
		for _, trace := range []string{string(id) + "/", string(id) + "\n", string(id) + " ", "secret"} {
			if strings.Contains(text, trace) {
				f.Errorf("a trace of %s: %q holds %q", id, key, value)
			}
		}
	}
}
