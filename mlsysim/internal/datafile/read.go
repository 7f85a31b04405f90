// Package datafile reads the files of the registries: entries whose numbers
// carry a value with its unit, a source, a confidence and, where needed, a note.
// The generator reads the files of this repository with it and package zoo
// those of a user. It is strict: a misspelt key, a number without a source or
// with a wrong unit, a document nobody listed or a name used twice is a mistake
// with file, line and column, and all mistakes of a file come at once. It leaves
// out judgement of the numbers; the tests of the registries hold the physics.
//
//	r := datafile.NewReader("hardware", types, documents)
//	err := r.File("data/cloud.yaml", text) // all mistakes, joined
package datafile

import (
	"cmp"
	"errors"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// A Value is one field of an entry as Go writes it and as people read it.
type Value struct {
	Field, Literal, Shown string
	Outer                 string  // Go type of the nested struct that has the field
	Number                float64 // of a numeric field in SI, or the index of an enum
}

// A Fact says where one number comes from.
type Fact struct{ Field, Text, Document, Confidence, Note string }

// confidences are the levels of package source, in order.
var confidences = []string{"low", "medium", "high"}

// A Type is the Go struct that the entries of a group become.
type Type struct {
	Name   string // Device
	Fields []Field
}

// An Entry is one checked registry entry.
type Entry struct {
	Path, Key, Var string
	Aliases        []string
	Renamed        []string // names that older versions had for it
	Note           string
	Values         []Value
	Facts          []Fact
	Type           *Type
}

// Shown returns the printed value of a field, or "" if the entry lacks it.
func (e *Entry) Shown(name string) string {
	for _, v := range e.Values {
		if v.Field == name {
			return v.Shown
		}
	}
	return ""
}

// Written returns the value of a field as the file writes it, or "".
func (e *Entry) Written(name string) string {
	for _, f := range e.Facts {
		if f.Field == name {
			return f.Text
		}
	}
	return ""
}

// A Reader turns the files of one registry into entries.
type Reader struct {
	Entries []*Entry

	kind   string
	groups map[string]*Type // top-level keys of the files
	docs   map[string]bool
	names  map[string]string // folded name -> path of the entry that has it
	own    *[]Document       // where the documents of a user's file go
	errs   []error
}

// NewReader returns a reader of the files of a registry whose groups become
// these types and whose numbers may name these documents.
func NewReader(kind string, groups map[string]*Type, docs []Document) *Reader {
	r := &Reader{kind: kind, groups: groups, docs: map[string]bool{}, names: map[string]string{}}
	for _, d := range docs {
		r.docs[d.ID] = true
	}
	return r
}

// OwnDocuments lets the files list documents of their own under the top-level
// key documents; they are appended to into.
func (r *Reader) OwnDocuments(into *[]Document) { r.own = into }

// Reserve marks names that entries elsewhere have.
func (r *Reader) Reserve(path string, names ...string) {
	for _, name := range names {
		r.names[nearest.Fold(name)] = path
	}
}

// fail records a mistake; reading goes on to find the others.
func (r *Reader) fail(err error) { r.errs = append(r.errs, err) }

// failAll records each of the mistakes that err joins.
func (r *Reader) failAll(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		r.errs = append(r.errs, joined.Unwrap()...)
	} else if err != nil {
		r.fail(err)
	}
}

