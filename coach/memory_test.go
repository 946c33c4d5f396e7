package coach_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

func TestMemoryIsAStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) coach.Store { return newMemory() })
}

// memory is a Store for tests, in the process and gone with it.
type memory struct {
	mu            sync.Mutex
	commits       int // also the version of what a commit puts
	cohorts       map[coach.CohortID]*memoryCohort
	learners      map[member]*memoryLearner
	receipts      map[digest]map[string][]byte // by member, which a forgotten one's outlives, then by event
	jobs          map[string]*memoryJob
	remembered    map[string]time.Time // keys of done jobs, until when
	now           time.Time            // the latest that was told
	announcements map[coach.CohortID][]coach.Announcement
}

type member struct {
	cohort coach.CohortID
	id     coach.LearnerID
}

type digest [sha256.Size]byte

func (m member) digest() digest { return sha256.Sum256([]byte(string(m.cohort) + " " + string(m.id))) }

type memoryCohort struct {
	cohort  *coach.Cohort // nil while only counters are there
	version int
	tallies map[string]map[string]int
	boards  map[string]map[coach.LearnerID]int
}

type memoryLearner struct {
	learner     *coach.Learner
	version     int
	entries     []coach.Entry
	cards       map[string]coach.Card
	assessments []coach.Assessment
}

type memoryJob struct {
	schedule.Job
	score   time.Time // when it is next due, or its lease runs out, or when it ended
	claimed bool
}

func newMemory() *memory {
	return &memory{
		cohorts:       map[coach.CohortID]*memoryCohort{},
		learners:      map[member]*memoryLearner{},
		receipts:      map[digest]map[string][]byte{},
		jobs:          map[string]*memoryJob{},
		remembered:    map[string]time.Time{},
		announcements: map[coach.CohortID][]coach.Announcement{},
	}
}

func (m *memory) lock(ctx context.Context) error {
	m.mu.Lock()
	return ctx.Err()
}

func (m *memory) CohortIn(ctx context.Context, room coach.RoomID) (coach.CohortID, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return "", err
	}
	if id, ok := m.cohortIn(room); ok {
		return id, nil
	}
	return "", fmt.Errorf("cohort in %s: %w", room, coach.ErrNotFound)
}

func (m *memory) cohortIn(room coach.RoomID) (coach.CohortID, bool) {
	for id, c := range m.cohorts {
		if c.cohort != nil && slices.Contains(c.cohort.Rooms, room) {
			return id, true
		}
	}
	return "", false
}

