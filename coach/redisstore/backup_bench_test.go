package redisstore_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// BenchmarkBackup backs a cohort up and restores it. MB-heap is the most that was
// live while it did: with ten times the learners only what is remembered of each
// grows.
func BenchmarkBackup(b *testing.B) {
	for _, people := range []int{1000, 10000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			from := redisstore.Options{URL: storetest.StartRedis(b, "--appendfsync", "no").URL()}
			to := redisstore.Options{URL: storetest.StartRedis(b, "--appendfsync", "no").URL()}
			enrol(b, open(b, from), people)
			b.ResetTimer()
			var file heapWatch
			for range b.N {
				file.Reset()
				if _, err := redisstore.Backup(b.Context(), from, &file); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(file.heap)/1e6, "MB-heap")
			b.ReportMetric(float64(file.Len())/float64(people), "B/learner")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/backup")
			b.StopTimer()
			begun := time.Now()
			if _, err := redisstore.Restore(b.Context(), to, bytes.NewReader(file.Bytes()), redisstore.RestoreOptions{}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(time.Since(begun).Seconds(), "s/restore")
		})
	}
}

// heapWatch is a file that looks at the heap whenever something is written to it.
type heapWatch struct {
	bytes.Buffer
	heap uint64
}

func (w *heapWatch) Write(p []byte) (int, error) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w.heap = max(w.heap, m.HeapAlloc-uint64(w.Cap()))
	return w.Buffer.Write(p)
}

// enrol puts so many learners with a hundred entries and a nudge each.
func enrol(b *testing.B, s *redisstore.Store, people int) {
	b.Helper()
	const c = coach.CohortID("aaaaaaaaaa")
	var entries []coach.Entry
	for seq := range 100 {
		entries = append(entries, coach.Entry{Seq: seq, Kind: coach.CheckIn, At: monday, Date: 20000, Deep: 5, Note: strings.Repeat("n", seq)})
	}
	var enrolling sync.WaitGroup
	for worker := range 16 {
		enrolling.Go(func() {
			for i := worker; i < people; i += 16 {
				id := person(i)
				_, _, err := s.Update(b.Context(), coach.Scope{Cohort: c, Learner: id, Event: string(id)}, func(coach.State) (coach.Change, error) {
					return coach.Change{
						Learner: &coach.Learner{ID: id, Cohort: c, Entries: len(entries)}, Entries: entries,
						Ranks: []coach.Rank{{Board: "hours", Learner: id, Score: i + 1}},
						Add:   []schedule.Job{{Key: fmt.Sprintf("nudge/%s/%s/2027-03-02", c, id), Part: c.Part(), Due: monday}},
					}, nil
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	enrolling.Wait()
}
