package content

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"studycoach/content/say"
)

// archive is the code of a review question with what proves its fault.
type archive struct {
	language string // "go" or "sql"
	code     string // what is shown
	used     string // the place of the question that shows it
}

// proofs are the sections of an archive for each language, those it must have and
// those it may have beside them. The first two are the two forms of the code.
var proofs = map[string]struct{ must, may []string }{
	"go":  {must: []string{"fault.go", "mend.go", "review_test.go"}},
	"sql": {must: []string{"fault.sql", "mend.sql", "check.sql", "fault.out", "mend.out"}, may: []string{"setup.sql"}},
}

// reviews reads the archives of the reviews folder.
func (r *reader) reviews() {
	r.archives = map[string]*archive{}
	for _, e := range r.entries("reviews") {
		if name, ok := strings.CutSuffix(e.Name(), ".txtar"); ok {
			r.archives[name] = r.file("reviews/"+e.Name()).archive(r, name)
		}
	}
}

// archive reads the node's file as an archive with a name.
func (n node) archive(r *reader, name string) *archive {
	a := &archive{}
	if !slug.MatchString(name) {
		n.report("name it in lower-case letters, digits and single dashes, then .txtar", "the archive is named %q", start(name))
	}
	data, ok := n.contents(r.fsys)
	if !ok {
		return a
	}
	parsed := txtar.Parse(data)
	sections := map[string]section{}
	n.line += bytes.Count(parsed.Comment, []byte("\n"))
	for _, f := range parsed.Files {
		s := section{node: n, text: string(f.Data)}
		s.name = "the section " + start(f.Name)
		if first, ok := sections[f.Name]; ok {
			s.report(fmt.Sprintf("keep this one or that of line %d", first.line), "%s is here twice", s.name)
		} else {
			sections[f.Name] = s
		}
		n.line += 1 + bytes.Count(f.Data, []byte("\n"))
	}
	n.line = 1
	_, isGo := sections["fault.go"]
	_, isSQL := sections["fault.sql"]
	switch {
	case isGo == isSQL:
		n.report("have one of the two", "the archive has %s", map[bool]string{true: "both fault.go and fault.sql", false: "neither fault.go nor fault.sql"}[isGo])
		return a
	case isGo:
		a.language = "go"
	default:
		a.language = "sql"
	}
	n.checkSections(sections, a.language)
	fault := sections["fault."+a.language]
	fault.checkCode()
	a.code = strings.TrimRight(fault.text, "\n")
	return a
}

// section is a file in an archive.
type section struct {
	node
	text string
}

// checkSections reports missing, unknown, empty and useless sections of an
// archive in a language.
func (n node) checkSections(sections map[string]section, language string) {
	proof := proofs[language]
	for _, name := range proof.must {
		if _, ok := sections[name]; !ok {
			n.report("add it", "the archive has no section %s", name)
		}
	}
	known := slices.Concat(proof.must, proof.may)
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		s := sections[name]
		helper := language == "go" && path.Ext(name) == ".go" && path.Base(name) == name
		switch {
		case !helper && !slices.Contains(known, name):
			s.report(hint(name, known), "%s is unknown here", s.name)
		case strings.TrimSpace(s.text) == "" && path.Ext(name) != ".out":
			s.report("write it or remove it", "%s is empty", s.name)
		}
	}
	for _, suffix := range []string{language, "out"} {
		fault, ok := sections["fault."+suffix]
		if mend, both := sections["mend."+suffix]; ok && both && fault.text == mend.text {
			mend.report("write how they differ", "fault.%s and mend.%s are the same", suffix, suffix)
		}
	}
}

// checkCode reports code that cannot be shown, or takes too long to read.
func (s section) checkCode() {
	text := strings.TrimRight(s.text, "\n")
	if lines := 1 + strings.Count(text, "\n"); lines > maxLines {
		s.report(fmt.Sprintf("shorten it to %d", maxLines), "%s has %d lines", s.name, lines)
	}
	if got := length(text); got > maxCode {
		s.report(fmt.Sprintf("shorten it to %d", maxCode), "%s has %d characters", s.name, got)
	}
	if strings.Contains(text, "```") {
		s.report("write it without, since they end the code where it is shown", "%s has three backticks in a row", s.name)
	}
}

// review reads the name of an archive that no other question uses, and returns
// its language and code.
func (r *reader) review(n node) (language, code string) {
	name := n.text(maxName)
	a, ok := r.archives[name]
	switch near := say.Nearest(name, slices.Collect(maps.Keys(r.archives))); {
	case name == "":
		return "", ""
	case !ok && near != "":
		n.report(fmt.Sprintf("did you mean %s?", near), "there is no review %q", start(name))
		return "", ""
	case !ok:
		n.report("write reviews/NAME.txtar, or name one that is there", "there is no review %q", start(name))
		return "", ""
	case a.used != "":
		n.report("choose another; it is used in "+a.used, "the review is %q again", start(name))
	}
	a.used = fmt.Sprintf("%s:%d", n.file, n.line)
	return a.language, a.code
}

// checkReviews reports archives that no question uses.
func (r *reader) checkReviews() {
	for name, a := range r.archives {
		if a.used == "" {
			r.file("reviews/"+name+".txtar").report("name it in a review question, or remove it", "no question uses this archive")
		}
	}
}
