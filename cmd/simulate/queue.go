package main

import (
	"context"
	"sync/atomic"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// queue is the store's, counting the jobs that are claimed and not finished.
type queue struct {
	coach.Store
	held atomic.Int64
}

func (q *queue) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]schedule.Job, error) {
	q.held.Add(1) // while nobody knows what is claimed
	defer q.held.Add(-1)
	jobs, err := q.Store.Claim(ctx, now, lease, max)
	q.held.Add(int64(len(jobs)))
	return jobs, err
}

func (q *queue) Finish(ctx context.Context, j schedule.Job, now time.Time, o schedule.Outcome) error {
	err := q.Store.Finish(ctx, j, now, o)
	if err == nil {
		q.held.Add(-1)
	}
	return err
}

func (q *queue) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	errs := q.Store.FinishAll(ctx, now, all)
	for _, err := range errs {
		if err == nil {
			q.held.Add(-1)
		}
	}
	return errs
}

// idle tells whether nothing is due or being worked on at now, and when the
// next job is due.
func (q *queue) idle(ctx context.Context, now time.Time) (next time.Time, idle bool, err error) {
	if q.held.Load() > 0 {
		return next, false, nil // not worth a question
	}
	next, ok, err := q.NextDue(ctx)
	if err != nil {
		return next, false, err
	}
	return next, q.held.Load() == 0 && ok && next.After(now), nil
}
