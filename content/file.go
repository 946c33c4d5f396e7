package content

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file. Roadmap files nest six deep; the parser recurses, and takes
// time that grows with the square of the depth.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 16      // brackets in brackets
	maxNest  = 40      // column at which a list item or key may begin outside brackets
)

// open reads a file of the layout up to its outermost value. When it cannot, the
// node is a missing one.
func open(fsys fs.FS, name string, problems *Problems) node {
	n := node{problems: problems, file: name, line: 1, column: 1, name: "the file"}
	data, ok := n.contents(fsys)
	if ok {
		n.value = n.parse(data)
	}
	return n
}

// contents returns what the node's file holds, if that is text.
func (n *node) contents(fsys fs.FS) (data []byte, ok bool) {
	info, err := fs.Lstat(fsys, n.file)
	if err == nil && !info.Mode().IsRegular() {
		n.report("put the file itself here", "this is a %s", kindOf(info.Mode()))
		return nil, false
	}
	if err == nil && info.Size() > maxFile {
		n.report(fmt.Sprintf("split it, or keep it to %d", maxFile), "the file has %d bytes", info.Size())
		return nil, false
	}
	if err == nil {
		data, err = fs.ReadFile(fsys, n.file)
	}
	if errors.Is(err, fs.ErrNotExist) {
		n.report("add it", "there is no such file")
		return nil, false
	}
	if err != nil {
		n.report("make it readable", "the file cannot be read: %v", err)
		return nil, false
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if len(bytes.TrimSpace(data)) == 0 {
		n.report("write it or remove it", "the file is empty")
		return nil, false
	}
	return data, n.plainText(data)
}

// kindOf names a file that is not a regular one.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	default:
		return "special file"
	}
}

// plainText reports the first place where data is not text as an editor should
// save it.
func (n *node) plainText(data []byte) bool {
	here := *n
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			here.report("save it as UTF-8", "byte %#02x is not UTF-8", data[0])
			return false
		case r == '\t' && isYAML(n.file):
			here.report("write spaces", "there is a tab")
			return false
		case r == '\uFEFF':
			here.report("save it without", "there is a byte order mark")
			return false
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			here.report("remove it", "there is the control character %U", r)
			return false
		case r == '\n':
			here.line, here.column = here.line+1, 1
		default:
			here.column++
		}
		data = data[size:]
	}
	return true
}

// parse returns the one YAML value in data, or nil.
func (n *node) parse(data []byte) (value ast.Node) {
	const quote = "quote a text that holds a colon or a # after a space, or begins with one of * & ! @ ` % [ {"
	defer func() {
		if recover() != nil { // the parser is not ours, and the file may be anyone's
			n.report(quote, "the file is not YAML")
			value = nil
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if tk := reference(tokens); tk != nil {
		n.moveTo(tk)
		n.report("write the value itself, in quotes if it begins with * & or !", "this is an anchor, alias or tag of YAML")
		return nil
	}
	if tk := tooDeep(tokens); tk != nil {
		n.moveTo(tk)
		n.report("indent by two, and write no lists in lists", "the file nests too deep")
		return nil
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // mapping reports those with a place each
	if err != nil {
		what := err.Error()
		if y := yaml.Error(nil); errors.As(err, &y) {
			what = y.GetMessage()
			n.moveTo(y.GetToken())
		}
		n.report(quote, "this is not YAML: %s", what)
		return nil
	}
	if len(parsed.Docs) > 1 {
		n.moveTo(parsed.Docs[1].Start)
		n.report("write one document without --- and %", "the file holds several YAML documents")
		return nil
	}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil {
		n.report("write it or remove it", "the file holds only comments")
		return nil
	}
	return parsed.Docs[0].Body
}

// reference returns the first token that stands for something other than itself,
// of which the layout needs none.
func reference(tokens token.Tokens) *token.Token {
	for _, tk := range tokens {
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return tk
		}
	}
	return nil
}

// tooDeep returns the first token that nests deeper than any file of the layout.
func tooDeep(tokens token.Tokens) *token.Token {
	depth := 0
	for _, tk := range tokens {
		begins := tk
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth = max(0, depth-1)
			continue
		case token.MappingValueType:
			if tk.Prev != nil {
				begins = tk.Prev // the key
			}
		case token.SequenceEntryType, token.MappingKeyType:
		default:
			continue
		}
		if depth > maxDepth || depth == 0 && begins.Position.Column > maxNest {
			return tk
		}
	}
	return nil
}
