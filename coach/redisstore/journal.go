package redisstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A journal is a file of records, each with its length and checksum:
//
//	"studycoach journal 1\n"
//	length of the body, 4 bytes, little endian
//	CRC-32C of length and body, 4 bytes, little endian
//	body: unix ms, number of commands, and of each the number and the strings
//
// Records that wait at the same time are written and synced together. When
// that fails the journal takes nothing more, since what is on disk is no longer
// known; the next start finds out.
type journal struct {
	mu      sync.Mutex
	changed sync.Cond
	file    journalFile
	compact int64  // bytes of the file at the start
	buffer  []byte // appended, not written
	ended   int64  // bytes appended since the start
	synced  int64  // of them on disk
	writing bool   // someone writes and syncs
	err     error  // the first failure
}

type journalFile interface {
	io.Writer
	Sync() error
	Close() error
}

// A record is what one command did.
type record struct {
	at       time.Time // whole milliseconds
	commands [][]string
}

func newJournal(f journalFile) *journal {
	j := &journal{file: f}
	j.changed.L = &j.mu
	return j
}

// nowhere is the file of a journal that is not kept.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Sync() error                 { return nil }
func (nowhere) Close() error                { return nil }

const (
	journalName   = "journal"
	journalHeader = "studycoach journal 1\n"
	recordHeader  = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// append adds a record to what is written next and returns where it ends.
func (j *journal) append(r record) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := len(j.buffer)
	j.buffer = appendRecord(j.buffer, r)
	j.ended += int64(len(j.buffer) - before)
	return j.ended
}

// end returns where the last record ends.
func (j *journal) end() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ended
}

// size returns the bytes of the file now, and when it was compact.
func (j *journal) size() (now, compact int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.compact + j.synced, j.compact
}

// failed returns why nothing more is taken, nil while all is well.
func (j *journal) failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// wait returns once everything up to at is on disk. Of those who wait, one
// writes for all.
func (j *journal) wait(at int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.synced < at {
		if j.err != nil {
			return j.err
		}
		if j.writing {
			j.changed.Wait()
			continue
		}
		j.writing = true
		batch, end := j.buffer, j.ended
		j.buffer = nil
		j.mu.Unlock()
		_, err := j.file.Write(batch)
		if err == nil {
			err = j.file.Sync()
		}
		j.mu.Lock()
		j.writing = false
		if err != nil {
			j.err = fmt.Errorf("the journal cannot be written, restart when that is mended: %w", err)
		} else {
			j.synced = end
		}
		j.changed.Broadcast()
	}
	return nil
}

// close writes what is left and closes the file.
func (j *journal) close() error {
	return errors.Join(j.wait(j.end()), j.file.Close())
}

func appendRecord(b []byte, r record) []byte {
	start := len(b)
	p := packer(append(b, make([]byte, recordHeader)...))
	p.int(int(r.at.UnixMilli()))
	packList(&p, r.commands, func(command []string) { packList(&p, command, p.str) })
	header, body := p[start:start+recordHeader], p[start+recordHeader:]
	binary.LittleEndian.PutUint32(header, uint32(len(body)))
	binary.LittleEndian.PutUint32(header[4:], checksum(header[:4], body))
	return p
}

func checksum(length, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, body)
}

// cutRecord returns the body of the record that b begins with and what follows
// it; ok is false when b does not begin with a whole and intact record.
func cutRecord(b []byte) (body, rest []byte, ok bool) {
	if len(b) < recordHeader {
		return nil, nil, false
	}
	size := uint64(binary.LittleEndian.Uint32(b))
	if size == 0 || size > uint64(len(b)-recordHeader) {
		return nil, nil, false
	}
	body, rest = b[recordHeader:recordHeader+size], b[recordHeader+size:]
	return body, rest, binary.LittleEndian.Uint32(b[4:]) == checksum(b[:4], body)
}

func parseRecord(body []byte) (record, error) {
	u := &unpacker{b: string(body)}
	r := record{at: time.UnixMilli(int64(u.int()))}
	r.commands = unpackList(u, func() []string { return unpackList(u, u.str) })
	return r, u.err
}

