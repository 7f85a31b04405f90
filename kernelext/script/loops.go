package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
)

// engine is a call of a function that the host gives to every script.
func engine(name string, args ...ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{Fun: &ast.SelectorExpr{X: ast.NewIdent("zz"), Sel: ast.NewIdent(name)}, Args: args}
}

// enter counts a call and looks at the depth.
func (d *desugarer) enter(b *ast.BlockStmt) {
	if b != nil {
		b.List = append([]ast.Stmt{&ast.ExprStmt{X: engine("Enter")}}, b.List...)
	}
}

// turn counts one turn of a loop.
func turn(b *ast.BlockStmt, first ...ast.Stmt) {
	b.List = slices.Concat([]ast.Stmt{&ast.ExprStmt{X: engine("Turn")}}, first, b.List)
}

func define(lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, Tok: token.DEFINE, Rhs: rhs}
}

func assign(lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, Tok: token.ASSIGN, Rhs: rhs}
}

// findLoops marks the three-clause loops whose variables a function or pointer
// may keep after the turn: only those pay for a copy per turn.
func (d *desugarer) findLoops(root ast.Node) {
	d.loops = map[*ast.ForStmt]bool{}
	ast.Inspect(root, func(n ast.Node) bool {
		f, ok := n.(*ast.ForStmt)
		if !ok {
			return true
		}
		if def, ok := f.Init.(*ast.AssignStmt); ok && def.Tok == token.DEFINE {
			d.loops[f] = d.kept(f, d.defined(def.Lhs))
		}
		return true
	})
}

func (d *desugarer) defined(lhs []ast.Expr) map[types.Object]bool {
	vars := map[types.Object]bool{}
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok && d.p.info.Defs[id] != nil {
			vars[d.p.info.Defs[id]] = true
		}
	}
	return vars
}

// kept says whether n captures one of vars, or takes its address.
func (d *desugarer) kept(n ast.Node, vars map[types.Object]bool) bool {
	found := false
	uses := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && vars[d.p.info.Uses[id]] {
				found = true
			}
			return !found
		})
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			uses(n.Body)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				uses(n.X)
			}
		case *ast.SliceExpr:
			uses(n.X)
		case *ast.SelectorExpr:
			if sel := d.p.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
				uses(n.X)
			}
		}
		return !found
	})
	return found
}

// forLoop gives a kept loop variable a copy per turn:
//
//	for o, next := init, false; true; { v := o; if next { post }; next = true; if !cond { break }; body; o = v }
func (d *desugarer) forLoop(f *ast.ForStmt) {
	if f.Cond == nil && f.Init != nil {
		f.Cond = ast.NewIdent("true") // without it the interpreter runs Init at every turn
	}
	if !d.loops[f] {
		turn(f.Body)
		return
	}
	init := f.Init.(*ast.AssignStmt)
	if len(init.Lhs) != len(init.Rhs) {
		d.refuse(f, "a loop whose variables come from one call and are kept by a function is not part of the lab language")
		return
	}
	next := d.temp("next")
	outer, inner := d.copies(init.Lhs)
	save := func() ast.Stmt { return assign(outer, inner) }
	if d.beforeContinue(f, save) > 0 && d.shadowed(f.Body, inner) {
		d.refuse(f, "continue in a loop that declares its variable again is not part of the lab language")
	}
	body := &ast.BlockStmt{Lbrace: f.Body.Lbrace, List: f.Body.List, Rbrace: f.Body.Rbrace}

	head := []ast.Stmt{define(inner, outer)}
	if f.Post != nil {
		head = append(head, &ast.IfStmt{Cond: next, Body: &ast.BlockStmt{List: []ast.Stmt{f.Post}}})
	}
	head = append(head, assign([]ast.Expr{next}, []ast.Expr{ast.NewIdent("true")}))
	if f.Cond != nil {
		stop := &ast.BranchStmt{Tok: token.BREAK}
		head = append(head, &ast.IfStmt{Cond: &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: f.Cond}}, Body: &ast.BlockStmt{List: []ast.Stmt{stop}}})
	}
	f.Init = define(append(slices.Clone(outer), next), append(slices.Clone(init.Rhs), ast.NewIdent("false")))
	f.Cond, f.Post = ast.NewIdent("true"), nil
	f.Body = &ast.BlockStmt{Lbrace: f.Body.Lbrace, List: append(head, body, save()), Rbrace: f.Body.Rbrace}
	turn(f.Body)
}

