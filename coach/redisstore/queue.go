package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/schedule"
)

const (
	addBatch   = 100 // jobs that one script adds or erases
	claimBatch = 100 // jobs that one script claims
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

// Claim implements schedule.Queue. It asks every partition since when it has
// jobs due and how many, in one round trip, and then leases a share in each that
// has some; see shares. Jobs that were leased by an answer that is lost wait for
// the end of the lease.
func (s *Store) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]schedule.Job, error) {
	if max <= 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	shares, err := s.shares(ctx, now, max)
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	var (
		claims  sync.WaitGroup
		claimed [schedule.Partitions][]schedule.Job
		errs    [schedule.Partitions]error
	)
	for part, n := range shares {
		if n > 0 {
			claims.Go(func() { claimed[part], errs[part] = s.claimPart(ctx, part, now, lease, n) })
		}
	}
	claims.Wait()
	jobs := slices.Concat(claimed[:]...)
	if err := errors.Join(errs[:]...); err != nil {
		if len(jobs) == 0 {
			return nil, fmt.Errorf("claim jobs: %w", err)
		}
		// Those that are leased already are not to wait for the lease's end.
		s.log.WarnContext(ctx, "claimed only in part", "err", err)
	}
	slices.SortStableFunc(jobs, func(a, b schedule.Job) int { return a.Due.Compare(b.Due) })
	return jobs, nil
}

// claimPart leases the n most overdue jobs of a partition.
func (s *Store) claimPart(ctx context.Context, part int, now time.Time, lease time.Duration, n int) (jobs []schedule.Job, err error) {
	deadline := time.UnixMilli(now.Add(lease).UnixMilli()).UTC()
	for n > 0 {
		batch := min(n, claimBatch)
		result, err := s.query(ctx, claimScript, []string{queueKey(part), jobsKey(part)}, millis(now), millis(deadline), batch)
		if err != nil {
			return jobs, fmt.Errorf("partition %d: %w", part, err)
		}
		records := texts(result)
		for record := range slices.Chunk(records, 2) {
			j, err := unpackJob(part, record[0], record[1])
			if err != nil {
				// Whoever can read it finds it at the end of the lease; the others need
				// not wait for that.
				s.log.ErrorContext(ctx, "a job cannot be read", "err", err)
				continue
			}
			j.Lease = deadline
			jobs = append(jobs, j)
		}
		if len(records) < 2*batch {
			break
		}
		n -= batch
	}
	return jobs, nil
}

// shares says how many jobs to claim in each partition, max in all: one in each
// in turn, beginning with the one whose job is the most overdue, for as long as
// they have some due. A backlog in one partition so holds up no other.
func (s *Store) shares(ctx context.Context, now time.Time, max int) (shares [schedule.Partitions]int, err error) {
	var (
		pipe  = s.rdb.Pipeline()
		upTo  = millis(now)
		heads [schedule.Partitions]*redis.ZSliceCmd
		count [schedule.Partitions]*redis.IntCmd
	)
	for part := range heads {
		heads[part] = pipe.ZRangeByScoreWithScores(ctx, queueKey(part), &redis.ZRangeBy{Min: "-inf", Max: upTo, Count: 1})
		count[part] = pipe.ZCount(ctx, queueKey(part), "-inf", upTo)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return shares, err
	}
	var parts []int // with something due
	for part, head := range heads {
		if len(head.Val()) > 0 {
			parts = append(parts, part)
		}
	}
	slices.SortStableFunc(parts, func(a, b int) int { return cmp.Compare(heads[a].Val()[0].Score, heads[b].Val()[0].Score) })
	for len(parts) > 0 {
		for _, part := range parts {
			if max == 0 {
				return shares, nil
			}
			shares[part]++
			max--
		}
		parts = slices.DeleteFunc(parts, func(part int) bool { return shares[part] >= int(count[part].Val()) })
	}
	return shares, nil
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
