package redisstore

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// A lane carries commands to one server. While some are under way the next ones
// gather, and then they go together: what most commands cost is a write and a
// read of the connection, which callers at the same time so share.
//
// It has a command sent once, or not at all when its caller has given up by
// then. One who gives up later holds nobody up: everything sent together is
// answered, or fails, within callTimeout.
//
// The client library has a pipeline for concurrent callers as well. It knows
// neither their deadlines nor WAIT, which here one batch waits for as a whole.
type lane struct {
	rdb  *redis.Client
	wait bool // for a replica to confirm what was sent

	mu        sync.Mutex
	gathering []*call
	sending   int // batches under way
}

// A call is a command on its way.
type call struct {
	ctx  context.Context
	cmd  redis.Cmder
	err  error
	done chan struct{} // closed once err and the command's result stand
}

// maxSending is how many batches are under way at once: one that the server
// works on, and one whose answers are taken in.
const maxSending = 2

// process has a command carried out. After an error the result is not to be
// looked at: the command may still be under way.
func (l *lane) process(ctx context.Context, cmd redis.Cmder) error {
	c := &call{ctx: ctx, cmd: cmd, done: make(chan struct{})}
	l.mu.Lock()
	l.gathering = append(l.gathering, c)
	if l.sending < maxSending {
		l.sending++
		go l.send()
	}
	l.mu.Unlock()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send sends what has gathered until nothing more has.
func (l *lane) send() {
	for {
		l.mu.Lock()
		calls := l.gathering
		l.gathering = nil
		if len(calls) == 0 {
			l.sending--
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		l.exchange(calls)
	}
}

// exchange sends calls and takes their answers in.
func (l *lane) exchange(calls []*call) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	pipe := l.rdb.Pipeline()
	for _, c := range calls {
		if c.err = c.ctx.Err(); c.err == nil {
			_ = pipe.Process(ctx, c.cmd) // reported by the command
		}
	}
	var replicas *redis.IntCmd
	if l.wait && pipe.Len() > 0 {
		replicas = redis.NewIntCmd(ctx, "wait", 1, waitTimeout.Milliseconds())
		_ = pipe.Process(ctx, replicas)
	}
	_, _ = pipe.Exec(ctx) // reported by each command
	for _, c := range calls {
		if c.err == nil {
			c.err = c.cmd.Err()
		}
		if c.err == nil && replicas != nil {
			c.err = confirmed(replicas)
		}
		close(c.done)
	}
}

// confirmed tells what a WAIT came to.
func confirmed(replicas *redis.IntCmd) error {
	switch {
	case replicas.Err() != nil:
		return replicas.Err()
	case replicas.Val() < 1:
		return ErrUnreplicated
	}
	return nil
}
