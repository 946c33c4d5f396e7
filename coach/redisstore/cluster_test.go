package redisstore_test

import (
	"slices"
	"testing"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

func TestCluster(t *testing.T) {
	cluster := storetest.StartCluster(t)
	storetest.Run(t, func(t *testing.T) coach.Store {
		cluster.Flush()
		return open(t, redisstore.Options{URL: cluster.URL()})
	})
}

// What happens to a Cluster while learners check in: where changes wait for a
// replica nothing is lost, and it all goes on with the same store.
func TestClusterFaults(t *testing.T) {
	t.Parallel() // it waits for the Cluster most of the time
	cluster := storetest.StartCluster(t, "--cluster-node-timeout", "1000")
	s := open(t, redisstore.Options{URL: cluster.URL(), Wait: true})
	load := startLoad(t, s)
	load.acknowledges(5)

	ours := redisstore.LearnerKey(killCohort, writerID(0)) // in the partition's slot
	others := func() []*storetest.Redis {
		master := cluster.Master(ours)
		return slices.DeleteFunc(cluster.Masters(), func(r *storetest.Redis) bool { return r == master })
	}
	for _, fault := range []struct {
		name      string
		unnoticed bool // by learners
		do        func()
	}{
		{"a slot moves, and back", true, func() {
			home := cluster.Master(ours)
			cluster.MoveSlot(ours, others()[0])
			load.acknowledges(5)
			cluster.MoveSlot(ours, home)
		}},
		{"a slot stays half moved", false, func() {
			home, to := cluster.Master(ours), others()[0]
			finish := cluster.BeginMove(ours, to)
			load.fails(1)
			finish()
			load.acknowledges(5)
			cluster.MoveSlot(ours, home)
		}},
		{"a replica takes over in good order", false, func() {
			replica := cluster.Replica(cluster.Master(ours))
			replica.Do("CLUSTER", "FAILOVER")
			replica.Await("role:master", "INFO", "replication")
		}},
		{"a master is killed", false, func() {
			master := cluster.Master(ours)
			replica := cluster.Replica(master)
			master.Kill()
			replica.Await("role:master", "INFO", "replication")
			master.Start()
		}},
		{"a master is killed with its replica", false, func() {
			master := others()[0]
			replica := cluster.Replica(master)
			replica.Kill()
			master.Kill()
			load.fails(1)
			master.Start()
			replica.Start()
		}},
	} {
		fault.do()
		load.acknowledges(5)
		cluster.Await()
		if err := s.Ready(t.Context()); err != nil {
			t.Errorf("%s, and has ended: %v", fault.name, err)
		}
		seen := load.seen()
		if fault.unnoticed && len(seen) > 0 {
			t.Errorf("%s: calls failed with %v", fault.name, seen)
		}
		t.Logf("%s: %v", fault.name, seen)
	}
	load.end().check(t, s)
}
