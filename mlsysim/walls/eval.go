package walls

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
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
