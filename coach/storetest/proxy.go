package storetest

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"testing"
)

// Proxy stands between a store and one server and does what networks do:
// breaks connections, falls silent, loses requests and answers.
type Proxy struct {
	Addr string // host:port

	target   string
	listener net.Listener
	group    sync.WaitGroup

	mu     sync.Mutex
	change sync.Cond         // of what follows
	open   map[net.Conn]bool // both ends of every connection
	cut    bool
	silent bool
	left   int // how many requests with the marker are still to meet the fault
	marker []byte
	fault  Fault
	watch  func(request []byte, answered bool) bool
}

// Fault is what becomes of a request on its way.
type Fault int

// The faults. Each breaks the request's connection.
const (
	LoseRequest Fault = iota // the server never gets it
	LoseAnswer               // the server carries it out; the answer is lost
	Partition                // LoseAnswer, and the proxy is cut from then on
)

// StartProxy starts a proxy before a server and ends it when the test ends.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, listener: l, open: map[net.Conn]bool{}}
	p.change.L = &p.mu
	p.group.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close() // never fails
		p.Cut()
		p.group.Wait()
	})
	return p
}

// URL is the server's URL by way of the proxy.
func (p *Proxy) URL() string { return "redis://" + p.Addr }

// Cut breaks every connection, and each new one at once, until Mend.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breakAll()
}

// Silence lets nothing through in either direction, until Mend. No connection
// breaks, and new ones can be made.
func (p *Proxy) Silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

// Mend ends Cut, Silence and what Next arranged.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.silent, p.left = false, false, 0
	p.change.Broadcast()
}

// Next arranges a fault for each of the next n requests that hold a marker,
// such as the name of a script.
func (p *Proxy) Next(n int, marker string, f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.marker, p.fault = n, []byte(marker), f
}

// Watch has fn look at each request, or what of it comes at once, before the
// server gets it, and again before its answer goes back. The connection breaks
// where fn returns false.
func (p *Proxy) Watch(fn func(request []byte, answered bool) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = fn
}

// Left is how many of the requests that Next arranged a fault for are still to
// come.
func (p *Proxy) Left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

func (p *Proxy) breakAll() {
	p.cut, p.silent = true, false
	for conn := range p.open {
		_ = conn.Close() // its goroutines notice
	}
	p.change.Broadcast()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil || !p.track(client, server) {
		_ = client.Close()
		if err == nil {
			_ = server.Close()
		}
		return
	}
	l := &link{Proxy: p}
	p.group.Go(func() {
		pass(server, client, l.answer)
		p.untrack(client, server)
	})
	pass(client, server, l.request)
	p.untrack(client, server)
}

func (p *Proxy) track(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		p.open[conn] = true
	}
	return !p.cut
}

func (p *Proxy) untrack(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close() // once is enough
		delete(p.open, conn)
	}
}

// errBroken ends a connection.
var errBroken = errors.New("broken by the proxy")

// pass copies from one connection to another what may go through.
func pass(from, to net.Conn, may func([]byte) error) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil || may(buf[:n]) != nil {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// link is a client's connection with its server.
type link struct {
	*Proxy
	losing bool   // the next answer
	asked  []byte // the request that is watched and has no answer yet
}

func (l *link) request(data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.await()
	if l.watch != nil && l.asked == nil {
		l.asked = bytes.Clone(data)
		if !l.seen(l.asked, false) {
			return errBroken
		}
	}
	if l.left > 0 && bytes.Contains(data, l.marker) {
		l.left--
		if l.fault == LoseRequest {
			return errBroken
		}
		l.losing = true
	}
	return nil
}

func (l *link) answer([]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.await()
	if request := l.asked; request != nil {
		l.asked = nil
		if !l.seen(request, true) {
			return errBroken
		}
	}
	if !l.losing {
		return nil
	}
	if l.fault == Partition { // the answer is here, so the request was carried out
		l.breakAll()
	}
	return errBroken
}

// seen calls what watches, which may take its time, without the lock.
func (l *link) seen(request []byte, answered bool) bool {
	watch := l.watch
	l.mu.Unlock()
	defer l.mu.Lock()
	return watch(request, answered)
}

// await returns once the proxy is not silent.
func (l *link) await() {
	for l.silent {
		l.change.Wait()
	}
}
