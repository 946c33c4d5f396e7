package redisstore_test

import (
	"net"
	"testing"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// A master dies whose replica had not heard from it for a while. The replica
// takes over without what it has not heard of: that much is lost, unless
// changes wait for it.
func TestFailover(t *testing.T) {
	for name, wait := range map[string]bool{"without waiting": false, "waiting": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits for Sentinel most of the time
			master, replica := storetest.StartRedis(t), storetest.StartRedis(t)
			link := storetest.StartProxy(t, master.Addr)
			replica.Follow(link.Addr)
			sentinel := storetest.StartSentinel(t, master, "mymaster")
			sentinel.Await("slaves=1", "INFO", "sentinel")
			s := open(t, redisstore.Options{URL: "redis+sentinel://" + sentinel.Addr + "/mymaster", Wait: wait})
			load := startLoad(t, s)
			load.acknowledges(10)

			link.Silence()
			if wait {
				load.fails(1)
			} else {
				load.acknowledges(10)
			}
			master.Kill()
			link.Cut()
			replica.Await("role:master", "INFO", "replication")
			host, port, _ := net.SplitHostPort(replica.Addr)
			<-master.Launch("--replicaof", host+" "+port)
			load.acknowledges(5)

			lost := load.end().lost(t, s)
			if wait && lost > 0 {
				t.Errorf("%d acknowledged check-ins are lost", lost)
			}
			if !wait && lost == 0 {
				t.Error("nothing is lost, so this test shows nothing")
			}
			t.Logf("%d acknowledged check-ins are lost; errors were %v", lost, load.seen())
		})
	}
}
