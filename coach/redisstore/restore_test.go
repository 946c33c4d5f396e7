package redisstore_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// small makes a store with one cohort, and returns a backup of it.
func small(t *testing.T) *bytes.Reader {
	t.Helper()
	o := redisstore.Options{DataDir: t.TempDir()}
	w := newTown(t, open(t, o), monday, nil)
	c := w.setup("lea", "general", "One")
	w.say("ada", c, "join", "")
	w.say("ada", c, "checkin", "45m")
	file, _ := backup(t, o)
	return file
}

// A file that was cut, or in which a byte is another, is refused before
// anything is written.
func TestDamagedBackupIsRefused(t *testing.T) {
	whole, err := io.ReadAll(small(t))
	if err != nil {
		t.Fatal(err)
	}
	unzipped := func(file []byte) []byte {
		zip, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	content := unzipped(whole)
	zipped := func(content []byte) []byte {
		var file bytes.Buffer
		zip := gzip.NewWriter(&file)
		if _, err := zip.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := zip.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	flipped := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	check := func(file []byte, how string, i int) {
		t.Helper()
		if _, err := redisstore.Verify(t.Context(), bytes.NewReader(file)); err == nil && !bytes.Equal(unzipped(file), content) {
			t.Errorf("%s %d was verified", how, i) // and gzip has not another way to say the same
		}
	}
	if _, err := redisstore.Verify(t.Context(), bytes.NewReader(zipped(content))); err != nil {
		t.Fatal(err) // nothing below would say anything
	}
	const gzipHeader = 10 // bytes, in which a time and a system may be anything
	const step = 13       // of them all, enough are tried
	for i := gzipHeader; i < len(whole); i += step {
		check(flipped(whole, i), "the file with another byte", i)
		check(whole[:i], "the file cut at", i)
	}
	for i := 0; i < len(content); i += step {
		check(zipped(flipped(content, i)), "the content with another byte", i)
		check(zipped(content[:i]), "the content cut at", i)
	}
	check(append(bytes.Clone(whole), zipped([]byte("more"))...), "the file with more at", len(whole))
	check(zipped(append(bytes.Clone(content), 0)), "the content with another byte at", len(content))

	dir := t.TempDir()
	_, err = redisstore.Restore(t.Context(), redisstore.Options{DataDir: dir}, bytes.NewReader(whole[:len(whole)-1]), redisstore.RestoreOptions{})
	if !errors.Is(err, redisstore.ErrBackup) || !strings.Contains(err.Error(), "it ends too early") {
		t.Errorf("error is %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("it left %v, %v", files, err)
	}
}

// Nothing goes into a store that holds data, unless that is to be replaced.
func TestRestoreReplacesOnlyWhenTold(t *testing.T) {
	file := small(t)
	for name, to := range map[string]redisstore.Options{
		"embedded": {DataDir: t.TempDir()},
		"redis":    {URL: storetest.StartRedis(t).URL()},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := redisstore.Open(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			w := newTown(t, s, monday, nil)
			w.say("ben", w.setup("mei", "random", "Old"), "join", "")
			if name == "embedded" {
				_, err = redisstore.Restore(t.Context(), to, file, redisstore.RestoreOptions{Replace: true})
				if !errors.Is(err, redisstore.ErrLocked) {
					t.Errorf("while it is open: %v", err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}

			_, err = redisstore.Restore(t.Context(), to, file, redisstore.RestoreOptions{})
			if !errors.Is(err, redisstore.ErrNotEmpty) || !strings.Contains(err.Error(), "1 cohorts with 1 learners") {
				t.Errorf("error is %v", err)
			}
			untouched := newTown(t, reopen(t, to), monday, nil)
			if len(untouched.cohorts("ben")) != 1 {
				t.Error("what was there is gone")
			}
			if err := untouched.store.Close(); err != nil {
				t.Fatal(err)
			}

			done, err := redisstore.Restore(t.Context(), to, file, redisstore.RestoreOptions{Replace: true})
			if err != nil || done.Removed.Cohorts != 1 || done.Removed.Learners != 1 || done.Removed.Jobs == 0 {
				t.Errorf("restored is %+v, %v", done, err)
			}
			is := newTown(t, open(t, to), monday, nil)
			if len(is.cohorts("ada")) != 1 || len(is.cohorts("ben")) != 0 {
				t.Errorf("ada is in %v, ben in %v", is.cohorts("ada"), is.cohorts("ben"))
			}
			for key, value := range stored(t, is.store) {
				if strings.Contains(key+value, "ben") {
					t.Errorf("%s is left: %q", key, value)
				}
			}
		})
	}
}

// reopen opens a store that the caller closes.
func reopen(t *testing.T, o redisstore.Options) *redisstore.Store {
	t.Helper()
	s, err := redisstore.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// cutOff is a file whose second reading cancels the one who reads it.
type cutOff struct {
	*bytes.Reader
	reading int
	cancel  context.CancelFunc
}

func (c *cutOff) Seek(offset int64, whence int) (int64, error) {
	c.reading++
	return c.Reader.Seek(offset, whence)
}

func (c *cutOff) Read(b []byte) (int, error) {
	if c.reading == 2 && c.Len() < int(c.Size())/2 {
		c.cancel()
	}
	return c.Reader.Read(b[:min(len(b), 64)])
}

// A restore that was cut off leaves a store that nothing opens, and that
// another restore makes whole.
func TestRestoreThatIsCutOff(t *testing.T) {
	from := redisstore.Options{DataDir: t.TempDir()}
	want := settle(t, open(t, from))
	file, _ := backup(t, from)
	for name, test := range map[string]struct {
		to      redisstore.Options
		replace bool
	}{
		"embedded":         {redisstore.Options{DataDir: t.TempDir()}, false},
		"embedded, in use": {redisstore.Options{DataDir: t.TempDir()}, true},
		"redis":            {redisstore.Options{URL: storetest.StartRedis(t).URL()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if test.replace {
				s := reopen(t, test.to)
				newTown(t, s, monday, nil).setup("mei", "other", "Old")
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			_, err := redisstore.Restore(ctx, test.to, &cutOff{Reader: file, cancel: cancel}, redisstore.RestoreOptions{Replace: test.replace})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("it was not cut off: %v", err)
			}
			if s, err := redisstore.Open(t.Context(), test.to); !errors.Is(err, redisstore.ErrHalfRestored) {
				t.Errorf("opened is %v, %v", s, err)
			}
			if _, err := redisstore.Backup(t.Context(), test.to, io.Discard); !errors.Is(err, redisstore.ErrHalfRestored) {
				t.Errorf("backed up: %v", err)
			}
			if _, err := redisstore.Restore(t.Context(), test.to, file, redisstore.RestoreOptions{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(stored(t, want.store), stored(t, open(t, test.to))); diff != "" {
				t.Errorf("stored differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A bot that answered on its readiness is noticed.
func TestRestoreNoticesABot(t *testing.T) {
	to := redisstore.Options{URL: storetest.StartRedis(t).URL()}
	s := open(t, to)
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := small(t)
	_, err := redisstore.Restore(t.Context(), to, file, redisstore.RestoreOptions{Replace: true})
	if !errors.Is(err, redisstore.ErrInUse) {
		t.Errorf("error is %v", err)
	}
	if err := redisstore.ClientOf(s).Del(t.Context(), "sc:ready").Err(); err != nil { // a minute has passed
		t.Fatal(err)
	}
	if _, err := redisstore.Restore(t.Context(), to, file, redisstore.RestoreOptions{}); err != nil {
		t.Error(err)
	}
}

// A store of a newer program is neither backed up nor replaced, and one that is
// not there is not made.
func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := redisstore.Backup(t.Context(), redisstore.Options{DataDir: dir}, io.Discard); !errors.Is(err, redisstore.ErrNothing) {
		t.Errorf("of an empty directory: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("it left %v, %v", files, err)
	}
	server := storetest.StartRedis(t)
	o := redisstore.Options{URL: server.URL()}
	if _, err := redisstore.Backup(t.Context(), o, io.Discard); !errors.Is(err, redisstore.ErrNothing) {
		t.Errorf("of an empty Redis: %v", err)
	}
	if keys := server.Do("DBSIZE"); keys != "0" {
		t.Errorf("it left %s keys", keys)
	}
	server.Do("HSET", "sc:meta", "schema", "9")
	_, err := redisstore.Backup(t.Context(), o, io.Discard)
	if !errors.Is(err, redisstore.ErrNewer) || !strings.Contains(err.Error(), "the data was written by a newer studycoach (schema 9, this one knows") {
		t.Errorf("of a newer one: %v", err)
	}
	if _, err := redisstore.Restore(t.Context(), o, small(t), redisstore.RestoreOptions{Replace: true}); !errors.Is(err, redisstore.ErrNewer) {
		t.Errorf("into a newer one: %v", err)
	}
}

// The journal may end in an unfinished write, and is refused with damage in it.
func TestBackupOfAJournal(t *testing.T) {
	o := redisstore.Options{DataDir: t.TempDir()}
	s := open(t, o)
	w := newTown(t, s, monday, nil)
	c := w.setup("lea", "general", "One")
	w.say("ada", c, "join", "")
	path := filepath.Join(o.DataDir, "journal")
	journal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := func(journal []byte) redisstore.Options {
		o := redisstore.Options{DataDir: t.TempDir()}
		if err := os.WriteFile(filepath.Join(o.DataDir, "journal"), journal, 0o600); err != nil {
			t.Fatal(err)
		}
		return o
	}
	if _, made := backup(t, copied(journal[:len(journal)-1])); made.Cohorts != 1 {
		t.Errorf("of a torn journal: %+v", made)
	}
	journal[len(journal)/2] ^= 1
	if _, err := redisstore.Backup(t.Context(), copied(journal), io.Discard); err == nil || !strings.Contains(err.Error(), "is damaged after") {
		t.Errorf("of a damaged journal: %v", err)
	}
}
