//go:build unix

package content_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// review is an archive as content/doc.go describes it.
type review struct {
	name     string            // such as backend/visit-count
	sections map[string]string // by name
}

// reviews returns the archives that hold a section, from files that match a
// pattern.
func reviews(t *testing.T, pattern, section string) []review {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all []review
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		roadmap := filepath.Base(filepath.Dir(filepath.Dir(name)))
		r := review{roadmap + "/" + strings.TrimSuffix(filepath.Base(name), ".txtar"), map[string]string{}}
		for _, f := range archive.Files {
			r.sections[f.Name] = string(f.Data)
		}
		if _, ok := r.sections[section]; ok {
			all = append(all, r)
		}
	}
	return all
}

// with returns the archive under another name, with a section replaced.
func (r review) with(name, section, text string) review {
	sections := map[string]string{}
	for s, old := range r.sections {
		sections[s] = old
	}
	sections[section] = text
	return review{name, sections}
}

// needed skips the test where something is missing, or fails it where nothing may
// be.
func needed(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// TestGoReviews tests every review of Go code: its fault must be found, and its
// mend must pass.
func TestGoReviews(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and tests every review")
	}
	for _, wrong := range proveGo(t, reviews(t, "roadmaps/*/reviews/*.txtar", "fault.go")) {
		t.Error(wrong)
	}
}

func TestGoReviewsThatProveNothing(t *testing.T) {
	right := reviews(t, "testdata/small/reviews/*.txtar", "fault.go")[0]
	fault, mend := right.sections["fault.go"], right.sections["mend.go"]
	got := proveGo(t, []review{
		right,
		right.with("no-fault", "fault.go", mend),
		right.with("no-mend", "mend.go", fault),
		right.with("no-code", "fault.go", "package review\n"),
		right.with("no-sense", "mend.go", mend+"\nfunc f() { fmt.Println() }\n"),
		right.with("no-test", "review_test.go", "package review\n"),
		right.with("no-format", "fault.go", strings.Replace(fault, "package review", "package  review", 1)),
	})
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], "\n")
	}
	slices.Sort(got)
	want := []string{
		"no-code: the fault does not compile:",
		"no-fault: the fault passes the test:",
		"no-format: fault.go is not as gofmt would have it",
		"no-mend: the mend fails the test:",
		"no-sense: the mend does not compile:",
		"no-test: the fault passes the test:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// proveGo returns what is wrong with reviews of Go code.
func proveGo(t *testing.T, all []review) (wrong []string) {
	t.Helper()
	if len(all) == 0 {
		return nil
	}
	cgo, err := exec.CommandContext(t.Context(), "go", "env", "CGO_ENABLED").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(cgo)) != "1" {
		needed(t, "the race detector needs cgo")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module reviews\n\ngo 1.26\n")
	for _, r := range all {
		for section, text := range r.sections {
			formatted, err := format.Source([]byte(text))
			if err == nil && string(formatted) != text {
				wrong = append(wrong, fmt.Sprintf("%s: %s is not as gofmt would have it", r.name, section))
			}
			switch section {
			case "fault.go":
				write(t, filepath.Join(dir, "fault", r.name, section), text)
			case "mend.go":
				write(t, filepath.Join(dir, "mend", r.name, section), text)
			default:
				write(t, filepath.Join(dir, "fault", r.name, section), text)
				write(t, filepath.Join(dir, "mend", r.name, section), text)
			}
		}
	}
	faults := goTest(t, dir, "-vet=off", "./fault/...")
	mends := goTest(t, dir, "./mend/...")
	for _, r := range all {
		switch f := faults["reviews/fault/"+r.name]; {
		case !f.builds:
			wrong = append(wrong, fmt.Sprintf("%s: the fault does not compile:\n%s", r.name, f.output))
		case f.passes:
			wrong = append(wrong, fmt.Sprintf("%s: the fault passes the test:\n%s", r.name, f.output))
		}
		switch m := mends["reviews/mend/"+r.name]; {
		case !m.builds:
			wrong = append(wrong, fmt.Sprintf("%s: the mend does not compile:\n%s", r.name, m.output))
		case !m.passes:
			wrong = append(wrong, fmt.Sprintf("%s: the mend fails the test:\n%s", r.name, m.output))
		}
	}
	return wrong
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tested is what became of a package's test.
type tested struct {
	builds, passes bool
	output         string
}

// goTest tests packages of the module in dir with the race detector; the result is
// by import path.
func goTest(t *testing.T, dir string, args ...string) map[string]tested {
	t.Helper()
	args = append([]string{"test", "-json", "-race", "-trimpath", "-count=1", "-timeout=30s"}, args...)
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("%v: %v\n%s", command, err, &stderr)
	}
	all := map[string]tested{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		var event struct{ Action, Package, ImportPath, Test, Output, FailedBuild string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if event.ImportPath != "" { // of a build; that of a test has the package in brackets
			event.Package, _, _ = strings.Cut(event.ImportPath, " ")
		}
		one := all[event.Package]
		one.output += event.Output
		if event.Test == "" && (event.Action == "pass" || event.Action == "fail") {
			one.builds, one.passes = event.FailedBuild == "", event.Action == "pass"
		}
		all[event.Package] = one
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSQLReviews runs every review of SQL on a real PostgreSQL: each form must
// print what the archive says.
func TestSQLReviews(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	server := startPostgres(t)
	for _, wrong := range proveSQL(t, server, reviews(t, "roadmaps/*/reviews/*.txtar", "fault.sql")) {
		t.Error(wrong)
	}
	t.Run("that prove nothing", func(t *testing.T) {
		right := reviews(t, "testdata/small/reviews/*.txtar", "fault.sql")[0]
		got := proveSQL(t, server, []review{
			right,
			right.with("no-fault", "fault.sql", right.sections["mend.sql"]),
			right.with("no-mend", "mend.sql", right.sections["fault.sql"]),
			right.with("no-setup", "setup.sql", "CREATE TABLE visit (id int);\nSELECT 1/0;\nSELECT 2;"),
		})
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], "\n")
		}
		want := []string{
			"no-fault: fault.sql and check.sql print (-want +got):",
			"no-mend: mend.sql and check.sql print (-want +got):",
			"no-setup: setup.sql fails: exit status 3",
			"no-setup: setup.sql fails: exit status 3",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// proveSQL returns what is wrong with reviews of SQL.
func proveSQL(t *testing.T, server *postgres, all []review) (wrong []string) {
	t.Helper()
	for _, r := range all {
		for _, form := range []string{"fault", "mend"} {
			db := server.newDatabase(t)
			if out, err := server.psql(t, db, r.sections["setup.sql"], "--set=ON_ERROR_STOP=1"); err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: setup.sql fails: %v\n%s", r.name, err, out))
				continue
			}
			out, err := server.psql(t, db, r.sections[form+".sql"]+"\n"+r.sections["check.sql"], "--set=VERBOSITY=terse")
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %s.sql and check.sql end early: %v\n%s", r.name, form, err, out))
				continue
			}
			if diff := cmp.Diff(trimmed(r.sections[form+".out"]), trimmed(out)); diff != "" {
				wrong = append(wrong, fmt.Sprintf("%s: %s.sql and check.sql print (-want +got):\n%s", r.name, form, diff))
			}
		}
	}
	return wrong
}

// trimmed returns the lines of text without what is invisible at their ends.
func trimmed(text string) []string {
	lines := strings.Split(strings.TrimRight(text, " \n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}
