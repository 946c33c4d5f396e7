package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// scrape returns what Prometheus would get.
func scrape(t *testing.T, p *process) string {
	t.Helper()
	resp, err := http.Get(p.url + "/metrics")
	try(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	try(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("/metrics answers %s: %s", resp.Status, body)
	}
	return string(body)
}

// series are the names and labels in a scrape of what is the bot's own.
func series(scraped string) (all []string) {
	for line := range strings.Lines(scraped) {
		if name, _, ok := strings.Cut(line, "} "); ok && strings.HasPrefix(name, "studycoach_") {
			all = append(all, name+"}")
		} else if name, _, ok := strings.Cut(line, " "); ok && strings.HasPrefix(name, "studycoach_") {
			all = append(all, name)
		}
	}
	return all
}

func value(t *testing.T, scraped, series string) string {
	t.Helper()
	at := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (.*)$`).FindStringSubmatch(scraped)
	if at == nil {
		t.Fatalf("there is no %s", series)
	}
	return at[1]
}

// The metrics keep to Prometheus's conventions, all are there from the start,
// and a week with a cohort adds values, but no series and no names.
func TestMetrics(t *testing.T) {
	t.Parallel()
	p, _ := serving(t, nil)
	page := &playground{url: p.url}
	before := scrape(t, p)
	cohort(t, page)
	for range 7 {
		_, err := page.say("ada", "general", "/checkin 45m read", 0)
		try(t, err)
		_, err = page.say("ben", "general", "just talking", 0)
		try(t, err)
		try(t, page.advance("24h"))
	}
	<-time.After(gaugesLife + 100*time.Millisecond) // the queue is counted once in a while
	after := scrape(t, p)

	problems, err := promlint.New(strings.NewReader(after)).Lint()
	try(t, err)
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
	if had, has := series(before), series(after); !slices.Equal(had, has) {
		t.Errorf("there were %d series and are %d", len(had), len(has))
	}
	label := regexp.MustCompile(`(\w+)="([^"]*)"`)
	few := []string{"platform", "verb", "outcome", "settled", "op", "kind", "state", "le", "version", "go_version"}
	for _, s := range series(after) {
		for _, l := range label.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(few, l[1]) {
				t.Errorf("%s: the label %s is new; can it have few values only?", s, l[1])
			}
		}
	}
	for _, name := range []string{"ada", "ben", "Ada", "Ben", "general", "crew", "read", "talking"} {
		if regexp.MustCompile(`"[^"]*\b` + name + `\b[^"]*"`).MatchString(after) {
			t.Errorf("%s is named", name)
		}
	}
	for series, want := range map[string]string{
		`studycoach_event_duration_seconds_count{platform="web",verb="checkin"}`: "7",
		`studycoach_event_duration_seconds_count{platform="web",verb="other"}`:   "7",
		`studycoach_event_duration_seconds_count{platform="web",verb="join"}`:    "2",
		`studycoach_event_failures_total{platform="web",verb="checkin"}`:         "0",
		`studycoach_job_attempts_total{kind="summary",outcome="done"}`:           "1",
		`studycoach_job_attempts_total{kind="prompt",outcome="done"}`:            "7",
		`studycoach_queue_jobs{state="dead"}`:                                    "0",
		`studycoach_queue_jobs{state="due"}`:                                     "0",
		`studycoach_queue_jobs{state="waiting"}`:                                 "5",
		`studycoach_store_up`:                                                    "1",
	} {
		if got := value(t, after, series); got != want {
			t.Errorf("%s is %s, want %s", series, got, want)
		}
	}
	if value(t, after, "studycoach_journal_size_bytes") == value(t, before, "studycoach_journal_size_bytes") {
		t.Error("the journal does not grow")
	}
}

