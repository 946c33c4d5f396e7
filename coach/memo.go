package coach

import "sync"

// A memo remembers a bounded number of values, which may be out of date: whoever
// goes by one makes sure that it holds. When it is full it begins anew. The zero
// memo is empty.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
}

func (m *memo[K, V]) get(key K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok = m.values[key]
	return v, ok
}

// put remembers a value beside max-1 others at most.
func (m *memo[K, V]) put(key K, v V, max int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil || len(m.values) >= max {
		m.values = map[K]V{}
	}
	m.values[key] = v
}
