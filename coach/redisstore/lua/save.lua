-- save reads everything of a learner at one moment.
--
-- KEYS  1 learner, 2 entries, 3 cards, 4 assessments, 5 receipts,
--       6 the names of the cohort's boards, 7 and on: those boards
-- ARGV  1 the learner's id
--
-- Result: { learner, entries, cards, assessments, receipts,
-- how long the receipts live, ms, the number of boards, the score or nil on
-- each board of KEYS }
local scores = {}
for i = 7, #KEYS do
  scores[#scores + 1] = redis.call('ZSCORE', KEYS[i], ARGV[1])
end
return {
  redis.call('GET', KEYS[1]),
  redis.call('LRANGE', KEYS[2], 0, -1),
  redis.call('HGETALL', KEYS[3]),
  redis.call('HGETALL', KEYS[4]),
  redis.call('HGETALL', KEYS[5]),
  redis.call('PTTL', KEYS[5]),
  redis.call('SCARD', KEYS[6]),
  scores,
}
