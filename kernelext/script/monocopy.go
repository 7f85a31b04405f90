package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
)

var (
	posType  = reflect.TypeFor[token.Pos]()
	exprType = reflect.TypeFor[ast.Expr]()
	docType  = reflect.TypeFor[*ast.CommentGroup]()
)

// copy is a deep copy of syntax, with the copies of generic declarations in
// place of their names and the type arguments in place of the parameters.
func (m *mono) copy(n ast.Node) ast.Node {
	return m.value(reflect.ValueOf(n)).Interface().(ast.Node)
}

func (m *mono) value(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		if e, ok := v.Interface().(ast.Expr); ok && v.Type() == exprType {
			if r := m.expr(e); r != nil {
				return reflect.ValueOf(&r).Elem()
			}
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(m.value(v.Elem()))
		return out
	case reflect.Pointer:
		if v.IsNil() || v.Type() == docType {
			return reflect.Zero(v.Type())
		}
		out := reflect.New(v.Type().Elem())
		for i := range v.Elem().NumField() {
			out.Elem().Field(i).Set(m.value(v.Elem().Field(i)))
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(m.value(v.Index(i)))
		}
		return out
	}
	if v.Type() == posType && v.Int() != 0 {
		return reflect.ValueOf(token.Pos(v.Int()) + m.shift)
	}
	return v
}

// expr is what stands in place of e, or nil when its parts are copied.
func (m *mono) expr(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Ident:
		return m.ident(e)
	case *ast.IndexExpr:
		return m.named(e.X)
	case *ast.IndexListExpr:
		return m.named(e.X)
	case *ast.SelectorExpr:
		return m.named(e)
	case *ast.CallExpr:
		return m.constant(e)
	}
	return nil
}

// named is about a generic name, with or without its package.
func (m *mono) named(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return m.instance(e)
	case *ast.SelectorExpr:
		return m.instance(e.Sel)
	}
	return nil
}

func (m *mono) ident(id *ast.Ident) ast.Expr {
	switch obj := m.info.Uses[id].(type) {
	case *types.TypeName:
		if p, ok := obj.Type().(*types.TypeParam); ok && m.args[p] != nil {
			return m.typeExpr(m.args[p], id.Pos())
		}
	case *types.PkgName:
		return m.pkg(obj.Imported(), id.Pos())
	}
	if r := m.instance(id); r != nil {
		return r
	}
	obj := m.info.Uses[id]
	if m.std != nil && obj != nil && obj.Parent() == m.std.Scope() {
		return &ast.SelectorExpr{X: m.pkg(m.std, id.Pos()), Sel: &ast.Ident{NamePos: id.Pos() + m.shift, Name: id.Name}}
	}
	return nil
}

// pkg imports a standard package under the engine's name for it.
func (m *mono) pkg(p *types.Package, at token.Pos) *ast.Ident {
	name := reserved + p.Name()
	m.imports[name] = p.Path()
	return &ast.Ident{NamePos: at + m.shift, Name: name}
}

// constant keeps T(1) from becoming a constant: Go computes with it when the
// program runs, in the precision of T.
func (m *mono) constant(call *ast.CallExpr) ast.Expr {
	fun := m.info.Types[call.Fun]
	if m.args == nil || !fun.IsType() || len(call.Args) != 1 || m.info.Types[call.Args[0]].Value == nil {
		return nil
	}
	if _, param := types.Unalias(fun.Type).(*types.TypeParam); !param {
		return nil
	}
	t := m.subst(fun.Type)
	at := call.Pos()
	conv := &ast.CallExpr{Fun: m.typeExpr(t, at), Lparen: at + m.shift, Args: []ast.Expr{m.copyExpr(call.Args[0])}, Rparen: at + m.shift}
	body := &ast.BlockStmt{Lbrace: at + m.shift, List: []ast.Stmt{&ast.ReturnStmt{Return: at + m.shift, Results: []ast.Expr{conv}}}, Rbrace: at + m.shift}
	results := &ast.FieldList{List: []*ast.Field{{Type: m.typeExpr(t, at)}}}
	lit := &ast.FuncLit{Type: &ast.FuncType{Func: at + m.shift, Params: &ast.FieldList{}, Results: results}, Body: body}
	return &ast.CallExpr{Fun: lit, Lparen: at + m.shift, Rparen: at + m.shift}
}

func (m *mono) copyExpr(e ast.Expr) ast.Expr {
	return m.value(reflect.ValueOf(&e).Elem()).Interface().(ast.Expr)
}

