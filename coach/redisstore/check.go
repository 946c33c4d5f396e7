package redisstore

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Finding is one line of what Check found.
type Finding struct {
	Name   string // what was looked at
	Level  Level
	Detail string // what was found, and what to do about it
}

// Level says how bad a finding is.
type Level string

// The levels of a finding.
const (
	OK      Level = "ok"
	Warning Level = "warning" // it works, and something may be lost one day
	Failed  Level = "failed"  // Open refuses it
)

// MaxClockOffset is how far a machine's clock may be off Redis's.
const MaxClockOffset = 2 * time.Second

// Check looks at what the data's safety rests on.
func (s *Store) Check(ctx context.Context) []Finding {
	if s.embedded != nil {
		return s.embedded.check()
	}
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	offset, err := s.ClockOffset(ctx, time.Now)
	if err != nil {
		return []Finding{{"redis", Failed, "not reached: " + err.Error()}}
	}
	findings := []Finding{{"clock", OK, fmt.Sprintf("%s off Redis's", offset.Round(time.Millisecond))}}
	if offset.Abs() > MaxClockOffset {
		findings[0].Level = Warning
	}

	var mu sync.Mutex // masters are looked at at the same time
	err = s.eachMaster(ctx, func(ctx context.Context, rdb redis.Cmdable) error {
		found := s.checkMaster(ctx, rdb)
		mu.Lock()
		defer mu.Unlock()
		for _, f := range found {
			if !slices.Contains(findings, f) { // said once where all agree
				findings = append(findings, f)
			}
		}
		return nil
	})
	if err != nil {
		findings = append(findings, Finding{"redis", Failed, "not reached: " + err.Error()})
	}
	return findings
}

func (s *Store) checkMaster(ctx context.Context, rdb redis.Cmdable) []Finding {
	info := map[string]string{}
	for _, section := range []string{"server", "memory", "persistence", "replication"} {
		text, err := rdb.Info(ctx, section).Result()
		if err != nil {
			return []Finding{{"redis", Failed, "INFO " + section + ": " + err.Error()}}
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				info[name] = value
			}
		}
	}
	return []Finding{
		checkVersion(info["redis_version"]),
		checkEviction(info["maxmemory_policy"]),
		checkPersistence(info["aof_enabled"] == "1", configured(ctx, rdb, "appendfsync"), configured(ctx, rdb, "save")),
		s.checkReplicas(atoi(info["connected_slaves"])),
	}
}

// configured returns a setting, and "?" where Redis does not tell, as managed
// ones do not.
func configured(ctx context.Context, rdb redis.Cmdable, name string) string {
	values, err := rdb.ConfigGet(ctx, name).Result()
	value, ok := values[name]
	if err != nil || !ok {
		return "?"
	}
	return value
}

func checkVersion(version string) Finding {
	major, _, _ := strings.Cut(version, ".")
	if atoi(major) < 7 {
		return Finding{"version", Warning, fmt.Sprintf("Redis %s; studycoach is tested with 7.0 and later", version)}
	}
	return Finding{"version", OK, "Redis " + version}
}

func checkEviction(policy string) Finding {
	switch policy {
	case "noeviction":
		return Finding{"eviction", OK, policy}
	case "":
		return Finding{"eviction", Warning, "Redis does not tell its maxmemory-policy; make sure that it is noeviction"}
	default:
		return Finding{"eviction", Failed, fmt.Sprintf("maxmemory-policy is %s, so a full Redis would throw study data away; "+
			"set it to noeviction (redis-cli config set maxmemory-policy noeviction, and in redis.conf)", policy)}
	}
}

func checkPersistence(aof bool, fsync, save string) Finding {
	switch {
	case aof && fsync == "always":
		return Finding{"persistence", OK, "append-only file, synced at every write"}
	case aof && fsync == "no":
		return Finding{"persistence", Warning, "append-only file, synced when the system likes: a power cut loses up to half a minute; set appendfsync everysec or always"}
	case aof:
		return Finding{"persistence", OK, "append-only file, synced every second: a power cut loses up to a second"}
	case save == "?":
		return Finding{"persistence", Warning, "Redis does not tell how it persists; make sure that it does"}
	case save != "":
		return Finding{"persistence", Warning, "snapshots only: a crash loses what came after the last one; set appendonly yes"}
	default:
		return Finding{"persistence", Warning, "NONE: a restart of Redis loses everything; set appendonly yes"}
	}
}

func (s *Store) checkReplicas(n int) Finding {
	switch {
	case s.wait && n == 0:
		return Finding{"replicas", Warning, "changes are to wait for a replica and there is none: every change will fail"}
	case s.wait:
		return Finding{"replicas", OK, fmt.Sprintf("%d; changes wait for one", n)}
	case n > 0:
		return Finding{"replicas", OK, fmt.Sprintf("%d; changes do not wait for them, so a failover can lose the last ones", n)}
	default:
		return Finding{"replicas", OK, "none"}
	}
}

func (e *embedded) check() []Finding {
	findings := []Finding{{"embedded", OK, fmt.Sprintf("journal %s, %d records at the start; for one process and a small group",
		e.report.Path, e.report.Records)}}
	if e.report.Torn > 0 {
		findings = append(findings, Finding{"journal", Warning,
			fmt.Sprintf("ended in an unfinished write of %d bytes, of which nothing had been confirmed", e.report.Torn)})
	}
	aside, _ := filepath.Glob(e.report.Path + ".damaged-*") // the pattern is sound
	for _, name := range aside {
		findings = append(findings, Finding{"journal", Warning,
			fmt.Sprintf("was damaged once; %s is kept until someone moves it away", name)})
	}
	if err := e.journal.failed(); err != nil {
		findings = append(findings, Finding{"journal", Failed, err.Error()})
	}
	return findings
}
