package redisstore_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// backup backs a store up, which may be in use.
func backup(t *testing.T, from redisstore.Options) (*bytes.Reader, redisstore.Contents) {
	t.Helper()
	var file bytes.Buffer
	c, err := redisstore.Backup(t.Context(), from, &file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(file.Bytes()), c
}

// stored is what a store holds, in a form in which equal stores are equal. That
// of when a room was claimed is left out, and so is what Ready writes.
func stored(t *testing.T, s *redisstore.Store) map[string]string {
	t.Helper()
	dump, err := s.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	delete(dump, "sc:ready")
	for key, value := range dump {
		if strings.HasPrefix(key, "sc:room:") {
			value, _, _ = strings.Cut(value, " ")
		}
		lines := strings.Split(value, "\n")
		slices.Sort(lines)
		dump[key] = strings.Join(lines, "\n")
	}
	return dump
}

// A whole installation goes from the embedded store to Redis, on to a Cluster
// and back, while each is open, and nobody can tell the difference.
func TestBackupAndRestore(t *testing.T) {
	storetest.NeedRedis(t)
	first := redisstore.Options{DataDir: t.TempDir()}
	was := settle(t, open(t, first))
	wantStored, wantQueue, wantExports := stored(t, was.store), was.queue(), was.exports(people...)
	if len(wantExports) != 7 {
		t.Errorf("%d exports are compared", len(wantExports))
	}
	from := first
	for _, place := range []struct {
		kind string
		to   redisstore.Options
	}{
		{"embedded", redisstore.Options{URL: storetest.StartRedis(t).URL()}},
		{"redis", redisstore.Options{URL: storetest.StartCluster(t).URL()}},
		{"cluster", redisstore.Options{DataDir: t.TempDir()}},
	} {
		file, made := backup(t, from)
		if made.From != place.kind || made.Cohorts != 2 || made.Learners != 5 || made.Entries < 60 || made.Jobs < 10 || made.Done < 50 {
			t.Errorf("the backup is one of %+v", made)
		}
		verified, err := redisstore.Verify(t.Context(), file)
		if err != nil || verified != made {
			t.Errorf("verified is %+v, %v, made was %+v", verified, err, made)
		}
		done, err := redisstore.Restore(t.Context(), place.to, file, redisstore.RestoreOptions{})
		if err != nil || done.Contents != made || done.Removed != (redisstore.Totals{}) {
			t.Fatalf("restored is %+v, %v, made was %+v", done, err, made)
		}
		is := newTown(t, open(t, place.to), was.now, nil)
		for what, diff := range map[string]string{
			"stored":  cmp.Diff(wantStored, stored(t, is.store)),
			"queue":   cmp.Diff(wantQueue, is.queue()),
			"exports": cmp.Diff(wantExports, is.exports(people...)),
		} {
			if diff != "" {
				t.Errorf("from %s: %s differs (-want +got):\n%s", place.kind, what, diff)
			}
		}
		from = place.to
	}
}
