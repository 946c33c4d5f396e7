//go:build unix

package content_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestClaims runs every script of testdata/claims, which fails unless PostgreSQL
// behaves as the weeks say.
func TestClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	scripts, err := filepath.Glob("testdata/claims/w*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) == 0 {
		t.Fatal("there are no claims")
	}
	server := startPostgres(t)
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".sql"), func(t *testing.T) {
			db := server.newDatabase(t) // one at a time
			t.Parallel()
			if out, err := server.psql(t, db, `\i `+script, "--set=ON_ERROR_STOP=1"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
