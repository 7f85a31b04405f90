package walls

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
)

// Eval computes a formula: + - * /, a leading minus, numbers, symbols, and max,
// min, pow, sqrt, exp, ln, log2, ceil and floor.
func Eval(formula string, vars map[string]float64) (float64, error) {
	e, err := parser.ParseExpr(formula)
	if err != nil {
		return 0, fmt.Errorf("formula %q: %w", formula, err)
	}
	return eval(e, vars)
}

func eval(e ast.Expr, vars map[string]float64) (float64, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return eval(e.X, vars)
	case *ast.BasicLit:
		return strconv.ParseFloat(e.Value, 64)
	case *ast.Ident:
		v, ok := vars[e.Name]
		if !ok {
			return 0, fmt.Errorf("symbol %s has no value", e.Name)
		}
		return v, nil
	case *ast.BinaryExpr:
		x, err := eval(e.X, vars)
		if err != nil {
			return 0, err
		}
		y, err := eval(e.Y, vars)
		if err != nil {
			return 0, err
		}
		return binary(e.Op, x, y)
	case *ast.UnaryExpr:
		if x, err := eval(e.X, vars); err != nil || e.Op == token.SUB {
			return -x, err
		}
	case *ast.CallExpr:
		return call(e, vars)
	}
	return 0, fmt.Errorf("a formula cannot hold %T", e)
}

func binary(op token.Token, x, y float64) (float64, error) {
	switch op {
	case token.ADD:
		return x + y, nil
	case token.SUB:
		return x - y, nil
	case token.MUL:
		return x * y, nil
	case token.QUO:
		return x / y, nil
	}
	return 0, fmt.Errorf("a formula cannot hold %s", op)
}

func call(e *ast.CallExpr, vars map[string]float64) (float64, error) {
	args := make([]float64, len(e.Args))
	for i, a := range e.Args {
		v, err := eval(a, vars)
		if err != nil {
			return 0, err
		}
		args[i] = v
	}
	name := e.Fun.(*ast.Ident).Name
	switch {
	case name == "max" && len(args) == 2:
		return max(args[0], args[1]), nil
	case name == "min" && len(args) == 2:
		return min(args[0], args[1]), nil
	case name == "pow" && len(args) == 2:
		return math.Pow(args[0], args[1]), nil
	case name == "log2" && len(args) == 1:
		return math.Log2(args[0]), nil
	case name == "ceil" && len(args) == 1:
		return math.Ceil(args[0]), nil
	case name == "floor" && len(args) == 1:
		return math.Floor(args[0]), nil
	case name == "exp" && len(args) == 1:
		return math.Exp(args[0]), nil
	case name == "ln" && len(args) == 1:
		return math.Log(args[0]), nil
	case name == "sqrt" && len(args) == 1:
		return math.Sqrt(args[0]), nil
	}
	return 0, fmt.Errorf("unknown function %s with %d arguments", name, len(args))
}

// greek spells the symbols that are written as Greek letters.
var greek = map[string]struct{ unicode, tex string }{
	"eta": {"η", `\eta`}, "alpha": {"α", `\alpha`}, "beta": {"β", `\beta`}, "rho": {"ρ", `\rho`}, "tau": {"τ", `\tau`},
	"lambda": {"λ", `\lambda`}, "mu": {"μ", `\mu`}, "sigma": {"σ", `\sigma`}, "delta": {"δ", `\delta`},
	"gamma": {"γ", `\gamma`}, "omega": {"ω", `\omega`}, "epsilon": {"ε", `\epsilon`}, "kappa": {"κ", `\kappa`},
	"phi": {"φ", `\phi`}, "theta": {"θ", `\theta`},
}

// Pretty prints a formula for a terminal: Q / (BW·η_m).
func Pretty(formula string) string { return printed(formula, unicodeStyle{}) }

// TeX prints a formula for MathJax: \frac{Q}{BW \cdot \eta_{m}}.
func TeX(formula string) string { return printed(formula, texStyle{}) }

// Substitute prints a formula with values in place of its symbols.
func Substitute(formula string, values map[string]string) string {
	return printed(formula, valueStyle{values})
}

// A style prints the parts of a formula in one notation.
type style interface {
	symbol(name string) string
	product(x, y string) string
	quotient(x, y string, ex, ey ast.Expr) string
	power(x, y string, ex, ey ast.Expr) string
	call(name string, args []string) string
}

func printed(formula string, s style) string {
	e, err := parser.ParseExpr(formula)
	if err != nil {
		return formula
	}
	return write(e, s)
}

