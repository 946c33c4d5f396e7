-- room claims a room for a cohort, which renews its own claim, or gives it back.
--
-- KEYS  1 room
-- ARGV  1 the claim: the cohort's id, a space and the time in ms; only the id
--         and the space give the room back
--       2 a stale claim that may be replaced, empty for none
--
-- Result: the claim that stands, empty when none does
local claim = redis.call('GET', KEYS[1]) or ''
local id = string.match(ARGV[1], '^%S* ')
if id == ARGV[1] then
  if string.sub(claim, 1, #id) == id then
    redis.call('DEL', KEYS[1])
    return ''
  end
elseif claim == '' or claim == ARGV[2] or string.sub(claim, 1, #id) == id then
  redis.call('SET', KEYS[1], ARGV[1])
  return ARGV[1]
end
return claim
