package storetest

import (
	"net"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster on loopback, for one test: three masters, each
// with one replica.
type Cluster struct {
	Nodes []*Redis // the masters, as it starts, and then their replicas in the same order
	t     testing.TB
}

const (
	clusterMasters = 3
	clusterSlots   = 16384
)

// StartCluster starts a cluster and stops it when the test ends. args are
// further settings of every node, such as "--cluster-node-timeout", "1000"; the
// default, 15 s, is for tests in which no node fails. Without redis-server the
// test is skipped, see StartRedis.
func StartCluster(t testing.TB, args ...string) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var bus []string
	for range 2 * clusterMasters {
		port := strconv.Itoa(freePort(t))
		bus = append(bus, port)
		node := newRedis(t, freePort(t), append([]string{
			"--cluster-enabled", "yes", "--cluster-port", port, "--cluster-node-timeout", "15000",
			"--appendonly", "yes", "--repl-diskless-sync-delay", "0",
		}, args...)...)
		node.Start()
		c.Nodes = append(c.Nodes, node)
	}
	for i, node := range c.Nodes[:clusterMasters] {
		from, to := i*clusterSlots/clusterMasters, (i+1)*clusterSlots/clusterMasters-1
		node.Do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to))
		node.Do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
	}
	for i, node := range c.Nodes[1:] {
		host, port, _ := net.SplitHostPort(node.Addr)
		c.Nodes[0].Do("CLUSTER", "MEET", host, port, bus[i+1])
	}
	for i, node := range c.Nodes[clusterMasters:] {
		master := c.Nodes[i].id()
		node.Await(master, "CLUSTER", "NODES")
		node.Do("CLUSTER", "REPLICATE", master)
	}
	c.Await()
	return c
}

// Await returns once every node that runs knows all others, all slots are
// served, and every replica is up to date.
func (c *Cluster) Await() {
	c.t.Helper()
	for _, node := range c.running() {
		eventually(c.t, func() bool {
			info, replication := node.Do("CLUSTER", "INFO"), node.Do("INFO", "replication")
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(len(c.Nodes))) &&
				(strings.Contains(replication, "role:master") || strings.Contains(replication, "master_link_status:up"))
		})
	}
	for _, node := range c.Masters() {
		node.Await("state=online", "INFO", "replication")
	}
}

// URL is the cluster's URL, with one of its nodes as the seed.
func (c *Cluster) URL() string { return "redis+cluster://" + c.Nodes[0].Addr }

// Masters are the nodes that run and are masters now.
func (c *Cluster) Masters() []*Redis {
	c.t.Helper()
	var masters []*Redis
	for _, node := range c.running() {
		if strings.Contains(node.Do("INFO", "replication"), "role:master") {
			masters = append(masters, node)
		}
	}
	return masters
}

// Master is the node that serves a key.
func (c *Cluster) Master(key string) *Redis {
	c.t.Helper()
	for _, node := range c.Masters() {
		if _, err := node.Try("EXISTS", key); err == nil { // else it is MOVED
			return node
		}
	}
	c.t.Fatalf("no master serves %s", key)
	return nil
}

// Flush empties the cluster.
func (c *Cluster) Flush() {
	c.t.Helper()
	for _, node := range c.Masters() {
		node.Do("FLUSHALL")
	}
}

// Replica is the replica of a master.
func (c *Cluster) Replica(master *Redis) *Redis {
	c.t.Helper()
	_, port, _ := net.SplitHostPort(master.Addr)
	for _, node := range c.running() {
		if info := node.Do("INFO", "replication"); strings.Contains(info, "role:slave") && strings.Contains(info, "master_port:"+port+"\r") {
			return node
		}
	}
	c.t.Fatalf("%s has no replica", master.Addr)
	return nil
}

// MoveSlot moves the slot of a key to another master, key by key, as
// redis-cli --cluster reshard does.
func (c *Cluster) MoveSlot(key string, to *Redis) {
	c.t.Helper()
	c.BeginMove(key, to)()
}

// BeginMove begins to move the slot of a key: it is about to leave its master,
// one of its keys has. What BeginMove returns does the rest.
func (c *Cluster) BeginMove(key string, to *Redis) (finish func()) {
	c.t.Helper()
	from := c.Master(key)
	slot := from.Do("CLUSTER", "KEYSLOT", key)
	to.Do("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id())
	from.Do("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id())
	host, port, _ := net.SplitHostPort(to.Addr)
	move := func() bool {
		key := from.Do("CLUSTER", "GETKEYSINSLOT", slot, "1")
		if key != "" {
			from.Do("MIGRATE", host, port, key, "0", "5000")
		}
		return key != ""
	}
	move()
	return func() {
		c.t.Helper()
		for move() {
		}
		for _, node := range append([]*Redis{to, from}, c.Masters()...) { // in this order: no moment without an owner
			node.Do("CLUSTER", "SETSLOT", slot, "NODE", to.id())
		}
	}
}

func (c *Cluster) running() []*Redis {
	var nodes []*Redis
	for _, node := range c.Nodes {
		if node.cmd != nil {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

func (r *Redis) id() string { return r.Do("CLUSTER", "MYID") }
