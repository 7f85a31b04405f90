package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// A shape is what the values of one type look like.
type shape uint8

const (
	quantity shape = iota // a type of package units
	whole
	plain // float64 without a unit
	boolean
	text
	enum
	nested
)

// A field is one field of a registry struct.
type field struct {
	Name   string
	Shape  shape
	Type   string   // name of the units, enum or struct type
	Consts []string // constants of an enum
	Fields []field  // fields of a nested struct
	bounds bounds
}

// numeric reports whether the field holds a number, which needs a source.
func (f field) numeric() bool { return f.Shape <= plain }

// word is what a file writes for a constant of an enum: its name without that of
// the type, which some constants carry so as not to take the name of an entry.
func (f field) word(constant string) string { return strings.TrimPrefix(constant, f.Type) }

// words lists what a file can write.
func (f field) words() []string {
	var out []string
	for _, c := range f.Consts {
		out = append(out, strings.ToLower(f.word(c)))
	}
	return out
}

// bounds is the range that the tags of a field declare.
type bounds struct{ min, max *float64 }

// refuse returns the wanted range if v is outside it, else "".
func (b bounds) refuse(v float64) string {
	switch {
	case b.min != nil && v < *b.min:
		return fmt.Sprintf("at least %g", *b.min)
	case b.max != nil && v > *b.max:
		return fmt.Sprintf("at most %g", *b.max)
	default:
		return ""
	}
}

// A goPackage is the syntax of the files people wrote in a registry package.
// It is read as syntax, not by import, because a package compiles only after
// its registry is generated.
type goPackage struct {
	types  map[string]ast.Expr
	consts map[string][]string // enum type -> constants in order
}

func readPackage(dir string) (*goPackage, error) {
	p := &goPackage{types: map[string]ast.Expr{}, consts: map[string][]string{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "zz_") || strings.HasSuffix(base, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				p.add(g)
			}
		}
	}
	if len(p.types) == 0 {
		return nil, fmt.Errorf("%s: %w: no Go types", dir, fs.ErrNotExist)
	}
	return p, nil
}

// add records the types and the typed constants of one declaration.
func (p *goPackage) add(g *ast.GenDecl) {
	enumType := ""
	for _, spec := range g.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			p.types[s.Name.Name] = s.Type
		case *ast.ValueSpec:
			if g.Tok != token.CONST {
				continue
			}
			if id, ok := s.Type.(*ast.Ident); ok {
				enumType = id.Name
			}
			if enumType != "" && s.Names[0].IsExported() {
				p.consts[enumType] = append(p.consts[enumType], s.Names[0].Name)
			}
		}
	}
}

// fields lists the fields of a struct type of the package.
func (p *goPackage) fields(name string) ([]field, error) {
	st, ok := p.types[name].(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("type %s: want a struct", name)
	}
	var out []field
	for _, f := range st.Fields.List {
		for _, id := range f.Names {
			made, err := p.field(id.Name, f)
			if err != nil {
				return nil, fmt.Errorf("type %s: %w", name, err)
			}
			out = append(out, made)
		}
	}
	return out, nil
}

// field reads what one field holds.
func (p *goPackage) field(name string, f *ast.Field) (field, error) {
	made := field{Name: name}
	if f.Tag != nil {
		made.bounds = readBounds(f.Tag.Value)
	}
	switch t := f.Type.(type) {
	case *ast.SelectorExpr:
		made.Type = t.Sel.Name
		if _, ok := quantities[made.Type]; !ok {
			return made, fmt.Errorf("field %s: type %s is not a known unit", name, made.Type)
		}
		return made, nil
	case *ast.Ident:
		basic := map[string]shape{"int": whole, "float64": plain, "bool": boolean, "string": text}
		if s, ok := basic[t.Name]; ok {
			made.Shape = s
			return made, nil
		}
		return p.local(made, t.Name)
	default:
		return made, fmt.Errorf("field %s: type cannot be in a registry", name)
	}
}

// local completes a field whose type is an enum or a struct of the package.
func (p *goPackage) local(made field, typ string) (field, error) {
	made.Type = typ
	if consts := p.consts[typ]; len(consts) > 0 {
		made.Shape, made.Consts = enum, consts
		return made, nil
	}
	made.Shape = nested
	var err error
	made.Fields, err = p.fields(typ)
	return made, err
}

func readBounds(literal string) bounds {
	var b bounds
	raw, err := strconv.Unquote(literal)
	if err != nil {
		return b
	}
	read := func(key string) *float64 {
		v, err := strconv.ParseFloat(reflect.StructTag(raw).Get(key), 64)
		if err != nil {
			return nil
		}
		return &v
	}
	return bounds{min: read("min"), max: read("max")}
}

// lookup finds the field that a lower-case key such as kv_heads names.
func lookup(fields []field, key string) (field, bool) {
	for _, f := range fields {
		if key == strings.ToLower(key) && nearest.Fold(f.Name) == nearest.Fold(key) {
			return f, true
		}
	}
	return field{}, false
}
