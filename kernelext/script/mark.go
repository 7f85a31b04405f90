package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// mark notes the line before each statement that may panic: the interpreter
// itself knows only the function.
func (d *desugarer) mark(list []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(list))
	for _, s := range list {
		if s.Pos().IsValid() && d.risky(s) {
			if n := d.p.place(s.Pos()); n != nowhereLine {
				lit := &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(n)}
				out = append(out, &ast.ExprStmt{X: engine("At", lit)})
			}
		}
		out = append(out, s)
	}
	return out
}

// risky looks at the statement itself, not at the blocks within. A loop counts:
// it may run out of steps.
func (d *desugarer) risky(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.FuncLit, *ast.CaseClause:
			return false
		case *ast.IndexExpr:
			_, isMap := under(d.p.info.TypeOf(n.X)).(*types.Map)
			found = found || !isMap
		case *ast.SelectorExpr:
			sel := d.p.info.Selections[n]
			found = found || sel != nil && sel.Indirect()
		case *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			found = true
		case *ast.AssignStmt:
			found = found || slices.Contains([]token.Token{token.QUO_ASSIGN, token.REM_ASSIGN}, n.Tok)
			for _, e := range n.Lhs {
				_, index := e.(*ast.IndexExpr) // of a nil map
				found = found || index
			}
		case *ast.BinaryExpr:
			b, ok := under(d.p.info.TypeOf(n)).(*types.Basic)
			found = found || ok && b.Info()&types.IsInteger != 0 && (n.Op == token.QUO || n.Op == token.REM)
		case *ast.CallExpr:
			found = found || d.mayPanic(n)
		}
		return !found
	})
	return found
}

// mayPanic is about calls that leave the script, and panic itself.
func (d *desugarer) mayPanic(n *ast.CallExpr) bool {
	if d.builtin(n, "panic") || d.builtin(n, "make") {
		return true
	}
	f := callee(d.p.info, n)
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && d.variable(id) {
		return true // it may be nil
	}
	return f != nil && f.Pkg() != nil && f.Pkg().Path() != scriptPath && !isStd(f.Pkg().Path())
}
