package redisstore

import (
	"context"
	"errors"
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

// A call is commands on their way, which are carried out in this order.
type call struct {
	ctx  context.Context
	cmds []redis.Cmder
	err  error
	done chan struct{} // closed once err and the commands' results stand
}

// maxSending is how many batches are under way at once: one that the server
// works on, and one whose answers are taken in.
const maxSending = 2

// process has commands carried out. That there is nothing where one of them looks
// is no error. After an error the results are not to be looked at: the commands may
// still be under way.
func (l *lane) process(ctx context.Context, cmds ...redis.Cmder) error {
	c := &call{ctx: ctx, cmds: cmds, done: make(chan struct{})}
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
			_ = pipe.BatchProcess(ctx, c.cmds...) // reported by each command
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
			c.err = failed(c.cmds)
		}
		if c.err == nil && replicas != nil {
			c.err = confirmed(replicas)
		}
		close(c.done)
	}
}

// failed returns the first error of commands. That there is nothing is none.
func failed(cmds []redis.Cmder) error {
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
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
