package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"studycoach/schedule"
)

// schemaVersion is the version of the keys and their shapes as a whole. A store
// of a newer one is not opened. An older one is taken over: its records are read
// by the versions they carry, and written anew as each next changes. TestFormat
// holds what a version looks like.
const schemaVersion = 3

// oldestSchema is the earliest that can be taken over: no release wrote an
// earlier one.
const oldestSchema = 2

// Fields of metaKey.
const (
	metaSchema     = "schema"
	metaPartitions = "partitions"
	metaRestoring  = "restoring" // there while a restore is not finished: when it began
)

// ErrNewer says that data was written by a newer program.
var ErrNewer = errors.New("written by a newer studycoach")

// readable tells whether this program reads what was written by schema.
func readable(schema int) error {
	switch {
	case schema > schemaVersion:
		return fmt.Errorf("the data was %w (schema %d, this one knows %d): please update", ErrNewer, schema, schemaVersion)
	case schema < oldestSchema:
		return fmt.Errorf("the data has schema %d, of a studycoach before its first release; this one reads %d and later", schema, oldestSchema)
	}
	return nil
}

// ErrHalfRestored says that a restore into the store was begun and not finished.
var ErrHalfRestored = errors.New("a restore was begun here and not finished; run studycoach restore again, it begins anew")

// meta reads what is known of the store, nothing of a new one. It refuses one
// that this program cannot read.
func (s *Store) meta(ctx context.Context) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	meta, err := s.rdb.HGetAll(ctx, metaKey).Result()
	if err != nil {
		return nil, fmt.Errorf("meta data: %w", err)
	}
	if schema := meta[metaSchema]; schema != "" {
		if err := readable(atoi(schema)); err != nil {
			return nil, err
		}
	}
	if have := meta[metaPartitions]; have != "" && have != strconv.Itoa(schedule.Partitions) {
		return nil, fmt.Errorf("the data has partitions %s, this studycoach wants %d", have, schedule.Partitions)
	}
	return meta, nil
}

// takeOver makes a new store, or an older one, one of this program's.
func (s *Store) takeOver(ctx context.Context) error {
	for field, value := range map[string]int{metaSchema: schemaVersion, metaPartitions: schedule.Partitions} {
		if err := s.putMeta(ctx, "hsetnx", field, value); err != nil {
			return err
		}
	}
	meta, err := s.meta(ctx)
	if err != nil {
		return err
	}
	if since := meta[metaRestoring]; since != "" {
		return fmt.Errorf("%w (it began at %s)", ErrHalfRestored, since)
	}
	if atoi(meta[metaSchema]) < schemaVersion {
		return s.putMeta(ctx, "hset", metaSchema, schemaVersion)
	}
	return nil
}

func (s *Store) putMeta(ctx context.Context, command, field string, value any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// No replica is waited for: every start writes it anew, also while there is none.
	if err := s.rdb.Process(ctx, redis.NewCmd(ctx, command, metaKey, field, value)); err != nil {
		return fmt.Errorf("meta data: %w", err)
	}
	return nil
}
