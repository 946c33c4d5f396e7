package content

import (
	_ "embed"
	"fmt"
	"regexp"
)

//go:embed guide.md
var guide string

// Guide is the page on writing a roadmap, in Markdown.
func Guide() string { return guide }

// Starter returns the files of the guide's example, by their path in the folder
// of the roadmap, for a roadmap with an id.
func Starter(id string) (map[string]string, error) {
	if !slug.MatchString(id) || len(id) > maxName {
		return nil, fmt.Errorf("%q is no id of a roadmap: write lower-case letters, digits and single dashes, %d at most", id, maxName)
	}
	files := map[string]string{}
	for _, block := range example.FindAllStringSubmatch(guide, -1) {
		files[block[1]] = exampleID.ReplaceAllLiteralString(block[2], "id: "+id+"\n")
	}
	return files, nil
}

// example finds the files in the guide; the first line of each is its path.
var (
	example   = regexp.MustCompile("(?s)```yaml\n# (\\S+)\n(.*?)```\n")
	exampleID = regexp.MustCompile("(?m)^id: my-roadmap\n")
)
