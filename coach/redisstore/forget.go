package redisstore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"studycoach/coach"
)

// scanBatch is about how many keys one step of a sweep looks at. The embedded
// server's cursors are offsets, which removals shift, so there it is one step.
func (s *Store) scanBatch() int64 {
	if s.embedded != nil {
		return math.MaxInt32
	}
	return 500
}

// eraseJobs removes every trace of the jobs of a partition whose keys have one of
// the accounts as a part, in steps of bounded size.
func (s *Store) eraseJobs(ctx context.Context, part int, who []coach.UserRef) error {
	for _, key := range []string{queueKey(part), doneKey(part), deadKey(part), skippedKey(part)} {
		for cursor, more := uint64(0), true; more; more = cursor != 0 {
			found, next, err := s.rdb.ZScan(ctx, key, cursor, "", s.scanBatch()).Result()
			if err != nil {
				return fmt.Errorf("look for jobs of a learner: %w", err)
			}
			cursor = next
			var names []any
			for member := range slices.Chunk(found, 2) { // and its score
				if slices.ContainsFunc(who, func(u coach.UserRef) bool { return hasPart(member[0], string(u)) }) {
					names = append(names, member[0])
				}
			}
			for batch := range slices.Chunk(names, addBatch) {
				if _, err := s.write(ctx, eraseScript, []string{
					queueKey(part), jobsKey(part), doneKey(part), deadKey(part), skippedKey(part),
				}, batch...); err != nil {
					return fmt.Errorf("erase jobs of a learner: %w", err)
				}
			}
		}
	}
	return nil
}

// hasPart tells whether a job's key has id as one of its parts, which slashes
// separate; the id itself may hold slashes.
func hasPart(key, id string) bool {
	return strings.Contains("/"+key+"/", "/"+id+"/")
}
