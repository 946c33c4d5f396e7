package discord

import "sync"

// memory keeps what was put last, up to a number of entries.
type memory[K comparable, V any] struct {
	mu   sync.Mutex
	all  map[K]V
	ring []K // the keys in the order in which they came, from next on
	next int
	max  int
}

func newMemory[K comparable, V any](max int) *memory[K, V] {
	return &memory[K, V]{all: map[K]V{}, max: max}
}

func (m *memory[K, V]) get(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.all[key]
	return v, ok
}

func (m *memory[K, V]) put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.all[key]; !known {
		if len(m.ring) < m.max {
			m.ring = append(m.ring, key)
		} else {
			delete(m.all, m.ring[m.next])
			m.ring[m.next] = key
			m.next = (m.next + 1) % m.max
		}
	}
	m.all[key] = v
}
