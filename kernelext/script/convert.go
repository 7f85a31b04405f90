package script

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// conversions refuses values of the script's own types where they become an any
// or an interface of the host.
func (c *profile) conversions(n ast.Node) {
	info := c.p.info
	switch n := n.(type) {
	case *ast.CallExpr:
		c.call(n)
	case *ast.AssignStmt:
		if n.Tok == token.ASSIGN && len(n.Lhs) == len(n.Rhs) {
			for i := range n.Lhs {
				c.store(n.Rhs[i], info.TypeOf(n.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		for _, v := range n.Values {
			if n.Type != nil {
				c.store(v, info.TypeOf(n.Type))
			}
		}
	case *ast.CompositeLit:
		c.composite(n)
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			c.equal(n.X, n.Y)
			c.store(n.X, info.TypeOf(n.Y))
			c.store(n.Y, info.TypeOf(n.X))
		}
	case *ast.MapType:
		c.comparable(n.Key, info.TypeOf(n.Key))
	case *ast.SwitchStmt:
		if n.Tag != nil {
			c.comparable(n.Tag, info.TypeOf(n.Tag))
		}
	case *ast.IndexExpr:
		if m, ok := under(info.TypeOf(n.X)).(*types.Map); ok {
			c.store(n.Index, m.Key())
		}
	}
}

// equal refuses what the interpreter compares wrongly: values in interfaces of
// the script.
func (c *profile) equal(x, y ast.Expr) {
	if !c.p.info.Types[x].IsNil() && !c.p.info.Types[y].IsNil() {
		c.comparable(x, c.p.info.TypeOf(x))
		c.comparable(y, c.p.info.TypeOf(y))
	}
}

func (c *profile) comparable(at ast.Expr, t types.Type) {
	if t != nil && dynamic(t) {
		c.refuse(at.Pos(), "compare the results of a method", "values of interface type %s cannot be compared", c.name(t))
	}
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// store refuses e where a value of type to is wanted.
func (c *profile) store(e ast.Expr, to types.Type) {
	from := c.p.info.TypeOf(e)
	if from == nil || to == nil || !emptyInterface(to) || types.IsInterface(from) && !dynamic(from) {
		return
	}
	if own(from) || dynamic(from) {
		c.refuse(e.Pos(), hintStore, "an any cannot hold your own type %s", c.name(from))
	}
}

func (c *profile) composite(n *ast.CompositeLit) {
	t := under(c.p.info.TypeOf(n))
	for i, e := range n.Elts {
		v := e
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			v = kv.Value
		}
		switch t := t.(type) {
		case *types.Slice:
			c.store(v, t.Elem())
		case *types.Array:
			c.store(v, t.Elem())
		case *types.Map:
			c.store(kv.Key, t.Key())
			c.store(v, t.Elem())
		case *types.Struct:
			if keyed {
				if f := c.p.info.Uses[kv.Key.(*ast.Ident)]; f != nil {
					c.store(v, f.Type())
				}
			} else if i < t.NumFields() {
				c.store(v, t.Field(i).Type())
			}
		}
	}
}

func (c *profile) returns(body *ast.BlockStmt, ft *ast.FuncType) {
	if ft.Results == nil || body == nil {
		return
	}
	var want []types.Type
	for _, f := range ft.Results.List {
		for range max(1, len(f.Names)) {
			want = append(want, c.p.info.TypeOf(f.Type))
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == len(want) {
			for i, e := range r.Results {
				c.store(e, want[i])
			}
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
}

// printers are the functions of fmt that print their arguments.
var printers = []string{"Print", "Println", "Printf", "Sprint", "Sprintln", "Sprintf", "Errorf", "Fprint", "Fprintln", "Fprintf"}

// printerOf names the fmt function that n calls, or "".
func printerOf(info *types.Info, n *ast.CallExpr) string {
	f := callee(info, n)
	if f != nil && f.Pkg() != nil && f.Pkg().Path() == "fmt" && slices.Contains(printers, f.Name()) {
		return f.Name()
	}
	return ""
}

// callee is the function or method that n calls by name, or nil.
func callee(info *types.Info, n *ast.CallExpr) *types.Func {
	var id *ast.Ident
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return nil
	}
	f, _ := info.Uses[id].(*types.Func)
	return f
}

func (c *profile) call(n *ast.CallExpr) {
	tv := c.p.info.Types[n.Fun]
	if tv.IsType() {
		if len(n.Args) == 1 {
			c.store(n.Args[0], tv.Type)
		}
		return
	}
	if tv.IsBuiltin() {
		c.builtin(n)
		return
	}
	if name := printerOf(c.p.info, n); name != "" {
		c.print(name, n)
		return
	}
	sig, ok := under(tv.Type).(*types.Signature)
	if !ok {
		return
	}
	f := callee(c.p.info, n)
	host := f != nil && f.Pkg() != nil && f.Pkg().Path() != scriptPath
	for i, arg := range n.Args {
		to := paramType(sig, i, n.Ellipsis.IsValid())
		if to == nil || f != nil && f.Pkg() != nil && f.Pkg().Path() == "sort" {
			continue
		}
		if host && f.Pkg().Path() == "encoding/json" && plain(c.p.info.TypeOf(arg)) {
			continue
		}
		if host && types.IsInterface(to) && own(c.p.info.TypeOf(arg)) {
			c.refuse(arg.Pos(), hintAny, "%s cannot take your own type %s", f.Name(), c.name(c.p.info.TypeOf(arg)))
			continue
		}
		c.store(arg, to)
	}
}

func paramType(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	if !sig.Variadic() || i < n-1 {
		if i >= n {
			return nil
		}
		return sig.Params().At(i).Type()
	}
	last := sig.Params().At(n - 1).Type()
	if s, ok := last.(*types.Slice); ok && !spread {
		return s.Elem()
	}
	return last
}

func (c *profile) builtin(n *ast.CallExpr) {
	name := ""
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
		name = id.Name
	}
	switch {
	case name == "panic" && len(n.Args) == 1:
		c.store(n.Args[0], types.Universe.Lookup("any").Type())
	case name == "append" && len(n.Args) > 1 && !n.Ellipsis.IsValid():
		if s, ok := under(c.p.info.TypeOf(n.Args[0])).(*types.Slice); ok {
			for _, a := range n.Args[1:] {
				c.store(a, s.Elem())
			}
		}
	}
}

// print refuses what only compiled Go could print.
func (c *profile) print(name string, n *ast.CallExpr) {
	args := n.Args
	if strings.HasPrefix(name, "F") {
		args = args[1:]
	}
	for _, arg := range args {
		t := c.p.info.TypeOf(arg)
		_, tuple := t.(*types.Tuple)
		switch {
		case t == nil:
		case dynamic(t):
			c.refuse(arg.Pos(), "print the result of a method", "the content of interface type %s cannot be printed", c.name(t))
		case tuple && own(t):
			c.refuse(arg.Pos(), "assign the results to variables first", "several results with your own types cannot be printed at once")
		case strings.HasSuffix(name, "rint") && own(t) && isString(t):
			c.refuse(arg.Pos(), "convert it with string( )", "%s sets the spaces around your own text type %s wrongly", name, c.name(t))
		}
	}
	if name == "Errorf" && c.p.info.Types[n.Args[0]].Value != nil && strings.Contains(constant.StringVal(c.p.info.Types[n.Args[0]].Value), "%w") {
		for _, arg := range n.Args[1:] {
			if own(c.p.info.TypeOf(arg)) {
				c.refuse(arg.Pos(), "", "%%w cannot take your own type")
			}
		}
	}
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}
