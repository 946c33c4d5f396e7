-- finish records what became of claimed jobs of one partition, of each whose
-- lease is still held.
--
-- KEYS  1 queue, 2 jobs, 3 done jobs, 4 dead jobs, 5 skipped jobs
-- ARGV  1 done keys up to this time, ms, are to be forgotten; 2 how many at most
--       3 how many dead, and how many skipped, jobs are kept, the latest ones
--       4 and on: of each job its key; the lease's deadline, ms; where the key
--         goes, as an index of KEYS; its score there, ms; its record, which a
--         done job has none of
--
-- Result: of each job 1, or 0 when its lease is lost
local keys = {}
for i = 4, #ARGV, 5 do
  keys[#keys + 1] = ARGV[i]
end
local held = {}
for i, lease in ipairs(redis.call('ZMSCORE', KEYS[1], unpack(keys))) do
  held[keys[i]] = tonumber(lease or '-1')
end

local QUEUE, DONE = 1, 3
local result, leave, forget, records = {}, {}, {}, {}
local go = { {}, {}, {}, {}, {} } -- scores and keys, by where they go
for i = 4, #ARGV, 5 do
  local key, to, score, record = ARGV[i], tonumber(ARGV[i + 2]), ARGV[i + 3], ARGV[i + 4]
  if held[key] ~= tonumber(ARGV[i + 1]) then
    result[#result + 1] = 0
  else
    result[#result + 1] = 1
    if to == QUEUE then
      held[key] = tonumber(score)
    else
      held[key] = -1
      leave[#leave + 1] = key
    end
    if to == DONE then
      forget[#forget + 1] = key
    else
      records[#records + 1] = key
      records[#records + 1] = record
    end
    local there = go[to]
    there[#there + 1] = score
    there[#there + 1] = key
  end
end

for to, there in ipairs(go) do
  if #there > 0 then
    redis.call('ZADD', KEYS[to], unpack(there))
  end
end
if #leave > 0 then
  redis.call('ZREM', KEYS[QUEUE], unpack(leave))
end
if #records > 0 then
  redis.call('HSET', KEYS[2], unpack(records))
end
if #forget > 0 then
  redis.call('HDEL', KEYS[2], unpack(forget))
  local old = redis.call('ZRANGEBYSCORE', KEYS[DONE], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
  if #old > 0 then
    redis.call('ZREM', KEYS[DONE], unpack(old))
  end
end
for to = 4, 5 do
  if #go[to] > 0 then
    local over = redis.call('ZCARD', KEYS[to]) - tonumber(ARGV[3])
    if over > 0 then
      local oldest = redis.call('ZRANGE', KEYS[to], 0, over - 1)
      redis.call('ZREM', KEYS[to], unpack(oldest))
      redis.call('HDEL', KEYS[2], unpack(oldest))
    end
  end
end
return result
