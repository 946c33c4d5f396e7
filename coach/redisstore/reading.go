package redisstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
)

// glance reads the cohort and the learner of a scope, and keys beside them, each
// as how says; of an event that is known by its hash, the receipt alone.
//
// A script reads all of it at one moment. Where a server is alone, the two records
// that most of what people do needs are read by plain commands, which cost it less.
// Receipts are then looked for after them: who goes by these records notices when
// they commit whatever came in between.
func (s *Store) glance(ctx context.Context, sc coach.Scope, event string, keys []string, how []any) (parts []any, err error) {
	cohort, learner := cohortKey(sc.Cohort), learnerKey(sc.Cohort, sc.Learner)
	receipts := []string{receiptsKey(sc.Cohort, account(sc)), receiptsKey(sc.Cohort, "")}
	if len(keys) > 0 || s.reads == nil {
		result, err := s.query(ctx, loadScript, append([]string{cohort, learner, receipts[0], receipts[1]}, keys...), append([]any{event}, how...)...)
		parts, _ = result.([]any)
		return parts, err
	}
	records := redis.NewSliceCmd(ctx, "mget", cohort, learner)
	cmds := []redis.Cmder{records}
	if event != "" {
		for _, key := range receipts {
			cmds = append(cmds, redis.NewStringCmd(ctx, "hget", key, event))
		}
	}
	if err := s.reads.process(ctx, cmds...); err != nil {
		return nil, err
	}
	for _, cmd := range cmds[1:] {
		if receipt := cmd.(*redis.StringCmd); receipt.Err() == nil {
			return []any{receipt.Val()}, nil
		}
	}
	return records.Val(), nil
}

// A reading takes what glance returned apart, in the order in which it was asked
// for. After an error it goes on with nothing.
type reading struct {
	parts []any
	err   error
}

func (r *reading) next() any {
	part := r.parts[0]
	r.parts = r.parts[1:]
	return part
}

// fail keeps the first error.
func (r *reading) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// lists reads what a scope asks for of a learner beside the record.
func (r *reading) lists(sc coach.Scope, s *coach.State) {
	if sc.Entries {
		s.Entries = r.entries("")
	}
	if sc.Cards {
		s.Cards = r.cards()
	}
	if sc.Assessments {
		s.Assessments = r.assessments()
	}
}

// entries reads the log of an account, or of the learner's own where it is empty.
func (r *reading) entries(account coach.UserRef) (entries []coach.Entry) {
	for _, record := range texts(r.next()) {
		e, err := unpackEntry(record)
		if err != nil {
			r.fail(err)
		}
		e.Account = account
		entries = append(entries, e)
	}
	return entries
}

// inOrder puts two logs together; of two entries with the same place, the
// learner's own comes first.
func inOrder(own, linked []coach.Entry) []coach.Entry {
	entries := slices.Concat(own, linked)
	slices.SortStableFunc(entries, func(a, b coach.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return entries
}

func (r *reading) cards() map[string]coach.Card {
	cards := map[string]coach.Card{}
	for question, record := range pairs(r.next()) {
		card, err := unpackCard(question, record)
		if err != nil {
			r.fail(err)
		}
		cards[question] = card
	}
	return cards
}

func (r *reading) assessments() (assessments []coach.Assessment) {
	for checkpoint, record := range pairs(r.next()) {
		a, err := unpackAssessment(checkpoint, record)
		if err != nil {
			r.fail(err)
		}
		assessments = append(assessments, a)
	}
	slices.SortFunc(assessments, func(a, b coach.Assessment) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), strings.Compare(a.Checkpoint, b.Checkpoint))
	})
	return assessments
}

func (r *reading) announcements(s *coach.State) {
	for id, record := range pairs(r.next()) {
		a, err := unpackAnnouncement(id, record)
		if err != nil {
			r.fail(err)
		}
		s.Announcements = append(s.Announcements, a)
	}
	slices.SortFunc(s.Announcements, func(a, b coach.Announcement) int {
		return cmp.Or(b.Made.Compare(a.Made), strings.Compare(a.ID, b.ID))
	})
}
