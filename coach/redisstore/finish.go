package redisstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"studycoach/schedule"
)

const (
	finishBatch = 100                // jobs that one script finishes
	trimBatch   = 2 * finishBatch    // done keys that it forgets, so that they get fewer
	maxEnded    = 1000               // dead, and skipped, jobs that a partition keeps
	rememberIt  = 8 * 24 * time.Hour // how long a done key is remembered by default
)

// Where a finished job's key goes, as an index of the keys of lua/finish.lua.
const (
	toQueue = iota + 1
	_
	toDone
	toDead
	toSkipped
)

// Note implements schedule.Queue.
func (s *Store) Note(ctx context.Context, j schedule.Job) error {
	args := ending(nil, j, toQueue, j.Lease, packJob(j))
	if err := s.finish(ctx, j.Part, time.Time{}, 1, args)[0]; err != nil {
		return fmt.Errorf("note the intent of job %s: %w", j.Key, err)
	}
	return nil
}

// Finish implements schedule.Queue. When the answer of one that succeeded is
// lost, the next one finds the lease lost.
func (s *Store) Finish(ctx context.Context, j schedule.Job, now time.Time, o schedule.Outcome) error {
	return s.FinishAll(ctx, now, []schedule.Ended{{Job: j, Outcome: o}})[0]
}

// FinishAll implements schedule.Queue. The jobs of a partition go together, up
// to finishBatch of them in one script.
func (s *Store) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	errs := make([]error, len(all))
	var parts [schedule.Partitions][]*schedule.Ended
	var places [schedule.Partitions][]int // of these in all
	for i := range all {
		e := &all[i]
		switch e.Outcome.State {
		case "", schedule.Waiting, schedule.Dead, schedule.Skipped:
			parts[e.Job.Part] = append(parts[e.Job.Part], e)
			places[e.Job.Part] = append(places[e.Job.Part], i)
		default:
			errs[i] = fmt.Errorf("finish job %s: there is no state %q", e.Job.Key, e.Outcome.State)
		}
	}
	var calls sync.WaitGroup
	for part, jobs := range parts {
		for first := 0; first < len(jobs); first += finishBatch {
			calls.Go(func() {
				batch := jobs[first:min(first+finishBatch, len(jobs))]
				for i, err := range s.finishPart(ctx, part, now, batch) {
					if err != nil {
						errs[places[part][first+i]] = fmt.Errorf("finish job %s: %w", batch[i].Job.Key, err)
					}
				}
			})
		}
	}
	calls.Wait()
	return errs
}

// finishPart finishes jobs of one partition.
func (s *Store) finishPart(ctx context.Context, part int, now time.Time, all []*schedule.Ended) []error {
	intents, err := s.noted(ctx, part, all)
	if err != nil {
		return slices.Repeat([]error{err}, len(all))
	}
	args := make([]any, 0, 5*len(all))
	for _, e := range all {
		j, o := e.Job, e.Outcome
		if o.State == schedule.Waiting && !o.Free {
			j.Attempt++
		}
		j.Intent, j.Reason = intents[j.Key], o.Reason
		switch o.State {
		case schedule.Waiting:
			if o.Payload != nil {
				j.Payload = o.Payload
			}
			args = ending(args, j, toQueue, o.Retry, packJob(j))
		case schedule.Dead:
			args = ending(args, j, toDead, now, packJob(j))
		case schedule.Skipped:
			args = ending(args, j, toSkipped, now, packJob(j))
		default:
			forget := o.Forget
			if forget.IsZero() {
				forget = now.Add(rememberIt)
			}
			args = ending(args, j, toDone, forget, "")
		}
	}
	return s.finish(ctx, part, now, len(all), args)
}

// noted returns the intents that are stored with those jobs that are not done:
// the runner finishes a job as it claimed it, and its handler may have noted an
// intent since. Nobody else writes the record while the lease is held.
func (s *Store) noted(ctx context.Context, part int, all []*schedule.Ended) (map[string]string, error) {
	var keys []string
	for _, e := range all {
		if e.Outcome.State != "" {
			keys = append(keys, e.Job.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	records, err := s.rdb.HMGet(ctx, jobsKey(part), keys...).Result()
	if err != nil {
		return nil, err
	}
	intents := map[string]string{}
	for i, record := range texts(records) {
		if record == "" {
			continue // it is gone, and so is the lease
		}
		stored, err := unpackJob(part, keys[i], record)
		if err != nil {
			return nil, err
		}
		intents[stored.Key] = stored.Intent
	}
	return intents, nil
}

// ending appends what lua/finish.lua is told of a job.
func ending(args []any, j schedule.Job, to int, score time.Time, record string) []any {
	return append(args, j.Key, j.Lease.UnixMilli(), to, score.UnixMilli(), record)
}

// finish has the keys of n jobs of one partition go where they belong, of each
// whose lease is still held.
func (s *Store) finish(ctx context.Context, part int, now time.Time, n int, jobs []any) []error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	keys := []string{queueKey(part), jobsKey(part), doneKey(part), deadKey(part), skippedKey(part)}
	result, err := s.write(ctx, finishScript, keys, append([]any{millis(now), trimBatch, maxEnded}, jobs...)...)
	held, _ := result.([]any)
	if err == nil && len(held) != n {
		err = fmt.Errorf("script finish: %d results for %d jobs", len(held), n)
	}
	if err != nil {
		return slices.Repeat([]error{err}, n)
	}
	errs := make([]error, n)
	for i := range errs {
		if held[i] != int64(1) {
			errs[i] = schedule.ErrLeaseLost
		}
	}
	return errs
}
