package walls

import (
	"fmt"
	"go/ast"
	"go/parser"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A Term is one symbol of a formula: what it means and the value put in.
type Term struct {
	Symbol string
	What   string
	Value  any // a units type, an int or a float64
}

// A Step computes one quantity from its terms. The formula is a Go expression
// over their symbols, so that it can be evaluated again and printed as TeX.
type Step struct {
	Name    string // memory time
	Symbol  string // T_m
	Formula string // Q / (BW * eta_m)
	Terms   []Term
	Value   any
	Field   string // the result field with this value, if it has one
	Source  string // the law's paper
}

// A Trace is the derivation of a result: its steps in order, and what the model
// leaves out.
type Trace struct {
	Title   string
	Steps   []Step
	Omitted []string
}

// Heading returns the title.
func (t Trace) Heading() string { return t.Title }

// Len returns the number of steps.
func (t Trace) Len() int { return len(t.Steps) }

// LeftOut lists what the model does not see.
func (t Trace) LeftOut() []string { return t.Omitted }

// Ending returns the last step that ends in a field of the result, or -1.
func (t Trace) Ending(field string) int {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if t.Steps[i].Field == field && field != "" {
			return i
		}
	}
	return -1
}

// Step returns step i ready to print; each term is symbol, value, meaning. The
// TeX has the formula, the values put in and the value one below the other.
func (t Trace) Step(i int) (name, formula, tex, substituted, value, source string, terms [][3]string) {
	s := t.Steps[i]
	values := map[string]string{}
	for _, term := range s.Terms {
		values[term.Symbol] = describe.Text(term.Value)
		terms = append(terms, [3]string{Pretty(term.Symbol), describe.Text(term.Value), term.What})
	}
	e, err := parser.ParseExpr(s.Formula)
	if err != nil {
		e = &ast.Ident{Name: s.Formula} // prints as it is
	}
	formula = Pretty(s.Symbol) + " = " + write(e, unicodeStyle{})
	value, substituted = describe.Text(s.Value), write(e, valueStyle{values})
	lines := TeX(s.Symbol) + " &= " + write(e, texStyle{})
	if substituted == value {
		substituted = "" // a copy says nothing twice
	} else {
		lines += ` \\[4pt] &= ` + write(e, texValueStyle{values})
	}
	tex = `\begin{aligned} ` + lines + ` \\[4pt] &= \mathbf{` + texQuantity(value) + `} \end{aligned}`
	return s.Name, formula, tex, substituted, value, s.Source, terms
}

// String prints the derivation as plain lines.
func (t Trace) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, t.Title)
	for i := range t.Steps {
		name, formula, _, substituted, value, _, _ := t.Step(i)
		if substituted != "" {
			substituted = " = " + substituted
		}
		fmt.Fprintf(&b, "%d. %s: %s%s = %s\n", i+1, name, formula, substituted, value)
	}
	return b.String()
}

// unused returns a term that the formula of its step does not hold.
func unused(s Step) string {
	used := map[string]bool{}
	if e, err := parser.ParseExpr(s.Formula); err == nil {
		ast.Inspect(e, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				used[name.Name] = true
			}
			return true
		})
	}
	for _, term := range s.Terms {
		if !used[term.Symbol] {
			return term.Symbol
		}
	}
	return ""
}

// Verify evaluates every step again from its terms and reports the first whose
// value differs by more than a relative 1e-9, that differs from the result field
// it names, or that lists a term its formula does not use. result is the struct the trace explains.
func (t Trace) Verify(result any) error {
	known := map[string]float64{}
	for _, s := range t.Steps {
		vars := map[string]float64{}
		for _, term := range s.Terms {
			vars[term.Symbol] = float(term.Value)
			if earlier, ok := known[term.Symbol]; ok && !close(earlier, vars[term.Symbol]) {
				return fmt.Errorf("%s: step %q puts %s = %v in, an earlier step gave %v", t.Title, s.Name, term.Symbol, vars[term.Symbol], earlier)
			}
		}
		if idle := unused(s); idle != "" {
			return fmt.Errorf("%s: step %q: no part of %s uses %s", t.Title, s.Name, s.Formula, idle)
		}
		got, err := Eval(s.Formula, vars)
		if err != nil {
			return fmt.Errorf("%s: step %q: %w", t.Title, s.Name, err)
		}
		if want := float(s.Value); !close(got, want) {
			return fmt.Errorf("%s: step %q: %s gives %v, the trace says %v", t.Title, s.Name, s.Formula, got, want)
		}
		known[s.Symbol] = got
		if s.Field == "" {
			continue
		}
		want, _, err := describe.Number(result, s.Field)
		if err != nil {
			return fmt.Errorf("%s: step %q: %w", t.Title, s.Name, err)
		}
		if !close(got, want) {
			return fmt.Errorf("%s: step %q gives %v, the result says %s = %v", t.Title, s.Name, got, s.Field, want)
		}
	}
	return nil
}

func float(v any) float64 {
	rv := reflect.ValueOf(v)
	if rv.CanInt() {
		return float64(rv.Int())
	}
	return rv.Float()
}

func close(a, b float64) bool {
	return a == b || abs(a-b) <= 1e-9*max(abs(a), abs(b))
}

func abs(x float64) float64 { return max(x, -x) }
