package redisstore

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// A backup is a gzip stream of
//
//	a line of JSON: the header, see Contents
//	frames: the length of the body as a varint, and the body, see piece
//	the last frame: "end", the totals of Contents, SHA-256 of all before it
//
// Its frames hold what is stored by what it belongs to, never a key of Redis:
// packed records with the versions they had, so that whatever reads an old store
// reads an old backup too.

const (
	backupFormat  = "studycoach backup"
	backupVersion = 1
)

// Contents says what a backup holds.
type Contents struct {
	Format  string    `json:"format"`  // "studycoach backup"
	Version int       `json:"version"` // of the file
	Schema  int       `json:"schema"`  // of the store
	Made    time.Time `json:"made"`
	From    string    `json:"from"` // "embedded", "redis" or "cluster"
	Totals  `json:"-"`
}

// Totals count what a store or a backup holds.
type Totals struct {
	Cohorts, Learners, Entries int
	Jobs                       int // in every state but done
	Done                       int // remembered keys of jobs that are done
}

// ErrBackup says that a file is no backup that can be restored.
var ErrBackup = errors.New("not a whole and intact backup")

// A piece is the body of a frame. What was written again later, because it
// changed while the backup was made, stands for the earlier one.
type piece interface {
	pack(*packer)
	check() error                     // that this program can read the records in it
	name() (id string, repeated bool) // of whom it is; whether a piece of the same has come before
	totals() Totals                   // what it adds to those of the backup
}

// A savedCohort is a cohort without its learners.
type savedCohort struct {
	repeated        bool
	id              coach.CohortID
	version, record string
	announcements   map[string]string
	tallies         map[string]map[string]string
	boards          []string
	receipts        map[string]savedReceipts // by account, of those not learners
}

// A savedLearner is everything of a learner. Without a record they were forgotten
// while the backup was made.
type savedLearner struct {
	repeated    bool
	cohort      coach.CohortID
	id          coach.LearnerID
	version     string
	record      string
	entries     []string
	cards       map[string]string
	assessments map[string]string
	receipts    savedReceipts
	ranks       map[string]string // scores by board
}

// savedReceipts are the receipts of an account.
type savedReceipts struct {
	fields  map[string]string
	expires int64 // unix ms
}

// savedJobs are some jobs of a partition. A job moves with the cohort that its
// key names, to whatever partition that belongs to.
type savedJobs struct {
	part int
	jobs []savedJob
}

type savedJob struct {
	key    string
	cohort coach.CohortID // empty: none is named
	state  schedule.State // stateDone: the key is remembered, there is no record
	record string
	score  int64 // unix ms of when it is due, leased until, ended or to be forgotten
}

const stateDone schedule.State = "done"

func (c *savedCohort) pack(p *packer) {
	p.str("cohort")
	p.bits(c.repeated)
	p.str(string(c.id))
	p.str(c.version)
	p.str(c.record)
	packTexts(p, c.announcements)
	packSorted(p, c.tallies, func(fields map[string]string) { packTexts(p, fields) })
	packList(p, c.boards, p.str)
	packSorted(p, c.receipts, func(r savedReceipts) { r.pack(p) })
}

func (l *savedLearner) pack(p *packer) {
	p.str("learner")
	p.bits(l.repeated)
	p.str(string(l.cohort))
	p.str(string(l.id))
	p.str(l.version)
	p.str(l.record)
	packList(p, l.entries, p.str)
	packTexts(p, l.cards)
	packTexts(p, l.assessments)
	l.receipts.pack(p)
	packTexts(p, l.ranks)
}

func (j *savedJobs) pack(p *packer) {
	p.str("jobs")
	p.int(j.part)
	packList(p, j.jobs, func(j savedJob) {
		p.str(j.key)
		p.str(string(j.cohort))
		p.str(string(j.state))
		p.str(j.record)
		p.int(int(j.score))
	})
}

func (r savedReceipts) pack(p *packer) {
	packTexts(p, r.fields)
	p.int(int(r.expires))
}

func (t Totals) pack(p *packer) {
	for _, n := range []int{t.Cohorts, t.Learners, t.Entries, t.Jobs, t.Done} {
		p.int(n)
	}
}

