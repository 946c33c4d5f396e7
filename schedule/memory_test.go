package schedule

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// memory is a Queue for tests. Like a real one it keeps whole milliseconds, gives
// due jobs partition by partition, and fences by the lease.
type memory struct {
	mu   sync.Mutex
	jobs map[string]*memoryJob
	done map[string]bool

	fail    error // what every call fails with; nil: none does
	claims  int   // calls of Claim that did not fail
	refused int   // calls that failed
}

type memoryJob struct {
	Job
	score   time.Time // when it is next due, or its lease runs out
	claimed bool
}

func newMemory(jobs ...Job) *memory {
	m := &memory{jobs: make(map[string]*memoryJob), done: make(map[string]bool)}
	if err := m.Add(context.Background(), jobs...); err != nil {
		panic(err)
	}
	return m
}

// setFail has every call fail with err, or none if it is nil.
func (m *memory) setFail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// lock takes the lock and returns the failure to simulate.
func (m *memory) lock(ctx context.Context) error {
	m.mu.Lock()
	err := m.fail
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		m.refused++
	}
	return err
}

func (m *memory) Add(ctx context.Context, jobs ...Job) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	for _, j := range jobs {
		if m.jobs[j.Key] == nil && !m.done[j.Key] {
			j.State = Waiting
			m.jobs[j.Key] = &memoryJob{Job: j, score: j.Due.Truncate(time.Millisecond)}
		}
	}
	return nil
}

func (m *memory) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Job, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	m.claims++
	var due []*memoryJob
	for _, j := range m.jobs {
		if j.State == Waiting && !j.score.After(now.Truncate(time.Millisecond)) {
			due = append(due, j)
		}
	}
	slices.SortFunc(due, func(a, b *memoryJob) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), a.score.Compare(b.score), strings.Compare(a.Key, b.Key))
	})
	var got []Job
	for _, j := range due[:min(limit, len(due))] {
		j.claimed, j.score = true, now.Add(lease).Truncate(time.Millisecond)
		j.Lease = j.score
		got = append(got, j.Job)
	}
	return got, nil
}

// held returns the stored job if j's lease still holds.
func (m *memory) held(j Job) (*memoryJob, error) {
	stored := m.jobs[j.Key]
	if stored == nil || !stored.claimed || !stored.score.Equal(j.Lease) {
		return nil, ErrLeaseLost
	}
	return stored, nil
}

func (m *memory) Note(ctx context.Context, j Job) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	stored, err := m.held(j)
	if err != nil {
		return err
	}
	stored.Intent = j.Intent
	return nil
}

func (m *memory) Finish(ctx context.Context, j Job, _ time.Time, o Outcome) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	stored, err := m.held(j)
	if err != nil {
		return err
	}
	stored.claimed, stored.State, stored.Reason = false, o.State, o.Reason
	switch o.State {
	case Waiting:
		stored.score = o.Retry.Truncate(time.Millisecond)
		if !o.Free {
			stored.Attempt++
		}
		if o.Payload != nil {
			stored.Payload = o.Payload
		}
	case "":
		delete(m.jobs, j.Key)
		m.done[j.Key] = true
	}
	return nil
}

func (m *memory) FinishAll(ctx context.Context, now time.Time, all []Ended) []error {
	errs := make([]error, len(all))
	for i, e := range all {
		errs[i] = m.Finish(ctx, e.Job, now, e.Outcome)
	}
	return errs
}

func (m *memory) NextDue(ctx context.Context) (next time.Time, ok bool, err error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return time.Time{}, false, err
	}
	for _, j := range m.jobs {
		if j.State == Waiting && (!ok || j.score.Before(next)) {
			next, ok = j.score, true
		}
	}
	return next, ok, nil
}

func (m *memory) List(ctx context.Context, s State, prefix string, limit int, _ ...int) (list []Job, err error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	for _, j := range m.jobs {
		if j.State == s && strings.HasPrefix(j.Key, prefix) && len(list) < limit {
			list = append(list, j.Job)
		}
	}
	slices.SortFunc(list, func(a, b Job) int { return strings.Compare(a.Key, b.Key) })
	return list, nil
}

func (m *memory) Revive(context.Context, int, string, time.Time) error { return ErrNoJob }
func (m *memory) Drop(context.Context, int, string) error              { return ErrNoJob }

// counts returns how often Claim was called, and how many calls failed.
func (m *memory) counts() (claims, refused int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.claims, m.refused
}

// claimed returns how many jobs are under a lease.
func (m *memory) claimed() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.jobs {
		if j.claimed {
			n++
		}
	}
	return n
}

// unclaimed returns the keys of the jobs that wait and that nobody holds.
func (m *memory) unclaimed() (keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.jobs {
		if j.State == Waiting && !j.claimed {
			keys = append(keys, j.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// drop removes jobs as a cancellation does, also claimed ones.
func (m *memory) drop(keys map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, gone := range keys {
		if gone {
			delete(m.jobs, key)
		}
	}
}
