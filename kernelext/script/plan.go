package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// part is what the interpreter gets in one piece.
type part struct {
	decls []ast.Decl // of the checked file
	chunk int        // -1 for declarations that stand before everything else
}

// plan orders a script: types, constants and functions first, so that they may
// be used before the line that declares them; statements and variables in the
// order of the script; a function that reads a variable right after it.
type plan struct {
	p       *program
	at      map[types.Object]int            // variable -> chunk that declares it
	uses    map[types.Object][]types.Object // function -> what it names
	ready   map[types.Object]int            // function -> last chunk it depends on
	objects []types.Object                  // functions, in order
	rank    map[int]int                     // chunk -> its place in time
	sources map[types.Object]chunk          // of functions
	errs    []Error
}

func (s *session) plan(p *program) ([]part, []Error) {
	pl := &plan{p: p, at: map[types.Object]int{}, uses: map[types.Object][]types.Object{}, ready: map[types.Object]int{}, rank: map[int]int{}, sources: map[types.Object]chunk{}}
	for i, d := range p.file.Decls {
		if p.owner[i] >= 0 {
			pl.note(d, p.owner[i])
		}
	}
	pl.arrange()
	pl.settle()
	parts := pl.order()
	for f, used := range pl.uses {
		s.uses[f] = used
	}
	for f, c := range pl.sources {
		s.sources[f] = c
	}
	return parts, pl.errs
}

func (pl *plan) note(d ast.Decl, chunk int) {
	switch d := d.(type) {
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return
		}
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				if obj := pl.p.info.Defs[id]; obj != nil {
					pl.at[obj] = chunk
					if holdsFunc(spec) {
						pl.uses[obj] = pl.used(spec)
					}
				}
			}
		}
	case *ast.FuncDecl:
		if obj := pl.p.info.Defs[d.Name]; obj != nil && pl.named(d) {
			pl.objects = append(pl.objects, obj)
			pl.uses[obj] = pl.used(d)
			if c := pl.p.chunks[chunk]; d.Recv == nil && c.src != "" {
				c.again, c.script = true, pl.p.script(d.Pos())
				pl.sources[obj] = c
			}
		}
	}
}

// holdsFunc says whether a function literal stands in n.
func holdsFunc(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		_, lit := n.(*ast.FuncLit)
		found = found || lit
		return !found
	})
	return found
}

// named tells a function of the script from a statement in its wrapping.
func (pl *plan) named(d *ast.FuncDecl) bool { return d.Recv != nil || d.Name.Name != "_" }

// used lists the variables and functions of the script that n names.
func (pl *plan) used(n ast.Node) []types.Object {
	var objs []types.Object
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := pl.p.info.Uses[id].(type) {
		case *types.Var:
			if obj.Pkg() != nil && obj.Pkg().Path() == scriptPath && !obj.IsField() && obj.Parent() != nil && pl.global(obj) {
				objs = append(objs, obj)
			}
		case *types.Func:
			if obj.Pkg() != nil && obj.Pkg().Path() == scriptPath {
				objs = append(objs, obj.Origin())
			}
		case *types.TypeName, *types.Const:
			if obj.Pkg() != nil && obj.Pkg().Path() == scriptPath && pl.global(obj) {
				objs = append(objs, obj)
			}
		}
		return true
	})
	return objs
}

func (pl *plan) global(obj types.Object) bool { return obj.Pkg().Scope().Lookup(obj.Name()) == obj }

// arrange gives each chunk its place in time: the order of the script, but var
// declarations go behind those they need, as package variables of Go do.
func (pl *plan) arrange() {
	needs := map[int][]int{}
	for i, d := range pl.p.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if c := pl.p.owner[i]; ok && g.Tok == token.VAR && c >= 0 && pl.p.chunks[c].kind == declChunk {
			for _, obj := range pl.used(g) {
				if at, isVar := pl.at[obj]; isVar && at > c && pl.p.chunks[at].kind == declChunk {
					needs[c] = append(needs[c], at)
				}
			}
		}
	}
	var place func(c int)
	place = func(c int) {
		if _, done := pl.rank[c]; done {
			return
		}
		for _, n := range needs[c] { // go/types has refused cycles
			place(n)
		}
		pl.rank[c] = len(pl.rank)
	}
	for c := range pl.p.chunks {
		place(c)
	}
	for obj, c := range pl.at {
		pl.at[obj] = pl.rank[c]
	}
}

// settle finds the chunk after which each function can run.
func (pl *plan) settle() {
	for _, f := range pl.objects {
		pl.ready[f] = -1
	}
	for changed := true; changed; {
		changed = false
		for _, f := range pl.objects {
			for _, u := range pl.uses[f] {
				if need := pl.need(u); need > pl.ready[f] {
					pl.ready[f], changed = need, true
				}
			}
		}
	}
}

func (pl *plan) need(obj types.Object) int {
	if i, ok := pl.at[obj]; ok {
		return i
	}
	if i, ok := pl.ready[obj]; ok {
		return i
	}
	return -1
}

func (pl *plan) order() []part {
	first := part{chunk: -1}
	var parts []part
	for i, d := range pl.p.file.Decls {
		chunk := pl.p.owner[i]
		if chunk < 0 {
			continue
		}
		f, isFunc := d.(*ast.FuncDecl)
		g, isGen := d.(*ast.GenDecl)
		switch {
		case isFunc && pl.named(f):
			if pl.ready[pl.p.info.Defs[f.Name]] < 0 {
				first.decls = append(first.decls, d)
			}
		case isGen && g.Tok != token.VAR:
			first.decls = append(first.decls, d)
		default:
			pl.inOrder(d, pl.rank[chunk])
			if n := len(parts); n > 0 && parts[n-1].chunk == chunk {
				parts[n-1].decls = append(parts[n-1].decls, d)
			} else {
				parts = append(parts, part{decls: []ast.Decl{d}, chunk: chunk})
			}
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return pl.rank[a.chunk] - pl.rank[b.chunk] })
	return pl.insert(first, parts)
}

// insert puts each late function behind the variable it waits for.
func (pl *plan) insert(first part, parts []part) []part {
	out := []part{first}
	for _, p := range parts {
		out = append(out, p)
		late := part{chunk: -1}
		for _, d := range pl.p.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && pl.named(f) && pl.ready[pl.p.info.Defs[f.Name]] == pl.rank[p.chunk] {
				late.decls = append(late.decls, d)
			}
		}
		if len(late.decls) > 0 {
			out = append(out, late)
		}
	}
	return slices.DeleteFunc(out, func(p part) bool { return len(p.decls) == 0 })
}

// inOrder refuses a statement that needs a variable from further down.
func (pl *plan) inOrder(d ast.Decl, now int) {
	ast.Inspect(d, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || pl.p.info.Uses[id] == nil {
			return true
		}
		obj := pl.p.info.Uses[id]
		if f, ok := obj.(*types.Func); ok {
			obj = f.Origin()
		}
		need := pl.need(obj)
		if _, isVar := pl.at[obj]; isVar && need > now {
			pl.errs = append(pl.errs, pl.p.err(id.Pos(), Type, "declare it above this line", "undefined: %s", id.Name))
		} else if need > now || !isVar && need == now && pl.declaredIn(d) {
			pl.errs = append(pl.errs, pl.p.err(id.Pos(), Type, "move the variable above this line",
				"%s uses a variable that is declared further down", id.Name))
		}
		return true
	})
}

// declaredIn says whether d declares variables: a function that needs them
// cannot help to compute them.
func (pl *plan) declaredIn(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.VAR
}
