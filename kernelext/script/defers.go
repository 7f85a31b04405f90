package script

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
)

// deferred evaluates the arguments of a deferred call at once, as Go does.
func (d *desugarer) deferred(c *astutil.Cursor, n *ast.DeferStmt) {
	if c.Index() < 0 {
		d.refuse(n, "defer under a label is not part of the lab language")
		return
	}
	for i, arg := range n.Call.Args {
		tv := d.p.info.Types[arg]
		if tv.Value != nil || tv.IsNil() || tv.IsType() {
			continue
		}
		t := d.temp("arg")
		c.InsertBefore(define([]ast.Expr{t}, []ast.Expr{arg}))
		n.Call.Args[i] = t
	}
}

// deferLoops keeps the deferred calls of a function in a list when one of them is
// a function literal in a loop: the interpreter would give every one of these the
// variables of the last turn.
func (d *desugarer) deferLoops(body *ast.BlockStmt) {
	if body == nil || !literalInLoop(body) {
		return
	}
	list := d.temp("defers")
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			add := &ast.CallExpr{Fun: ast.NewIdent("append"), Args: []ast.Expr{list, d.later(n)}}
			c.Replace(assign([]ast.Expr{list}, []ast.Expr{add}))
			return false
		}
		return true
	}, nil)
	spec := &ast.ValueSpec{Names: []*ast.Ident{list}, Type: &ast.ArrayType{Elt: &ast.FuncType{Params: &ast.FieldList{}}}}
	all := &ast.FuncLit{
		Type: &ast.FuncType{Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: engine("Deferred", list)}}},
	}
	body.List = slices.Concat([]ast.Stmt{
		&ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}}},
		&ast.DeferStmt{Call: &ast.CallExpr{Fun: all}},
	}, body.List)
}

// later is a deferred call as a function without parameters. Its arguments are
// variables already.
func (d *desugarer) later(n *ast.DeferStmt) ast.Expr {
	switch f := ast.Unparen(n.Call.Fun).(type) {
	case *ast.FuncLit:
		if len(n.Call.Args) == 0 && f.Type.Results == nil {
			return f
		}
	case *ast.SelectorExpr:
		if d.p.info.Selections[f] != nil {
			d.refuse(n, "a deferred method beside a deferred function literal in a loop is not part of the lab language: call it in a literal too")
		}
	}
	return &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: n.Call}}}}
}

// literalInLoop says whether a function itself defers a literal in a loop.
func literalInLoop(body *ast.BlockStmt) bool {
	found, loops := false, 0
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			loops++
		case *ast.DeferStmt:
			_, lit := ast.Unparen(n.Call.Fun).(*ast.FuncLit)
			found = found || lit && loops > 0
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops--
		}
		return true
	})
	return found
}
