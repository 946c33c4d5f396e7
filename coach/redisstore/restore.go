package redisstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/schedule"
)

// ErrNotEmpty says that there is data where a backup is to be restored.
var ErrNotEmpty = errors.New("there is data already")

// ErrInUse says that a bot seems to run on the store that is to be replaced.
var ErrInUse = errors.New("a bot was seen on this store")

// RestoreOptions say what Restore may do.
type RestoreOptions struct {
	// Replace has Restore remove what the store holds.
	Replace bool
}

// Restored says what Restore has done.
type Restored struct {
	Contents        // of the backup
	Removed  Totals // what had been there; its entries are not counted
}

// Verify reads a backup from its start to its end and makes sure that Restore
// can restore it. It fails with ErrBackup or ErrNewer.
func Verify(ctx context.Context, file io.ReadSeeker) (Contents, error) {
	c, last, err := survey(ctx, file)
	if err == nil {
		err = latest(ctx, file, last, c.Totals, func(piece) error { return nil })
	}
	if err != nil {
		return c, fmt.Errorf("verify the backup: %w", err)
	}
	return c, nil
}

// Restore puts a backup into a store, whatever kind either is of. Before
// anything is written the backup is verified. The store must be empty, or
// RestoreOptions.Replace must be set.
//
// No bot may run on the store. An embedded one says so, with ErrLocked. On Redis
// a bot whose readiness was asked for in the last minute is noticed, and the
// answer is ErrInUse; one that is not noticed would work with what is half there.
//
// From the first write to the last the store is marked, and Open refuses it with
// ErrHalfRestored. To restore again begins anew.
func Restore(ctx context.Context, o Options, file io.ReadSeeker, r RestoreOptions) (done Restored, err error) {
	c, last, err := survey(ctx, file)
	if err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	done.Contents = c
	s := newStore(o)
	if err := s.connect(o); err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	if err = s.prepare(ctx); err == nil {
		done.Removed, err = s.clear(ctx, r.Replace)
	}
	if err == nil {
		err = latest(ctx, file, last, c.Totals, func(p piece) error { return s.put(ctx, p) })
	}
	if err == nil {
		err = s.finishRestore(ctx)
	}
	if err != nil {
		err = fmt.Errorf("restore: %w", err)
	}
	return done, errors.Join(err, s.Close())
}

// survey reads a backup to its end, and returns of what comes repeatedly the
// number of the last piece.
func survey(ctx context.Context, file io.ReadSeeker) (Contents, map[string]int, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Contents{}, nil, err
	}
	last := map[string]int{}
	c, err := readBackup(ctx, file, func(n int, p piece) error {
		if name, repeated := p.name(); repeated {
			last[name] = n
		}
		return nil
	})
	return c, last, err
}

// latest calls do for every piece of a surveyed backup that no later one stands
// for, and compares what they hold with what the backup says that it holds.
func latest(ctx context.Context, file io.ReadSeeker, last map[string]int, want Totals, do func(piece) error) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var have Totals
	_, err := readBackup(ctx, file, func(n int, p piece) error {
		name, _ := p.name()
		if final, ok := last[name]; ok && n < final {
			return nil
		}
		have.add(p.totals())
		return do(p)
	})
	if err == nil && have != want {
		err = fmt.Errorf("%w: it holds %+v, and should hold %+v", ErrBackup, have, want)
	}
	return err
}

// clear makes the store an empty one that is marked as half restored, and
// returns what it has removed.
func (s *Store) clear(ctx context.Context, replace bool) (Totals, error) {
	meta, err := s.meta(ctx)
	if err != nil {
		return Totals{}, err
	}
	if err := s.unused(ctx); err != nil {
		return Totals{}, err
	}
	was, err := s.holds(ctx)
	if err != nil {
		return Totals{}, err
	}
	empty, begun := was == Totals{}, meta[metaRestoring] != ""
	if !empty && !begun && !replace {
		return Totals{}, fmt.Errorf("%w: %d cohorts with %d learners, and %d jobs", ErrNotEmpty, was.Cohorts, was.Learners, was.Jobs)
	}
	for _, field := range []struct {
		name  string
		value any
	}{
		{metaRestoring, time.Now().UTC().Format(time.RFC3339)}, // first of all
		{metaSchema, schemaVersion},
		{metaPartitions, schedule.Partitions},
	} {
		if err := s.putMeta(ctx, "hset", field.name, field.value); err != nil {
			return Totals{}, err
		}
	}
	if empty && !begun {
		return Totals{}, nil
	}
	return was, s.erase(ctx)
}

