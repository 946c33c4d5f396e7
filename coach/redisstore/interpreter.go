package redisstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
	lua "github.com/yuin/gopher-lua"
)

// interpreter runs this package's scripts for the embedded server. The server
// could do it, but makes a new Lua state for every call, which takes longer than
// most of what the scripts do. Like the server, it runs one at a time.
type interpreter struct {
	state    *lua.LState
	scripts  map[string]*lua.LFunction // by SHA
	dispatch func(peer *server.Peer, command []string)

	peer    *server.Peer // sends the commands of scripts
	written *bytes.Buffer
	replies *bufio.Reader // of what is written to the peer
}

func newInterpreter(dispatch func(*server.Peer, []string)) (*interpreter, error) {
	in := &interpreter{
		state:    lua.NewState(lua.Options{SkipOpenLibs: true}),
		scripts:  map[string]*lua.LFunction{},
		dispatch: dispatch,
	}
	in.peer, in.written = newPeer()
	in.replies = bufio.NewReader(in.written)
	for name, open := range map[string]lua.LGFunction{
		lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString, lua.MathLibName: lua.OpenMath,
	} {
		in.state.Push(in.state.NewFunction(open))
		in.state.Push(lua.LString(name))
		in.state.Call(1, 0)
	}
	redis := in.state.NewTable()
	redis.RawSetString("call", in.state.NewFunction(in.call))
	in.state.SetGlobal("redis", redis)
	for _, sc := range scripts {
		fn, err := in.state.Load(strings.NewReader(sc.source), sc.name)
		if err != nil {
			return nil, fmt.Errorf("script %s: %w", sc.name, err)
		}
		in.scripts[sc.sha] = fn
	}
	return in, nil
}

// run answers an EVALSHA of one of this package's scripts, and reports whether
// the command is that.
func (in *interpreter) run(peer *server.Peer, command []string) bool {
	if len(command) < 3 || !strings.EqualFold(command[0], "EVALSHA") {
		return false
	}
	fn := in.scripts[command[1]]
	n, err := strconv.Atoi(command[2])
	if fn == nil || err != nil || n < 0 || n > len(command)-3 {
		return false
	}
	in.state.SetGlobal("KEYS", in.list(command[3:3+n]))
	in.state.SetGlobal("ARGV", in.list(command[3+n:]))
	in.state.Push(fn)
	if err := in.state.PCall(0, 1, nil); err != nil {
		var failed *lua.ApiError
		if errors.As(err, &failed) {
			err = errors.New(failed.Object.String())
		}
		peer.WriteError(err.Error())
		return true
	}
	write(peer, in.state.Get(-1))
	in.state.Pop(1)
	return true
}

func (in *interpreter) list(words []string) *lua.LTable {
	table := in.state.CreateTable(len(words), 0)
	for i, word := range words {
		table.RawSetInt(i+1, lua.LString(word))
	}
	return table
}

// call is redis.call.
func (in *interpreter) call(l *lua.LState) int {
	command := make([]string, l.GetTop())
	for i := range command {
		command[i] = l.CheckString(i + 1) // numbers too
	}
	in.written.Reset()
	in.replies.Reset(in.written)
	in.dispatch(in.peer, command)
	in.peer.Flush()
	reply, err := server.ParseReply(in.replies)
	if err != nil {
		l.Error(lua.LString(err.Error()), 0)
	}
	l.Push(in.value(reply))
	return 1
}

// value is a reply as Redis gives it to Lua,
// https://redis.io/docs/latest/develop/programmability/lua-api/#resp2-to-lua-type-conversion.
func (in *interpreter) value(reply any) lua.LValue {
	switch r := reply.(type) {
	case int:
		return lua.LNumber(r)
	case string:
		return lua.LString(r)
	case server.Simple:
		table := in.state.NewTable()
		table.RawSetString("ok", lua.LString(r))
		return table
	case []any:
		table := in.state.CreateTable(len(r), 0)
		for i, v := range r {
			table.RawSetInt(i+1, in.value(v))
		}
		return table
	default:
		return lua.LFalse // nil
	}
}

// write writes what a script returned as Redis does.
func write(peer *server.Peer, v lua.LValue) {
	switch v := v.(type) {
	case lua.LNumber:
		peer.WriteInt(int(v))
	case lua.LString:
		peer.WriteBulk(string(v))
	case *lua.LTable:
		n := 0
		for v.RawGetInt(n+1) != lua.LNil { // the first one ends it
			n++
		}
		peer.WriteLen(n)
		for i := range n {
			write(peer, v.RawGetInt(i+1))
		}
	default:
		if v == lua.LTrue {
			peer.WriteInt(1)
		} else {
			peer.WriteNull()
		}
	}
}