// typeExpr writes a type.
func (m *mono) typeExpr(t types.Type, pos token.Pos) ast.Expr {
	at := pos + m.shift
	in := func(t types.Type) ast.Expr { return m.typeExpr(t, pos) }
	id := func(name string) *ast.Ident { return &ast.Ident{NamePos: at, Name: name} }
	switch t := types.Unalias(m.subst(t)).(type) {
	case *types.Basic:
		return id(t.Name())
	case *types.Named:
		return m.namedType(t, pos)
	case *types.Pointer:
		return &ast.StarExpr{Star: at, X: in(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: at, Elt: in(t.Elem())}
	case *types.Array:
		n := &ast.BasicLit{ValuePos: at, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: at, Len: n, Elt: in(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: at, Key: in(t.Key()), Value: in(t.Elem())}
	case *types.Signature:
		return m.funcType(t, pos)
	case *types.Struct:
		list := &ast.FieldList{Opening: at, Closing: at}
		for i := range t.NumFields() {
			f := &ast.Field{Type: in(t.Field(i).Type())}
			if !t.Field(i).Embedded() {
				f.Names = []*ast.Ident{id(t.Field(i).Name())}
			}
			if tag := t.Tag(i); tag != "" {
				f.Tag = &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(tag)}
			}
			list.List = append(list.List, f)
		}
		return &ast.StructType{Struct: at, Fields: list}
	case *types.Interface:
		if t.Empty() {
			return id("any")
		}
	}
	m.refuse(blank(pos), "a generic declaration cannot take the type %s here", m.s.typeString(t))
	return id("any")
}

// blank is a node at a place.
func blank(pos token.Pos) ast.Node { return &ast.Ident{NamePos: pos, Name: "_"} }

func (m *mono) funcType(t *types.Signature, pos token.Pos) ast.Expr {
	list := func(vars *types.Tuple, variadic bool) *ast.FieldList {
		out := &ast.FieldList{Opening: pos + m.shift, Closing: pos + m.shift}
		for i := range vars.Len() {
			typ := m.typeExpr(vars.At(i).Type(), pos)
			if variadic && i == vars.Len()-1 {
				typ = &ast.Ellipsis{Ellipsis: pos + m.shift, Elt: typ.(*ast.ArrayType).Elt}
			}
			out.List = append(out.List, &ast.Field{Type: typ})
		}
		return out
	}
	return &ast.FuncType{Func: pos + m.shift, Params: list(t.Params(), t.Variadic()), Results: list(t.Results(), false)}
}

// namedType writes a type by the name that the second form knows it under.
func (m *mono) namedType(t *types.Named, pos token.Pos) ast.Expr {
	obj := t.Obj()
	id := func(name string) *ast.Ident { return &ast.Ident{NamePos: pos + m.shift, Name: name} }
	switch {
	case obj.Pkg() == nil:
		return id(obj.Name())
	case obj.Pkg().Path() == "iter":
		return m.typeExpr(t.Underlying(), pos)
	case t.TypeArgs().Len() > 0:
		var args []types.Type
		for a := range t.TypeArgs().Types() {
			args = append(args, m.subst(a))
		}
		return id(m.make(t.Origin().Obj(), args, &ast.Ident{NamePos: pos, Name: obj.Name()}))
	case obj.Pkg().Path() == scriptPath:
		if obj.Parent() != obj.Pkg().Scope() || m.p.pkg.Scope().Lookup(obj.Name()) != obj {
			m.refuse(blank(pos), "a generic declaration needs the type %s at the top of a cell, outside functions", obj.Name())
		}
		return id(obj.Name())
	case isStd(obj.Pkg().Path()):
		return &ast.SelectorExpr{X: m.pkg(obj.Pkg(), pos), Sel: id(obj.Name())}
	}
	if as := m.s.prelude.aliases(m.s.lab)[obj.Pkg().Name()+"."+obj.Name()]; as != "" {
		return id(as)
	}
	if obj.Pkg() != m.s.lab {
		m.refuse(blank(pos), "a generic declaration cannot take the type %s: it has no name in the lab", obj.Name())
	}
	return id(obj.Name())
}

// subst puts the type arguments in place of the parameters.
func (m *mono) subst(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if a := m.args[t]; a != nil {
			return a
		}
	case *types.Alias:
		return m.subst(types.Unalias(t))
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return t
		}
		var args []types.Type
		for a := range t.TypeArgs().Types() {
			args = append(args, m.subst(a))
		}
		if out, err := types.Instantiate(nil, t.Origin(), args, false); err == nil {
			return out
		}
	case *types.Pointer:
		return types.NewPointer(m.subst(t.Elem()))
	case *types.Slice:
		return types.NewSlice(m.subst(t.Elem()))
	case *types.Array:
		return types.NewArray(m.subst(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(m.subst(t.Key()), m.subst(t.Elem()))
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, m.substTuple(t.Params()), m.substTuple(t.Results()), t.Variadic())
	case *types.Struct:
		var fields []*types.Var
		var tags []string
		for i := range t.NumFields() {
			f := t.Field(i)
			fields = append(fields, types.NewField(f.Pos(), f.Pkg(), f.Name(), m.subst(f.Type()), f.Embedded()))
			tags = append(tags, t.Tag(i))
		}
		return types.NewStruct(fields, tags)
	}
	return t
}

func (m *mono) substTuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), v.Name(), m.subst(v.Type())))
	}
	return types.NewTuple(vars...)
}
