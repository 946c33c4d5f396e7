package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"studycoach/coach"
	"studycoach/coach/storetest"
)

// serving starts a bot for a test and ends it with the test.
func serving(t *testing.T, redis *storetest.Redis, args ...string) (p *process, log string) {
	t.Helper()
	env := os.Environ()
	if redis != nil {
		env = append(env, "STUDYCOACH_REDIS_URL="+redis.URL())
	}
	dir := t.TempDir()
	log = filepath.Join(dir, "log")
	p, err := launch(env, log, append([]string{"--data-dir", filepath.Join(dir, "data")}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.kill() // most have ended
	})
	return p, log
}

// cohort starts a cohort in #general on a Monday, with its prompt out and Ada
// and Ben as learners.
func cohort(t *testing.T, p *playground) {
	t.Helper()
	try(t, p.moveTo(time.Date(2035, 1, 5, 12, 0, 0, 0, time.UTC)))
	a, err := p.say("lea", "general", "/coach setup", 0)
	try(t, err)
	_, err = p.submit("lea", a.form(), map[string]string{"name": "Go crew", "start": "2035-01-08"})
	try(t, err)
	for _, who := range []string{"ada", "ben"} {
		_, err := p.say(who, "general", "/coach join", 0)
		try(t, err)
	}
	try(t, p.advance("prompt"))
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// inAll is the time that somebody's own numbers show.
func inAll(t *testing.T, p *playground, who string) (minutes int) {
	t.Helper()
	a, err := p.say(who, "dm", "/coach me", 0)
	try(t, err)
	said := regexp.MustCompile(`In all: (?:(\d+) h)? ?(?:(\d+)(?: min)?)?`).FindStringSubmatch(a.text())
	if said == nil {
		t.Fatalf("no time in\n%s", a.text())
	}
	hours, _ := strconv.Atoi(said[1])
	minutes, _ = strconv.Atoi(said[2])
	return 60*hours + minutes
}

// A bot that is told to stop finishes what it has begun: whoever got an answer
// to a check-in finds it again, and nobody's counts twice.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	p, log := serving(t, nil)
	data := filepath.Join(filepath.Dir(log), "data")
	cohort(t, &playground{url: p.url})
	stream, err := http.Get(p.url + "/playground/stream") // as a page has one open
	try(t, err)
	defer stream.Body.Close()

	const each = 200
	var answered, sent [2]atomic.Int64
	var underway, done sync.WaitGroup
	underway.Add(2)
	for i, who := range []string{"ada", "ben"} {
		done.Go(func() {
			page := playground{url: p.url}
			for n := range each {
				if n == 10 {
					underway.Done()
				}
				sent[i].Add(1)
				a, err := page.say(who, "general", "/checkin 1m", 0)
				if err != nil {
					return
				}
				if strings.Contains(a.text(), "Logged") {
					answered[i].Add(1)
				}
			}
		})
	}
	done.Go(func() { // and jobs are running
		page := playground{url: p.url}
		for page.advance("1m") == nil {
		}
	})
	underway.Wait()
	if err := p.stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, contents(t, log))
	}
	done.Wait()
	if _, err := io.Copy(io.Discard, stream.Body); err != nil {
		t.Error("the stream was cut off: ", err)
	}

	p, err = launch(os.Environ(), log, "--data-dir", data)
	try(t, err)
	t.Cleanup(func() { _ = p.kill() })
	for i, who := range []string{"ada", "ben"} {
		kept := int64(inAll(t, &playground{url: p.url}, who))
		if kept < answered[i].Load() || kept > sent[i].Load() || answered[i].Load() < 10 {
			t.Errorf("%s: %d check-ins were sent and %d answered; %d are kept", who, sent[i].Load(), answered[i].Load(), kept)
		}
	}
	try(t, p.stop())
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	try(t, err)
	return b
}

// Two bots on one data directory would write over each other. The second says
// so and goes; the first does not notice.
func TestSecondBotIsRefused(t *testing.T) {
	t.Parallel()
	p, log := serving(t, nil)
	var said strings.Builder
	code := run(t.Context(), []string{"serve", "--http-addr", "127.0.0.1:0", "--data-dir", filepath.Join(filepath.Dir(log), "data")}, &said, &said)
	if code != exitFailed || !strings.Contains(said.String(), "another studycoach uses the data directory") {
		t.Errorf("it ends with %d and says\n%s", code, &said)
	}
	if got := status(p.url + "/readyz"); got != http.StatusOK {
		t.Errorf("the first answers %d", got)
	}
	try(t, p.stop())
}

