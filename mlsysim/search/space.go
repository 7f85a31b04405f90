package search

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A Space is every combination of several fields of one solver.
type Space struct {
	Solver   any
	Axes     []Axis
	Workers  int                   // 0 is one per core
	Progress func(done, total int) // may be nil; called from several goroutines
}

// An Axis is the values of one field: numbers, or names of an enum or a
// registry entry.
type Axis struct {
	Field  string // Batch, Precision, Hardware, Hardware.Bandwidth
	Values []float64
	Names  []string
}

// A Candidate is one combination, solved.
type Candidate struct {
	At     []string // one text per axis
	Result any      // nil if the input was refused
	Fits   bool
	Why    string
}

// A Cloud is a solved space; the last axis runs fastest.
type Cloud struct {
	Title  string
	Axes   []string
	Points []Candidate
	result reflect.Type
}

// Solve runs the solver on every combination, in parallel. The order of the
// points does not depend on the number of workers. It ends early, with the
// context's error, when the context ends.
func (s Space) Solve(ctx context.Context) (Cloud, error) {
	r, err := newRunner(s.Solver)
	if err != nil {
		return Cloud{}, err
	}
	axes, total, err := s.axes(r)
	if err != nil {
		return Cloud{}, err
	}
	cloud := Cloud{Title: r.name(), Points: make([]Candidate, total), result: r.result}
	for _, a := range axes {
		cloud.Axes = append(cloud.Axes, a.path)
	}
	s.fill(ctx, r, axes, cloud.Points)
	if err := ctx.Err(); err != nil {
		return Cloud{}, fmt.Errorf("sweep of %s: %w", cloud.Title, err)
	}
	return cloud, nil
}

// fill solves the points, each worker taking the next one that is left.
func (s Space) fill(ctx context.Context, r runner, axes []ruler, points []Candidate) {
	workers, total := s.Workers, len(points)
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next, done atomic.Int64
	var wait sync.WaitGroup
	for range min(workers, total) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < total && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				points[i] = r.candidate(axes, i)
				if n := done.Add(1); s.Progress != nil {
					s.Progress(int(n), total)
				}
			}
		})
	}
	wait.Wait()
}

// A ruler is an axis with its values parsed.
type ruler struct {
	knob
	values []reflect.Value
	texts  []string
}

func (s Space) axes(r runner) ([]ruler, int, error) {
	if len(s.Axes) == 0 {
		return nil, 0, fmt.Errorf("sweep of %s: no axes", r.name())
	}
	var out []ruler
	total := 1
	for _, a := range s.Axes {
		ax, err := a.parse(r)
		if err != nil {
			return nil, 0, err
		}
		if total *= len(ax.values); total > mostSteps {
			return nil, 0, fmt.Errorf("sweep of %s: want at most %d combinations", r.name(), mostSteps)
		}
		out = append(out, ax)
	}
	return out, total, nil
}