// A report says what was found in a journal.
type report struct {
	Path    string
	Records int    // intact ones, from the start on
	Kept    int64  // bytes of them, with the header
	Torn    int64  // bytes of an unfinished write at the end; nothing of it was ever confirmed
	Damaged int64  // bytes from the first damaged record on, which are not replayed
	Lost    int    // intact records among those bytes
	Aside   string // where a damaged file is kept
}

func (r report) warn(log *slog.Logger) {
	switch {
	case r.Damaged > 0:
		log.Error("the journal is damaged: what stands before the damage is kept, what follows is not",
			"file", r.Path, "records_kept", r.Records, "bytes_kept", r.Kept,
			"bytes_not_read", r.Damaged, "intact_records_not_read", r.Lost)
	case r.Torn > 0:
		log.Warn("the journal ended in an unfinished write, of which nothing had been confirmed",
			"file", r.Path, "records_kept", r.Records, "bytes_dropped", r.Torn)
	}
}

// readJournal calls replay for every record of dir's journal up to the end or
// the first damage. There may be no journal yet.
func readJournal(dir string, replay func(record)) (report, error) {
	path := filepath.Join(dir, journalName)
	all, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return report{Path: path}, nil
	}
	if err != nil {
		return report{}, fmt.Errorf("read the journal: %w", err)
	}
	rep, err := parseJournal(all, replay)
	rep.Path = path
	if err != nil {
		return rep, fmt.Errorf("%s: %w", path, err)
	}
	return rep, nil
}

// parseJournal calls replay for every record up to the end or the first damage.
//
// The end of a journal is torn when the process died while it wrote: the last
// record is short, or what follows it is zeros. Anything else that is not an
// intact record is damage.
func parseJournal(all []byte, replay func(record)) (rep report, err error) {
	rest, ok := bytes.CutPrefix(all, []byte(journalHeader))
	if !ok {
		return rep, fmt.Errorf("it is not a journal that this program reads: it does not begin with %q", journalHeader)
	}
	for len(rest) > 0 {
		body, next, ok := cutRecord(rest)
		if !ok {
			break
		}
		r, err := parseRecord(body)
		if err != nil {
			return rep, fmt.Errorf("record %d: %w", rep.Records, err)
		}
		replay(r)
		rep.Records++
		rest = next
	}
	rep.Kept = int64(len(all) - len(rest))
	if rep.Lost = countRecords(rest); rep.Lost == 0 && isTorn(rest) {
		rep.Torn = int64(len(rest))
	} else {
		rep.Damaged = int64(len(rest))
	}
	return rep, nil
}

// isTorn tells whether b is what an unfinished write leaves.
func isTorn(b []byte) bool {
	short := len(b) < recordHeader ||
		uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-recordHeader)
	return short || len(bytes.Trim(b, "\x00")) == 0
}

// countRecords counts the intact records anywhere in b.
func countRecords(b []byte) int {
	n := 0
	for len(b) > 0 {
		if _, rest, ok := cutRecord(b); ok {
			n++
			b = rest
		} else {
			b = b[1:]
		}
	}
	return n
}

// setAside copies a damaged journal to a name that is not taken.
func setAside(dir string, rep *report) error {
	all, err := os.ReadFile(rep.Path)
	if err != nil {
		return fmt.Errorf("keep the damaged journal: %w", err)
	}
	for n := 1; ; n++ {
		name := filepath.Join(dir, fmt.Sprintf("%s.damaged-%d", journalName, n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("keep the damaged journal: %w", err)
		}
		_, err = f.Write(all)
		if err = errors.Join(err, f.Sync(), f.Close(), syncDir(dir)); err != nil {
			return fmt.Errorf("keep the damaged journal: %w", err)
		}
		rep.Aside = name
		return nil
	}
}

// writeJournal replaces dir's journal by one with the given records and opens
// it for more. The old one stands until the new one is on disk.
func writeJournal(dir string, records iter.Seq[record]) (*journal, error) {
	path := filepath.Join(dir, journalName)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the journal: %w", err)
	}
	b := []byte(journalHeader)
	for r := range records {
		if b = appendRecord(b, r); len(b) >= 1<<20 {
			if _, err = f.Write(b); err != nil {
				break
			}
			b = b[:0]
		}
	}
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Sync()
	}
	var size int64
	if err == nil {
		size, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write the journal: %w", err), f.Close())
	}
	j := newJournal(f)
	j.compact = size
	return j, nil
}
