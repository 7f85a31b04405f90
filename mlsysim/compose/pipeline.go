// Package compose joins solvers into one: results of a stage become inputs of
// later stages, bound by name and checked by type before anything runs.
//
//	p := compose.Pipeline{
//		Stages: []compose.Stage{
//			{Name: "serve", Solver: serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Prompt: 2048, Output: 256}},
//			{Name: "tail", Solver: serving.Tail{Arrivals: 0.5, Replicas: 4}},
//		},
//		Binds: []compose.Bind{{From: "serve.Request", To: "tail.Service"}},
//	}
//	front, err := search.Sweep(p, "serve.Batch", search.Pow2(1, 64))
//
// A pipeline is a solver: whatever searches a solver searches it, with the name
// of the stage before that of the field. It leaves out loops: a stage sees only
// those before it.
package compose

import (
	"context"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Pipeline is solvers in the order in which they run.
type Pipeline struct {
	Name   string // how it is called in messages and tables; may be empty
	Stages []Stage
	Binds  []Bind
}

// A Stage is one solver under a name of its own, so that two of one type stay
// apart. Inputs that are bound are left out of the solver.
type Stage struct {
	Name   string // serve: letters and digits
	Solver any    // an input struct, or another Pipeline
}

// A Bind carries a number of one stage's result into a later stage's input. Both
// have the same type: a time goes where a time is wanted.
type Bind struct {
	From  string  // serve.Request
	To    string  // tail.Service
	Times float64 // what it is multiplied by on the way; 0 is 1
}

// A Result is what the stages found, in their order.
type Result struct {
	Stages []Outcome `help:"result of each stage"`
	Fits   bool      `help:"every stage fits"`
	Why    string    `help:"which does not, and why"`

	flow *flow
	out  reflect.Value
}

// An Outcome is the result of one stage.
type Outcome struct {
	Name   string `help:"name of the stage"`
	Result any    `help:"what its solver returned"`
}

// Solve runs the stages. It fails before the first one runs if a name, a type or
// an input is wrong, and later if a stage refuses what is bound to it.
func (p Pipeline) Solve() (Result, error) { return p.Follow(context.Background(), nil) }

// Run is Solve for labs: an error ends the cell.
func (p Pipeline) Run() Result { return walls.Must(p.Solve()) }

// Follow is Solve that reports every stage as soon as it is done, and ends with
// the context or with the first error of the report. report may be nil.
func (p Pipeline) Follow(ctx context.Context, report func(done Outcome) error) (Result, error) {
	f, err := p.flow()
	if err != nil {
		return Result{}, err
	}
	in, out := f.pair()
	r := Result{flow: f, out: out}
	for i, run := range f.runs(in, out) {
		if err := ctx.Err(); err != nil {
			return Result{}, fmt.Errorf("%s: before stage %s: %w", f.name, f.stages[i].name, err)
		}
		if err := run(); err != nil {
			return Result{}, fmt.Errorf("%s: %w", f.name, err)
		}
		done := Outcome{f.stages[i].name, out.Field(i).Interface()}
		r.Stages = append(r.Stages, done)
		if report == nil {
			continue
		}
		if err := report(done); err != nil {
			return Result{}, fmt.Errorf("%s: after stage %s: %w", f.name, done.Name, err)
		}
	}
	r.Fits, r.Why = f.program().Verdict(out.Interface())
	return r, nil
}

// Program makes the pipeline a solver for searches.
func (p Pipeline) Program() (search.Program, error) {
	f, err := p.flow()
	if err != nil {
		return search.Program{}, err
	}
	return f.program(), nil
}

// Stage returns the result of a stage, ready to be taken as its type.
func (r Result) Stage(name string) (any, error) {
	var known []string
	for _, s := range r.Stages {
		if nearest.Fold(s.Name) == nearest.Fold(name) {
			return s.Result, nil
		}
		known = append(known, s.Name)
	}
	return nil, fmt.Errorf("no stage %s: %s", name, nearest.Hint(name, known))
}

// Of is Stage for labs: an error ends the cell.
func (r Result) Of(name string) any { return walls.Must(r.Stage(name)) }

// Value returns one number of one stage, such as tail.P99.
func (r Result) Value(path string) float64 {
	if !r.out.IsValid() {
		panic(fmt.Errorf("%s: the pipeline has not run", path))
	}
	return walls.Must(search.Value(r.out.Interface(), path))
}
