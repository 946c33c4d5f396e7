package content

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"studycoach/content/say"
)

// node is a value in a YAML file and where it stands. Its methods read the value
// as what the layout wants there; they report what is wrong and return the zero
// value then, so that one reading finds every problem. The node of a missing
// value, reported already, reads as zero without a further report.
type node struct {
	problems *Problems
	file     string
	line     int
	column   int
	name     string   // what reports call it: its key, or its place in a list
	want     string   // what to write there
	value    ast.Node // nil when missing
	form     *form    // set while Schema goes through the layout without any file
}

// report notes a problem at the node.
func (n node) report(instead, what string, args ...any) {
	*n.problems = append(*n.problems, Problem{n.file, n.line, n.column, fmt.Sprintf(what, args...), instead})
}

// at returns the node of another value in the same file.
func (n node) at(value ast.Node, name, want string) node {
	n.value, n.name, n.want = value, name, want
	tk := value.GetToken()
	if m, ok := value.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		tk = m.Values[0].Key.GetToken() // its own is the first colon
	}
	n.moveTo(tk)
	return n
}

// moveTo makes a token's place the node's, if it has one.
func (n *node) moveTo(tk *token.Token) {
	if tk != nil && tk.Position != nil {
		n.line, n.column = max(1, tk.Position.Line), max(1, tk.Position.Column)
	}
}

// mismatch reports a value of the wrong type.
func (n node) mismatch() {
	is := "something else"
	switch n.value.(type) {
	case *ast.NullNode:
		is = "empty"
	case *ast.MappingNode:
		is = "a mapping"
	case *ast.SequenceNode:
		is = "a list"
	case *ast.StringNode, *ast.LiteralNode:
		is = "a text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		is = "a number"
	case *ast.BoolNode:
		is = "true or false"
	}
	n.report("write "+n.want, "%s is %s", n.name, is)
}

// maxKeys is how many keys of one mapping are looked at.
const maxKeys = 100

// mapping is a node read as keys and values.
type mapping struct {
	node
	keys   []node // in order, without repeated ones
	values map[string]node
	asked  []string
	wrong  node // what is there instead, if anything is
}

// mapping reads the node as keys and values. The caller gets what it knows and
// then calls done.
func (n node) mapping() *mapping {
	m := &mapping{node: n, values: map[string]node{}}
	n.form.mapping()
	if n.value == nil {
		return m
	}
	value, ok := n.value.(*ast.MappingNode)
	if !ok {
		m.wrong, m.value = n, nil
		return m
	}
	for _, v := range value.Values[:min(len(value.Values), maxKeys)] {
		key := n.at(v.Key, v.Key.GetToken().Value, "")
		if first, ok := m.values[key.name]; ok {
			key.report(fmt.Sprintf("keep this one or that of line %d", first.line), "%s is here twice", key.name)
			continue
		}
		child := n.at(v.Value, key.name, "")
		if _, ok := v.Value.(*ast.NullNode); ok { // which stands nowhere
			child.line, child.column = key.line, key.column
		}
		m.keys = append(m.keys, key)
		m.values[key.name] = child
	}
	return m
}

// get returns the value of a key, which must be there; want says what to write.
func (m *mapping) get(key, want string) node {
	n := m.optional(key, want)
	m.form.require(key)
	if n.value == nil && m.value != nil {
		m.report(fmt.Sprintf("add %s: %s", key, want), "%s has no %s", m.name, key)
	}
	return n
}

// optional returns the value of a key that may be missing.
func (m *mapping) optional(key, want string) node {
	m.asked = append(m.asked, key)
	n, ok := m.values[key]
	if !ok {
		n = m.node
		n.value, n.name = nil, key
	}
	n.want, n.form = want, m.form.property(key, want)
	return n
}

// variant is what a mapping of one kind holds.
type variant struct {
	kind Kind
	read func(*mapping)
}

// kind reads the kind of the mapping, and then what only those of this kind
// hold.
func (m *mapping) kind(variants ...variant) Kind {
	words := make([]string, len(variants))
	for i, v := range variants {
		words[i] = string(v.kind)
	}
	chosen := Kind(m.get("kind", strings.Join(words[:len(words)-1], ", ")+" or "+words[len(words)-1]).oneOf(words...))
	for _, v := range variants {
		switch {
		case m.form != nil:
			v.read(&mapping{node: m.form.variant("kind", v.kind, m.node)})
		case v.kind == chosen:
			v.read(m)
		case chosen == "": // the keys of all kinds are in place
			m.asked = slices.AppendSeq(m.asked, maps.Keys(m.values))
		}
	}
	return chosen
}

// done reports the keys that nobody asked for, or that it is no mapping.
func (m *mapping) done() {
	m.form.close()
	if wrong := m.wrong; wrong.value != nil {
		wrong.want = "its keys and values: " + say.List(m.asked)
		wrong.mismatch()
	}
	for _, key := range m.keys {
		if !slices.Contains(m.asked, key.name) {
			key.report(hint(key.name, m.asked), "%s is unknown here", start(key.name))
		}
	}
}

