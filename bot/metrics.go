package bot

import (
	"cmp"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"studycoach/coach"
)

// Metrics count events and sends. Their labels are platforms, verbs and
// outcomes, of which there are few: never a person, a room or a cohort.
type Metrics struct {
	events    *prometheus.HistogramVec // by platform and verb
	failures  *prometheus.CounterVec   // likewise
	sends     *prometheus.CounterVec   // by platform and outcome
	sendTime  *prometheus.HistogramVec // by platform
	ambiguous *prometheus.CounterVec   // by platform and how it was settled
	revoked   *prometheus.GaugeVec     // by platform
}

// otherVerb stands for plain text and for what no command knows.
const otherVerb = "other"

// NewMetrics returns the metrics of platforms, all 0.
func NewMetrics(platforms ...string) *Metrics {
	m := &Metrics{
		events: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "studycoach_event_duration_seconds",
			Help:    "Time to answer an event, by platform and verb; plain text is \"other\".",
			Buckets: []float64{.005, .02, .1, .5, 1.5, 3}, // 1.5 s is the time to answer inline
		}, []string{"platform", "verb"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "studycoach_event_failures_total",
			Help: "Events that could not be answered for a fault of the bot or its store.",
		}, []string{"platform", "verb"}),
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "studycoach_sends_total",
			Help: "Calls to put a message into a room, by outcome: sent, limited (told to wait), failed, unsure (no clear answer), refused for good, revoked (token no longer good).",
		}, []string{"platform", "outcome"}),
		sendTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "studycoach_send_duration_seconds",
			Help:    "Time of a call to put a message into a room.",
			Buckets: []float64{.01, .05, .2, .5, 1, 2, 4, 8}, // 8 s is when it is cut off
		}, []string{"platform"}),
		ambiguous: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "studycoach_ambiguous_sends_total",
			Help: "Messages that may have been sent before, by how that was settled: found, not_there (so sent), repeated (sent again unseen), given_up.",
		}, []string{"platform", "settled"}),
		revoked: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "studycoach_revoked_workspaces",
			Help: "Workspaces that shut the bot out: its token is no longer good there.",
		}, []string{"platform"}),
	}
	for _, p := range platforms {
		for _, verb := range append(coach.Verbs(), otherVerb) {
			m.events.WithLabelValues(p, verb)
			m.failures.WithLabelValues(p, verb)
		}
		for _, outcome := range []string{"sent", string(Limited), string(Failed), string(Unsure), string(Refused), string(Revoked)} {
			m.sends.WithLabelValues(p, outcome)
		}
		for _, settled := range []string{"found", "not_there", "repeated", "given_up"} {
			m.ambiguous.WithLabelValues(p, settled)
		}
		m.sendTime.WithLabelValues(p)
		m.revoked.WithLabelValues(p)
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range m.all() {
		c.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range m.all() {
		c.Collect(to)
	}
}

func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.events, m.failures, m.sends, m.sendTime, m.ambiguous, m.revoked}
}

func (m *Metrics) answered(platform, verb string, took time.Duration, err error) {
	verb = cmp.Or(verb, otherVerb)
	m.events.WithLabelValues(platform, verb).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(platform, verb).Inc()
	}
}

func (m *Metrics) sent(platform, outcome string, took time.Duration) {
	m.sends.WithLabelValues(platform, outcome).Inc()
	m.sendTime.WithLabelValues(platform).Observe(took.Seconds())
}
