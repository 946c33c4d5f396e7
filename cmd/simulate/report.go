package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figures are what one run has shown.
type figures struct {
	learners, cohorts, checkIns, posts int
	missing, doubled, spared, lost     int
	again                              int           // events whose answer failed, and that came again
	p50, p99, max                      time.Duration // lateness of posts
	bytes                              float64       // of Redis's memory, by learner
	perCheckIn, perPost                cost
	took                               time.Duration
}

// lateness works out the quantiles of so many milliseconds.
func (f *figures) lateness(late []int32) {
	if len(late) == 0 {
		return
	}
	slices.Sort(late)
	at := func(share float64) time.Duration {
		return time.Duration(late[min(int(share*float64(len(late))), len(late)-1)]) * time.Millisecond
	}
	f.p50, f.p99, f.max = at(0.5), at(0.99), at(1)
}

func (f figures) progress() string {
	return fmt.Sprintf("%d learners lived through the week in %s", f.learners, f.took.Round(time.Second))
}

// table shows runs side by side, and how the last compares with the first.
func table(runs []figures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "One week, %d processors, %s/%s\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	first, last := runs[0], runs[len(runs)-1]
	row := func(name string, cell func(figures) string, growth func(figures) float64) {
		fmt.Fprintf(w, "%s\t", name)
		for _, f := range runs {
			fmt.Fprintf(w, "%s\t", cell(f))
		}
		if growth != nil && len(runs) > 1 && growth(first) > 0 {
			fmt.Fprintf(w, "× %.2f\t", growth(last)/growth(first))
		} else {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprintln(w)
	}
	count := func(of func(figures) int) func(figures) string {
		return func(f figures) string { return fmt.Sprint(of(f)) }
	}
	span := func(of func(figures) time.Duration) (func(figures) string, func(figures) float64) {
		return func(f figures) string { return of(f).String() }, func(f figures) float64 { return float64(of(f)) }
	}
	micros := func(of func(figures) time.Duration) (func(figures) string, func(figures) float64) {
		return func(f figures) string { return fmt.Sprintf("%d µs", of(f).Microseconds()) }, func(f figures) float64 { return float64(of(f)) }
	}
	row("learners", count(func(f figures) int { return f.learners }), nil)
	row("cohorts", count(func(f figures) int { return f.cohorts }), nil)
	row("check-ins", count(func(f figures) int { return f.checkIns }), nil)
	row("posts", count(func(f figures) int { return f.posts }), nil)
	row("missing", count(func(f figures) int { return f.missing }), nil)
	row("doubled or unasked for", count(func(f figures) int { return f.doubled }), nil)
	row("nudges spared by a check-in", count(func(f figures) int { return f.spared }), nil)
	row("learners with other hours, of 1,000", count(func(f figures) int { return f.lost }), nil)
	row("events that came again", count(func(f figures) int { return f.again }), nil)
	lateness := func(name string, of func(figures) time.Duration) {
		cell, growth := span(of)
		row(name, cell, growth)
	}
	lateness("lateness p50", func(f figures) time.Duration { return f.p50 })
	lateness("lateness p99", func(f figures) time.Duration { return f.p99 })
	lateness("lateness max", func(f figures) time.Duration { return f.max })
	row("Redis bytes a learner", func(f figures) string { return fmt.Sprintf("%.0f", f.bytes) }, func(f figures) float64 { return f.bytes })
	spent := func(name string, of func(figures) time.Duration) {
		cell, growth := micros(of)
		row(name, cell, growth)
	}
	spent("a check-in, at full load", func(f figures) time.Duration { return f.perCheckIn.wall })
	spent("of the bot's processor", func(f figures) time.Duration { return f.perCheckIn.bot })
	spent("of Redis's", func(f figures) time.Duration { return f.perCheckIn.redis })
	spent("a post, at full load", func(f figures) time.Duration { return f.perPost.wall })
	spent("of the bot's processor", func(f figures) time.Duration { return f.perPost.bot })
	spent("of Redis's", func(f figures) time.Duration { return f.perPost.redis })
	row("the run took", func(f figures) string { return f.took.Round(time.Second).String() }, nil)
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
