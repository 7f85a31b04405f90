package script

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// step is one piece of desugared source.
type step struct {
	text  string
	chunk int
	objs  []types.Object // visible to later scripts once it ran
}

// prepare checks, holds to the profile, orders and desugars a script.
func (s *session) prepare(name, src string, tt *typeTable) (*program, []step, []Error) {
	p, errs := s.check(name, src)
	if len(errs) > 0 {
		return p, nil, errs
	}
	p, errs = s.specialise(p, p.declared)
	if len(errs) > 0 {
		return p, nil, errs
	}
	if errs := s.profile(p); len(errs) > 0 {
		return p, nil, errs
	}
	parts, errs := s.plan(p)
	if len(errs) > 0 {
		return p, nil, sorted(errs)
	}
	s.rename(p)
	s.renameLocal(p)
	d := &desugarer{p: p, s: s, types: tt, words: strings.Contains(src, "recover")}
	var steps []step
	for _, part := range parts {
		steps = append(steps, d.step(part)...)
	}
	return p, steps, sorted(d.errs)
}

// rename gives every redeclared object a name of its own, because the
// interpreter keeps the first type or method of a name for ever.
func (s *session) rename(p *program) {
	scope := p.pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if obj.Pkg() != p.pkg {
			continue
		}
		s.seen[name]++
		if n := s.seen[name]; n > 1 {
			s.stale(p, name, obj)
			s.names[obj] = fmt.Sprintf("%s%d_%s", reserved, n, name)
			if as, ok := s.sameFunc(obj, name); ok {
				s.names[obj] = as
			}
		}
	}
}

// renameLocal gives types within functions names of their own when another type
// has the same: the interpreter knows one type per name.
func (s *session) renameLocal(p *program) {
	often := map[string]int{}
	var local []*types.TypeName
	for _, obj := range p.info.Defs {
		if tn, ok := obj.(*types.TypeName); ok {
			often[tn.Name()]++
			if _, param := tn.Type().(*types.TypeParam); !param && tn.Parent() != p.pkg.Scope() {
				local = append(local, tn)
			}
		}
	}
	for _, tn := range local {
		if often[tn.Name()] > 1 || s.seen[tn.Name()] > 0 || p.pkg.Scope().Lookup(tn.Name()) != nil {
			s.names[tn] = fmt.Sprintf("%s%d_%s", reserved, p.place(tn.Pos()), tn.Name())
			if _, col := p.pos(tn.Pos()); col > 0 {
				s.names[tn] += fmt.Sprint("_", col)
			}
		}
	}
}

// sameFunc is the name of the function that obj takes the place of: callers keep
// the body that they were compiled with, so that the name may serve again.
func (s *session) sameFunc(obj types.Object, name string) (string, bool) {
	old, was := s.mono[name].(*types.Func)
	if _, is := obj.(*types.Func); !is || !was {
		return "", false
	}
	if as, ok := s.names[old]; ok {
		return as, true
	}
	return name, types.Universe.Lookup(name) == nil
}

// declare makes an object visible to later scripts, in both forms.
func (s *session) declare(p *program, obj types.Object) {
	if old := s.mono[obj.Name()]; old != nil && old != obj {
		delete(s.uses, old)
		delete(s.sources, old)
	}
	s.mono[obj.Name()] = obj
	if first := p.seen.Scope().Lookup(obj.Name()); first != nil {
		s.objs[obj.Name()] = first
	}
}

// declareErased does so for what only the first form has.
func (s *session) declareErased(p *program) {
	for name := range p.erased {
		delete(s.mono, name)
		s.objs[name] = p.seen.Scope().Lookup(name)
	}
}

// step desugars one part.
func (d *desugarer) step(pt part) []step {
	st := step{chunk: pt.chunk}
	var nodes []any
	var methods []string
	for _, decl := range pt.decls {
		st.objs = append(st.objs, d.declares(decl)...)
		methods = append(methods, d.methods(decl)...)
		show := d.shown(decl, pt.chunk)
		decl = d.rewrite(decl).(ast.Decl)
		switch f, isFunc := decl.(*ast.FuncDecl); {
		case !isFunc && pt.chunk >= 0:
			nodes = append(nodes, d.statements(decl.(*ast.GenDecl))...)
		case pt.chunk < 0:
			nodes = append(nodes, decl)
		case show:
			last := f.Body.List[len(f.Body.List)-1] // behind what counts and marks
			nodes = append(nodes, &ast.ExprStmt{X: engine("Show", d.typed(shownExpr(last)))})
		default:
			nodes = append(nodes, inFunction(f.Body.List...)...)
		}
	}
	var steps []step
	if pt.chunk < 0 {
		steps = append(steps, step{text: d.text(nodes...), chunk: pt.chunk})
	}
	for _, n := range nodes {
		if pt.chunk >= 0 {
			at := fmt.Sprintf("\n//line %s:%d\n", fileName, d.p.bases[d.p.number]+d.p.chunks[pt.chunk].line)
			for _, n := range unfolded(n) {
				steps = append(steps, step{text: at + strings.TrimLeft(d.text(n), "\n"), chunk: pt.chunk})
			}
		}
	}
	if len(steps) > 0 {
		steps[len(steps)-1].objs = st.objs
	}
	for _, m := range methods {
		steps = append(steps, step{text: m, chunk: pt.chunk})
	}
	return steps
}

