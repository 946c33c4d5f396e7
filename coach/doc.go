// Package coach is the domain: cohorts and learners, check-ins, streaks and
// hours, the roadmap at work, self-assessment, summaries and announcements,
// and the contract of the store that keeps them.
//
// Two ways lead in. [Coach.Handle] answers an [Event], something a person did
// in chat; [Coach.Fire] carries out a job that came due. Both load state, apply
// a pure rule and commit the changed state together with the jobs it causes, in
// one step.
//
// Read it in this order: [Event] and [Message]; [Cohort], [Learner] and
// [Entry]; [Store]; the command table in command.go; then one file a use case.
// The rules that a learner feels are pure functions in said.go (times in
// text), calendar.go, streak.go, course.go (which units on which day) and
// review.go (when a question comes back).
//
// No chat platform, no Redis, no words and no clock are in here: adapters,
// coach/redisstore, content/say and the caller's now bring them.
package coach
