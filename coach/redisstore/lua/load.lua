-- load reads a cohort, and what is asked for of one learner, at one moment.
--
-- KEYS  1 cohort, 2 learner, 3 the receipts of the account, 4 the receipts of those
--       who are not learners, 5 and on: what else to read
-- ARGV  1 the event's hash, empty for none
--       2 and on: how to read KEYS[5] and on, LRANGE, HGETALL or GET
--
-- Result: { receipt } of a known event, else { cohort, learner, what else was
-- asked for }
if ARGV[1] ~= '' then
  local receipt = redis.call('HGET', KEYS[3], ARGV[1]) or redis.call('HGET', KEYS[4], ARGV[1])
  if receipt then
    return { receipt }
  end
end

local state = redis.call('MGET', KEYS[1], KEYS[2])
for i = 5, #KEYS do
  if ARGV[i - 3] == 'LRANGE' then
    state[i - 2] = redis.call('LRANGE', KEYS[i], 0, -1)
  elseif ARGV[i - 3] == 'GET' then
    state[i - 2] = redis.call('GET', KEYS[i])
  else
    state[i - 2] = redis.call('HGETALL', KEYS[i])
  end
end
return state
