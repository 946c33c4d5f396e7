package storetest

import "studycoach/coach"

var countTests = []test{
	{"counters add up and vanish at zero", func(f *fixture) {
		count := func(field string, n int) {
			f.commit(coach.Scope{Cohort: cohort}, coach.Change{Tallies: []coach.Count{{Tally: "week", Field: field, N: n}}})
		}
		want := func(what string, want map[string]int) {
			tally, err := f.Tally(f.Context(), cohort, "week")
			f.must(err)
			f.want(what, tally, want)
		}
		want("at first", map[string]int{})
		count("deep", 45)
		count("ai", 30)
		count("deep", 15)
		want("added", map[string]int{"deep": 60, "ai": 30})
		count("deep", -60)
		want("at zero", map[string]int{"ai": 30})
		count("deep", -5)
		want("below zero", map[string]int{"ai": 30, "deep": -5})
		count("deep", 5)
		count("ai", -30)
		want("all at zero", map[string]int{})
	}},

	{"one change may count twice", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Tallies: []coach.Count{
			{Tally: "a", Field: "x", N: 1}, {Tally: "b", Field: "x", N: 2}, {Tally: "a", Field: "x", N: 3}}})
		a, err := f.Tally(f.Context(), cohort, "a")
		f.must(err)
		b, err := f.Tally(f.Context(), cohort, "b")
		f.must(err)
		f.want("tallies", []map[string]int{a, b}, []map[string]int{{"x": 4}, {"x": 2}})
	}},

	{"a board is ordered by score, then by id", func(f *fixture) {
		rank := func(id coach.LearnerID, score int) {
			f.commit(coach.Scope{Cohort: cohort}, coach.Change{Ranks: []coach.Rank{{Board: "hours", Learner: id, Score: score}}})
		}
		want := func(what string, n int, want ...coach.Rank) {
			for i := range want {
				want[i].Board = "hours"
			}
			top, err := f.Top(f.Context(), cohort, "hours", n)
			f.must(err)
			f.want(what, top, want)
		}
		ranked := func(what string, want int) {
			n, err := f.Ranked(f.Context(), cohort, "hours")
			f.must(err)
			f.want(what, n, want)
		}
		want("at first", 3)
		ranked("ranked at first", 0)
		rank("b", 100)
		rank("c", 300)
		rank("a", 100)
		rank("d", 50)
		want("top three", 3, coach.Rank{Learner: "c", Score: 300}, coach.Rank{Learner: "a", Score: 100}, coach.Rank{Learner: "b", Score: 100})
		want("none", 0)
		ranked("ranked", 4)
		rank("b", 400)
		rank("c", 0)
		ranked("ranked after one left", 3)
		want("changed", 9, coach.Rank{Learner: "b", Score: 400}, coach.Rank{Learner: "a", Score: 100}, coach.Rank{Learner: "d", Score: 50})
	}},
}
