package storetest

import (
	"fmt"
	"sync"
	"time"

	"studycoach/coach"
)

// dora is an account of another platform.
const dora = coach.UserRef("discord/G1/7")

// link makes dora's account ada's, as two learners with an entry each.
func (f *fixture) link() (main, waits *coach.Learner) {
	f.Helper()
	for _, id := range []coach.LearnerID{ada, dora} {
		f.commit(coach.Scope{Cohort: cohort, Learner: id, Event: "join " + string(id)}, coach.Change{
			Learner: learner(cohort, id), Entries: []coach.Entry{{Kind: coach.CheckIn, At: start, Note: string(id)}},
			Cards: []coach.Card{{Question: string(id)}}, Ranks: []coach.Rank{{Board: "hours", Learner: id, Score: 1}},
			Receipt: []byte("joined"),
		})
	}
	main, waits = learner(cohort, ada), learner(cohort, dora)
	main.Also, main.Entries, waits.Of = dora, 1, ada
	f.commit(coach.Scope{Cohort: cohort, Learner: dora, Other: ada, Event: "link"},
		coach.Change{Learner: waits, Other: main, Receipt: []byte("linked")})
	return main, waits
}

var linkTests = []test{
	{"a linked account leads to its learner", func(f *fixture) {
		main, waits := f.link()
		all := coach.Scope{Cohort: cohort, Learner: ada, Entries: true, Cards: true, Assessments: true}
		own, theirs := coach.Entry{Kind: coach.CheckIn, At: start, Note: string(ada)}, coach.Entry{Kind: coach.CheckIn, At: start, Note: string(dora)}
		marked := theirs
		marked.Account = dora
		f.want("the learner", f.load(all), coach.State{Learner: main, Entries: []coach.Entry{own, marked}, Cards: map[string]coach.Card{string(ada): {Question: string(ada)}}})
		all.Learner = dora
		f.want("the account", f.load(all), coach.State{Of: ada})
		f.want("the account alone", f.load(coach.Scope{Cohort: cohort, Learner: ada, Other: dora, Entries: true, Cards: true}).Other,
			&coach.State{Learner: waits, Entries: []coach.Entry{theirs}, Cards: map[string]coach.Card{string(dora): {Question: string(dora)}}})
		f.want("nobody alone", f.load(coach.Scope{Cohort: cohort, Other: bob}).Other, &coach.State{})

		learners, err := f.Learners(f.Context(), cohort, "", 10)
		f.must(err)
		f.want("learners", learners, []coach.Learner{*main})
		named, err := f.Named(f.Context(), cohort, []coach.LearnerID{ada, dora})
		f.must(err)
		f.want("named", named, map[coach.LearnerID]coach.Learner{ada: *main})
		of, err := f.CohortsOf(f.Context(), dora)
		f.must(err)
		f.want("cohorts of the account", of, []coach.CohortID{cohort})
	}},

	{"an entry is in the log of its account", func(f *fixture) {
		main, waits := f.link()
		at := coach.Scope{Cohort: cohort, Learner: ada, Account: dora, Entries: true, Event: "check in"}
		main.Entries = 2
		e := coach.Entry{Account: dora, Seq: 1, Kind: coach.CheckIn, At: start.Add(time.Hour), Note: "more"}
		f.commit(at, coach.Change{Learner: main, Entries: []coach.Entry{e}, Receipt: []byte("logged")})
		at.Event = ""
		entries := f.load(at).Entries
		f.want("entries", len(entries), 3)
		f.want("the last", entries[2], e)

		// Parted, each has its own.
		main.Also, waits.Of, waits.Entries = "", "", 2
		f.commit(coach.Scope{Cohort: cohort, Learner: ada, Other: dora, Event: "part"}, coach.Change{Learner: main, Other: waits})
		e.Account = ""
		theirs := f.load(coach.Scope{Cohort: cohort, Learner: dora, Entries: true})
		f.want("parted", theirs.Learner, waits)
		f.want("theirs", theirs.Entries, []coach.Entry{{Kind: coach.CheckIn, At: start, Note: string(dora)}, e})
		f.want("own", len(f.load(coach.Scope{Cohort: cohort, Learner: ada, Entries: true}).Entries), 1)

		// And its events are known, wherever they were handled.
		for event, want := range map[string]string{"join " + string(dora): "joined", "link": "linked", "check in": "logged"} {
			receipt, dup, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: dora, Event: event}, always(coach.Change{}))
			f.must(err)
			f.want(event, []any{string(receipt), dup}, []any{want, true})
		}
	}},

	{"of changes to two learners at the same time one is made", func(f *fixture) {
		for _, id := range []coach.LearnerID{ada, bob, dora} {
			f.join(cohort, id)
		}
		var group sync.WaitGroup
		for i := range 6 {
			from, to := []coach.LearnerID{ada, bob, dora}[i%3], []coach.LearnerID{bob, dora, ada}[i%3]
			group.Go(func() {
				_, _, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: from, Other: to, Event: fmt.Sprint("link ", i)}, func(s coach.State) (coach.Change, error) {
					if s.Of != "" || s.Learner.Also != "" || s.Other.Learner.Of != "" || s.Other.Learner.Also != "" {
						return coach.Change{}, nil
					}
					s.Learner.Of, s.Other.Learner.Also = to, from
					return coach.Change{Learner: s.Learner, Other: s.Other.Learner}, nil
				})
				if err != nil {
					f.Error(err)
				}
			})
		}
		group.Wait()
		linked := 0
		for _, id := range []coach.LearnerID{ada, bob, dora} {
			l := f.load(coach.Scope{Cohort: cohort, Other: id}).Other.Learner
			if l.Also != "" {
				linked++
				f.want("the other one", f.load(coach.Scope{Cohort: cohort, Learner: l.Also}).Of, id)
			}
		}
		f.want("learners with two accounts", linked, 1)
	}},

	{"a linked learner is forgotten with both accounts", func(f *fixture) {
		f.link()
		f.jobsOf(ada)
		f.jobsOf(dora)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada, Account: dora, Event: "forget me"}, coach.Change{Forget: true, Receipt: []byte("forgotten")})
		f.wantForgotten(ada)
		f.wantForgotten(dora)
		receipt, dup, err := f.Update(f.Context(), coach.Scope{Cohort: cohort, Learner: dora, Event: "forget me"}, always(coach.Change{}))
		f.must(err)
		f.want("the event again", []any{string(receipt), dup}, []any{"forgotten", true})
	}},

	{"another learner who cannot be put is refused", func(f *fixture) {
		main, waits := f.link()
		for name, test := range map[string]struct {
			coach.Scope
			coach.Change
		}{
			"alone":           {coach.Scope{Cohort: cohort, Learner: ada, Other: dora}, coach.Change{Other: waits}},
			"of another name": {coach.Scope{Cohort: cohort, Learner: ada, Other: bob}, coach.Change{Learner: main, Other: waits}},
			"not there":       {coach.Scope{Cohort: cohort, Learner: ada, Other: bob}, coach.Change{Learner: main, Other: learner(cohort, bob)}},
			"not asked for":   {coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Learner: main, Other: waits}},
		} {
			if _, _, err := f.Update(f.Context(), test.Scope, always(test.Change)); err == nil {
				f.Errorf("%s: it was put", name)
			}
		}
	}},
}
