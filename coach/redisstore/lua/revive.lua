-- revive makes a dead or skipped job wait again, or drops it.
--
-- KEYS  1 queue, 2 jobs, 3 dead jobs, 4 skipped jobs
-- ARGV  1 key; 2 the new record, empty to drop the job; 3 due, ms
--
-- Result: 1, or 0 when no such job is dead or skipped
if redis.call('ZREM', KEYS[3], ARGV[1]) + redis.call('ZREM', KEYS[4], ARGV[1]) == 0 then
  return 0
end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