func (a Axis) parse(r runner) (ruler, error) {
	k, err := r.knob(a.Field)
	if err != nil {
		return ruler{}, err
	}
	if n := len(a.Values) + len(a.Names); n == 0 || len(a.Values) > 0 && len(a.Names) > 0 {
		return ruler{}, fmt.Errorf("sweep of %s: axis %s: want values or names", r.name(), k.path)
	}
	out := ruler{knob: k}
	for _, name := range a.Names {
		v := reflect.New(k.field.Type).Elem()
		if err := k.parse(v, name); err != nil {
			return ruler{}, fmt.Errorf("sweep of %s: %s: %w", r.name(), k.path, err)
		}
		out.values, out.texts = append(out.values, v), append(out.texts, name)
	}
	for _, x := range a.Values {
		if _, err := r.numeric(a.Field); err != nil {
			return ruler{}, err
		}
		v := reflect.New(k.field.Type).Elem()
		if k.whole() {
			if x != float64(int(x)) {
				return ruler{}, describe.Refuse(r.name(), k.path, x, "a whole number")
			}
			v.SetInt(int64(x))
		} else {
			v.SetFloat(x)
		}
		out.values, out.texts = append(out.values, v), append(out.texts, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return out, nil
}

func (r runner) candidate(axes []ruler, i int) Candidate {
	in := r.clone()
	at := make([]string, len(axes))
	for j := len(axes) - 1; j >= 0; j-- {
		a := &axes[j]
		n := i % len(a.values)
		i /= len(a.values)
		in.FieldByIndex(a.index).Set(a.values[n])
		at[j] = a.texts[n]
	}
	p := solvePoint(in, r.solve, 0)
	return Candidate{At: at, Result: p.Result, Fits: p.Fits, Why: p.Why}
}

// Best returns the fitting combination with the best value of a metric; ties go
// to the first.
func (c Cloud) Best(metric string) (Candidate, error) {
	f, err := c.directed(metric)
	if err != nil {
		return Candidate{}, err
	}
	best, bestValue := -1, 0.0
	for i, p := range c.Points {
		if !p.Fits {
			continue
		}
		v, known := read(reflect.ValueOf(p.Result), f)
		if known && (best < 0 || f.Better == "lower" && v < bestValue || f.Better == "higher" && v > bestValue) {
			best, bestValue = i, v
		}
	}
	if best < 0 {
		return Candidate{}, fmt.Errorf("%s: no combination fits", c.Title)
	}
	return c.Points[best], nil
}

// directed is a metric that has a better direction.
func (c Cloud) directed(metric string) (describe.Field, error) {
	_, f, err := describe.Number(reflect.Zero(c.result).Interface(), metric)
	if err == nil && f.Better == "" {
		err = fmt.Errorf("%s: %s has no better direction", c.Title, f.Name)
	}
	return f, err
}

// Pareto keeps the fitting combinations that no other one beats: at least as
// good in every metric and better in one.
func (c Cloud) Pareto(metrics []string) ([]Candidate, error) {
	if len(metrics) == 0 {
		return nil, fmt.Errorf("%s: pareto: no metrics", c.Title)
	}
	fields := make([]describe.Field, len(metrics))
	for i, m := range metrics {
		f, err := c.directed(m)
		if err != nil {
			return nil, err
		}
		fields[i] = f
	}
	var rows [][]float64
	var points []Candidate
	for _, p := range c.Points {
		if row, ok := costs(p, fields); ok {
			rows, points = append(rows, row), append(points, p)
		}
	}
	var out []Candidate
	for i := range points {
		if !beaten(rows, i) {
			out = append(out, points[i])
		}
	}
	return out, nil
}

// costs turns the metrics so that lower is better; false if one is unknown.
func costs(p Candidate, fields []describe.Field) ([]float64, bool) {
	if !p.Fits {
		return nil, false
	}
	row := make([]float64, len(fields))
	for i, f := range fields {
		v, known := read(reflect.ValueOf(p.Result), f)
		if !known {
			return nil, false
		}
		if f.Better == "higher" {
			v = -v
		}
		row[i] = v
	}
	return row, true
}

func beaten(rows [][]float64, i int) bool {
	for _, other := range rows {
		worse, better := false, false
		for k, v := range other {
			worse = worse || v > rows[i][k]
			better = better || v < rows[i][k]
		}
		if better && !worse {
			return true
		}
	}
	return false
}

// CSV writes one line per combination: the axes, the verdict and the metrics in
// SI units; an unknown metric is empty.
func (c Cloud) CSV(w io.Writer, metrics []string) error {
	var fields []describe.Field
	head := append([]string{}, c.Axes...)
	head = append(head, "fits", "why")
	for _, m := range metrics {
		_, f, err := describe.Number(reflect.Zero(c.result).Interface(), m)
		if err != nil {
			return err
		}
		fields, head = append(fields, f), append(head, f.Name)
	}
	out := csv.NewWriter(w)
	lines := [][]string{head}
	for _, p := range c.Points {
		line := append(append([]string{}, p.At...), strconv.FormatBool(p.Fits), p.Why)
		for _, f := range fields {
			text := ""
			if p.Result != nil {
				if v, known := read(reflect.ValueOf(p.Result), f); known {
					text = strconv.FormatFloat(v, 'g', -1, 64)
				}
			}
			line = append(line, text)
		}
		lines = append(lines, line)
	}
	return out.WriteAll(lines)
}

// JSON writes the whole cloud.
func (c Cloud) JSON() ([]byte, error) {
	type record struct {
		At     map[string]string `help:"value of each axis"`
		Fits   bool              `help:"the combination fits"`
		Why    string            `help:"why it does not"`
		Result json.RawMessage   `help:"the solver's result"`
	}
	out := make([]record, 0, len(c.Points))
	for _, p := range c.Points {
		at := map[string]string{}
		for i, name := range c.Axes {
			at[name] = p.At[i]
		}
		result := json.RawMessage("null")
		if p.Result != nil {
			var err error
			if result, err = describe.Encode(p.Result); err != nil {
				return nil, err
			}
		}
		out = append(out, record{at, p.Fits, p.Why, result})
	}
	return describe.Encode(out)
}
