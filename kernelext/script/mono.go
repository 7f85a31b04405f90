package script

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// The interpreter's own generics fall short of Go's in many places. So a
// program with generics is checked twice: as it stands, and again with one copy
// of each generic declaration per set of type arguments, which is what runs.

// template is a generic declaration: a function, or a type with its methods.
type template struct {
	obj     types.Object
	fn      *ast.FuncDecl // one of fn and spec
	spec    *ast.TypeSpec
	methods []*ast.FuncDecl
	source  scope
	made    []made
}

// made is one copy of a template.
type made struct {
	args []types.Type
	name string
}

// scope is what a piece of syntax was checked with.
type scope struct {
	info  *types.Info
	args  map[*types.TypeParam]types.Type // what stands for the type parameters
	std   *types.Package                  // the package of a template of the standard library
	shift token.Pos                       // from its positions to those of the session
}

// mono writes the second form of one program.
type mono struct {
	s *session
	p *program
	scope
	decls   []ast.Decl // the copies
	erased  map[string]bool
	imports map[string]string // name -> path
	use     token.Pos         // the place in a script that asks for a copy
	errs    []Error
}

// specialise gives the program that runs: p itself as long as the session has
// no generics.
func (s *session) specialise(p *program, declared map[string]int) (*program, []Error) {
	m := &mono{s: s, p: p, scope: scope{info: p.info}, erased: map[string]bool{}, imports: map[string]string{}}
	m.collect()
	p.seen = p.pkg
	if !s.twice && len(m.erased) == 0 && len(p.info.Instances) == 0 {
		return p, nil
	}
	s.twice = true

	q := &program{
		name: p.name, number: p.number, scripts: p.scripts, bases: p.bases, files: p.files, fset: p.fset, seen: p.pkg, erased: m.erased, declared: declared,
		chunks: append(slices.Clone(p.chunks), chunk{kind: declChunk}), warnings: p.warnings,
	}
	var decls []ast.Decl
	for i, d := range p.file.Decls {
		if p.owner[i] < 0 {
			continue // packages are imported under names of the engine
		}
		if d := m.decl(d); d != nil {
			decls, q.owner = append(decls, d), append(q.owner, p.owner[i])
		}
	}
	for _, d := range m.decls {
		decls, q.owner = append(decls, d), append(q.owner, len(p.chunks))
	}
	imports := m.importDecls()
	for range imports {
		q.owner = append([]int{-1}, q.owner...)
	}
	q.file = &ast.File{
		Package: p.file.Package, Name: ast.NewIdent("main"), Decls: append(imports, decls...), FileStart: p.file.FileStart, FileEnd: p.file.FileEnd,
	}
	if len(m.errs) > 0 {
		return p, sorted(m.errs)
	}
	s.resolve(q, declared, s.mono, func(err error) { m.errs = s.second(q, err, m.errs) })
	return q, sorted(m.errs)
}

// second keeps what is wrong with the second form only: it comes from something
// that has no equal outside a generic declaration.
func (s *session) second(p *program, err error, errs []Error) []Error {
	te, ok := err.(types.Error)
	if !ok || te.Soft || strings.HasSuffix(te.Msg, "is not used") {
		return errs
	}
	return append(errs, p.err(te.Pos, Profile, "", "this use of a generic declaration is not part of the lab language: %s", s.pretty(te.Msg)))
}

// collect notes the generic declarations of the program.
func (m *mono) collect() {
	add := func(id *ast.Ident, t template) {
		t.obj, t.source = m.info.Defs[id], scope{info: m.info}
		m.s.templates[t.obj] = &t
		m.erased[id.Name] = true
	}
	for _, d := range m.p.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Type.TypeParams != nil {
				add(d.Name, template{fn: d})
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				ts, ok := spec.(*ast.TypeSpec)
				if ok && ts.TypeParams != nil {
					add(ts.Name, template{spec: ts})
				} else if ok && m.constraint(ts) {
					m.erased[ts.Name.Name] = true
				}
			}
		}
	}
	for _, d := range m.p.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			if t := m.s.templates[m.receiver(f)]; t != nil {
				t.methods = append(t.methods, f)
			}
		}
	}
}

// constraint says whether a type can only bound type parameters.
func (m *mono) constraint(ts *ast.TypeSpec) bool {
	i, ok := under(m.info.TypeOf(ts.Type)).(*types.Interface)
	return ok && !i.IsMethodSet()
}

// receiver is the type that a method belongs to.
func (m *mono) receiver(f *ast.FuncDecl) types.Object {
	fn, ok := m.info.Defs[f.Name].(*types.Func)
	if !ok {
		return nil
	}
	t := fn.Signature().Recv().Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

// decl copies a declaration without its generic parts; nil when nothing is left.
func (m *mono) decl(d ast.Decl) ast.Decl {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Type.TypeParams != nil || d.Recv != nil && m.s.templates[m.receiver(d)] != nil {
			return nil
		}
	case *ast.GenDecl:
		g := *d
		g.Specs = slices.DeleteFunc(slices.Clone(d.Specs), func(s ast.Spec) bool {
			ts, ok := s.(*ast.TypeSpec)
			return ok && m.erased[ts.Name.Name]
		})
		if len(g.Specs) == 0 {
			return nil
		}
		return m.copy(&g).(ast.Decl)
	}
	return m.copy(d).(ast.Decl)
}

