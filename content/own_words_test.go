package content

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inARow is how many words in a row are somebody's wording, and not chance.
const inARow = 8

// TestOwnWords holds the roadmaps and the bot's lines against the brief that
// they were written from: facts may come from it, wording may not.
func TestOwnWords(t *testing.T) {
	brief, err := os.ReadFile("../../shared/roadmap-brief.md")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the brief is missing: ", err)
		}
		t.Skip("the brief is not beside the project: ", err)
	}
	theirs := map[string]bool{}
	for row := range rowsOfWords(string(brief)) {
		theirs[row] = true
	}
	files := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".txtar", ".md"}, filepath.Ext(path)) {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for row := range rowsOfWords(string(text)) {
			if theirs[row] {
				t.Errorf("%s: %q stands in the brief", path, row)
			}
		}
		return err
	})
	if err != nil || files < 30 {
		t.Errorf("%d files were read: %v", files, err)
	}
	if sample := strings.Join(strings.Fields(string(brief))[100:120], " "); !anyOf(theirs, sample) {
		t.Errorf("a piece of the brief is not found in it: %q", sample)
	}
}

func anyOf(rows map[string]bool, text string) bool {
	for row := range rowsOfWords(text) {
		if rows[row] {
			return true
		}
	}
	return false
}

var wordPattern = regexp.MustCompile(`[a-z0-9']+`)

// rowsOfWords yields each run of inARow words, without case and punctuation.
func rowsOfWords(text string) func(yield func(string) bool) {
	words := wordPattern.FindAllString(strings.ToLower(text), -1)
	return func(yield func(string) bool) {
		for i := inARow; i <= len(words); i++ {
			if !yield(strings.Join(words[i-inARow:i], " ")) {
				return
			}
		}
	}
}
