package main

import (
	"context"
	"flag"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"studycoach/coach/storetest"
)

var update = flag.Bool("update", false, "write what commands print into their scripts")

// TestCommands runs the commands that end by themselves and looks at what they
// print.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "commands"),
		RequireUniqueNames: true,
		UpdateScripts:      *update,
	})
}

func TestExitCodes(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tt := range []struct {
		command string
		env     string // one variable
		code    int
		says    string
	}{
		{"version", "", exitOK, ""},
		{"--help", "", exitOK, ""},
		{"content check", "", exitOK, ""},
		{"content show w01d1", "", exitOK, ""},
		{"content guide", "", exitOK, ""},
		{"content new roadmaps/our-own", "", exitOK, ""},

		{"serve --http-addr " + taken.Addr().String(), "", exitFailed, "address already in use"},
		{"serve --data-dir /proc/nowhere", "", exitFailed, "data directory"},
		{"serve --redis-url redis://127.0.0.1:1", "", exitFailed, "connection refused"},
		{"discord register --remove", "", exitUsage, "--guild ID"},
		{"check --data-dir /proc/nowhere", "", exitFailed, "1 of the checks failed"},
		{"healthcheck --http-addr 127.0.0.1:1", "", exitFailed, "connection refused"},
		{"content preview --week 1 --hours 40", "", exitFailed, "5 to 25 h a week"},

		{"backup --data-dir /proc/nowhere new.backup", "", exitFailed, "no studycoach data"},
		{"restore --dry-run /dev/null", "", exitFailed, "not a whole and intact backup"},

		{"--nonsense", "", exitUsage, "--nonsense"},
		{"nonsense", "", exitUsage, "nonsense"},
		{"serve --playground perhaps", "", exitUsage, "perhaps"},
		{"serve --http-addr nonsense", "", exitUsage, "nonsense"},
		{"serve --content-dir /nowhere", "", exitUsage, "/nowhere"},
		{"serve", "STUDYCOACH_PLAYGROUND=perhaps", exitUsage, "perhaps"},
		{"serve", "STUDYCOACH_REDIS_WAIT=perhaps", exitUsage, "STUDYCOACH_REDIS_WAIT"},
		{"serve", "STUDYCOACH_REDIS_URL=nonsense://user:a-secret@host", exitUsage, "redis://"},
		{"serve", "STUDYCOACH_LOG_FORMAT=xml", exitUsage, "xml"},
		{"backup new.backup", "STUDYCOACH_REDIS_URL=nonsense://user:a-secret@host", exitUsage, "redis://"},
		{"backup", "", exitUsage, "<file>"},
		{"restore /nowhere/at-all", "", exitUsage, "/nowhere/at-all"},
		{"content show w99d9", "", exitUsage, "w99d9"},
		{"content preview", "", exitUsage, "--week"},
		{"content new roadmaps/Our", "", exitUsage, "lower-case"},
		{"content new .", "", exitUsage, ""},
	} {
		t.Run(tt.env+" "+tt.command, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("STUDYCOACH_HTTP_ADDR", "127.0.0.1:0")
			if name, value, ok := strings.Cut(tt.env, "="); ok {
				t.Setenv(name, value)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel() // of one that starts although it should not
			var said strings.Builder
			if code := run(ctx, strings.Fields(tt.command), io.Discard, &said); code != tt.code {
				t.Errorf("it ends with %d, not %d, and says\n%s", code, tt.code, &said)
			}
			if !strings.Contains(said.String(), tt.says) || strings.Contains(said.String(), "a-secret") {
				t.Errorf("it says\n%s", &said)
			}
		})
	}
}

// A Redis that throws data away when it is full is no place for study data:
// check says so, and serve does not start.
func TestEvictingRedisIsRefused(t *testing.T) {
	redis := storetest.StartRedis(t, "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")
	for _, command := range []string{"check", "serve"} {
		t.Run(command, func(t *testing.T) {
			t.Chdir(t.TempDir())
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var said strings.Builder
			code := run(ctx, []string{command, "--http-addr", "127.0.0.1:0", "--redis-url", redis.URL()}, &said, &said)
			if code != exitFailed || !strings.Contains(said.String(), "noeviction") {
				t.Errorf("it ends with %d and says\n%s", code, &said)
			}
		})
	}
}
