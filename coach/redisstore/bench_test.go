package redisstore_test

import (
	"context"
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// BenchmarkCheckIn commits changes like check-ins, each a load and a commit,
// and reports beside them how long a bare script takes that does nothing, from
// the same number of clients in the same run, and the ratio of the two.
func BenchmarkCheckIn(b *testing.B) {
	b.Run("embedded", func(b *testing.B) {
		s := open(b, redisstore.Options{DataDir: b.TempDir()})
		benchmark(b, s, redisstore.ClientOf(s))
	})
	b.Run("redis", func(b *testing.B) {
		server := storetest.StartRedis(b)
		parsed, err := url.Parse(server.URL())
		if err != nil {
			b.Fatal(err)
		}
		rdb := redis.NewClient(&redis.Options{Addr: parsed.Host})
		defer rdb.Close()
		benchmark(b, open(b, redisstore.Options{URL: server.URL()}), rdb)
	})
}

func benchmark(b *testing.B, s *redisstore.Store, rdb redis.Scripter) {
	ctx := context.Background()
	noop := redis.NewScript("return 1")
	if err := noop.Load(ctx, rdb).Err(); err != nil {
		b.Fatal(err)
	}
	const clients = 8 // for each processor
	b.SetParallelism(clients)

	var worker atomic.Int32
	began := time.Now()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		n := worker.Add(1)
		for i := 0; pb.Next(); i++ {
			scope, fn := checkIn(fmt.Sprintf("%d/%d/%d", n, b.N, i))
			if _, _, err := s.Update(ctx, scope, fn); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	checkIns := time.Since(began)

	began = time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := noop.EvalSha(ctx, rdb, []string{"sc:none"}).Err(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	noops := time.Since(began)
	b.ReportMetric(float64(noops.Nanoseconds())/float64(b.N), "ns/noop")
	b.ReportMetric(float64(checkIns)/float64(noops), "x-noop")
}
