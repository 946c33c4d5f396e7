package redisstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/redis/go-redis/v9"
)

// embedded is the default store: a Redis in the process that go-redis reaches
// by dial, with a journal in a directory. It is for one process and a small
// group.
//
// Commands pass a gate one at a time. What they write, and what the scripts
// among them write, is collected as it happens and goes to the journal as one
// record: the journal holds effects, so replaying it needs no script and
// decides nothing. No answer leaves before everything that was written up to
// then is on disk, so no answer rests on what a crash can take back.
type embedded struct {
	redis   *miniredis.Miniredis
	lua     *interpreter
	journal *journal
	report  report // of the journal as it was found
	unlock  func() error

	gate    sync.Mutex
	effects [][]string // of the command that is in the gate
	aged    time.Time  // up to when keys have aged

	conns sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]struct{} // nil once closed
}

// effective are the commands that change data and go to the journal; they do
// the same whenever they are replayed at the time of their record.
var effective = map[string]bool{
	"DEL": true, "EXPIRE": true, "PEXPIRE": true, "SET": true,
	"SETRANGE": true, "HSET": true, "HSETNX": true, "HDEL": true, "HINCRBY": true,
	"RPUSH": true, "UNLINK": true, "SADD": true, "SREM": true, "ZADD": true, "ZREM": true,
}

// harmless are the commands beside those marked as reading that change no data.
var harmless = map[string]bool{
	"CLIENT": true, "ECHO": true, "HELLO": true, "INFO": true, "PING": true, "TIME": true, "WAIT": true,
	"EVAL": true, "EVALSHA": true, "SCRIPT": true, // their effects pass one by one
}

// openEmbedded replays the journal in dir, which it makes if it is missing,
// and compacts it.
func openEmbedded(dir string, log *slog.Logger) (*embedded, error) {
	unlock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	e, err := newEmbedded(dir)
	if err == nil {
		e.unlock = unlock
		if err = e.compact(dir, log); err == nil {
			return e, nil
		}
		e.redis.Close()
	}
	return nil, errors.Join(fmt.Errorf("embedded store in %s: %w", dir, err), unlock())
}

// copyEmbedded replays the journal in dir as it stands, whether or not a
// process writes to it, and changes nothing there. Since a journal only ever
// grows, or is replaced as a whole, and since a record is one command with all
// its effects, the copy is what the store was at one moment: that of the last
// whole record.
func copyEmbedded(dir string) (*embedded, error) {
	e, err := newEmbedded(dir)
	if err != nil {
		return nil, fmt.Errorf("embedded store in %s: %w", dir, err)
	}
	e.journal, e.unlock = newJournal(nowhere{}), func() error { return nil }
	switch {
	case e.report.Kept == 0:
		err = fmt.Errorf("%w in %s", ErrNothing, dir)
	case e.report.Damaged > 0:
		err = fmt.Errorf("%s is damaged after %d bytes; start the bot on it once, which says more and keeps what it can", e.report.Path, e.report.Kept)
	default:
		return e, nil
	}
	return nil, errors.Join(err, e.Close())
}

// newEmbedded makes a server of what the journal in dir holds.
func newEmbedded(dir string) (*embedded, error) {
	e := &embedded{redis: miniredis.NewMiniRedis(), open: map[net.Conn]struct{}{}}
	// The first dial starts the server without a listener; the gate speaks to it
	// directly.
	conn, err := e.redis.Dial()
	if err == nil {
		err = conn.Close()
	}
	if err == nil {
		e.lua, err = newInterpreter(e.redis.Server().Dispatch)
	}
	if err == nil {
		err = e.replay(dir)
	}
	if err != nil {
		e.redis.Close()
		return nil, err
	}
	e.redis.Server().SetPreHook(e.pass)
	return e, nil
}

func (e *embedded) replay(dir string) (err error) {
	peer, answers := newPeer()
	e.report, err = readJournal(dir, func(r record) {
		e.age(r.at)
		for _, command := range r.commands {
			e.redis.Server().Dispatch(peer, command)
			answers.Reset()
		}
	})
	e.age(time.Now())
	return err
}

// compact puts a journal of what is left in the place of the one that was
// replayed.
func (e *embedded) compact(dir string, log *slog.Logger) (err error) {
	e.report.warn(log)
	if e.report.Damaged > 0 {
		if err := setAside(dir, &e.report); err != nil {
			return err
		}
		log.Error("the journal was damaged; the file is kept", "aside", e.report.Aside)
	}
	e.journal, err = writeJournal(dir, e.snapshot())
	return err
}

// ageStep is how exactly keys expire: often enough for what only ever expires
// after an hour of rest, and seldom, since the server looks at every key.
const ageStep = time.Minute

// age expires what has expired up to now.
func (e *embedded) age(now time.Time) {
	if e.aged.IsZero() {
		e.aged = now
	}
	if passed := now.Sub(e.aged); passed >= ageStep {
		e.redis.FastForward(passed)
		e.aged = now
	}
}

