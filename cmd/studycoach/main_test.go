package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets tests run the program as a process of its own, by its name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"studycoach": main})
}
