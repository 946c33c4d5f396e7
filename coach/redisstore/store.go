package redisstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
)

// Store is a [coach.Store] on Redis. Open makes one.
type Store struct {
	rdb      redis.UniversalClient
	wait     bool // see Options.Wait
	log      *slog.Logger
	recent   *recent
	reads    *lane     // nil on a Cluster and in the embedded store
	writes   *lane     // the same
	embedded *embedded // nil on a real server
}

var _ coach.Store = (*Store)(nil)

const (
	// callTimeout bounds every call, so that an answer comes within 3 s when
	// Redis stalls, with time left to render it.
	callTimeout = 2500 * time.Millisecond

	maxConflicts = 50 // of one update, before it gives up

	receiptLife = time.Hour // after the last event
	maxReceipts = 64        // of a learner, and of a cohort's others
	hashSize    = 5         // bytes that are kept of an event's id, of which at most 72 are compared
	versionSize = 6         // bytes
)

// ErrBusy says that other updates came in between again and again.
var ErrBusy = errors.New("too many updates at the same time")

// Close ends the connections and, of the embedded default, the journal.
func (s *Store) Close() error {
	err := s.rdb.Close()
	if s.embedded != nil {
		err = errors.Join(err, s.embedded.Close())
	}
	return err
}

// Load implements coach.Store.
func (s *Store) Load(ctx context.Context, sc coach.Scope) (coach.State, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	sc.Event = "" // only an update asks whether it is known
	l, err := s.load(ctx, sc)
	if err != nil {
		return coach.State{}, fmt.Errorf("load cohort %s: %w", sc.Cohort, err)
	}
	return l.state, nil
}

// loaded is what load read, beside the state that is given away.
type loaded struct {
	state                         coach.State
	cohortVersion, cohort         string // a version and a record, empty: there is none
	learnerVersion, ring, learner string
	otherVersion, otherRing       string
	also                          coach.UserRef   // the learner's linked account
	otherOf                       coach.LearnerID // whom the other one is linked to
	known                         bool            // the event is known
	receipt                       []byte          // nil when it is not kept any more
}

// account is where an update's event comes from.
func account(sc coach.Scope) coach.UserRef { return cmp.Or(sc.Account, sc.Learner) }

// load reads what a scope names. Only the learner's record tells of a linked
// account, so what is wanted of both takes a second reading.
func (s *Store) load(ctx context.Context, sc coach.Scope) (loaded, error) {
	linked := coach.UserRef("")
	for {
		l, err := s.loadWith(ctx, sc, linked)
		if err != nil || l.known || !sc.Entries || l.state.Learner == nil || l.state.Learner.Also == linked {
			return l, err
		}
		linked = l.state.Learner.Also
	}
}

// loadWith reads what a scope names, with the entries of a linked account.
func (s *Store) loadWith(ctx context.Context, sc coach.Scope, linked coach.UserRef) (loaded, error) {
	var keys []string
	var how []any // the command for each key
	also := func(asked bool, command, key string) {
		if asked {
			keys, how = append(keys, key), append(how, command)
		}
	}
	lists := func(id coach.LearnerID) {
		also(sc.Entries, "LRANGE", entriesKey(sc.Cohort, id))
		also(sc.Cards, "HGETALL", cardsKey(sc.Cohort, id))
		also(sc.Assessments, "HGETALL", assessmentsKey(sc.Cohort, id))
	}
	lists(sc.Learner)
	also(linked != "", "LRANGE", entriesKey(sc.Cohort, linked))
	if sc.Other != "" {
		also(true, "GET", learnerKey(sc.Cohort, sc.Other))
		lists(sc.Other)
	}
	also(sc.Announcements, "HGETALL", announcementsKey(sc.Cohort))
	event := eventHash(sc.Event)
	parts, err := s.glance(ctx, sc, event, keys, how)
	if err != nil {
		return loaded{}, err
	}
	if len(parts) == 1 {
		receipt, _ := parts[0].(string)
		return loaded{known: true, receipt: []byte(receipt)}, nil
	}
	if len(parts) != 2+len(keys) {
		return loaded{}, fmt.Errorf("unexpected result of %d parts", len(parts))
	}
	cohort, _ := parts[0].(string)
	learner, _ := parts[1].(string)
	l, err := unpackLoaded(sc, cohort, learner)
	if err != nil {
		return loaded{}, err
	}
	s.recent.put(cohortKey(sc.Cohort), cohort)
	s.recent.put(learnerKey(sc.Cohort, sc.Learner), learner)
	l.known = event != "" && inRing(l.ring, event)
	r := &reading{parts: parts[2:]}
	r.lists(sc, &l.state)
	if linked != "" {
		l.state.Entries = inOrder(l.state.Entries, r.entries(linked))
	}
	if sc.Other != "" {
		l.state.Other = &coach.State{}
		version, record := cutVersion(r.next())
		if record != "" {
			if l.state.Other.Learner, err = unpackLearner(sc.Cohort, sc.Other, record); err != nil {
				return loaded{}, err
			}
			l.otherVersion, l.otherOf = version, l.state.Other.Learner.Of
			l.otherRing, _ = cutRing(record)
		}
		r.lists(sc, l.state.Other)
	}
	if sc.Announcements {
		r.announcements(&l.state)
	}
	if l.state.Of != "" { // what is the account's own is not the learner's
		l.state = coach.State{Cohort: l.state.Cohort, Of: l.state.Of, Other: l.state.Other, Announcements: l.state.Announcements}
	}
	return l, r.err
}

