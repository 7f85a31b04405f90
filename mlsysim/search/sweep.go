// Package search runs any solver many times: sweeps of one field or of a space
// of several, goal-seeking, elasticities, the least device for a target, and the
// designs that no other beats. A candidate that does not fit stays in the
// result and says why; only fitting ones are ranked.
package search

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Front is the result of a sweep: one point per value of the axis.
type Front struct {
	Title  string
	Axis   describe.Field
	Points []Point
}

// A Point is one solved candidate.
type Point struct {
	X      float64
	Result any  // the solver's result struct; nil if the input was refused
	Fits   bool // false if it does not fit or was refused
	Why    string
}

// Sweep solves a copy of the input for every value of one numeric field, named
// as in Go or JSON. The first value out of range ends it with an error; a value
// that the solver refuses for another reason becomes a point that does not fit.
func Sweep(solver any, field string, values []float64) (Front, error) {
	t := reflect.TypeOf(solver)
	solve, ok := t.MethodByName("Solve")
	if !ok || solve.Type.NumOut() != 2 {
		return Front{}, fmt.Errorf("sweep: %s has no Solve method", describe.TypeName(t))
	}
	if len(values) == 0 {
		return Front{}, fmt.Errorf("sweep: %s: no values for %s", describe.TypeName(t), field)
	}
	front := Front{Title: describe.TypeName(t)}
	in := reflect.New(t)
	for _, x := range values {
		in.Elem().Set(reflect.ValueOf(solver))
		if err := describe.SetField(in.Interface(), field, x); err != nil {
			return Front{}, err
		}
		front.Points = append(front.Points, solvePoint(in.Elem(), solve, x))
	}
	_, axis, err := describe.Number(solver, field)
	front.Axis = axis
	return front, err
}

func solvePoint(in reflect.Value, solve reflect.Method, x float64) Point {
	out := solve.Func.Call([]reflect.Value{in})
	if err, failed := out[1].Interface().(error); failed {
		return Point{X: x, Why: err.Error()}
	}
	p := Point{X: x, Result: out[0].Interface(), Fits: true}
	if fits := out[0].FieldByName("Fits"); fits.IsValid() && !fits.Bool() {
		p.Fits, p.Why = false, "does not fit"
		if short := out[0].FieldByName("Short"); short.IsValid() {
			p.Why = "does not fit: short of " + describe.Text(short.Interface())
		}
	}
	if stable := out[0].FieldByName("Stable"); stable.IsValid() && !stable.Bool() {
		p.Fits, p.Why = false, "unstable: the queue grows without bound"
	}
	return p
}

// Pow2 lists the powers of two from lo to hi.
func Pow2(lo, hi int) []float64 {
	var out []float64
	for n := max(lo, 1); n <= hi; n *= 2 {
		out = append(out, float64(n))
		if n > hi/2 { // the next one would be too large, even for an int
			break
		}
	}
	return out
}

// Steps lists lo, lo+step, ... up to hi; it fails for a step that never gets
// there or takes too many values.
func Steps(lo, hi, step float64) ([]float64, error) {
	n := math.Floor((hi-lo)/step + 1e-9) // forgives rounding, so that 0 to 1 by 0.1 ends at 1
	if !(step > 0 && n < mostSteps) {
		return nil, fmt.Errorf("steps from %v to %v: step = %v: want above 0 and at most %d values", lo, hi, step, mostSteps)
	}
	var out []float64
	for i := 0.0; i <= n; i++ {
		out = append(out, lo+i*step)
	}
	return out, nil
}

// mostSteps keeps a mistyped step from filling the memory.
const mostSteps = 1_000_000

// Value returns a metric of the point, named as in Go or JSON.
func (p Point) Value(metric string) float64 {
	return walls.Must(p.number(metric))
}

func (p Point) number(metric string) (float64, error) {
	if p.Result == nil {
		return 0, fmt.Errorf("%s: %s", metric, p.Why)
	}
	v, _, err := describe.Number(p.Result, metric)
	return v, err
}

// Best returns the fitting point with the best value of a metric: the lowest or
// the highest, as the result type declares. Ties go to the first.
func (f Front) Best(metric string) (Point, error) {
	var best Point
	found, bestValue := false, 0.0
	for _, p := range f.Points {
		if !p.Fits {
			continue
		}
		v, field, err := describe.Number(p.Result, metric)
		if err != nil {
			return Point{}, err
		}
		if !field.IsKnown(reflect.ValueOf(p.Result)) {
			continue
		}
		if field.Better == "" {
			return Point{}, fmt.Errorf("%s: %s has no better direction", f.Title, field.Name)
		}
		if !found || field.Better == "lower" && v < bestValue || field.Better == "higher" && v > bestValue {
			best, bestValue, found = p, v, true
		}
	}
	if !found {
		return Point{}, fmt.Errorf("%s: no point of the sweep fits", f.Title)
	}
	return best, nil
}

