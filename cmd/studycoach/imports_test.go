package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "studycoach"
	top    = "../.." // the module's folder, seen from this one
)

// The house: who lives where and may import what beside the standard library.
// A name without a dot is a package of ours, any other a module of somebody
// else. What is in the last column only tests may import. Imports point up the
// table, and each technology has one place that knows it.
var house = map[string]struct{ ours, others, tests string }{
	"schedule":         {"", "github.com/robfig/cron/v3", ""},
	"content/say":      {"", "github.com/goccy/go-yaml", ""},
	"content":          {"content/say", "github.com/goccy/go-yaml github.com/rogpeppe/go-internal", ""},
	"coach":            {"schedule content content/say", "golang.org/x/text", "coach/storetest"},
	"coach/storetest":  {"schedule coach", "github.com/google/go-cmp", ""},
	"coach/redisstore": {"schedule coach", "github.com/redis/go-redis/v9 github.com/alicebob/miniredis/v2 github.com/yuin/gopher-lua", "content coach/storetest"},

	"bot":              {"schedule content/say coach bot/picture", "github.com/prometheus/client_golang golang.org/x/time", ""},
	"bot/platformtest": {"schedule content content/say coach coach/redisstore bot", "github.com/google/go-cmp", ""},
	"bot/picture":      {"", "gonum.org/v1/plot golang.org/x/image golang.org/x/text", ""},
	"bot/web":          {"content/say coach bot bot/picture", "golang.org/x/time", "bot/platformtest github.com/chromedp"},
	"bot/slack": {
		"content/say coach bot bot/picture", "golang.org/x/time github.com/slack-go/slack github.com/gorilla/websocket",
		"schedule content coach/redisstore bot/platformtest github.com/santhosh-tekuri/jsonschema/v6 github.com/dlclark/regexp2",
	},
	"bot/discord": {
		"content/say coach bot bot/picture", "golang.org/x/time github.com/bwmarrin/discordgo github.com/gorilla/websocket",
		"content coach/redisstore bot/platformtest github.com/santhosh-tekuri/jsonschema/v6",
	},

	"cmd/simulate": {"schedule content coach coach/redisstore bot", "github.com/alecthomas/kong", "coach/storetest"},
	"cmd/studycoach": {
		"schedule content content/say coach coach/redisstore bot bot/picture bot/web bot/slack bot/discord",
		"github.com/alecthomas/kong github.com/prometheus/client_golang golang.org/x/crypto/x509roots/fallback",
		"coach/storetest github.com/chromedp github.com/rogpeppe/go-internal",
	},
}

// anyTest lists the modules that every test may import, and only tests.
const anyTest = "github.com/google/go-cmp go.uber.org/goleak pgregory.net/rapid"

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		room, known := house[p.folder]
		if !known {
			t.Errorf("%s: the house has no such room", p.folder)
			continue
		}
		code := strings.Fields(room.ours + " " + room.others)
		tests := slices.Concat(code, []string{p.folder}, strings.Fields(room.tests+" "+anyTest))
		for _, path := range p.Imports {
			if !allowed(path, code) {
				t.Errorf("%s imports %s", p.folder, path)
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if !allowed(path, tests) {
				t.Errorf("a test of %s imports %s", p.folder, path)
			}
		}
	}
}

// allowed reports whether the import path is in the standard library, is one
// of our packages in list, or belongs to a module in list.
func allowed(path string, list []string) bool {
	if ours, ok := strings.CutPrefix(path, module+"/"); ok {
		return slices.Contains(list, ours)
	}
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") || slices.ContainsFunc(list, func(m string) bool {
		return path == m || strings.HasPrefix(path, m+"/")
	})
}

func TestTopLevelFolders(t *testing.T) {
	known := []string{".ci", ".git", "bot", "cmd", "coach", "content", "schedule", "studycoach-data"}
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(known, e.Name()) {
			t.Errorf("the folder %s is not part of the house", e.Name())
		}
	}
}

// Only cmd reads the environment; everybody else is told. A suite that other
// packages run asks, like any test, whether CI allows it to skip.
func TestEnvironmentIsReadInCmdOnly(t *testing.T) {
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.folder, "cmd/") && !strings.HasSuffix(s.folder, "test") {
			s.forbid(t, "os", "Getenv", "LookupEnv", "Environ", "ExpandEnv")
		}
	}
}

// Rules take the time as an argument. Only the runner, which waits for it,
// asks the machine.
func TestRulesDoNotAskForTheTime(t *testing.T) {
	rules := []string{"coach", "content", "content/say", "schedule"}
	runner := []string{"schedule/attempt.go", "schedule/away.go", "schedule/drain.go", "schedule/lanes.go", "schedule/runner.go"}
	for _, s := range sources(t) {
		if slices.Contains(rules, s.folder) && !slices.Contains(runner, s.path) {
			s.forbid(t, "time", "Now", "Since", "Until")
		}
	}
}

// No clock is passed through the layers behind an interface.
func TestNoClockInterface(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if face, ok := n.(*ast.InterfaceType); ok {
				for _, method := range face.Methods.List {
					for _, name := range method.Names {
						if name.Name == "Now" {
							t.Errorf("%s:%d: an interface for the time", s.path, s.line(name))
						}
					}
				}
			}
			return true
		})
	}
}

// pkg is one package of this module, as the go command lists it.
type pkg struct {
	folder string // below the module's

	Dir, ImportPath                             string
	GoFiles, Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json", "./...")
	list.Dir, list.Stderr = top, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal("go list:", err)
		}
		p.folder = strings.TrimPrefix(p.ImportPath, module+"/")
		all = append(all, p)
	}
	return all
}

// source is one file of ours that is not a test.
type source struct {
	folder, path string // below the module's
	file         *ast.File
	files        *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, source{folder: p.folder, path: p.folder + "/" + name, file: file, files: files})
		}
	}
	return all
}

func (s source) line(n ast.Node) int { return s.files.Position(n.Pos()).Line }

// forbid reports where the file uses one of these names of a package.
func (s source) forbid(t *testing.T, path string, names ...string) {
	t.Helper()
	local := path
	for _, i := range s.file.Imports {
		if i.Path.Value == strconv.Quote(path) && i.Name != nil {
			local = i.Name.Name
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, sel.Sel.Name) {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
				t.Errorf("%s:%d: %s.%s", s.path, s.line(n), path, sel.Sel.Name)
			}
		}
		return true
	})
}
