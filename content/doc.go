// Package content holds what is taught: roadmaps with their phases, weeks and
// units, milestones, questions and checkpoints, read from embedded files or from
// a directory and checked as strictly as a compiler would.
//
// A roadmap is a folder: roadmap.yaml, weeks/w01.yaml and on, questions/*.yaml,
// reviews/*.txtar and checkpoints.yaml. testdata/small is the shortest complete
// one. Reading it is checking it: read.go goes through the folder once and notes
// every Problem where it stands, check.go holds the limits, schema.go tells
// editors of them, show.go writes the result as plain text. pace.go cuts it into
// the steps of study days, also for those who have more or less time a week.
// guide.md tells people how to write one.
//
// # Times of tasks
//
// A task may begin with its own time, as in *45 min, AI off.* or *20 min.*, the
// same in each variant. The times of a unit's tasks then add up to its minutes;
// tasks without one share what is left.
//
// # Archives of reviews
//
// A review question names an archive, reviews/NAME.txtar, that no other question
// names: free text, then sections, each below a line such as "-- fault.go --". It
// holds the code in two forms, with its one fault, as it is shown, and mended; and
// what proves that the one has the fault and the other has not.
//
//	Go              SQL
//	fault.go        fault.sql   shown: at most 40 lines and 1,500 characters
//	mend.go         mend.sql    the mend
//	review_test.go              fails on the fault, passes on the mend
//	ANY.go          setup.sql   optional: what both forms need; not shown
//	                check.sql   run after either form
//	                fault.out   what the fault and the check print
//	                mend.out    what the mend and the check print
//
// Each form of Go code is a package of its own, named review, in a module that
// requires nothing but the standard library. It must compile, and is tested with
// the race detector. A fault has to be found every time, so its test waits on
// channels or runs in a bubble of testing/synctest, and never sleeps.
//
// Each form of SQL gets a fresh database of PostgreSQL and, after setup.sql, one
// session of psql -X -q -At that goes on after an error and prints it without its
// position. Statistics are as the scripts leave them, since autovacuum is off;
// plans are without just-in-time compilation and parallel workers.
// dblink_connect('other', 'dbname=' || current_database()) opens a second session
// once the extension is created.
//
// reviews_test.go runs them all.
//
// The words of the bot itself live next door in content/say. Neither package
// knows learners, cohorts, dates, stores or chat platforms, and neither
// computes anything about them: content says what there is to learn, coach
// decides who gets which of it and when.
package content
