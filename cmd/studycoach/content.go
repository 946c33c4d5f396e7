package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"studycoach/content"
	"studycoach/content/say"
)

// contentCmd groups the commands on roadmaps.
type contentCmd struct {
	Check   contentCheckCmd   `cmd:"" help:"Check the roadmaps and list every fault with its place."`
	Show    contentShowCmd    `cmd:"" help:"Show a unit."`
	Preview contentPreviewCmd `cmd:"" help:"Show a week, at the roadmap's own pace or at another."`
	Schema  contentSchemaCmd  `cmd:"" help:"Print the JSON Schema of a kind of file, for editors."`
	Guide   contentGuideCmd   `cmd:"" help:"Print how to write a roadmap, with an example."`
	New     contentNewCmd     `cmd:"" help:"Write the guide's example into a folder, to begin from."`
}

// pickFlags choose a roadmap.
type pickFlags struct {
	contentFlags
	Roadmap string `placeholder:"ID" help:"Which roadmap; else one of the directory's, else the embedded one."`
}

// pick returns the roadmap that was named, or one that suits: rather one of the
// directory than an embedded one.
func (f pickFlags) pick(suits func(*content.Roadmap) bool, what string) (*content.Roadmap, error) {
	library, err := f.library()
	if err != nil {
		return nil, err
	}
	var ids []string
	embedded, err := content.Embedded()
	if err != nil {
		return nil, err
	}
	var found *content.Roadmap
	for _, r := range library.Roadmaps() {
		ids = append(ids, r.ID)
		if f.Roadmap != "" && f.Roadmap != r.ID || !suits(r) {
			continue
		}
		if _, builtIn := embedded.Roadmap(r.ID); found == nil || !builtIn {
			found = r
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: no roadmap has %s; there are: %s", errUsage, what, strings.Join(ids, ", "))
	}
	return found, nil
}

type contentCheckCmd struct {
	contentFlags
	Dir     string `arg:"" optional:"" help:"A directory with roadmaps to check beside the embedded one."`
	Summary bool   `help:"Also print the hours by week, phase and skill."`
}

// Run checks the roadmaps.
func (c contentCheckCmd) Run(o outputs) error {
	if c.Dir != "" {
		c.ContentDir = c.Dir
	}
	library, err := c.library()
	var problems content.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintln(o.out, p)
		}
		return fmt.Errorf("%s in the content; studycoach content guide shows every file by an example", say.Plural(len(problems), "fault", "faults"))
	}
	if err != nil {
		return err
	}
	for _, r := range library.Roadmaps() {
		fmt.Fprintf(o.out, "%s: ok, %s, %s, %s, %s\n", r.ID,
			say.Plural(len(r.Weeks()), "week", "weeks"), say.Plural(len(r.Units()), "unit", "units"),
			say.Plural(len(r.Questions), "question", "questions"), say.Plural(len(r.Checkpoints), "checkpoint", "checkpoints"))
		if c.Summary {
			if err := content.Summary(o.out, r); err != nil {
				return err
			}
		}
	}
	return nil
}

type contentShowCmd struct {
	pickFlags
	Unit string `arg:"" help:"The unit's id, such as w03d2."`
}

// Run shows a unit.
func (c contentShowCmd) Run(o outputs) error {
	r, err := c.pick(func(r *content.Roadmap) bool { _, ok := r.Unit(c.Unit); return ok }, fmt.Sprintf("a unit %q", c.Unit))
	if err != nil {
		return err
	}
	u, _ := r.Unit(c.Unit)
	return content.ShowUnit(o.out, r, u)
}

type contentPreviewCmd struct {
	pickFlags
	Week  int `required:"" help:"The week's number."`
	Hours int `placeholder:"N" help:"Hours a week, 5 to 25: show the week as a cohort at that pace lives it."`
	Days  int `default:"6" help:"Study days a week, with --hours."`
}

// Run shows a week.
func (c contentPreviewCmd) Run(o outputs) error {
	suits := func(r *content.Roadmap) bool { _, ok := r.Week(c.Week); return ok || c.Hours != 0 }
	r, err := c.pick(suits, fmt.Sprintf("a week %d", c.Week))
	if err != nil {
		return err
	}
	if c.Hours != 0 {
		return content.PreviewPaced(o.out, r, content.Pace{Hours: c.Hours, Days: c.Days}, c.Week)
	}
	week, _ := r.Week(c.Week)
	return content.PreviewWeek(o.out, r, week)
}

type contentSchemaCmd struct {
	Name string `arg:"" enum:"roadmap,week,questions,checkpoints" help:"roadmap, week, questions or checkpoints."`
}

// Run prints a schema.
func (c contentSchemaCmd) Run(o outputs) error {
	schema, err := content.Schema(c.Name)
	if err != nil {
		return err
	}
	_, err = o.out.Write(append(schema, '\n'))
	return err
}

type contentGuideCmd struct{}

// Run prints the guide.
func (contentGuideCmd) Run(o outputs) error {
	_, err := io.WriteString(o.out, content.Guide())
	return err
}

type contentNewCmd struct {
	Dir string `arg:"" help:"The roadmap's folder, named after its id. It must not be there yet; other roadmaps may lie beside it."`
}

// Run writes the files.
func (c contentNewCmd) Run(o outputs) error {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	files, err := content.Starter(filepath.Base(dir))
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is there already", errUsage, c.Dir)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(o.out, path)
	}
	_, err = fmt.Fprintf(o.out, "Now try studycoach content check %s\n", filepath.Dir(dir))
	return err
}