// list reads the node as a list with a number of items in a range; those beyond
// it are left out.
func (n node) list(least, most int) []node {
	if n.form != nil {
		n.name, n.form = "an item of "+n.name, n.form.list(least, most)
		return []node{n}
	}
	if n.value == nil {
		return nil
	}
	value, ok := n.value.(*ast.SequenceNode)
	if !ok {
		n.want = "a list: " + n.want
		n.mismatch()
		return nil
	}
	if got := len(value.Values); got < least || got > most {
		n.report("write "+count(least, most), "%s has %s", n.name, say.Plural(got, "item", "items"))
	}
	values := value.Values[:min(len(value.Values), most)]
	items := make([]node, len(values))
	for i, v := range values {
		items[i] = n.at(v, fmt.Sprintf("item %d of %s", i+1, n.name), "a text, or remove the item")
	}
	return items
}

// count renders a range.
func count(least, most int) string {
	if least == most {
		return strconv.Itoa(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// text reads the node as a text of at most so many characters.
func (n node) text(most int) string {
	n.form.text(most)
	var s string
	switch v := n.value.(type) {
	case nil:
		return ""
	case *ast.StringNode:
		s = v.Value
	case *ast.LiteralNode:
		s = v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.MappingNode:
		n.want += ", in quotes"
		n.mismatch()
		return ""
	default:
		n.mismatch()
		return ""
	}
	s = strings.TrimSpace(s)
	if s == "" {
		n.report("write "+n.want, "%s is empty", n.name)
	}
	checkText(n, s, most)
	return s
}

// title reads the node as a text of one line without marks.
func (n node) title(most int) string {
	s := n.text(most)
	n.form.match(`^\s*\S[^\n]*\s*$`)
	checkTitle(n, s)
	return s
}

// maxTexts is how many texts are shown together.
const maxTexts = 6

// texts reads the node as a list of texts that are shown together.
func (n node) texts(least int) []string {
	var texts []string
	total := 0
	for _, item := range n.list(least, maxTexts) {
		s := item.text(maxText)
		texts = append(texts, s)
		total += length(s)
	}
	if total > maxText {
		n.report(fmt.Sprintf("keep it to %d, since it is shown as one piece", maxText), "%s has %d characters in all", n.name, total)
	}
	return texts
}

// number reads the node as a whole number in a range.
func (n node) number(least, most int) int {
	n.form.number(least, most)
	if n.value == nil {
		return 0
	}
	if _, ok := n.value.(*ast.IntegerNode); !ok {
		n.mismatch()
		return 0
	}
	digits := n.value.GetToken().Value
	i, err := strconv.Atoi(digits)
	if err != nil || i < least || i > most {
		if least != most {
			n.want += ", " + count(least, most)
		}
		n.report("write "+n.want, "%s is %s", n.name, start(digits))
		return 0
	}
	return i
}

// truth reads the node as true or false.
func (n node) truth() bool {
	n.form.truth()
	if n.value == nil {
		return false
	}
	v, ok := n.value.(*ast.BoolNode)
	if !ok {
		n.mismatch()
		return false
	}
	return v.Value
}

// textOrMapping returns the node as whichever of the two it is, and a missing one
// as the other.
func (n node) textOrMapping() (text, mapping node) {
	text, mapping = n, n
	text.form, mapping.form = n.form.either()
	if _, ok := n.value.(*ast.MappingNode); ok {
		text.value = nil
	} else {
		mapping.value = nil
	}
	return text, mapping
}

// oneOf reads the node as one of some words.
func (n node) oneOf(words ...string) string {
	s := n.text(maxText)
	n.form.oneOf(words)
	for _, w := range words {
		if s == w {
			return s
		}
	}
	if s != "" {
		n.report(hint(s, words), "%s is %q", n.name, start(s))
	}
	return ""
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// id reads the node as an id that is not in taken yet, and notes its place there.
func (n node) id(taken map[string]string) string {
	s := n.text(maxName)
	n.form.match(slug.String())
	switch first, dup := taken[s]; {
	case s == "":
	case !slug.MatchString(s):
		n.report("write lower-case letters, digits and single dashes", "%s is %q", n.name, start(s))
	case dup:
		n.report("choose another; it is taken in "+first, "%s is %q again", n.name, s)
	default:
		taken[s] = fmt.Sprintf("%s:%d", n.file, n.line)
	}
	return s
}

// address reads the node as the address of a page.
func (n node) address() string {
	s := n.title(maxText)
	n.form.match("^https://")
	if u, err := url.Parse(s); s != "" && (err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(s, " <>|")) {
		n.report("write an https address", "%s is %q", n.name, start(s))
	}
	return s
}
