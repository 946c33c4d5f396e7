// Package schedule knows when: civil dates, wall-clock rules and their
// occurrences, durable jobs, and the runner that works them off.
//
// It knows nothing of cohorts, learners or chat platforms: a job's kind and
// payload are opaque here. It never asks the machine for the time inside a
// rule: every rule takes the instant it is asked about. Storage lives
// elsewhere, behind [Queue].
//
// Read it in this order: [Date] and [StudyDay], [Slot] and [Resolve], [Rule] and
// [Rule.Next], [Job] and [Queue], [Runner].
package schedule
