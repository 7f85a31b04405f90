package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// call rewrites builtins the interpreter lacks, and arguments of fmt that hold
// types of the script.
func (d *desugarer) call(c *astutil.Cursor, n *ast.CallExpr) {
	switch {
	case d.builtin(n, "min"):
		d.minmax(c, n, "min")
		return
	case d.builtin(n, "max"):
		d.minmax(c, n, "max")
		return
	case d.builtin(n, "recover"):
		d.replace(c, n, engine("Recovered", n))
		return
	}
	name := printerOf(d.p.info, n)
	if name == "" {
		return
	}
	for i, arg := range n.Args {
		if i > 0 || !strings.HasPrefix(name, "F") {
			n.Args[i] = d.typed(arg)
		}
	}
	if strings.HasPrefix(name, "F") {
		d.replace(c, n, d.writeTo(n, name))
	}
}

// writeTo is fmt.Fprintf(w, ...) as a call of w.Write with what Sprintf makes.
func (d *desugarer) writeTo(n *ast.CallExpr, name string) ast.Expr {
	print := &ast.SelectorExpr{X: ast.NewIdent(reserved + "fmt"), Sel: ast.NewIdent("S" + name[1:])}
	text := &ast.CallExpr{Fun: print, Args: n.Args[1:], Ellipsis: n.Ellipsis}
	if !own(d.p.info.TypeOf(n.Args[0])) {
		return engine("WriteTo", n.Args[0], text)
	}
	return engine("Write", &ast.SelectorExpr{X: n.Args[0], Sel: ast.NewIdent("Write")}, text)
}

// typed pairs a value with the type that go/types knows, where the interpreter
// would forget it.
func (d *desugarer) typed(e ast.Expr) ast.Expr {
	t := d.p.info.TypeOf(e)
	if t == nil || !own(t) && !ofFunctions(t) {
		return e
	}
	if _, tuple := t.(*types.Tuple); tuple {
		return e
	}
	id := strconv.Itoa(d.types.add(t))
	return engine("Typed", &ast.BasicLit{Kind: token.INT, Value: id}, e)
}

// ofFunctions says whether t is a function of the script's own types, whose name
// %T prints.
func ofFunctions(t types.Type) bool {
	f, ok := types.Unalias(t).(*types.Signature)
	return ok && (own(f.Params()) || own(f.Results()))
}

// methodExpr turns T.m, and a method value x.m that must keep a copy of x, into
// function literals.
func (d *desugarer) methodExpr(c *astutil.Cursor, n *ast.SelectorExpr) {
	sel := d.p.info.Selections[n]
	if sel == nil || sel.Kind() == types.FieldVal {
		return
	}
	sig := sel.Obj().(*types.Func).Signature()
	if sel.Kind() == types.MethodVal && !bindsCopy(c, sel, sig) {
		return
	}
	recv := sel.Recv()
	if p, ok := recv.(*types.Pointer); ok && sel.Kind() == types.MethodVal {
		recv = p.Elem()
	}
	typ := d.typeExpr(recv, n)
	params, args, ok := d.params(sig, n)
	if !ok || typ == nil || len(sel.Index()) > 1 {
		d.refuse(n, "%s as a value is not part of the lab language: write a function literal that calls it", n.Sel.Name)
		return
	}
	r := d.temp("r")
	call := &ast.CallExpr{Fun: &ast.SelectorExpr{X: r, Sel: n.Sel}, Args: args}
	results, ok := d.results(sig, n)
	if !ok {
		d.refuse(n, "%s as a value needs a type that the script cannot name", n.Sel.Name)
		return
	}
	body := ast.Stmt(&ast.ExprStmt{X: call})
	if results != nil {
		body = &ast.ReturnStmt{Results: []ast.Expr{call}}
	}
	self := &ast.Field{Names: []*ast.Ident{r}, Type: typ}
	d.replace(c, n, bound(n, sel, self, params, results, body))
}

// bindsCopy says whether a method value must remember its receiver as it is now.
func bindsCopy(c *astutil.Cursor, sel *types.Selection, sig *types.Signature) bool {
	_, called := c.Parent().(*ast.CallExpr)
	_, byPointer := sig.Recv().Type().(*types.Pointer)
	return !(called && c.Name() == "Fun") && !byPointer && !types.IsInterface(sel.Recv())
}

// bound is the function literal for T.m, or one that keeps x for x.m.
func bound(n *ast.SelectorExpr, sel *types.Selection, self *ast.Field, params []*ast.Field, results *ast.FieldList, body ast.Stmt) ast.Expr {
	block := &ast.BlockStmt{List: []ast.Stmt{body}}
	if sel.Kind() == types.MethodExpr {
		all := append([]*ast.Field{self}, params...)
		return &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{List: all}, Results: results}, Body: block}
	}
	ft := &ast.FuncType{Params: &ast.FieldList{List: params}, Results: results}
	bind := &ast.FuncLit{
		Type: &ast.FuncType{Params: &ast.FieldList{List: []*ast.Field{self}}, Results: &ast.FieldList{List: []*ast.Field{{Type: ft}}}},
		Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{&ast.FuncLit{Type: ft, Body: block}}}}},
	}
	x := n.X
	if _, pointer := sel.Recv().(*types.Pointer); pointer {
		x = &ast.StarExpr{X: x}
	}
	return &ast.CallExpr{Fun: bind, Args: []ast.Expr{x}}
}

func (d *desugarer) params(sig *types.Signature, at ast.Node) (fields []*ast.Field, args []ast.Expr, ok bool) {
	for v := range sig.Params().Variables() {
		typ := d.typeExpr(v.Type(), at)
		if typ == nil || sig.Variadic() {
			return nil, nil, false
		}
		name := d.temp("a")
		fields = append(fields, &ast.Field{Names: []*ast.Ident{name}, Type: typ})
		args = append(args, name)
	}
	return fields, args, true
}

func (d *desugarer) results(sig *types.Signature, at ast.Node) (*ast.FieldList, bool) {
	if sig.Results().Len() == 0 {
		return nil, true
	}
	list := &ast.FieldList{}
	for v := range sig.Results().Variables() {
		typ := d.typeExpr(v.Type(), at)
		if typ == nil {
			return nil, false
		}
		list.List = append(list.List, &ast.Field{Type: typ})
	}
	return list, true
}
