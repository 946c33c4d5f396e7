package redisstore_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

var backups = flag.Int("backups", 5, "how many backups to make under load, on each kind of store")

// Backups are made while people check in, join, forget themselves and found
// cohorts, and the clock runs through the days as fast as jobs are carried out.
// What each of them holds must hang together, and a town restored from it must
// go on where the other one was.
func TestBackupUnderLoad(t *testing.T) {
	restored := storetest.StartRedis(t, "--appendfsync", "no")
	for kind, o := range map[string]redisstore.Options{
		"embedded": {DataDir: t.TempDir()},
		"redis":    {URL: storetest.StartRedis(t, "--appendfsync", "no").URL()},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newTown(t, open(t, o), monday, nil)
			l := campaign{town: w, acknowledged: map[coach.CohortID][]string{}}
			stop := l.start()
			defer stop()
			var taken []snapshot
			for range *backups {
				from := w.clock()
				l.await(func() bool { return w.clock().Sub(from) > 12*time.Hour })
				taken = append(taken, l.backup(o))
			}
			last := w.clock()
			l.await(func() bool { return w.clock().Sub(last) > 4*24*time.Hour })
			stop()
			for _, s := range taken {
				restored.Do("FLUSHALL")
				l.check(s, redisstore.Options{URL: restored.URL()})
			}
		})
	}
}

// campaign is what goes on in a town.
type campaign struct {
	*town

	told         sync.Mutex
	acknowledged map[coach.CohortID][]string // the notes of check-ins that were, by those who stay
}

// snapshot is a backup with what was known when it was begun and when it was done.
type snapshot struct {
	file          *bytes.Reader
	made          redisstore.Contents
	from          time.Time // on the town's clock
	acknowledged  map[coach.CohortID][]string
	before, after map[string]int // posts
}

func (l *campaign) await(ok func() bool) {
	for !ok() {
		if l.Failed() {
			l.FailNow()
		}
		l.later(l.Context())
	}
}

func (l *campaign) backup(o redisstore.Options) snapshot {
	l.Helper()
	s := snapshot{acknowledged: map[coach.CohortID][]string{}}
	l.told.Lock()
	for c, notes := range l.acknowledged {
		s.acknowledged[c] = slices.Clip(notes)
	}
	l.told.Unlock()
	s.from, s.before = l.clock(), l.posts()
	s.file, s.made = backup(l.T, o)
	s.after = l.posts()
	return s
}

// start sets the town in motion and returns what stops it.
func (l *campaign) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i := range 3 {
		c := l.setup("lea", fmt.Sprint("room-", i), fmt.Sprint("Cohort ", i))
		for k := range 3 {
			all.Go(func() { l.study(ctx, c, fmt.Sprintf("stays-%d-%d", i, k)) })
		}
		all.Go(func() { l.comeAndGo(ctx, c, fmt.Sprintf("goes-%d", i)) })
	}
	all.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			l.advance(l.clock().Add(time.Hour))
			if i%100 == 99 {
				c := l.setup("lea", fmt.Sprint("late-", i), fmt.Sprint("Late ", i))
				l.say("late", c, "join", "")
			}
		}
	})
	return sync.OnceFunc(func() { cancel(); all.Wait() })
}

// study checks in again and again, and takes some of it back.
func (l *campaign) study(ctx context.Context, c coach.CohortID, who string) {
	l.say(who, c, "join", "")
	l.say(who, c, "settings", "board on")
	for i := 0; ctx.Err() == nil; i++ {
		l.later(ctx)
		if i%5 == 4 {
			l.say(who, c, "checkin", "2m #ai")
			l.say(who, c, "undo", "")
			continue
		}
		note := fmt.Sprintf("%s read part%d", who, i)
		reply := l.say(who, c, "checkin", "1m "+note)
		if takenBack := slices.ContainsFunc(reply.Message.Blocks, func(b coach.Block) bool {
			return slices.ContainsFunc(b.Actions, func(a coach.Action) bool { return a.Verb == "undo" })
		}); !takenBack {
			continue // the day is full
		}
		l.told.Lock()
		l.acknowledged[c] = append(l.acknowledged[c], note)
		l.told.Unlock()
	}
}

// comeAndGo joins, checks in and is forgotten, in turn.
func (l *campaign) comeAndGo(ctx context.Context, c coach.CohortID, who string) {
	for ctx.Err() == nil {
		l.say(who, c, "join", "")
		for range 10 {
			l.later(ctx)
			l.say(who, c, "checkin", "1m #ai")
		}
		l.handle(coach.Event{From: account(who), Verb: "forget-me", Args: map[string]string{"cohort": string(c), "sure": "yes"}})
	}
}