// File reads the groups of one file. The error joins all its mistakes in the
// order of their places.
func (r *Reader) File(name string, data []byte) error {
	f := file{name}
	groups, err := f.parse(data)
	if err != nil {
		return err
	}
	r.errs = nil
	for _, g := range r.ownDocuments(f, groups) {
		t, ok := r.groups[g.key]
		if !ok {
			r.fail(f.errorf(g.at, "group %s: want one of %s", g.key, strings.Join(sortedKeys(r.groups), ", ")))
			continue
		}
		entries, err := f.pairs(g.value, g.key)
		if err != nil {
			r.fail(err)
			continue
		}
		for _, p := range entries {
			r.entry(f, g.key, t, p)
		}
	}
	slices.SortStableFunc(r.errs, func(a, b error) int {
		x, y := position(a), position(b)
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	return errors.Join(r.errs...)
}

func position(err error) Mistake {
	var m *Mistake
	if errors.As(err, &m) {
		return *m
	}
	return Mistake{}
}

// ownDocuments reads the documents of a user's file and returns the other
// top-level pairs.
func (r *Reader) ownDocuments(f file, top []pair) []pair {
	if r.own == nil {
		return top
	}
	var rest []pair
	for _, p := range top {
		if p.key != "documents" {
			rest = append(rest, p)
			continue
		}
		docs, err := f.documents(p)
		r.failAll(err)
		for _, d := range docs {
			if r.docs[d.ID] {
				r.fail(f.errorf(p.at, "documents: %s is a document already", d.ID))
				continue
			}
			r.docs[d.ID] = true
			*r.own = append(*r.own, d)
		}
	}
	return rest
}

// entry reads and checks one entry.
func (r *Reader) entry(f file, group string, t *Type, p pair) {
	e := &Entry{Path: r.kind + "." + group + "." + p.key, Key: p.key, Var: Exported(p.key), Type: t}
	if !token.IsIdentifier(e.Var) {
		r.fail(f.errorf(p.at, "%s: key %q cannot be a Go name", e.Path, p.key))
		return
	}
	if !r.claim(f, p.at, e, p.key) {
		return
	}
	all, err := f.pairs(p.value, e.Path)
	if err != nil {
		r.fail(err)
		return
	}
	r.read(f, e, Field{Fields: t.Fields}, r.about(f, e, all))
	r.product(f, p.at, e, all)
	slices.SortFunc(e.Facts, func(a, b Fact) int { return strings.Compare(a.Field, b.Field) })
	r.Entries = append(r.Entries, e)
}

// product makes the printed name one that reads back.
func (r *Reader) product(f file, at ast.Node, e *Entry, all []pair) {
	name := e.Shown("Name")
	switch {
	case name == "":
		if !slices.ContainsFunc(all, func(p pair) bool { return p.key == "name" }) {
			r.fail(f.errorf(at, "%s: has no name", e.Path))
		}
	case r.names[nearest.Fold(name)] != e.Path && r.claim(f, at, e, name):
		e.Aliases = append(e.Aliases, name)
	}
}

// about takes what is said of the entry itself out of its pairs: aliases,
// former names, a note. It returns the other pairs.
func (r *Reader) about(f file, e *Entry, all []pair) []pair {
	var rest []pair
	for _, q := range all {
		var err error
		switch q.key {
		case "aliases":
			e.Aliases, err = r.claimed(f, e, q)
		case "renamed":
			e.Renamed, err = r.claimed(f, e, q)
		case "note":
			e.Note, err = f.scalar(q)
		default:
			rest = append(rest, q)
		}
		if err != nil {
			r.fail(err)
		}
	}
	return rest
}

// claimed reads a list of names of the entry.
func (r *Reader) claimed(f file, e *Entry, q pair) ([]string, error) {
	names, err := f.list(q)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range names {
		if r.claim(f, name.at, e, name.key) {
			out = append(out, name.key)
		}
	}
	return out, nil
}

// claim makes a name belong to an entry, or says who has it already.
func (r *Reader) claim(f file, at ast.Node, e *Entry, name string) bool {
	folded := nearest.Fold(name)
	if folded == "" {
		r.fail(f.errorf(at, "%s: name %q has no letter or digit", e.Path, name))
		return false
	}
	if owner, taken := r.names[folded]; taken {
		r.fail(f.errorf(at, "%s: name %q is already a name of %s", e.Path, name, owner))
		return false
	}
	r.names[folded] = e.Path
	return true
}

// read fills the fields of an entry, or of a struct nested in it.
func (r *Reader) read(f file, e *Entry, outer Field, pairs []pair) {
	for _, p := range pairs {
		fd, ok := lookup(outer.Fields, p.key)
		if !ok {
			r.fail(f.errorf(p.at, "%s: unknown field %q: %s", e.Path, p.key, nearest.Hint(p.key, keys(outer.Fields))))
			continue
		}
		var err error
		switch {
		case fd.Shape == Nested:
			var inner []pair
			if inner, err = f.pairs(p.value, p.key); err == nil {
				r.read(f, e, fd, inner)
			}
		case fd.numeric():
			err = r.number(f, e, outer, fd, p)
		default:
			err = r.word(f, e, outer, fd, p)
		}
		if err != nil {
			r.fail(err)
		}
	}
}

// value starts the value of a field inside f, which is the entry itself or a
// nested struct.
func (f Field) value(inner Field) Value {
	if f.Name == "" {
		return Value{Field: inner.Name}
	}
	return Value{Field: f.Name + "." + inner.Name, Outer: f.Type}
}

// word reads a field that is not a number and needs no source.
func (r *Reader) word(f file, e *Entry, outer, fd Field, p pair) error {
	text, err := f.scalar(p)
	if err != nil {
		return err
	}
	v := outer.value(fd)
	v.Shown = text
	switch fd.Shape {
	case Boolean:
		if text != "true" && text != "false" {
			return f.errorf(p.value, "%s: %s = %s: want true or false", e.Path, p.key, text)
		}
		v.Literal = text
	case Enum:
		i := slices.IndexFunc(fd.Names, func(c string) bool { return nearest.Fold(c) == nearest.Fold(text) })
		if i < 0 {
			return f.errorf(p.value, "%s: %s = %s: want one of %s", e.Path, p.key, text, strings.Join(fd.Names, ", "))
		}
		v.Number = float64(i)
		if fd.Consts != nil {
			v.Literal = fd.Consts[i]
		}
	default:
		v.Literal = strconv.Quote(text)
	}
	e.Values = append(e.Values, v)
	return nil
}

// Exported returns the key as the name of a Go variable.
func Exported(key string) string {
	first := []rune(key)
	first[0] = unicode.ToUpper(first[0])
	return string(first)
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
