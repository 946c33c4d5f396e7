package redisstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
)

// pageSize is how many records are read in one round trip.
const pageSize = 200

// Learners implements coach.Store.
func (s *Store) Learners(ctx context.Context, c coach.CohortID, after coach.LearnerID, max int) ([]coach.Learner, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var learners []coach.Learner
	for len(learners) < max {
		want := min(max-len(learners), pageSize)
		page, last, err := s.learnersPage(ctx, c, after, want)
		if err != nil {
			return nil, fmt.Errorf("learners of cohort %s: %w", c, err)
		}
		learners = append(learners, page...)
		if last == "" {
			break
		}
		after = last
	}
	return learners, nil
}

// learnersPage reads up to n learners. One who is forgotten in between is left
// out. last is the id to go on after, empty at the end.
func (s *Store) learnersPage(ctx context.Context, c coach.CohortID, after coach.LearnerID, n int) (page []coach.Learner, last coach.LearnerID, err error) {
	ids, err := s.rdb.ZRangeByLex(ctx, learnersKey(c), &redis.ZRangeBy{Min: "(" + string(after), Max: "+", Count: int64(n)}).Result()
	if err != nil || len(ids) == 0 {
		return nil, "", err
	}
	asked := make([]coach.LearnerID, len(ids))
	for i, id := range ids {
		asked[i] = coach.LearnerID(id)
	}
	if page, err = s.learners(ctx, c, asked); err != nil {
		return nil, "", err
	}
	if len(ids) == n {
		last = asked[n-1]
	}
	return page, last, nil
}

// learners reads those of these learners who are there, in this order.
func (s *Store) learners(ctx context.Context, c coach.CohortID, ids []coach.LearnerID) (found []coach.Learner, err error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = learnerKey(c, id)
	}
	records, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		_, record := cutVersion(records[i])
		if record == "" {
			continue
		}
		l, err := unpackLearner(c, id, record)
		if err != nil {
			return nil, err
		}
		if l.Of == "" {
			found = append(found, *l)
		}
	}
	return found, nil
}

// Named implements coach.Store.
func (s *Store) Named(ctx context.Context, c coach.CohortID, ids []coach.LearnerID) (map[coach.LearnerID]coach.Learner, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found := make(map[coach.LearnerID]coach.Learner, len(ids))
	for some := range slices.Chunk(ids, pageSize) {
		learners, err := s.learners(ctx, c, some)
		if err != nil {
			return nil, fmt.Errorf("learners of cohort %s: %w", c, err)
		}
		for _, l := range learners {
			found[l.ID] = l
		}
	}
	return found, nil
}

// Tally implements coach.Store.
func (s *Store) Tally(ctx context.Context, c coach.CohortID, name string) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	counts, err := s.rdb.HGetAll(ctx, tallyKey(c, name)).Result()
	if err != nil {
		return nil, fmt.Errorf("tally %s of cohort %s: %w", name, c, err)
	}
	tally := make(map[string]int, len(counts))
	for field, count := range counts {
		if tally[field], err = strconv.Atoi(count); err != nil {
			return nil, fmt.Errorf("tally %s of cohort %s: %w", name, c, err)
		}
	}
	return tally, nil
}

// Top implements coach.Store.
func (s *Store) Top(ctx context.Context, c coach.CohortID, board string, n int) ([]coach.Rank, error) {
	if n <= 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	top, err := s.rdb.ZRangeWithScores(ctx, boardKey(c, board), 0, int64(n-1)).Result()
	if err != nil {
		return nil, fmt.Errorf("board %s of cohort %s: %w", board, c, err)
	}
	ranks := make([]coach.Rank, len(top))
	for i, z := range top {
		id, _ := z.Member.(string)
		ranks[i] = coach.Rank{Board: board, Learner: coach.LearnerID(id), Score: -int(z.Score)}
	}
	return ranks, nil
}

// Ranked implements coach.Store.
func (s *Store) Ranked(ctx context.Context, c coach.CohortID, board string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	n, err := s.rdb.ZCard(ctx, boardKey(c, board)).Result()
	if err != nil {
		return 0, fmt.Errorf("board %s of cohort %s: %w", board, c, err)
	}
	return int(n), nil
}

// Ready implements coach.Store. It writes.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := s.send(ctx, readyKey, redis.NewCmd(ctx, "set", readyKey, "1", "ex", 60)); err != nil {
		return fmt.Errorf("the store cannot be written to: %w", err)
	}
	return nil
}
