-- add stores the jobs of one partition whose keys are not known.
--
-- KEYS  1 queue, 2 jobs, 3 done jobs
-- ARGV  key, record and due ms of each job
--
-- Result: the number of jobs stored
local added = 0
for i = 1, #ARGV, 3 do
  local job = ARGV[i]
  if redis.call('HEXISTS', KEYS[2], job) == 0 and not redis.call('ZSCORE', KEYS[3], job) then
    redis.call('HSET', KEYS[2], job, ARGV[i + 1])
    redis.call('ZADD', KEYS[1], ARGV[i + 2], job)
    added = added + 1
  end
end
return added
