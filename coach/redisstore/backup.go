package redisstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
	"studycoach/schedule"
)

// ErrNothing says that there is no store where one is to be backed up.
var ErrNothing = errors.New("there is no studycoach data")

// ErrNeverStill says that a backup was given up because somebody changed the
// same cohorts again and again while it looked.
var ErrNeverStill = errors.New("the data changes all the time; try again at a quieter hour")

// Backup writes everything that a store holds to w, while bots may be running
// on it. The store is not changed, and is read with small calls.
//
// Of each cohort the backup holds a state that it was in at one moment between
// the start and the end of the backup: the cohort with its learners, everything
// of theirs, counters, boards and announcements. Its jobs are as they stood at
// that moment, except that some may have been claimed, carried out or put off
// since: no commit of the cohort lies between. Two cohorts may be of two
// moments. The embedded store is of one moment as a whole, see copyEmbedded.
//
// A job that is being carried out waits, in the backup as in the store, for the
// end of its lease, with the intent that was noted; where it comes again, its
// effect is looked for first. The receipts of accounts that are neither learner
// nor lead are left out.
func Backup(ctx context.Context, o Options, w io.Writer) (Contents, error) {
	s := newStore(o)
	if err := s.connectToRead(o); err != nil {
		return Contents{}, fmt.Errorf("back up: %w", err)
	}
	c, err := s.backup(ctx, w, patience)
	if err != nil {
		err = fmt.Errorf("back up: %w", err)
	}
	return c, errors.Join(err, s.Close())
}

// connectToRead connects to a store that is only to be read, and may be in use.
func (s *Store) connectToRead(o Options) (err error) {
	if o.URL != "" {
		return s.connect(o)
	}
	if s.embedded, err = copyEmbedded(o.dir()); err == nil {
		s.rdb = s.embedded.client()
	}
	return err
}

// patience is how long a partition's backup looks for a moment in which nobody
// changes the cohorts it is still about. With few of them that moment need not be
// much longer than a millisecond.
const patience = 2 * time.Minute

func (s *Store) backup(ctx context.Context, w io.Writer, patience time.Duration) (Contents, error) {
	schema, err := s.backedUpSchema(ctx)
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Format: backupFormat, Version: backupVersion, Schema: schema, Made: time.Now().UTC().Truncate(time.Second), From: s.kind()}
	out, err := newBackupWriter(w, c)
	if err != nil {
		return c, err
	}
	for part := range schedule.Partitions {
		p := partBackup{
			Store: s, part: part, out: out,
			known: map[coach.CohortID]*known{}, late: map[string]piece{}, jobs: map[string]savedJob{},
		}
		if err := p.run(ctx, patience); err != nil {
			return c, fmt.Errorf("partition %d: %w", part, err)
		}
		c.Totals.add(p.totals())
	}
	if _, err := s.backedUpSchema(ctx); err != nil { // a restore may have begun
		return c, err
	}
	return c, out.end(c.Totals)
}

// backedUpSchema is the schema of a store that can be backed up.
func (s *Store) backedUpSchema(ctx context.Context) (int, error) {
	meta, err := s.meta(ctx)
	switch {
	case err != nil:
		return 0, err
	case meta[metaRestoring] != "":
		return 0, ErrHalfRestored
	case meta[metaSchema] == "":
		return 0, ErrNothing
	}
	return atoi(meta[metaSchema]), nil
}

func (s *Store) kind() string {
	if s.embedded != nil {
		return "embedded"
	}
	if _, ok := s.rdb.(*redis.ClusterClient); ok {
		return "cluster"
	}
	return "redis"
}

func (t *Totals) add(o Totals) {
	t.Cohorts += o.Cohorts
	t.Learners += o.Learners
	t.Entries += o.Entries
	t.Jobs += o.Jobs
	t.Done += o.Done
}

// A partBackup backs up one partition, in rounds. A round writes what is new or
// has changed of the cohorts it is about, reads the jobs, and then looks whether
// any version has changed meanwhile: that of the cohort or of one of its
// learners, one of which is new with every commit that changes what is kept of
// them or counted. Cohorts of which none has changed are done: all that was read
// of them in the round stood together between the last read and the first look.
// The others are the next round's.
//
// It has in memory the versions of the partition's learners, its jobs and the
// keys of its done jobs, and of everything else a learner or a cohort at a time.
type partBackup struct {
	*Store
	part  int
	out   *backupWriter
	known map[coach.CohortID]*known
	late  map[string]piece // to be written again, by name
	jobs  map[string]savedJob
}

// known is what was written of a cohort.
type known struct {
	version  string // empty: there is no record
	written  bool
	learners map[coach.LearnerID]knownLearner
}

type knownLearner struct {
	version string // empty: forgotten since
	entries int
}

