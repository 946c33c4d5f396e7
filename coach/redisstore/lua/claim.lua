-- claim leases the jobs of one partition that are due, the most overdue first,
-- by moving their score to the lease's deadline.
--
-- KEYS  1 queue, 2 jobs
-- ARGV  1 now, ms; 2 the lease's deadline, ms; 3 how many at most
--
-- Result: key and record of each job
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
if #due == 0 then
  return {}
end
local records = redis.call('HMGET', KEYS[2], unpack(due))

local claimed, leased, gone = {}, {}, {}
for i, key in ipairs(due) do
  if records[i] then
    claimed[#claimed + 1] = key
    claimed[#claimed + 1] = records[i]
    leased[#leased + 1] = ARGV[2]
    leased[#leased + 1] = key
  else
    gone[#gone + 1] = key
  end
end
if #leased > 0 then
  redis.call('ZADD', KEYS[1], unpack(leased))
end
if #gone > 0 then
  redis.call('ZREM', KEYS[1], unpack(gone))
end
return claimed
