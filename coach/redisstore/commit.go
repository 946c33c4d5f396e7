package redisstore

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// A builder turns a change into the keys and arguments of the commit script.
type builder struct {
	cohortID coach.CohortID
	keys     []string
	args     []any // all of the script's; what comes before the operations is filled in last

	cohortWas, cohortNow   string // versions, see lua/commit.lua
	learnerWas, learnerNow string
	other                  int    // place in keys; 0: none
	otherWas               string // version
	event                  string // hash
	receipt                []byte
	held                   map[string]string // what keys hold once it is committed; empty: nothing
}

const (
	beforeOps = 10 // arguments
	usualSize = 16 // more keys than most changes have; of arguments twice as many
)

func build(sc coach.Scope, l loaded, c coach.Change) (*builder, error) {
	part := sc.Cohort.Part()
	receipts := receiptsKey(sc.Cohort, account(sc))
	if c.Forget {
		receipts = receiptsKey(sc.Cohort, "") // the learner's own are forgotten
	}
	b := &builder{
		cohortID:   sc.Cohort,
		cohortWas:  l.cohortVersion,
		learnerWas: l.learnerVersion,
		event:      eventHash(sc.Event),
		receipt:    c.Receipt,
		held:       map[string]string{},
		args:       make([]any, beforeOps, 2*usualSize),
		keys: append(make([]string, 0, usualSize),
			cohortKey(sc.Cohort), learnerKey(sc.Cohort, sc.Learner), receipts, receiptsKey(sc.Cohort, ""),
			queueKey(part), jobsKey(part), doneKey(part),
		),
	}
	if (c.Cohort != nil && l.cohort == "") || (c.Learner != nil && l.learner == "") {
		b.op("SADD", cohortsKey(part), string(sc.Cohort))
	}
	if c.Cohort != nil || len(c.Announce) > 0 {
		record := l.cohort
		if c.Cohort != nil {
			if c.Cohort.ID != sc.Cohort {
				return nil, fmt.Errorf("the change puts cohort %q", c.Cohort.ID)
			}
			record = packCohort(c.Cohort)
		}
		b.cohortNow = newVersion()
		b.set(cohortKey(sc.Cohort), b.cohortNow+record)
	}
	if err := b.learner(sc, l, c); err != nil {
		return nil, err
	}
	if sc.Other != "" || c.Other != nil {
		if err := b.otherLearner(sc, l, c); err != nil {
			return nil, err
		}
	}
	for _, count := range c.Tallies {
		b.op("COUNT", tallyKey(sc.Cohort, count.Tally), count.Field, count.N, b.key(talliesKey(sc.Cohort)), count.Tally)
	}
	for _, rank := range c.Ranks {
		board := boardKey(sc.Cohort, rank.Board)
		if rank.Score == 0 {
			b.op("ZREM", board, string(rank.Learner))
			continue
		}
		b.op("RANK", board, -rank.Score, string(rank.Learner), b.key(boardsKey(sc.Cohort)), rank.Board)
	}
	for _, a := range c.Announce {
		b.op("HSET", announcementsKey(sc.Cohort), a.ID, packAnnouncement(a))
	}
	for _, key := range c.Cancel {
		b.op("CANCEL", "", key)
	}
	for _, key := range c.Drop {
		b.op("DROP", deadKey(part), key)
		b.op("DROP", skippedKey(part), key)
	}
	for _, j := range c.Add {
		if j.Part != part {
			return nil, fmt.Errorf("job %s belongs to partition %d, the cohort to %d", j.Key, j.Part, part)
		}
		if err := checkJob(j); err != nil {
			return nil, err
		}
		b.op("ADD", "", j.Key, packJob(j), j.Due.UnixMilli())
	}
	return b, nil
}

