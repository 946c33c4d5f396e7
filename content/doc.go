// Package content holds what is taught: roadmaps with their phases, weeks and
// units, recall questions and checkpoints, read from embedded YAML or from a
// directory and checked as strictly as a compiler would.
//
// A roadmap is a folder: roadmap.yaml, weeks/w01.yaml and on, questions/*.yaml
// and checkpoints.yaml. testdata/small is the shortest complete one. Reading it is
// checking it: read.go goes through the folder once and notes every Problem where
// it stands, check.go holds the limits, show.go writes the result as plain text.
//
// The words of the bot itself live next door in content/say. Neither package
// knows learners, cohorts, dates, stores or chat platforms, and neither
// computes anything about them: content says what there is to learn, coach
// decides who gets which of it and when.
package content
