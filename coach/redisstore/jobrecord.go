package redisstore

import (
	"time"

	"studycoach/schedule"
)

const jobVersion = 1

// packJob packs what stands neither in the key nor in a score.
func packJob(j schedule.Job) string {
	var p packer
	p.int(jobVersion)
	p.str(j.Kind)
	p.int(int(j.Due.UnixMilli()))
	p.int(j.Attempt)
	p.str(j.Intent)
	p.str(j.Reason)
	p.str(string(j.Payload))
	return string(p)
}

func unpackJob(part int, key, record string) (schedule.Job, error) {
	u := unpack(record, jobVersion)
	j := schedule.Job{
		Key:     key,
		Part:    part,
		Kind:    u.str(),
		Due:     time.UnixMilli(int64(u.int())).UTC(),
		Attempt: u.int(),
		Intent:  u.str(),
		Reason:  u.str(),
		Payload: []byte(u.str()),
	}
	return j, u.done("job", key)
}
