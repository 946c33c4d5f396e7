package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets tests run the program, one that is to be killed, and one of several
// replicas, as processes of their own, by their names.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"studycoach": main, "mortal": liveAndDie, "replica": replica})
}
