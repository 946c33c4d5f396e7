-- finish records what became of a claimed job, if its lease is still held.
--
-- KEYS  1 queue, 2 jobs, 3 where the key goes: the queue, the done, the dead or
--       the skipped jobs
-- ARGV  1 key; 2 the lease's deadline, ms; 3 record, empty when the job is done;
--       4 its score in KEYS[3], ms; 5 how many keys KEYS[3] may hold, the lowest
--       scores go first, 0 for any number; 6 now, ms, when KEYS[3] are the done
--       jobs, else empty; 7 how many done keys to forget at most
--
-- Result: 1, or 0 when the lease is lost
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not lease or tonumber(lease) ~= tonumber(ARGV[2]) then
  return 0
end

if KEYS[3] ~= KEYS[1] then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
end
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])

local cap = tonumber(ARGV[5])
if cap > 0 then
  local over = redis.call('ZCARD', KEYS[3]) - cap
  if over > 0 then
    local oldest = redis.call('ZRANGE', KEYS[3], 0, over - 1)
    redis.call('ZREM', KEYS[3], unpack(oldest))
    redis.call('HDEL', KEYS[2], unpack(oldest))
  end
end
if ARGV[6] ~= '' then
  local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[6], 'LIMIT', 0, ARGV[7])
  if #old > 0 then
    redis.call('ZREM', KEYS[3], unpack(old))
  end
end
return 1