func (p *partBackup) run(ctx context.Context, patience time.Duration) error {
	about, err := p.newCohorts(ctx)
	if err != nil {
		return err
	}
	var until time.Time // counted from the first round, which alone is long
	for round := 0; ; round++ {
		if err := pause(ctx, round); err != nil {
			return err
		}
		for _, c := range about {
			if err := p.cohort(ctx, c); err != nil {
				return fmt.Errorf("cohort %s: %w", c, err)
			}
		}
		if err := p.readJobs(ctx, about); err != nil {
			return err
		}
		changed, err := p.changed(ctx, about)
		if err != nil {
			return err
		}
		fresh, err := p.newCohorts(ctx) // so that no job's cohort is left out
		if err != nil {
			return err
		}
		if about = slices.Concat(changed, fresh); len(about) == 0 {
			return errors.Join(p.flush(), p.writeJobs())
		}
		if round == 0 {
			until = time.Now().Add(patience)
		}
		if !time.Now().Before(until) {
			return fmt.Errorf("%w (cohort %s)", ErrNeverStill, about[0])
		}
	}
}

// maxLate is how many pieces are kept in memory that may have to be written
// yet another time.
const maxLate = 256

// write writes a piece, later if it was written before: then it may well change
// once more.
func (p *partBackup) write(next piece) error {
	name, repeated := next.name()
	if !repeated {
		return p.out.write(next)
	}
	p.late[name] = next
	if len(p.late) < maxLate {
		return nil
	}
	return p.flush()
}

func (p *partBackup) flush() error {
	for _, name := range slices.Sorted(maps.Keys(p.late)) {
		if err := p.out.write(p.late[name]); err != nil {
			return err
		}
	}
	clear(p.late)
	return nil
}

// newCohorts returns the cohorts that are not known yet, and makes them known.
func (p *partBackup) newCohorts(ctx context.Context) ([]coach.CohortID, error) {
	ids, err := p.names(ctx, cohortsKey(p.part))
	if err != nil {
		return nil, err
	}
	var fresh []coach.CohortID
	for _, id := range ids {
		if c := coach.CohortID(id); p.known[c] == nil {
			p.known[c] = &known{learners: map[coach.LearnerID]knownLearner{}}
			fresh = append(fresh, c)
		}
	}
	return fresh, nil
}

// names reads a set, in order.
func (s *Store) names(ctx context.Context, key string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	names, err := s.rdb.SMembers(ctx, key).Result()
	slices.Sort(names)
	return names, err
}

// cohort writes what is not yet written of a cohort, its learners first.
func (p *partBackup) cohort(ctx context.Context, c coach.CohortID) error {
	was := p.known[c]
	boards, err := p.names(ctx, boardsKey(c))
	if err != nil {
		return err
	}
	there := map[coach.LearnerID]bool{}
	err = p.eachVersion(ctx, c, func(id coach.LearnerID, version string) error {
		there[id] = true
		if l, ok := was.learners[id]; ok && l.version == version {
			return nil
		}
		boards, err = p.learner(ctx, c, id, boards)
		return err
	})
	if err != nil {
		return err
	}
	for id, l := range was.learners {
		if l.version != "" && !there[id] {
			if err := p.forgotten(c, id); err != nil {
				return err
			}
		}
	}

	saved, err := p.readCohort(ctx, c, boards)
	if err != nil {
		return err
	}
	saved.repeated = was.written
	was.version, was.written = saved.version, true
	return p.write(saved)
}

// eachVersion calls do for each learner of a cohort, with the version of their
// record.
func (p *partBackup) eachVersion(ctx context.Context, c coach.CohortID, do func(coach.LearnerID, string) error) error {
	for after, more := "", true; more; {
		ids, versions, err := p.versions(ctx, c, after)
		if err != nil {
			return err
		}
		for i, id := range ids {
			if err := do(coach.LearnerID(id), versions[i]); err != nil {
				return err
			}
			after = id
		}
		more = len(ids) == pageSize
	}
	return nil
}

// versions reads a page of learners and the versions of their records.
func (p *partBackup) versions(ctx context.Context, c coach.CohortID, after string) (ids, versions []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ids, err = p.rdb.ZRangeByLex(ctx, learnersKey(c), &redis.ZRangeBy{Min: "(" + after, Max: "+", Count: pageSize}).Result()
	if err != nil || len(ids) == 0 {
		return nil, nil, err
	}
	pipe := p.rdb.Pipeline()
	for _, id := range ids {
		pipe.GetRange(ctx, learnerKey(c, coach.LearnerID(id)), 0, versionSize-1) // empty: forgotten in between
	}
	answers, err := pipe.Exec(ctx)
	for _, answer := range answers {
		versions = append(versions, answer.(*redis.StringCmd).Val())
	}
	return ids, versions, err
}

