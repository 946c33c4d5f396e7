-- load reads a cohort, and what is asked for of one learner, at one moment.
--
-- KEYS  1 cohort, 2 learner, 3 the learner's receipts, 4 the receipts of those
--       who are not learners, 5 entries, 6 cards, 7 assessments,
--       8 announcements
-- ARGV  1 the event's hash, empty for none
--       2 what to read beside the cohort: any of the letters l, e, k, a of
--       the learner, and b
--
-- Result: { cohort version and record, learner fields and values, entries,
-- cards, assessments, announcements, receipt or nil }
local function asked(letter, command, ...)
  if string.find(ARGV[2], letter, 1, true) then
    return redis.call(command, ...)
  end
  return {}
end

local receipt = false
if ARGV[1] ~= '' then
  receipt = redis.call('HGET', KEYS[3], ARGV[1]) or redis.call('HGET', KEYS[4], ARGV[1])
end

return {
  redis.call('HMGET', KEYS[1], 'v', 'd'),
  asked('l', 'HGETALL', KEYS[2]),
  asked('e', 'LRANGE', KEYS[5], 0, -1),
  asked('k', 'HGETALL', KEYS[6]),
  asked('a', 'HGETALL', KEYS[7]),
  asked('b', 'HGETALL', KEYS[8]),
  receipt,
}
