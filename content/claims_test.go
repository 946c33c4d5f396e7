//go:build unix

package content_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"studycoach/content"
)

// TestClaims runs every script of testdata/claims, which fails unless PostgreSQL
// behaves as the weeks say.
func TestClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	scripts, err := filepath.Glob("testdata/claims/*-*.sql")
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

// TestQueriesOfTheTasks runs, in order and as they stand, the statements that the
// tasks of the roadmap on plans tell to run: code that ends with a semicolon.
func TestQueriesOfTheTasks(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	l, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := l.Roadmap("query-plans")
	if !ok {
		t.Fatal("there is no roadmap query-plans")
	}
	var script strings.Builder
	statements := regexp.MustCompile("`([^`]*;)`")
	for _, u := range r.Units() {
		for _, task := range u.Tasks {
			for _, found := range statements.FindAllStringSubmatch(task.Text, -1) {
				script.WriteString(`\echo ` + u.ID + "\n" + found[1] + "\n")
			}
		}
	}
	server := startPostgres(t)
	if out, err := server.psql(t, server.newDatabase(t), script.String(), "--set=ON_ERROR_STOP=1"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
