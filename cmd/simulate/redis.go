package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// redisServer is a redis-server of the simulation's own, without persistence,
// on a socket in a directory that goes away with it.
type redisServer struct {
	dir string
	cmd *exec.Cmd
}

func startRedis(ctx context.Context) (*redisServer, error) {
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, err
	}
	r := &redisServer{dir: dir}
	r.cmd = exec.CommandContext(ctx, "redis-server", "--port", "0", "--unixsocket", r.socket(), "--dir", dir, "--save", "", "--appendonly", "no", "--loglevel", "warning")
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("redis-server, which this needs: %w", err)
	}
	for range 200 {
		if _, err = r.info(ctx, "server"); err == nil {
			return r, nil
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(20 * time.Millisecond):
			continue
		}
		break
	}
	r.stop()
	return nil, fmt.Errorf("redis-server does not answer: %w", err)
}

func (r *redisServer) socket() string { return filepath.Join(r.dir, "s") }

func (r *redisServer) url() string { return "unix://" + r.socket() }

func (r *redisServer) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
	_ = os.RemoveAll(r.dir)
}

// info reads a section of what the server says of itself.
func (r *redisServer) info(ctx context.Context, section string) (map[string]string, error) {
	text, err := r.ask(ctx, "INFO "+section)
	if err != nil {
		return nil, err
	}
	info := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[name] = value
		}
	}
	return info, nil
}

// ask sends a command as one would type it and returns the answer, a string.
func (r *redisServer) ask(ctx context.Context, command string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", r.socket())
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second)) // else the answer fails
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	in := bufio.NewReader(conn)
	head, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	size, err := strconv.Atoi(strings.Trim(head, "$\r\n"))
	if err != nil {
		return "", fmt.Errorf("%.20s… answered %q", command, head)
	}
	text := make([]byte, size)
	_, err = io.ReadFull(in, text)
	return string(text), err
}

// passing deletes the passing keys of one page of all keys, and returns where
// the next page begins.
const passing = `EVAL "local page = redis.call('SCAN', ARGV[1], 'COUNT', 1000) for _, key in ipairs(page[2]) do if redis.call('PTTL', key) > 0 then redis.call('UNLINK', key) end end return page[1]" 0 `

// forgetPassing removes what Redis is to keep for a while only: it goes by a
// clock of its own, which has not leapt over the week.
func (r *redisServer) forgetPassing(ctx context.Context) error {
	for cursor := "0"; ; {
		next, err := r.ask(ctx, passing+cursor)
		if err != nil {
			return err
		}
		if cursor = next; cursor == "0" {
			return nil
		}
	}
}

// used returns the bytes that the data takes and the processor time so far.
func (r *redisServer) used(ctx context.Context) (bytes int64, cpu time.Duration, err error) {
	memory, err := r.info(ctx, "memory")
	if err != nil {
		return 0, 0, err
	}
	times, err := r.info(ctx, "cpu")
	if err != nil {
		return 0, 0, err
	}
	if bytes, err = strconv.ParseInt(memory["used_memory"], 10, 64); err != nil {
		return 0, 0, err
	}
	var seconds float64
	for _, name := range []string{"used_cpu_sys", "used_cpu_user"} {
		s, err := strconv.ParseFloat(times[name], 64)
		if err != nil {
			return 0, 0, err
		}
		seconds += s
	}
	return bytes, time.Duration(seconds * float64(time.Second)), nil
}
