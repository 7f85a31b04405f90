package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Dim reports arithmetic on quantities that Go accepts and physics does not:
// a product or quotient of two quantities (its type would be wrong), a
// conversion that relabels one quantity as another, and a bare number added to
// or compared with a quantity. A line whose comment reads `// dim: reason` is
// exempt; the reason is required.
var Dim = &analysis.Analyzer{
	Name: "dim",
	Doc:  "report dimensionally wrong arithmetic on the types of mlsysim/units",
	Run:  runDim,
}

var dimExcuse = regexp.MustCompile(`^// ?dim: \S`)

// A dimPass looks at one file.
type dimPass struct {
	*analysis.Pass
	excused map[int]bool // lines with a reason
	strict  bool         // bare numbers are reported too
}

func runDim(pass *analysis.Pass) (any, error) {
	if unitsPath(pass.Pkg.Path()) {
		return nil, nil
	}

	for _, file := range pass.Files {
		name := pass.Fset.Position(file.FileStart).Filename
		d := dimPass{
			Pass:    pass,
			excused: map[int]bool{},
			strict:  !strings.HasSuffix(name, "_test.go") && !ast.IsGenerated(file),
		}
		d.readExcuses(file)
		ast.Inspect(file, d.visit)
	}
	return nil, nil
}

func (d dimPass) readExcuses(file *ast.File) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if dimExcuse.MatchString(c.Text) {
				d.excused[d.Fset.Position(c.Pos()).Line] = true
			}
		}
	}
}

func (d dimPass) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		d.binary(n.OpPos, n.Op, n.X, n.Y)
	case *ast.AssignStmt:
		if op, ok := assignOps[n.Tok]; ok {
			d.binary(n.TokPos, op, n.Lhs[0], n.Rhs[0])
		}
	case *ast.CallExpr:
		d.call(n)
	}
	return true
}

var assignOps = map[token.Token]token.Token{
	token.MUL_ASSIGN: token.MUL,
	token.QUO_ASSIGN: token.QUO,
	token.ADD_ASSIGN: token.ADD,
	token.SUB_ASSIGN: token.SUB,
}

// binary looks at `x op y`, and at `x op= y` as the same thing.
func (d dimPass) binary(pos token.Pos, op token.Token, x, y ast.Expr) {
	of := d.quantity(x)
	if of == nil {
		of = d.quantity(y)
	}
	if of == nil {
		return
	}

	name := of.Obj().Name()
	switch op {
	case token.MUL:
		if !d.number(x) && !d.number(y) && !d.scaled(x, y) && !d.scaled(y, x) {
			d.report(pos, "%s * %s is no %s: use a method of package units", name, name, name)
		}
	case token.QUO:
		if !d.number(y) {
			d.report(pos, "a quotient by %s is no %s: use a method of package units", name, name)
		}
	case token.ADD, token.SUB, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		d.bare(pos, name, x, y)
	}
}

// call looks at conversions and at the builtins min and max.
func (d dimPass) call(c *ast.CallExpr) {
	if d.conversion(c) {
		d.relabel(c)
		return
	}

	id, ok := c.Fun.(*ast.Ident)
	if !ok || len(c.Args) < 2 || id.Name != "min" && id.Name != "max" {
		return
	}
	if _, builtin := d.TypesInfo.Uses[id].(*types.Builtin); !builtin {
		return
	}
	if of := d.quantity(c); of != nil {
		d.bare(c.Pos(), of.Obj().Name(), c.Args...)
	}
}

// relabel reports units.Seconds(b) and units.Seconds(float64(b)) for a b that
// is a quantity of another kind.
func (d dimPass) relabel(c *ast.CallExpr) {
	to := d.quantity(c)
	if to == nil {
		return
	}

	arg := ast.Unparen(c.Args[0])
	if inner, ok := arg.(*ast.CallExpr); ok && d.conversion(inner) && d.quantity(inner) == nil {
		arg = inner.Args[0]
	}
	if from := d.quantity(arg); from != nil && from.Obj() != to.Obj() {
		d.report(c.Pos(), "conversion relabels %s as %s", from.Obj().Name(), to.Obj().Name())
	}
}

// bare reports a number without unit among operands that share a quantity.
func (d dimPass) bare(pos token.Pos, name string, operands ...ast.Expr) {
	numbers := 0
	for _, e := range operands {
		if d.number(e) {
			numbers++
		}
	}
	if !d.strict || numbers == len(operands) {
		return
	}

	for _, e := range operands {
		if d.number(e) && !small(d.TypesInfo.Types[e].Value.ExactString()) {
			d.report(pos, "bare number %s beside %s: give it a unit, or make it an input field", types.ExprString(e), name)
		}
	}
}

func small(number string) bool { return number == "0" || number == "1" || number == "2" }

func (d dimPass) report(pos token.Pos, format string, args ...any) {
	if !d.excused[d.Fset.Position(pos).Line] {
		d.Reportf(pos, format, args...)
	}
}

// quantity is the units type of e, or nil.
func (d dimPass) quantity(e ast.Expr) *types.Named {
	t := d.TypesInfo.TypeOf(e)
	if t == nil {
		return nil
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !unitsPath(n.Obj().Pkg().Path()) {
		return nil
	}
	if b, ok := n.Underlying().(*types.Basic); !ok || b.Kind() != types.Float64 {
		return nil
	}
	return n
}

// number holds for a constant that carries no unit: literals, untyped
// constants, conversions of them, and arithmetic on these. Go types `2` as
// Bytes in `2 * b`; it is still a number.
func (d dimPass) number(e ast.Expr) bool {
	if d.TypesInfo.Types[e].Value == nil {
		return false
	}

	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return d.number(e.X)
	case *ast.UnaryExpr:
		return d.number(e.X)
	case *ast.BinaryExpr:
		return d.number(e.X) && d.number(e.Y)
	case *ast.CallExpr:
		return d.conversion(e) && d.unitless(e.Args[0])
	case *ast.Ident:
		return d.unitlessConst(e)
	case *ast.SelectorExpr:
		return d.unitlessConst(e.Sel)
	}
	return false
}

// unitless holds for a value that is no quantity, or a constant that is none.
func (d dimPass) unitless(e ast.Expr) bool { return d.quantity(e) == nil || d.number(e) }

func (d dimPass) unitlessConst(id *ast.Ident) bool {
	c, ok := d.TypesInfo.Uses[id].(*types.Const)
	if !ok {
		return false
	}
	b, ok := types.Unalias(c.Type()).(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// scaled holds for the idiom units.Bytes(n) * units.GB: a number turned into a
// quantity only so that it can be multiplied by a unit.
func (d dimPass) scaled(x, unit ast.Expr) bool {
	c, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok && d.conversion(c) && d.unitless(c.Args[0]) && d.TypesInfo.Types[unit].Value != nil
}

func (d dimPass) conversion(c *ast.CallExpr) bool {
	return len(c.Args) == 1 && d.TypesInfo.Types[c.Fun].IsType()
}

func unitsPath(path string) bool {
	path = strings.TrimSuffix(path, "_test")
	return path == "mlsysim/units" || strings.HasSuffix(path, "/mlsysim/units")
}
