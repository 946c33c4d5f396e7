// Package redisstore keeps the coach's data in Redis, or without one in a Redis
// inside the process with a journal on disk. It is the only package that knows
// Redis: its keys, its scripts and its clients.
//
// No rule of the coach lives here. A script compares versions and applies a
// change; what the change is was decided in Go, by a pure function over what
// was read. What a record means is the coach's, how it is packed is this
// package's, so that either can change without the other.
//
// Read it in this order: [Options] and [Open]; keys.go, the table of every key;
// [Store.Update] and lua/commit.lua, the one way anything of a cohort changes;
// commit.go, which turns a change into that script's arguments; recent.go, by
// which not every change has to read first; queue.go and finish.go, the jobs;
// index.go, what is findable across cohorts; lane.go, by which callers share a
// round trip; the records; embedded.go, interpreter.go and journal.go, the default
// without a server; and last [Backup] and [Restore], which move everything from one
// store to another.
package redisstore