func (m *mono) importDecls() []ast.Decl {
	var out []ast.Decl
	for name, path := range m.imports {
		spec := &ast.ImportSpec{Name: &ast.Ident{NamePos: m.p.file.Package, Name: name}, Path: &ast.BasicLit{ValuePos: m.p.file.Package, Kind: token.STRING, Value: strconv.Quote(path)}}
		out = append(out, &ast.GenDecl{Tok: token.IMPORT, TokPos: m.p.file.Package, Specs: []ast.Spec{spec}})
	}
	return out
}

// instance replaces a generic name by that of its copy; nil when id is not one.
func (m *mono) instance(id *ast.Ident) ast.Expr {
	in, ok := m.info.Instances[id]
	if !ok {
		return nil
	}
	obj := m.info.Uses[id]
	if alias, ok := in.Type.(*types.Alias); ok || obj.Pkg() != nil && obj.Pkg().Path() == "iter" {
		if ok {
			return m.typeExpr(types.Unalias(alias), id.Pos())
		}
		return m.typeExpr(in.Type, id.Pos())
	}
	if m.std == nil {
		m.use = id.Pos()
	}
	var args []types.Type
	for t := range in.TypeArgs.Types() {
		args = append(args, m.subst(t))
	}
	name := m.make(obj, args, id)
	return &ast.Ident{NamePos: id.Pos() + m.shift, Name: name}
}

// make gives the name of a copy of a template, and writes the copy if there is
// none yet.
func (m *mono) make(obj types.Object, args []types.Type, at *ast.Ident) string {
	t := m.template(obj)
	if t == nil {
		m.refuse(at, "%s is not part of the lab language", obj.Name())
		return at.Name
	}
	for _, have := range t.made {
		if slices.EqualFunc(have.args, args, types.Identical) {
			return have.name
		}
	}
	m.s.copies++
	name := fmt.Sprintf("%sg%d_%s", reserved, m.s.copies, obj.Name())
	m.s.shown[name] = shownAs{obj, args}
	t.made = append(t.made, made{args, name})
	before := m.scope
	m.scope = t.source
	if t.fn != nil {
		m.function(t, name, args)
	} else {
		m.typ(t, name, args)
	}
	m.scope = before
	return name
}

func (m *mono) function(t *template, name string, args []types.Type) {
	m.args = bind(t.obj.Type().(*types.Signature).TypeParams(), args)
	f := *t.fn
	ft := *f.Type
	ft.TypeParams = nil
	f.Type, f.Name, f.Doc = &ft, &ast.Ident{NamePos: f.Name.NamePos, Name: name}, nil
	m.decls = append(m.decls, m.copy(&f).(ast.Decl))
}

func (m *mono) typ(t *template, name string, args []types.Type) {
	m.args = bind(t.obj.Type().(*types.Named).TypeParams(), args)
	spec := *t.spec
	spec.TypeParams, spec.Doc, spec.Comment = nil, nil, nil
	spec.Name = &ast.Ident{NamePos: spec.Name.NamePos, Name: name}
	m.decls = append(m.decls, m.copy(&ast.GenDecl{Tok: token.TYPE, TokPos: spec.Name.NamePos, Specs: []ast.Spec{&spec}}).(ast.Decl))
	for _, method := range t.methods {
		m.args = bind(m.info.Defs[method.Name].(*types.Func).Signature().RecvTypeParams(), args)
		f := *method
		recv := *f.Recv.List[0]
		star, pointer := ast.Unparen(recv.Type).(*ast.StarExpr)
		recv.Type = &ast.Ident{NamePos: recv.Type.Pos(), Name: name}
		if pointer {
			recv.Type = &ast.StarExpr{Star: star.Star, X: recv.Type}
		}
		f.Recv, f.Doc = &ast.FieldList{Opening: f.Recv.Opening, List: []*ast.Field{&recv}, Closing: f.Recv.Closing}, nil
		m.decls = append(m.decls, m.copy(&f).(ast.Decl))
	}
}

func bind(params *types.TypeParamList, args []types.Type) map[*types.TypeParam]types.Type {
	out := map[*types.TypeParam]types.Type{}
	for i := range params.Len() {
		out[params.At(i)] = args[i]
	}
	return out
}

// template finds a generic declaration, of the session or a standard package.
func (m *mono) template(obj types.Object) *template {
	if t := m.s.templates[obj]; t != nil || obj.Pkg() == nil {
		return t
	}
	t := m.s.stubs.template(obj)
	if t != nil {
		t.source.shift = m.s.shiftOf(obj.Pkg().Path())
		m.s.templates[obj] = t
	}
	return t
}

func (m *mono) refuse(n ast.Node, format string, args ...any) {
	at := n.Pos()
	if m.std != nil {
		at = m.use
	}
	m.errs = append(m.errs, m.p.err(at, Profile, "", format, args...))
}
