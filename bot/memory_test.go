package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"studycoach/schedule"
)

// memory is a queue for tests, fenced by leases as a real one. It writes what
// is noted into the diary.
type memory struct {
	*diary
	mu   sync.Mutex
	jobs map[string]*memoryJob
	down error // what Note fails with; nil: it does not
}

type memoryJob struct {
	schedule.Job
	score time.Time // when it is next due, or its lease runs out
	done  bool
}

func (m *memory) Add(_ context.Context, jobs ...schedule.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range jobs {
		if m.jobs[j.Key] == nil {
			j.State = schedule.Waiting
			m.jobs[j.Key] = &memoryJob{Job: j, score: j.Due}
		}
	}
	return nil
}

func (m *memory) Claim(_ context.Context, now time.Time, lease time.Duration, limit int) ([]schedule.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []*memoryJob
	for _, j := range m.jobs {
		if j.waits() && !j.score.After(now) {
			due = append(due, j)
		}
	}
	slices.SortFunc(due, func(a, b *memoryJob) int {
		return cmp.Or(a.score.Compare(b.score), strings.Compare(a.Key, b.Key))
	})
	var got []schedule.Job
	for _, j := range due[:min(limit, len(due))] {
		j.score = now.Add(lease)
		j.Lease = j.score
		got = append(got, j.Job)
	}
	return got, nil
}

func (m *memory) Note(ctx context.Context, j schedule.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	held, err := m.held(j)
	if err = cmp.Or(ctx.Err(), m.down, err); err != nil {
		m.write("not noted: %v", err)
		return err
	}
	held.Intent = j.Intent
	m.write("noted %q", j.Intent)
	return nil
}

func (m *memory) Finish(_ context.Context, j schedule.Job, _ time.Time, o schedule.Outcome) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	held, err := m.held(j)
	if err != nil {
		return err
	}
	held.Lease, held.State, held.Reason, held.done = time.Time{}, o.State, o.Reason, o.State == ""
	if o.State == schedule.Waiting {
		held.score = o.Retry
		if !o.Free {
			held.Attempt++
		}
		if o.Payload != nil {
			held.Payload = o.Payload
		}
	}
	return nil
}

// cancel removes a job as a commit does.
func (m *memory) cancel(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.jobs, key)
}

func (m *memory) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	errs := make([]error, len(all))
	for i, e := range all {
		errs[i] = m.Finish(ctx, e.Job, now, e.Outcome)
	}
	return errs
}

func (m *memory) held(j schedule.Job) (*memoryJob, error) {
	stored := m.jobs[j.Key]
	if stored == nil || j.Lease.IsZero() || !stored.Lease.Equal(j.Lease) {
		return nil, schedule.ErrLeaseLost
	}
	return stored, nil
}

func (j *memoryJob) waits() bool { return !j.done && j.State == schedule.Waiting }

func (m *memory) NextDue(context.Context) (next time.Time, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.jobs {
		if j.waits() && (!ok || j.score.Before(next)) {
			next, ok = j.score, true
		}
	}
	return next, ok, nil
}

func (m *memory) Revive(_ context.Context, _ int, key string, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.jobs[key]
	if j == nil || j.done || j.waits() {
		return schedule.ErrNoJob
	}
	j.State, j.Due, j.score, j.Attempt, j.Reason = schedule.Waiting, now, now, 0, ""
	return nil
}

func (m *memory) List(context.Context, schedule.State, string, int, ...int) ([]schedule.Job, error) {
	return nil, errors.ErrUnsupported
}

func (m *memory) Drop(context.Context, int, string) error { return errors.ErrUnsupported }

// end says where a job stands: "done", "dead: why", "waiting, 2 failed: why".
func (m *memory) end(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch j := m.jobs[key]; {
	case j.done:
		return "done"
	case j.waits():
		return fmt.Sprintf("waiting, %d failed: %s", j.Attempt, j.Reason)
	default:
		return fmt.Sprintf("%s: %s", j.State, j.Reason)
	}
}
