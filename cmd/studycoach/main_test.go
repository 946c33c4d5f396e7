package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets tests run the program, and one that is to be killed, as processes
// of their own, by their names.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"studycoach": main, "mortal": liveAndDie})
}
