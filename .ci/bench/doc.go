// Command bench runs the benchmarks that have a figure to reach, here and in the
// main module, and prints what they reached as one table.
//
// It is a module of its own, so that what the bot is compared with is no
// dependency of the bot. Nothing else belongs here.
package main
