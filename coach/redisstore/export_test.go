package redisstore

import "github.com/redis/go-redis/v9"

// For the tests of package redisstore_test.
var (
	CommitSHA   = commitScript.sha
	LearnerKey  = learnerKey
	LearnersKey = learnersKey
	UserKey     = userKey
)

// ClientOf returns the client of a store.
func ClientOf(s *Store) redis.UniversalClient { return s.rdb }
