package say

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"
	tree "text/template/parse"
	"time"

	"github.com/goccy/go-yaml"
)

// source is this package as the type checker sees it: Go cannot list its types
// when it runs.
func source(t *testing.T) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range []string{"lines.go", "markup.go", "nearest.go", "rows.go", "say.go", "words.go"} {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	// Only signatures count here, and no line has a field of another module's
	// type, so bodies are skipped and unknown imports let pass.
	config := types.Config{
		IgnoreFuncBodies: true,
		Importer:         only{importer.ForCompiler(fset, "source", nil), []string{"time"}},
		Error:            func(error) {},
	}
	pkg, _ := config.Check("say", fset, files, nil)
	return pkg
}

// only imports some packages.
type only struct {
	types.Importer
	paths []string
}

func (o only) Import(path string) (*types.Package, error) {
	if !slices.Contains(o.paths, path) {
		return nil, errors.New("not imported")
	}
	return o.Importer.Import(path)
}

// lineTypes returns the lines by name: the exported structs declared in lines.go.
func lineTypes(t *testing.T) map[string]types.Type {
	t.Helper()
	pkg := source(t)
	f, err := parser.ParseFile(token.NewFileSet(), "lines.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]types.Type{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			name := spec.(*ast.TypeSpec).Name.Name
			typ := pkg.Scope().Lookup(name).Type()
			if _, isStruct := typ.Underlying().(*types.Struct); isStruct && ast.IsExported(name) {
				lines[name] = typ
			}
		}
	}
	if len(lines) == 0 {
		t.Fatal("no line found in lines.go")
	}
	return lines
}

