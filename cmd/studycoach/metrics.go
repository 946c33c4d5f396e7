package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"studycoach/coach/redisstore"
	"studycoach/schedule"
)

// metrics are what /metrics shows, beside what package bot counts of chat. No
// label names a person, a room or a cohort, and each has few values.
type metrics struct {
	*prometheus.Registry
	calls      *prometheus.HistogramVec // of the store, by operation
	callErrors *prometheus.CounterVec   // likewise
	jobs       *prometheus.CounterVec   // attempts, by kind and outcome
	jobTime    *prometheus.HistogramVec // by kind
	lateness   *prometheus.HistogramVec // likewise
}

func newMetrics() *metrics {
	m := &metrics{
		Registry: prometheus.NewRegistry(),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "studycoach_store_call_duration_seconds",
			Help:    "Time of a round trip to Redis, or to the embedded store, by script or command.",
			Buckets: []float64{.0002, .001, .005, .02, .1, .5, 2.5},
		}, []string{"op"}),
		callErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "studycoach_store_call_errors_total",
			Help: "Round trips to Redis, or to the embedded store, that failed.",
		}, []string{"op"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "studycoach_job_attempts_total",
			Help: "Attempts at jobs by outcome: done, retried (failed, comes again), put_back (told to wait, no failure), skipped (too late), dead.",
		}, []string{"kind", "outcome"}),
		jobTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "studycoach_job_duration_seconds",
			Help:    "Time of an attempt at a job.",
			Buckets: []float64{.005, .02, .1, .5, 2, 8, 20},
		}, []string{"kind"}),
		lateness: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "studycoach_job_lateness_seconds",
			Help:    "How long after it was first due the attempt began that did a job, in the store's time.",
			Buckets: []float64{.1, 1, 5, 15, 60, 300, 1200, 3600, 7200},
		}, []string{"kind"}),
	}
	for _, op := range redisstore.Operations() {
		m.calls.WithLabelValues(op)
		m.callErrors.WithLabelValues(op)
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "studycoach_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": versionOf(), "go_version": runtime.Version()},
	})
	build.Set(1)
	m.MustRegister(m.calls, m.callErrors, m.jobs, m.jobTime, m.lateness, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// called fits redisstore.Options.Observe.
func (m *metrics) called(op string, took time.Duration, err error) {
	m.calls.WithLabelValues(op).Observe(took.Seconds())
	if err != nil {
		m.callErrors.WithLabelValues(op).Inc()
	}
}

// The outcomes of attempts at jobs.
const (
	jobDone    = "done"
	jobRetried = "retried"
	jobPutBack = "put_back"
	jobSkipped = "skipped"
	jobDead    = "dead"
)

// attempted returns what fits schedule.RunnerOptions.Observe, for these kinds of
// jobs; others, which no version of this program adds, count as "other".
func (m *metrics) attempted(handlers map[string]schedule.Handler) func(schedule.Job, time.Duration, time.Duration, schedule.Outcome) {
	const other = "other"
	prepare := func(kind string) {
		for _, outcome := range []string{jobDone, jobRetried, jobPutBack, jobSkipped, jobDead} {
			m.jobs.WithLabelValues(kind, outcome)
		}
		m.jobTime.WithLabelValues(kind)
		m.lateness.WithLabelValues(kind)
	}
	prepare(other)
	for kind := range handlers {
		prepare(kind)
	}
	return func(j schedule.Job, late, took time.Duration, o schedule.Outcome) {
		kind := j.Kind
		if handlers[kind] == nil {
			kind = other
		}
		m.jobs.WithLabelValues(kind, outcomeOf(o)).Inc()
		m.jobTime.WithLabelValues(kind).Observe(took.Seconds())
		if o.State == "" {
			m.lateness.WithLabelValues(kind).Observe(max(late, 0).Seconds())
		}
	}
}

func outcomeOf(o schedule.Outcome) string {
	switch {
	case o.State == schedule.Dead:
		return jobDead
	case o.State == schedule.Skipped:
		return jobSkipped
	case o.State == schedule.Waiting && o.Free:
		return jobPutBack
	case o.State == schedule.Waiting:
		return jobRetried
	default:
		return jobDone
	}
}

// page is the handler of /metrics.
func (m *metrics) page(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		MaxRequestsInFlight: 4,
	})
}

// gauges show where the store and the runner stand. The store is asked at most
// once in a while, however often it is scraped, and answers from counts that it
// keeps anyway.
type gauges struct {
	store  *redisstore.Store
	runner *schedule.Runner
	now    func() time.Time // the runner's

	mu    sync.Mutex
	asked time.Time
	depth redisstore.Depth
	clock time.Duration
	err   error
}

const (
	gaugesLife = 5 * time.Second
	gaugesTime = 2 * time.Second // to ask; a scrape is to be quick
)

var (
	storeUp     = describe("studycoach_store_up", "1 while the store answers, else 0.")
	queueJobs   = describe("studycoach_queue_jobs", "Jobs by state: waiting, due (of the waiting), dead, skipped.", "state")
	overdue     = describe("studycoach_queue_overdue_seconds", "How long the job has been due that is due longest and that nobody works on.")
	clockOffset = describe("studycoach_clock_offset_seconds", "How far Redis's clock is ahead of this machine's.")
	runnerTick  = describe("studycoach_runner_last_tick_timestamp_seconds", "When the runner last went round with nothing wrong; 0 before the first time.")
	journalSize = describe("studycoach_journal_size_bytes", "Size of the embedded store's journal.")
	journalBase = describe("studycoach_journal_compacted_size_bytes", "Size of that journal when it was last compacted, at the start.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{storeUp, queueJobs, overdue, clockOffset, runnerTick, journalSize, journalBase} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	tick := 0.0
	if last := g.runner.LastTick(); !last.IsZero() {
		tick = float64(last.UnixMilli()) / 1000
	}
	show(runnerTick, tick)
	if size, base, ok := g.store.Journal(); ok {
		show(journalSize, float64(size))
		show(journalBase, float64(base))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.asked) > gaugesLife {
		g.ask()
	}
	if g.err != nil {
		show(storeUp, 0)
		return
	}
	show(storeUp, 1)
	show(queueJobs, float64(g.depth.Waiting), "waiting")
	show(queueJobs, float64(g.depth.Due), "due")
	show(queueJobs, float64(g.depth.Dead), "dead")
	show(queueJobs, float64(g.depth.Skipped), "skipped")
	show(overdue, g.depth.Overdue.Seconds())
	show(clockOffset, g.clock.Seconds())
}

func (g *gauges) ask() {
	ctx, cancel := context.WithTimeout(context.Background(), gaugesTime)
	defer cancel()
	var errDepth, errClock error
	g.depth, errDepth = g.store.Depth(ctx, g.now())
	g.clock, errClock = g.store.ClockOffset(ctx, time.Now)
	g.asked, g.err = time.Now(), errors.Join(errDepth, errClock)
}
