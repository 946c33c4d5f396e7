package redisstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

func TestOpenRefuses(t *testing.T) {
	server := storetest.StartRedis(t)
	for name, test := range map[string]struct {
		setup [][]string
		want  string
	}{
		"an evicting policy":             {[][]string{{"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}}, "set it to noeviction"},
		"a policy that evicts some keys": {[][]string{{"CONFIG", "SET", "maxmemory-policy", "volatile-ttl"}}, "set it to noeviction"},
		"a newer schema":                 {[][]string{{"HSET", "sc:meta", "schema", "9"}}, "written by a newer studycoach (schema 9, this one knows 3): please update"},
		"another number of partitions":   {[][]string{{"HSET", "sc:meta", "partitions", "128"}}, "the data has partitions 128, this studycoach wants 64"},
	} {
		t.Run(name, func(t *testing.T) {
			server.Do("FLUSHALL")
			server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
			for _, command := range test.setup {
				server.Do(command...)
			}
			s, err := redisstore.Open(t.Context(), redisstore.Options{URL: server.URL()})
			if err == nil {
				t.Fatal(errors.Join(errors.New("it was opened"), s.Close()))
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %q, want %q in it", err, test.want)
			}
		})
	}
}

func TestOpenStoresAndKeepsTheMeta(t *testing.T) {
	server := storetest.StartRedis(t)
	for range 2 {
		open(t, redisstore.Options{URL: server.URL()})
		if got := server.Do("HGET", "sc:meta", "partitions"); got != "64" {
			t.Errorf("partitions are %q", got)
		}
	}
}

func TestOpenURL(t *testing.T) {
	for _, raw := range []string{
		"localhost:6379", "http://localhost", "redis://user:secret@host:port/0", "redis://:secret@host/notadb",
		"redis+cluster://", "redis+cluster://?x=%zz", "redis+sentinel://host:26379", "redis+other://host", "redis://u:sec ret@\x7f",
	} {
		_, err := redisstore.Open(t.Context(), redisstore.Options{URL: raw})
		if !errors.Is(err, redisstore.ErrURL) || strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: error is %v", raw, err)
		}
	}
	// A password is in no error of a server that is not reached either.
	_, err := redisstore.Open(t.Context(), redisstore.Options{URL: "redis://user:secret@127.0.0.1:1/0"})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error is %v", err)
	}
}

func TestSentinel(t *testing.T) {
	server := storetest.StartRedis(t)
	sentinel := storetest.StartSentinel(t, server, "mymaster")
	s := open(t, redisstore.Options{URL: "redis+sentinel://" + sentinel.Addr + ",127.0.0.1:1/mymaster"})
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestUnixSocket(t *testing.T) {
	socket := t.TempDir() + "/redis.sock"
	storetest.StartRedis(t, "--unixsocket", socket)
	if err := open(t, redisstore.Options{URL: "unix://" + socket}).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	waiting := open(t, redisstore.Options{URL: server.URL(), Wait: true})
	want := func(s *redisstore.Store, name string, level redisstore.Level, text string) {
		t.Helper()
		for _, f := range s.Check(t.Context()) {
			if f.Name == name {
				if f.Level != level || !strings.Contains(f.Detail, text) {
					t.Errorf("%s is %s: %s; want %s: ... %s ...", name, f.Level, f.Detail, level, text)
				}
				return
			}
		}
		t.Errorf("%s was not looked at", name)
	}
	want(s, "clock", redisstore.OK, "off Redis's")
	want(s, "version", redisstore.OK, "Redis 7")
	want(s, "eviction", redisstore.OK, "noeviction")
	want(s, "persistence", redisstore.OK, "every write")
	want(s, "replicas", redisstore.OK, "none")
	want(waiting, "replicas", redisstore.Warning, "every change will fail")
	server.Do("CONFIG", "SET", "appendfsync", "everysec")
	want(s, "persistence", redisstore.OK, "up to a second")
	server.Do("CONFIG", "SET", "appendonly", "no")
	want(s, "persistence", redisstore.Warning, "loses everything")
	server.Do("CONFIG", "SET", "save", "60 1")
	want(s, "persistence", redisstore.Warning, "snapshots only")
	server.Do("ACL", "SETUSER", "default", "-config")
	want(s, "persistence", redisstore.Warning, "does not tell")
	server.Do("ACL", "SETUSER", "default", "-info")
	want(s, "redis", redisstore.Failed, "INFO")
	server.Kill()
	want(s, "redis", redisstore.Failed, "not reached")
}

// Missing persistence is said loudly at the start.
func TestOpenWarns(t *testing.T) {
	server := storetest.StartRedis(t, "--appendonly", "no")
	var log bytes.Buffer
	s, err := redisstore.Open(t.Context(), redisstore.Options{URL: server.URL(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "a restart of Redis loses everything") {
		t.Errorf("the log says %s", log.String())
	}
}

func TestClockOffset(t *testing.T) {
	for name, o := range map[string]redisstore.Options{
		"embedded": {DataDir: t.TempDir()},
		"redis":    {URL: storetest.StartRedis(t).URL()},
	} {
		s := open(t, o)
		for _, ahead := range []time.Duration{0, time.Hour, -time.Hour} {
			offset, err := s.ClockOffset(t.Context(), func() time.Time { return time.Now().Add(ahead) })
			if err != nil || (offset+ahead).Abs() > redisstore.MaxClockOffset {
				t.Errorf("%s: %v off a clock that is %v ahead, %v", name, offset, ahead, err)
			}
		}
	}
}

// Scripts that the server has forgotten are told again.
func TestScriptsForgotten(t *testing.T) {
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	for range 3 {
		server.Do("SCRIPT", "FLUSH")
		scope, fn := checkIn("0/a")
		if _, _, err := s.Update(t.Context(), scope, fn); err != nil {
			t.Fatal(err)
		}
		server.Do("SCRIPT", "FLUSH")
		if _, err := s.Claim(t.Context(), schedule.Job{}.Due, 1, 10); err != nil {
			t.Fatal(err)
		}
	}
}

// A full Redis refuses, nothing is half-written, and with room it goes on.
func TestFullRedis(t *testing.T) {
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	scope, fn := checkIn("0/first")
	if _, _, err := s.Update(t.Context(), scope, fn); err != nil {
		t.Fatal(err)
	}
	before, err := s.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Do("CONFIG", "SET", "maxmemory", "1")
	scope, fn = checkIn("0/second")
	scope.Cards = true
	if _, _, err := s.Update(t.Context(), scope, fn); err == nil || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("error is %v", err)
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("a full store is ready")
	}
	if after, err := s.Dump(t.Context()); err != nil || len(after) != len(before) || after[redisstore.LearnerKey(killCohort, writerID(0))] == "" {
		t.Errorf("%v: before %d keys, after %d", err, len(before), len(after))
	}
	var acked acknowledged
	acked.add(t, "0/first")
	server.Do("CONFIG", "SET", "maxmemory", "0")
	acked.check(t, s)
	if _, dup, err := s.Update(t.Context(), scope, fn); err != nil || dup {
		t.Errorf("with room again: %v, %v", dup, err)
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	master := storetest.StartRedis(t)
	scope, fn := checkIn("0/join")
	if _, _, err := open(t, redisstore.Options{URL: master.URL()}).Update(t.Context(), scope, fn); err != nil {
		t.Fatal(err)
	}
	s := open(t, redisstore.Options{URL: master.URL(), Wait: true})
	scope, fn = checkIn("0/a")
	if _, _, err := s.Update(t.Context(), scope, fn); !errors.Is(err, redisstore.ErrUnreplicated) {
		t.Errorf("without a replica the error is %v", err)
	}
	if _, dup, err := s.Update(t.Context(), scope, fn); !errors.Is(err, redisstore.ErrUnreplicated) || !dup {
		t.Errorf("the same event again: %v, %v", dup, err)
	}
	replica := storetest.StartRedis(t)
	replica.Follow(master.Addr)
	if _, dup, err := s.Update(t.Context(), scope, fn); err != nil || !dup {
		t.Errorf("with a replica, the same event: %v, %v", dup, err)
	}
	scope, fn = checkIn("0/b")
	if _, _, err := s.Update(t.Context(), scope, fn); err != nil {
		t.Error(err)
	}
	if got := replica.Do("EXISTS", redisstore.LearnerKey(killCohort, writerID(0))); got != "1" {
		t.Error("the replica does not have the learner")
	}
}

// A commit whose answer is lost is applied once and answered.
func TestLostAnswer(t *testing.T) {
	proxy := storetest.StartProxy(t, storetest.StartRedis(t).Addr)
	s := open(t, redisstore.Options{URL: proxy.URL()})
	var acked acknowledged
	for lost := range 4 {
		proxy.Next(lost, redisstore.CommitSHA, storetest.LoseAnswer)
		scope, fn := checkIn(fmt.Sprint("0/", lost))
		receipt, dup, err := s.Update(t.Context(), scope, fn)
		if err != nil || string(receipt) != scope.Event {
			t.Errorf("%d answers lost: receipt %q, %v, %v", lost, receipt, dup, err)
		}
		acked.add(t, scope.Event)
	}
	acked.check(t, s)

	// Without an event, the new version of the learner tells.
	once := []coach.Count{{Tally: "once", Field: "n", N: 1}}
	proxy.Next(2, redisstore.CommitSHA, storetest.LoseAnswer)
	if _, _, err := s.Update(t.Context(), coach.Scope{Cohort: killCohort, Learner: writerID(0)}, func(state coach.State) (coach.Change, error) {
		return coach.Change{Learner: state.Learner, Tallies: once}, nil
	}); err != nil {
		t.Error(err)
	}
	// Where nothing tells, nothing is claimed and nothing is done twice.
	proxy.Next(1, redisstore.CommitSHA, storetest.LoseAnswer)
	if _, _, err := s.Update(t.Context(), coach.Scope{Cohort: killCohort}, func(coach.State) (coach.Change, error) {
		return coach.Change{Tallies: once}, nil
	}); !errors.Is(err, coach.ErrUnknown) {
		t.Errorf("error is %v", err)
	}
	tally, err := s.Tally(t.Context(), killCohort, "once")
	if err != nil || tally["n"] != 2 {
		t.Errorf("the tally is %v, %v", tally, err)
	}
}

// A learner of half a year takes little, with all that finds them.
func TestLearnerStaysSmall(t *testing.T) {
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	l := halfAYear(killCohort, "slack/T024BE7LD/U023BECGF")
	for i := range 20 { // a full ring of events
		if _, _, err := s.Update(t.Context(), coach.Scope{Cohort: killCohort, Learner: l.ID, Event: string(rune('a' + i))},
			func(coach.State) (coach.Change, error) { return coach.Change{Learner: l}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	total := 0
	for _, key := range []string{redisstore.LearnerKey(killCohort, l.ID), redisstore.LearnersKey(killCohort), redisstore.UserKey(l.ID)} {
		size, err := strconv.Atoi(server.Do("MEMORY", "USAGE", key))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", key, size)
		total += size
	}
	if total > 900 {
		t.Errorf("a learner of half a year takes %d bytes", total)
	}
}

// halfAYear returns a learner who has studied six days a week, between 25 minutes
// and three hours, mostly by the five minutes.
func halfAYear(c coach.CohortID, id coach.LearnerID) *coach.Learner {
	l := &coach.Learner{
		ID: id, Cohort: c, Name: "Ada Lovelace", Joined: 20500,
		Settings: coach.Settings{Zone: "America/New_York", Nudge: 1200, Quiet: coach.Quiet{From: 1320, To: 420}, Board: true, Language: "go"},
		Away:     []coach.Span{{From: 20560, To: 20567}, {From: 20600, To: 20603}},
		Rest:     []coach.Rest{{From: 20500, Days: 65}},
		Streak:   coach.Streak{Count: 40, Best: 61, Freezes: 2, Earned: 3, Through: 20679},
		Entries:  190, Nudge: "nudge/" + string(c) + "/" + string(id) + "/2026-08-15", Nudged: 20679,
	}
	start := schedule.DateOf(2026, 2, 16)
	for i := range 26 * 6 {
		day := coach.Day{Deep: int32(25 + i*35%100), AI: int32(i * 25 % 65), Finished: 1, Late: i%9 == 0}
		if i%8 == 0 {
			day.Deep += int32(i % 5)
		}
		l.Days.Put(start+schedule.Date(i/6*7+i%6), day)
		l.Finished.Put(fmt.Sprintf("w%02dd%d", 1+i/6, 1+i%6))
	}
	return l
}
