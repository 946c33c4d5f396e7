package slack

import (
	"container/list"
	"sync"
	"time"
)

// memory keeps what was used last, up to a number of entries and, unless that is
// 0, for a time. What it has lost can be found out again.
type memory[V any] struct {
	max  int
	keep time.Duration

	mu    sync.Mutex
	order *list.List // the latest in front
	byKey map[string]*list.Element
}

type memo[V any] struct {
	key   string
	value V
	until time.Time
}

func newMemory[V any](max int, keep time.Duration) *memory[V] {
	return &memory[V]{max: max, keep: keep, order: list.New(), byKey: map[string]*list.Element{}}
}

func (m *memory[V]) get(key string) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.look(key)
}

func (m *memory[V]) look(key string) (v V, ok bool) {
	e := m.byKey[key]
	if e == nil {
		return v, false
	}
	x := e.Value.(*memo[V])
	if m.keep > 0 && time.Now().After(x.until) {
		m.remove(e)
		return v, false
	}
	m.order.MoveToFront(e)
	return x.value, true
}

// getOrPut returns what is there, or else puts v there.
func (m *memory[V]) getOrPut(key string, v V) (before V, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, found = m.look(key); !found {
		m.set(key, v)
	}
	return before, found
}

func (m *memory[V]) put(key string, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(key, v)
}

func (m *memory[V]) set(key string, v V) {
	if e := m.byKey[key]; e != nil {
		m.remove(e)
	}
	m.byKey[key] = m.order.PushFront(&memo[V]{key, v, time.Now().Add(m.keep)})
	if m.order.Len() > m.max {
		m.remove(m.order.Back())
	}
}

func (m *memory[V]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byKey[key]; e != nil {
		m.remove(e)
	}
}

func (m *memory[V]) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.order.Init()
	clear(m.byKey)
}

func (m *memory[V]) remove(e *list.Element) {
	m.order.Remove(e)
	delete(m.byKey, e.Value.(*memo[V]).key)
}