// unused fails if a bot can be seen on the store.
func (s *Store) unused(ctx context.Context) error {
	if s.embedded != nil { // whose lock we have
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	left, err := s.rdb.PTTL(ctx, readyKey).Result()
	if err != nil || left < 0 {
		return err
	}
	return fmt.Errorf("%w less than a minute ago: stop every bot, and try again in %s", ErrInUse, left.Round(time.Second)+time.Second)
}

// holds tells how much a store holds.
func (s *Store) holds(ctx context.Context) (t Totals, err error) {
	for part := range schedule.Partitions {
		p, err := s.partHolds(ctx, part)
		if err != nil {
			return t, err
		}
		t.add(p)
	}
	return t, nil
}

func (s *Store) partHolds(ctx context.Context, part int) (t Totals, err error) {
	cohorts, err := s.names(ctx, cohortsKey(part))
	if err != nil {
		return t, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	pipe := s.rdb.Pipeline()
	jobs, done := pipe.HLen(ctx, jobsKey(part)), pipe.ZCard(ctx, doneKey(part))
	learners := make([]*redis.IntCmd, len(cohorts))
	for i, c := range cohorts {
		learners[i] = pipe.ZCard(ctx, learnersKey(coach.CohortID(c)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return t, err
	}
	t = Totals{Cohorts: len(cohorts), Jobs: int(jobs.Val()), Done: int(done.Val())}
	for _, n := range learners {
		t.Learners += int(n.Val())
	}
	return t, nil
}

// erase removes every key but the one that says what is going on.
func (s *Store) erase(ctx context.Context) error {
	err := s.eachMaster(ctx, func(ctx context.Context, rdb redis.Cmdable) error {
		return s.eachKeys(ctx, rdb, func(keys []string) error {
			pipe := rdb.Pipeline()
			for _, key := range keys {
				if key != metaKey {
					pipe.Unlink(ctx, key)
				}
			}
			_, err := pipe.Exec(ctx)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("remove what was there: %w", err)
	}
	return nil
}

func (s *Store) finishRestore(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.send(ctx, metaKey, redis.NewCmd(ctx, "hdel", metaKey, metaRestoring))
}

// put stores a piece. To put it again changes nothing, so that go-redis may.
func (s *Store) put(ctx context.Context, p piece) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch p := p.(type) {
	case *savedCohort:
		return s.putCohort(ctx, p)
	case *savedLearner:
		return s.putLearner(ctx, p)
	case *savedJobs:
		return s.putJobs(ctx, p)
	}
	return fmt.Errorf("there is no way to put a %T", p)
}

func (s *Store) putCohort(ctx context.Context, c *savedCohort) error {
	var b batch
	b.add("sadd", cohortsKey(c.id.Part()), string(c.id))
	if c.version != "" {
		b.add("set", cohortKey(c.id), c.version+c.record)
	}
	b.hash(announcementsKey(c.id), c.announcements)
	for name, counts := range c.tallies {
		b.add("sadd", talliesKey(c.id), name)
		b.hash(tallyKey(c.id, name), counts)
	}
	for _, board := range c.boards {
		b.add("sadd", boardsKey(c.id), board)
	}
	for account, r := range c.receipts {
		b.receipts(receiptsKey(c.id, coach.LearnerID(account)), r)
	}
	if err := s.send(ctx, cohortKey(c.id), b...); err != nil {
		return fmt.Errorf("cohort %s: %w", c.id, err)
	}
	if c.record == "" {
		return nil
	}
	// What is findable follows from the record.
	co, err := unpackCohort(c.id, c.record)
	if err != nil {
		return err
	}
	for _, room := range co.Rooms {
		// Of two that claim a room, having been read at two moments, the later one has it.
		claim := redis.NewCmd(ctx, "set", roomKey(room), string(c.id)+" "+millis(time.Now()))
		if err := s.send(ctx, roomKey(room), claim); err != nil {
			return fmt.Errorf("room %s: %w", room, err)
		}
	}
	return s.addUsers(ctx, indexChange{cohort: c.id, add: co.Leads})
}

func (s *Store) putLearner(ctx context.Context, l *savedLearner) error {
	if l.record == "" {
		return nil // forgotten
	}
	var b batch
	b.add("zadd", learnersKey(l.cohort), 0, string(l.id))
	b.add("set", learnerKey(l.cohort, l.id), l.version+l.record)
	b.add("del", entriesKey(l.cohort, l.id))
	for page := range slices.Chunk(l.entries, pageSize) {
		b.add("rpush", entriesKey(l.cohort, l.id), values(page)...)
	}
	b.hash(cardsKey(l.cohort, l.id), l.cards)
	b.hash(assessmentsKey(l.cohort, l.id), l.assessments)
	b.receipts(receiptsKey(l.cohort, l.id), l.receipts)
	for board, score := range l.ranks {
		b.add("zadd", boardKey(l.cohort, board), score, string(l.id))
	}
	if err := s.send(ctx, learnerKey(l.cohort, l.id), b...); err != nil {
		return fmt.Errorf("learner %s of cohort %s: %w", l.id, l.cohort, err)
	}
	return s.addUsers(ctx, indexChange{cohort: l.cohort, add: []coach.UserRef{l.id}})
}

func (s *Store) putJobs(ctx context.Context, saved *savedJobs) error {
	parts := map[int]batch{}
	for _, j := range saved.jobs {
		part := saved.part % schedule.Partitions
		if j.cohort != "" {
			part = j.cohort.Part()
		}
		b := parts[part]
		at := map[schedule.State]string{
			schedule.Waiting: queueKey(part), schedule.Dead: deadKey(part), schedule.Skipped: skippedKey(part), stateDone: doneKey(part),
		}[j.state]
		if j.state != stateDone {
			b.add("hset", jobsKey(part), j.key, j.record)
		}
		b.add("zadd", at, j.score, j.key)
		parts[part] = b
	}
	for part, b := range parts {
		if err := s.send(ctx, queueKey(part), b...); err != nil {
			return fmt.Errorf("jobs of partition %d: %w", part, err)
		}
	}
	return nil
}

// A batch is commands on keys of one partition that go together.
type batch []redis.Cmder

func (b *batch) add(command, key string, args ...any) {
	*b = append(*b, redis.NewCmd(context.Background(), append([]any{command, key}, args...)...))
}

func (b *batch) hash(key string, fields map[string]string) {
	var args []any
	for field, value := range fields {
		args = append(args, field, value)
	}
	for page := range slices.Chunk(args, 2*pageSize) {
		b.add("hset", key, page...)
	}
}

func (b *batch) receipts(key string, r savedReceipts) {
	if left := r.expires - time.Now().UnixMilli(); left > 0 {
		b.hash(key, r.fields)
		b.add("pexpire", key, left)
	}
}
