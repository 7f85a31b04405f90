package script

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// constDecl gives every constant the value that the compiler found: the
// interpreter loses its way in iota and in the types of constants.
func (d *desugarer) constDecl(n *ast.GenDecl) bool {
	var specs []ast.Spec
	for _, s := range n.Specs {
		for _, id := range s.(*ast.ValueSpec).Names {
			obj, _ := d.p.info.Defs[id].(*types.Const)
			spec := d.constant(obj, id)
			if spec == nil {
				d.renameConst(n)
				return false
			}
			if id.Name != "_" {
				specs = append(specs, spec)
			}
		}
	}
	for _, s := range specs {
		id := s.(*ast.ValueSpec).Names[0]
		id.Name = d.name(d.p.info.Defs[id], id.Name)
	}
	n.Specs = specs
	if len(specs) > 1 && !n.Lparen.IsValid() {
		n.Lparen, n.Rparen = n.Pos(), n.End()
	}
	return false
}

// constant declares one constant, or is nil where no literal says its value.
func (d *desugarer) constant(obj *types.Const, id *ast.Ident) *ast.ValueSpec {
	if obj == nil {
		return nil
	}
	spec := &ast.ValueSpec{Names: []*ast.Ident{id}}
	b, ok := under(obj.Type()).(*types.Basic)
	if !ok {
		return nil
	}
	if b.Info()&types.IsUntyped == 0 {
		if spec.Type = d.typeExpr(obj.Type(), id); spec.Type == nil {
			return nil
		}
	}
	lit := constantText(obj.Val(), b)
	if lit == "" {
		return nil
	}
	spec.Values = []ast.Expr{&ast.BasicLit{ValuePos: id.Pos(), Kind: token.FLOAT, Value: lit}}
	return spec
}

// constantText writes a constant as a literal of its kind, or nothing if there is
// none that keeps its value and its type.
func constantText(v constant.Value, b *types.Basic) string {
	switch {
	case b.Info()&types.IsString != 0:
		return strconv.Quote(constant.StringVal(v))
	case b.Kind() == types.UntypedRune:
		r, exact := constant.Int64Val(v)
		if !exact || r < 0 || r > math.MaxInt16 {
			return ""
		}
		return strconv.QuoteRuneToASCII(rune(r))
	case b.Info()&types.IsInteger != 0:
		return constant.ToInt(v).ExactString()
	case b.Info()&types.IsFloat != 0:
		f, _ := constant.Float64Val(v)
		if math.IsInf(f, 0) {
			return ""
		}
		text := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return text
	}
	return ""
}

// renameConst leaves the values to the interpreter.
func (d *desugarer) renameConst(n *ast.GenDecl) {
	for _, s := range n.Specs {
		vs := s.(*ast.ValueSpec)
		for _, id := range vs.Names {
			id.Name = d.name(d.p.info.Defs[id], id.Name)
		}
		if vs.Type != nil {
			vs.Type = astutil.Apply(vs.Type, nil, d.post).(ast.Expr)
		}
		for i := range vs.Values {
			vs.Values[i] = astutil.Apply(vs.Values[i], nil, d.post).(ast.Expr)
		}
	}
}

// folded is the value of a composed constant expression, or nil.
func (d *desugarer) folded(e ast.Expr) ast.Expr {
	tv := d.p.info.Types[e]
	b, ok := under(tv.Type).(*types.Basic)
	if tv.Value == nil || !ok {
		return nil
	}
	switch e.(type) {
	case *ast.BinaryExpr, *ast.CallExpr, *ast.UnaryExpr:
	case *ast.Ident, *ast.SelectorExpr:
		if b.Kind() != types.Float32 {
			return nil
		}
	default:
		return nil
	}
	var lit string
	switch {
	case b.Info()&types.IsString != 0:
		lit = strconv.Quote(constant.StringVal(tv.Value))
	case b.Info()&types.IsBoolean != 0:
		lit = strconv.FormatBool(constant.BoolVal(tv.Value))
	case b.Info()&types.IsFloat != 0 && b.Info()&types.IsUntyped == 0:
		f, _ := constant.Float64Val(tv.Value)
		lit = strconv.FormatFloat(f, 'g', -1, 64)
	case b.Kind() == types.Int || b.Kind() == types.Int64:
		lit = tv.Value.ExactString()
	default:
		return nil
	}
	typ := d.typeExpr(types.Default(tv.Type), e)
	if typ == nil {
		return nil
	}
	return &ast.CallExpr{Fun: typ, Args: []ast.Expr{&ast.BasicLit{ValuePos: e.Pos(), Kind: token.FLOAT, Value: lit}}}
}

// shift gives a constant on the left of a shift the type that it takes from its
// surroundings, which the interpreter does not look at.
func (d *desugarer) shift(n *ast.BinaryExpr) {
	if n.Op != token.SHL && n.Op != token.SHR || d.p.info.Types[n.X].Value == nil {
		return
	}
	t := d.p.info.TypeOf(n)
	if b, ok := under(t).(*types.Basic); !ok || b.Info()&types.IsUntyped != 0 {
		return
	}
	if typ := d.typeExpr(t, n); typ != nil {
		n.X = &ast.CallExpr{Fun: typ, Args: []ast.Expr{n.X}}
	}
}
