package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unsteady is a queue at an unsteady distance, which sometimes does not take
// what is given back.
type unsteady struct {
	*memory
	mu  sync.Mutex
	rnd *rand.Rand
}

// travel takes a while, mostly a short one, and reports whether one call in n
// is to fail.
func (q *unsteady) travel(n int) (lost bool) {
	q.mu.Lock()
	far := time.Duration(q.rnd.IntN(20)) * time.Millisecond
	if q.rnd.IntN(20) == 0 {
		far *= 50
	}
	lost = q.rnd.IntN(n) == 0
	q.mu.Unlock()
	time.Sleep(far)
	return lost
}

func (q *unsteady) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	q.travel(1)
	defer q.travel(1)
	return q.memory.Claim(ctx, now, lease, limit)
}

func (q *unsteady) NextDue(ctx context.Context) (time.Time, bool, error) {
	q.travel(1)
	return q.memory.NextDue(ctx)
}

func (q *unsteady) FinishAll(ctx context.Context, now time.Time, all []Ended) []error {
	lost := q.travel(10)
	if lost && all[0].Outcome.Free {
		return slices.Repeat([]error{errors.New("gone")}, len(all))
	}
	return q.memory.FinishAll(ctx, now, all)
}

// Whatever the paces of the rooms and of the queue, and whatever is given back
// on the way or never comes again, the jobs of a room run in due order.
func TestEveryLaneKeepsItsOrder(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { keepsOrder(t, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func keepsOrder(t *testing.T, rnd *rand.Rand) {
	d := newDiary()
	q := &unsteady{memory: newMemory(), rnd: rand.New(rand.NewPCG(rnd.Uint64(), 0))}
	took := map[string]time.Duration{}
	var all []Job // in due order, overdue or due in the first five minutes
	for room := range 1 + rnd.IntN(4) {
		slow := time.Millisecond << rnd.IntN(15)
		for range rnd.IntN(100) {
			j := in(time.Duration(rnd.IntN(400_000)-100_000)*time.Millisecond, fmt.Sprintf("%d/%06d", room, rnd.IntN(1e6)))
			took[j.Key] = time.Duration(rnd.Int64N(int64(slow)))
			all = append(all, j)
		}
	}
	slices.SortFunc(all, inOrder)
	cancelled := map[string]bool{}
	for _, j := range all {
		cancelled[j.Key] = rnd.IntN(10) == 0
		if rnd.IntN(2) == 0 || !j.Due.After(time.Now()) {
			_ = q.Add(t.Context(), j)
			continue
		}
		time.AfterFunc(time.Until(j.Due), func() { _ = q.Add(t.Context(), j) })
	}

	begun := map[string][]string{}
	stop := start(t, NewRunner(RunnerOptions{
		Queue: q, Workers: 1 + rnd.IntN(6), Lane: room,
		Handlers: work(func(_ context.Context, j Job, _ time.Time) Outcome {
			d.mu.Lock()
			begun[room(j)] = append(begun[room(j)], j.Due.Format("2006-01-02 15:04:05.000 ")+j.Key)
			d.mu.Unlock()
			time.Sleep(took[j.Key])
			return Outcome{}
		}),
	}))
	time.Sleep(30 * time.Second)
	q.drop(cancelled)
	time.Sleep(3 * time.Hour)
	stop()
	if left := q.unclaimed(); len(left) > 0 {
		t.Errorf("not done: %v", left)
	}
	for _, got := range begun {
		if diff := cmp.Diff(slices.Sorted(slices.Values(got)), got); diff != "" {
			t.Errorf("out of order (-want +got):\n%s", diff)
		}
	}
}

// A lane waits for what it gave back no longer than it takes to see that it does
// not come.
func TestALaneDoesNotWaitForWhatIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		q := newMemory()
		for i := range maxHeld + 3 {
			_ = q.Add(t.Context(), in(time.Duration(i)*time.Millisecond-time.Second, fmt.Sprintf("room/%02d", i)))
		}
		stop := start(t, NewRunner(RunnerOptions{
			Queue: q, Lane: room, Handlers: work(takes(d, map[string]time.Duration{"room": 100 * time.Millisecond})),
		}))
		time.Sleep(time.Millisecond) // the last two have gone back
		q.drop(map[string]bool{fmt.Sprintf("room/%02d", maxHeld+1): true, fmt.Sprintf("room/%02d", maxHeld+2): true})
		_ = q.Add(t.Context(), in(time.Second, "room/new"))
		time.Sleep(time.Minute)
		stop()
		if last := d.lines[len(d.lines)-1]; len(d.lines) != maxHeld+2 || !slices.Contains([]string{"1.7s room/new", "2.7s room/new"}, last) {
			t.Errorf("%d jobs ran, at last %s", len(d.lines), last)
		}
	})
}

// The turns of those away follow each other, whatever is reckoned.
func TestTurnsFollowEachOther(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2027, 3, 14, 12, 0, 0, 0, time.UTC)
	ln := &lane{}
	for range 1000 {
		j := Job{Key: fmt.Sprint(rnd.IntN(1000)), Due: now.Add(time.Duration(rnd.IntN(1000)) * time.Second)}
		ln.took = time.Duration(rnd.IntN(2000)) * time.Millisecond
		ln.comes(j)
		at, _ := ln.find(j)
		turn := ln.nextTurn(j, now, time.Minute)
		if at > 0 && !turn.After(ln.away[at-1].back) {
			t.Fatalf("its turn is %s, that of the one before %s", turn, ln.away[at-1].back)
		}
		if longest := time.Minute + time.Duration(at)*minTurn; turn.Sub(now) > longest {
			t.Fatalf("its turn is %s away", turn.Sub(now))
		}
		ln.away = slices.Insert(ln.away, at, away{j, turn, 0})
	}
}
