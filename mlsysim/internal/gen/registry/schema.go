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

	"github.com/mlsysim/golab/mlsysim/internal/datafile"
)

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
func (p *goPackage) fields(name string) ([]datafile.Field, error) {
	st, ok := p.types[name].(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("type %s: want a struct", name)
	}
	var out []datafile.Field
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
func (p *goPackage) field(name string, f *ast.Field) (datafile.Field, error) {
	made := datafile.Field{Name: name}
	if f.Tag != nil {
		made.Bounds = readBounds(f.Tag.Value)
	}
	switch t := f.Type.(type) {
	case *ast.SelectorExpr:
		made.Type = t.Sel.Name
		if !datafile.IsUnit(made.Type) {
			return made, fmt.Errorf("field %s: type %s is not a known unit", name, made.Type)
		}
		return made, nil
	case *ast.Ident:
		if s, ok := datafile.Basic(t.Name); ok {
			made.Shape = s
			return made, nil
		}
		return p.local(made, t.Name)
	default:
		return made, fmt.Errorf("field %s: type cannot be in a registry", name)
	}
}

// local completes a field whose type is an enum or a struct of the package.
func (p *goPackage) local(made datafile.Field, typ string) (datafile.Field, error) {
	made.Type = typ
	if consts := p.consts[typ]; len(consts) > 0 {
		made.Shape, made.Consts = datafile.Enum, consts
		for _, c := range consts {
			made.Names = append(made.Names, word(typ, c))
		}
		return made, nil
	}
	made.Shape = datafile.Nested
	var err error
	made.Fields, err = p.fields(typ)
	return made, err
}

// word is what a file writes for a constant of an enum: its name without that of
// the type, which some constants carry so as not to take the name of an entry.
func word(typ, constant string) string { return strings.ToLower(strings.TrimPrefix(constant, typ)) }

func readBounds(literal string) datafile.Bounds {
	raw, err := strconv.Unquote(literal)
	if err != nil {
		return datafile.Bounds{}
	}
	return datafile.ReadBounds(reflect.StructTag(raw))
}