// unpackLoaded unpacks what the cohort's and the learner's key hold.
func unpackLoaded(sc coach.Scope, cohort, learner string) (l loaded, err error) {
	if l.cohortVersion, l.cohort = cutVersion(cohort); l.cohort != "" {
		if l.state.Cohort, err = unpackCohort(sc.Cohort, l.cohort); err != nil {
			return loaded{}, err
		}
	}
	if l.learnerVersion, l.learner = cutVersion(learner); l.learner != "" {
		if l.state.Learner, err = unpackLearner(sc.Cohort, sc.Learner, l.learner); err != nil {
			return loaded{}, err
		}
		l.also, l.state.Of = l.state.Learner.Also, l.state.Learner.Of
		l.ring, l.learner = cutRing(l.learner)
	}
	if l.state.Of != "" {
		l.state.Learner = nil
	}
	return l, nil
}

// recall returns what is remembered of a cohort and a learner. There is nothing
// for a scope that asks for more than these, nor for an event that is known.
func (s *Store) recall(sc coach.Scope) (loaded, bool) {
	if sc.Entries || sc.Cards || sc.Assessments || sc.Announcements || sc.Other != "" {
		return loaded{}, false
	}
	cohort, learner := s.recent.get(cohortKey(sc.Cohort)), s.recent.get(learnerKey(sc.Cohort, sc.Learner))
	if cohort == "" || learner == "" {
		return loaded{}, false
	}
	_, record := cutVersion(learner)
	if ring, _ := cutRing(record); inRing(ring, eventHash(sc.Event)) {
		return loaded{}, false
	}
	l, err := unpackLoaded(sc, cohort, learner)
	return l, err == nil
}

// modest tells whether a change is of the learner and what counts them alone. Only
// such a change may be tried on what is remembered: all of it takes place in the
// commit, or nothing.
func modest(c coach.Change) bool { return c.Cohort == nil && !c.Forget && c.Other == nil }

// Update implements coach.Store.
//
// It looks at what is remembered first, which saves a round trip where nobody else
// has changed it. Whatever that leads to holds only once it is committed; anything
// else, a refusal too, is decided by what is read.
//
// A commit whose answer was lost is sent again while the call may take: the
// new versions in it, or the event's receipt, tell whether the first one was
// applied.
func (s *Store) Update(ctx context.Context, sc coach.Scope, fn func(coach.State) (coach.Change, error)) (receipt []byte, dup bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	l, recalled := s.recall(sc)
	for conflicts := 0; conflicts < maxConflicts; {
		if !recalled {
			if err := pause(ctx, conflicts); err != nil {
				return nil, false, fmt.Errorf("update cohort %s: %w after %d conflicts: %w", sc.Cohort, ErrBusy, conflicts, err)
			}
			if l, err = s.load(ctx, sc); err != nil {
				return nil, false, fmt.Errorf("update cohort %s: %w", sc.Cohort, err)
			}
			if l.known {
				return l.receipt, true, s.confirm(ctx, sc)
			}
		}
		change, err := fn(l.state)
		if recalled && (err != nil || !modest(change)) {
			recalled = false
			continue
		}
		if err != nil {
			return nil, false, err
		}
		o, err := s.change(ctx, sc, l, change)
		switch {
		case errors.Is(err, coach.ErrUnknown):
			s.recent.clear() // until Redis answers again nothing is sent that was not read for
			return nil, false, fmt.Errorf("update cohort %s: %w", sc.Cohort, err)
		case err != nil && recalled: // which may be for what was done long ago
			recalled = false
			continue
		case err != nil:
			return nil, false, fmt.Errorf("update cohort %s: %w", sc.Cohort, err)
		case o.known:
			return o.receipt, true, nil
		case !o.conflict:
			return change.Receipt, false, nil
		}
		if !recalled {
			conflicts++
		}
		recalled = false
	}
	return nil, false, fmt.Errorf("update cohort %s: %w", sc.Cohort, ErrBusy)
}

