package walls

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

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
	group(x string) string
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
		return s.group(write(e.X, s))
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
func (unicodeStyle) group(x string) string                      { return "(" + x + ")" }
func (unicodeStyle) product(x, y string) string                 { return x + "·" + y }
func (unicodeStyle) quotient(x, y string, _, _ ast.Expr) string { return x + " / " + y }
func (unicodeStyle) power(x, y string, ex, ey ast.Expr) string {
	return grouped(x, ex) + "^" + grouped(y, ey)
}

func (unicodeStyle) call(name string, args []string) string {
	return name + "(" + strings.Join(args, ", ") + ")"
}

// grouped puts parentheses around what a power would otherwise split.
func grouped(text string, e ast.Expr) string {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
		return "(" + text + ")"
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
func (valueStyle) group(x string) string                          { return "(" + x + ")" }
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
