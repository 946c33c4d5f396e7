package redisstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/schedule"
)

// The indexes of rooms and accounts lie outside the partitions, so they cannot
// change in the commit itself. An entry is written before the commit that makes
// it true and removed after the one that makes it false; in between, or after a
// crash, an entry may say too much, never too little. Whoever reads one checks
// it against the cohort and the learner.

// claimLife is how long a room's claim stands whose cohort is not there (yet).
// Every update ends long before.
const claimLife = time.Minute

// indexChange is what a change makes findable, and what it no longer is.
type indexChange struct {
	cohort         coach.CohortID
	claim, release []coach.RoomID
	add            []coach.UserRef
	drop           []coach.UserRef
}

func newIndexChange(sc coach.Scope, l loaded, c coach.Change) (indexChange, error) {
	x := indexChange{cohort: sc.Cohort}
	if c.Learner != nil && l.learner == "" {
		x.add = append(x.add, sc.Learner)
	}
	if c.Forget {
		x.drop = append(x.drop, l.accounts(sc.Learner)...)
	}
	if c.Cohort == nil {
		return x, nil
	}
	was := &coach.Cohort{} // the loaded one was given away
	if l.cohort != "" {
		var err error
		if was, err = unpackCohort(sc.Cohort, l.cohort); err != nil {
			return x, err
		}
	}
	x.claim, x.release = difference(c.Cohort.Rooms, was.Rooms), difference(was.Rooms, c.Cohort.Rooms)
	x.add = append(x.add, difference(c.Cohort.Leads, was.Leads)...)
	x.drop = append(x.drop, difference(was.Leads, c.Cohort.Leads)...)
	return x, nil
}

// difference returns what a holds and b does not.
func difference[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(v T) bool { return slices.Contains(b, v) })
}

// beforeCommit makes findable what the commit is about to put.
func (s *Store) beforeCommit(ctx context.Context, x indexChange) error {
	for _, room := range x.claim {
		if err := s.claimRoom(ctx, room, x.cohort); err != nil {
			return fmt.Errorf("room %s: %w", room, err)
		}
	}
	return s.addUsers(ctx, x)
}

// afterCommit removes what is findable no longer.
func (s *Store) afterCommit(ctx context.Context, x indexChange) error {
	var errs []error
	for _, room := range x.release {
		_, err := s.write(ctx, roomScript, []string{roomKey(room)}, string(x.cohort)+" ", "")
		errs = append(errs, err)
	}
	// Again, in case a commit that drops the account passed in between.
	errs = append(errs, s.addUsers(ctx, x))
	for _, u := range x.drop {
		errs = append(errs, s.dropUser(ctx, u, x.cohort))
	}
	return errors.Join(errs...)
}

func (s *Store) addUsers(ctx context.Context, x indexChange) error {
	for _, u := range x.add {
		if err := s.send(ctx, userKey(u), redis.NewIntCmd(ctx, "hset", userKey(u), string(x.cohort), "")); err != nil {
			return fmt.Errorf("index of accounts: %w", err)
		}
	}
	return nil
}

// dropUser takes a cohort off an account, and puts it back when the account
// belongs there still, or again.
func (s *Store) dropUser(ctx context.Context, u coach.UserRef, c coach.CohortID) error {
	if err := s.send(ctx, userKey(u), redis.NewIntCmd(ctx, "hdel", userKey(u), string(c))); err != nil {
		return fmt.Errorf("index of accounts: %w", err)
	}
	belongs, err := s.belongs(ctx, u, c)
	if err != nil || !belongs {
		return err
	}
	return s.addUsers(ctx, indexChange{cohort: c, add: []coach.UserRef{u}})
}

// belongs tells whether an account is a learner, linked to one, or a lead of a
// cohort.
func (s *Store) belongs(ctx context.Context, u coach.UserRef, c coach.CohortID) (bool, error) {
	l, err := s.load(ctx, coach.Scope{Cohort: c, Learner: u})
	if err != nil {
		return false, err
	}
	return l.state.Learner != nil || l.state.Of != "" || (l.state.Cohort != nil && l.state.Cohort.IsLead(u)), nil
}

