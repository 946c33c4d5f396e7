package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clients is how many requests are under way at once.
const clients = 64

// volley is what was measured of many requests.
type volley struct {
	perSecond float64
	p99       time.Duration // until the answer was read
	answer    []byte        // one of them
}

// request is a POST that a platform makes.
type request struct {
	path   string
	header http.Header
	body   []byte
}

// fire has clients send n requests to a server, each answered with 200. The rate
// is that of all clients together. They are plain ones, in this process, so what
// they and make cost is in the rate.
func fire(b *testing.B, addr string, n int, make func() request) volley {
	b.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	took := slices.Repeat([]time.Duration{0}, n)
	var answer atomic.Pointer[[]byte]
	var next atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				r := make()
				sent := time.Now()
				got, err := ask(client, addr, r)
				if took[i] = time.Since(sent); err != nil {
					b.Error(err)
					return
				}
				answer.Store(&got)
			}
		})
	}
	all.Wait()
	v := volley{perSecond: float64(n) / time.Since(begun).Seconds()}
	slices.Sort(took)
	v.p99 = took[(len(took)-1)*99/100]
	if last := answer.Load(); last != nil {
		v.answer = *last
	}
	return v
}

// logged fails the benchmark unless the answer tells of a check-in.
func (v volley) logged(b *testing.B) volley {
	b.Helper()
	if !bytes.Contains(v.answer, []byte("Logged")) {
		b.Fatalf("an answer is %s", v.answer)
	}
	return v
}

// ask sends a request and returns what it is answered with.
func ask(client *http.Client, addr string, r request) ([]byte, error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+addr+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header = r.header
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("it is answered with %s: %.200s", res.Status, body)
	}
	return body, err
}

// besideBare measures a server's path beside one that reads the body and answers
// the same at once, in turns. It reports the ratio of the rates and the 99th
// percentile of the path's answers, each the median of all rounds. make makes a
// request to a path.
func besideBare(b *testing.B, routes map[string]http.Handler, path string, make func(path string) request) {
	b.Helper()
	answer := []byte("{}")
	mux := http.NewServeMux()
	for path, h := range routes {
		mux.Handle(path, h)
	}
	mux.HandleFunc("/bare", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20)); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
	addr := serve(b, mux)
	shoot := func(path string, n int) volley {
		return fire(b, addr, n, func() request { return make(path) })
	}
	answer = shoot(path, clients).logged(b).answer
	for b.Loop() { // what is measured has its own clock
	}
	n := max(b.N / *rounds, 1)
	var rate, p99 []float64
	for range *rounds {
		bare, full := shoot("/bare", n), shoot(path, n).logged(b)
		b.Logf("%.0f/s, p99 %s; bare %.0f/s, p99 %s", full.perSecond, full.p99, bare.perSecond, bare.p99)
		rate = append(rate, full.perSecond/bare.perSecond)
		p99 = append(p99, full.p99.Seconds()*1000)
	}
	b.ReportMetric(median(rate), "x-bare")
	b.ReportMetric(median(p99), "p99-ms")
}

// serve serves on a free port until the benchmark ends.
func serve(b *testing.B, h http.Handler) (addr string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	b.Cleanup(func() { _ = s.Close(); <-done })
	return l.Addr().String()
}
