package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/schedule"
)

const (
	addBatch   = 100                // jobs that one script adds or erases
	trimBatch  = 20                 // done keys that one script forgets
	maxEnded   = 1000               // dead, and skipped, jobs that a partition keeps
	rememberIt = 8 * 24 * time.Hour // how long a done key is remembered by default
)

// Add implements schedule.Queue.
func (s *Store) Add(ctx context.Context, jobs ...schedule.Job) error {
	parts := map[int][]any{}
	for _, j := range jobs {
		if err := checkJob(j); err != nil {
			return err
		}
		parts[j.Part] = append(parts[j.Part], j.Key, packJob(j), j.Due.UnixMilli())
	}
	for part, args := range parts {
		for batch := range slices.Chunk(args, 3*addBatch) {
			if err := s.add(ctx, part, batch); err != nil {
				return fmt.Errorf("add jobs to partition %d: %w", part, err)
			}
		}
	}
	return nil
}

func (s *Store) add(ctx context.Context, part int, args []any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.write(ctx, addScript, []string{queueKey(part), jobsKey(part), doneKey(part)}, args...)
	return err
}

// Claim implements schedule.Queue. It asks every partition what is due, in one
// round trip, and then leases the most overdue of all. Jobs that were leased by
// an answer that is lost wait for the end of the lease.
func (s *Store) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]schedule.Job, error) {
	if max <= 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	wanted, err := s.overdue(ctx, now, max)
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}

	deadline := time.UnixMilli(now.Add(lease).UnixMilli()).UTC()
	type due struct {
		job   schedule.Job
		score float64
	}
	var claimed []due
	for part, n := range wanted {
		if n == 0 {
			continue
		}
		result, err := s.query(ctx, claimScript, []string{queueKey(part), jobsKey(part), doneKey(part)},
			millis(now), millis(deadline), n, trimBatch)
		if err != nil {
			err = fmt.Errorf("claim jobs of partition %d: %w", part, err)
			if len(claimed) > 0 {
				// Those that are leased already are not to wait for the lease's end.
				s.log.WarnContext(ctx, "claimed only in part", "err", err)
				break
			}
			return nil, err
		}
		for record := range slices.Chunk(texts(result), 3) {
			j, err := unpackJob(part, record[0], record[1])
			if err != nil {
				return nil, fmt.Errorf("claim jobs of partition %d: %w", part, err)
			}
			j.Lease = deadline
			score, _ := strconv.ParseFloat(record[2], 64)
			claimed = append(claimed, due{j, score})
		}
	}
	slices.SortStableFunc(claimed, func(a, b due) int {
		return cmp.Or(cmp.Compare(a.score, b.score), strings.Compare(a.job.Key, b.job.Key))
	})
	jobs := make([]schedule.Job, len(claimed))
	for i, c := range claimed {
		jobs[i] = c.job
	}
	return jobs, nil
}

// overdue tells how many of the max most overdue jobs each partition has.
func (s *Store) overdue(ctx context.Context, now time.Time, max int) (wanted [schedule.Partitions]int, err error) {
	pipe := s.rdb.Pipeline()
	var heads [schedule.Partitions]*redis.ZSliceCmd
	for part := range heads {
		heads[part] = pipe.ZRangeByScoreWithScores(ctx, queueKey(part), &redis.ZRangeBy{Min: "-inf", Max: millis(now), Count: int64(max)})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return wanted, err
	}
	type head struct {
		part  int
		score float64
	}
	var all []head
	for part, cmd := range heads {
		for _, z := range cmd.Val() {
			all = append(all, head{part, z.Score})
		}
	}
	slices.SortStableFunc(all, func(a, b head) int { return cmp.Compare(a.score, b.score) })
	for _, h := range all[:min(max, len(all))] {
		wanted[h.part]++
	}
	return wanted, nil
}

// Note implements schedule.Queue.
func (s *Store) Note(ctx context.Context, j schedule.Job) error {
	err := s.finish(ctx, j, queueKey(j.Part), packJob(j), j.Lease, 0, "")
	if err != nil {
		return fmt.Errorf("note the intent of job %s: %w", j.Key, err)
	}
	return nil
}

// Finish implements schedule.Queue. When the answer of one that succeeded is
// lost, the next one finds the lease lost.
func (s *Store) Finish(ctx context.Context, j schedule.Job, now time.Time, o schedule.Outcome) error {
	if o.State != "" {
		// The runner finishes the job as it claimed it; its handler may have noted
		// an intent since. Nobody else writes the record while the lease is held.
		intent, err := s.noted(ctx, j)
		if err != nil {
			return fmt.Errorf("finish job %s: %w", j.Key, err)
		}
		j.Intent = intent
	}
	var err error
	switch j.Reason = o.Reason; o.State {
	case "":
		forget := o.Forget
		if forget.IsZero() {
			forget = now.Add(rememberIt)
		}
		err = s.finish(ctx, j, doneKey(j.Part), "", forget, 0, millis(now))
	case schedule.Waiting:
		if !o.Free {
			j.Attempt++
		}
		err = s.finish(ctx, j, queueKey(j.Part), packJob(j), o.Retry, 0, "")
	case schedule.Dead, schedule.Skipped:
		err = s.finish(ctx, j, endedKey(j.Part, o.State), packJob(j), now, maxEnded, "")
	default:
		err = fmt.Errorf("there is no state %q", o.State)
	}
	if err != nil {
		return fmt.Errorf("finish job %s: %w", j.Key, err)
	}
	return nil
}

