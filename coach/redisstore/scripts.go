package redisstore

import (
	"context"
	"crypto/sha1" // the name that Redis gives a script
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach"
)

// A script is a Lua script with the name that Redis knows it by. Each one
// documents its KEYS, ARGV and result in its file.
type script struct{ name, source, sha string }

func newScript(name, source string) script {
	sum := sha1.Sum([]byte(source))
	return script{name, source, hex.EncodeToString(sum[:])}
}

//go:embed lua/load.lua
var loadSource string

//go:embed lua/commit.lua
var commitSource string

//go:embed lua/add.lua
var addSource string

//go:embed lua/claim.lua
var claimSource string

//go:embed lua/finish.lua
var finishSource string

//go:embed lua/revive.lua
var reviveSource string

//go:embed lua/erase.lua
var eraseSource string

//go:embed lua/room.lua
var roomSource string

//go:embed lua/save.lua
var saveSource string

//go:embed lua/jobs.lua
var jobsSource string

//go:embed lua/lease.lua
var leaseSource string

var (
	loadScript   = newScript("load", loadSource)
	commitScript = newScript("commit", commitSource)
	addScript    = newScript("add", addSource)
	claimScript  = newScript("claim", claimSource)
	finishScript = newScript("finish", finishSource)
	reviveScript = newScript("revive", reviveSource)
	eraseScript  = newScript("erase", eraseSource)
	roomScript   = newScript("room", roomSource)
	saveScript   = newScript("save", saveSource)
	jobsScript   = newScript("jobs", jobsSource)
	leaseScript  = newScript("lease", leaseSource)

	scripts = []script{
		loadScript, commitScript, addScript, claimScript,
		finishScript, reviveScript, eraseScript, roomScript, saveScript, jobsScript, leaseScript,
	}
)

// loadScripts makes the scripts known to every master. One that forgets them,
// or comes later, is told again when it answers NOSCRIPT.
func (s *Store) loadScripts(ctx context.Context) error {
	return s.eachMaster(ctx, func(ctx context.Context, rdb redis.Cmdable) error {
		for _, sc := range scripts {
			if err := rdb.ScriptLoad(ctx, sc.source).Err(); err != nil {
				return fmt.Errorf("load script %s: %w", sc.name, err)
			}
		}
		return nil
	})
}

// once is a command that go-redis must not send again by itself when its
// answer was lost: whether that is safe is for the caller to know.
type once struct{ *redis.Cmd }

// NoRetry tells go-redis so.
func (once) NoRetry() bool { return true }

// ErrUnreplicated says that a change was made but no replica has confirmed it
// in time, see Options.Wait. It may be lost with the master, so whether it is
// kept is not known.
var ErrUnreplicated = fmt.Errorf("no replica has confirmed the change in time: %w", coach.ErrUnknown)

// query runs a script that writes nothing; go-redis may send it again.
func (s *Store) query(ctx context.Context, sc script, keys []string, args ...any) (any, error) {
	return s.run(ctx, sc, keys, args, func(cmd *redis.Cmd) error {
		if s.reads != nil {
			return s.reads.process(ctx, cmd)
		}
		return settle(ctx, func() error { return s.rdb.Process(ctx, cmd) })
	})
}

// write runs a script that writes. It is sent once, and with Options.Wait a
// replica must confirm it.
func (s *Store) write(ctx context.Context, sc script, keys []string, args ...any) (any, error) {
	return s.run(ctx, sc, keys, args, func(cmd *redis.Cmd) error { return s.send(ctx, keys[0], once{cmd}) })
}

func (s *Store) run(ctx context.Context, sc script, keys []string, args []any, send func(*redis.Cmd) error) (any, error) {
	cmd := sc.command(ctx, "evalsha", sc.sha, keys, args)
	err := send(cmd)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		cmd = sc.command(ctx, "eval", sc.source, keys, args)
		err = send(cmd)
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("script %s: %w", sc.name, err)
	}
	return cmd.Val(), nil
}

func (sc script) command(ctx context.Context, name, body string, keys []string, args []any) *redis.Cmd {
	all := make([]any, 0, 3+len(keys)+len(args))
	all = append(all, name, body, len(keys))
	for _, key := range keys {
		all = append(all, key)
	}
	cmd := redis.NewCmd(ctx, append(all, args...)...)
	cmd.SetFirstKeyPos(3)
	return cmd
}

// settle sends a command, again as long as a Cluster refuses it because its keys
// are on their way from one master to another.
func settle(ctx context.Context, send func() error) error {
	for tries := 1; ; tries++ {
		err := send()
		moving := redis.HasErrorPrefix(err, "MOVED") || redis.HasErrorPrefix(err, "ASK") || redis.HasErrorPrefix(err, "TRYAGAIN")
		if !moving || pause(ctx, tries) != nil {
			return err
		}
	}
}

// send carries out a write of a key, or several of one partition in one round
// trip, all of which may then be sent again.
func (s *Store) send(ctx context.Context, key string, cmds ...redis.Cmder) error {
	if s.writes != nil && len(cmds) == 1 {
		return s.writes.process(ctx, cmds[0])
	}
	return settle(ctx, func() error { return s.sendOnce(ctx, key, cmds) })
}

// sendOnce sends writes to the key's master. WAIT counts what its own connection
// has written, so it rides in the same pipeline.
func (s *Store) sendOnce(ctx context.Context, key string, cmds []redis.Cmder) error {
	if !s.wait && len(cmds) == 1 {
		return s.rdb.Process(ctx, cmds[0])
	}
	pipe := s.rdb.Pipeline()
	if s.wait {
		node, err := s.masterOf(ctx, key)
		if err != nil {
			return err
		}
		pipe = node.Pipeline()
	}
	for _, cmd := range cmds {
		_ = pipe.Process(ctx, cmd) // reported by Exec
	}
	replicas := redis.NewIntCmd(ctx, "wait", 1, waitTimeout.Milliseconds())
	if s.wait {
		_ = pipe.Process(ctx, replicas)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		if cluster, ok := s.rdb.(*redis.ClusterClient); ok && redis.HasErrorPrefix(err, "MOVED") {
			cluster.ReloadState(ctx)
		}
		return err
	}
	if s.wait {
		return confirmed(replicas)
	}
	return nil
}

// masterOf returns what has a key.
func (s *Store) masterOf(ctx context.Context, key string) (redis.Cmdable, error) {
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return s.rdb, nil
}

// waitTimeout is how long a write waits for a replica.
const waitTimeout = time.Second

// eachMaster calls fn for the server, or for every master of a cluster.
func (s *Store) eachMaster(ctx context.Context, fn func(context.Context, redis.Cmdable) error) error {
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, rdb *redis.Client) error { return fn(ctx, rdb) })
	}
	return fn(ctx, s.rdb)
}
