package main

import (
	"fmt"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A value is one field of an entry as Go writes it and as people read it.
type value struct {
	Field, Literal, Shown string
	Outer                 string // Go type of the nested struct that has the field
}

// A fact says where one number comes from.
type fact struct{ Field, Text, Document, Confidence, Note string }

// confidences are the levels of package source, in order.
var confidences = []string{"low", "medium", "high"}

// An entry is one checked registry entry.
type entry struct {
	Path, Key, Var string
	Aliases        []string
	Values         []value
	Facts          []fact
	target         *target
}

// shown returns the printed value of a field, or "" if the entry lacks it.
func (e *entry) shown(name string) string {
	for _, v := range e.Values {
		if v.Field == name {
			return v.Shown
		}
	}
	return ""
}

// About is the line that documents the variable.
func (e *entry) About() string {
	about := e.target.about(e)
	if strings.HasSuffix(about, ".") {
		return about
	}
	return about + "."
}

// A registryReader turns the files of one registry into entries.
type registryReader struct {
	kind    kind
	docs    map[string]bool
	fields  map[string][]field // by Go type
	names   map[string]string  // folded name -> path of the entry that has it
	entries []*entry
}

// readKind reads all files of a registry under root, which is the folder that
// holds the registry packages.
func readKind(root string, k kind, docs []document) ([]*entry, error) {
	pkg, err := readPackage(filepath.Join(root, k.name))
	if err != nil {
		return nil, err
	}
	r := &registryReader{kind: k, docs: map[string]bool{}, fields: map[string][]field{}, names: map[string]string{}}
	for _, d := range docs {
		r.docs[d.ID] = true
	}
	for _, t := range k.slices {
		if r.fields[t.Type], err = pkg.fields(t.Type); err != nil {
			return nil, fmt.Errorf("package %s: %w", k.name, err)
		}
	}
	paths, err := filepath.Glob(filepath.Join(root, k.name, "data", "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := r.file(filepath.ToSlash(filepath.Join(k.name, "data", filepath.Base(path))), data); err != nil {
			return nil, err
		}
	}
	return r.entries, nil
}

// file reads the groups of one file.
func (r *registryReader) file(name string, data []byte) error {
	f := file{name}
	groups, err := f.parse(data)
	if err != nil {
		return err
	}
	for _, g := range groups {
		t, ok := r.kind.groups[g.key]
		if !ok {
			return f.errorf(g.at, "group %s: want one of %s", g.key, strings.Join(sortedKeys(r.kind.groups), ", "))
		}
		entries, err := f.pairs(g.value, g.key)
		if err != nil {
			return err
		}
		for _, p := range entries {
			if err := r.entry(f, g.key, t, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry reads and checks one entry.
func (r *registryReader) entry(f file, group string, t *target, p pair) error {
	e := &entry{Path: r.kind.name + "." + group + "." + p.key, Key: p.key, Var: exported(p.key), target: t}
	if !token.IsIdentifier(e.Var) {
		return f.errorf(p.at, "%s: key %q cannot be a Go name", e.Path, p.key)
	}
	if err := r.claim(f, p.at, e, p.key); err != nil {
		return err
	}
	rest, err := r.aliases(f, e, p)
	if err != nil {
		return err
	}
	if err := r.read(f, e, field{Fields: r.fields[t.Type]}, rest); err != nil {
		return err
	}
	name := e.shown("Name")
	if name == "" {
		return f.errorf(p.at, "%s: has no name", e.Path)
	}
	if r.names[nearest.Fold(name)] != e.Path { // the printed name must read back
		if err := r.claim(f, p.at, e, name); err != nil {
			return err
		}
		e.Aliases = append(e.Aliases, name)
	}
	slices.SortFunc(e.Facts, func(a, b fact) int { return strings.Compare(a.Field, b.Field) })
	r.entries = append(r.entries, e)
	return nil
}

// aliases takes the alias list out of an entry and returns the other pairs.
func (r *registryReader) aliases(f file, e *entry, p pair) ([]pair, error) {
	all, err := f.pairs(p.value, e.Path)
	if err != nil {
		return nil, err
	}
	var rest []pair
	for _, q := range all {
		if q.key != "aliases" {
			rest = append(rest, q)
			continue
		}
		aliases, err := f.list(q)
		if err != nil {
			return nil, err
		}
		for _, alias := range aliases {
			if err := r.claim(f, alias.at, e, alias.key); err != nil {
				return nil, err
			}
			e.Aliases = append(e.Aliases, alias.key)
		}
	}
	return rest, nil
}

// claim makes a name belong to an entry, or says who has it already.
func (r *registryReader) claim(f file, at ast.Node, e *entry, name string) error {
	folded := nearest.Fold(name)
	if folded == "" {
		return f.errorf(at, "%s: name %q has no letter or digit", e.Path, name)
	}
	if owner, taken := r.names[folded]; taken {
		return f.errorf(at, "%s: name %q is already a name of %s", e.Path, name, owner)
	}
	r.names[folded] = e.Path
	return nil
}

// read fills the fields of an entry, or of a struct nested in it.
func (r *registryReader) read(f file, e *entry, outer field, pairs []pair) error {
	for _, p := range pairs {
		fd, ok := lookup(outer.Fields, p.key)
		if !ok {
			return f.errorf(p.at, "%s: unknown field %q: %s", e.Path, p.key, nearest.Hint(p.key, keys(outer.Fields)))
		}
		var err error
		switch {
		case fd.Shape == nested:
			var inner []pair
			if inner, err = f.pairs(p.value, p.key); err == nil {
				err = r.read(f, e, fd, inner)
			}
		case fd.numeric():
			err = r.number(f, e, outer, fd, p)
		default:
			err = r.word(f, e, outer, fd, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// value starts the value of a field inside f, which is the entry itself or a
// nested struct.
func (f field) value(inner field) value {
	if f.Name == "" {
		return value{Field: inner.Name}
	}
	return value{Field: f.Name + "." + inner.Name, Outer: f.Type}
}

// word reads a field that is not a number and needs no source.
func (r *registryReader) word(f file, e *entry, outer, fd field, p pair) error {
	text, err := f.scalar(p)
	if err != nil {
		return err
	}
	v := outer.value(fd)
	v.Shown = text
	switch fd.Shape {
	case boolean:
		if text != "true" && text != "false" {
			return f.errorf(p.value, "%s: %s = %s: want true or false", e.Path, p.key, text)
		}
		v.Literal = text
	case enum:
		i := slices.IndexFunc(fd.Consts, func(c string) bool { return nearest.Fold(fd.word(c)) == nearest.Fold(text) })
		if i < 0 {
			return f.errorf(p.value, "%s: %s = %s: want one of %s", e.Path, p.key, text, strings.Join(fd.words(), ", "))
		}
		v.Literal = fd.Consts[i]
	default:
		v.Literal = strconv.Quote(text)
	}
	e.Values = append(e.Values, v)
	return nil
}

// number reads a field that is a number with its source.
func (r *registryReader) number(f file, e *entry, outer, fd field, p pair) error {
	made, at, err := r.fact(f, e, p)
	if err != nil {
		return err
	}
	v := outer.value(fd)
	number, shown, err := fd.number(made.Text)
	if err != nil {
		return f.errorf(at, "%s: %s: %v", e.Path, p.key, err)
	}
	if want := fd.bounds.refuse(number); want != "" {
		return f.errorf(at, "%s: %s = %s: want %s", e.Path, p.key, made.Text, want)
	}
	if slices.Contains([]string{"USD", "USDRate", "EnergyPrice"}, fd.Type) && !year.MatchString(made.Note) {
		return f.errorf(at, "%s: %s: a price needs a note with its year", e.Path, p.key)
	}
	v.Literal, v.Shown = strconv.FormatFloat(number, 'g', -1, 64), shown
	made.Field = v.Field
	e.Values, e.Facts = append(e.Values, v), append(e.Facts, made)
	return nil
}

var year = regexp.MustCompile(`\b(19|20)\d\d\b`)

// fact reads the mapping of a number and returns the node of its value.
func (r *registryReader) fact(f file, e *entry, p pair) (fact, ast.Node, error) {
	var made fact
	parts, err := f.pairs(p.value, e.Path+": "+p.key)
	if err != nil {
		return made, nil, err
	}
	seen := map[string]ast.Node{}
	for _, q := range parts {
		into := map[string]*string{"value": &made.Text, "source": &made.Document, "confidence": &made.Confidence, "note": &made.Note}[q.key]
		if into == nil {
			return made, nil, f.errorf(q.at, "%s: %s: unknown key %q: want value, source, confidence and note", e.Path, p.key, q.key)
		}
		if *into, err = f.scalar(q); err != nil {
			return made, nil, err
		}
		seen[q.key] = q.value
	}
	for _, key := range []string{"value", "source", "confidence"} {
		if seen[key] == nil {
			return made, nil, f.errorf(p.at, "%s: %s: has no %s", e.Path, p.key, key)
		}
	}
	return made, seen["value"], r.trust(f, e, p, made, seen)
}

// trust checks the source and the confidence of a number.
func (r *registryReader) trust(f file, e *entry, p pair, made fact, at map[string]ast.Node) error {
	switch {
	case !slices.Contains(confidences, made.Confidence):
		return f.errorf(at["confidence"], "%s: %s: confidence = %s: want low, medium or high", e.Path, p.key, made.Confidence)
	case !r.docs[made.Document]:
		return f.errorf(at["source"], "%s: %s: no document %q in source/data/documents.yaml", e.Path, p.key, made.Document)
	case made.Confidence == "low" && made.Note == "":
		return f.errorf(p.at, "%s: %s: low confidence needs a note that says why", e.Path, p.key)
	default:
		return nil
	}
}

// number parses text as the field's type, which decides the units.
func (f field) number(text string) (float64, string, error) {
	switch f.Shape {
	case quantity:
		return quantities[f.Type](text)
	case whole:
		n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 52)
		if err != nil {
			return 0, "", fmt.Errorf("%q: want a whole number", text)
		}
		return float64(n), strconv.FormatInt(n, 10), nil
	default:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, "", fmt.Errorf("%q: want a plain number", text)
		}
		return v, units.Number(v), nil
	}
}

// exported returns the key as the name of a Go variable.
func exported(key string) string {
	first := []rune(key)
	first[0] = unicode.ToUpper(first[0])
	return string(first)
}

// keys lists what the fields are called in a file.
func keys(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, strings.ToLower(f.Name))
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
