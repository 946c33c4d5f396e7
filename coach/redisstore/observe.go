package redisstore

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Operations lists what Options.Observe may be told of: the scripts by name,
// plain commands, and "other".
func Operations() []string {
	all := []string{"get", "hget", "hgetall", "hkeys", "hmget", "mget", "set", "smembers", "time", "zcard", "zrange", "zrangebylex", "zrangebyscore", "other"}
	for _, s := range scripts {
		all = append(all, s.name)
	}
	slices.Sort(all)
	return all
}

// observe has every round trip to Redis reported, see Options.Observe.
func observe(rdb redis.UniversalClient, report func(op string, took time.Duration, err error)) {
	if report == nil {
		return
	}
	w := watcher{report, map[string]string{}}
	for _, op := range Operations() {
		w.ops[op] = op
	}
	for _, s := range scripts {
		w.ops[s.sha], w.ops[s.source] = s.name, s.name
	}
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		cluster.OnNewNode(func(node *redis.Client) { node.AddHook(w) })
		return
	}
	rdb.AddHook(w)
}

// watcher is a hook of go-redis.
type watcher struct {
	report func(op string, took time.Duration, err error)
	ops    map[string]string // by a command's name, or a script's source or SHA
}

// DialHook implements redis.Hook.
func (watcher) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (w watcher) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		begun := time.Now()
		err := next(ctx, cmd)
		w.saw(cmd, begun, err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook. Calls that go together count one
// by one, see lane; any other pipeline counts as one operation, named after its
// first command.
func (w watcher) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		begun := time.Now()
		err := next(ctx, cmds)
		lost := unreplicated(cmds[len(cmds)-1])
		if !slices.ContainsFunc(cmds, isCall) {
			w.saw(cmds[0], begun, cmp.Or(err, lost))
			return err
		}
		for _, cmd := range cmds {
			if isCall(cmd) {
				w.saw(cmd, begun, cmp.Or(cmd.Err(), lost))
			}
		}
		return err
	}
}

// isCall tells whether a command is what somebody waits for in a lane, or the first of
// several, see glance.
func isCall(cmd redis.Cmder) bool { return isScript(cmd) || cmd.Name() == "mget" }

func isScript(cmd redis.Cmder) bool { return cmd.Name() == "evalsha" || cmd.Name() == "eval" }

// unreplicated is what became of a write's WAIT, if the command is one.
func unreplicated(cmd redis.Cmder) error {
	if wait, ok := cmd.(*redis.IntCmd); ok && wait.Name() == "wait" {
		return confirmed(wait)
	}
	return nil
}

func (w watcher) saw(cmd redis.Cmder, begun time.Time, err error) {
	name := cmd.Name()
	if args := cmd.Args(); isScript(cmd) && len(args) > 1 {
		name, _ = args[1].(string)
	}
	op, known := w.ops[name]
	if !known {
		op = "other"
	}
	if errors.Is(err, redis.Nil) || redis.HasErrorPrefix(err, "NOSCRIPT") {
		err = nil // answers like any other: nothing there, and tell me the script
	}
	w.report(op, time.Since(begun), err)
}
