package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// crashWorld is where a mortal program lives: its store, its platform and the
// time. After each death a new process goes on where the last one was.
type crashWorld struct {
	*testing.T
	report *crashReport
	manner manner
	redis  *storetest.Redis // nil: the embedded store
	proxy  *storetest.Proxy // before redis
	dir    string
	server *httptest.Server

	now   time.Time // of all that happens in the world
	seq   int64     // of the last errand
	limit int64     // of the files that the next life writes, in blocks of 512 bytes; 0: none

	mu        sync.Mutex // of what follows
	life      *life
	lives     int
	kills     kill     // what of it is still to come
	told      kill     // as it was planned
	trace     []string // the points that were passed since then
	deaths    []*death // since then
	inside    []string // the calls that have begun and not ended
	ending    []string // the jobs that were last to be finished
	finishing int      // how many such calls have begun and not ended

	posted map[string][]time.Time // when each message appeared, by key
	open   map[string]bool        // messages that appeared and whose job is not finished
	noted  map[string]bool        // messages that may have been sent, and whose job is not finished
	lost   map[string][]*death    // that took the answer to a message along
	unsure map[string]int         // deaths that left it unknown whether a message was sent
}

// lease is that of the runner, by the world's time.
const lease = 30 * time.Second

// life is one process of the program.
type life struct {
	id      int
	cmd     *exec.Cmd
	log     bytes.Buffer
	born    time.Time
	errands chan errand
	results chan result
	looked  chan struct{} // closed when it looks for the first time for what is due
	died    chan struct{} // closed when the process has ended
	killed  bool
}

// death is one kill.
type death struct {
	point              string
	duplicates, losses int
}

func newCrashWorld(c *crashCampaign, begin time.Time) *crashWorld {
	c.Helper()
	w := &crashWorld{
		T: c.T, report: c.report, manner: c.manner, dir: c.TempDir(), now: begin,
		posted: map[string][]time.Time{}, open: map[string]bool{}, noted: map[string]bool{},
		lost: map[string][]*death{}, unsure: map[string]int{},
	}
	if c.redis {
		w.redis = storetest.StartRedis(c.T, "--appendonly", "no") // it is not the one that dies
		w.proxy = storetest.StartProxy(c.T, w.redis.Addr)
		w.proxy.Watch(w.command)
	}
	w.server = w.serve()
	c.Cleanup(func() {
		w.bury(w.kill("the end"))
		w.server.Close()
	})
	return w
}

// begin starts a process, whose first deed is to look for what is due.
func (w *crashWorld) begin() *life {
	w.Helper()
	w.lives++
	l := &life{
		id: w.lives, born: time.Now(), errands: make(chan errand), results: make(chan result),
		looked: make(chan struct{}), died: make(chan struct{}),
	}
	url := ""
	if w.redis != nil {
		w.proxy.Mend()
		url = w.proxy.URL()
	}
	args := []string{"mortal", fmt.Sprintf("%s/%d", w.server.URL, l.id), w.dir, url}
	if w.limit > 0 {
		args = append([]string{"sh", "-c", `ulimit -f "$1" && shift && exec "$@"`, "sh", fmt.Sprint(w.limit)}, args...)
	}
	l.cmd = exec.Command(args[0], args[1:]...)
	l.cmd.Stderr = &l.log
	w.mu.Lock()
	defer w.mu.Unlock()
	w.life, w.inside, w.finishing = l, nil, 0
	if err := l.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	go func() {
		_ = l.cmd.Wait() // killed, as a rule
		close(l.died)
	}()
	return l
}

// alive is the process that lives, or a new one once it looks for what is due.
func (w *crashWorld) alive() *life {
	w.Helper()
	for {
		l := w.life
		if l == nil {
			l = w.begin()
		}
		select {
		case <-l.looked:
			return l
		case <-l.died:
			w.bury(l)
		case <-time.After(30 * time.Second):
			w.Fatalf("the process looks for nothing:\n%s", &l.log)
		}
	}
}

// kill kills the process at a point.
func (w *crashWorld) kill(point string) *life {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.life
	if l == nil || l.killed {
		return l
	}
	w.slay(l, point)
	return l
}

// slay kills the process, and keeps account of what its death may excuse.
func (w *crashWorld) slay(l *life, point string) {
	l.killed = true
	_ = l.cmd.Process.Kill() // it may have ended already
	w.died(point)
}

