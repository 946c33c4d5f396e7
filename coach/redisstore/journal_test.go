package redisstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

// startEmbedded opens the embedded server in dir and a client on it.
func startEmbedded(t *testing.T, dir string, log *slog.Logger) (*embedded, *redis.Client, func()) {
	t.Helper()
	e, err := openEmbedded(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(tuned(&redis.Options{Dialer: e.dial, Protocol: 2, MaxRetries: -1}))
	return e, rdb, sync.OnceFunc(func() {
		if err := errors.Join(rdb.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
}

// journalOf makes a journal of n writes, a key each, as a process that dies
// leaves it, and returns the file and where each record ends.
func journalOf(t *testing.T, n int) (journal []byte, ends []int) {
	t.Helper()
	journal = []byte(journalHeader)
	for i := range n {
		journal = appendRecord(journal, record{at: time.Now(), commands: [][]string{
			{"SET", fmt.Sprint("key ", i), strings.Repeat("v", i)},
			{"ZADD", "all", fmt.Sprint(i), fmt.Sprint("key ", i)},
		}})
		ends = append(ends, len(journal))
	}
	return journal, ends
}

// reopen opens dir with the given journal and returns the report, the number
// of writes that are there, and what was logged.
func reopen(t *testing.T, dir string, journal []byte) (report, int, string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, journalName), journal, 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	e, rdb, stop := startEmbedded(t, dir, slog.New(slog.NewTextHandler(&log, nil)))
	defer stop()
	ctx := t.Context()
	n, err := rdb.ZCard(ctx, "all").Result()
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if got := rdb.Get(ctx, fmt.Sprint("key ", i)).Val(); got != strings.Repeat("v", int(i)) {
			t.Errorf("key %d holds %q", i, got)
		}
	}
	return e.report, int(n), log.String()
}

func TestJournalCutAtEveryByte(t *testing.T) {
	const n = 4
	journal, ends := journalOf(t, n)
	for cut := ends[n-2]; cut <= ends[n-1]; cut++ {
		whole := n - 1
		if cut == ends[n-1] {
			whole = n
		}
		rep, got, log := reopen(t, t.TempDir(), journal[:cut])
		torn := int64(cut - ends[whole-1])
		if got != whole || rep.Records != whole || rep.Torn != torn || rep.Damaged != 0 {
			t.Errorf("cut at %d: %d writes, report %+v", cut, got, rep)
		}
		if told := strings.Contains(log, "unfinished write"); told != (torn > 0) {
			t.Errorf("cut at %d: the log says %q", cut, log)
		}
	}
}

func TestJournalWithZerosAtTheEnd(t *testing.T) {
	journal, _ := journalOf(t, 3)
	rep, got, _ := reopen(t, t.TempDir(), append(journal, make([]byte, 4096)...))
	if got != 3 || rep.Torn != 4096 || rep.Damaged != 0 {
		t.Errorf("%d writes, report %+v", got, rep)
	}
}

func TestJournalDamagedAtEveryByte(t *testing.T) {
	const n, bad = 6, 2 // the third of six
	journal, ends := journalOf(t, n)
	for at := ends[bad-1]; at < ends[bad]; at++ {
		damaged := bytes.Clone(journal)
		damaged[at] ^= 0x10
		dir := t.TempDir()
		rep, got, log := reopen(t, dir, damaged)
		want := report{
			Path: filepath.Join(dir, journalName), Records: bad, Kept: int64(ends[bad-1]),
			Damaged: int64(len(journal) - ends[bad-1]), Lost: n - bad - 1,
			Aside: filepath.Join(dir, journalName+".damaged-1"),
		}
		if diff := cmp.Diff(want, rep); diff != "" {
			t.Errorf("damaged at %d: report (-want +got):\n%s", at, diff)
		}
		if got != bad {
			t.Errorf("damaged at %d: %d writes are there, want %d", at, got, bad)
		}
		if !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "records_kept=2") {
			t.Errorf("damaged at %d: the log says %q", at, log)
		}
		aside, err := os.ReadFile(want.Aside)
		if err != nil || !bytes.Equal(aside, damaged) {
			t.Errorf("damaged at %d: the file was not kept as it was: %v", at, err)
		}
	}
}

// Damage in the last record cannot be told from a write that was confirmed, so
// it is not taken for a torn one.
func TestJournalDamagedAtTheEnd(t *testing.T) {
	journal, _ := journalOf(t, 3)
	journal[len(journal)-1] ^= 1
	dir := t.TempDir()
	rep, got, _ := reopen(t, dir, journal)
	if got != 2 || rep.Damaged == 0 || rep.Torn != 0 || rep.Aside == "" {
		t.Errorf("%d writes, report %+v", got, rep)
	}
	rep, got, _ = reopen(t, dir, journal)
	if got != 2 || !strings.HasSuffix(rep.Aside, ".damaged-2") {
		t.Errorf("a second time: %d writes, report %+v", got, rep)
	}
}

func TestJournalOfSomethingElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, journalName), []byte("studycoach journal 2\nnewer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openEmbedded(dir, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "it is not a journal that this program reads") {
		t.Errorf("error is %v", err)
	}
	left, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil || string(left) != "studycoach journal 2\nnewer" {
		t.Errorf("the file was changed: %q, %v", left, err)
	}
}

