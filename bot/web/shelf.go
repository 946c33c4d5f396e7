package web

import "sync"

// shelf keeps the newest things under their names; what falls off its end is
// gone.
type shelf[T any] struct {
	mu    sync.Mutex
	max   int
	order []string // oldest first
	byID  map[string]T
}

func newShelf[T any](max int) *shelf[T] {
	return &shelf[T]{max: max, byID: map[string]T{}}
}

func (s *shelf[T]) get(id string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.byID[id]
	return v, ok
}

func (s *shelf[T]) put(id string, v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.byID[id]; !known {
		s.order = append(s.order, id)
	}
	s.byID[id] = v
	if len(s.order) > s.max {
		delete(s.byID, s.order[0])
		s.order = s.order[1:]
	}
}