// texts reads a file of wording.
func texts(t *testing.T, file []byte) map[string]string {
	t.Helper()
	var texts map[string]string
	if err := yaml.Unmarshal(file, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func wording(t *testing.T) *book {
	t.Helper()
	b, err := copybook()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// differ reports names that only one side has.
func differ(t *testing.T, kind string, code, wording []string) {
	t.Helper()
	for _, name := range code {
		if !slices.Contains(wording, name) {
			t.Errorf("%s %s has no text", kind, name)
		}
	}
	for _, name := range wording {
		if !slices.Contains(code, name) {
			t.Errorf("there is a text for %s %s, which is not in the code", kind, name)
		}
	}
}

func TestEveryLineHasATemplate(t *testing.T) {
	differ(t, "line", slices.Collect(maps.Keys(lineTypes(t))), slices.Collect(maps.Keys(texts(t, linesYAML))))
}

func TestEveryWordHasAText(t *testing.T) {
	var keys []string
	scope := source(t).Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok || c.Type().String() != "say.Word" {
			continue
		}
		key := constant.StringVal(c.Val())
		if slices.Contains(keys, key) {
			t.Errorf("the word %s has the key of another one, %s", name, key)
		}
		keys = append(keys, key)
		const button = 75 // characters: what Slack takes, the stricter platform
		if text := Word(key).String(); strings.HasPrefix(name, "Button") && len([]rune(text)) > button {
			t.Errorf("%s is too long for a button: %q", name, text)
		}
	}
	differ(t, "word", keys, slices.Collect(maps.Keys(texts(t, wordsYAML))))
}

func TestWordingIsCalmAndTidy(t *testing.T) {
	for name, text := range texts(t, linesYAML) {
		tidy(t, name, text)
	}
	for name, text := range texts(t, wordsYAML) {
		tidy(t, name, text)
		if Unmarked(text) != text {
			t.Errorf("%s is a word, which is not marked up: %q", name, text)
		}
	}
}

func tidy(t *testing.T, name, text string) {
	t.Helper()
	if strings.TrimSpace(text) == "" {
		t.Errorf("%s is empty", name)
	}
	if strings.Contains(text, "!!") || strings.Count(text, "!") > 2 {
		t.Errorf("%s shouts", name)
	}
	if strings.Contains(text, "\t") {
		t.Errorf("%s has a tab", name)
	}
}

// TestTemplatesNameExistingFields follows every branch of every template,
// whether or not some value would take it.
func TestTemplatesNameExistingFields(t *testing.T) {
	b := wording(t)
	for name, typ := range lineTypes(t) {
		if tmpl := b.lines.Lookup(name); tmpl != nil {
			w := walker{templates: b.lines, active: map[string]bool{}}
			w.template(name, typ)
			for _, problem := range w.problems {
				t.Errorf("%s: %s", name, problem)
			}
		}
	}
}

func TestWalkerSeesSlips(t *testing.T) {
	lines := lineTypes(t)
	for source, slips := range map[string]int{
		`{{.ID}}{{len .ID}}{{$x := .ID}}{{$x}}{{$.ID}}`:                        0,
		`{{if eq .ID "x"}}{{.Typo}}{{else}}{{.Other}}{{end}}`:                  2,
		`{{with .ID}}{{.ID}}{{end}}{{with .ID}}{{$.ID}}{{end}}`:                1,
		`{{range $i, $c := .ID}}{{$i}}{{.ID}}{{end}}`:                          1,
		`{{list .Items | printf "%s %s" (plural .N "a" "b")}}`:                 2,
		`{{$x := .ID}}{{$x.Field}}{{(.Typo).More}}`:                            2,
		`{{define "part"}}{{.Typo}}{{end}}{{template "part" .}}`:               1,
		`{{template "missing" .}}`:                                             1,
		`{{define "loop"}}{{template "loop" .}}{{end}}{{template "loop" .ID}}`: 0,
	} {
		tmpl, err := template.New("Oops").Funcs(functions).Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		w := walker{templates: tmpl, active: map[string]bool{}}
		w.template("Oops", lines["Oops"])
		if len(w.problems) != slips {
			t.Errorf("%s: %d slips found, want %d: %q", source, len(w.problems), slips, w.problems)
		}
	}
}

// TestTemplatesExecute renders every line with all fields zero and with all of
// them filled.
func TestTemplatesExecute(t *testing.T) {
	b := wording(t)
	for name, typ := range lineTypes(t) {
		for _, filled := range []bool{false, true} {
			value := reflect.New(runtimeType(t, typ)).Elem()
			if filled {
				fill(value, 3)
			}
			var out strings.Builder
			if err := b.lines.ExecuteTemplate(&out, name, value.Interface()); err != nil {
				t.Errorf("%s (filled: %t): %v", name, filled, err)
				continue
			}
			if !filled {
				continue
			}
			if strings.TrimSpace(out.String()) == "" {
				t.Errorf("%s says nothing", name)
			}
			if stray := Stray(out.String()); stray != "" {
				t.Errorf("%s has a stray mark at %q", name, stray)
			}
		}
	}
}

// runtimeType builds the type that a line or a field of one has when the program
// runs. Unnamed copies stand in for the structs of lines.go.
func runtimeType(t *testing.T, typ types.Type) reflect.Type {
	t.Helper()
	switch typ.String() {
	case "say.Literal":
		return reflect.TypeFor[Literal]()
	case "say.Word":
		return reflect.TypeFor[Word]()
	case "time.Time":
		return reflect.TypeFor[time.Time]()
	case "time.Duration":
		return reflect.TypeFor[time.Duration]()
	}
	switch u := typ.Underlying().(type) {
	case *types.Basic:
		if r, ok := basic[u.Kind()]; ok {
			return r
		}
	case *types.Slice:
		return reflect.SliceOf(runtimeType(t, u.Elem()))
	case *types.Pointer:
		return reflect.PointerTo(runtimeType(t, u.Elem()))
	case *types.Map:
		return reflect.MapOf(runtimeType(t, u.Key()), runtimeType(t, u.Elem()))
	case *types.Struct:
		fields := make([]reflect.StructField, u.NumFields())
		for i := range fields {
			f := u.Field(i)
			fields[i] = reflect.StructField{Name: f.Name(), Type: runtimeType(t, f.Type()), Anonymous: f.Embedded()}
		}
		return reflect.StructOf(fields)
	}
	t.Fatalf("a line has a field of type %s, which a line should not need", typ)
	return nil
}

var basic = map[types.BasicKind]reflect.Type{
	types.Bool:    reflect.TypeFor[bool](),
	types.Int:     reflect.TypeFor[int](),
	types.Int64:   reflect.TypeFor[int64](),
	types.Float64: reflect.TypeFor[float64](),
	types.String:  reflect.TypeFor[string](),
}

// fill sets everything in v, lists to two items; n says how deep to go.
func fill(v reflect.Value, n int) {
	switch {
	case n == 0:
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(2)
	case v.CanFloat():
		v.SetFloat(1.5)
	case v.Kind() == reflect.String:
		v.SetString("word")
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n-1)
		fill(v.Index(1), n-1)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n-1)
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n-1)
		fill(value, n-1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if fill(v.Field(i), n); v.Type().Field(i).Name == "URL" {
				v.Field(i).SetString("https://example.org/")
			}
		}
	}
}

