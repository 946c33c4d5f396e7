//go:build peers

package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// The tests of this file's tag drive the program through stand-ins for Slack and
// Discord that others made, so that what we believe of the platforms is not held
// against itself. The script .ci/peers/run installs them, and runs these tests
// where nothing but loopback is reached.

// peerFiles is where the script has installed a peer.
func peerFiles(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("STUDYCOACH_PEERS")
	if dir == "" {
		t.Fatal("STUDYCOACH_PEERS does not say where the peers are: run .ci/peers/run")
	}
	return filepath.Join(append([]string{dir, "node_modules"}, parts...)...)
}

// startPeer starts a peer, which ends with the test; what it prints is shown of
// a test that failed.
func startPeer(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	log, err := os.Create(filepath.Join(t.TempDir(), "peer.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if said, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the peer said:\n%s", said)
		}
	})
	return cmd
}

// freePort is a port of loopback that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// eventually waits until a condition holds, and fails with what it says last
// when it does not.
func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// peered is the program beside a peer, with a playground for its clock.
type peered struct {
	*testing.T
	*playground
	env    []string
	log    string
	bot    *process
	behind atomic.Pointer[url.URL] // where front hands requests on to
}

// newPeered is the program that is to be started with these settings.
func newPeered(t *testing.T, env ...string) *peered {
	dir := t.TempDir()
	p := &peered{T: t, playground: &playground{}, log: filepath.Join(dir, "bot.log")}
	p.env = append([]string{"STUDYCOACH_DATA_DIR=" + filepath.Join(dir, "data"), "STUDYCOACH_PLAYGROUND=on"}, env...)
	t.Cleanup(func() {
		if p.bot != nil {
			if err := p.bot.stop(); err != nil {
				t.Error(err)
			}
		}
		if said, err := os.ReadFile(p.log); err == nil && t.Failed() {
			t.Logf("the bot said:\n%s", said)
		}
	})
	return p
}

func (p *peered) start() {
	p.Helper()
	bot, err := launch(p.env, p.log)
	if err != nil {
		p.Fatal(err)
	}
	at, err := url.Parse(bot.url)
	if err != nil {
		p.Fatal(err)
	}
	p.bot, p.playground.url = bot, bot.url
	p.behind.Store(at)
}

// run runs another command of the program's, and returns what it prints.
func (p *peered) run(args ...string) string {
	p.Helper()
	cmd := exec.Command("studycoach", args...)
	cmd.Env = p.env
	var failures bytes.Buffer
	cmd.Stderr = &failures
	said, err := cmd.Output()
	if err != nil {
		p.Errorf("%s: %v\n%s%s", args, err, said, failures.Bytes())
	}
	return string(said)
}

// pullThePlug kills the program, and starts it again.
func (p *peered) pullThePlug() {
	p.Helper()
	if err := p.bot.kill(); err != nil {
		p.Fatal(err)
	}
	p.start()
}

// front is an address that hands requests on to the program, through restarts,
// to the path that choose names.
func (p *peered) front(choose func(*http.Request) (path string)) string {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.behind.Load())
			r.Out.URL.Path = choose(r.Out)
		},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // while the plug is pulled
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	s := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	p.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}

// to moves the clock to a time.
func (p *peered) to(at time.Time) {
	p.Helper()
	if err := p.moveTo(at); err != nil {
		p.Fatal(err)
	}
}

// nextMonday is the first Monday after the clock's day, at midnight UTC.
func (p *peered) nextMonday() time.Time {
	p.Helper()
	now, err := p.now()
	if err != nil {
		p.Fatal(err)
	}
	day := now.Truncate(24 * time.Hour)
	for day = day.AddDate(0, 0, 1); day.Weekday() != time.Monday; {
		day = day.AddDate(0, 0, 1)
	}
	return day
}
