package discord

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// buckets keep to the rate limits as Discord's answers tell them: of a route
// and its first id, under the name that several routes may share
// (https://docs.discord.com/developers/topics/rate-limits).
type buckets struct {
	mu     sync.Mutex
	names  map[string]string  // of the bucket, by route
	all    map[string]*bucket // by name and first id
	global time.Time          // before it nothing goes out
}

type bucket struct {
	left  int       // requests until reset
	reset time.Time // when it is full again
}

// maxBuckets is from how many on those that are full again are forgotten.
const maxBuckets = 10_000

func newBuckets() *buckets { return &buckets{names: map[string]string{}, all: map[string]*bucket{}} }

func (b *buckets) key(q request) string {
	name, ok := b.names[q.name()]
	if !ok {
		name = q.name()
	}
	return name + " " + q.major()
}

// take counts a request that goes out now, or says how long it has to wait,
// and whether all do.
func (b *buckets) take(q request, now time.Time) (wait time.Duration, global bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.global.Sub(now); wait > 0 && !q.open {
		return wait, true
	}
	k := b.all[b.key(q)]
	if k == nil || !k.reset.After(now) {
		return 0, false
	}
	if k.left <= 0 {
		return k.reset.Sub(now), false
	}
	k.left--
	return 0, false
}

// learn takes in what an answer's headers tell of the request's bucket.
func (b *buckets) learn(q request, h http.Header, now time.Time) {
	after, ok := seconds(h.Get("X-RateLimit-Reset-After"))
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if !ok || err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		b.names[q.name()] = name
	}
	k := b.bucket(q, now)
	reset := now.Add(after)
	if k.reset.After(now) && left > k.left { // answers to requests on their way at once come in any order
		left = k.left
	}
	k.left, k.reset = left, reset
}

// shut closes the bucket of a request, or all, as a 429 told.
func (b *buckets) shut(q request, e *apiError, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := now.Add(e.after)
	if e.scope == scopeGlobal {
		if until.After(b.global) {
			b.global = until
		}
		return
	}
	k := b.bucket(q, now)
	k.left = 0
	if until.After(k.reset) {
		k.reset = until
	}
}

func (b *buckets) bucket(q request, now time.Time) *bucket {
	if len(b.all) >= maxBuckets {
		for key, k := range b.all {
			if !k.reset.After(now) {
				delete(b.all, key)
			}
		}
	}
	key := b.key(q)
	k := b.all[key]
	if k == nil {
		k = &bucket{}
		b.all[key] = k
	}
	return k
}

// seconds reads a number of seconds with decimals, of at most a day.
func seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0) {
		return 0, false
	}
	return time.Duration(min(f, 86400) * float64(time.Second)), true
}
