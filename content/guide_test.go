package content

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

// TestGuideTeachesWhatHolds loads the roadmap that the guide spells out, and
// holds that nothing in it is left aside.
func TestGuideTeachesWhatHolds(t *testing.T) {
	files, err := Starter("my-own")
	if err != nil {
		t.Fatal(err)
	}
	if blocks := strings.Count(Guide(), "```yaml"); blocks != len(files) || blocks == 0 {
		t.Errorf("the guide has %d pieces of YAML, of which %d are files", blocks, len(files))
	}
	dir := fstest.MapFS{}
	for name, text := range files {
		dir["my-own/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	l, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := l.Roadmap("my-own")
	if !ok {
		t.Fatal("the id was not set")
	}
	var page bytes.Buffer
	if err := PreviewWeek(&page, r, r.Weeks()[0]); err != nil {
		t.Fatal(err)
	}
	kinds := map[Kind]bool{}
	for _, q := range r.Questions {
		kinds[q.Kind] = true
	}
	if len(kinds) != len(Kinds())-1 || len(r.Checkpoints) != 1 || len(r.Milestones) != 1 {
		t.Errorf("the example has questions of %v, %d checkpoints and %d milestones", kinds, len(r.Checkpoints), len(r.Milestones))
	}
}

func TestStarterRefusesOtherNames(t *testing.T) {
	for _, id := range []string{"", "My", "a b", "../up", "-a", strings.Repeat("a", maxName+1)} {
		if _, err := Starter(id); err == nil {
			t.Errorf("%q was taken", id)
		}
	}
}