// Health says what is true: alive while it runs, ready while it can keep what
// it is told.
func TestHealth(t *testing.T) {
	t.Parallel()
	redis := storetest.StartRedis(t)
	p, log := serving(t, redis)
	page := &playground{url: p.url}
	cohort(t, page)
	health := func(alive, ready int) {
		t.Helper()
		for range 500 {
			if status(p.url+"/readyz") == ready {
				break
			}
			<-time.After(20 * time.Millisecond)
		}
		if a, r := status(p.url+"/livez"), status(p.url+"/readyz"); a != alive || r != ready {
			t.Errorf("/livez answers %d and /readyz %d; want %d and %d\n%s", a, r, alive, ready, contents(t, log))
		}
	}
	health(http.StatusOK, http.StatusOK)

	redis.Kill()
	health(http.StatusOK, http.StatusServiceUnavailable)
	a, err := page.say("ada", "general", "/checkin 45m", 0)
	try(t, err)
	if !strings.Contains(a.text(), "Something went wrong on my side, and nothing was changed") {
		t.Errorf("without a store, the answer to a check-in is\n%s", a.text())
	}

	redis.Start()
	health(http.StatusOK, http.StatusOK)
	if a, err = page.again(); err != nil || !strings.Contains(a.text(), "Logged 45 min") {
		t.Errorf("with the store back, the answer is %v\n%s", err, a.text())
	}

	redis.Kill()
	if err := p.stop(); err != nil {
		t.Errorf("stop without a store: %v\n%s", err, contents(t, log))
	}
}

// lifecycle are the lines of the log that are about the bot as a whole.
var lifecycle = regexp.MustCompile(`^(embedded store|The playground is open|The bot (is|has) |queue failed|persistence|replicas)`)

// moved is what goes wrong with moving the clock, which is no event.
var moved = regexp.MustCompile(`^(ask when the next job is due|claim due jobs):`)

// The log has the id of the event or job on every line that is about one, and
// not a word of what people wrote, nor a name, nor a password, when all goes
// well and when it does not.
func TestLogSaysNoSecret(t *testing.T) {
	t.Parallel()
	const password, secret = "canarypassword", "canaryword"
	redis := storetest.StartRedis(t, "--requirepass", password)
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	env := append(os.Environ(), "STUDYCOACH_LOG_FORMAT=json", "STUDYCOACH_DATA_DIR="+dir, "STUDYCOACH_REDIS_URL=redis://:"+password+"@"+redis.Addr)
	p, err := launch(env, log)
	try(t, err)
	t.Cleanup(func() { _ = p.kill() })
	page := &playground{url: p.url}
	try(t, page.moveTo(time.Date(2035, 1, 5, 12, 0, 0, 0, time.UTC)))
	a, err := page.say("lea", "general", "/coach setup", 0)
	try(t, err)
	_, err = page.submit("lea", a.form(), map[string]string{"name": secret, "zone": secret})
	try(t, err)
	_, err = page.submit("lea", a.form(), map[string]string{"name": secret, "start": "2035-01-08"})
	try(t, err)

	talk := func(people, rooms []string) {
		for _, text := range []string{
			"/coach join", "/checkin 45m " + secret, "/checkin " + secret, "/checkin 30m on " + secret, "/coach stuck " + secret,
			"/coach settings zone " + secret, "/coach settings " + secret + " on", "/coach away " + secret, "/coach " + secret,
			"/" + secret, "30m " + secret, secret, "/coach announce " + secret, "/coach holiday " + secret, "/coach lead " + secret,
			"/coach quiz", "/coach export", "/coach forget-me", "/coach undo",
		} {
			for _, who := range people {
				for _, room := range rooms {
					a, err := page.say(who, room, text, 0)
					try(t, err)
					if f := a.form(); f != nil {
						values := map[string]string{}
						for _, field := range f.Fields {
							if len(field.Options) == 0 && field.Name != "time" {
								values[field.Name] = secret
							}
						}
						_, _ = page.submit(who, f, values) // some fields are pickier
					}
				}
			}
		}
	}
	talk([]string{"lea", "ada"}, []string{"general", "dm"})
	try(t, page.advance("1w"))
	redis.Kill()
	talk([]string{"lea"}, []string{"dm"})
	if err := page.advance("1w"); err == nil {
		t.Error("the clock moved without a store")
	}
	redis.Start()
	try(t, p.await())
	try(t, page.advance("1w"))
	try(t, p.stop())

	all := contents(t, log)
	for _, word := range []string{password, secret, "Lea", "Ada"} {
		for line := range bytes.Lines(all) {
			if bytes.Contains(line, []byte(word)) {
				t.Errorf("%q is in the log:\n%s", word, line)
				break
			}
		}
	}
	events := 0
	for line := range bytes.Lines(all) {
		var entry struct{ Msg, Event, Job, Err string }
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatalf("%v in\n%s", err, line)
		}
		switch {
		case entry.Event != "":
			events++
		case entry.Job != "":
		case !lifecycle.MatchString(entry.Msg) && !moved.MatchString(entry.Err):
			t.Errorf("neither an event's nor a job's id is in\n%s", line)
		}
	}
	if events < 80 {
		t.Errorf("the log has only %d events", events)
	}
}

