package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"studycoach/coach/storetest"
)

// BenchmarkBolt has people type /checkin in Slack, by signed HTTP, and compares
// the bot with an app of Bolt for JavaScript that keeps the same in the same
// Redis (bolt/app.js). The two have their turns, each in a process of its own.
// It reports medians of the ratios of the rate, the 99th percentile of the
// answers, the most memory that is resident under load, and the time from the
// start to the first answer.
func BenchmarkBolt(b *testing.B) {
	storetest.NeedRedis(b)
	node := installBolt(b)
	bot := filepath.Join(b.TempDir(), "studycoach")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bot, "./cmd/studycoach")
	build.Dir = "../.."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", build, err, out)
	}
	t := slackTown()
	t.settle(b)
	api := slackAPI(b)
	ours := process{t: t, args: []string{bot}, env: []string{
		"STUDYCOACH_REDIS_URL=" + t.redis.URL(), "SLACK_BOT_TOKEN=" + slackToken, "SLACK_SIGNING_SECRET=" + slackSecret, "SLACK_API_URL=" + api,
	}, address: "STUDYCOACH_HTTP_ADDR=127.0.0.1:", meets: true}
	theirs := process{t: t, args: []string{node, "bolt/app.js"}, env: []string{
		"REDIS_URL=" + t.redis.URL(), "SLACK_BOT_TOKEN=" + slackToken, "SLACK_SIGNING_SECRET=" + slackSecret, "SLACK_API_URL=" + api,
	}, address: "PORT="}
	for b.Loop() { // what is measured has its own clock
	}
	n := max(b.N / *rounds, 1)
	var rate, p99, resident, live []float64
	for range *rounds {
		us, them := ours.measure(b, n), theirs.measure(b, n)
		b.Logf("%s; Bolt %s", us, them)
		rate = append(rate, us.perSecond/them.perSecond)
		p99 = append(p99, us.p99.Seconds()/them.p99.Seconds())
		resident = append(resident, us.resident/them.resident)
		live = append(live, us.live.Seconds()/them.live.Seconds())
	}
	b.ReportMetric(median(rate), "x-bolt")
	b.ReportMetric(median(p99), "p99-x-bolt")
	b.ReportMetric(median(resident), "resident-x-bolt")
	b.ReportMetric(median(live), "live-x-bolt")
}

// installBolt installs what bolt/package-lock.json names, unless that is done,
// and returns where node is. Without node and npm the benchmark is skipped, or
// fails under CI.
func installBolt(b *testing.B) (node string) {
	b.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = exec.LookPath("npm")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			b.Fatalf("CI needs Node.js 20 and npm: %v", err)
		}
		b.Skip("node or npm is not installed; this benchmark compares with an app of theirs")
	}
	asked, err := os.Stat("bolt/package-lock.json")
	if err != nil {
		b.Fatal(err)
	}
	if done, err := os.Stat("bolt/node_modules/.package-lock.json"); err == nil && done.ModTime().After(asked.ModTime()) {
		return node
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = "bolt"
	if out, err := install.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", install, err, out)
	}
	return node
}

// process is a bot to start.
type process struct {
	t       *town
	args    []string
	env     []string
	address string // the variable that says where to listen, up to the port
	meets   bool   // it wants to know who people are
}

// lived is what was measured of a process.
type lived struct {
	volley
	resident float64       // bytes, at most
	live     time.Duration // until it answered
}

func (l lived) String() string {
	return fmt.Sprintf("%.0f/s, p99 %s, %.0f MB, live after %s", l.perSecond, l.p99, l.resident/1e6, l.live.Round(time.Millisecond))
}

// checkIns numbers the check-ins of all processes.
var checkIns atomic.Int64

// measure starts the process, lets it grow warm, and has it take n check-ins.
func (p process) measure(b *testing.B, n int) (l lived) {
	b.Helper()
	addr := freeAddress(b)
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(append(os.Environ(), p.env...), p.address+port)
	log, err := os.CreateTemp(b.TempDir(), "log")
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if b.Failed() {
			text, _ := os.ReadFile(log.Name())
			b.Logf("its log begins with\n%.4000s", text)
		}
	}()
	checkIn := func() request { return p.t.checkIn("/slack/commands", int(checkIns.Add(1)-1)) }
	awaitLive(b, addr, checkIn)
	l.live = time.Since(begun)
	if p.meets {
		meet(b, p.t, addr)
	}
	fire(b, addr, n, checkIn).logged(b)

	stop := make(chan struct{})
	most := make(chan float64)
	go func() { most <- mostResident(cmd.Process.Pid, stop) }()
	l.volley = fire(b, addr, n, checkIn)
	close(stop)
	l.resident = <-most
	return l
}

// mostResident watches how much memory of a process is resident.
func mostResident(pid int, stop <-chan struct{}) (bytes float64) {
	for {
		bytes = max(bytes, resident(pid))
		select {
		case <-stop:
			return bytes
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// resident reads the second number of /proc/PID/statm, in pages.
func resident(pid int) float64 {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	pages, _ := strconv.Atoi(string(fields[1]))
	return float64(pages * os.Getpagesize())
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
