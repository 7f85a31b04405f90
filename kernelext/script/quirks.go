package script

import (
	"go/ast"

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

// switchInit takes the first statement out of a switch over a value, which the
// interpreter would compute before that statement.
func (d *desugarer) switchInit(c *astutil.Cursor, n *ast.SwitchStmt) {
	if n.Init == nil || n.Tag == nil {
		return
	}
	if _, labelled := c.Parent().(*ast.LabeledStmt); labelled {
		d.refuse(n, "a label on a switch that declares a variable is not part of the lab language")
		return
	}
	init := n.Init
	n.Init = nil
	c.Replace(&ast.BlockStmt{Lbrace: n.Switch, List: []ast.Stmt{init, n}, Rbrace: n.Body.Rbrace})
}
