-- claim leases the jobs of one partition that are due, the most overdue first,
-- by moving their score to the lease's deadline. It also forgets some of the
-- done keys whose time has come.
--
-- KEYS  1 queue, 2 jobs, 3 done jobs
-- ARGV  1 now, ms; 2 the lease's deadline, ms; 3 how many at most;
--       4 how many done keys to forget at most
--
-- Result: key, record and former score of each job
local claimed = {}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #due, 2 do
  local record = redis.call('HGET', KEYS[2], due[i])
  if record then
    redis.call('ZADD', KEYS[1], ARGV[2], due[i])
    claimed[#claimed + 1] = due[i]
    claimed[#claimed + 1] = record
    claimed[#claimed + 1] = due[i + 1]
  else
    redis.call('ZREM', KEYS[1], due[i])
  end
end

local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])
if #old > 0 then
  redis.call('ZREM', KEYS[3], unpack(old))
end
return claimed
