package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
)

// nameParams names every parameter: the interpreter keeps no place for those
// without a name.
func (d *desugarer) nameParams(f *ast.FuncType) {
	for _, p := range f.Params.List {
		if len(p.Names) == 0 {
			p.Names = []*ast.Ident{d.temp("p")}
		}
		for i, id := range p.Names {
			if id.Name == "_" {
				p.Names[i] = d.temp("p")
			}
		}
	}
}

// switchValue takes the first statement out of a switch over a value, which the
// interpreter would compute before that statement, and asks == of a value in an
// interface, which it cannot compare with the cases.
func (d *desugarer) switchValue(c *astutil.Cursor, n *ast.SwitchStmt) {
	if n.Tag == nil {
		return
	}
	var before []ast.Stmt
	if n.Init != nil {
		before, n.Init = append(before, n.Init), nil
	}
	if t := d.p.info.TypeOf(n.Tag); t != nil && types.IsInterface(t) {
		tag := d.temp("tag")
		before = append(before, define([]ast.Expr{tag}, []ast.Expr{n.Tag}))
		n.Tag = nil
		for _, cl := range n.Body.List {
			for i, e := range cl.(*ast.CaseClause).List {
				cl.(*ast.CaseClause).List[i] = &ast.BinaryExpr{X: tag, OpPos: e.Pos(), Op: token.EQL, Y: e}
			}
		}
	}
	if before == nil {
		return
	}
	c.Replace(&ast.BlockStmt{Lbrace: n.Switch, List: append(before, n), Rbrace: n.Body.Rbrace})
}

// labelled puts a label back on the switch that switchValue made a block of.
func labelled(c *astutil.Cursor, n *ast.LabeledStmt) {
	b, ok := n.Stmt.(*ast.BlockStmt)
	if !ok || len(b.List) == 0 {
		return
	}
	if last, ok := b.List[len(b.List)-1].(*ast.SwitchStmt); ok && last.Switch == b.Lbrace {
		n.Stmt, b.List[len(b.List)-1] = last, n
		c.Replace(b)
	}
}

// namedResults gives a function variables of its own in place of named results:
// those of the interpreter are the caller's variables, with what was in them.
func (d *desugarer) namedResults(f *ast.FuncDecl) {
	if f.Body == nil || f.Type.Results == nil || len(f.Type.Results.List[0].Names) == 0 {
		return
	}
	var own, given []ast.Expr
	var vars []ast.Stmt
	late := deferred(f.Body)
	for _, r := range f.Type.Results.List {
		var names []*ast.Ident
		for _, id := range r.Names {
			if id.Name == "_" {
				id = d.temp("r")
			}
			spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: r.Type}
			vars = append(vars, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}}})
			own, names = append(own, ast.NewIdent(id.Name)), append(names, d.temp("r"))
			given = append(given, ast.NewIdent(names[len(names)-1].Name))
		}
		r.Names = names
	}
	returns(f.Body, func(n *ast.ReturnStmt) []ast.Stmt {
		if len(n.Results) == 0 {
			n.Results = own
		}
		if late && &n.Results[0] != &own[0] {
			return append(d.setAll(own, n.Results), &ast.ReturnStmt{Return: n.Return, Results: own})
		}
		return []ast.Stmt{n}
	})
	if late { // a deferred call may still change them
		last := &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: []ast.Stmt{assign(given, own)}}}
		vars = append(vars, &ast.DeferStmt{Call: &ast.CallExpr{Fun: last}})
	}
	f.Body.List = slices.Concat(vars, f.Body.List)
}

// setAll assigns values to variables at once, and then nil, which the
// interpreter takes only alone.
func (d *desugarer) setAll(to, values []ast.Expr) []ast.Stmt {
	if len(to) != len(values) {
		return []ast.Stmt{assign(to, values)}
	}
	var lhs, rhs []ast.Expr
	var last []ast.Stmt
	for i, v := range values {
		if d.p.info.Types[v].IsNil() {
			last = append(last, assign(to[i:i+1], values[i:i+1]))
			continue
		}
		lhs, rhs = append(lhs, to[i]), append(rhs, v)
	}
	if len(lhs) > 0 {
		return append([]ast.Stmt{assign(lhs, rhs)}, last...)
	}
	return last
}

// assignNil takes nil out of an assignment of several values.
func (d *desugarer) assignNil(c *astutil.Cursor, n *ast.AssignStmt) {
	if n.Tok != token.ASSIGN || len(n.Rhs) < 2 {
		return
	}
	found := false
	for i, v := range n.Rhs {
		if !d.p.info.Types[v].IsNil() {
			continue
		}
		found = true
		if _, plain := n.Lhs[i].(*ast.Ident); !plain || c.Index() < 0 {
			d.refuse(v, "nil among several values is not part of the lab language: assign it alone")
		}
	}
	if found {
		c.Replace(&ast.BlockStmt{Lbrace: n.Pos(), List: d.setAll(n.Lhs, n.Rhs), Rbrace: n.End()})
	}
}

// deferred says whether a function defers anything itself.
func deferred(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		_, lit := n.(*ast.FuncLit)
		_, later := n.(*ast.DeferStmt)
		found = found || later
		return !lit && !found
	})
	return found
}

// returns replaces the return statements of a function itself.
func returns(body *ast.BlockStmt, with func(*ast.ReturnStmt) []ast.Stmt) {
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			list := with(n)
			if len(list) == 1 {
				c.Replace(list[0])
			} else {
				c.Replace(&ast.BlockStmt{Lbrace: n.Return, List: list})
			}
			return false
		}
		return true
	}, nil)
}
