package storetest

import (
	"slices"
	"sync"

	"studycoach/coach"
	"studycoach/schedule"
)

var indexTests = []test{
	{"a cohort is found in its rooms", func(f *fixture) {
		in := func(r coach.RoomID, want coach.CohortID) {
			f.Helper()
			got, err := f.CohortIn(f.Context(), r)
			if want == "" {
				f.wantErr(err, coach.ErrNotFound)
				return
			}
			f.must(err)
			f.want("cohort in "+string(r), got, want)
		}
		put := func(c coach.CohortID, rooms ...coach.RoomID) {
			f.Helper()
			f.commit(coach.Scope{Cohort: c}, coach.Change{Cohort: &coach.Cohort{ID: c, Rooms: rooms}})
		}
		in("r1", "")
		put(cohort, "r1", "r2")
		in("r1", cohort)
		in("r2", cohort)
		in("r3", "")
		put(cohort, "r2", "r3")
		in("r1", "")
		in("r2", cohort)
		in("r3", cohort)
		put(otherCohort, "r1")
		in("r1", otherCohort)
	}},

	{"the cohorts of a partition are found", func(f *fixture) {
		for _, c := range []coach.CohortID{cohort, otherCohort} {
			f.commit(coach.Scope{Cohort: c}, coach.Change{Cohort: &coach.Cohort{ID: c}})
		}
		var all []coach.CohortID
		for part := range schedule.Partitions {
			ids, err := f.CohortsAt(f.Context(), part)
			f.must(err)
			for _, id := range ids {
				f.want("the partition of "+string(id), part, id.Part())
			}
			all = append(all, ids...)
		}
		slices.Sort(all)
		f.want("cohorts", all, []coach.CohortID{cohort, otherCohort})
	}},

	{"a room has one cohort", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cohort: &coach.Cohort{ID: cohort, Rooms: []coach.RoomID{room}}})
		_, _, err := f.Update(f.Context(), coach.Scope{Cohort: otherCohort, Event: "e"}, always(
			coach.Change{Cohort: &coach.Cohort{ID: otherCohort, Rooms: []coach.RoomID{"free", room}}}))
		if err == nil {
			f.Error("a second cohort was put into the room")
		}
		got, err := f.CohortIn(f.Context(), room)
		f.must(err)
		f.want("cohort in the room", got, cohort)
		f.want("the other cohort", f.load(coach.Scope{Cohort: otherCohort}).Cohort, (*coach.Cohort)(nil))
		_, err = f.CohortIn(f.Context(), "free")
		f.wantErr(err, coach.ErrNotFound)
	}},

	{"of two cohorts set up in a room at the same time one is", func(f *fixture) {
		ids := []coach.CohortID{cohort, otherCohort}
		errs := make([]error, len(ids))
		var group sync.WaitGroup
		for i, id := range ids {
			group.Go(func() {
				_, _, errs[i] = f.Update(f.Context(), coach.Scope{Cohort: id}, always(
					coach.Change{Cohort: &coach.Cohort{ID: id, Rooms: []coach.RoomID{room}}}))
			})
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			f.Fatalf("errors are %v", errs)
		}
		in, err := f.CohortIn(f.Context(), room)
		f.must(err)
		for i, id := range ids {
			f.want("in the room", in == id, errs[i] == nil)
			f.want("there", f.load(coach.Scope{Cohort: id}).Cohort != nil, errs[i] == nil)
		}
	}},

	{"an account finds its cohorts", func(f *fixture) {
		of := func(u coach.UserRef, want ...coach.CohortID) {
			f.Helper()
			got, err := f.CohortsOf(f.Context(), u)
			f.must(err)
			if !slices.Equal(got, want) {
				f.Errorf("%s is in %v, want %v", u, got, want)
			}
		}
		lead := func(c coach.CohortID, leads ...coach.UserRef) {
			f.Helper()
			f.commit(coach.Scope{Cohort: c}, coach.Change{Cohort: &coach.Cohort{ID: c, Leads: leads}})
		}
		of(ada)
		f.join(otherCohort, ada)
		of(ada, otherCohort)
		f.join(cohort, ada)
		of(ada, cohort, otherCohort)

		lead(cohort, ada, bob)
		of(bob, cohort)
		lead(cohort, bob)
		of(ada, cohort, otherCohort) // still a learner
		lead(cohort)
		of(bob)

		lead(otherCohort, ada)
		f.commit(coach.Scope{Cohort: otherCohort, Learner: ada}, coach.Change{Forget: true})
		of(ada, cohort, otherCohort) // still a lead
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Forget: true})
		of(ada, otherCohort)
		lead(otherCohort)
		of(ada)
		f.join(cohort, ada)
		of(ada, cohort)
	}},
}
