package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// leaseKept is how long a lease that nobody prolongs, and the note with it, are
// kept. A lease has long ended by then, and nobody can use the note.
const leaseKept = time.Hour

// Hold takes a lease or prolongs it, and tells whether holder has it now. It
// lasts for d from Redis's time on; one that has ended is anybody's.
func (s *Store) Hold(ctx context.Context, name, holder string, d time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	now, err := s.rdb.Time(ctx).Result() // replicas' clocks may differ
	if err != nil {
		return false, fmt.Errorf("hold %s: %w", name, err)
	}
	return s.lease(ctx, "hold", name, holder, now, millis(now.Add(d)), "")
}

// Release gives a lease back at once; one that holder does not have stays.
func (s *Store) Release(ctx context.Context, name, holder string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.lease(ctx, "release", name, holder, time.Time{}, "0", "")
	return err
}

// Leave leaves a note for whoever holds a lease next. It does nothing unless
// holder has the lease, or had it last.
func (s *Store) Leave(ctx context.Context, name, holder, note string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.lease(ctx, "leave a note with", name, holder, time.Time{}, "", note)
	return err
}

// Left returns the note that was left last with a lease; empty: none was, or
// so long ago that it is no longer of use.
func (s *Store) Left(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	note, err := s.rdb.HGet(ctx, leaseKey(name), "n").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read the note with %s: %w", name, err)
	}
	return note, nil
}

func (s *Store) lease(ctx context.Context, what, name, holder string, now time.Time, until, note string) (bool, error) {
	at := "0"
	if !now.IsZero() {
		at = millis(now)
	}
	kept := strconv.FormatInt(leaseKept.Milliseconds(), 10)
	result, err := s.write(ctx, leaseScript, []string{leaseKey(name)}, holder, at, until, note, kept)
	if err != nil {
		return false, fmt.Errorf("%s %s: %w", what, name, err)
	}
	return result == int64(1), nil
}