// learner writes everything of a learner. boards are those that are known; it
// returns those there are.
func (p *partBackup) learner(ctx context.Context, c coach.CohortID, id coach.LearnerID, boards []string) ([]string, error) {
	for {
		l, n, err := p.readLearner(ctx, c, id, boards)
		if err != nil {
			return boards, fmt.Errorf("learner %s: %w", id, err)
		}
		if n != len(boards) { // a new week has begun
			if boards, err = p.names(ctx, boardsKey(c)); err != nil {
				return boards, err
			}
			continue
		}
		was := p.known[c].learners
		_, l.repeated = was[id]
		switch {
		case l.record != "":
			was[id] = knownLearner{version: l.version, entries: len(l.entries)}
			return boards, p.write(l)
		case l.repeated:
			return boards, p.forgotten(c, id)
		default: // forgotten in between
			return boards, nil
		}
	}
}

// forgotten takes back what was written of a learner.
func (p *partBackup) forgotten(c coach.CohortID, id coach.LearnerID) error {
	p.known[c].learners[id] = knownLearner{}
	return p.write(&savedLearner{repeated: true, cohort: c, id: id})
}

// readLearner reads everything of a learner, and how many boards there are.
func (p *partBackup) readLearner(ctx context.Context, c coach.CohortID, id coach.LearnerID, boards []string) (*savedLearner, int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	keys := []string{
		learnerKey(c, id), entriesKey(c, id), cardsKey(c, id), assessmentsKey(c, id), receiptsKey(c, id), boardsKey(c),
	}
	for _, board := range boards {
		keys = append(keys, boardKey(c, board))
	}
	result, err := p.query(ctx, saveScript, keys, string(id))
	if err != nil {
		return nil, 0, err
	}
	parts, _ := result.([]any)
	if len(parts) != 8 {
		return nil, 0, fmt.Errorf("script save: unexpected result of %d parts", len(parts))
	}
	l := &savedLearner{
		cohort: c, id: id,
		entries: texts(parts[1]), cards: pairs(parts[2]), assessments: pairs(parts[3]),
		receipts: receiptsFor(pairs(parts[4]), parts[5].(int64)),
		ranks:    map[string]string{},
	}
	l.version, l.record = cutVersion(parts[0])
	for i, score := range texts(parts[7]) {
		if score != "" {
			l.ranks[boards[i]] = score
		}
	}
	return l, int(parts[6].(int64)), nil
}

// receiptsFor returns receipts that live for so many milliseconds more.
func receiptsFor(fields map[string]string, left int64) savedReceipts {
	if len(fields) == 0 {
		return savedReceipts{}
	}
	return savedReceipts{fields: fields, expires: time.Now().UnixMilli() + left}
}

// readCohort reads everything of a cohort but its learners.
func (p *partBackup) readCohort(ctx context.Context, c coach.CohortID, boards []string) (*savedCohort, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	tallies, err := p.names(ctx, talliesKey(c))
	if err != nil {
		return nil, err
	}
	pipe := p.rdb.Pipeline()
	stored := pipe.Get(ctx, cohortKey(c))
	announcements := pipe.HGetAll(ctx, announcementsKey(c))
	counts := make([]*redis.MapStringStringCmd, len(tallies))
	for i, name := range tallies {
		counts[i] = pipe.HGetAll(ctx, tallyKey(c, name))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) { // Nil: there is no record
		return nil, err
	}
	version, record := cutVersion(stored.Val())
	saved := &savedCohort{
		id: c, version: version, record: record,
		announcements: announcements.Val(), boards: boards,
		tallies: map[string]map[string]string{}, receipts: map[string]savedReceipts{},
	}
	for i, name := range tallies {
		saved.tallies[name] = counts[i].Val()
	}

	accounts := []coach.UserRef{""}
	if saved.record != "" {
		co, err := unpackCohort(c, saved.record)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, co.Leads...)
	}
	for _, account := range accounts {
		if _, learns := p.known[c].learners[account]; learns {
			continue
		}
		fields := pipe.HGetAll(ctx, receiptsKey(c, account))
		left := pipe.PTTL(ctx, receiptsKey(c, account))
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, err
		}
		if r := receiptsFor(fields.Val(), left.Val().Milliseconds()); len(r.fields) > 0 {
			saved.receipts[string(account)] = r
		}
	}
	return saved, nil
}

// changed returns those of the cohorts that are not as they were written.
func (p *partBackup) changed(ctx context.Context, about []coach.CohortID) (changed []coach.CohortID, err error) {
	for _, c := range about {
		same, err := p.unchanged(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("cohort %s: %w", c, err)
		}
		if !same {
			changed = append(changed, c)
		}
	}
	return changed, nil
}

