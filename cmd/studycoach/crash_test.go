package main

import (
	"flag"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"studycoach/coach/storetest"
)

var (
	crash     = flag.String("crash", "sample", `"full" kills at every step; "journey/point/n" at the n-th passage of a point, "…/point/n" then once more`)
	crashSeed = flag.Uint64("crash.seed", 0, "the seed of what a sample takes, and of when to kill once more; 0: any")
)

// TestCrash kills the program at every step of its journeys, has a new process
// go on, and looks for what is missing and what is there twice. What must be
// there is reckoned here, from what people did and from the calendar.
//
// The first week of a campaign shows which points each journey passes; the only
// processes that die are idle ones, to see the next one start. Then the journeys
// are made again and again, with one kill at each passage, and with a second one
// while the next process mends what the first has left.
func TestCrash(t *testing.T) {
	if _, ok := readKill(*crash); !ok && *crash != "full" && *crash != "sample" {
		t.Fatalf("-crash=%q is no kill", *crash)
	}
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	report := newCrashReport()
	t.Cleanup(func() { t.Logf("seed %d\n%s", seed, report) })
	for _, store := range []string{"embedded", "redis"} {
		t.Run(store, func(t *testing.T) {
			if store == "redis" {
				storetest.NeedRedis(t)
			}
			for i, m := range manners {
				t.Run(string(m), func(t *testing.T) {
					t.Parallel()
					c := &crashCampaign{
						T: t, report: report, redis: store == "redis", manner: m, share: i,
						rnd: rand.New(rand.NewPCG(seed, uint64(i))), traces: map[string][]string{}, taken: map[string]bool{},
					}
					c.run()
				})
			}
		})
	}
}

// crashCampaign kills on one store, with one manner of platform.
type crashCampaign struct {
	*testing.T
	report *crashReport
	redis  bool
	manner manner
	share  int // of a sample
	rnd    *rand.Rand

	traces map[string][]string // the points that each journey passes
	plan   map[string][]kill   // that are still to be done, by journey; nil until there are traces
	taken  map[string]bool     // by a sample
}

// kill is one that is planned.
type kill struct {
	journey     string
	first, then passage
}

// passage is the n-th of a point, or of any; 0 for none.
type passage struct {
	point string
	n     int
}

func (p passage) String() string { return fmt.Sprintf("%s/%d", p.point, p.n) }

func (k kill) String() string { return fmt.Sprintf("%s/%s/%s", k.journey, k.first, k.then) }

// readKill reads what String wrote; the second passage may be missing.
func readKill(text string) (k kill, ok bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 && len(parts) != 5 {
		return k, false
	}
	k.journey = parts[0]
	for i, p := range []*passage{&k.first, &k.then} {
		if 2*i+2 < len(parts) {
			p.point = parts[2*i+1]
			p.n, _ = strconv.Atoi(parts[2*i+2])
		}
	}
	return k, true
}

func (c *crashCampaign) run() {
	newCrashCohort(c).course()
	for left := c.left(); left > 0 && !c.Failed(); left = c.left() {
		newCrashCohort(c).course()
		if c.left() == left {
			c.Fatalf("nothing comes of %v", c.plan)
		}
	}
}

// left is how many kills are still to be done.
func (c *crashCampaign) left() (n int) {
	for _, kills := range c.plan {
		n += len(kills)
	}
	return n
}

// wants tells whether a journey is to be made that could be left out.
func (c *crashCampaign) wants(journeys ...string) bool {
	return c.plan == nil || slices.ContainsFunc(journeys, func(name string) bool { return len(c.plan[name]) > 0 })
}

// next is the kill for a journey, at no passage when none is planned.
func (c *crashCampaign) next(journey string) kill {
	kills := c.plan[journey]
	if len(kills) == 0 {
		return kill{journey: journey}
	}
	c.plan[journey] = kills[1:]
	return kills[0]
}

// mending are the points that are passed when it is unknown whether a message
// was sent.
var mending = []string{"before find", "after find", "before send", "send, unanswered", "after send"}

// makePlan plans what the flag says.
func (c *crashCampaign) makePlan() {
	c.plan = map[string][]kill{}
	if k, ok := readKill(*crash); ok {
		c.plan[k.journey] = []kill{k}
		return
	}
	var all []kill
	for _, journey := range slices.Sorted(maps.Keys(c.traces)) {
		trace := c.traces[journey]
		passed := map[string]int{}
		for _, point := range trace {
			passed[point]++
			k := kill{journey: journey, first: passage{point, passed[point]}}
			if c.rnd.IntN(4) == 0 {
				k.then = passage{"", 1 + c.rnd.IntN(len(c.traces["start"])+len(trace))}
			}
			all = append(all, k)
			if !slices.Contains(mending, point) {
				continue
			}
			for _, then := range mending {
				k.then = passage{then, 1}
				all = append(all, k)
			}
		}
	}
	c.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, k := range all {
		if *crash == "full" || c.samples(k) {
			c.plan[k.journey] = append(c.plan[k.journey], k)
		}
	}
	if !c.redis {
		for range c.some(50, 2) {
			c.plan["torn"] = append(c.plan["torn"], kill{journey: "torn"})
		}
	}
}

// samples tells whether a sample takes a kill: one for each point and store, and
// some more. Each campaign has its share of them.
func (c *crashCampaign) samples(k kill) bool {
	what := k.first.point
	share := hash(what)%len(manners) == c.share
	if k.then.point != "" {
		what += " then " + k.then.point
		share = c.manner == neither && hash(what)%2 == 0 == c.redis
	}
	if share && !c.taken[what] {
		c.taken[what] = true
		return true
	}
	return c.rnd.IntN(300) == 0
}

func hash(s string) int { return int(crc32.ChecksumIEEE([]byte(s)) >> 1) }

// some is how many to take of what has no end.
func (c *crashCampaign) some(full, sample int) int {
	if *crash == "full" {
		return full
	}
	return sample
}