// Nothing that people send, at any command, is beyond a kind answer.
func TestBadInput(t *testing.T) {
	t.Parallel()
	p, log := serving(t, nil)
	page := &playground{url: p.url}
	cohort(t, page)
	long := strings.Repeat("x", 3900)
	hostile := []string{
		"", "-", "--", "0", "-1", "99999999999999999999", "1e9", "NaN", "null", "undefined", "%s%n", "{{.}}", "{{template \"x\"}}",
		"'; DROP TABLE learners; --", "../../etc/passwd", "<script>alert(1)</script>", "*_`[x](javascript:alert(1))", "<!channel> <@U1> @everyone",
		"\u202e\u0000\ufeff\u200b", "\U0001F600\U0001F468\u200d\U0001F469\u200d\U0001F467", "日本語のテキスト", "عربي", "z" + strings.Repeat("\u0301", 500),
		"0000-00-00", "2035-02-31", "2035-01-08..9999-12-31", "9999-12-31", "25:61", "Mars/Olympus", "mon,tue,wed,thu,fri,sat,sun",
		long, strings.Repeat("💥", 1950), strings.Repeat("\n", 1000) + "x", strings.Repeat("45m ", 900), "on", "off", "list", "remove", "remove ada", "@ada", "yes",
	}
	for _, command := range coach.Commands() {
		_, err := page.say("lea", "general", "/coach join", 0) // leave is among them
		try(t, err)
		for i, text := range hostile {
			a, err := page.say("lea", "general", strings.TrimSpace(command.Name+" "+text), 0)
			if err != nil {
				t.Errorf("%s %.40q: %v", command.Name, text, err)
				continue
			}
			check(t, fmt.Sprintf("%s %.40q", command.Name, text), a)
			if f := a.form(); f != nil {
				field := f.Fields[i%len(f.Fields)]
				a, err := page.submit("lea", f, map[string]string{field.Name: text})
				if err == nil { // else the form's own control does not take it
					check(t, fmt.Sprintf("the form of %s with %s = %.40q", command.Name, field.Name, text), a)
				}
			}
		}
	}
	// After all that, a plain check-in is one.
	a, err := page.say("ada", "general", "/checkin 45m", 0)
	if err != nil || !strings.Contains(a.text(), "Logged 45 min") {
		t.Error(err, a.text())
	}
	if all := contents(t, log); bytes.Contains(all, []byte("level=ERROR")) {
		t.Errorf("the log has errors:\n%s", regexp.MustCompile(`(?m)^.*level=ERROR.*$`).Find(all))
	}
	try(t, p.stop())
}

// maxReply is what the shorter of the platforms shows of a message: Discord's
// 4,000 characters
// (https://docs.discord.com/developers/components/reference#text-display).
const maxReply = 4000

// check looks for what no answer is.
func check(t *testing.T, what string, a answer) {
	t.Helper()
	switch text := a.text(); {
	case text == "":
		t.Errorf("%s: no answer", what)
	case strings.Contains(text, "went wrong"):
		t.Errorf("%s: %s", what, text)
	case a.form() == nil && len([]rune(text)) > maxReply:
		t.Errorf("%s: an answer of %d characters", what, len([]rune(text)))
	}
}

// In this process, a whole life leaves no goroutine behind.
func TestNothingIsLeftRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	from, to := io.Pipe()
	listens := make(chan string, 1)
	ended := make(chan int, 1)
	go relay(io.Discard, from, listens)
	go func() {
		ended <- run(ctx, []string{"--http-addr", "127.0.0.1:0", "--data-dir", t.TempDir()}, io.Discard, to)
		_ = to.Close() // never fails
	}()
	p := &process{url: "http://" + <-listens, ended: make(chan struct{})}
	try(t, p.await())
	page := &playground{url: p.url}
	cohort(t, page)
	if a, err := page.say("ada", "general", "/checkin 45m", 0); err != nil || !strings.Contains(a.text(), "Logged") {
		t.Error(err, a.text())
	}
	try(t, page.advance("1w"))
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("it ends with %d", code)
	}
	if page.advance("1h") == nil {
		t.Error("it still answers")
	}
	http.DefaultClient.CloseIdleConnections()
}
