-- lease takes a lease, prolongs it, gives it back, or leaves a note with it.
--
-- KEYS  1 lease
-- ARGV  1 who asks
--       2 now, ms
--       3 when the lease ends, ms; 0 gives it back, empty leaves it as it is
--       4 the note to leave; empty leaves the one that is there
--       5 how long what is kept is of use, ms
--
-- Result: 1 when whoever asks has the lease, or had it and gave it back; else 0
local kept = redis.call('HMGET', KEYS[1], 'h', 'u')
local free = not kept[1] or tonumber(kept[2]) <= tonumber(ARGV[2])
if kept[1] ~= ARGV[1] and (not free or ARGV[3] == '' or ARGV[3] == '0') then
  return 0
end
if ARGV[3] == '0' then
  redis.call('HDEL', KEYS[1], 'h', 'u')
elseif ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'h', ARGV[1], 'u', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'n', ARGV[4])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
