package redisstore_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// Each round trip is reported under a name that was announced, failed ones as
// such, on every kind of store.
func TestObserve(t *testing.T) {
	redis, replica := storetest.StartRedis(t), storetest.StartRedis(t)
	replica.Follow(redis.Addr)
	for name, o := range map[string]redisstore.Options{
		"embedded": {DataDir: t.TempDir()},
		"redis":    {URL: redis.URL()},
		"wait":     {URL: redis.URL(), Wait: true},
		"cluster":  {URL: storetest.StartCluster(t).URL()},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			good, bad := map[string]int{}, map[string]int{}
			o.Observe = func(op string, took time.Duration, err error) {
				mu.Lock()
				defer mu.Unlock()
				if took < 0 || !slices.Contains(redisstore.Operations(), op) {
					t.Errorf("%s took %v", op, took)
				}
				if err != nil {
					bad[op]++
				} else {
					good[op]++
				}
			}
			s := open(t, o)
			if o.Wait {
				replica.Kill()
			}
			now := time.Now()
			if err := s.Add(t.Context(), schedule.Job{Key: "k", Kind: "test", Due: now}); err != nil != o.Wait {
				t.Errorf("add: %v", err)
			}
			if _, _, err := s.NextDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			outcome := good
			if o.Wait { // and no replica is left to confirm it
				outcome = bad
			}
			if outcome["add"] != 1 || good["add"]+bad["add"] != 1 || good["zrange"] == 0 {
				t.Errorf("good are %v, bad are %v", good, bad)
			}
			var loads sync.WaitGroup
			for range 200 { // some of which go together
				loads.Go(func() {
					if _, err := s.Load(t.Context(), coach.Scope{Cohort: "aaaaaaaaaa", Learner: "web/x/ada"}); err != nil {
						t.Error(err)
					}
				})
			}
			loads.Wait()
			if got := good["load"] + good["mget"]; got != 200 {
				t.Errorf("%d loads are seen of 200: %v", got, good)
			}
			redisstore.ClientOf(s).Do(t.Context(), "set", "k") // too few arguments
			if bad["set"] != 1 {
				t.Errorf("bad are %v", bad)
			}
		})
	}
}