// packSorted packs a map so that the same one always gives the same bytes.
func packSorted[V any](p *packer, m map[string]V, pack func(V)) {
	p.size(len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		p.str(k)
		pack(m[k])
	}
}

func packTexts(p *packer, m map[string]string) { packSorted(p, m, p.str) }

func unpackTexts(u *unpacker) map[string]string { return unpackMap[string](u, u.str) }

func unpackReceipts(u *unpacker) savedReceipts {
	return savedReceipts{fields: unpackTexts(u), expires: int64(u.int())}
}

// unpackPiece reads what follows the kind of a piece.
func unpackPiece(kind string, u *unpacker) (piece, error) {
	var p piece
	switch kind {
	case "cohort":
		c := &savedCohort{}
		u.bits(&c.repeated)
		c.id = coach.CohortID(u.str())
		c.version, c.record = u.str(), u.str()
		c.announcements = unpackTexts(u)
		c.tallies = unpackMap[string](u, func() map[string]string { return unpackTexts(u) })
		c.boards = unpackList(u, u.str)
		c.receipts = unpackMap[string](u, func() savedReceipts { return unpackReceipts(u) })
		p = c
	case "learner":
		l := &savedLearner{}
		u.bits(&l.repeated)
		l.cohort, l.id = coach.CohortID(u.str()), coach.LearnerID(u.str())
		l.version, l.record = u.str(), u.str()
		l.entries = unpackList(u, u.str)
		l.cards, l.assessments = unpackTexts(u), unpackTexts(u)
		l.receipts = unpackReceipts(u)
		l.ranks = unpackTexts(u)
		p = l
	case "jobs":
		j := &savedJobs{part: u.int()}
		j.jobs = unpackList(u, func() savedJob {
			return savedJob{u.str(), coach.CohortID(u.str()), schedule.State(u.str()), u.str(), int64(u.int())}
		})
		p = j
	default:
		return nil, fmt.Errorf("%w: it holds an unknown piece %q", ErrBackup, kind)
	}
	if u.err == nil && len(u.b) > 0 {
		u.fail()
	}
	if u.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBackup, u.err)
	}
	return p, nil
}

func (c *savedCohort) check() error {
	if c.record != "" {
		if _, err := unpackCohort(c.id, c.record); err != nil {
			return err
		}
	}
	for id, record := range c.announcements {
		if _, err := unpackAnnouncement(id, record); err != nil {
			return err
		}
	}
	return nil
}

func (l *savedLearner) check() error {
	if l.record == "" {
		return nil
	}
	if _, err := unpackLearner(l.cohort, l.id, l.record); err != nil {
		return err
	}
	for _, record := range l.entries {
		if _, err := unpackEntry(record); err != nil {
			return err
		}
	}
	for question, record := range l.cards {
		if _, err := unpackCard(question, record); err != nil {
			return err
		}
	}
	for checkpoint, record := range l.assessments {
		if _, err := unpackAssessment(checkpoint, record); err != nil {
			return err
		}
	}
	return nil
}

func (j *savedJobs) check() error {
	for _, job := range j.jobs {
		if job.state == stateDone {
			continue
		}
		if _, err := unpackJob(0, job.key, job.record); err != nil {
			return err
		}
	}
	return nil
}

func (c *savedCohort) name() (string, bool) { return cohortKey(c.id), c.repeated }

func (l *savedLearner) name() (string, bool) { return learnerKey(l.cohort, l.id), l.repeated }

func (*savedJobs) name() (string, bool) { return "", false }

func (*savedCohort) totals() Totals { return Totals{Cohorts: 1} }

func (l *savedLearner) totals() Totals {
	if l.record == "" {
		return Totals{}
	}
	return Totals{Learners: 1, Entries: len(l.entries)}
}

func (j *savedJobs) totals() (t Totals) {
	for _, job := range j.jobs {
		t.count(job)
	}
	return t
}

// A backupWriter writes a backup piece by piece.
type backupWriter struct {
	out *bufio.Writer // gzip writes in crumbs
	zip *gzip.Writer
	sum hash.Hash
	to  io.Writer // both of them
	buf packer
}

