// Command simulate shows how the bot grows: it lives through a week with so
// many learners, in all time zones, on a redis-server that it starts for
// itself, and prints what that took.
//
// The coach, its store, the queue, the runner and the outbox are the real ones.
// The chat platform only takes notes, and the clock is virtual: it runs like
// any other while there is work, and leaps over the time in which there is
// none. So a post's lateness is how long the work before it took, in the time
// that the store goes by.
//
// What should have happened is worked out from the plan of the week and not by
// the code that is tried: each prompt, summary and nudge once, none too many,
// and every check-in kept.
//
// Only the measuring belongs here. What a fault shows is mended where the
// fault is.
package main