// copies names what carries the loop variables from turn to turn.
func (d *desugarer) copies(lhs []ast.Expr) (outer, inner []ast.Expr) {
	for _, e := range lhs {
		id := e.(*ast.Ident)
		inner = append(inner, ast.NewIdent(id.Name))
		if id.Name == "_" {
			outer = append(outer, d.temp("blank"))
			continue
		}
		outer = append(outer, d.temp(id.Name))
	}
	return outer, inner
}

// shadowed says whether n declares one of names again, anywhere.
func (d *desugarer) shadowed(n ast.Node, names []ast.Expr) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(ast.Stmt); ok && redeclares(s, names) {
			found = true
		}
		return !found
	})
	return found
}

// beforeContinue saves the loop variables wherever a turn of f ends early, and
// counts these places.
func (d *desugarer) beforeContinue(f *ast.ForStmt, save func() ast.Stmt) (places int) {
	label := ""
	ast.Inspect(d.p.file, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Stmt == ast.Stmt(f) {
			label = l.Label.Name
		}
		return true
	})
	depth := 0
	astutil.Apply(f.Body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			depth++
		case *ast.BranchStmt:
			mine := n.Label == nil && depth == 0 || n.Label != nil && n.Label.Name == label
			if n.Tok == token.CONTINUE && mine {
				c.Replace(&ast.BlockStmt{List: []ast.Stmt{save(), n}})
				places++
				return false
			}
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			depth--
		}
		return true
	})
	return places
}

// rangeLoop copies the variables per turn and turns a range over a number into
// three clauses.
func (d *desugarer) rangeLoop(c *astutil.Cursor, r *ast.RangeStmt) {
	t := d.p.info.TypeOf(r.X)
	switch u := under(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			d.rangeInt(c, r)
			return
		}
	case *types.Signature:
		d.rangeFunc(c, r, u)
		return
	}
	if r.Tok == token.ASSIGN {
		d.rangeAssign(r)
		return
	}
	var names []ast.Expr
	for _, e := range []ast.Expr{r.Key, r.Value} {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			names = append(names, ast.NewIdent(id.Name))
		}
	}
	if len(names) == 0 {
		turn(r.Body)
		return
	}
	inner(r.Body, names)
	turn(r.Body, define(names, names))
}

// rangeAssign gives the interpreter variables of its own, which it assigns.
func (d *desugarer) rangeAssign(r *ast.RangeStmt) {
	var first []ast.Stmt
	for _, e := range []*ast.Expr{&r.Key, &r.Value} {
		if id, ok := (*e).(*ast.Ident); *e == nil || ok && id.Name == "_" {
			continue
		}
		t := d.temp("range")
		first = append(first, assign([]ast.Expr{*e}, []ast.Expr{t}))
		*e = t
	}
	r.Tok = token.DEFINE
	if first == nil {
		r.Key, r.Value, r.Tok = nil, nil, token.ILLEGAL
	}
	turn(r.Body, first...)
}

// inner keeps the body's own variables in a block of their own when they are
// called as those of the loop.
func inner(body *ast.BlockStmt, loop []ast.Expr) {
	for _, s := range body.List {
		if redeclares(s, loop) {
			body.List = []ast.Stmt{&ast.BlockStmt{Lbrace: body.Lbrace, List: body.List, Rbrace: body.Rbrace}}
			return
		}
	}
}

// redeclares says whether s declares one of names in its own block.
func redeclares(s ast.Stmt, names []ast.Expr) bool {
	var declared []ast.Expr
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			declared = s.Lhs
		}
	case *ast.DeclStmt:
		if g, ok := s.Decl.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if vs, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range vs.Names {
						declared = append(declared, id)
					}
				}
			}
		}
	}
	return slices.ContainsFunc(declared, func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && slices.ContainsFunc(names, func(n ast.Expr) bool { return n.(*ast.Ident).Name == id.Name })
	})
}

