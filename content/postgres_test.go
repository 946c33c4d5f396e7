//go:build unix

package content_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// postgres is a server with a cluster of its own, reached only through a socket
// in a temporary folder.
type postgres struct {
	bin       string // the folder of its programs
	dir       string // the cluster and its socket
	as        *syscall.SysProcAttr
	databases int
}

// settings make the server fast, and its plans and messages the same everywhere.
const settings = `
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
deadlock_timeout = '100ms'
statement_timeout = '30s'
client_min_messages = warning
timezone = 'UTC'
lc_messages = 'C'
`

// startPostgres starts the newest PostgreSQL of this machine until the test ends.
func startPostgres(t *testing.T) *postgres {
	t.Helper()
	p := &postgres{dir: t.TempDir()}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		p.bin = filepath.Dir(found[len(found)-1])
	} else if found, err := exec.LookPath("initdb"); err == nil {
		p.bin = filepath.Dir(found)
	} else {
		needed(t, "PostgreSQL is not installed")
	}
	if os.Getuid() == 0 {
		p.becomeSomebody(t)
	}
	data := filepath.Join(p.dir, "data")
	p.run(t, "initdb", "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	conf, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conf, "%sunix_socket_directories = '%s'\n", settings, p.dir); err != nil {
		t.Fatal(err)
	}
	if err := conf.Close(); err != nil {
		t.Fatal(err)
	}
	control := []string{"--pgdata=" + data, "--log=" + filepath.Join(p.dir, "log"), "--wait"}
	t.Cleanup(func() { p.run(t, "pg_ctl", append(control, "--mode=immediate", "stop")...) })
	p.run(t, "pg_ctl", append(control, "start")...)
	return p
}

// becomeSomebody makes the server run as somebody else, since it refuses root.
func (p *postgres) becomeSomebody(t *testing.T) {
	t.Helper()
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	p.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	for _, dir := range []string{filepath.Dir(p.dir), p.dir} { // the test's own, and its first
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs one of the server's programs as its owner. A second session that dblink
// opens finds the server by what start hands down.
func (p *postgres) run(t *testing.T, program string, args ...string) {
	t.Helper()
	command := exec.Command(filepath.Join(p.bin, program), args...) // not ended with the test, which stops it itself
	command.Dir, command.Env, command.SysProcAttr = p.dir, p.environment(), p.as
	out, err := os.Create(filepath.Join(t.TempDir(), program)) // not a pipe, which the server would hold open
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	command.Stdout, command.Stderr = out, out
	if err := command.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(p.dir, "log"))
		t.Fatalf("%s: %v\n%s%s", program, err, said, log)
	}
}

func (p *postgres) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "PGCLIENTENCODING=UTF8",
		"PGHOST=" + p.dir, "PGPORT=5432", "PGUSER=postgres", // the port is a part of the socket's name
	}
}

// newDatabase makes an empty database, and returns its name.
func (p *postgres) newDatabase(t *testing.T) string {
	t.Helper()
	p.databases++
	name := fmt.Sprintf("review%d", p.databases)
	if out, err := p.psql(t, "postgres", "CREATE DATABASE "+name+";", "--set=ON_ERROR_STOP=1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// psql runs a script in one session, and returns what it prints, errors included.
func (p *postgres) psql(t *testing.T, database, script string, options ...string) (string, error) {
	t.Helper()
	args := append([]string{"-X", "-q", "-At", "--dbname=" + database}, options...)
	command := exec.CommandContext(t.Context(), filepath.Join(p.bin, "psql"), args...)
	command.Env, command.Stdin = p.environment(), strings.NewReader(script)
	out, err := command.CombinedOutput()
	return string(out), err
}