// check restores a backup and looks whether it hangs together, and whether the
// town goes on from it.
func (l *campaign) check(s snapshot, to redisstore.Options) {
	l.Helper()
	if _, err := redisstore.Restore(l.Context(), to, s.file, redisstore.RestoreOptions{}); err != nil {
		l.Fatal(err)
	}
	store, err := redisstore.Open(l.Context(), to)
	if err != nil {
		l.Fatal(err)
	}
	is := newTown(l.T, store, s.from, s.after)
	waiting := map[string]bool{}
	for _, j := range is.queue()[schedule.Waiting] {
		waiting[j.Key] = true
	}
	for c, notes := range s.acknowledged {
		is.hangsTogether(c, notes, waiting)
	}

	// It posts what is still to be posted, all of it and once.
	to7 := s.from.AddDate(0, 0, 3)
	is.advance(to7)
	posts := is.posts()
	for key, n := range posts {
		if n > 1 || s.before[key] > 0 {
			l.Errorf("%s is posted %d times by the restored town, and %d times before the backup", key, n, s.before[key])
		}
	}
	there := map[string]int{}
	maps.Copy(there, s.after)
	maps.Copy(there, posts)
	for key := range l.posts() {
		kind, rest, _ := strings.Cut(strings.TrimPrefix(key, "send/"), "/")
		c, rest, _ := strings.Cut(rest, "/")
		date, _, _ := strings.Cut(rest, "/")
		if s.acknowledged[coach.CohortID(c)] == nil || kind != "prompt" || date >= schedule.LocalDate(to7, time.UTC).String() {
			continue
		}
		if there[key] == 0 {
			l.Errorf("%s is lost", key)
		}
	}
	if err := store.Close(); err != nil {
		l.Error(err)
	}
}

// hangsTogether compares a cohort's counters, boards and jobs with what follows
// from its learners and their entries.
func (w *town) hangsTogether(c coach.CohortID, notes []string, waiting map[string]bool) {
	w.Helper()
	state, err := w.store.Load(w.Context(), coach.Scope{Cohort: c})
	if err != nil || state.Cohort == nil {
		w.Fatalf("cohort %s: %v, %v", c, state.Cohort, err)
	}
	learners, err := w.store.Learners(w.Context(), c, "", 1000)
	if err != nil {
		w.Fatal(err)
	}
	tallies, boards, there := map[string]map[string]int{}, map[string]map[coach.LearnerID]int{}, map[string]bool{}
	for _, l := range learners {
		state, err := w.store.Load(w.Context(), coach.Scope{Cohort: c, Learner: l.ID, Entries: true})
		if err != nil {
			w.Fatal(err)
		}
		goes := strings.Contains(string(l.ID), "goes") // who is being forgotten loses their jobs first
		if l.Nudge != "" && !waiting[l.Nudge] && !goes {
			w.Errorf("the nudge %s of %s does not wait", l.Nudge, l.ID)
		}
		if l.Entries != len(state.Entries) {
			w.Errorf("%s has %d entries, and %d are there", l.ID, l.Entries, len(state.Entries))
		}
		days := map[schedule.Date]coach.Day{}
		undone := map[int]bool{}
		for _, e := range state.Entries {
			undone[e.Ref] = undone[e.Ref] || e.Kind == coach.Undo
			there[e.Note] = true
		}
		for _, e := range state.Entries {
			if e.Kind == coach.CheckIn && !undone[e.Seq] {
				d := days[e.Date]
				days[e.Date] = coach.Day{Deep: d.Deep + int32(e.Deep), AI: d.AI + int32(e.AI)}
			}
		}
		weeks := map[schedule.Date]int{}
		for date, d := range days {
			tally, i := "week/"+date.Week().String(), strconv.Itoa(int(date-date.Week()))
			if tallies[tally] == nil {
				tallies[tally] = map[string]int{}
			}
			tallies[tally]["d"+i] += int(d.Deep)
			tallies[tally]["a"+i] += int(d.AI)
			tallies[tally]["p"+i]++
			if weeks[date.Week()] == 0 {
				tallies[tally]["n"]++
			}
			weeks[date.Week()] += d.Minutes()
		}
		for week, minutes := range weeks {
			if board := "hours/" + week.String(); l.Settings.Board && l.Left == 0 {
				if boards[board] == nil {
					boards[board] = map[coach.LearnerID]int{}
				}
				boards[board][l.ID] = minutes
			}
		}
	}
	for name, want := range tallies {
		maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
		got, err := w.store.Tally(w.Context(), c, name)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			w.Errorf("tally %s of cohort %s, %v (-want +got):\n%s", name, c, err, diff)
		}
	}
	for name, want := range boards {
		got := map[coach.LearnerID]int{}
		top, err := w.store.Top(w.Context(), c, name, 1000)
		for _, r := range top {
			got[r.Learner] = r.Score
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			w.Errorf("board %s of cohort %s, %v (-want +got):\n%s", name, c, err, diff)
		}
	}
	for _, note := range notes {
		if !there[note] {
			w.Errorf("the check-in %q is lost", note)
		}
	}
	for _, kind := range []string{"prompt", "summary"} {
		prefix := kind + "/" + string(c) + "/"
		next := state.Cohort.Pending[kind]
		if !waiting[next] {
			w.Errorf("the cohort's next %s %q does not wait", kind, next)
		}
		for key := range waiting {
			if date, ok := strings.CutPrefix(key, prefix); ok && key != next && date > state.Cohort.Last[kind].String() {
				w.Errorf("%s waits, and %s is the next", key, next)
			}
		}
	}
}