// statements writes var x = v as x := v, and var x T = v in two steps: the
// interpreter orders var declarations itself, and sees loops where there are none.
func (d *desugarer) statements(g *ast.GenDecl) []any {
	var out []any
	for _, spec := range g.Specs {
		vs := spec.(*ast.ValueSpec)
		var names []ast.Expr
		for _, id := range vs.Names {
			names = append(names, id)
		}
		single := len(names) > 1 && len(names) == len(vs.Values) && !d.refers(vs)
		if vs.Type != nil && !single {
			bare := &ast.ValueSpec{Names: vs.Names, Type: vs.Type}
			out = append(out, &ast.GenDecl{Tok: token.VAR, TokPos: g.TokPos, Specs: []ast.Spec{bare}})
		}
		switch {
		case len(vs.Values) == 0:
		case vs.Type == nil && len(names) == 2 && len(vs.Values) == 1:
			out = append(out, d.commaOK(g, vs, names)...)
		case single:
			for i, id := range vs.Names {
				one := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: vs.Type, Values: vs.Values[i : i+1]}
				out = append(out, d.statements(&ast.GenDecl{Tok: g.Tok, TokPos: g.TokPos, Specs: []ast.Spec{one}})...)
			}
		case vs.Type != nil || len(vs.Names) == 1 && vs.Names[0].Name == "_":
			out = append(out, inFunction(assign(names, vs.Values))...)
		default:
			out = append(out, define(names, vs.Values))
		}
	}
	return out
}

// refers says whether the values name the variables that they are for.
func (d *desugarer) refers(vs *ast.ValueSpec) bool {
	found := false
	for _, v := range vs.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			for _, own := range vs.Names {
				found = found || ok && d.p.info.Defs[own] != nil && d.p.info.Uses[id] == d.p.info.Defs[own]
			}
			return !found
		})
	}
	return found
}

// commaOK declares the two variables of v, ok := m[k] and x.(T) with their types
// first, where the interpreter finds none outside functions.
func (d *desugarer) commaOK(g *ast.GenDecl, vs *ast.ValueSpec, names []ast.Expr) []any {
	var out []any
	for _, id := range vs.Names {
		if id.Name == "_" {
			continue
		}
		obj := d.p.info.Defs[id]
		_, call := ast.Unparen(vs.Values[0]).(*ast.CallExpr)
		if obj == nil || call {
			return []any{define(names, vs.Values)}
		}
		typ := d.typeExpr(obj.Type(), vs)
		if typ == nil {
			return []any{define(names, vs.Values)}
		}
		spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: typ}
		out = append(out, &ast.GenDecl{Tok: token.VAR, TokPos: g.TokPos, Specs: []ast.Spec{spec}})
	}
	return append(out, inFunction(assign(names, vs.Values))...)
}

// inFunction runs statements where the interpreter keeps variables of blocks
// apart and knows the types of interfaces. The function has a name, which the
// next one takes over: a literal would keep a copy of every variable for ever.
func inFunction(list ...ast.Stmt) []any {
	name := ast.NewIdent(reserved + "run")
	f := &ast.FuncDecl{Name: name, Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: list}}
	return []any{f, &ast.ExprStmt{X: &ast.CallExpr{Fun: name}}}
}

// unfolded makes the function of inFunction a declaration and a call of it: for a
// literal the interpreter would keep a copy of all variables of the session.
func unfolded(n any) []any {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return []any{n}
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return []any{n}
	}
	lit, ok := call.Args[0].(*ast.FuncLit)
	sel, isSel := call.Fun.(*ast.SelectorExpr)
	if !ok || !isSel || sel.Sel.Name != "Do" {
		return []any{n}
	}
	name := reserved + "do"
	return []any{
		&ast.FuncDecl{Name: ast.NewIdent(name), Type: lit.Type, Body: lit.Body},
		&ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent(name)}},
	}
}

func shownExpr(s ast.Stmt) ast.Expr {
	switch s := s.(type) {
	case *ast.ExprStmt:
		return s.X
	case *ast.AssignStmt:
		return s.Rhs[0]
	}
	return nil
}

// shown says whether the value of a chunk is to be shown: an expression with a
// value, other than a call of fmt.Print and its like.
func (d *desugarer) shown(decl ast.Decl, chunk int) bool {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || chunk < 0 || d.p.chunks[chunk].kind != exprChunk {
		return false
	}
	x := shownExpr(f.Body.List[0])
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && strings.HasPrefix(printerOf(d.p.info, call), "Print") {
		return false
	}
	tv := d.p.info.Types[x]
	if tv.IsVoid() || tv.Type == nil {
		return false
	}
	return !d.statement(x)
}

// statement names the builtins that have a value only by accident.
func (d *desugarer) statement(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok && (d.builtin(call, "copy") || d.builtin(call, "clear") || d.builtin(call, "delete") || d.builtin(call, "panic") || d.builtin(call, "recover"))
}

func (d *desugarer) declares(decl ast.Decl) []types.Object {
	var objs []types.Object
	add := func(id *ast.Ident) {
		if obj := d.p.info.Defs[id]; obj != nil && obj.Parent() == d.p.pkg.Scope() && (!strings.HasPrefix(id.Name, reserved) || copyName.MatchString(id.Name)) {
			objs = append(objs, obj)
		}
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		add(decl.Name)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				add(spec.Name)
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					add(id)
				}
			}
		}
	}
	return objs
}

// methods hands String methods to the host, which prints values of the script.
func (d *desugarer) methods(decl ast.Decl) []string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || f.Recv == nil || f.Name.Name != "String" {
		return nil
	}
	m, ok := d.p.info.Defs[f.Name].(*types.Func)
	if !ok || !isStringMethod(m) {
		return nil
	}
	recv, ok := d.typeText(m.Signature().Recv().Type())
	if !ok {
		return nil
	}
	d.types.funcs = append(d.types.funcs, m)
	return []string{fmt.Sprintf("zz.Method(%d, func(zz_v %s) string { return zz_v.String() })", len(d.types.funcs)-1, recv)}
}