// pause waits a little after a conflict, a random time so that those who met
// do not meet again.
func pause(ctx context.Context, conflicts int) error {
	if conflicts == 0 {
		return nil
	}
	longest := time.Duration(min(conflicts, 20)) * time.Millisecond
	select {
	case <-time.After(rand.N(longest)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// confirm makes sure that a replica knows an event that was committed before:
// it renews the receipt, and waits for that write.
func (s *Store) confirm(ctx context.Context, sc coach.Scope) error {
	if !s.wait {
		return nil
	}
	for _, key := range []string{receiptsKey(sc.Cohort, account(sc)), receiptsKey(sc.Cohort, "")} {
		if err := s.send(ctx, key, redis.NewCmd(ctx, "pexpire", key, receiptLife.Milliseconds())); err != nil {
			return fmt.Errorf("update cohort %s: %w", sc.Cohort, err)
		}
	}
	return nil
}

// outcome is what became of a commit.
type outcome struct {
	conflict bool
	known    bool
	receipt  []byte
}

// change commits a change to what was loaded, with what must happen around it.
func (s *Store) change(ctx context.Context, sc coach.Scope, l loaded, c coach.Change) (o outcome, err error) {
	b, err := build(sc, l, c)
	if err != nil {
		return outcome{}, err
	}
	who := l.accounts(sc.Learner)
	if c.Forget {
		if err := s.eraseJobs(ctx, sc.Cohort.Part(), who); err != nil {
			return outcome{}, err
		}
		boards, err := s.rdb.SMembers(ctx, boardsKey(sc.Cohort)).Result()
		if err != nil {
			return outcome{}, fmt.Errorf("read the boards: %w", err)
		}
		b.forget(boards, who)
	}
	x, err := newIndexChange(sc, l, c)
	if err != nil {
		return outcome{}, err
	}
	if err := s.beforeCommit(ctx, x); err != nil {
		return outcome{}, err
	}
	o, err = s.commit(ctx, b)
	if err != nil || o.conflict || o.known {
		return o, err // what was indexed too early is ignored by readers
	}
	for key, held := range b.held {
		s.recent.put(key, held)
	}
	if err := s.afterCommit(ctx, x); err != nil {
		// The change stands, and whoever reads the index checks what it says.
		s.log.WarnContext(ctx, "index not tidied", "cohort", sc.Cohort, "err", err)
	}
	if c.Forget {
		return o, s.eraseJobs(ctx, sc.Cohort.Part(), who)
	}
	return o, nil
}

// accounts are those of the scope's learner.
func (l loaded) accounts(id coach.LearnerID) []coach.UserRef {
	if l.also == "" {
		return []coach.UserRef{id}
	}
	return []coach.UserRef{id, l.also}
}

// maxSent is how often a commit is sent, at most, to learn what became of it.
const maxSent = 10

// commit sends a commit, again when its answer was lost.
func (s *Store) commit(ctx context.Context, b *builder) (outcome, error) {
	keys, args := b.script()
	for sent := 1; ; sent++ {
		result, err := s.write(ctx, commitScript, keys, args...)
		if err == nil {
			answer := texts(result)
			o := outcome{conflict: answer[0] == "conflict", known: answer[0] == "known"}
			if o.known {
				o.receipt = []byte(answer[1])
			}
			if o.conflict && sent > 1 && b.event == "" {
				return outcome{}, fmt.Errorf("commit: %w", coach.ErrUnknown)
			}
			return o, nil
		}
		if sent == 1 && !maybeApplied(err) {
			return outcome{}, fmt.Errorf("commit: %w", err)
		}
		if sent == maxSent || !b.repeatable() || pause(ctx, 2*sent) != nil {
			return outcome{}, fmt.Errorf("commit: %w: %w", coach.ErrUnknown, err)
		}
	}
}

// maybeApplied tells whether a command may have been carried out in spite of
// the error: Redis did not refuse it, and it was sent.
func maybeApplied(err error) bool {
	var refused redis.Error
	var network *net.OpError
	dialling := errors.As(err, &network) && network.Op == "dial"
	return !dialling && !errors.As(err, &refused) && !errors.Is(err, ErrUnreplicated)
}

// eventHash is what is kept of an event's id.
func eventHash(id string) string {
	if id == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(id))
	return string(sum[:hashSize])
}

func inRing(ring, hash string) bool {
	for at := 0; at+hashSize <= len(ring); at += hashSize {
		if ring[at:at+hashSize] == hash {
			return true
		}
	}
	return false
}

// newVersion returns a version that no record had before.
func newVersion() string {
	return string(binary.LittleEndian.AppendUint64(nil, rand.Uint64())[:versionSize])
}

// cutVersion cuts what a cohort's or a learner's key holds into the version, which
// is new with every put, and the record.
func cutVersion(held any) (version, record string) {
	s, _ := held.(string)
	n := min(versionSize, len(s))
	return s[:n], s[n:]
}

// texts reads an array of strings; nil is an empty one.
func texts(v any) []string {
	values, _ := v.([]any)
	list := make([]string, len(values))
	for i, value := range values {
		list[i], _ = value.(string)
	}
	return list
}

// pairs reads an array of keys and values.
func pairs(v any) map[string]string {
	list := texts(v)
	m := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}
