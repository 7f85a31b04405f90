package datafile

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A pair is one key of a mapping with its value.
type pair struct {
	key   string
	at    ast.Node // the key
	value ast.Node
}

// A file is one registry file; its errors carry file, line and column.
type file struct{ name string }

// A Mistake is one thing wrong in a file.
type Mistake struct {
	File         string
	Line, Column int
	Text         string
}

// Error prints file:line:column: text.
func (m *Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text)
}

// errorf reports a mistake at a node.
func (f file) errorf(at ast.Node, format string, args ...any) error {
	m := &Mistake{f.name, 1, 1, fmt.Sprintf(format, args...)}
	if at != nil && at.GetToken() != nil {
		m.Line, m.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
	}
	return m
}

// parse returns the pairs of the mapping that the file consists of.
func (f file) parse(data []byte) ([]pair, error) {
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		var e yaml.Error
		if errors.As(err, &e) && e.GetToken() != nil {
			p := e.GetToken().Position
			return nil, &Mistake{f.name, p.Line, p.Column, e.GetMessage()}
		}
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, f.errorf(nil, "want one YAML document with a mapping")
	}
	return f.pairs(tree.Docs[0].Body, "file")
}

// pairs returns the keys and values of a mapping in order. Anchors, aliases and
// merge keys are refused: an entry must say all that it says in one place.
func (f file) pairs(n ast.Node, what string) ([]pair, error) {
	m, ok := n.(ast.MapNode)
	if !ok {
		return nil, f.errorf(n, "%s: want a mapping", what)
	}
	var out []pair
	for it := m.MapRange(); it.Next(); {
		key, ok := it.Key().(ast.ScalarNode)
		if !ok {
			return nil, f.errorf(it.Key(), "%s: want a plain key", what)
		}
		out = append(out, pair{key.GetToken().Value, key, it.Value()})
	}
	return out, nil
}

// scalar returns the text of a scalar as the file writes it.
func (f file) scalar(p pair) (string, error) {
	switch n := p.value.(type) {
	case *ast.NullNode:
		return "", f.errorf(p.at, "%s: has no value", p.key)
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "", f.errorf(p.value, "%s: want plain text, without anchors, aliases and tags", p.key)
	case *ast.LiteralNode:
		return "", f.errorf(n, "%s: want one line", p.key)
	case ast.ScalarNode:
		if text := n.GetToken().Value; text != "" {
			return text, nil
		}
		return "", f.errorf(n, "%s: is empty", p.key)
	default:
		return "", f.errorf(p.value, "%s: want plain text", p.key)
	}
}

// list returns the texts of a sequence, each as the key of a pair.
func (f file) list(p pair) ([]pair, error) {
	seq, ok := p.value.(*ast.SequenceNode)
	if !ok {
		return nil, f.errorf(p.value, "%s: want a list", p.key)
	}
	var out []pair
	for _, v := range seq.Values {
		text, err := f.scalar(pair{p.key, p.at, v})
		if err != nil {
			return nil, err
		}
		out = append(out, pair{key: text, at: v})
	}
	return out, nil
}