// Close closes the connections and then the journal.
func (e *embedded) Close() error {
	e.mu.Lock()
	for conn := range e.open {
		_ = conn.Close() // a pipe's never fails
	}
	e.open = nil
	e.mu.Unlock()
	e.conns.Wait()
	e.redis.Close()
	return errors.Join(e.journal.close(), e.unlock())
}

// client returns a client of the gate.
func (e *embedded) client() *redis.Client {
	return redis.NewClient(tuned(&redis.Options{
		Addr:       "embedded",
		Dialer:     e.dial,
		Protocol:   2,
		MaxRetries: -1, // the gate never loses an answer
		PoolSize:   64, // the more wait for the disk, the more share a sync
	}))
}

// dial connects to the gate; it fits redis.Options.Dialer.
func (e *embedded) dial(context.Context, string, string) (net.Conn, error) {
	client, conn := net.Pipe()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open == nil {
		return nil, net.ErrClosed
	}
	e.open[conn] = struct{}{}
	e.conns.Go(func() {
		e.serve(conn)
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.open, conn)
	})
	return client, nil
}

// answer is what goes back for one command, once the journal is synced to at.
type answer struct {
	text []byte
	at   int64
}

// maxPipelined is how many answers may wait for a client that is still writing
// its pipeline: more than any pipeline of this package holds.
const maxPipelined = 4096

// serve reads and carries out commands while a second goroutine waits for the
// disk and sends the answers, so that pipelined writes share a sync.
func (e *embedded) serve(conn net.Conn) {
	answers := make(chan answer, maxPipelined)
	var writer sync.WaitGroup
	writer.Go(func() {
		for a := range answers {
			if err := e.journal.wait(a.at); err != nil {
				a.text = refusal(err)
			}
			if _, err := conn.Write(a.text); err != nil {
				_ = conn.Close() // the client is gone; the reader ends too
			}
		}
	})
	in := bufio.NewReader(conn)
	peer, out := newPeer()
	for {
		command, err := readCommand(in)
		if err != nil {
			break
		}
		at := e.carryOut(peer, command)
		peer.Flush()
		answers <- answer{bytes.Clone(out.Bytes()), at}
		out.Reset()
	}
	close(answers)
	writer.Wait()
}

// carryOut executes one command and returns how far the journal must be synced
// before its answer may go out.
func (e *embedded) carryOut(peer *server.Peer, command []string) int64 {
	e.gate.Lock()
	defer e.gate.Unlock()
	if err := e.journal.failed(); err != nil {
		return e.journal.end() // wait reports it
	}
	e.age(time.Now())
	e.effects = e.effects[:0]
	if !e.lua.run(peer, command) {
		e.redis.Server().Dispatch(peer, command)
	}
	if len(e.effects) == 0 {
		return e.journal.end()
	}
	return e.journal.append(record{at: time.Now(), commands: e.effects})
}

// pass is called before every command, also those of scripts. It notes what is
// about to be written and refuses what could not be replayed.
func (e *embedded) pass(peer *server.Peer, name string, args ...string) (done bool) {
	switch {
	case effective[name]:
		e.effects = append(e.effects, append([]string{name}, args...))
	case harmless[name] || e.redis.Server().IsReadOnlyCommand(name):
	default:
		peer.WriteError("ERR the embedded store does not take the command " + strconv.Quote(name))
		return true
	}
	return false
}

func newPeer() (*server.Peer, *bytes.Buffer) {
	var out bytes.Buffer
	return server.NewPeer(bufio.NewWriter(&out)), &out
}

// refusal is the answer while the journal cannot be written.
func refusal(err error) []byte {
	return fmt.Appendf(nil, "-JOURNAL %s\r\n", bytes.ReplaceAll([]byte(err.Error()), []byte("\r\n"), []byte(" ")))
}

var errProtocol = errors.New("not an array of bulk strings")

// readCommand reads one command as go-redis writes it: an array of bulk
// strings, with one at least.
func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*')
	if err != nil || n == 0 {
		return nil, errors.Join(err, errProtocol)
	}
	var command []string
	var bulk bytes.Buffer // grows with what comes, not with what is announced
	for range n {
		size, err := readLength(r, '$')
		if err != nil {
			return nil, err
		}
		bulk.Reset()
		if _, err := io.CopyN(&bulk, r, int64(size)+2); err != nil {
			return nil, err
		}
		command = append(command, string(bulk.Bytes()[:size]))
	}
	return command, nil
}

// maxLength bounds an array and a string, as Redis bounds a string.
const maxLength = 512 << 20

func readLength(r *bufio.Reader, kind byte) (int, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 4 || line[0] != kind {
		return 0, errProtocol
	}
	n, err := strconv.Atoi(string(line[1 : len(line)-2]))
	if err != nil || n < 0 || n > maxLength {
		return 0, errProtocol
	}
	return n, nil
}
