package redisstore

import (
	"strings"
	"testing"
)

// What a script returns and what it is told is as the server has it, which
// takes after Redis.
func TestInterpreterAnswersAsTheServer(t *testing.T) {
	server, e := openEmpty(t).embedded, openEmpty(t).embedded
	do := func(e *embedded, command ...string) string {
		peer, out := newPeer()
		e.carryOut(peer, command)
		peer.Flush()
		return out.String()
	}
	for _, source := range []string{
		`return 12`, `return 3.9`, `return 'text'`, `return true`, `return false`, `return nil`, `return`,
		`return {1, 'two', {3, false, 'x'}, true}`, `return {}`, `return {1, nil, 3}`,
		`return {KEYS[1], ARGV[1], ARGV[2], #ARGV, ARGV[3]}`,
		`return redis.call('SET', KEYS[1], ARGV[1])['ok']`,
		`return redis.call('GET', KEYS[1])`, `return redis.call('GET', 'nothing')`, `return redis.call('GET', 'nothing') == false`,
		`return redis.call('HSET', 'h', 'a', 1, 'b', 2.5)`, `return redis.call('HMGET', 'h', 'a', 'c', 'b')`, `return redis.call('HGETALL', 'h')`,
		`return redis.call('ZADD', 'z', ARGV[2], 'm')`, `return redis.call('ZMSCORE', 'z', 'm', 'n')`, `return tonumber(redis.call('ZSCORE', 'z', 'm')) + 1`,
		`return {unpack(ARGV)}`, `return string.rep('x', 1000)`, `return math.floor(7 / 2)`,
	} {
		args := []string{"1", "key", "value\r\n\x00\xff", "7"}
		want := do(server, append([]string{"EVAL", source}, args...)...)
		fn, err := e.lua.state.Load(strings.NewReader(source), "script")
		if err != nil {
			t.Fatal(err)
		}
		e.lua.scripts["script"] = fn
		if got := do(e, append([]string{"evalsha", "script"}, args...)...); got != want {
			t.Errorf("%s\nanswers %q, want %q", source, got, want)
		}
	}
	if top := e.lua.state.GetTop(); top != 0 {
		t.Errorf("%d values are left on the stack", top)
	}
}

// A script that fails says why, and leaves the interpreter fit for the next one.
func TestInterpreterSaysWhatFailed(t *testing.T) {
	s := openEmpty(t)
	peer, out := newPeer()
	for source, want := range map[string]string{
		`redis.call('HGET', KEYS[1])`:      "-ERR wrong number of arguments",
		`redis.call('FLUSHALL')`:           "-ERR the embedded store does not take the command",
		`redis.call('SET', KEYS[1], {})`:   "-",
		`local t = nil; return t.x`:        "-",
		`error('gone wrong')`:              "-",
		`redis.call('HSET', 'sc:meta', 1)`: "-ERR wrong number of arguments",
	} {
		fn, err := s.embedded.lua.state.Load(strings.NewReader(source), "script")
		if err != nil {
			t.Fatal(err)
		}
		s.embedded.lua.scripts["script"] = fn
		s.embedded.carryOut(peer, []string{"EVALSHA", "script", "1", "key"})
		peer.Flush()
		if got := out.String(); !strings.HasPrefix(got, want) || strings.Count(got, "\r\n") != 1 || strings.Count(got, "\n") != 1 {
			t.Errorf("%s\nanswers %q, want %q", source, got, want)
		}
		out.Reset()
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}
