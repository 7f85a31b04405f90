// Package search runs any solver many times: sweeps of one field, every
// combination of several, goal-seeking, elasticities, the least device for a
// target, and the designs that no other beats. A candidate that does not fit, is
// unstable or misses its own target stays in the result and says why; only the
// others are ranked.
package search

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Front is the result of a sweep: one point per value of the axis.
type Front struct {
	Title  string
	Axis   describe.Field
	Points []Point

	program Program
}

// A Point is one solved candidate.
type Point struct {
	X      float64
	Result any  // the solver's result struct; nil if the input was refused
	Fits   bool // false if it does not fit, is unstable, misses its target or was refused
	Why    string
}

// Sweep solves a copy of the input for every value of one numeric field, named
// as in Go or JSON, nested ones with dots. The first value out of range ends it
// with an error; a value that the solver refuses for another reason becomes a
// point that does not fit. It keeps every result whole: Space is for millions.
func Sweep(solver any, field string, values []float64) (Front, error) {
	program, err := ProgramOf(solver)
	if err != nil {
		return Front{}, fmt.Errorf("sweep: %w", err)
	}
	k, err := program.numeric(field)
	if err != nil {
		return Front{}, fmt.Errorf("sweep: %w", err)
	}
	if len(values) == 0 {
		return Front{}, fmt.Errorf("sweep: %s: no values for %s", program.name, k.path)
	}
	p, err := Space{Solver: program, Axes: []Axis{{Field: field, Values: values}}}.plan()
	if err != nil {
		return Front{}, fmt.Errorf("sweep: %w", err)
	}
	if err := steps(len(values), func(i int) error {
		if want := k.field.Refuse(values[i]); want != "" {
			return describe.Refuse(program.name, k.path, describe.Text(k.typed(values[i])), want)
		}
		return nil
	}); err != nil {
		return Front{}, err
	}
	front := Front{Title: program.name, Axis: k.field, Points: make([]Point, len(values)), program: program}
	front.Axis.Name = k.path
	err = p.walk(context.Background(), func(t *trial) visitor { return pointer{t, values, front.Points} })
	return front, err
}

// A pointer fills the points of a sweep.
type pointer struct {
	*trial
	values []float64
	points []Point
}

func (p pointer) point(i int) {
	p.points[i] = Point{X: p.values[i], Fits: p.verdict == fitting, Why: p.why()}
	if p.err == nil {
		p.points[i].Result = p.out.Interface()
	}
}

func (pointer) block(int) error { return nil }

// Value returns a metric of the point, named as in Go or JSON.
func (p Point) Value(metric string) float64 {
	if p.Result == nil {
		panic(fmt.Errorf("%s: %s", metric, p.Why))
	}
	return walls.Must(Value(p.Result, metric))
}

// read takes a metric out of a point; false if the point does not know it.
func (p Point) read(m metric) (float64, bool) {
	if p.Result == nil {
		return 0, false
	}
	g := m.on(reflect.ValueOf(p.Result))
	return g.read()
}

// Best returns the fitting point with the best value of a metric: the lowest or
// the highest, as the result type declares or as in "minimize Devices". Ties go
// to the first.
func (f Front) Best(metric string) (Point, error) {
	if f.program.bind == nil {
		return Point{}, fmt.Errorf("%s: an empty sweep", metric)
	}
	a, err := f.program.aim(metric)
	if err != nil {
		return Point{}, fmt.Errorf("%s: %w", f.Title, err)
	}
	var best champion
	for i, p := range f.Points {
		if v, known := p.read(a.metric); known && p.Fits {
			best.challenge(champion{i, a.sign * v, true})
		}
	}
	if !best.found {
		return Point{}, fmt.Errorf("%s: no point of the sweep fits", f.Title)
	}
	return f.Points[best.index], nil
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

// CSV writes one line per point: the axis, the verdict and the metrics, or those
// with a better direction if none is named, in SI units.
func (f Front) CSV(w io.Writer, metrics []string) error {
	columns, err := f.columns(metrics)
	if err != nil {
		return err
	}
	line := append(quoted(nil, f.Axis.Name), ",fits,why"...)
	for _, m := range columns {
		line = quoted(append(line, ','), m.path)
	}
	for _, p := range f.Points {
		line = strconv.AppendFloat(append(line, '\n'), p.X, 'g', -1, 64)
		line = strconv.AppendBool(append(line, ','), p.Fits)
		line = quoted(append(line, ','), p.Why)
		for _, m := range columns {
			line = append(line, ',')
			if v, known := p.read(m); known {
				line = strconv.AppendFloat(line, v, 'g', -1, 64)
			}
		}
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("%s: writing CSV: %w", f.Title, err)
	}
	return nil
}

// JSON writes every point with its whole result as one list.
func (f Front) JSON(w io.Writer) error {
	return jsonList(w, len(f.Points), func(i int) any { return f.Points[i].record() })
}

// columns finds metrics by name, or those that a sweep shows.
func (f Front) columns(names []string) ([]metric, error) {
	if f.program.bind == nil {
		return nil, nil
	}
	if len(names) == 0 {
		names = directed(f.program)
		names = names[:min(len(names), columns)]
	}
	var out []metric
	for _, name := range names {
		m, err := f.program.metric(name)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
