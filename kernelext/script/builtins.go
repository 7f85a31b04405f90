package script

import (
	"fmt"
	"go/ast"
	"go/types"

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
	if t == nil || generic(t) {
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
