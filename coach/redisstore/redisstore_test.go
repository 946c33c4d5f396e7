package redisstore_test

import (
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDir) != "" {
		writeUntilKilled()
	}
	// A pool that had lost its server looks once a second whether it is closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// open opens a store that is closed when the test ends.
func open(t testing.TB, o redisstore.Options) *redisstore.Store {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := redisstore.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEmbedded(t *testing.T) {
	storetest.Run(t, func(t *testing.T) coach.Store {
		return open(t, redisstore.Options{DataDir: t.TempDir()})
	})
}

func TestRedis(t *testing.T) {
	redis := storetest.StartRedis(t)
	storetest.Run(t, func(t *testing.T) coach.Store {
		redis.Do("FLUSHALL")
		return open(t, redisstore.Options{URL: redis.URL()})
	})
}