// noted returns the intent that is stored with a job.
func (s *Store) noted(ctx context.Context, j schedule.Job) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	record, err := s.rdb.HGet(ctx, jobsKey(j.Part), j.Key).Result()
	if errors.Is(err, redis.Nil) {
		return "", schedule.ErrLeaseLost
	}
	if err != nil {
		return "", err
	}
	stored, err := unpackJob(j.Part, j.Key, record)
	return stored.Intent, err
}

func (s *Store) finish(ctx context.Context, j schedule.Job, to, record string, score time.Time, keep int, trim string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	held, err := s.write(ctx, finishScript, []string{queueKey(j.Part), jobsKey(j.Part), to},
		j.Key, millis(j.Lease), record, millis(score), keep, trim, trimBatch)
	if err != nil {
		return err
	}
	if held != int64(1) {
		return schedule.ErrLeaseLost
	}
	return nil
}

// NextDue implements schedule.Queue.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	pipe := s.rdb.Pipeline()
	var heads [schedule.Partitions]*redis.ZSliceCmd
	for part := range heads {
		heads[part] = pipe.ZRangeWithScores(ctx, queueKey(part), 0, 0)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return time.Time{}, false, fmt.Errorf("next due job: %w", err)
	}
	var next time.Time
	found := false
	for _, cmd := range heads {
		for _, z := range cmd.Val() {
			if at := time.UnixMilli(int64(z.Score)).UTC(); !found || at.Before(next) {
				next, found = at, true
			}
		}
	}
	return next, found, nil
}

// List implements schedule.Queue.
func (s *Store) List(ctx context.Context, state schedule.State, prefix string, max int, parts ...int) ([]schedule.Job, error) {
	if len(parts) == 0 {
		for part := range schedule.Partitions {
			parts = append(parts, part)
		}
	}
	var all []schedule.Job
	for _, part := range parts {
		jobs, err := s.listPart(ctx, part, state, prefix, max)
		if err != nil {
			return nil, fmt.Errorf("list %s jobs of partition %d: %w", state, part, err)
		}
		all = append(all, jobs...)
	}
	slices.SortFunc(all, func(a, b schedule.Job) int {
		order := a.At.Compare(b.At)
		if state != schedule.Waiting {
			order = -order
		}
		return cmp.Or(order, strings.Compare(a.Key, b.Key))
	})
	return all[:min(max, len(all))], nil
}

// listPart reads the first jobs of one partition, page by page.
func (s *Store) listPart(ctx context.Context, part int, state schedule.State, prefix string, max int) ([]schedule.Job, error) {
	args := redis.ZRangeArgs{Key: queueKey(part)}
	switch state {
	case schedule.Waiting:
	case schedule.Dead, schedule.Skipped:
		args.Key, args.Rev = endedKey(part, state), true
	default:
		return nil, fmt.Errorf("there is no state %q", state)
	}
	var jobs []schedule.Job
	for at := 0; len(jobs) < max; at += pageSize {
		args.Start, args.Stop = at, at+pageSize-1
		page, n, err := s.listPage(ctx, args, part, state, prefix)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, page...)
		if n < pageSize {
			break
		}
	}
	return jobs, nil
}

// listPage returns those of a page of n keys that have the prefix.
func (s *Store) listPage(ctx context.Context, args redis.ZRangeArgs, part int, state schedule.State, prefix string) (page []schedule.Job, n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	zs, err := s.rdb.ZRangeArgsWithScores(ctx, args).Result()
	if err != nil {
		return nil, 0, err
	}
	var keys []string
	var scores []float64
	for _, z := range zs {
		if key, _ := z.Member.(string); strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
			scores = append(scores, z.Score)
		}
	}
	if len(keys) == 0 {
		return nil, len(zs), nil
	}
	records, err := s.rdb.HMGet(ctx, jobsKey(part), keys...).Result()
	if err != nil {
		return nil, 0, err
	}
	for i, record := range texts(records) {
		if record == "" {
			continue // gone in between
		}
		j, err := unpackJob(part, keys[i], record)
		if err != nil {
			return nil, 0, err
		}
		j.State, j.At = state, time.UnixMilli(int64(scores[i])).UTC()
		page = append(page, j)
	}
	return page, len(zs), nil
}

// Revive implements schedule.Queue.
func (s *Store) Revive(ctx context.Context, part int, key string, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	record, err := s.rdb.HGet(ctx, jobsKey(part), key).Result()
	if errors.Is(err, redis.Nil) {
		return fmt.Errorf("revive job %s: %w", key, schedule.ErrNoJob)
	}
	if err != nil {
		return fmt.Errorf("revive job %s: %w", key, err)
	}
	j, err := unpackJob(part, key, record)
	if err != nil {
		return fmt.Errorf("revive job %s: %w", key, err)
	}
	// It begins again; but what was meant before an effect is still to be
	// looked at, since the effect may have happened.
	j.Due, j.Attempt, j.Reason = now, 0, ""
	if err := s.revive(ctx, part, key, packJob(j), now); err != nil {
		return fmt.Errorf("revive job %s: %w", key, err)
	}
	return nil
}

// Drop implements schedule.Queue.
func (s *Store) Drop(ctx context.Context, part int, key string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := s.revive(ctx, part, key, "", time.Time{}); err != nil {
		return fmt.Errorf("drop job %s: %w", key, err)
	}
	return nil
}

func (s *Store) revive(ctx context.Context, part int, key, record string, due time.Time) error {
	found, err := s.write(ctx, reviveScript,
		[]string{queueKey(part), jobsKey(part), deadKey(part), skippedKey(part)}, key, record, millis(due))
	if err != nil {
		return err
	}
	if found != int64(1) {
		return schedule.ErrNoJob
	}
	return nil
}