func TestJournalIsPrivateAndCompact(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, rdb, stop := startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	for i := range 200 {
		if err := rdb.Set(t.Context(), "key", i, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	size := func() int64 {
		info, err := os.Stat(filepath.Join(dir, journalName))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the journal has mode %v", info.Mode())
		}
		return info.Size()
	}
	before := size()
	e, rdb, stop := startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	defer stop()
	if e.report.Records != 200 || rdb.Get(t.Context(), "key").Val() != "199" {
		t.Errorf("report %+v", e.report)
	}
	if after := size(); after > before/50 {
		t.Errorf("compacted from %d to %d bytes", before, after)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, %v", info.Mode(), err)
	}
}

// Whatever the server holds comes back, also after a second compaction.
func TestJournalKeepsEveryType(t *testing.T) {
	dir := t.TempDir()
	_, rdb, stop := startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	ctx := t.Context()
	binary := string([]byte{0, 1, 255, '\r', '\n', ' '})
	err := errors.Join(
		rdb.Set(ctx, "string", binary, 0).Err(),
		rdb.Set(ctx, "empty", "", 0).Err(),
		rdb.HSet(ctx, "hash", binary, binary, "b", "").Err(),
		rdb.RPush(ctx, "list", "b", "a", binary, "b").Err(),
		rdb.SAdd(ctx, "set", "b", binary).Err(),
		rdb.ZAdd(ctx, "zset", redis.Z{Score: 1832000000123, Member: binary}, redis.Z{Score: -1.5, Member: "b"}).Err(),
		rdb.Set(ctx, "expires", "x", time.Hour).Err(),
		rdb.Eval(ctx, `for i = 1, 3000 do redis.call('HSET', KEYS[1], i, i) end return 1`, []string{"large"}).Err(),
	)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	for range 2 {
		_, rdb, stop = startEmbedded(t, dir, slog.New(slog.DiscardHandler))
		got := []any{
			rdb.Get(ctx, "string").Val(), rdb.Exists(ctx, "empty").Val(), rdb.HGetAll(ctx, "hash").Val(), rdb.LRange(ctx, "list", 0, -1).Val(),
			rdb.SMembers(ctx, "set").Val(), rdb.ZRangeWithScores(ctx, "zset", 0, -1).Val(), rdb.HLen(ctx, "large").Val(),
		}
		want := []any{
			binary, int64(1), map[string]string{binary: binary, "b": ""}, []string{"b", "a", binary, "b"},
			[]string{binary, "b"}, []redis.Z{{Score: -1.5, Member: "b"}, {Score: 1832000000123, Member: binary}}, int64(3000),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if ttl := rdb.TTL(ctx, "expires").Val(); ttl <= 59*time.Minute || ttl > time.Hour {
			t.Errorf("it expires in %v", ttl)
		}
		stop()
	}
}

// A key that expired while nobody ran is gone, and one that was renewed in time
// is whole.
func TestJournalReplaysExpiry(t *testing.T) {
	dir := t.TempDir()
	hour := []string{"PEXPIRE", "renewed", "3600000"}
	ago := func(d time.Duration, commands ...[]string) record {
		return record{at: time.Now().Add(-d), commands: commands}
	}
	journal := []byte(journalHeader)
	for _, r := range []record{
		ago(150*time.Minute, []string{"HSET", "gone", "a", "1"}, []string{"PEXPIRE", "gone", "3600000"}),
		ago(100*time.Minute, []string{"HSET", "renewed", "a", "1"}, hour),
		ago(50*time.Minute, []string{"HSET", "renewed", "b", "2"}, hour),
	} {
		journal = appendRecord(journal, r)
	}
	if err := os.WriteFile(filepath.Join(dir, journalName), journal, 0o600); err != nil {
		t.Fatal(err)
	}
	_, rdb, stop := startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	defer stop()
	got := []any{rdb.Exists(t.Context(), "gone").Val(), rdb.HGetAll(t.Context(), "renewed").Val()}
	if diff := cmp.Diff([]any{int64(0), map[string]string{"a": "1", "b": "2"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ttl := rdb.TTL(t.Context(), "renewed").Val(); ttl > 10*time.Minute || ttl < 9*time.Minute {
		t.Errorf("it expires in %v, want in 10 min", ttl)
	}
}

func TestDirectoryIsLocked(t *testing.T) {
	dir := t.TempDir()
	_, _, stop := startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	defer stop()
	_, err := openEmbedded(dir, slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error is %v", err)
	}
	stop()
	_, _, stop = startEmbedded(t, dir, slog.New(slog.DiscardHandler))
	stop()
}

// Commands that could not be replayed are refused.
func TestGateRefuses(t *testing.T) {
	_, rdb, stop := startEmbedded(t, t.TempDir(), slog.New(slog.DiscardHandler))
	defer stop()
	for _, command := range [][]any{{"FLUSHALL"}, {"INCR", "a"}, {"MULTI"}, {"SELECT", 1}, {"SPOP", "s"}, {"no such"},
		{"EVAL", "return redis.call('INCR', 'a')", 0}} {
		err := rdb.Do(t.Context(), command...).Err()
		if err == nil || !strings.Contains(err.Error(), "the embedded store does not take the command") {
			t.Errorf("%v: %v", command, err)
		}
	}
}

// A broken disk takes writes until it breaks; what was answered before is
// there, nothing that was not written was confirmed, and from then on nothing is.
type brokenDisk struct {
	bytes.Buffer
	room int // bytes that still fit
}

var errFull = errors.New("no space left on device")

func (d *brokenDisk) Write(b []byte) (int, error) {
	n, _ := d.Buffer.Write(b[:min(d.room, len(b))])
	if d.room -= n; n < len(b) {
		return n, errFull
	}
	return n, nil
}
func (d *brokenDisk) Sync() error  { return nil }
func (d *brokenDisk) Close() error { return nil }

func TestFullDisk(t *testing.T) {
	e, rdb, _ := startEmbedded(t, t.TempDir(), slog.New(slog.DiscardHandler))
	disk := &brokenDisk{room: 500}
	real := e.journal.file
	e.journal.file = disk
	defer func() {
		if err := errors.Join(rdb.Close(), real.Close()); err != nil {
			t.Error(err)
		}
		if err := e.Close(); !errors.Is(err, errFull) {
			t.Errorf("Close: %v", err)
		}
	}()
	confirmed := 0
	for ; confirmed < 100; confirmed++ {
		if err := rdb.Set(t.Context(), fmt.Sprint("key ", confirmed), "value", 0).Err(); err != nil {
			if !strings.Contains(err.Error(), errFull.Error()) {
				t.Errorf("error is %v", err)
			}
			break
		}
	}
	if confirmed == 0 || confirmed == 100 {
		t.Fatalf("%d writes were confirmed", confirmed)
	}
	disk.room = 1 << 20 // nothing heals before a restart
	for name, err := range map[string]error{
		"write": rdb.Set(t.Context(), "another", "value", 0).Err(),
		"read":  rdb.Get(t.Context(), "key 0").Err(),
	} {
		if err == nil || !strings.Contains(err.Error(), "the journal cannot be written") {
			t.Errorf("%s after the failure: %v", name, err)
		}
	}
	n := 0
	for rest := disk.Bytes(); ; n++ {
		_, next, ok := cutRecord(rest)
		if !ok {
			break
		}
		rest = next
	}
	if n != confirmed {
		t.Errorf("%d writes were confirmed, %d are in the journal", confirmed, n)
	}
}

// slowDisk counts syncs and lets the test end each of them.
type slowDisk struct {
	brokenDisk
	syncs   int
	proceed chan struct{}
}

func (d *slowDisk) Sync() error {
	d.syncs++
	<-d.proceed
	return nil
}

// Those who wait while the disk is busy share the next sync, and none of them
// is answered before it.
func TestWritersShareASync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &slowDisk{brokenDisk: brokenDisk{room: 1 << 20}, proceed: make(chan struct{})}
		j := &journal{file: disk}
		j.changed.L = &j.mu
		var mu sync.Mutex
		answered := 0
		write := func() {
			if err := j.wait(j.append(record{commands: [][]string{{"SET", "a", "b"}}})); err != nil {
				t.Error(err)
			}
			mu.Lock()
			answered++
			mu.Unlock()
		}
		var group sync.WaitGroup
		group.Go(write)
		synctest.Wait() // the first one syncs
		for range 20 {
			group.Go(write)
		}
		synctest.Wait()
		if answered != 0 {
			t.Errorf("%d were answered before a sync ended", answered)
		}
		disk.proceed <- struct{}{}
		synctest.Wait()
		if answered != 1 {
			t.Errorf("%d were answered after the first sync, want 1", answered)
		}
		disk.proceed <- struct{}{}
		group.Wait()
		if disk.syncs != 2 {
			t.Errorf("21 writes took %d syncs, want 2", disk.syncs)
		}
	})
}

func FuzzParseJournal(f *testing.F) {
	journal := appendRecord([]byte(journalHeader), record{at: time.Now(), commands: [][]string{{"SET", "a", "b"}}})
	f.Add(journal)
	f.Add(journal[:len(journal)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, journal []byte) {
		rep, err := parseJournal(journal, func(record) {})
		if err == nil && rep.Kept+rep.Torn+rep.Damaged != int64(len(journal)) {
			t.Errorf("of %d bytes, %+v accounts for %d", len(journal), rep, rep.Kept+rep.Torn+rep.Damaged)
		}
	})
}

func FuzzReadCommand(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nGET\r\n$1\r\na\r\n"))
	f.Add([]byte("*1\r\n$-1\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		command, err := readCommand(bufio.NewReader(bytes.NewReader(in)))
		if err == nil && len(command) == 0 {
			t.Error("a command without a name")
		}
	})
}