// walker follows a template and notes fields that the types it meets do not
// have. A nil type is one it cannot know, which it lets pass.
type walker struct {
	templates *template.Template
	active    map[string]bool // templates being walked
	problems  []string
}

// vars are the variables in scope, by name with the dollar sign.
type vars map[string]types.Type

func (w *walker) note(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

func (w *walker) template(name string, dot types.Type) {
	tmpl := w.templates.Lookup(name)
	if tmpl == nil || tmpl.Tree == nil {
		w.note("there is no template %q", name)
		return
	}
	if w.active[name] {
		return
	}
	w.active[name] = true
	defer delete(w.active, name)
	w.node(tmpl.Root, dot, vars{"$": dot})
}

func (w *walker) node(n tree.Node, dot types.Type, scope vars) {
	switch n := n.(type) {
	case *tree.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			w.node(child, dot, scope)
		}
	case *tree.ActionNode:
		w.pipe(n.Pipe, dot, scope)
	case *tree.IfNode:
		w.branches(n.BranchNode, dot, scope, func(inner vars) types.Type {
			w.pipe(n.Pipe, dot, inner)
			return dot
		})
	case *tree.WithNode:
		w.branches(n.BranchNode, dot, scope, func(inner vars) types.Type { return w.pipe(n.Pipe, dot, inner) })
	case *tree.RangeNode:
		w.branches(n.BranchNode, dot, scope, func(inner vars) types.Type {
			key, elem := items(w.pipe(n.Pipe, dot, inner))
			switch d := n.Pipe.Decl; len(d) {
			case 1:
				inner[d[0].Ident[0]] = elem
			case 2:
				inner[d[0].Ident[0]], inner[d[1].Ident[0]] = key, elem
			}
			return elem
		})
	case *tree.TemplateNode:
		w.template(n.Name, w.pipe(n.Pipe, dot, scope))
	}
}

// branches walks both branches of a node; enter gives the dot of the first.
func (w *walker) branches(n tree.BranchNode, dot types.Type, scope vars, enter func(vars) types.Type) {
	inner := maps.Clone(scope)
	first := enter(inner)
	w.node(n.List, first, maps.Clone(inner))
	w.node(n.ElseList, dot, inner)
}

// items returns what ranging over a type yields.
func items(t types.Type) (key, elem types.Type) {
	if t == nil {
		return nil, nil
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return types.Typ[types.Int], u.Elem()
	case *types.Array:
		return types.Typ[types.Int], u.Elem()
	case *types.Map:
		return u.Key(), u.Elem()
	case *types.Basic:
		return types.Typ[types.Int], types.Typ[types.Int]
	}
	return nil, nil
}

// pipe walks a pipeline and returns the type of its value.
func (w *walker) pipe(p *tree.PipeNode, dot types.Type, scope vars) (result types.Type) {
	if p == nil {
		return nil
	}
	for _, c := range p.Cmds {
		result = w.arg(c.Args[0], dot, scope)
		for _, a := range c.Args[1:] {
			w.arg(a, dot, scope)
		}
	}
	for _, v := range p.Decl {
		scope[v.Ident[0]] = result
	}
	return result
}

// arg walks an operand and returns its type.
func (w *walker) arg(n tree.Node, dot types.Type, scope vars) types.Type {
	switch n := n.(type) {
	case *tree.DotNode:
		return dot
	case *tree.FieldNode:
		return w.fields(dot, n.Ident)
	case *tree.VariableNode:
		return w.fields(scope[n.Ident[0]], n.Ident[1:])
	case *tree.ChainNode:
		return w.fields(w.arg(n.Node, dot, scope), n.Field)
	case *tree.PipeNode:
		return w.pipe(n, dot, scope)
	case *tree.StringNode:
		return types.Typ[types.String]
	}
	return nil
}

// fields follows a chain of fields and methods.
func (w *walker) fields(t types.Type, names []string) types.Type {
	for _, name := range names {
		if t == nil {
			return nil
		}
		found, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		switch f := found.(type) {
		case nil:
			w.note("%s has no field %s", t, name)
			return nil
		case *types.Func:
			t = f.Signature().Results().At(0).Type()
		default:
			t = f.Type()
		}
	}
	return t
}
