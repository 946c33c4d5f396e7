package redisstore_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

func TestLeases(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) redisstore.Options{
		"embedded": func(t *testing.T) redisstore.Options { return redisstore.Options{DataDir: t.TempDir()} },
		"Redis":    func(t *testing.T) redisstore.Options { return redisstore.Options{URL: storetest.StartRedis(t).URL()} },
		"Cluster":  func(t *testing.T) redisstore.Options { return redisstore.Options{URL: storetest.StartCluster(t).URL()} },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, url(t))
			hold := func(holder string, d time.Duration, want bool) {
				t.Helper()
				if got, err := s.Hold(t.Context(), "shard/0", holder, d); err != nil || got != want {
					t.Errorf("Hold for %s gives %t, %v, want %t", holder, got, err, want)
				}
			}
			note := func(want string) {
				t.Helper()
				if got, err := s.Left(t.Context(), "shard/0"); err != nil || got != want {
					t.Errorf("Left gives %q, %v, want %q", got, err, want)
				}
			}
			try := func(err error) {
				t.Helper()
				if err != nil {
					t.Error(err)
				}
			}

			note("")
			try(s.Leave(t.Context(), "shard/0", "a", "before any lease"))
			note("")
			hold("a", time.Minute, true)
			hold("a", time.Minute, true)
			hold("b", time.Minute, false)
			try(s.Leave(t.Context(), "shard/0", "a", "12"))
			try(s.Leave(t.Context(), "shard/0", "b", "not its holder"))
			try(s.Release(t.Context(), "shard/0", "b"))
			hold("b", time.Minute, false)
			try(s.Release(t.Context(), "shard/0", "a"))
			note("12")

			hold("b", 200*time.Millisecond, true)
			hold("a", time.Minute, false)
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				if held, err := s.Hold(t.Context(), "shard/0", "a", time.Minute); held || err != nil || time.Now().After(end) {
					if !held || err != nil {
						t.Errorf("what b let go is not a's: %v", err)
					}
					break
				}
			}
			hold("b", time.Minute, false)
			try(s.Leave(t.Context(), "shard/0", "b", "superseded"))
			note("12")

			var holders atomic.Int64
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					held, err := s.Hold(t.Context(), "shard/1", fmt.Sprint(i), time.Minute)
					if err != nil {
						t.Error(err)
					}
					if held {
						holders.Add(1)
					}
				})
			}
			all.Wait()
			if n := holders.Load(); n != 1 {
				t.Errorf("%d hold one lease", n)
			}
		})
	}
}
