package script

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
)

// clear works on any map or slice in the host.
func (d *desugarer) clear(c *astutil.Cursor, n *ast.ExprStmt) {
	call, ok := n.X.(*ast.CallExpr)
	if !ok || !d.builtin(call, "clear") {
		return
	}
	c.Replace(&ast.ExprStmt{X: engine("Clear", call.Args...)})
}

// builtin says whether the original call was of that builtin.
func (d *desugarer) builtin(call *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && id.Name == name && d.p.info.Types[call.Fun].IsBuiltin()
}

// minmax computes in the host on the widest type of the same kind.
func (d *desugarer) minmax(c *astutil.Cursor, n *ast.CallExpr, name string) {
	t := d.p.info.TypeOf(n)
	if t == nil {
		d.refuse(n, "%s of a type parameter is not part of the lab language", name)
		return
	}
	b := under(t).(*types.Basic)
	wide := "float64"
	switch {
	case b.Info()&types.IsString != 0:
		wide = "string"
	case b.Info()&types.IsUnsigned != 0:
		wide = "uint64"
	case b.Info()&types.IsInteger != 0:
		wide = "int64"
	}
	args := make([]ast.Expr, len(n.Args))
	for i, a := range n.Args {
		args[i] = &ast.CallExpr{Fun: ast.NewIdent(wide), Args: []ast.Expr{a}}
	}
	typ := d.typeExpr(types.Default(t), n)
	if typ == nil {
		d.refuse(n, "%s of a type that the script cannot name", name)
		return
	}
	d.replace(c, n, &ast.CallExpr{Fun: typ, Args: []ast.Expr{engine(fmt.Sprintf("%s_%s", map[string]string{"min": "Min", "max": "Max"}[name], wide), args...)}})
}

// index lets Go itself find an index out of range, where a script may read the
// words that Go has for it.
func (d *desugarer) index(n *ast.IndexExpr) {
	t := under(d.p.info.TypeOf(n.X))
	if p, ok := t.(*types.Pointer); ok {
		t = under(p.Elem())
	}
	switch t := t.(type) {
	case *types.Slice, *types.Array:
	case *types.Basic:
		if t.Info()&types.IsString == 0 {
			return
		}
	default:
		return
	}
	if !d.words || !pure(n.X) || d.p.info.Types[n.Index].IsType() {
		return
	}
	length := &ast.CallExpr{Fun: ast.NewIdent("len"), Args: []ast.Expr{n.X}}
	n.Index = engine("Index", &ast.CallExpr{Fun: ast.NewIdent("int"), Args: []ast.Expr{n.Index}}, length)
}

// pure says whether e may be computed twice.
func pure(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return pure(e.X)
	case *ast.StarExpr:
		return pure(e.X)
	case *ast.CompositeLit:
		return !slices.ContainsFunc(e.Elts, func(e ast.Expr) bool { return !pure(e) })
	case *ast.IndexExpr:
		return pure(e.X) && pure(e.Index)
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if id, isIdent := ast.Unparen(e.Fun).(*ast.Ident); isIdent && (id.Name == "int" || id.Name == "len") {
			return pure(e.Args[0])
		}
		if !ok || sel.Sel.Name != "Index" {
			return false
		}
		engine, ok := sel.X.(*ast.Ident)
		return ok && engine.Name == "zz" && pure(e.Args[0]) && pure(e.Args[1])
	}
	return false
}
