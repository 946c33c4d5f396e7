package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Redis is a real redis-server on loopback, for one test.
type Redis struct {
	Addr string // host:port
	Dir  string // with its files

	t     testing.TB
	args  []string
	ready string // what it logs once it is ready
	cmd   *exec.Cmd
	done  chan struct{} // closed when the process has ended
}

// StartRedis starts a server that syncs every write to an append-only file and
// stops it when the test ends. args are further settings, such as
// "--maxmemory", "10mb". Without redis-server the test is skipped, or fails
// where the environment variable CI is set.
func StartRedis(t testing.TB, args ...string) *Redis {
	t.Helper()
	r := newRedis(t, freePort(t), append([]string{"--appendonly", "yes", "--appendfsync", "always"}, args...)...)
	r.Start()
	return r
}

// StartSentinel starts a sentinel that watches master under a name and, when it
// is gone for a second, has its replica take over.
func StartSentinel(t testing.TB, master *Redis, name string) *Redis {
	t.Helper()
	host, port, _ := net.SplitHostPort(master.Addr)
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	settings := fmt.Appendf(nil, "sentinel monitor %[1]s %[2]s %[3]s 1\nsentinel down-after-milliseconds %[1]s 1000\n", name, host, port)
	if err := os.WriteFile(config, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRedis(t, freePort(t), "--sentinel")
	r.args = append([]string{config}, r.args...)
	r.ready = "+monitor master " + name
	r.Start()
	return r
}

// Follow makes r a replica of the master at an address and returns once it is
// up to date.
func (r *Redis) Follow(master string) {
	r.t.Helper()
	host, port, _ := net.SplitHostPort(master)
	r.Do("REPLICAOF", host, port)
	r.Await("master_link_status:up", "INFO", "replication")
}

// eventually waits until something outside the process has come about.
func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("it did not come about in 20 s")
}

// NeedRedis skips the test where redis-server is not installed, or fails it
// under CI.
func NeedRedis(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("CI needs redis-server: %v", err)
		}
		t.Skip("redis-server is not installed; this test runs against a real one")
	}
}

func newRedis(t testing.TB, port int, args ...string) *Redis {
	t.Helper()
	NeedRedis(t)
	r := &Redis{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Dir: t.TempDir(), t: t, ready: "Ready to accept connections"}
	r.args = append([]string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--dir", r.Dir, "--aof-load-truncated", "no",
	}, args...)
	t.Cleanup(r.Kill)
	return r
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// URL is the server's URL.
func (r *Redis) URL() string { return "redis://" + r.Addr }

// Start starts the server, again after Kill, and returns once it answers.
func (r *Redis) Start() {
	r.t.Helper()
	if ready, log := r.launch(); !<-ready {
		r.t.Fatalf("redis-server does not start:\n%s", log)
	}
}

// Launch is Start, this once with further settings, for those who do not wait.
// What it returns yields true once the server answers, and is closed when it has
// ended.
func (r *Redis) Launch(args ...string) <-chan bool {
	r.t.Helper()
	ready, _ := r.launch(args...)
	return ready
}

func (r *Redis) launch(args ...string) (<-chan bool, fmt.Stringer) {
	r.t.Helper()
	r.repair()
	r.cmd = exec.Command("redis-server", slices.Concat(r.args, args)...)
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ready := make(chan bool, 1)
	r.done = make(chan struct{})
	var log strings.Builder
	go func(cmd *exec.Cmd, done chan struct{}) {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), r.ready) {
				ready <- true
			}
		}
		_ = cmd.Wait() // killed, as a rule
		close(ready)
	}(r.cmd, r.done)
	return ready, &log
}

// repair cuts off what the server was writing to its append-only files when it was
// killed, as whoever runs one has to: the server itself may cut a transaction in
// two, and carry out both parts later.
func (r *Redis) repair() {
	r.t.Helper()
	manifests, err := filepath.Glob(filepath.Join(r.Dir, "*", "*.manifest"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, manifest := range manifests {
		check := exec.Command("redis-check-aof", "--fix", manifest)
		check.Stdin = strings.NewReader("y\n")
		if said, err := check.CombinedOutput(); err != nil {
			r.t.Fatalf("%s is not repaired: %v\n%s", manifest, err, said)
		}
	}
}

// Kill ends the server as kill -9 does.
func (r *Redis) Kill() {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill() // it may have ended already
	<-r.done
	r.cmd = nil
}

// Do sends a command on a connection of its own and returns the answer, of a
// list its items, one a line.
func (r *Redis) Do(command ...string) string {
	r.t.Helper()
	answer, err := do(r.Addr, command)
	if err != nil {
		r.t.Fatalf("%v: %v", command, err)
	}
	return answer
}

// Try is Do for a command that may fail.
func (r *Redis) Try(command ...string) (string, error) { return do(r.Addr, command) }

// Await sends a command until its answer holds a text. It may fail meanwhile: who
// promotes a replica breaks the connections to it.
func (r *Redis) Await(text string, command ...string) {
	r.t.Helper()
	eventually(r.t, func() bool {
		answer, err := r.Try(command...)
		return err == nil && strings.Contains(answer, text)
	})
}

func do(addr string, command []string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	request := fmt.Sprintf("*%d\r\n", len(command))
	for _, word := range command {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		return "", err
	}
	return readAnswer(bufio.NewReader(conn))
}

// readAnswer reads an answer, of a list its items, one a line.
func readAnswer(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, line := line[0], strings.TrimRight(line[1:], "\r\n")
	if kind != '*' && kind != '$' {
		if kind == '-' {
			err = errors.New(line)
		}
		return line, err
	}
	size, err := strconv.Atoi(line)
	if err != nil || size < 0 {
		return "", err
	}
	if kind == '$' {
		bulk := make([]byte, size+len("\r\n"))
		_, err := io.ReadFull(in, bulk)
		return string(bulk[:size]), err
	}
	items := make([]string, size)
	for i := range items {
		if items[i], err = readAnswer(in); err != nil {
			return "", err
		}
	}
	return strings.Join(items, "\n"), nil
}
