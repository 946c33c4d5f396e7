-- jobs tells where jobs of one partition stand, at one moment.
--
-- KEYS  1 jobs, 2 queue, 3 dead jobs, 4 skipped jobs
-- ARGV  keys of jobs
--
-- Result: key, record, index in KEYS of where it stands and score there, of
-- each job that is kept
local standing = {}
for _, job in ipairs(ARGV) do
  local record = redis.call('HGET', KEYS[1], job)
  for i = 2, #KEYS do
    local score = record and redis.call('ZSCORE', KEYS[i], job)
    if score then
      for _, value in ipairs({ job, record, tostring(i), score }) do
        standing[#standing + 1] = value
      end
    end
  end
end
return standing
