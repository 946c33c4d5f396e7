-- commit applies the operations of one change if nothing that was read has
-- changed since. It is safe to send again when the answer was lost.
--
-- KEYS  1 cohort and 2 learner, which both begin with a version of six bytes,
--       3 receipts, 4 the receipts of those who are not learners,
--       5 queue, 6 jobs, 7 done jobs,
--       8 and on: what the operations name
-- ARGV  1 the cohort's version as read, empty when there was none
--       2 the cohort's version from this commit on, empty when it is not put
--       3, 4 the same of the learner
--       5 the event's hash, empty for none; 6 its receipt
--       7 how long receipts live after the last one, ms; 8 how many are kept
--       9 the index in KEYS of another learner's record, which begins as the
--       learner's does; 0 for none; 10 its version as read
--       11 and on: operations, each as name, index of its key in KEYS (0 for
--       none), number of arguments, arguments:
--         ADD     job key, record, due ms     unless the key is known
--         CANCEL  job key                     if it waits
--         DROP    job key                     if it is in the named set of ended ones
--         COUNT   field, n, index of the tallies' names in KEYS, the tally's
--                 name                        a counter at zero is dropped
--         RANK    score, member, index of the boards' names in KEYS, the board's
--                 name
--         any other name is the Redis command itself
--
-- Result: { 'ok' }, { 'conflict' }, or { 'known', receipt }
local cohort = redis.call('GETRANGE', KEYS[1], 0, 5)
local learner = redis.call('GETRANGE', KEYS[2], 0, 5)

if (ARGV[2] ~= '' and ARGV[2] == cohort) or (ARGV[4] ~= '' and ARGV[4] == learner) then
  return { 'ok' } -- sent again
end
local current = cohort == ARGV[1] and learner == ARGV[3]
if ARGV[9] ~= '0' then
  current = current and redis.call('GETRANGE', KEYS[tonumber(ARGV[9])], 0, 5) == ARGV[10]
end
local events, receipt = {}, nil
if ARGV[5] ~= '' then
  events = redis.call('HMGET', KEYS[3], ARGV[5], 'i')
  receipt = events[1] or redis.call('HGET', KEYS[4], ARGV[5])
  if receipt then
    redis.call('PEXPIRE', KEYS[3], ARGV[7])
    return { 'known', receipt }
  end
end
if not current then
  return { 'conflict' }
end

local i = 11
while i <= #ARGV do
  local op, key, n = ARGV[i], KEYS[tonumber(ARGV[i + 1])], tonumber(ARGV[i + 2])
  if op == 'ADD' then
    local job = ARGV[i + 3]
    if redis.call('HEXISTS', KEYS[6], job) == 0 and not redis.call('ZSCORE', KEYS[7], job) then
      redis.call('HSET', KEYS[6], job, ARGV[i + 4])
      redis.call('ZADD', KEYS[5], ARGV[i + 5], job)
    end
  elseif op == 'CANCEL' then
    if redis.call('ZREM', KEYS[5], ARGV[i + 3]) == 1 then
      redis.call('HDEL', KEYS[6], ARGV[i + 3])
    end
  elseif op == 'DROP' then
    if redis.call('ZREM', key, ARGV[i + 3]) == 1 then
      redis.call('HDEL', KEYS[6], ARGV[i + 3])
    end
  elseif op == 'COUNT' then
    local count = redis.call('HINCRBY', key, ARGV[i + 3], ARGV[i + 4])
    if count == 0 then
      redis.call('HDEL', key, ARGV[i + 3])
    elseif count == tonumber(ARGV[i + 4]) then -- it is new, and so may the tally be
      redis.call('SADD', KEYS[tonumber(ARGV[i + 5])], ARGV[i + 6])
    end
  elseif op == 'RANK' then
    if redis.call('ZADD', key, ARGV[i + 3], ARGV[i + 4]) == 1 then -- and the board may be new
      redis.call('SADD', KEYS[tonumber(ARGV[i + 5])], ARGV[i + 6])
    end
  else
    redis.call(op, key, unpack(ARGV, i + 3, i + 2 + n))
  end
  i = i + 3 + n
end

if ARGV[5] ~= '' then
  local size = #ARGV[5]
  local order = ARGV[5] .. (events[2] or '')
  if #order > size * tonumber(ARGV[8]) then
    redis.call('HDEL', KEYS[3], string.sub(order, -size))
    order = string.sub(order, 1, -size - 1)
  end
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[6], 'i', order)
  redis.call('PEXPIRE', KEYS[3], ARGV[7])
end
return { 'ok' }
