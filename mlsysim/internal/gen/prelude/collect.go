package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

// generator holds the packages to describe and what is reachable from them.
type generator struct {
	roots []*packages.Package
	name  string // package the output belongs to
	std   bool   // lenient: drop what a script cannot use
	drop  []string
	docs  map[token.Pos]string // documentation by position of the name
	types map[*types.TypeName]bool
	pkgs  map[*types.Package]map[*types.TypeName]bool
	known map[string]bool // paths of the roots
}

func newGenerator(roots []*packages.Package, name string, std bool, drop []string) *generator {
	g := &generator{
		roots: roots, name: name, std: std, drop: drop,
		docs: map[token.Pos]string{}, types: map[*types.TypeName]bool{},
		pkgs: map[*types.Package]map[*types.TypeName]bool{}, known: map[string]bool{},
	}
	for _, p := range roots {
		g.known[p.PkgPath] = true
	}
	packages.Visit(roots, nil, func(p *packages.Package) {
		for _, f := range p.Syntax {
			g.readDocs(f)
		}
	})
	return g
}

func (g *generator) readDocs(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			g.docs[n.Name.Pos()] = n.Doc.Text()
			return false
		case *ast.GenDecl:
			for _, s := range n.Specs {
				g.specDocs(n, s)
			}
		case *ast.Field:
			for _, id := range n.Names {
				g.docs[id.Pos()] = n.Doc.Text() + n.Comment.Text()
			}
		}
		return true
	})
}

func (g *generator) specDocs(d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		g.docs[s.Name.Pos()] = s.Doc.Text()
		if s.Doc == nil {
			g.docs[s.Name.Pos()] = d.Doc.Text()
		}
	case *ast.ValueSpec:
		doc := s.Doc.Text() + s.Comment.Text()
		if doc == "" && len(d.Specs) == 1 {
			doc = d.Doc.Text()
		}
		for _, id := range s.Names {
			g.docs[id.Pos()] = doc
		}
	}
}

// collect checks every exported symbol and notes the types it reaches.
func (g *generator) collect() error {
	for _, p := range g.roots {
		g.pkgs[p.Types] = map[*types.TypeName]bool{}
		for _, obj := range g.exported(p.Types) {
			if err := g.usable(obj); err != nil {
				return fmt.Errorf("%s.%s: %w", p.Types.Name(), obj.Name(), err)
			}
			g.reach(obj.Type())
		}
	}
	return nil
}

// exported lists the symbols of p that scripts see, by name.
func (g *generator) exported(p *types.Package) []types.Object {
	var objs []types.Object
	for _, name := range p.Scope().Names() {
		obj := p.Scope().Lookup(name)
		if !obj.Exported() || g.dropped(p.Name()+"."+name) {
			continue
		}
		if g.std && (g.usable(obj) != nil || strings.Contains(g.docs[obj.Pos()], "Deprecated: ")) {
			continue
		}
		objs = append(objs, obj)
	}
	return objs
}

func (g *generator) dropped(name string) bool {
	for _, d := range g.drop {
		if d == name || strings.HasSuffix(d, "*") && strings.HasPrefix(name, d[:len(d)-1]) {
			return true
		}
	}
	return false
}

// usable says why a script could not use obj.
func (g *generator) usable(obj types.Object) error {
	switch t := obj.Type().(type) {
	case *types.Signature:
		if t.TypeParams().Len() > 0 {
			return fmt.Errorf("generic function: want concrete types")
		}
	case *types.Named:
		if _, ok := obj.(*types.TypeName); ok && t.TypeParams().Len() > 0 {
			return fmt.Errorf("generic type: want concrete types")
		}
	case *types.Alias:
		if t.TypeParams().Len() > 0 {
			return fmt.Errorf("generic alias: want concrete types")
		}
	}
	if bad := g.foreign(obj.Type(), map[types.Type]bool{}); bad != "" {
		return fmt.Errorf("its type needs %s: want plain types that scripts can hold", bad)
	}
	return nil
}

// hostile lists packages whose types hand a script files, threads or memory.
var hostile = map[string]bool{
	"io": true, "io/fs": true, "os": true, "net": true, "net/http": true, "reflect": true, "unsafe": true, "iter": true,
	"sync": true, "log": true, "log/slog": true, "os/exec": true, "syscall": true, "runtime": true, "unicode": true, "plugin": true,
}

// foreign names the first thing in t that a script must not or cannot hold.
func (g *generator) foreign(t types.Type, seen map[types.Type]bool) string {
	if seen[t] {
		return ""
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return g.foreign(types.Unalias(t), seen)
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil && hostile[p.Path()] {
			return t.Obj().Pkg().Path() + "." + t.Obj().Name()
		}
		if t.TypeArgs().Len() > 0 {
			return "the generic type " + t.Obj().Name()
		}
	case *types.Chan:
		return "a channel"
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return "unsafe.Pointer"
		}
	}
	for _, e := range elems(t) {
		if bad := g.foreign(e, seen); bad != "" {
			return bad
		}
	}
	return ""
}

// elems lists the types that t is directly made of.
func elems(t types.Type) []types.Type {
	switch t := t.(type) {
	case *types.Pointer:
		return []types.Type{t.Elem()}
	case *types.Slice:
		return []types.Type{t.Elem()}
	case *types.Array:
		return []types.Type{t.Elem()}
	case *types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case *types.Signature:
		var ts []types.Type
		for v := range t.Params().Variables() {
			ts = append(ts, v.Type())
		}
		for v := range t.Results().Variables() {
			ts = append(ts, v.Type())
		}
		return ts
	case *types.Struct:
		var ts []types.Type
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() {
				ts = append(ts, f.Type())
			}
		}
		return ts
	case *types.Interface:
		var ts []types.Type
		for m := range t.Methods() {
			ts = append(ts, m.Type())
		}
		return ts
	}
	return nil
}

// reach records every named type that t leads to, through fields and methods.
func (g *generator) reach(t types.Type) {
	switch n := t.(type) {
	case *types.Alias:
		if p := n.Obj().Pkg(); p != nil && !g.types[n.Obj()] {
			g.note(p, n.Obj())
		}
		g.reach(n.Rhs())
		return
	case *types.Named:
		if n.Obj().Pkg() == nil || g.types[n.Obj()] {
			return
		}
		g.note(n.Obj().Pkg(), n.Obj())
		for _, m := range g.methods(n) {
			g.reach(m.Type())
		}
		g.reach(n.Underlying())
		return
	}
	for _, e := range elems(t) {
		if g.foreign(e, map[types.Type]bool{}) == "" {
			g.reach(e)
		}
	}
}

func (g *generator) note(p *types.Package, n *types.TypeName) {
	g.types[n] = true
	if g.pkgs[p] == nil {
		g.pkgs[p] = map[*types.TypeName]bool{}
	}
	g.pkgs[p][n] = true
}

// methods lists the exported methods of n that scripts can call.
func (g *generator) methods(n *types.Named) []*types.Func {
	var ms []*types.Func
	for m := range n.Methods() {
		if m.Exported() && g.foreign(m.Type(), map[types.Type]bool{}) == "" {
			ms = append(ms, m)
		}
	}
	sort.Slice(ms, func(i, j int) bool { return ms[i].Name() < ms[j].Name() })
	return ms
}
