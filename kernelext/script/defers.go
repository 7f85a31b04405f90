package script

import (
	"go/ast"
	"go/token"
	"go/types"

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

// guard keeps the deferred calls of a function in the host when the interpreter
// would not do: it gives a literal in a loop the variables of the last turn, calls
// function variables too late, and waits for ever when a deferred call calls a
// literal of the same function. The body becomes a literal that the host runs.
func (d *desugarer) guard(f *ast.FuncType, body *ast.BlockStmt) {
	if body == nil || !d.guards(body) {
		return
	}
	g := d.temp("guard")
	own, vars := d.resultVars(f)
	returns(body, func(n *ast.ReturnStmt) []ast.Stmt {
		if len(n.Results) == 0 {
			return []ast.Stmt{n}
		}
		return append(d.setAll(own, n.Results), &ast.ReturnStmt{Return: n.Return})
	})
	d.keepDeferred(g, body)
	method := func(name string, args ...ast.Expr) *ast.CallExpr {
		return &ast.CallExpr{Fun: &ast.SelectorExpr{X: g, Sel: ast.NewIdent(name)}, Args: args}
	}
	inner := &ast.BlockStmt{Lbrace: body.Lbrace, List: body.List, Rbrace: body.Rbrace}
	run := method("Run", &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: inner})
	body.List = append(vars, define([]ast.Expr{g}, []ast.Expr{engine("Guard")}), &ast.ExprStmt{X: run})
	if len(own) > 0 {
		body.List = append(body.List, &ast.ReturnStmt{Results: own})
	}
}

// resultVars declares a variable for each result, which loses its name.
func (d *desugarer) resultVars(f *ast.FuncType) (own []ast.Expr, vars []ast.Stmt) {
	if f.Results == nil {
		return nil, nil
	}
	var fields []*ast.Field
	for _, r := range f.Results.List {
		names := r.Names
		if names == nil {
			names = []*ast.Ident{d.temp("r")}
		}
		for _, id := range names {
			if id.Name == "_" {
				id = d.temp("r")
			}
			spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: r.Type}
			vars = append(vars, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}}})
			own, fields = append(own, ast.NewIdent(id.Name)), append(fields, &ast.Field{Type: r.Type})
		}
	}
	f.Results = &ast.FieldList{List: fields}
	return own, vars
}

// keepDeferred gives the deferred calls of a function to its guard.
func (d *desugarer) keepDeferred(g *ast.Ident, body *ast.BlockStmt) {
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			lit := d.temp("later") // as an argument it would see the variables of the last turn
			c.InsertBefore(define([]ast.Expr{lit}, []ast.Expr{d.later(c, g, n)}))
			keep := &ast.CallExpr{Fun: &ast.SelectorExpr{X: g, Sel: ast.NewIdent("Defer")}, Args: []ast.Expr{lit}}
			c.Replace(&ast.ExprStmt{X: keep})
			return false
		}
		return true
	}, nil)
}

// later is a deferred call as a function without parameters. Its arguments are
// variables already; what it calls is evaluated now.
func (d *desugarer) later(c *astutil.Cursor, g *ast.Ident, n *ast.DeferStmt) ast.Expr {
	switch f := ast.Unparen(n.Call.Fun).(type) {
	case *ast.FuncLit:
		recovers(f.Body, g)
		if len(n.Call.Args) == 0 && f.Type.Results == nil {
			return f
		}
	case *ast.SelectorExpr:
		if sel := d.p.info.Selections[f]; sel != nil && sel.Kind() == types.MethodVal {
			x := f.X
			_, pointer := d.p.info.TypeOf(f.X).Underlying().(*types.Pointer)
			if _, wants := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer); wants && !pointer {
				x = &ast.UnaryExpr{Op: token.AND, X: x}
			}
			t := d.temp("recv")
			c.InsertBefore(define([]ast.Expr{t}, []ast.Expr{x}))
			n.Call.Fun = &ast.SelectorExpr{X: t, Sel: f.Sel}
		} else if sel != nil {
			d.evaluate(c, n)
		}
	case *ast.Ident:
		if d.variable(f) {
			d.evaluate(c, n)
		}
	default:
		d.evaluate(c, n)
	}
	return &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: n.Call}}}}
}

func (d *desugarer) evaluate(c *astutil.Cursor, n *ast.DeferStmt) {
	t := d.temp("f")
	c.InsertBefore(define([]ast.Expr{t}, []ast.Expr{n.Call.Fun}))
	n.Call.Fun = t
}

func (d *desugarer) variable(id *ast.Ident) bool {
	_, ok := d.p.info.Uses[id].(*types.Var)
	return ok
}

// recovers asks the guard what a deferred literal recovers.
func recovers(body *ast.BlockStmt, g *ast.Ident) {
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		if _, lit := c.Node().(*ast.FuncLit); lit {
			return false
		}
		if call, ok := c.Node().(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "recover" {
				call.Fun = &ast.SelectorExpr{X: g, Sel: ast.NewIdent("Recover")}
			}
		}
		return true
	}, nil)
}

// guards says whether a function needs one: it defers a literal in a loop, a call
// of a function value, or has literals besides those that it defers.
func (d *desugarer) guards(body *ast.BlockStmt) bool {
	defers, needed, loops := false, false, 0
	later := map[*ast.CallExpr]bool{}
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			call, direct := c.Parent().(*ast.CallExpr)
			isDefer := later[call]
			needed = needed || !direct || !isDefer
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			loops++
		case *ast.DeferStmt:
			defers = true
			later[n.Call] = true
			switch f := ast.Unparen(n.Call.Fun).(type) {
			case *ast.FuncLit:
				needed = needed || loops > 0
			case *ast.Ident:
				needed = needed || d.variable(f)
			case *ast.SelectorExpr:
				sel := d.p.info.Selections[f]
				needed = needed || sel != nil && sel.Kind() != types.MethodVal
			default:
				needed = true
			}
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops--
		}
		return true
	})
	return defers && needed
}
