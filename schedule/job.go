package schedule

import (
	"context"
	"time"
)

// Job is a durable piece of work. Its key is its identity: adding a key that
// waits, runs, or was finished not long ago changes nothing.
type Job struct {
	Key     string    // unique in the whole installation, such as "prompt/07abc/2027-03-14"
	Kind    string    // names the handler, such as "prompt"
	Part    int       // the partition whose queue holds it, 0 to Partitions-1
	Due     time.Time // when it was first due; whole milliseconds; a retry does not move it
	Payload []byte    // opaque to this package, at most 64 KiB

	// The rest is the queue's and the handler's record of the work so far.
	Attempt int       // attempts that failed; 0 on the first
	Intent  string    // what the handler noted with Queue.Note before an effect; empty before
	Lease   time.Time // set by Claim: the deadline, which also fences Note and Finish
	State   State     // set by List
	At      time.Time // set by List: when a waiting job is looked at next, being due, to be retried or out of its lease; when a dead or skipped one ended
	Reason  string    // why it is dead, was skipped or is retried
}

// Partitions is the number of queues that an installation has. A store keeps
// the number with its data and refuses to open with another.
const Partitions = 64

// State says where a listed job stands.
type State string

// The states of a job.
const (
	Waiting State = "waiting" // due later, or claimed under a lease
	Dead    State = "dead"    // cannot succeed; kept until someone retries or drops it
	Skipped State = "skipped" // too late to be of use; kept for a while to be seen
)

// Outcome says what becomes of a claimed job.
type Outcome struct {
	State   State     // empty: done and forgotten but for its key; Waiting: try again at Retry
	Retry   time.Time // with Waiting: when
	Free    bool      // with Waiting: the attempt does not count as a failure
	Payload []byte    // with Waiting: takes the place of the job's; nil: that stays
	Reason  string    // why, or when done what came of it; safe to show to an operator
	Forget  time.Time // when done: until when the key is remembered; zero: the store's own default, 8 days
}

// Ended is a claimed job with what became of it.
type Ended struct {
	Job     Job
	Outcome Outcome
}

// Queue keeps jobs. Every method is safe for use by many goroutines and
// processes at once.
type Queue interface {
	// Add stores the jobs; one whose key is known is left as it is.
	Add(ctx context.Context, jobs ...Job) error

	// Claim leases up to max jobs that are due at now, until now+lease, and
	// returns them by due time: from each partition that has some the most overdue
	// ones, and from all of them about as many, so that none waits for another's
	// backlog.
	Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]Job, error)

	// Note stores j.Intent under j's lease. It fails with ErrLeaseLost when the
	// lease is no longer j's.
	Note(ctx context.Context, j Job) error

	// Finish records the outcome of a claimed job and keeps what was noted with
	// it, whatever j.Intent says. It fails with ErrLeaseLost when the lease is no
	// longer j's.
	Finish(ctx context.Context, j Job, now time.Time, o Outcome) error

	// FinishAll is Finish for many jobs at once, which takes little longer than
	// for one. It returns what Finish would, for each.
	FinishAll(ctx context.Context, now time.Time, all []Ended) []error

	// NextDue returns when the earliest waiting job is due or its lease runs
	// out, and false when none waits.
	NextDue(ctx context.Context) (time.Time, bool, error)

	// List returns up to max jobs in a state whose key starts with prefix, of
	// the named partitions or, without any, of all: those that wait by At, the
	// ended ones most recent first.
	List(ctx context.Context, s State, prefix string, max int, parts ...int) ([]Job, error)

	// Revive makes a dead or skipped job wait again, due at now, or drops it.
	// It fails with ErrNoJob when no such job is dead or skipped.
	Revive(ctx context.Context, part int, key string, now time.Time) error
	Drop(ctx context.Context, part int, key string) error
}

// Errors of a Queue.
var (
	ErrLeaseLost = queueError("the job's lease is no longer held")
	ErrNoJob     = queueError("no such job")
)

type queueError string

func (e queueError) Error() string { return string(e) }
