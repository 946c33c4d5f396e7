package redisstore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach/redisstore"
	"studycoach/schedule"
)

func TestDepth(t *testing.T) {
	s := open(t, redisstore.Options{DataDir: t.TempDir()})
	now := time.Date(2027, 3, 15, 9, 0, 0, 0, time.UTC)
	want := func(what string, want redisstore.Depth) {
		t.Helper()
		got, err := s.Depth(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s", what, d)
		}
	}
	want("empty", redisstore.Depth{})
	for i := range 8 {
		due := now.Add(time.Duration(i-4) * time.Minute)
		if err := s.Add(t.Context(), schedule.Job{Key: fmt.Sprint(i), Kind: "test", Part: i % 3, Due: due}); err != nil {
			t.Fatal(err)
		}
	}
	want("added", redisstore.Depth{Waiting: 8, Due: 5, Overdue: 4 * time.Minute})
	jobs, err := s.Claim(t.Context(), now, time.Minute, 3)
	if err != nil || len(jobs) != 3 {
		t.Fatalf("%d jobs are claimed: %v", len(jobs), err)
	}
	want("claimed", redisstore.Depth{Waiting: 8, Due: 2, Overdue: time.Minute})
	for i, state := range []schedule.State{schedule.Dead, schedule.Skipped, ""} {
		if err := s.Finish(t.Context(), jobs[i], now, schedule.Outcome{State: state}); err != nil {
			t.Fatal(err)
		}
	}
	want("finished", redisstore.Depth{Waiting: 5, Due: 2, Dead: 1, Skipped: 1, Overdue: time.Minute})
}

func TestJournalSize(t *testing.T) {
	dir := t.TempDir()
	var before int64
	for range 2 { // new, and compacted
		s, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			if err := s.Add(t.Context(), schedule.Job{Key: fmt.Sprint(i), Kind: "test", Due: time.Now()}); err != nil {
				t.Fatal(err)
			}
			if err := s.Ready(t.Context()); err != nil { // writes, and leaves nothing behind
				t.Fatal(err)
			}
		}
		now, compact, ok := s.Journal()
		info, err := os.Stat(filepath.Join(dir, "journal"))
		if err != nil || !ok || now != info.Size() || compact >= now || before > 0 && compact >= before {
			t.Errorf("the journal is %d bytes, was %d: %v, %v; the file is %v", now, compact, ok, err, info.Size())
		}
		if before = now; s.Close() != nil {
			t.Error("it does not close")
		}
	}
}
