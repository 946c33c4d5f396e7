package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"syscall"
	"time"
)

// process is the program as somebody runs it: wired for real, and ended by
// signals only.
type process struct {
	url   string // "http://127.0.0.1:1234"
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has
	err   error         // how it ended, once it has
}

// launch starts the program in an environment, on a free port, and returns when
// it is ready. Its log is added to a file.
func launch(env []string, logFile string, args ...string) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command("studycoach", append([]string{"serve", "--http-addr", "127.0.0.1:0"}, args...)...)
	p.cmd.Env = slices.Concat(env, []string{"GORACE=atexit_sleep_ms=0"}) // else a second goes by at each end
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	listens := make(chan string, 1)
	go func() {
		defer close(p.ended)
		relay(log, stderr, listens)
		p.err = errors.Join(p.cmd.Wait(), log.Close())
	}()
	select {
	case addr := <-listens:
		p.url = "http://" + addr
	case <-p.ended:
		return nil, fmt.Errorf("it ended before it listened: %w", p.err)
	}
	if err := p.await(); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// await returns when the program says that it is ready.
func (p *process) await() error {
	for range 1000 {
		if status(p.url+"/readyz") == http.StatusOK {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("it ended before it was ready: %w", p.err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it was not ready in 20 s")
}

// stop ends the program as a service manager does. It must exit with 0 within
// the 10 s that are given to it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	select {
	case <-p.ended:
		return p.err
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("it did not stop in 10 s"), p.kill())
	}
}

// kill ends the program as a power cut does.
func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	return err
}

// status is what the program answers to a GET, 0 if nothing.
func status(url string) int {
	resp, err := http.Get(url)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	return resp.StatusCode
}

// running is what the log says when the program listens, as text or as JSON.
var running = regexp.MustCompile(`The bot is running\.".*"?http"?[=:]"?([^\s",]+)`)

// relay copies a program's log and tells where it listens.
func relay(to io.Writer, from io.Reader, listens chan<- string) {
	lines := bufio.NewReader(from)
	for line, err := lines.ReadString('\n'); err == nil; line, err = lines.ReadString('\n') {
		_, _ = io.WriteString(to, line) // a test that needs them misses them
		if at := running.FindStringSubmatch(line); at != nil {
			listens <- at[1]
		}
	}
}
