package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/schedule"
)

const testCohort = coach.CohortID("aaaaaaaaaa")

func openEmpty(t *testing.T) *Store {
	t.Helper()
	return openWith(t, Options{DataDir: t.TempDir()})
}

func openWith(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A claim on a room that a crash left over holds for a minute, and not when the
// cohort it names lives elsewhere.
func TestStaleRoomClaim(t *testing.T) {
	setup := func(s *Store) error {
		_, _, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort}, func(coach.State) (coach.Change, error) {
			return coach.Change{Cohort: &coach.Cohort{ID: testCohort, Rooms: []coach.RoomID{"room"}}}, nil
		})
		return err
	}
	for _, test := range []struct {
		age  time.Duration
		want error
	}{{0, coach.ErrRoomTaken}, {claimLife - 10*time.Second, coach.ErrRoomTaken}, {claimLife + time.Second, nil}} {
		s := openEmpty(t)
		claim := "bbbbbbbbbb " + millis(time.Now().Add(-test.age))
		if err := s.rdb.Set(t.Context(), roomKey("room"), claim, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CohortIn(t.Context(), "room"); !errors.Is(err, coach.ErrNotFound) {
			t.Errorf("a claim of a cohort that is not there: %v", err)
		}
		if err := setup(s); !errors.Is(err, test.want) {
			t.Errorf("a claim %v old: error is %v, want %v", test.age, err, test.want)
		}
	}
}

func TestIndexThatSaysTooMuch(t *testing.T) {
	s := openEmpty(t)
	if err := s.rdb.HSet(t.Context(), userKey("u"), "bbbbbbbbbb", "").Err(); err != nil {
		t.Fatal(err)
	}
	if cohorts, err := s.CohortsOf(t.Context(), "u"); err != nil || len(cohorts) != 0 {
		t.Errorf("cohorts are %v, %v", cohorts, err)
	}
}

