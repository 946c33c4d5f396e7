package redisstore

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Dump returns everything that is stored, as text by key: a line for each
// field, item or member. It reads key by key and is meant for tests and small
// installations.
func (s *Store) Dump(ctx context.Context) (map[string]string, error) {
	var mu sync.Mutex // masters are read at the same time
	var keys []string
	err := s.eachMaster(ctx, func(ctx context.Context, rdb redis.Cmdable) error {
		return s.eachKeys(ctx, rdb, func(page []string) error {
			mu.Lock()
			defer mu.Unlock()
			keys = append(keys, page...)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	dump := make(map[string]string, len(keys))
	for _, key := range keys {
		text, err := s.dumpKey(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("dump %s: %w", key, err)
		}
		dump[key] = text
	}
	return dump, nil
}

// eachKeys calls do for all keys of a master, page by page; for one twice, it may
// be.
func (s *Store) eachKeys(ctx context.Context, rdb redis.Cmdable, do func(keys []string) error) error {
	for cursor, more := uint64(0), true; more; more = cursor != 0 {
		page, next, err := rdb.Scan(ctx, cursor, "sc:*", s.scanBatch()).Result()
		if err != nil {
			return err
		}
		cursor = next
		if err := do(page); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) dumpKey(ctx context.Context, key string) (string, error) {
	kind, err := s.rdb.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	var lines []string
	switch kind {
	case "string":
		return s.rdb.Get(ctx, key).Result()
	case "list":
		lines, err = s.rdb.LRange(ctx, key, 0, -1).Result()
	case "set":
		lines, err = s.rdb.SMembers(ctx, key).Result()
	case "hash":
		var fields map[string]string
		fields, err = s.rdb.HGetAll(ctx, key).Result()
		for field, value := range fields {
			lines = append(lines, field+" "+value)
		}
	case "zset":
		var members []redis.Z
		members, err = s.rdb.ZRangeWithScores(ctx, key, 0, -1).Result()
		for _, z := range members {
			lines = append(lines, fmt.Sprintf("%s %g", z.Member, z.Score))
		}
	}
	return strings.Join(lines, "\n"), err
}
