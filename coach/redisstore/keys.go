package redisstore

import (
	"fmt"

	"studycoach/coach"
	"studycoach/schedule"
)

// Every key, with what it holds. {pNN} is the hash tag of the cohort's
// partition, so that whatever one script touches lies in one slot; <c> is a
// cohort's id, <l> a learner's.
//
//	key                     type    holds                               size                 life
//	sc:meta                 hash    see meta.go                         2 or 3 fields        always
//	sc:ready                string  what Ready writes                   1 byte               1 min
//	sc:room:<room>          string  cohort id, time of the claim        24 bytes             while the cohort is there
//	sc:lease:<name>         hash    holder h, its end in ms u, note n   about 300 bytes      1 h after the last use
//	sc:user:<account>       hash    ids of the account's cohorts        1 field a cohort     while in a cohort
//	sc:{pNN}:i              set     ids of the partition's cohorts      1 a cohort           always
//	sc:{pNN}:c:<c>          string  version, cohort record              about 500 bytes      always
//	sc:{pNN}:n:<c>          zset    learner ids, all with score 0       1 a learner          always
//	sc:{pNN}:l:<c>:<l>      string  version, see learnerrecord.go       about 500 bytes      until forgotten
//	sc:{pNN}:e:<c>:<l>      list    entries                             note + 22 bytes each until forgotten
//	sc:{pNN}:k:<c>:<l>      hash    cards by question                   10 bytes a card      until forgotten
//	sc:{pNN}:a:<c>:<l>      hash    assessments by checkpoint           30 bytes each        until forgotten
//	sc:{pNN}:r:<c>:<l>      hash    receipts by event, i their order    at most 64           1 h after the last
//	sc:{pNN}:r:<c>:         hash    receipts of those not learners      at most 64           1 h after the last
//	sc:{pNN}:b:<c>          hash    announcements by id                 1 each               always
//	sc:{pNN}:t:<c>:<name>   hash    counters of a tally                 1 a field            always
//	sc:{pNN}:u:<c>          set     names of the cohort's tallies       1 a tally            always
//	sc:{pNN}:o:<c>:<board>  zset    learner ids by negated score        1 a ranked learner   always
//	sc:{pNN}:s:<c>          set     names of the cohort's boards        1 a board            always
//	sc:{pNN}:q              zset    waiting jobs by due or lease, ms    1 a job              while they wait
//	sc:{pNN}:j              hash    job records by key                  1 a job              while waiting, dead or skipped
//	sc:{pNN}:d              zset    done jobs by time to forget, ms     1 a job              8 days by default
//	sc:{pNN}:x              zset    dead jobs by time of death, ms      at most 1,000        until retried or dropped
//	sc:{pNN}:y              zset    skipped jobs by time, ms            at most 1,000        until retried or dropped
const (
	metaKey  = "sc:meta"
	readyKey = "sc:ready"
)

func roomKey(r coach.RoomID) string  { return "sc:room:" + string(r) }
func userKey(u coach.UserRef) string { return "sc:user:" + string(u) }
func leaseKey(name string) string    { return "sc:lease:" + name }

func cohortKey(c coach.CohortID) string        { return inCohort("c", c) }
func learnersKey(c coach.CohortID) string      { return inCohort("n", c) }
func announcementsKey(c coach.CohortID) string { return inCohort("b", c) }
func talliesKey(c coach.CohortID) string       { return inCohort("u", c) }
func boardsKey(c coach.CohortID) string        { return inCohort("s", c) }

func learnerKey(c coach.CohortID, l coach.LearnerID) string     { return ofLearner("l", c, l) }
func entriesKey(c coach.CohortID, l coach.LearnerID) string     { return ofLearner("e", c, l) }
func cardsKey(c coach.CohortID, l coach.LearnerID) string       { return ofLearner("k", c, l) }
func assessmentsKey(c coach.CohortID, l coach.LearnerID) string { return ofLearner("a", c, l) }
func receiptsKey(c coach.CohortID, l coach.LearnerID) string    { return ofLearner("r", c, l) }

func tallyKey(c coach.CohortID, name string) string  { return inCohort("t", c) + ":" + name }
func boardKey(c coach.CohortID, board string) string { return inCohort("o", c) + ":" + board }

func cohortsKey(part int) string { return inPart("i", part) }
func queueKey(part int) string   { return inPart("q", part) }
func jobsKey(part int) string    { return inPart("j", part) }
func doneKey(part int) string    { return inPart("d", part) }
func deadKey(part int) string    { return inPart("x", part) }
func skippedKey(part int) string { return inPart("y", part) }

// endedKey holds the jobs of a partition that are dead or skipped.
func endedKey(part int, s schedule.State) string {
	if s == schedule.Skipped {
		return skippedKey(part)
	}
	return deadKey(part)
}

func inPart(kind string, part int) string { return partTags[part] + kind }

func inCohort(kind string, c coach.CohortID) string {
	return partTags[c.Part()] + kind + ":" + string(c)
}

func ofLearner(kind string, c coach.CohortID, l coach.LearnerID) string {
	return partTags[c.Part()] + kind + ":" + string(c) + ":" + string(l)
}

// partTags begin the keys of each partition.
var partTags = func() (tags [schedule.Partitions]string) {
	for part := range tags {
		tags[part] = fmt.Sprintf("sc:{p%02d}:", part)
	}
	return tags
}()
