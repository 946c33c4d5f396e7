package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every row has a benchmark that is run and that reports its unit.
func TestEveryRowIsMeasured(t *testing.T) {
	for _, r := range rows {
		name, _, _ := strings.Cut(r.benchmark, "/")
		found := false
		for _, run := range runs {
			pattern, _, _ := strings.Cut(run.bench, "/")
			found = found || regexp.MustCompile(pattern).MatchString("Benchmark"+name) && declares(t, run.folder, name)
		}
		if !found {
			t.Errorf("nothing runs Benchmark%s", name)
		}
	}
}

// declares reports whether a folder has a benchmark.
func declares(t *testing.T, folder, name string) bool {
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(folder + "/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "func Benchmark"+name+"(") {
			return true
		}
	}
	return false
}

func TestRead(t *testing.T) {
	figures := map[string]float64{}
	read("goos: linux\nBenchmarkHandle/redis-2   \t  20000\t    94321 ns/op\t         0.4321 x-base\n"+
		"BenchmarkBytes-16 1 5 ns/op 12 B/note 799.5 B/learner\n    some_test.go:1: a note\nok  \tstudycoach\t1.0s\n", figures)
	want := map[string]float64{
		"Handle/redis ns/op": 94321, "Handle/redis x-base": 0.4321,
		"Bytes ns/op": 5, "Bytes B/note": 12, "Bytes B/learner": 799.5,
	}
	if !maps.Equal(figures, want) {
		t.Errorf("%v, want %v", figures, want)
	}
}

func TestPrint(t *testing.T) {
	figures := map[string]float64{}
	for _, r := range rows {
		figures[r.benchmark+" "+r.unit] = r.reach
	}
	figures["Claim x-base"] = 1.8
	var out strings.Builder
	if err := print(&out, figures); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "short of it"); n != 1 {
		t.Errorf("%d rows are short:\n%s", n, &out)
	}
	delete(figures, "Claim x-base")
	if err := print(&out, figures); fmt.Sprint(err) != "nothing reports x-base of BenchmarkClaim" {
		t.Errorf("without a figure: %v", err)
	}
}