func (d *desugarer) rangeInt(c *astutil.Cursor, r *ast.RangeStmt) {
	t := d.p.info.TypeOf(r.X)
	if id, ok := r.Key.(*ast.Ident); ok && id.Name != "_" {
		t = d.p.info.TypeOf(id)
	}
	typ := d.typeExpr(types.Default(t), r.X)
	if typ == nil {
		d.refuse(r, "range over a number of a type that has no name")
		return
	}
	i, n := d.temp("i"), d.temp("n")
	zero := &ast.CallExpr{Fun: typ, Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: "0"}}}
	limit := &ast.CallExpr{Fun: typ, Args: []ast.Expr{r.X}}
	var first []ast.Stmt
	if id, ok := r.Key.(*ast.Ident); !ok || id.Name != "_" {
		if r.Key != nil {
			first = append(first, &ast.AssignStmt{Lhs: []ast.Expr{r.Key}, Tok: r.Tok, Rhs: []ast.Expr{i}})
			if ok && r.Tok == token.DEFINE {
				inner(r.Body, []ast.Expr{id})
			}
		}
	}
	turn(r.Body, first...)
	c.Replace(&ast.ForStmt{
		For:  r.For,
		Init: define([]ast.Expr{i, n}, []ast.Expr{zero, limit}),
		Cond: &ast.BinaryExpr{X: i, Op: token.LSS, Y: n},
		Post: &ast.IncDecStmt{X: i, Tok: token.INC},
		Body: r.Body,
	})
}

// rangeFunc makes the body the function that the iterator calls.
func (d *desugarer) rangeFunc(c *astutil.Cursor, r *ast.RangeStmt, sig *types.Signature) {
	yield, ok := under(sig.Params().At(0).Type()).(*types.Signature)
	if !ok {
		d.refuse(r, "range over this function is not part of the lab language")
		return
	}
	ft := &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: ast.NewIdent("bool")}}}}
	given := []ast.Expr{r.Key, r.Value}
	for i := range yield.Params().Len() {
		name := ast.NewIdent("_")
		if id, ok := given[i].(*ast.Ident); ok {
			name = ast.NewIdent(id.Name)
		}
		typ := d.typeExpr(yield.Params().At(i).Type(), r)
		if typ == nil {
			d.refuse(r, "range over a function of a type that has no name")
			return
		}
		ft.Params.List = append(ft.Params.List, &ast.Field{Names: []*ast.Ident{name}, Type: typ})
	}
	answer := func(more string) ast.Stmt { return &ast.ReturnStmt{Results: []ast.Expr{ast.NewIdent(more)}} }
	branches(r.Body, answer)
	turn(r.Body)
	r.Body.List = append(r.Body.List, answer("true"))
	c.Replace(&ast.ExprStmt{X: &ast.CallExpr{Fun: r.X, Args: []ast.Expr{&ast.FuncLit{Type: ft, Body: r.Body}}}})
}

// branches turns break and continue of a loop body into answers of a function.
func branches(body *ast.BlockStmt, answer func(more string) ast.Stmt) {
	loops, breakers := 0, 0
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			loops++
		case *ast.SwitchStmt, *ast.TypeSwitchStmt:
			breakers++
		case *ast.BranchStmt:
			if n.Tok == token.CONTINUE && loops == 0 {
				c.Replace(answer("true"))
			} else if n.Tok == token.BREAK && loops+breakers == 0 {
				c.Replace(answer("false"))
			}
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops--
		case *ast.SwitchStmt, *ast.TypeSwitchStmt:
			breakers--
		}
		return true
	})
}

// jump counts a goto, so that it cannot hide a loop.
func jump(c *astutil.Cursor, n *ast.BranchStmt) {
	if n.Tok == token.GOTO {
		c.Replace(&ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: engine("Turn")}, n}})
	}
}