// Each alert rule in the README asks for metrics, with labels, that are there.
func TestAlertRules(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	try(t, err)
	_, rules, _ := strings.Cut(string(readme), "```yaml\ngroups:")
	rules, _, ok := strings.Cut("groups:"+rules, "```")
	if !ok || strings.Count(rules, "- alert:") < 5 {
		t.Fatalf("the README's rules are\n%s", rules)
	}
	p, _ := serving(t, nil)
	scraped := scrape(t, p)
	asked := regexp.MustCompile(`\b(studycoach_\w+)(?:\{(\w+)=~?"([^"]*)"\})?`).FindAllStringSubmatch(rules, -1)
	for _, m := range asked {
		for _, label := range strings.Split(m[3], "|") {
			want := m[1] + `(\{| )`
			if label != "" {
				want = m[1] + `\{[^}]*` + m[2] + `="` + label + `"`
			}
			if !regexp.MustCompile(`(?m)^` + want).MatchString(scraped) {
				t.Errorf("a rule asks for %s, which is not there", m[0])
			}
		}
	}
	if n := strings.Count(rules, "expr:"); len(asked) < n {
		t.Errorf("%d rules ask for %d metrics", n, len(asked))
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("promtool, of Debian's package prometheus, is not installed; it would check the rules' syntax")
		return
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	try(t, os.WriteFile(file, []byte(rules), 0o600))
	if out, err := exec.Command(promtool, "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// While the store is away, everything else is still shown, and that it is away.
func TestGaugesOfAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	redis := storetest.StartRedis(t)
	store, err := redisstore.Open(t.Context(), redisstore.Options{URL: redis.URL()})
	try(t, err)
	defer store.Close()
	g := &gauges{store: store, runner: schedule.NewRunner(schedule.RunnerOptions{Queue: store}), now: time.Now}
	names := func() int { return testutil.CollectAndCount(g) }
	if got := names(); got != 8 { // without a journal
		t.Errorf("%d metrics are shown", got)
	}
	redis.Kill()
	if got := names(); got != 8 {
		t.Errorf("%d metrics are shown from what was kept for a while", got)
	}
	g.asked = time.Time{}
	want := "# HELP studycoach_store_up 1 while the store answers, else 0.\n# TYPE studycoach_store_up gauge\nstudycoach_store_up 0\n"
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(g)
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "studycoach_store_up", "studycoach_queue_jobs"); err != nil {
		t.Error(err)
	}
}

// The log leads from an event to the message that it caused.
func TestTheLogLeadsFromEventToDelivery(t *testing.T) {
	t.Parallel()
	p, file := serving(t, nil)
	page := &playground{url: p.url}
	cohort(t, page)
	try(t, p.stop())
	all, err := os.ReadFile(file)
	try(t, err)
	find := func(pattern string) string {
		t.Helper()
		at := regexp.MustCompile(pattern).FindSubmatch(all)
		if at == nil {
			t.Fatalf("no line is like %s in\n%s", pattern, all)
		}
		return string(at[1])
	}
	quoted := regexp.QuoteMeta
	prompt := find(`msg="A job was added." job=(prompt/\S+) `)
	event := find(`job=` + quoted(prompt) + ` .*cause=(\S+)`)
	find(`(event)=` + quoted(event) + ` verb=setup `)
	send := find(`job=(send/prompt/\S+) .*cause=` + quoted(prompt))
	find(`msg="job done" job=` + quoted(send) + ` .*reason="sent as (\d+)"`)
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	t.Run("elsewhere", func(t *testing.T) {
		for _, addr := range []string{":6060", "0.0.0.0:6060", "example.org:6060"} {
			var said strings.Builder
			code := run(t.Context(), []string{"--data-dir", t.TempDir(), "--pprof-addr", addr}, io.Discard, &said)
			if code != exitUsage || !strings.Contains(said.String(), "for this machine only") {
				t.Errorf("%s: it exits with %d and says %q", addr, code, &said)
			}
		}
	})
	t.Run("here", func(t *testing.T) {
		p, file := serving(t, nil, "--pprof-addr", "127.0.0.1:0")
		log, err := os.ReadFile(file)
		try(t, err)
		page := regexp.MustCompile(`page=(http://\S+/debug/pprof/)`).FindSubmatch(log)
		if page == nil {
			t.Fatalf("the log does not say where:\n%s", log)
		}
		if got := status(string(page[1]) + "heap"); got != http.StatusOK {
			t.Errorf("a profile is answered with %d", got)
		}
		if got := status(p.url + "/debug/pprof/"); got != http.StatusNotFound {
			t.Errorf("the bot's own address answers with %d", got)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, string(page[1]), http.NoBody)
		try(t, err)
		req.Host = "example.org:6060"
		resp, err := http.DefaultClient.Do(req)
		try(t, err)
		if resp.Body.Close(); resp.StatusCode != http.StatusForbidden {
			t.Errorf("another site's page is answered with %s", resp.Status)
		}
	})
}