func (p *partBackup) unchanged(ctx context.Context, c coach.CohortID) (bool, error) {
	was := p.known[c]
	left := 0 // learners that were not seen again
	for _, l := range was.learners {
		if l.version != "" {
			left++
		}
	}
	same := true
	if err := p.eachVersion(ctx, c, func(id coach.LearnerID, version string) error {
		same = same && version != "" && was.learners[id].version == version
		left--
		return nil
	}); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	version, err := p.rdb.GetRange(ctx, cohortKey(c), 0, versionSize-1).Result()
	if err != nil {
		return false, err
	}
	return same && left == 0 && version == was.version, nil
}

// readJobs reads the jobs of some cohorts, and those of none.
func (p *partBackup) readJobs(ctx context.Context, about []coach.CohortID) error {
	wanted := map[coach.CohortID]bool{"": true}
	for _, c := range about {
		wanted[c] = true
	}
	maps.DeleteFunc(p.jobs, func(_ string, j savedJob) bool { return wanted[j.cohort] })

	var keys []string
	err := p.scan(ctx, func(ctx context.Context, cursor uint64) *redis.ScanCmd {
		return p.rdb.HScan(ctx, jobsKey(p.part), cursor, "", p.scanBatch())
	}, func(key, _ string) error {
		if !wanted[p.owner(key)] {
			return nil
		}
		if keys = append(keys, key); len(keys) < addBatch {
			return nil
		}
		full := keys
		keys = nil
		return p.standing(ctx, full)
	})
	if err == nil && len(keys) > 0 {
		err = p.standing(ctx, keys)
	}
	if err != nil {
		return fmt.Errorf("read the jobs: %w", err)
	}

	// Done keys come last: a job that was read and is done since is done.
	err = p.scan(ctx, func(ctx context.Context, cursor uint64) *redis.ScanCmd {
		return p.rdb.ZScan(ctx, doneKey(p.part), cursor, "", p.scanBatch())
	}, func(key, score string) error {
		if owner := p.owner(key); wanted[owner] {
			p.jobs[key] = savedJob{key: key, cohort: owner, state: stateDone, score: readScore(score)}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the done jobs: %w", err)
	}
	return nil
}

// scan calls do for each field and value, or member and score, that it comes
// across; for one twice, it may be.
func (s *Store) scan(ctx context.Context, step func(context.Context, uint64) *redis.ScanCmd, do func(key, value string) error) error {
	for cursor, more := uint64(0), true; more; more = cursor != 0 {
		page, next, err := func() ([]string, uint64, error) {
			ctx, cancel := context.WithTimeout(ctx, callTimeout)
			defer cancel()
			return step(ctx, cursor).Result()
		}()
		if err != nil {
			return err
		}
		cursor = next
		for pair := range slices.Chunk(page, 2) {
			if err := do(pair[0], pair[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// owner returns the cohort of the partition that a job's key names; a key says
// whose job it is, see coach.Store. Empty: none.
func (p *partBackup) owner(key string) coach.CohortID {
	for name := range strings.SplitSeq(key, "/") {
		if c := coach.CohortID(name); p.known[c] != nil {
			return c
		}
	}
	return ""
}

// standing reads where jobs stand.
func (p *partBackup) standing(ctx context.Context, keys []string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	result, err := p.query(ctx, jobsScript,
		[]string{jobsKey(p.part), queueKey(p.part), deadKey(p.part), skippedKey(p.part)}, values(keys)...)
	if err != nil {
		return err
	}
	states := map[string]schedule.State{"2": schedule.Waiting, "3": schedule.Dead, "4": schedule.Skipped}
	for job := range slices.Chunk(texts(result), 4) {
		p.jobs[job[0]] = savedJob{key: job[0], cohort: p.owner(job[0]), record: job[1], state: states[job[2]], score: readScore(job[3])}
	}
	return nil
}

func values(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// readScore reads a score that is a time in milliseconds.
func readScore(score string) int64 {
	ms, _ := strconv.ParseFloat(score, 64)
	return int64(ms)
}

// writeJobs writes the partition's jobs.
func (p *partBackup) writeJobs() error {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(p.jobs)), addBatch) {
		saved := &savedJobs{part: p.part}
		for _, key := range keys {
			saved.jobs = append(saved.jobs, p.jobs[key])
		}
		if err := p.out.write(saved); err != nil {
			return err
		}
	}
	return nil
}

func (p *partBackup) totals() Totals {
	t := Totals{Cohorts: len(p.known)}
	for _, c := range p.known {
		for _, l := range c.learners {
			if l.version != "" {
				t.Learners++
				t.Entries += l.entries
			}
		}
	}
	for _, j := range p.jobs {
		t.count(j)
	}
	return t
}

func (t *Totals) count(j savedJob) {
	if j.state == stateDone {
		t.Done++
	} else {
		t.Jobs++
	}
}
