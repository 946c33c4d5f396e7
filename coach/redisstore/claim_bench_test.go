package redisstore_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// BenchmarkClaim claims jobs that are due while a million others wait, beside
// the same while a thousand do. x-base is the median over five rounds of how
// many times longer it takes.
func BenchmarkClaim(b *testing.B) {
	few, many := waiting(b, 1000), waiting(b, 1_000_000)
	for b.Loop() {
		var ratios []float64
		for range rounds {
			base := few.claim(b)
			ratios = append(ratios, float64(many.claim(b))/float64(base))
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[rounds/2], "x-base")
	}
}

// backlog is a queue in which many jobs wait for tomorrow.
type backlog struct {
	*redisstore.Store
	added int
}

var today = time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)

func waiting(b *testing.B, n int) *backlog {
	q := &backlog{Store: open(b, redisstore.Options{URL: storetest.StartRedis(b, "--appendonly", "no").URL()})}
	for n > 0 {
		q.add(b, min(n, 10_000), today.AddDate(0, 0, 1))
		n -= 10_000
	}
	return q
}

func (q *backlog) add(b *testing.B, n int, due time.Time) {
	jobs := make([]schedule.Job, n)
	for i := range jobs {
		q.added++
		jobs[i] = schedule.Job{
			Key: fmt.Sprintf("nudge/07abcdefgh/%07d", q.added), Kind: "nudge", Part: q.added % schedule.Partitions,
			Due: due.Add(time.Duration(q.added%86400) * time.Second), Payload: make([]byte, 40),
		}
	}
	if err := q.Add(b.Context(), jobs...); err != nil {
		b.Fatal(err)
	}
}

// claim returns how long it takes to claim 2,000 jobs in batches of 100.
func (q *backlog) claim(b *testing.B) time.Duration {
	q.add(b, 2000, today.AddDate(0, 0, -2))
	var took time.Duration
	for left := 2000; left > 0; {
		begun := time.Now()
		jobs, err := q.Claim(b.Context(), today, time.Minute, 100)
		took += time.Since(begun)
		if err != nil || len(jobs) == 0 {
			b.Fatalf("claimed %d: %v", len(jobs), err)
		}
		left -= len(jobs)
		done := make([]schedule.Ended, len(jobs))
		for i, j := range jobs {
			done[i].Job = j
		}
		for _, err := range q.FinishAll(b.Context(), today, done) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return took
}