func (w *crashWorld) died(point string) {
	d := &death{point: point}
	w.deaths = append(w.deaths, d)
	if point == "finish: evalsha unanswered" && w.finishing == 1 {
		w.finished(w.ending) // Redis has it
	}
	for key := range w.noted {
		w.unsure[key]++
	}
	for key := range w.open {
		w.lost[key] = append(w.lost[key], d)
	}
	clear(w.noted)
	clear(w.open)
}

// finished takes note of jobs whose outcome is recorded.
func (w *crashWorld) finished(jobs []string) {
	for _, key := range jobs {
		delete(w.noted, key)
		delete(w.open, key)
	}
}

// bury waits for the end of a process that is dying.
func (w *crashWorld) bury(l *life) {
	w.Helper()
	if l == nil {
		return
	}
	<-l.died
	w.mu.Lock()
	defer w.mu.Unlock()
	w.life = nil
	switch {
	case l.killed:
	case w.limit > 0:
		w.died(journalTorn)
	default:
		w.Fatalf("the process ended by itself:\n%s", &l.log)
	}
	if w.proxy != nil {
		w.proxy.Cut()
	}
	w.limit = 0
	if w.kills.first.n == 0 {
		w.kills.first, w.kills.then = w.kills.then, passage{}
	}
}

// journalTorn is the point at which a process dies that may not write as much
// as it wants to.
const journalTorn = "journal, torn"

// aim says where to kill from now on, and returns what was passed up to now.
func (w *crashWorld) aim(k kill) (trace []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	trace, w.trace = w.trace, nil
	w.kills = k
	if k.journey != "" { // what follows belongs to it still
		w.told, w.deaths = k, nil
	}
	return trace
}

// hit tells whether this passage is the one to die at.
func (k *kill) hit(point string) bool {
	p := &k.first
	if p.n == 0 || p.point != "" && p.point != point {
		return false
	}
	p.n--
	return p.n == 0
}

// fail tells of what must not be, and how to see it again.
func (w *crashWorld) fail(format string, args ...any) {
	w.Helper()
	points := make([]string, len(w.deaths))
	for i, d := range w.deaths {
		points[i] = d.point
	}
	w.Errorf("after deaths at %q: %s\nthat alone: go test ./cmd/studycoach -run '^%s$' -crash='%s'",
		points, fmt.Sprintf(format, args...), w.Name(), w.told)
}

// loses is fail for what is missing.
func (w *crashWorld) loses(format string, args ...any) {
	w.Helper()
	if len(w.deaths) > 0 {
		w.deaths[0].losses++
	}
	w.fail(format, args...)
}

// count takes the deaths of a journey into the report.
func (w *crashWorld) count() { w.report.add(w.Name(), w.deaths) }

// do has the program go on an errand, however often it dies on the way.
func (w *crashWorld) do(e errand) result {
	w.Helper()
	w.seq++
	e.Seq, e.Now = w.seq, w.now
	for {
		l := w.alive()
		r, ok := w.try(l, e)
		switch {
		case ok && r.Err == "":
			return r
		case ok && w.limit > 0: // the journal has said that it cannot
			w.bury(w.kill(journalTorn))
		case ok:
			w.Fatalf("%+v: %s", e, r.Err)
		}
	}
}

func (w *crashWorld) try(l *life, e errand) (result, bool) {
	w.Helper()
	errands := l.errands
	for {
		select {
		case errands <- e:
			errands = nil
		case r := <-l.results:
			if r.Seq == e.Seq && r.Quiet == (e.Event == nil && !e.Jobs) {
				return r, true
			}
		case <-l.died:
			w.bury(l)
			return result{}, false
		case <-time.After(30 * time.Second):
			w.Fatalf("nothing comes of %+v:\n%s", e, &l.log)
		}
	}
}

// until lets time pass, stopping wherever something is due.
func (w *crashWorld) until(to time.Time) {
	w.Helper()
	for {
		next := w.do(errand{}).Next
		if next.IsZero() || next.After(to) {
			break
		}
		w.now = next
	}
	w.now = to
}

// journalBlocks is the size of the journal, in blocks of 512 bytes.
func (w *crashWorld) journalBlocks() int64 {
	w.Helper()
	info, err := os.Stat(filepath.Join(w.dir, "journal"))
	if err != nil {
		w.Fatal(err)
	}
	return info.Size() / 512
}

func inZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := schedule.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