func (m *memory) CohortsAt(ctx context.Context, part int) ([]coach.CohortID, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	var ids []coach.CohortID
	for id, c := range m.cohorts {
		if c.cohort != nil && id.Part() == part {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func (m *memory) CohortsOf(ctx context.Context, u coach.UserRef) ([]coach.CohortID, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	found := map[coach.CohortID]bool{}
	for id, c := range m.cohorts {
		if c.cohort != nil && c.cohort.IsLead(u) {
			found[id] = true
		}
	}
	for who := range m.learners { // also of an account that is linked
		if who.id == u {
			found[who.cohort] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

func (m *memory) Load(ctx context.Context, s coach.Scope) (coach.State, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return coach.State{}, err
	}
	state, _ := m.load(s)
	return state, nil
}

// load returns the state, and the versions that it was read at.
func (m *memory) load(s coach.Scope) (state coach.State, versions [3]int) {
	if c := m.cohorts[s.Cohort]; c != nil {
		state.Cohort, versions[0] = cloneCohort(c.cohort), c.version
	}
	if s.Announcements {
		state.Announcements = slices.Clone(m.announcements[s.Cohort])
		slices.SortFunc(state.Announcements, func(a, b coach.Announcement) int {
			return cmp.Or(b.Made.Compare(a.Made), strings.Compare(a.ID, b.ID))
		})
	}
	if s.Other != "" {
		state.Other = &coach.State{}
		if o := m.learners[member{s.Cohort, s.Other}]; o != nil {
			versions[2] = o.version
			o.read(s, state.Other)
		}
	}
	l := m.learners[member{s.Cohort, s.Learner}]
	if l == nil || s.Learner == "" {
		return state, versions
	}
	versions[1] = l.version
	if l.learner.Of != "" {
		state.Of = l.learner.Of
		return state, versions
	}
	l.read(s, &state)
	if linked := m.learners[member{s.Cohort, l.learner.Also}]; linked != nil && s.Entries {
		for _, e := range linked.entries {
			e.Account = l.learner.Also
			state.Entries = append(state.Entries, e)
		}
		slices.SortStableFunc(state.Entries, func(a, b coach.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return state, versions
}

// read gives out what is kept of an account alone.
func (l *memoryLearner) read(s coach.Scope, state *coach.State) {
	state.Learner = cloneLearner(l.learner)
	if s.Entries {
		state.Entries = slices.Clone(l.entries)
	}
	if s.Cards {
		state.Cards = maps.Clone(l.cards)
	}
	if s.Assessments {
		for _, a := range l.assessments {
			a.Yes = slices.Clone(a.Yes)
			state.Assessments = append(state.Assessments, a)
		}
	}
}

func cloneCohort(c *coach.Cohort) *coach.Cohort {
	if c == nil {
		return nil
	}
	copied := *c
	copied.Rooms, copied.Leads, copied.Study = slices.Clone(c.Rooms), slices.Clone(c.Leads), slices.Clone(c.Study)
	copied.Holidays, copied.Pauses, copied.Invites = slices.Clone(c.Holidays), slices.Clone(c.Pauses), slices.Clone(c.Invites)
	copied.Closed, copied.Moved = slices.Clone(c.Closed), slices.Clone(c.Moved)
	copied.Pending, copied.Last = maps.Clone(c.Pending), maps.Clone(c.Last)
	return &copied
}

func cloneLearner(l *coach.Learner) *coach.Learner {
	copied := *l
	copied.Away, copied.Rest = slices.Clone(l.Away), slices.Clone(l.Rest)
	copied.Days, copied.Finished = slices.Clone(l.Days), slices.Clone(l.Finished)
	if l.Stuck != nil {
		stuck := *l.Stuck
		copied.Stuck = &stuck
	}
	return &copied
}

func (m *memory) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	const attempts = 100
	for range attempts {
		receipt, dup, again, err := m.attempt(ctx, s, fn)
		if !again {
			return receipt, dup, err
		}
	}
	return nil, false, errors.New("too many conflicts")
}

// attempt loads, calls fn and commits; again is set when another commit came
// in between.
func (m *memory) attempt(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) (receipt []byte, dup, again bool, err error) {
	who := member{s.Cohort, cmp.Or(s.Account, s.Learner)}
	read := func() (state coach.State, versions [3]int, err error) {
		defer m.mu.Unlock()
		if err := m.lock(ctx); err != nil {
			return state, versions, err
		}
		if s.Event != "" {
			receipt, dup = m.receipts[who.digest()][s.Event]
		}
		state, versions = m.load(s)
		return state, versions, nil
	}
	state, versions, err := read()
	if err != nil || dup {
		return receipt, dup, false, err
	}
	change, err := fn(state)
	if err != nil {
		return nil, false, false, err
	}
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, false, false, err
	}
	_, now := m.load(s)
	if _, known := m.receipts[who.digest()][s.Event]; now != versions || known && s.Event != "" {
		return nil, false, true, nil
	}
	if err := m.refuses(s, change); err != nil {
		return nil, false, false, err
	}
	m.commit(s, change)
	return change.Receipt, false, false, nil
}

// refuses tells what cannot be kept of a change.
func (m *memory) refuses(s coach.Scope, c coach.Change) error {
	member := m.learners[member{s.Cohort, s.Learner}] != nil || c.Learner != nil
	switch {
	case c.Cohort != nil && c.Cohort.ID != s.Cohort:
		return errors.New("the change is of another cohort")
	case c.Learner != nil && (c.Learner.ID != s.Learner || c.Learner.Cohort != s.Cohort):
		return errors.New("the change is of another learner")
	case c.Learner != nil && c.Forget:
		return errors.New("the learner is put and forgotten")
	case c.Other != nil && (c.Learner == nil || c.Other.ID != s.Other || !m.there(s.Cohort, s.Other)):
		return errors.New("the other learner is another, or not there")
	case len(c.Entries)+len(c.Cards)+len(c.Assessments) > 0 && (!member || c.Forget):
		return errors.New("the change is of nobody")
	}
	if c.Learner != nil {
		for _, day := range c.Learner.Days {
			if day.Minutes() > 1440 {
				return fmt.Errorf("%s has %d minutes", day.Date, day.Minutes())
			}
		}
	}
	if c.Cohort != nil {
		for _, room := range c.Cohort.Rooms {
			if id, taken := m.cohortIn(room); taken && id != s.Cohort {
				return fmt.Errorf("%s is the room of %s: %w", room, id, coach.ErrRoomTaken)
			}
		}
	}
	for _, j := range c.Add {
		if j.Part != s.Cohort.Part() {
			return fmt.Errorf("job %s is of another partition", j.Key)
		}
		if err := storable(j); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) there(c coach.CohortID, id coach.LearnerID) bool {
	return m.learners[member{c, id}] != nil
}

func storable(j schedule.Job) error {
	if len(j.Payload) > 64<<10 {
		return fmt.Errorf("the payload of job %s is too large", j.Key)
	}
	return nil
}

func (m *memory) commit(s coach.Scope, c coach.Change) {
	m.commits++
	who := member{s.Cohort, s.Learner}
	co := m.cohorts[s.Cohort]
	if co == nil && (c.Cohort != nil || len(c.Tallies)+len(c.Ranks)+len(c.Announce) > 0) {
		co = &memoryCohort{tallies: map[string]map[string]int{}, boards: map[string]map[coach.LearnerID]int{}}
		m.cohorts[s.Cohort] = co
	}
	if c.Cohort != nil {
		co.cohort = cloneCohort(c.Cohort)
	}
	if c.Cohort != nil || len(c.Announce) > 0 {
		co.version = m.commits
	}
	if c.Forget {
		if l := m.learners[who]; l != nil && l.learner.Also != "" {
			m.forget(member{s.Cohort, l.learner.Also}, co)
		}
		m.forget(who, co)
	}
	m.commitLearner(who, c)
	if c.Other != nil {
		o := m.learners[member{s.Cohort, s.Other}]
		o.learner, o.version = cloneLearner(c.Other), m.commits
	}
	for _, count := range c.Tallies {
		tally := co.tallies[count.Tally]
		if tally == nil {
			tally = map[string]int{}
			co.tallies[count.Tally] = tally
		}
		if tally[count.Field] += count.N; tally[count.Field] == 0 {
			delete(tally, count.Field)
		}
	}
	for _, rank := range c.Ranks {
		board := co.boards[rank.Board]
		if board == nil {
			board = map[coach.LearnerID]int{}
			co.boards[rank.Board] = board
		}
		if board[rank.Learner] = rank.Score; rank.Score == 0 {
			delete(board, rank.Learner)
		}
	}
	for _, a := range c.Announce {
		all := slices.DeleteFunc(m.announcements[s.Cohort], func(old coach.Announcement) bool { return old.ID == a.ID })
		m.announcements[s.Cohort] = append(all, a)
	}
	for _, key := range c.Cancel {
		if j := m.jobs[key]; j != nil && j.State == schedule.Waiting {
			delete(m.jobs, key)
		}
	}
	for _, key := range c.Drop {
		if j := m.jobs[key]; j != nil && j.State != schedule.Waiting {
			delete(m.jobs, key)
		}
	}
	m.add(c.Add)
	if s.Event != "" {
		from := member{s.Cohort, cmp.Or(s.Account, s.Learner)}.digest()
		if m.receipts[from] == nil {
			m.receipts[from] = map[string][]byte{}
		}
		m.receipts[from][s.Event] = c.Receipt
	}
}

func (m *memory) commitLearner(who member, c coach.Change) {
	l := m.learners[who]
	if l == nil && c.Learner != nil {
		l = &memoryLearner{cards: map[string]coach.Card{}}
		m.learners[who] = l
	}
	if c.Learner != nil {
		l.learner = cloneLearner(c.Learner)
	}
	if l == nil {
		return
	}
	if c.Learner != nil || len(c.Entries)+len(c.Cards)+len(c.Assessments) > 0 {
		l.version = m.commits
	}
	for _, e := range c.Entries {
		log := l
		if e.Account != "" {
			log = m.learners[member{who.cohort, e.Account}]
		}
		e.Account = ""
		log.entries = append(log.entries, e)
	}
	for _, card := range c.Cards {
		l.cards[card.Question] = card
	}
	for _, a := range c.Assessments {
		l.assessments = slices.DeleteFunc(l.assessments, func(old coach.Assessment) bool { return old.Checkpoint == a.Checkpoint })
		l.assessments = append(l.assessments, a)
	}
	slices.SortStableFunc(l.assessments, func(a, b coach.Assessment) int { return cmp.Compare(a.Date, b.Date) })
}

func (m *memory) forget(who member, co *memoryCohort) {
	delete(m.learners, who)
	delete(m.receipts, who.digest())
	if co != nil {
		for _, board := range co.boards {
			delete(board, who.id)
		}
	}
	theirs := func(key string) bool {
		return strings.Contains(key+"/", "/"+string(who.id)+"/") && strings.Contains(key, "/"+string(who.cohort)+"/")
	}
	maps.DeleteFunc(m.jobs, func(key string, _ *memoryJob) bool { return theirs(key) })
	maps.DeleteFunc(m.remembered, func(key string, _ time.Time) bool { return theirs(key) })
}

func (m *memory) Learners(ctx context.Context, c coach.CohortID, after coach.LearnerID, limit int) ([]coach.Learner, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	var found []coach.Learner
	for who, l := range m.learners {
		if who.cohort == c && who.id > after && l.learner.Of == "" {
			found = append(found, *cloneLearner(l.learner))
		}
	}
	slices.SortFunc(found, func(a, b coach.Learner) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return found[:min(limit, len(found))], nil
}

func (m *memory) Named(ctx context.Context, c coach.CohortID, ids []coach.LearnerID) (map[coach.LearnerID]coach.Learner, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	found := map[coach.LearnerID]coach.Learner{}
	for who, l := range m.learners {
		if who.cohort == c && slices.Contains(ids, who.id) && l.learner.Of == "" {
			found[who.id] = *cloneLearner(l.learner)
		}
	}
	return found, nil
}

func (m *memory) Tally(ctx context.Context, c coach.CohortID, name string) (map[string]int, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	if m.cohorts[c] == nil {
		return nil, nil
	}
	return maps.Clone(m.cohorts[c].tallies[name]), nil
}

func (m *memory) Top(ctx context.Context, c coach.CohortID, board string, n int) ([]coach.Rank, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	var top []coach.Rank
	if m.cohorts[c] != nil {
		for id, score := range m.cohorts[c].boards[board] {
			top = append(top, coach.Rank{Board: board, Learner: id, Score: score})
		}
	}
	slices.SortFunc(top, func(a, b coach.Rank) int {
		return cmp.Or(b.Score-a.Score, strings.Compare(string(a.Learner), string(b.Learner)))
	})
	return top[:min(n, len(top))], nil
}

func (m *memory) Ranked(ctx context.Context, c coach.CohortID, board string) (int, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil || m.cohorts[c] == nil {
		return 0, err
	}
	return len(m.cohorts[c].boards[board]), nil
}

func (m *memory) Ready(ctx context.Context) error { return ctx.Err() }

func (m *memory) Add(ctx context.Context, jobs ...schedule.Job) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	for _, j := range jobs {
		if err := storable(j); err != nil {
			return err
		}
	}
	m.add(jobs)
	return nil
}

func (m *memory) add(jobs []schedule.Job) {
	for _, j := range jobs {
		until, done := m.remembered[j.Key]
		if m.jobs[j.Key] != nil || done && !m.now.After(until) {
			continue
		}
		j.State, j.Due, j.Payload = schedule.Waiting, j.Due.Truncate(time.Millisecond), slices.Clone(j.Payload)
		m.jobs[j.Key] = &memoryJob{Job: j, score: j.Due}
	}
}

func (m *memory) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]schedule.Job, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	m.tell(now)
	var due []*memoryJob
	for _, j := range m.jobs {
		if j.State == schedule.Waiting && !j.score.After(now) {
			due = append(due, j)
		}
	}
	overdue := func(a, b *memoryJob) int { return cmp.Or(a.score.Compare(b.score), strings.Compare(a.Key, b.Key)) }
	slices.SortFunc(due, overdue)
	turns, turn := map[int]int{}, map[*memoryJob]int{} // of partitions, and of their jobs
	for _, j := range due {
		turns[j.Part]++
		turn[j] = turns[j.Part]
	}
	slices.SortStableFunc(due, func(a, b *memoryJob) int { return cmp.Compare(turn[a], turn[b]) })
	due = due[:min(limit, len(due))]
	slices.SortFunc(due, overdue)
	var claimed []schedule.Job
	for _, j := range due {
		j.claimed, j.score = true, now.Add(lease).Truncate(time.Millisecond)
		j.Lease = j.score
		job := j.Job
		job.State, job.Payload = "", slices.Clone(j.Payload)
		claimed = append(claimed, job)
	}
	return claimed, nil
}

func (m *memory) tell(now time.Time) {
	if now.After(m.now) {
		m.now = now
	}
}

// held returns the stored job while j's lease holds.
func (m *memory) held(j schedule.Job) (*memoryJob, error) {
	stored := m.jobs[j.Key]
	if stored == nil || !stored.claimed || !stored.score.Equal(j.Lease) {
		return nil, fmt.Errorf("job %s: %w", j.Key, schedule.ErrLeaseLost)
	}
	return stored, nil
}

func (m *memory) Note(ctx context.Context, j schedule.Job) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	stored, err := m.held(j)
	if err == nil {
		stored.Intent = j.Intent
	}
	return err
}

func (m *memory) Finish(ctx context.Context, j schedule.Job, now time.Time, o schedule.Outcome) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	m.tell(now)
	if !slices.Contains([]schedule.State{"", schedule.Waiting, schedule.Dead, schedule.Skipped}, o.State) {
		return fmt.Errorf("there is no state %q", o.State)
	}
	stored, err := m.held(j)
	if err != nil {
		return err
	}
	stored.claimed, stored.State, stored.Reason = false, o.State, o.Reason
	stored.Lease = time.Time{}
	switch o.State {
	case schedule.Waiting:
		stored.score = o.Retry.Truncate(time.Millisecond)
		if !o.Free {
			stored.Attempt++
		}
		if o.Payload != nil {
			stored.Payload = slices.Clone(o.Payload)
		}
	case "":
		delete(m.jobs, j.Key)
		if o.Forget.IsZero() {
			o.Forget = now.Add(8 * 24 * time.Hour)
		}
		m.remembered[j.Key] = o.Forget
	default:
		stored.score = now
	}
	return nil
}

func (m *memory) FinishAll(ctx context.Context, now time.Time, all []schedule.Ended) []error {
	errs := make([]error, len(all))
	for i, e := range all {
		errs[i] = m.Finish(ctx, e.Job, now, e.Outcome)
	}
	return errs
}

func (m *memory) NextDue(ctx context.Context) (next time.Time, ok bool, err error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return next, false, err
	}
	for _, j := range m.jobs {
		if j.State == schedule.Waiting && (!ok || j.score.Before(next)) {
			next, ok = j.score, true
		}
	}
	return next, ok, nil
}

func (m *memory) List(ctx context.Context, s schedule.State, prefix string, limit int, parts ...int) ([]schedule.Job, error) {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	var found []*memoryJob
	for _, j := range m.jobs {
		if j.State == s && strings.HasPrefix(j.Key, prefix) && (len(parts) == 0 || slices.Contains(parts, j.Part)) {
			found = append(found, j)
		}
	}
	slices.SortFunc(found, func(a, b *memoryJob) int {
		if s != schedule.Waiting {
			a, b = b, a
		}
		return cmp.Or(a.score.Compare(b.score), strings.Compare(a.Key, b.Key))
	})
	var list []schedule.Job
	for _, j := range found[:min(limit, len(found))] {
		job := j.Job
		job.At, job.Lease = j.score, time.Time{}
		list = append(list, job)
	}
	return list, nil
}

func (m *memory) Revive(ctx context.Context, part int, key string, now time.Time) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	j, err := m.ended(part, key)
	if err == nil {
		j.State, j.Due, j.score, j.Attempt, j.Reason = schedule.Waiting, now.Truncate(time.Millisecond), now.Truncate(time.Millisecond), 0, ""
	}
	return err
}

func (m *memory) Drop(ctx context.Context, part int, key string) error {
	defer m.mu.Unlock()
	if err := m.lock(ctx); err != nil {
		return err
	}
	_, err := m.ended(part, key)
	if err == nil {
		delete(m.jobs, key)
	}
	return err
}

// ended returns a job that is dead or was skipped.
func (m *memory) ended(part int, key string) (*memoryJob, error) {
	j := m.jobs[key]
	if j == nil || j.Part != part || j.State == schedule.Waiting {
		return nil, fmt.Errorf("job %s: %w", key, schedule.ErrNoJob)
	}
	return j, nil
}

// Dump shows everything that is kept, as text by key.
func (m *memory) Dump(context.Context) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dump := map[string]string{}
	for id, c := range m.cohorts {
		dump["cohort "+string(id)] = fmt.Sprintf("%+v %v %v", c.cohort, c.tallies, c.boards)
	}
	for who, l := range m.learners {
		dump[fmt.Sprintf("learner %s %s", who.cohort, who.id)] = fmt.Sprintf("%+v %+v %+v %+v", l.learner, l.entries, l.cards, l.assessments)
	}
	for d, events := range m.receipts {
		dump[fmt.Sprintf("receipts %x", d)] = fmt.Sprintf("%s", events)
	}
	for id, all := range m.announcements {
		dump["announcements "+string(id)] = fmt.Sprintf("%+v", all)
	}
	for key, j := range m.jobs {
		dump["job "+key] = fmt.Sprintf("%+v %s", j, j.Payload)
	}
	for key := range m.remembered {
		dump["done "+key] = ""
	}
	return dump, nil
}