func TestReceiptsAreBounded(t *testing.T) {
	s := openEmpty(t)
	update := func(event int) (string, bool) {
		t.Helper()
		receipt, dup, err := s.Update(t.Context(), coach.Scope{Cohort: testCohort, Learner: "l", Event: fmt.Sprint(event)},
			func(coach.State) (coach.Change, error) { return coach.Change{Receipt: []byte(fmt.Sprint(event))}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return string(receipt), dup
	}
	const n = maxReceipts + 10
	for event := range n {
		update(event)
	}
	key := receiptsKey(testCohort, "l")
	if have := s.rdb.HLen(t.Context(), key).Val(); have != maxReceipts+1 {
		t.Errorf("%d fields are kept", have)
	}
	if ttl := s.rdb.TTL(t.Context(), key).Val(); ttl <= 0 || ttl > receiptLife {
		t.Errorf("they are kept for %v", ttl)
	}
	for event := n - 1; event >= n-maxReceipts; event-- {
		if receipt, dup := update(event); !dup || receipt != fmt.Sprint(event) {
			t.Fatalf("event %d: receipt %q, %v", event, receipt, dup)
		}
	}
}

// Without its receipt an event is known by the learner's ring.
func TestRingBacksReceipts(t *testing.T) {
	s := openEmpty(t)
	scope := coach.Scope{Cohort: testCohort, Learner: "l"}
	update := func(event string) (receipt []byte, dup bool) {
		t.Helper()
		scope.Event = event
		receipt, dup, err := s.Update(t.Context(), scope, func(coach.State) (coach.Change, error) {
			return coach.Change{Learner: &coach.Learner{ID: "l", Cohort: testCohort}, Receipt: []byte("r")}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return receipt, dup
	}
	for event := range ringSize {
		update(fmt.Sprint(event))
	}
	if err := s.rdb.Del(t.Context(), receiptsKey(testCohort, "l")).Err(); err != nil {
		t.Fatal(err)
	}
	for event := range ringSize {
		if receipt, dup := update(fmt.Sprint(event)); receipt != nil || !dup {
			t.Errorf("event %d: receipt %q, %v", event, receipt, dup)
		}
	}
}

func TestDeadJobsAreBounded(t *testing.T) {
	s := openEmpty(t)
	now := time.UnixMilli(1805000000000)
	const over = 5
	for i := range maxEnded + over {
		key := fmt.Sprintf("%04d", i)
		if err := s.Add(t.Context(), schedule.Job{Key: key, Due: now}); err != nil {
			t.Fatal(err)
		}
		jobs, err := s.Claim(t.Context(), now, time.Minute, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(t.Context(), jobs[0], now.Add(time.Duration(i)), schedule.Outcome{State: schedule.Dead}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	jobs, err := s.List(t.Context(), schedule.Dead, "", 2*maxEnded)
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != maxEnded || jobs[len(jobs)-1].Key != fmt.Sprintf("%04d", over) {
		t.Errorf("%d are kept, the oldest is %s", len(jobs), jobs[len(jobs)-1].Key)
	}
	if records := s.rdb.HLen(t.Context(), jobsKey(0)).Val(); records != maxEnded {
		t.Errorf("%d records are kept", records)
	}
}

// A record that nobody can read holds up no other job.
func TestADamagedJobIsPassedOver(t *testing.T) {
	s := openEmpty(t)
	now := time.UnixMilli(1805000000000)
	for _, key := range []string{"damaged", "fine"} {
		if err := s.Add(t.Context(), schedule.Job{Key: key, Due: now}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.rdb.HSet(t.Context(), jobsKey(0), "damaged", "\x04of a later version").Err(); err != nil {
		t.Fatal(err)
	}
	jobs, err := s.Claim(t.Context(), now, time.Minute, 10)
	if err != nil || len(jobs) != 1 || jobs[0].Key != "fine" {
		t.Errorf("claimed %v, %v", jobs, err)
	}
	if next, _, err := s.NextDue(t.Context()); err != nil || !next.Equal(now.Add(time.Minute)) {
		t.Errorf("it comes again at %s, %v", next, err)
	}
}

// As done keys are added, those whose time has come are forgotten.
func TestDoneKeysAreBounded(t *testing.T) {
	s := openEmpty(t)
	now := time.UnixMilli(1805000000000)
	work := func(round, n int) {
		t.Helper()
		var jobs []schedule.Job
		for i := range n {
			jobs = append(jobs, schedule.Job{Key: fmt.Sprintf("%d/%d", round, i), Due: now})
		}
		if err := s.Add(t.Context(), jobs...); err != nil {
			t.Fatal(err)
		}
		claimed, err := s.Claim(t.Context(), now, time.Minute, n)
		if err != nil || len(claimed) != n {
			t.Fatalf("claimed %d, %v", len(claimed), err)
		}
		var ended []schedule.Ended
		for _, j := range claimed {
			ended = append(ended, schedule.Ended{Job: j})
		}
		if err := errors.Join(s.FinishAll(t.Context(), now, ended)...); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 5 {
		work(round, 250)
		now = now.Add(rememberIt + time.Second)
	}
	work(5, 1)
	if kept := s.rdb.ZCard(t.Context(), doneKey(0)).Val(); kept > 250 {
		t.Errorf("%d done keys are kept", kept)
	}
}

// longest notes the arguments of the longest call of each script.
type longest struct {
	redis.Hook
	mu   sync.Mutex
	args map[string]int
}

func (l *longest) DialHook(next redis.DialHook) redis.DialHook { return next }

func (l *longest) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		l.note(cmd)
		return next(ctx, cmd)
	}
}

func (l *longest) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			l.note(cmd)
		}
		return next(ctx, cmds)
	}
}

func (l *longest) note(cmd redis.Cmder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, sc := range scripts {
		args := cmd.Args()
		switch {
		case len(args) < 2 || args[1] != sc.sha:
		case sc.name == "claim":
			l.args["jobs claimed"] = max(l.args["jobs claimed"], args[len(args)-1].(int))
		default:
			l.args[sc.name] = max(l.args[sc.name], len(args))
		}
	}
}

// However much is asked for in one call, no script works for long.
func TestScriptsAreBounded(t *testing.T) {
	s := openEmpty(t)
	hook := &longest{args: map[string]int{}}
	s.rdb.AddHook(hook)
	now := time.UnixMilli(1805000000000)
	var jobs []schedule.Job
	for i := range 1050 {
		jobs = append(jobs, schedule.Job{Key: fmt.Sprint(i), Due: now})
	}
	if err := s.Add(t.Context(), jobs...); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.Claim(t.Context(), now, time.Minute, 2000)
	if err != nil || len(claimed) != len(jobs) {
		t.Fatalf("claimed %d, %v", len(claimed), err)
	}
	var ended []schedule.Ended
	for _, j := range claimed {
		ended = append(ended, schedule.Ended{Job: j, Outcome: schedule.Outcome{State: schedule.Dead}})
	}
	if err := errors.Join(s.FinishAll(t.Context(), now, ended)...); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"add": 3 + 3 + 3*addBatch, "jobs claimed": claimBatch, "finish": 3 + 5 + 3 + 5*finishBatch}
	if diff := cmp.Diff(want, hook.args); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
