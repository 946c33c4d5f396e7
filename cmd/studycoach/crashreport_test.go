package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// crashReport counts what came of all kills.
type crashReport struct {
	mu        sync.Mutex
	points    map[string]*crashCount
	campaigns map[string]*crashCount
	looks     []time.Duration // from the start of a process to its first look for what is due
	givenUp   int             // messages
}

type crashCount struct{ kills, duplicates, losses int }

func newCrashReport() *crashReport {
	return &crashReport{points: map[string]*crashCount{}, campaigns: map[string]*crashCount{}}
}

// add counts the deaths of a journey.
func (r *crashReport) add(campaign string, deaths []*death) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range deaths {
		for counts, name := range map[*map[string]*crashCount]string{&r.points: d.point, &r.campaigns: campaign} {
			n := (*counts)[name]
			if n == nil {
				n = &crashCount{}
				(*counts)[name] = n
			}
			n.kills++
			n.duplicates += d.duplicates
			n.losses += d.losses
		}
	}
}

func (r *crashReport) gaveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.givenUp++
}

func (r *crashReport) looked(after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looks = append(r.looks, after)
}

// String is the report as a table.
func (r *crashReport) String() string {
	var b strings.Builder
	row := func(name string, n *crashCount) {
		fmt.Fprintf(&b, "%-40s %7d %11d %7d\n", name, n.kills, n.duplicates, n.losses)
	}
	total := &crashCount{}
	for _, counts := range []map[string]*crashCount{r.points, r.campaigns} {
		fmt.Fprintf(&b, "%-40s %7s %11s %7s\n", "", "kills", "duplicates", "losses")
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			row(name, counts[name])
		}
	}
	for _, n := range r.campaigns {
		total.kills += n.kills
		total.duplicates += n.duplicates
		total.losses += n.losses
	}
	row(fmt.Sprintf("%d points", len(r.points)), total)
	fmt.Fprintf(&b, "given up after two deaths, and listed: %d\n", r.givenUp)
	slices.Sort(r.looks)
	for _, percent := range []int{50, 99, 100} {
		if n := len(r.looks); n > 0 {
			fmt.Fprintf(&b, "%d %% of the processes looked for work within %v of their start\n", percent, r.looks[(n-1)*percent/100].Round(time.Millisecond))
		}
	}
	return b.String()
}
