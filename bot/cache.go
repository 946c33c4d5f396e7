package bot

import (
	"container/list"
	"sync"
	"time"
)

// Cache keeps what was used last, up to a number of entries and, unless that is
// 0, for a time. What it has lost can be found out again. Its methods are safe
// for use by many goroutines.
type Cache[V any] struct {
	max  int
	keep time.Duration

	mu    sync.Mutex
	order *list.List // the latest in front
	byKey map[string]*list.Element
}

type cached[V any] struct {
	key   string
	value V
	until time.Time
}

// NewCache returns a cache of at most max entries, each of which is kept for
// keep after it was put; 0: until others take its place.
func NewCache[V any](max int, keep time.Duration) *Cache[V] {
	return &Cache[V]{max: max, keep: keep, order: list.New(), byKey: map[string]*list.Element{}}
}

// Get returns what is under a key.
func (c *Cache[V]) Get(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.look(key)
}

func (c *Cache[V]) look(key string) (v V, ok bool) {
	e := c.byKey[key]
	if e == nil {
		return v, false
	}
	x := e.Value.(*cached[V])
	if c.keep > 0 && time.Now().After(x.until) {
		c.remove(e)
		return v, false
	}
	c.order.MoveToFront(e)
	return x.value, true
}

// GetOrPut returns what is under a key, or else puts v there.
func (c *Cache[V]) GetOrPut(key string, v V) (before V, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, found = c.look(key); !found {
		c.set(key, v)
	}
	return before, found
}

// Put puts v under a key.
func (c *Cache[V]) Put(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(key, v)
}

func (c *Cache[V]) set(key string, v V) {
	if e := c.byKey[key]; e != nil {
		c.remove(e)
	}
	c.byKey[key] = c.order.PushFront(&cached[V]{key, v, time.Now().Add(c.keep)})
	if c.order.Len() > c.max {
		c.remove(c.order.Back())
	}
}

// Forget removes what is under a key.
func (c *Cache[V]) Forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		c.remove(e)
	}
}

// Clear removes everything.
func (c *Cache[V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.Init()
	clear(c.byKey)
}

func (c *Cache[V]) remove(e *list.Element) {
	c.order.Remove(e)
	delete(c.byKey, e.Value.(*cached[V]).key)
}
