package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
)

// rows are the lines of the table: a benchmark's figure, which is a median of
// five rounds, and what it is to be.
var rows = []struct {
	what      string
	benchmark string
	unit      string
	format    string
	reach     float64
	better    direction
}{
	{"check-ins committed, of calls that do nothing", "CheckIn/redis", "x-base", "%.2f", 0.45, higher},
	{"check-ins through the coach, of the same", "Handle/redis", "x-base", "%.2f", 0.40, higher},
	{"repeated check-ins, of the same", "Duplicate/redis", "x-base", "%.2f", 0.7, higher},
	{"100,000 jobs due at once: rate, of asynq's", "Dispatch", "x-asynq", "%.1f", 8, higher},
	{"their p99 lateness, of asynq's", "Dispatch", "p99-x-asynq", "%.2f", 0.1, lower},
	{"bytes of a waiting job, of asynq's", "Dispatch", "bytes-x-asynq", "%.2f", 0.5, lower},
	{"a claim beside 1,000,000 waiting jobs, of beside 1,000", "Claim", "x-base", "%.2f", 1.7, lower},
	{"bytes of a learner of 180 days, notes apart", "Bytes", "B/learner", "%.0f", 820, lower},
	{"bytes of a note beside its own", "Bytes", "B/note", "%.0f", 24, lower},
	{"a summary of 10,000, of reading them", "Summary", "x-reading", "%.4f", 0.01, lower},
	{"a summary of 10,000, of one of 100", "Summary", "x-small", "%.2f", 1.5, lower},
	{"check-ins embedded, of Redis with appendfsync always", "Embedded", "x-base", "%.2f", 1, higher},
	{"check-ins confirmed by a replica, of those not", "Wait/redis", "x-base", "%.2f", 0.75, higher},
	{"Slack's check-ins by signed HTTP, of a bare handler", "Slack", "x-bare", "%.2f", 0.5, higher},
	{"their p99 with 64 clients, ms", "Slack", "p99-ms", "%.0f", 30, lower},
	{"Discord's check-ins by signed HTTP, of a bare handler", "Discord", "x-bare", "%.2f", 0.3, higher},
	{"their p99 with 64 clients, ms", "Discord", "p99-ms", "%.0f", 30, lower},
	{"Slack's check-ins, of a Bolt app's: rate", "Bolt", "x-bolt", "%.2f", 3, higher},
	{"their p99, of the Bolt app's", "Bolt", "p99-x-bolt", "%.2f", 1, lower},
	{"memory resident under them, of the Bolt app's", "Bolt", "resident-x-bolt", "%.2f", 0.33, lower},
	{"from the start to an answer, of the Bolt app's", "Bolt", "live-x-bolt", "%.2f", 1, lower},
}

type direction string

const (
	higher direction = "at least"
	lower  direction = "at most"
)

// runs are what to run, each as arguments of go test, in its folder.
var runs = []struct{ folder, bench, times string }{
	{"../../coach/redisstore", "^Benchmark(CheckIn|Handle|Duplicate|Wait)$/^redis$", "20000x"},
	{"../../coach/redisstore", "^Benchmark(Summary|Embedded)$", "5000x"},
	{"../../coach/redisstore", "^Benchmark(Claim|Bytes)$", "1x"},
	{".", "^BenchmarkDispatch$", "1x"},
	{".", "^Benchmark(Slack|Discord|Bolt)$", "50000x"},
}

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	figures := map[string]float64{}
	for _, r := range runs {
		fmt.Fprintln(os.Stderr, "measuring", r.bench)
		cmd := exec.Command("go", "test", "-run=^$", "-bench="+r.bench, "-benchtime="+r.times, "-timeout=15m", ".")
		cmd.Dir = filepath.FromSlash(r.folder)
		text, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, text)
		}
		read(string(text), figures)
	}
	return print(out, figures)
}

// read notes the figures in what go test has written, by benchmark and unit.
func read(text string, figures map[string]float64) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(words[0], "Benchmark")
		if at := strings.LastIndexByte(name, '-'); at >= 0 { // the number of processors
			name = name[:at]
		}
		for i := 2; i+1 < len(words); i += 2 {
			if v, err := strconv.ParseFloat(words[i], 64); err == nil {
				figures[name+" "+words[i+1]] = v
			}
		}
	}
}

// print prints the table. It fails when a figure is missing, not when one is
// short of what it is to be: that is for people to judge.
func print(out io.Writer, figures map[string]float64) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "what\treached\tasked for\t")
	for _, r := range rows {
		v, ok := figures[r.benchmark+" "+r.unit]
		if !ok {
			return fmt.Errorf("nothing reports %s of Benchmark%s", r.unit, r.benchmark)
		}
		short := ""
		if r.better == higher && v < r.reach || r.better == lower && v > r.reach {
			short = "short of it"
		}
		fmt.Fprintf(table, "%s\t"+r.format+"\t%s %g\t%s\n", r.what, v, r.better, r.reach, short)
	}
	return table.Flush()
}
