package search

import (
	"context"
	"fmt"
	"runtime"

	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Space is every combination of the values of several fields of one solver.
//
//	Space{
//		Solver:    Serving{Model: Llama3_8B, Hardware: H100, Prompt: 2048, Output: 256},
//		Axes:      []Axis{{Field: "Batch", Values: Pow2(1, 256)}, {Field: "Precision", Names: []string{"fp16", "fp8"}}},
//		Objective: "TokensPerSecond",
//		Limits:    []string{"ITL <= 20 ms"},
//	}
//
// Names, units and directions are checked against the types before anything is
// solved. Every combination gets a verdict; only those that fit and keep every
// limit are ranked. It leaves out what lies between the values of an axis.
type Space struct {
	Solver    any
	Axes      []Axis
	Objective string   // metric whose best value is wanted: ITL, or "minimize Devices"
	Pareto    []string // metrics of the designs that no other beats in all of them
	Limits    []string // "ITL <= 20 ms", "Devices < 9"
	Metrics   []string // further columns of tables, charts and files; none at all is those with a better direction

	Workers  int                   // 0 is one per core
	Progress func(done, total int) // may be nil; one call at a time, never fewer done than before
}

// A plan is a space with its names resolved.
type plan struct {
	Program
	space     Space
	axes      []ruler
	total     int
	metrics   []metric // every one that is named, once
	objective int      // index of it, -1 for none
	sign      float64  // times the objective is a cost
	pareto    []cost
	limits    []limit
	limited   []int // index of each limit's metric
}

// A cost is one of the metrics, turned so that lower is better.
type cost struct {
	metric int
	sign   float64
}

// mostPoints is a quarter of an hour of the fastest solver on one core.
const mostPoints = 1_000_000_000

func (s Space) plan() (*plan, error) {
	program, err := ProgramOf(s.Solver)
	if err != nil {
		return nil, err
	}
	p := &plan{Program: program, space: s, total: 1, objective: -1}
	if err := p.addAxes(s.Axes); err != nil {
		return nil, err
	}
	if err := p.addAims(s); err != nil {
		return nil, err
	}
	if len(s.Limits) > mostLimits {
		return nil, fmt.Errorf("%s: want at most %d limits", p.name, mostLimits)
	}
	for _, text := range s.Limits {
		l, err := p.limit(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		p.limits, p.limited = append(p.limits, l), append(p.limited, p.column(l.metric))
	}
	for _, name := range s.Metrics {
		m, err := p.metric(name)
		if err != nil {
			return nil, err
		}
		p.column(m)
	}
	for _, m := range p.usual(len(s.Metrics) == 0) {
		p.column(m)
	}
	return p, nil
}

func (p *plan) addAxes(axes []Axis) error {
	if len(axes) == 0 {
		return fmt.Errorf("%s: a space without axes", p.name)
	}
	for _, a := range axes {
		r, err := a.parse(p.Program)
		if err != nil {
			return err
		}
		for _, other := range p.axes {
			if within(r.path, other.path) || within(other.path, r.path) {
				return fmt.Errorf("%s: axis %s is part of axis %s or the same", p.name, r.path, other.path)
			}
		}
		if p.total > mostPoints/r.size {
			return fmt.Errorf("%s: want at most %d combinations", p.name, mostPoints)
		}
		p.total *= r.size
		p.axes = append(p.axes, r)
	}
	return nil
}

func (p *plan) addAims(s Space) error {
	if s.Objective != "" {
		a, err := p.aim(s.Objective)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		p.objective, p.sign = p.column(a.metric), a.sign
	}
	for _, text := range s.Pareto {
		a, err := p.aim(text)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		p.pareto = append(p.pareto, cost{p.column(a.metric), a.sign})
	}
	return nil
}

// column is the index of a metric, which is added if it is new.
func (p *plan) column(m metric) int {
	for i := range p.metrics {
		if p.metrics[i].path == m.path {
			return i
		}
	}
	p.metrics = append(p.metrics, m)
	return len(p.metrics) - 1
}

// usual lists the metrics that a search shows when it is asked for none: the
// first ones with a better direction.
func (p *plan) usual(wanted bool) []metric {
	var out []metric
	if !wanted || len(p.metrics) >= columns {
		return out
	}
	for _, path := range directed(p.Program) {
		if m, err := p.metric(path); err == nil && len(out)+len(p.metrics) < columns {
			out = append(out, m)
		}
	}
	return out
}

// Solve runs the solver on every combination, in parallel. What comes out does
// not depend on the number of workers. It ends early, with the context's error,
// when the context ends.
func (s Space) Solve(ctx context.Context) (Cloud, error) {
	c, err := s.SolveUntil(ctx)
	if err != nil {
		return Cloud{}, err
	}
	return c, nil
}

// SolveUntil is Solve that keeps what was done when the context ends: the cloud
// of the combinations so far comes with the context's error, and Missed counts the
// others.
func (s Space) SolveUntil(ctx context.Context) (Cloud, error) {
	p, err := s.plan()
	if err != nil {
		return Cloud{}, err
	}
	all := newTotals(p)
	err = p.walk(ctx, func(r *trial) visitor { return newTally(r, all) })
	if err != nil && ctx.Err() == nil {
		return Cloud{}, err
	}
	return all.cloud(), err
}

// Run is Solve for labs: an error ends the cell.
func (s Space) Run() Cloud { return walls.Must(s.Solve(context.Background())) }

func (p *plan) workers() int {
	if p.space.Workers > 0 {
		return p.space.Workers
	}
	return runtime.GOMAXPROCS(0)
}