func newBackupWriter(w io.Writer, c Contents) (*backupWriter, error) {
	b := &backupWriter{out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
	b.zip = gzip.NewWriter(b.out)
	b.to = io.MultiWriter(b.zip, b.sum)
	header, err := json.Marshal(c)
	if err == nil {
		_, err = b.to.Write(append(header, '\n'))
	}
	return b, err
}

func (b *backupWriter) write(p piece) error {
	b.buf = b.buf[:0]
	p.pack(&b.buf)
	return b.frame(b.to)
}

// frame writes what is packed in buf.
func (b *backupWriter) frame(w io.Writer) error {
	if _, err := w.Write(binary.AppendUvarint(nil, uint64(len(b.buf)))); err != nil {
		return err
	}
	_, err := w.Write(b.buf)
	return err
}

// end writes the last frame.
func (b *backupWriter) end(t Totals) error {
	b.buf = b.buf[:0]
	b.buf.str("end")
	t.pack(&b.buf)
	b.buf.str(string(b.sum.Sum(nil)))
	return errors.Join(b.frame(b.zip), b.zip.Close(), b.out.Flush())
}

// readBackup calls do for every piece of a backup, with its number, and then
// makes sure that the backup was whole. Pieces are given out before that is
// known.
func readBackup(ctx context.Context, file io.Reader, do func(n int, p piece) error) (c Contents, err error) {
	zip, err := gzip.NewReader(file)
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	sum := sha256.New()
	r := &backupReader{in: bufio.NewReader(zip), sum: sum}
	if c, err = r.header(); err != nil {
		return c, err
	}
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		before := sum.Sum(nil)
		kind, u, err := r.frame()
		if err != nil {
			return c, err
		}
		if kind == "end" {
			c.Totals = unpackTotals(u)
			if u.str() != string(before) {
				return c, fmt.Errorf("%w: its checksum is another", ErrBackup)
			}
			return c, r.ended()
		}
		p, err := unpackPiece(kind, u)
		if err != nil {
			return c, err
		}
		if err := p.check(); err != nil {
			return c, fmt.Errorf("the backup cannot be read: %w", err)
		}
		if err := do(n, p); err != nil {
			return c, err
		}
	}
}

func unpackTotals(u *unpacker) Totals {
	return Totals{Cohorts: u.int(), Learners: u.int(), Entries: u.int(), Jobs: u.int(), Done: u.int()}
}

type backupReader struct {
	in  *bufio.Reader
	sum hash.Hash // of what was read
	buf bytes.Buffer
}

// maxHeader bounds the header in bytes; none is nearly as long.
const maxHeader = 4096

func (r *backupReader) header() (c Contents, err error) {
	line, err := r.in.ReadSlice('\n')
	if len(line) > maxHeader || err != nil || json.Unmarshal(line, &c) != nil || c.Format != backupFormat {
		return c, fmt.Errorf("%w: it does not begin like one", ErrBackup)
	}
	r.sum.Write(line)
	if c.Version > backupVersion {
		return c, fmt.Errorf("the backup was %w (version %d, this one knows %d): please update", ErrNewer, c.Version, backupVersion)
	}
	return c, readable(c.Schema)
}

// frame reads a frame, and leaves what follows its kind to be unpacked.
func (r *backupReader) frame() (kind string, u *unpacker, err error) {
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return "", nil, r.broken(err)
	}
	r.buf.Reset() // grows with what comes, not with what is announced
	if _, err := io.CopyN(io.MultiWriter(&r.buf, r.sum), r.in, int64(min(size, 1<<62))); err != nil {
		return "", nil, r.broken(err)
	}
	u = &unpacker{b: r.buf.String()}
	kind = u.str()
	return kind, u, nil
}

// ReadByte reads for the sum, too.
func (r *backupReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.sum.Write([]byte{b})
	}
	return b, err
}

func (*backupReader) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrBackup)
	}
	return fmt.Errorf("%w: %w", ErrBackup, err)
}

// ended makes sure that nothing follows.
func (r *backupReader) ended() error {
	switch _, err := r.in.ReadByte(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return r.broken(err)
	default:
		return fmt.Errorf("%w: something follows its end", ErrBackup)
	}
}