// LastFitting returns the last point that fits; a lab asks for a limit with it.
func (f Front) LastFitting() Point {
	for _, p := range slices.Backward(f.Points) {
		if p.Fits {
			return p
		}
	}
	return Point{}
}

// Chart draws one metric against another, or against the swept field itself.
// Points that do not fit are muted.
func (f Front) Chart(x, y string) show.Chart {
	c := show.Chart{Title: f.Title + ": " + y + " against " + x, Note: "Hollow points do not fit."}
	s := show.Series{Name: y, Line: true}
	against := x == f.Axis.Name || x == f.Axis.Key
	if !against { // the points carry the axis, and the line needs no name
		s.Name, c.Note = "", "Each point is one value of "+f.Axis.Name+"; hollow points do not fit."
	}
	for _, p := range f.Points {
		if p.Result == nil {
			continue
		}
		px, xf := f.coordinate(p, x)
		py, yf := f.coordinate(p, y)
		c.X, c.Y = axis(xf), axis(yf)
		if result := reflect.ValueOf(p.Result); !f.has(xf, result) || !f.has(yf, result) {
			continue
		}
		point := show.Point{X: px, Y: py, Muted: !p.Fits, Why: p.Why}
		if !against {
			point.Label = describe.Text(p.X)
		}
		s.Points = append(s.Points, point)
	}
	c.Series = []show.Series{s}
	c.X.Log, c.Y.Log = wide(s.Points, func(p show.Point) float64 { return p.X }), wide(s.Points, func(p show.Point) float64 { return p.Y })
	return c
}

// coordinate is a metric of the point, or the swept field itself.
func (f Front) coordinate(p Point, metric string) (float64, describe.Field) {
	if metric == f.Axis.Name || metric == f.Axis.Key {
		return p.X, f.Axis
	}
	v, field, err := describe.Number(p.Result, metric)
	walls.Must(v, err)
	return v, field
}

// has reports whether the result knows a metric; the swept field is always known.
func (f Front) has(metric describe.Field, result reflect.Value) bool {
	return metric.Name == f.Axis.Name || metric.IsKnown(result)
}

func axis(f describe.Field) show.Axis { return show.Axis{Label: f.Name, Unit: f.Unit} }

// wide reports whether positive values span more than a decade, so that a log
// axis teaches more.
func wide(points []show.Point, value func(show.Point) float64) bool {
	lo, hi := 0.0, 0.0
	for i, p := range points {
		v := value(p)
		if v <= 0 {
			return false
		}
		if i == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return hi > 10*lo
}

// View describes the sweep as a table of the fields that have a better direction,
// and a chart of the first of them.
func (f Front) View() show.View {
	t := &show.Table{Columns: []show.Column{{Name: f.Axis.Name, Unit: f.Axis.Unit, Right: true, Help: f.Axis.Help}}}
	var fields []describe.Field
	for _, p := range f.Points {
		if p.Result != nil {
			fields = shown(reflect.TypeOf(p.Result))
			break
		}
	}
	for _, field := range fields {
		t.Columns = append(t.Columns, show.Column{Name: field.Name, Right: true, Help: field.Help})
	}
	t.Columns = append(t.Columns, show.Column{Name: "Fits"})
	for _, p := range f.Points {
		t.Cells = append(t.Cells, f.cells(p, fields))
		t.Muted = append(t.Muted, !p.Fits)
	}
	v := show.View{Title: "sweep of " + f.Title + " over " + f.Axis.Name, Blocks: []show.Block{{Table: t}}, Data: f.records()}
	if len(fields) > 0 {
		c := f.Chart(f.Axis.Name, fields[0].Name)
		v.Blocks = append(v.Blocks, show.Block{Chart: &c})
	}
	return v
}

// columns is the most result fields that a sweep's table shows.
const columns = 5

func shown(t reflect.Type) []describe.Field {
	var out []describe.Field
	for _, f := range describe.Fields(t) {
		if f.Better != "" && len(out) < columns {
			out = append(out, f)
		}
	}
	return out
}

func (f Front) cells(p Point, fields []describe.Field) []string {
	row := []string{describe.Text(p.X)}
	for _, field := range fields {
		text := ""
		if result := reflect.ValueOf(p.Result); p.Result != nil && field.IsKnown(result) {
			text = describe.Text(result.FieldByIndex(field.Index).Interface())
		}
		row = append(row, text)
	}
	verdict := "yes"
	if !p.Fits {
		verdict = p.Why
	}
	return append(row, verdict)
}

// records is what JSON prints: axis value, verdict and whole result per point.
func (f Front) records() any {
	type record struct {
		X      float64 `help:"value of the axis"`
		Fits   bool    `help:"the point fits"`
		Why    string  `help:"why it does not"`
		Result any     `help:"the solver's result"`
	}
	var out []record
	for _, p := range f.Points {
		out = append(out, record{p.X, p.Fits, p.Why, p.Result})
	}
	return out
}
