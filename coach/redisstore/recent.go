package redisstore

import "sync"

// recent remembers what the keys held of the cohorts and learners that were read
// or written last. It may be out of date, since others write too: a commit that
// goes by it has the versions compared, as ever, and the event looked for.
type recent struct {
	mu         sync.Mutex
	young, old map[string]string // what an old key holds is young again once it is asked for
}

// maxYoung bounds each half of what is remembered: at 600 bytes for a learner of
// half a year, some five megabytes in all.
const maxYoung = 4096

func newRecent() *recent { return &recent{young: map[string]string{}} }

// get returns what a key held, empty when that is not remembered.
func (r *recent) get(key string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.young[key]; ok {
		return held
	}
	held, ok := r.old[key]
	if ok {
		r.set(key, held)
	}
	return held
}

// put remembers what a key holds; empty: nothing.
func (r *recent) put(key, held string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held == "" {
		delete(r.young, key)
		delete(r.old, key)
		return
	}
	r.set(key, held)
}

// clear forgets everything.
func (r *recent) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.young, r.old = map[string]string{}, nil
}

func (r *recent) set(key, held string) {
	if len(r.young) >= maxYoung {
		r.young, r.old = make(map[string]string, maxYoung), r.young
	}
	r.young[key] = held
}
