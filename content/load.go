package content

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed roadmaps
var files embed.FS

// embedded is the built-in library, read once.
var embedded = sync.OnceValues(func() (*Library, error) {
	roadmaps, err := fs.Sub(files, "roadmaps")
	if err != nil {
		return nil, err
	}
	return LoadOnly(roadmaps)
})

// Library holds the roadmaps that cohorts can choose from.
type Library struct{ roadmaps []*Roadmap }

// Embedded returns the built-in roadmaps.
func Embedded() (*Library, error) { return embedded() }

// Load returns the built-in roadmaps and those in the given directories, each a
// folder named after the roadmap's id and laid out like the built-in ones. An id
// that is taken already is an error, since cohorts rely on the roadmap they
// started. If anything is wrong, the error is the Problems of all directories;
// their file names are relative to the directory.
//
// Symbolic links in a directory are not followed.
func Load(dirs ...fs.FS) (*Library, error) {
	l, err := Embedded()
	if err != nil {
		return nil, err
	}
	return l.with(dirs...)
}

// LoadOnly is Load without the built-in roadmaps.
func LoadOnly(dirs ...fs.FS) (*Library, error) { return new(Library).with(dirs...) }

// Roadmaps returns all roadmaps, the built-in ones first, then by directory and id.
func (l *Library) Roadmaps() []*Roadmap { return l.roadmaps }

// Roadmap returns the roadmap with an id.
func (l *Library) Roadmap(id string) (*Roadmap, bool) {
	return find(l.roadmaps, func(r *Roadmap) bool { return r.ID == id })
}

// with returns a library that also holds the roadmaps of some directories.
func (l *Library) with(dirs ...fs.FS) (*Library, error) {
	all := &Library{roadmaps: l.roadmaps[:len(l.roadmaps):len(l.roadmaps)]}
	var problems Problems
	for _, dir := range dirs {
		problems = append(problems, all.add(dir)...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

// add reads the roadmaps of a directory.
func (l *Library) add(dir fs.FS) Problems {
	var problems Problems
	here := node{problems: &problems, file: ".", line: 1, column: 1}
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		here.report("name a readable directory", "the directory cannot be read: %v", err)
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "roadmap.yaml" }) {
		here.report("put it into a folder named after its id, and name the directory around that", "a roadmap lies here without a folder")
		return problems
	}
	found := false
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
			continue
		case e.Type()&fs.ModeSymlink != 0:
			here.report("put what it points to here, or remove it", "%s is a symbolic link", e.Name())
			continue
		case !e.IsDir():
			continue
		}
		found = true
		r, wrong := read(dir, e.Name())
		if _, taken := l.Roadmap(r.ID); taken && r.ID != "" {
			n := node{problems: &wrong, file: e.Name() + "/roadmap.yaml", line: 1, column: 1}
			n.report("rename the folder and the id", "there is a roadmap %s already", r.ID)
		}
		problems = append(problems, wrong...)
		l.roadmaps = append(l.roadmaps, r)
	}
	if !found && len(problems) == 0 {
		here.report("add a folder with a roadmap.yaml", "the directory holds no roadmap")
	}
	return problems
}
