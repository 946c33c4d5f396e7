-- erase removes every trace of jobs, in whatever state they are.
--
-- KEYS  1 queue, 2 jobs, 3 done jobs, 4 dead jobs, 5 skipped jobs
-- ARGV  keys of jobs, at least one
--
-- Result: 1
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
redis.call('ZREM', KEYS[3], unpack(ARGV))
redis.call('ZREM', KEYS[4], unpack(ARGV))
redis.call('ZREM', KEYS[5], unpack(ARGV))
return 1
