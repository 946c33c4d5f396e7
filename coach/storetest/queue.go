package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

var queueTests = []test{
	{"a job comes back as it was added", func(f *fixture) {
		want := job("k", 0)
		want.Due = want.Due.Add(123 * time.Millisecond)
		want.Attempt, want.Intent, want.Reason = 3, "meant", "why"
		f.add(want)
		got := f.claim(1, 10)
		want.Lease = start.Add(2 * time.Minute)
		f.want("claimed", got, []schedule.Job{want})
	}},

	{"the most overdue is claimed first", func(f *fixture) {
		f.add(job("c", 3), job("a", 1), job("d", 4), job("b", 2), job("later", 60))
		f.want("first two", keys(f.claim(10, 2)), []string{"a", "b"})
		f.want("the rest", keys(f.claim(10, 10)), []string{"c", "d"})
		f.want("nothing more", keys(f.claim(10, 10)), []string{})
		f.want("none asked for", keys(f.claim(60, 0)), []string{})
	}},

	{"partitions are claimed together, in order", func(f *fixture) {
		var want []string
		for part := range schedule.Partitions {
			j := job(fmt.Sprint("in ", part), schedule.Partitions-part)
			j.Part = part
			f.add(j)
			want = append(want, j.Key)
		}
		slices.Reverse(want)
		got := f.claim(100, 40)
		f.want("the 40 most overdue", keys(got), want[:40])
		f.want("the rest", keys(f.claim(100, 40)), want[40:])
		for _, j := range got {
			f.must(f.Finish(f.Context(), j, start, schedule.Outcome{}))
		}
	}},

	{"a backlog of one partition holds up no other", func(f *fixture) {
		for i, key := range numbered("backlog %03d", 300) {
			f.add(job(key, i-300))
		}
		for i, key := range []string{"a", "b", "c"} {
			j := job(key, i)
			j.Part = (j.Part + 1 + i/2) % schedule.Partitions
			f.add(j)
		}
		f.want("the first claim", keys(f.claim(10, 7)), []string{"backlog 000", "backlog 001", "backlog 002", "backlog 003", "a", "b", "c"})
		f.want("the rest", keys(f.claim(10, 1000)), numbered("backlog %03d", 300)[4:])
	}},

	{"what is due at now is due", func(f *fixture) {
		f.add(job("k", 5))
		f.want("a minute before", keys(f.claim(4, 1)), []string{})
		f.want("at the time", keys(f.claim(5, 1)), []string{"k"})
	}},

	{"a lease runs out", func(f *fixture) {
		f.add(job("k", 0))
		first := f.claim(0, 1)[0]
		f.want("while leased", keys(f.claim(0, 1)), []string{})
		second := f.claim(1, 1)
		f.want("after the lease", keys(second), []string{"k"})
		f.want("due", second[0].Due, first.Due)

		first.Intent = "too late"
		f.wantErr(f.Note(f.Context(), first), schedule.ErrLeaseLost)
		for _, state := range []schedule.State{"", schedule.Waiting, schedule.Dead, schedule.Skipped} {
			f.wantErr(f.Finish(f.Context(), first, start, schedule.Outcome{State: state, Retry: start}), schedule.ErrLeaseLost)
		}
		f.must(f.Finish(f.Context(), second[0], start, schedule.Outcome{}))
		f.wantErr(f.Finish(f.Context(), second[0], start, schedule.Outcome{}), schedule.ErrLeaseLost)
	}},

	{"an intent is kept", func(f *fixture) {
		f.add(job("k", 0))
		j := f.claim(0, 1)[0]
		j.Intent = "post it\x00"
		f.must(f.Note(f.Context(), j))
		again := f.claim(1, 1)[0]
		f.want("intent", again.Intent, "post it\x00")
		f.must(f.Finish(f.Context(), again, start, schedule.Outcome{State: schedule.Waiting, Retry: start}))
		again = f.claim(1, 1)[0]
		f.want("intent after a retry", again.Intent, "post it\x00")

		noted := again // a handler's copy; the runner finishes the job as claimed
		noted.Intent = "post it again"
		f.must(f.Note(f.Context(), noted))
		f.must(f.Finish(f.Context(), again, start, schedule.Outcome{State: schedule.Waiting, Retry: start}))
		f.want("intent noted by a handler", f.claim(1, 1)[0].Intent, "post it again")
	}},

	{"a key is known while it waits, runs and is remembered", func(f *fixture) {
		again := job("k", 0)
		again.Payload = []byte("another")
		want := func(what string) schedule.Job {
			f.Helper()
			f.add(again)
			jobs, err := f.List(f.Context(), schedule.Waiting, "", 10)
			f.must(err)
			if len(jobs) != 1 || string(jobs[0].Payload) != "payload of k" {
				f.Fatalf("%s: waiting are %v", what, jobs)
			}
			return jobs[0]
		}
		f.add(job("k", 0))
		want("waiting")
		j := f.claim(0, 1)[0]
		want("claimed")
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{}))
		f.add(again)
		f.want("done", f.list(schedule.Waiting), []string{})
		f.want("nothing to claim", keys(f.claim(60, 10)), []string{})
	}},

	{"a done key is forgotten when its time has come", func(f *fixture) {
		finish := func(key string, now time.Time, forget time.Time) {
			f.Helper()
			f.add(schedule.Job{Key: key, Part: cohort.Part(), Due: start})
			jobs, err := f.Claim(f.Context(), now, time.Minute, 1)
			f.must(err)
			f.want("claimed", keys(jobs), []string{key})
			f.must(f.Finish(f.Context(), jobs[0], now, schedule.Outcome{Forget: forget}))
		}
		finish("short", start, start.Add(time.Hour))
		finish("long", start, time.Time{})
		week := start.Add(7 * 24 * time.Hour)
		finish("other", week, time.Time{}) // whatever happens later
		f.add(job("short", 0), job("long", 0))
		f.want("after a week", f.list(schedule.Waiting), []string{"short"})
		f.cancelAll()
		finish("another", week.Add(24*time.Hour+time.Second), time.Time{})
		f.add(job("long", 0))
		f.want("after eight days", f.list(schedule.Waiting), []string{"long"})
	}},

	{"a retry waits until its time and counts", func(f *fixture) {
		f.add(job("k", 0))
		j := f.claim(0, 1)[0]
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{State: schedule.Waiting, Retry: start.Add(5 * time.Minute), Reason: "busy"}))
		f.want("too early", keys(f.claim(4, 1)), []string{})
		j = f.claim(5, 1)[0]
		f.want("attempt, due, reason", []any{j.Attempt, j.Due, j.Reason}, []any{1, start, "busy"})
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{State: schedule.Waiting, Retry: start.Add(6 * time.Minute), Free: true}))
		f.want("a free attempt", f.claim(6, 1)[0].Attempt, 1)
	}},

	{"a retry may bring another payload", func(f *fixture) {
		f.add(job("k", 0))
		before := f.claim(0, 1)[0]
		noted := before
		noted.Intent = "meant"
		f.must(f.Note(f.Context(), noted))
		f.must(f.Finish(f.Context(), before, start, schedule.Outcome{State: schedule.Waiting, Retry: start.Add(time.Minute), Payload: []byte("another")}))
		j := f.claim(1, 1)[0]
		f.want("payload, intent", []any{string(j.Payload), j.Intent}, []any{"another", "meant"})
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{State: schedule.Waiting, Retry: start.Add(2 * time.Minute)}))
		f.want("it stays", string(f.claim(2, 1)[0].Payload), "another")
	}},

	{"many outcomes are recorded at once, each as if alone", func(f *fixture) {
		const n = 250 // in one partition, and some in others
		all := numbered("%03d", n)
		for i, key := range all {
			j := job(key, 0)
			if i >= 240 {
				j.Part = (j.Part + i) % schedule.Partitions
			}
			f.add(j)
		}
		outcomes := []schedule.Outcome{
			{},
			{State: schedule.Waiting, Retry: start.Add(time.Hour), Reason: "busy"},
			{State: schedule.Dead, Reason: "gone"},
			{State: schedule.Skipped, Reason: "late"},
			{State: "asleep"},
		}
		var ended []schedule.Ended
		var want [6][]string // by outcome, at last those whose lease is lost
		for i, j := range f.claim(0, n) {
			o := i % 6
			want[o] = append(want[o], j.Key)
			switch o {
			case 1:
				noted := j
				noted.Intent = "meant"
				f.must(f.Note(f.Context(), noted))
			case 5:
				j.Lease = j.Lease.Add(time.Millisecond)
				o = 0
			}
			ended = append(ended, schedule.Ended{Job: j, Outcome: outcomes[o]})
		}
		f.want("claimed", len(ended), n)
		for i, err := range f.FinishAll(f.Context(), start, ended) {
			switch i % 6 {
			case 4:
				if err == nil {
					f.Error("an unheard-of state was taken")
				}
			case 5:
				f.wantErr(err, schedule.ErrLeaseLost)
			default:
				f.must(err)
			}
		}
		f.add(ended[0].Job) // known
		for o, state := range map[int]schedule.State{2: schedule.Dead, 3: schedule.Skipped} {
			slices.Sort(want[o])
			got := f.list(state)
			slices.Sort(got)
			f.want(string(state), got, want[o])
		}
		lost := slices.Sorted(slices.Values(slices.Concat(want[4], want[5])))
		got := keys(f.claim(2, n))
		slices.Sort(got)
		f.want("still leased", got, lost)
		for _, j := range f.claim(60, n) {
			if i := slices.Index(want[1], j.Key); i >= 0 {
				want[1] = slices.Delete(want[1], i, i+1)
				f.want("attempt, intent, reason", []any{j.Attempt, j.Intent, j.Reason}, []any{1, "meant", "busy"})
			}
		}
		f.want("to be retried, and not", want[1], []string{})
		f.want("none", len(f.FinishAll(f.Context(), start, nil)), 0)
	}},

	{"of two outcomes of a job the first one counts", func(f *fixture) {
		f.add(job("k", 0))
		j := f.claim(0, 1)[0]
		errs := f.FinishAll(f.Context(), start, []schedule.Ended{
			{Job: j, Outcome: schedule.Outcome{State: schedule.Skipped}},
			{Job: j, Outcome: schedule.Outcome{State: schedule.Dead}},
		})
		f.must(errs[0])
		f.wantErr(errs[1], schedule.ErrLeaseLost)
		f.want("skipped, dead", []any{f.list(schedule.Skipped), f.list(schedule.Dead)}, []any{[]string{"k"}, []string{}})
	}},

	{"the next due time", func(f *fixture) {
		want := func(what string, want time.Time, found bool) {
			f.Helper()
			at, ok, err := f.NextDue(f.Context())
			f.must(err)
			f.want(what, []any{at, ok}, []any{want, found})
		}
		want("of none", time.Time{}, false)
		f.add(job("b", 10))
		early := job("a", 5)
		early.Part = (early.Part + 1) % schedule.Partitions
		f.add(early)
		want("of two", start.Add(5*time.Minute), true)
		j := f.claim(5, 1)[0]
		want("is the end of a lease", start.Add(6*time.Minute), true)
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{}))
		want("of the other", start.Add(10*time.Minute), true)
		f.must(f.Finish(f.Context(), f.claim(10, 1)[0], start, schedule.Outcome{State: schedule.Dead}))
		want("after all", time.Time{}, false)
	}},

	{"dead and skipped jobs are kept to be seen, revived or dropped", func(f *fixture) {
		for i, state := range []schedule.State{schedule.Dead, schedule.Skipped} {
			first, second := string(state)+"/1", string(state)+"/2"
			f.add(job(first, i), job(second, i))
			for k, j := range f.claim(i, 2) {
				f.must(f.Finish(f.Context(), j, start.Add(time.Duration(k)*time.Minute), schedule.Outcome{State: state, Reason: "because"}))
			}
			f.add(job(first, i)) // known
			f.want("nothing waits", f.list(schedule.Waiting), []string{})
			f.want("most recent first", f.list(state), []string{second, first})
			jobs, err := f.List(f.Context(), state, first, 10)
			f.must(err)
			f.want("reason", []any{len(jobs), jobs[0].Reason, string(jobs[0].Payload)}, []any{1, "because", "payload of " + first})

			now := start.Add(time.Hour)
			f.must(f.Revive(f.Context(), cohort.Part(), first, now))
			f.wantErr(f.Revive(f.Context(), cohort.Part(), first, now), schedule.ErrNoJob)
			f.wantErr(f.Drop(f.Context(), cohort.Part(), first), schedule.ErrNoJob)
			j := f.claim(60, 10)
			f.want("revived", []any{keys(j), j[0].Due, j[0].Attempt, j[0].Reason}, []any{[]string{first}, now, 0, ""})
			f.must(f.Finish(f.Context(), j[0], now, schedule.Outcome{}))

			f.must(f.Drop(f.Context(), cohort.Part(), second))
			f.wantErr(f.Drop(f.Context(), cohort.Part(), second), schedule.ErrNoJob)
			f.want("dropped", f.list(state), []string{})
			f.add(job(second, 90))
			f.want("added anew", f.list(schedule.Waiting), []string{second})
			f.cancelAll()
		}
		f.wantErr(f.Revive(f.Context(), 0, "unknown", start), schedule.ErrNoJob)
		f.wantErr(f.Drop(f.Context(), 0, "unknown"), schedule.ErrNoJob)
		f.add(job("waiting", 0))
		f.wantErr(f.Revive(f.Context(), cohort.Part(), "waiting", start), schedule.ErrNoJob)
		f.wantErr(f.Drop(f.Context(), cohort.Part(), "waiting"), schedule.ErrNoJob)
	}},

	{"jobs are listed by prefix, soonest first", func(f *fixture) {
		for i, key := range numbered("a/%03d", 250) {
			j := job(key, i)
			j.Part = i % 3
			f.add(j, schedule.Job{Key: "b/" + key, Part: i % 3, Due: start})
		}
		jobs, err := f.List(f.Context(), schedule.Waiting, "a/", 20)
		f.must(err)
		f.want("twenty", keys(jobs), numbered("a/%03d", 20))
		jobs, err = f.List(f.Context(), schedule.Waiting, "a/", 1000)
		f.must(err)
		f.want("all", keys(jobs), numbered("a/%03d", 250))
		jobs, err = f.List(f.Context(), schedule.Waiting, "a/", 3, 1, 2)
		f.must(err)
		f.want("of two partitions", keys(jobs), []string{"a/001", "a/002", "a/004"})
	}},

	{"a listed job says when it is looked at next, or ended", func(f *fixture) {
		want := func(what string, s schedule.State, want time.Time) {
			f.Helper()
			jobs, err := f.List(f.Context(), s, "k", 1, cohort.Part())
			f.must(err)
			f.want(what, jobs[0].At, want)
		}
		f.add(job("k", 5))
		want("due", schedule.Waiting, start.Add(5*time.Minute))
		j := f.claim(6, 1)[0]
		want("leased", schedule.Waiting, start.Add(7*time.Minute))
		f.must(f.Finish(f.Context(), j, start, schedule.Outcome{State: schedule.Waiting, Retry: start.Add(9 * time.Minute)}))
		want("to be retried", schedule.Waiting, start.Add(9*time.Minute))
		f.must(f.Finish(f.Context(), f.claim(9, 1)[0], start.Add(10*time.Minute), schedule.Outcome{State: schedule.Dead}))
		want("ended", schedule.Dead, start.Add(10*time.Minute))
	}},

	{"a change cancels what waits", func(f *fixture) {
		f.add(job("waits", 5), job("runs", 0), job("dead", 0), job("done", 0))
		claimed := map[string]schedule.Job{}
		for _, j := range f.claim(0, 10) {
			claimed[j.Key] = j
		}
		f.must(f.Finish(f.Context(), claimed["dead"], start, schedule.Outcome{State: schedule.Dead}))
		f.must(f.Finish(f.Context(), claimed["done"], start, schedule.Outcome{}))
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cancel: []string{"waits", "runs", "dead", "done", "unknown"}})
		f.want("waiting", f.list(schedule.Waiting), []string{})
		f.want("dead", f.list(schedule.Dead), []string{"dead"})
		f.wantErr(f.Finish(f.Context(), claimed["runs"], start, schedule.Outcome{}), schedule.ErrLeaseLost)
		f.add(job("waits", 7), job("done", 7))
		f.want("added again", f.list(schedule.Waiting), []string{"waits"})
	}},

	{"a change drops what is dead or was skipped", func(f *fixture) {
		f.add(job("dead", 0), job("skipped", 0), job("runs", 0), job("waits", 5))
		claimed := map[string]schedule.Job{}
		for _, j := range f.claim(0, 10) {
			claimed[j.Key] = j
		}
		f.must(f.Finish(f.Context(), claimed["dead"], start, schedule.Outcome{State: schedule.Dead}))
		f.must(f.Finish(f.Context(), claimed["skipped"], start, schedule.Outcome{State: schedule.Skipped}))
		again := claimed["dead"]
		again.Due, again.Intent = start.Add(7*time.Minute), "meant"
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Drop: []string{"dead", "skipped", "runs", "waits", "unknown"}, Add: []schedule.Job{again}})
		f.want("ended", []any{f.list(schedule.Dead), f.list(schedule.Skipped)}, []any{[]string{}, []string{}})
		f.must(f.Finish(f.Context(), claimed["runs"], start, schedule.Outcome{}))
		f.add(job("skipped", 9))
		f.want("waiting", f.list(schedule.Waiting), []string{"waits", "dead", "skipped"})
		f.want("intent", f.claim(7, 10)[1].Intent, "meant")
	}},

	{"a cancelled key may be added again in the same change", func(f *fixture) {
		f.add(job("k", 5))
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cancel: []string{"k"}, Add: []schedule.Job{job("k", 9)}})
		f.want("moved", []any{keys(f.claim(8, 9)), keys(f.claim(9, 9))}, []any{[]string{}, []string{"k"}})
	}},

	{"a change adds only unknown keys", func(f *fixture) {
		f.add(job("k", 5))
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Add: []schedule.Job{job("k", 1), job("new", 2), job("new", 3)}})
		f.want("due", []any{keys(f.claim(1, 9)), keys(f.claim(2, 9)), keys(f.claim(5, 9))}, []any{[]string{}, []string{"new"}, []string{"new", "k"}})
	}},

	{"a payload of 64 KiB fits, no more", func(f *fixture) {
		large := job("large", 0)
		large.Payload = bytes.Repeat([]byte{0, 255, '\r', '\n'}, 16<<10)
		f.add(large)
		f.want("payload", string(f.claim(0, 1)[0].Payload) == string(large.Payload), true)
		large.Key, large.Payload = "larger", append(large.Payload, 'x')
		if err := f.Add(f.Context(), large); err == nil {
			f.Error("a larger payload was taken")
		}
	}},

	{"many workers share the jobs", func(f *fixture) {
		const n = 200
		for i, key := range numbered("%03d", n) {
			j := job(key, 0)
			j.Part = i % schedule.Partitions
			f.add(j)
		}
		var mu sync.Mutex
		var got []string
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				for {
					jobs, err := f.Claim(f.Context(), start, time.Minute, 7)
					if err != nil || len(jobs) == 0 {
						if err != nil {
							f.Error(err)
						}
						return
					}
					for _, j := range jobs {
						if err := f.Finish(f.Context(), j, start, schedule.Outcome{}); err != nil {
							f.Error(err)
						}
					}
					mu.Lock()
					got = append(got, keys(jobs)...)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		rest := keys(f.claim(0, n)) // what a worker missed while others claimed
		got = append(got, rest...)
		slices.Sort(got)
		f.want("claimed", got, numbered("%03d", n))
	}},

	{"keys may hold anything", func(f *fixture) {
		for _, key := range []string{"a b\r\n", "\xff\x00", "{p00}", "*", strings.Repeat("k", 4096)} {
			f.add(job(key, 0))
			jobs := f.claim(0, 10)
			f.want("claimed", keys(jobs), []string{key})
			f.must(f.Finish(f.Context(), jobs[0], start, schedule.Outcome{}))
		}
	}},
}

// cancelAll takes everything that waits in the cohort's partition.
func (f *fixture) cancelAll() {
	f.Helper()
	f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cancel: f.list(schedule.Waiting)})
}
