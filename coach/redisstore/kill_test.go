package redisstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// childDir names, in the environment, the data directory of a child process
// that writes until it is killed.
const childDir = "STUDYCOACH_TEST_CHILD_DIR"

const (
	killCohort = coach.CohortID("kkkkkkkkkk")
	writers    = 4
)

func writerID(n int) coach.LearnerID { return coach.LearnerID(fmt.Sprint("web/playground/w", n)) }

// checkIn is a change like a check-in's: the learner, an entry, a tally, a rank
// and a job. The entry's Deep counts the learner's check-ins.
func checkIn(event string) (coach.Scope, func(coach.State) (coach.Change, error)) {
	name, _, _ := strings.Cut(event, "/")
	n, _ := strconv.Atoi(name)
	scope := coach.Scope{Cohort: killCohort, Learner: writerID(n), Event: event}
	return scope, func(s coach.State) (coach.Change, error) {
		l := s.Learner
		if l == nil {
			l = &coach.Learner{ID: scope.Learner, Cohort: killCohort}
		}
		e := coach.Entry{Seq: l.Entries, Kind: coach.CheckIn, At: time.Unix(1805000000, 0), Deep: l.Entries, Note: event}
		l.Entries++
		l.Streak.Count = l.Entries
		return coach.Change{
			Learner: l,
			Entries: []coach.Entry{e},
			Tallies: []coach.Count{{Tally: "week", Field: name, N: 1}},
			Ranks:   []coach.Rank{{Board: "hours", Learner: l.ID, Score: l.Entries}},
			Add:     []schedule.Job{{Key: "job/" + event, Part: killCohort.Part(), Due: time.Unix(1805000000, 0)}},
			Receipt: []byte(event),
		}, nil
	}
}

// writeUntilKilled checks in as several learners at once and tells each event
// that was acknowledged on standard output.
func writeUntilKilled() {
	s, err := redisstore.Open(context.Background(), redisstore.Options{DataDir: os.Getenv(childDir)})
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	run := strconv.Itoa(os.Getpid())
	var out sync.Mutex
	for n := range writers {
		go func() {
			for i := 0; ; i++ {
				scope, fn := checkIn(fmt.Sprintf("%d/%s/%d", n, run, i))
				if _, _, err := s.Update(context.Background(), scope, fn); err != nil {
					fmt.Println("update:", err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println(scope.Event)
				out.Unlock()
			}
		}()
	}
	select {}
}

// acknowledged is what the writers were told is kept, by learner.
type acknowledged [writers][]string

func (a *acknowledged) add(t *testing.T, event string) {
	name, _, _ := strings.Cut(event, "/")
	n, err := strconv.Atoi(name)
	if err != nil {
		t.Fatalf("the child says %q", event)
	}
	a[n] = append(a[n], event)
}

// check looks for every acknowledged check-in. What was not acknowledged may be
// there, whole.
func (a *acknowledged) check(t *testing.T, s *redisstore.Store) {
	t.Helper()
	if lost := a.lost(t, s); lost > 0 {
		t.Fatalf("%d acknowledged check-ins are lost", lost)
	}
}

// lost counts the acknowledged check-ins that are not there. Those that are,
// are there whole: entry, learner, tally, rank, job and receipt agree.
func (a *acknowledged) lost(t *testing.T, s *redisstore.Store) (lost int) {
	t.Helper()
	tally, err := s.Tally(t.Context(), killCohort, "week")
	if err != nil {
		t.Fatal(err)
	}
	top, err := s.Top(t.Context(), killCohort, "hours", writers)
	if err != nil {
		t.Fatal(err)
	}
	ranks := map[coach.LearnerID]int{}
	for _, r := range top {
		ranks[r.Learner] = r.Score
	}
	total := 0
	for n, events := range a {
		state, err := s.Load(t.Context(), coach.Scope{Cohort: killCohort, Learner: writerID(n), Entries: true})
		if err != nil {
			t.Fatal(err)
		}
		if state.Learner == nil {
			lost += len(events)
			continue
		}
		total += len(state.Entries)
		there := map[string]bool{}
		for i, e := range state.Entries {
			if e.Seq != i || there[e.Note] {
				t.Fatalf("learner %d: entry %d is %+v", n, i, e)
			}
			there[e.Note] = true
		}
		for _, event := range events {
			if !there[event] {
				lost++
			}
		}
		have := []int{state.Learner.Entries, state.Learner.Streak.Count, tally[strconv.Itoa(n)], ranks[writerID(n)]}
		for _, count := range have {
			if count != len(state.Entries) {
				t.Fatalf("learner %d has %d entries, and counts, streak, tally and rank are %v", n, len(state.Entries), have)
			}
		}
		if len(events) > 0 && there[events[len(events)-1]] {
			last := events[len(events)-1]
			scope, fn := checkIn(last)
			receipt, dup, err := s.Update(t.Context(), scope, fn)
			if err != nil || !dup || string(receipt) != last {
				t.Fatalf("learner %d: %s again gives %q, %v, %v", n, last, receipt, dup, err)
			}
		}
	}
	jobs, err := s.List(t.Context(), schedule.Waiting, "job/", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != total {
		t.Fatalf("%d entries and %d jobs", total, len(jobs))
	}
	return lost
}

// times is how often a process is killed; -short is for those who wait.
func times(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

func TestKilledEmbedded(t *testing.T) {
	t.Parallel() // it waits for processes most of the time
	dir := t.TempDir()
	var acked acknowledged
	for range times(200) {
		killChild(t, dir, &acked)
	}
	s := open(t, redisstore.Options{DataDir: dir})
	acked.check(t, s)
	for _, f := range s.Check(t.Context()) {
		if f.Level != redisstore.OK && !strings.Contains(f.Detail, "unfinished write") {
			t.Errorf("%s: %s", f.Name, f.Detail)
		}
	}
	total := 0
	for _, events := range acked {
		total += len(events)
	}
	t.Logf("%d check-ins acknowledged", total)
}

// killChild starts a child on dir, which replays what those before it left,
// lets it write for a moment and kills it.
func killChild(t *testing.T, dir string, acked *acknowledged) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for ready, left := false, rand.IntN(60); ; left-- {
		line, err := lines.ReadString('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
				t.Fatal(err)
			}
			break // a line cut short says nothing
		}
		switch line = strings.TrimSpace(line); {
		case !ready && line == "ready":
			ready = true
		case !ready || strings.Contains(line, ":"):
			t.Fatalf("the child says %q", line)
		default:
			acked.add(t, line)
		}
		if left == 0 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
}

func TestKilledRedis(t *testing.T) {
	t.Parallel()
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	var acked acknowledged
	for round := range times(50) {
		var group sync.WaitGroup
		var stop atomic.Bool
		kill := make(chan struct{})
		var count atomic.Int32
		limit := 1 + rand.Int32N(60)
		for n := range writers {
			group.Go(func() {
				for i := 0; !stop.Load(); i++ {
					scope, fn := checkIn(fmt.Sprintf("%d/%d/%d", n, round, i))
					if _, _, err := s.Update(t.Context(), scope, fn); err != nil {
						continue // killed; what was not acknowledged may be there or not
					}
					acked[n] = append(acked[n], scope.Event)
					if count.Add(1) == limit {
						close(kill)
					}
				}
			})
		}
		<-kill
		server.Kill()
		server.Start()
		stop.Store(true)
		group.Wait()
	}
	acked.check(t, open(t, redisstore.Options{URL: server.URL()}))
	total := 0
	for _, events := range acked {
		total += len(events)
	}
	t.Logf("%d check-ins acknowledged", total)
}