func write(e ast.Expr, s style) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return "(" + write(e.X, s) + ")"
	case *ast.BasicLit:
		return e.Value
	case *ast.Ident:
		return s.symbol(e.Name)
	case *ast.UnaryExpr:
		return "−" + write(e.X, s)
	case *ast.CallExpr:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = write(a, s)
		}
		name := e.Fun.(*ast.Ident).Name
		if name == "pow" {
			return s.power(args[0], args[1], e.Args[0], e.Args[1])
		}
		return s.call(name, args)
	case *ast.BinaryExpr:
		x, y := write(e.X, s), write(e.Y, s)
		switch e.Op {
		case token.MUL:
			return s.product(x, y)
		case token.QUO:
			return s.quotient(x, y, e.X, e.Y)
		case token.SUB:
			return x + " − " + y
		default:
			return x + " " + e.Op.String() + " " + y
		}
	}
	return fmt.Sprintf("%T", e)
}

type unicodeStyle struct{}

func (unicodeStyle) symbol(name string) string {
	base, sub, has := strings.Cut(name, "_")
	if g, ok := greek[base]; ok {
		base = g.unicode
	}
	if has {
		return base + "_" + sub
	}
	return base
}
func (unicodeStyle) product(x, y string) string                 { return x + "·" + y }
func (unicodeStyle) quotient(x, y string, _, _ ast.Expr) string { return x + " / " + y }
func (unicodeStyle) power(x, y string, ex, ey ast.Expr) string {
	return grouped(x, ex) + "^" + grouped(y, ey)
}

func (unicodeStyle) call(name string, args []string) string {
	return name + "(" + strings.Join(args, ", ") + ")"
}

type texStyle struct{}

func (texStyle) symbol(name string) string {
	base, sub, has := strings.Cut(name, "_")
	if g, ok := greek[base]; ok {
		base = g.tex
	} else if len(base) > 1 {
		base = `\mathrm{` + base + "}"
	}
	if has {
		return base + `_{\mathrm{` + sub + "}}"
	}
	return base
}
func (texStyle) product(x, y string) string { return x + ` \cdot ` + y }
func (texStyle) quotient(x, y string, ex, ey ast.Expr) string {
	return `\frac{` + bare(x, ex) + "}{" + bare(y, ey) + "}"
}

func (texStyle) power(x, y string, ex, ey ast.Expr) string {
	return "{" + grouped(x, ex) + "}^{" + bare(y, ey) + "}"
}

func (texStyle) call(name string, args []string) string {
	switch name {
	case "ceil":
		return `\lceil ` + args[0] + ` \rceil`
	case "floor":
		return `\lfloor ` + args[0] + ` \rfloor`
	case "sqrt":
		return `\sqrt{` + args[0] + "}"
	case "log2":
		return `\log_2(` + args[0] + ")"
	}
	return `\` + name + `\left(` + strings.Join(args, ", ") + `\right)`
}

// grouped puts parentheses around what a power would otherwise split.
func grouped(text string, e ast.Expr) string {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
		return "(" + text + ")"
	}
	return text
}

// bare drops the parentheses that a fraction bar replaces.
func bare(text string, e ast.Expr) string {
	if _, ok := e.(*ast.ParenExpr); ok {
		return text[1 : len(text)-1]
	}
	return text
}

type valueStyle struct{ values map[string]string }

func (v valueStyle) symbol(name string) string {
	text, ok := v.values[name]
	if negative, is := strings.CutPrefix(text, "-"); is {
		return "(−" + negative + ")"
	}
	if ok {
		return text
	}
	return unicodeStyle{}.symbol(name)
}
func (valueStyle) product(x, y string) string                     { return x + " · " + y }
func (v valueStyle) quotient(x, y string, ex, ey ast.Expr) string { return x + " / " + y }
func (valueStyle) power(x, y string, ex, ey ast.Expr) string {
	return quantity(grouped(x, ex), ex) + "^" + quantity(grouped(y, ey), ey)
}

// call needs no parentheses around an argument that is one negative number.
func (valueStyle) call(name string, args []string) string {
	for i, a := range args {
		if number, ok := strings.CutPrefix(a, "(−"); ok && strings.Index(number, ")") == len(number)-1 {
			args[i] = "−" + strings.TrimSuffix(number, ")")
		}
	}
	return unicodeStyle{}.call(name, args)
}

// quantity puts parentheses around a value with its unit.
func quantity(text string, e ast.Expr) string {
	if _, symbol := e.(*ast.Ident); symbol && strings.Contains(text, " ") {
		return "(" + text + ")"
	}
	return text
}
