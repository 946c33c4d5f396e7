package redisstore

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/schedule"
)

// A Depth is how many jobs there are, and how long the one that is due longest
// has waited. Jobs that are being carried out wait for the end of their lease.
type Depth struct {
	Waiting int // due or not
	Due     int // of them
	Dead    int
	Skipped int
	Overdue time.Duration // 0 while none is due
}

// Depth asks every partition for its number of jobs, in one round trip that
// reads none of them.
func (s *Store) Depth(ctx context.Context, now time.Time) (Depth, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	type counts struct {
		waiting, due, dead, skipped *redis.IntCmd
		head                        *redis.ZSliceCmd
	}
	var parts [schedule.Partitions]counts
	pipe := s.rdb.Pipeline()
	for part := range parts {
		parts[part] = counts{
			waiting: pipe.ZCard(ctx, queueKey(part)),
			due:     pipe.ZCount(ctx, queueKey(part), "-inf", millis(now)),
			dead:    pipe.ZCard(ctx, deadKey(part)),
			skipped: pipe.ZCard(ctx, skippedKey(part)),
			head:    pipe.ZRangeWithScores(ctx, queueKey(part), 0, 0),
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return Depth{}, fmt.Errorf("count the jobs: %w", err)
	}
	var d Depth
	for _, c := range parts {
		d.Waiting += int(c.waiting.Val())
		d.Due += int(c.due.Val())
		d.Dead += int(c.dead.Val())
		d.Skipped += int(c.skipped.Val())
		for _, z := range c.head.Val() {
			d.Overdue = max(d.Overdue, now.Sub(time.UnixMilli(int64(z.Score))))
		}
	}
	return d, nil
}

// Journal returns the bytes of the embedded default's journal, now and when it
// was last compacted, which is at each start; false on a real server.
func (s *Store) Journal() (now, compact int64, ok bool) {
	if s.embedded == nil {
		return 0, 0, false
	}
	now, compact = s.embedded.journal.size()
	return now, compact, true
}
