package content

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPages(t *testing.T) {
	r := loadSmall(t)
	for golden, write := range pages(r) {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		golden = "testdata/" + golden
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
}

// pages returns what writes each page of a roadmap.
func pages(r *Roadmap) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"summary.txt": func(w io.Writer) error { return Summary(w, r) },
		"unit.txt":    func(w io.Writer) error { return ShowUnit(w, r, r.Units()[0]) },
		"week.txt":    func(w io.Writer) error { return PreviewWeek(w, r, r.Weeks()[0]) },
		"kinds.txt":   func(w io.Writer) error { return PreviewWeek(w, r, r.Weeks()[1]) },
		"paced.txt":   func(w io.Writer) error { return PreviewPaced(w, r, Pace{5, 5}, 1) },
	}
}

func TestPagesOfTheEmbeddedRoadmapsFit(t *testing.T) {
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	for _, r := range l.Roadmaps() {
		if err := Summary(&page, r); err != nil {
			t.Fatal(err)
		}
		for _, w := range r.Weeks() {
			if err := PreviewWeek(&page, r, w); err != nil {
				t.Fatal(err)
			}
		}
	}
	for line := range strings.Lines(page.String()) {
		line = strings.TrimSuffix(line, "\n")
		oneWord := !strings.Contains(strings.TrimLeft(line, " "), " ")
		code := strings.HasPrefix(line, "    ") // a listing is shown as it is
		if utf8.RuneCountInString(line) > pageWidth && !oneWord && !code {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Errorf("trailing space: %q", line)
		}
	}
}

func TestSummaryCutsLongTitles(t *testing.T) {
	r := loadSmall(t)
	r.index.weeks[0].Title = strings.Repeat("long ", 16)
	var page bytes.Buffer
	if err := Summary(&page, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), " 1  long long long long long long long long long long l…       3 h   72 % deep\n") {
		t.Errorf("got:\n%s", page.String())
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestPagesReportFailedWrites(t *testing.T) {
	for name, write := range pages(loadSmall(t)) {
		if err := write(full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
