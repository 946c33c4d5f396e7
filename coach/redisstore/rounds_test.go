package redisstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
)

// rank puts a learner on a board of the test's cohort, with a new version.
func rank(t *testing.T, s *Store, who coach.LearnerID, board string) {
	t.Helper()
	_, _, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort, Learner: who}, func(coach.State) (coach.Change, error) {
		return coach.Change{
			Learner: &coach.Learner{ID: who, Cohort: testCohort},
			Ranks:   []coach.Rank{{Board: board, Learner: who, Score: 5}},
		}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A board that is new since the boards were listed is not left out.
func TestBackupMeetsANewBoard(t *testing.T) {
	s := openEmpty(t)
	rank(t, s, "l", "old")
	rank(t, s, "l", "new")
	var file bytes.Buffer
	out, err := newBackupWriter(&file, Contents{Format: backupFormat, Schema: schemaVersion})
	if err != nil {
		t.Fatal(err)
	}
	p := partBackup{Store: s, out: out, known: map[coach.CohortID]*known{testCohort: {learners: map[coach.LearnerID]knownLearner{}}}}
	boards, err := p.learner(t.Context(), testCohort, "l", []string{"old"})
	if err != nil || len(boards) != 2 {
		t.Fatal(boards, err)
	}
	if err := out.end(Totals{}); err != nil {
		t.Fatal(err)
	}
	ranks := 0
	if _, err := readBackup(t.Context(), &file, func(_ int, p piece) error {
		ranks = len(p.(*savedLearner).ranks)
		return nil
	}); err != nil || ranks != 2 {
		t.Errorf("%d ranks were written, %v", ranks, err)
	}
}

// restless changes learners whenever their partition's jobs are looked through,
// which is when nobody may.
type restless struct {
	redis.UniversalClient
	change func()
}

func (r restless) HScan(ctx context.Context, key string, cursor uint64, match string, count int64) *redis.ScanCmd {
	if key == jobsKey(testCohort.Part()) {
		r.change()
	}
	return r.UniversalClient.HScan(ctx, key, cursor, match, count)
}

// A backup that finds the data changed looks again, and holds what it was at
// last, once; when that never ends, it is given up.
func TestBackupLooksAgain(t *testing.T) {
	s := openEmpty(t)
	const learners = maxLate + 10
	all := func(board string) {
		var ranking sync.WaitGroup // together, since each waits for the disk
		for i := range learners {
			ranking.Go(func() { rank(t, s, coach.LearnerID(fmt.Sprint("l", i)), board) })
		}
		ranking.Wait()
	}
	all("board")
	changes, left := 0, 3
	reader := *s
	reader.rdb = restless{s.rdb, func() {
		if left != 0 {
			changes++
			left--
			all(fmt.Sprint("board ", changes))
		}
	}}
	var file bytes.Buffer
	made, err := reader.backup(t.Context(), &file, time.Minute)
	if err != nil || changes != 3 {
		t.Fatalf("after %d changes: %v", changes, err)
	}
	if made.Learners != learners {
		t.Errorf("it holds %d learners", made.Learners)
	}
	if _, err := Verify(t.Context(), bytes.NewReader(file.Bytes())); err != nil {
		t.Error(err)
	}
	left = -1
	if _, err := reader.backup(t.Context(), &file, 0); !errors.Is(err, ErrNeverStill) {
		t.Errorf("of what always changes: %v", err)
	}
}
