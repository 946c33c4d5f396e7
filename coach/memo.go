package coach

import "sync"

// A memo remembers up to max values, which may be out of date: whoever goes by one
// makes sure that it holds. When it is full it begins anew.
type memo[K comparable, V any] struct {
	max int

	mu     sync.Mutex
	values map[K]V
}

func newMemo[K comparable, V any](max int) *memo[K, V] {
	return &memo[K, V]{max: max, values: map[K]V{}}
}

func (m *memo[K, V]) get(key K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok = m.values[key]
	return v, ok
}

func (m *memo[K, V]) put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.values) >= m.max {
		clear(m.values)
	}
	m.values[key] = v
}