// learner adds what changes of the scope's learner. Whatever does, gives the
// record a new version: two updates of one learner never pass unnoticed.
func (b *builder) learner(sc coach.Scope, l loaded, c coach.Change) error {
	parts := len(c.Entries)+len(c.Cards)+len(c.Assessments) > 0
	switch {
	case c.Learner != nil && c.Forget:
		return errors.New("the change puts and forgets the learner")
	case sc.Learner == "" && (c.Learner != nil || c.Forget || parts):
		return errors.New("the change is of a learner, the scope names none")
	case c.Learner != nil && (c.Learner.ID != sc.Learner || c.Learner.Cohort != sc.Cohort):
		return fmt.Errorf("the change puts learner %q of cohort %q", c.Learner.ID, c.Learner.Cohort)
	case c.Learner == nil && l.learner == "" && parts:
		return errors.New("the change adds to a learner who does not exist")
	case c.Forget:
		return nil
	}

	next := l.learner
	if c.Learner != nil {
		var err error
		if next, err = packLearner(c.Learner); err != nil {
			return err
		}
		if l.learner == "" {
			b.op("ZADD", learnersKey(sc.Cohort), 0, string(sc.Learner))
		}
	}
	if c.Learner != nil || parts || (next != "" && b.event != "") {
		ring := b.event + l.ring
		b.learnerNow = newVersion()
		b.set(learnerKey(sc.Cohort, sc.Learner), b.learnerNow+putRing(ring[:min(len(ring), ringSize*hashSize)], next))
	}
	for _, e := range c.Entries {
		b.op("RPUSH", entriesKey(sc.Cohort, cmp.Or(e.Account, sc.Learner)), packEntry(e))
		if e.Account != "" { // whose record stays as it is, but not what belongs to it
			b.op("SETRANGE", learnerKey(sc.Cohort, e.Account), 0, newVersion())
		}
	}
	for _, card := range c.Cards {
		b.op("HSET", cardsKey(sc.Cohort, sc.Learner), card.Question, packCard(card))
	}
	for _, a := range c.Assessments {
		b.op("HSET", assessmentsKey(sc.Cohort, sc.Learner), a.Checkpoint, packAssessment(a))
	}
	return nil
}

// otherLearner adds what changes of the scope's other learner, whom nobody else
// may have changed since, either. Somebody who is parted from a learner goes on
// with the events of both.
func (b *builder) otherLearner(sc coach.Scope, l loaded, c coach.Change) error {
	key := learnerKey(sc.Cohort, sc.Other)
	b.other, b.otherWas = b.key(key), l.otherVersion
	switch o := c.Other; {
	case o == nil:
		return nil
	case c.Learner == nil || l.otherVersion == "":
		return errors.New("the change puts another learner alone, or one who does not exist")
	case o.ID != sc.Other || o.Cohort != sc.Cohort:
		return fmt.Errorf("the change puts the other learner %q of cohort %q", o.ID, o.Cohort)
	}
	packed, err := packLearner(c.Other)
	if err != nil {
		return err
	}
	ring := l.otherRing
	if l.otherOf != "" && c.Other.Of == "" {
		ring = l.ring
	}
	b.set(key, newVersion()+putRing(ring, packed))
	return nil
}

// forget adds the removal of everything of some accounts.
func (b *builder) forget(boards []string, who []coach.UserRef) {
	for _, id := range who {
		b.op("ZREM", learnersKey(b.cohortID), string(id))
		for _, board := range boards {
			b.op("ZREM", boardKey(b.cohortID, board), string(id))
		}
		for _, key := range []string{
			learnerKey(b.cohortID, id), entriesKey(b.cohortID, id), cardsKey(b.cohortID, id),
			assessmentsKey(b.cohortID, id), receiptsKey(b.cohortID, id),
		} {
			b.op("DEL", key)
			b.held[key] = ""
		}
	}
}

// set adds that a key holds a cohort or a learner.
func (b *builder) set(key, held string) {
	b.op("SET", key, held)
	b.held[key] = held
}

// op adds an operation; see lua/commit.lua.
func (b *builder) op(name, key string, args ...any) {
	index := 0
	if key != "" {
		index = b.key(key)
	}
	b.args = append(append(b.args, name, index, len(args)), args...)
}

// key returns the place of a key in KEYS.
func (b *builder) key(key string) int {
	if i := slices.Index(b.keys, key); i >= 0 {
		return i + 1
	}
	b.keys = append(b.keys, key)
	return len(b.keys)
}

// repeatable tells whether the script notices that it was applied already.
func (b *builder) repeatable() bool {
	return b.event != "" || b.cohortNow != "" || b.learnerNow != ""
}

func (b *builder) script() (keys []string, args []any) {
	copy(b.args, []any{
		b.cohortWas, b.cohortNow, b.learnerWas, b.learnerNow,
		b.event, b.receipt, receiptLife.Milliseconds(), maxReceipts, b.other, b.otherWas,
	})
	return b.keys, b.args
}

// maxPayload is the limit that schedule.Job gives a payload.
const maxPayload = 64 << 10

// checkJob refuses a job that the queue could not keep as it is.
func checkJob(j schedule.Job) error {
	switch {
	case j.Key == "":
		return errors.New("a job has no key")
	case len(j.Payload) > maxPayload:
		return fmt.Errorf("job %s has a payload of %d bytes, at most %d fit", j.Key, len(j.Payload), maxPayload)
	case j.Part < 0 || j.Part >= schedule.Partitions:
		return fmt.Errorf("job %s is in partition %d of %d", j.Key, j.Part, schedule.Partitions)
	}
	return nil
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