// claimRoom claims a room for a cohort. A claim that is older than claimLife
// and whose cohort does not live in the room was left by a crash and is
// replaced.
func (s *Store) claimRoom(ctx context.Context, room coach.RoomID, c coach.CohortID) error {
	now, err := s.rdb.Time(ctx).Result() // whose claim is stale is no question of our clock
	if err != nil {
		return err
	}
	claim := string(c) + " " + millis(now)
	stale := ""
	for range 3 {
		result, err := s.write(ctx, roomScript, []string{roomKey(room)}, claim, stale)
		if err != nil {
			return err
		}
		stands, _ := result.(string)
		owner, at := readClaim(stands)
		if owner == c {
			return nil
		}
		lives, err := s.livesIn(ctx, owner, room)
		if err != nil {
			return err
		}
		if lives || now.Sub(at) < claimLife {
			return coach.ErrRoomTaken
		}
		stale = stands
	}
	return coach.ErrRoomTaken
}

func readClaim(claim string) (coach.CohortID, time.Time) {
	id, ms, _ := strings.Cut(claim, " ")
	var at int64
	for _, digit := range []byte(ms) {
		at = 10*at + int64(digit-'0')
	}
	return coach.CohortID(id), time.UnixMilli(at)
}

func (s *Store) livesIn(ctx context.Context, c coach.CohortID, room coach.RoomID) (bool, error) {
	l, err := s.load(ctx, coach.Scope{Cohort: c})
	if err != nil {
		return false, err
	}
	return l.state.Cohort != nil && slices.Contains(l.state.Cohort.Rooms, room), nil
}

// CohortIn implements coach.Store.
func (s *Store) CohortIn(ctx context.Context, room coach.RoomID) (coach.CohortID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	claim, err := s.rdb.Get(ctx, roomKey(room)).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("cohort in %s: %w", room, coach.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("cohort in %s: %w", room, err)
	}
	id, _ := readClaim(claim)
	lives, err := s.livesIn(ctx, id, room)
	if err != nil {
		return "", fmt.Errorf("cohort in %s: %w", room, err)
	}
	if !lives {
		return "", fmt.Errorf("cohort in %s: %w", room, coach.ErrNotFound)
	}
	return id, nil
}

// CohortsOf implements coach.Store.
func (s *Store) CohortsOf(ctx context.Context, u coach.UserRef) ([]coach.CohortID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ids, err := s.rdb.HKeys(ctx, userKey(u)).Result()
	if err != nil {
		return nil, fmt.Errorf("cohorts of %s: %w", u, err)
	}
	slices.Sort(ids)
	var cohorts []coach.CohortID
	for _, id := range ids {
		belongs, err := s.belongs(ctx, u, coach.CohortID(id))
		if err != nil {
			return nil, fmt.Errorf("cohorts of %s: %w", u, err)
		}
		if belongs {
			cohorts = append(cohorts, coach.CohortID(id))
		}
	}
	return cohorts, nil
}

// CohortsAt implements coach.Store.
func (s *Store) CohortsAt(ctx context.Context, part int) ([]coach.CohortID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	members, err := s.rdb.SMembers(ctx, cohortsKey(part)).Result()
	if err != nil {
		return nil, fmt.Errorf("cohorts of partition %d: %w", part, err)
	}
	slices.Sort(members)
	var ids []coach.CohortID
	for _, id := range members {
		ids = append(ids, coach.CohortID(id))
	}
	return ids, nil
}

// Cohorts returns the ids of all cohorts, in their order, of those that are over
// or only left traces, too.
func (s *Store) Cohorts(ctx context.Context) ([]coach.CohortID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	pipe := s.rdb.Pipeline()
	var parts [schedule.Partitions]*redis.StringSliceCmd
	for part := range parts {
		parts[part] = pipe.SMembers(ctx, cohortsKey(part))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list the cohorts: %w", err)
	}
	var ids []coach.CohortID
	for _, part := range parts {
		for _, id := range part.Val() {
			ids = append(ids, coach.CohortID(id))
		}
	}
	slices.Sort(ids)
	return ids, nil
}
