//go:build unix

package redisstore_test

import (
	"runtime"
	"slices"
	"testing"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// Whatever befalls Redis or the way to it, under load: calls fail, soon and
// honestly, nothing piles up meanwhile, and when it is over all goes on with
// the same store. What was acknowledged is kept, what is sent again counts once.
func TestFaults(t *testing.T) {
	t.Parallel() // it waits for time-outs most of the time
	server := storetest.StartRedis(t, "--busy-reply-threshold", "50", "--rdbcompression", "no")
	proxy := storetest.StartProxy(t, server.Addr)
	s := open(t, redisstore.Options{URL: proxy.URL()})
	load := startLoad(t, s)
	load.acknowledges(5)
	calm := runtime.NumGoroutine()

	var loaded <-chan bool
	for _, fault := range []struct {
		name       string
		begin, end func()
		want       []string // kinds of errors, one of which must come
	}{
		{
			"the server stalls", server.Freeze, server.Thaw,
			[]string{"late", "unknown", "unreached"},
		},
		{
			"the network falls silent", proxy.Silence, proxy.Mend,
			[]string{"late", "unknown", "unreached"},
		},
		{
			"the network is cut", proxy.Cut, proxy.Mend,
			[]string{"unreached"},
		},
		{
			"the network is cut in the middle of a commit",
			func() { proxy.Next(1, redisstore.CommitSHA, storetest.Partition) }, proxy.Mend,
			[]string{"unknown"},
		},
		{
			"the server is killed", server.Kill, server.Start,
			[]string{"unreached"},
		},
		{
			"the server is loading",
			func() {
				server.Do("EVAL", "for i = 1, 500 do redis.call('SET', 'filler' .. i, string.rep('x', 1024), 'EX', 60) end", "0")
				server.Do("BGREWRITEAOF") // into a form that is loaded key by key
				server.Await("aof_rewrite_in_progress:0", "INFO", "persistence")
				server.Kill()
				loaded = server.Launch("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
			},
			func() { <-loaded },
			[]string{"LOADING"},
		},
		{
			"the memory is full",
			func() { server.Do("CONFIG", "SET", "maxmemory", "1") },
			func() { server.Do("CONFIG", "SET", "maxmemory", "0") },
			[]string{"OOM"},
		},
		{
			"the server has become a replica",
			func() { server.Do("REPLICAOF", "127.0.0.1", "1") },
			func() { server.Do("REPLICAOF", "NO", "ONE") },
			[]string{"READONLY"},
		},
		{
			"the server is a replica that does not show old data",
			func() {
				server.Do("CONFIG", "SET", "replica-serve-stale-data", "no")
				server.Do("REPLICAOF", "127.0.0.1", "1")
			},
			func() { server.Do("REPLICAOF", "NO", "ONE") },
			[]string{"MASTERDOWN"},
		},
		{
			"the server misses its replicas",
			func() { server.Do("CONFIG", "SET", "min-replicas-to-write", "1") },
			func() { server.Do("CONFIG", "SET", "min-replicas-to-write", "0") },
			[]string{"NOREPLICAS"},
		},
		{
			"somebody's script runs for ever",
			func() { go func() { _, _ = server.Try("EVAL", "while true do end", "0") }() },
			func() { server.Do("SCRIPT", "KILL") },
			[]string{"BUSY"},
		},
	} {
		load.seen()
		fault.begin()
		load.fails(1)
		if err := s.Ready(t.Context()); err == nil {
			t.Errorf("%s: the store says that it is ready", fault.name)
		}
		if now := runtime.NumGoroutine(); now > calm+100 {
			t.Errorf("%s: %d goroutines, %d before", fault.name, now, calm)
		}
		fault.end()
		load.acknowledges(5)
		if err := s.Ready(t.Context()); err != nil {
			t.Errorf("%s, and has ended: %v", fault.name, err)
		}
		seen := load.seen()
		if !slices.ContainsFunc(fault.want, func(kind string) bool { return slices.Contains(seen, kind) }) {
			t.Errorf("%s: the errors were %v, want one of %v", fault.name, seen, fault.want)
		}
		t.Logf("%s: %v, %d goroutines", fault.name, seen, runtime.NumGoroutine()-calm)
	}
	load.end().check(t, s)
}
