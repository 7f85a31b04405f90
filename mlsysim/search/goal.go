package search

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Goal turns one numeric field of a solver until a metric meets a target.
//
//	x* = the edge of { x in [Lo, Hi] : metric(x) meets Target and the design fits }
//
// At most the target is wanted of a metric whose better direction is lower, at
// least of one that is higher; a metric without a direction has to be crossed.
// The bracket is searched on a log grid first, so that an answer exists before
// it is bisected; a field of whole numbers is tried one by one where there are
// few. The edge is the smallest x if large ones meet the target, else the
// largest. It leaves out islands narrower than one cell of the grid.
type Goal struct {
	Solver any
	Field  string  // Batch, Hardware.Bandwidth
	Metric string  // a field of the solver's result
	Target float64 // in SI units
	Lo, Hi float64 // bracket; both 0 is a millionth to a million times the present value
}

// A GoalResult is where the goal was met, or that it was not.
type GoalResult struct {
	Reached  bool    `help:"some value in the bracket meets the target"`
	X        float64 `help:"value of the field; the nearest miss if the target is not reached"`
	Value    float64 `help:"metric there, by the solver itself"`
	Margin   float64 `help:"how far the metric is on the good side of the target; below zero it is missed"`
	Smallest bool    `help:"no smaller value in the bracket meets the target"`
	Largest  bool    `help:"no larger value in the bracket meets the target"`

	Beside      float64 `help:"nearest value of the field tried that misses the target" known:"BesideKnown"`
	BesideKnown bool    `help:"some value in the bracket misses the target"`
	Solved      int     `help:"times the solver ran"`
	walls.Notes

	goal   Goal
	knob   knob
	metric metric
	sign   float64
	result any
}

// grid is how many cells the bracket is divided into before bisection; whole
// numbers up to scan are tried one by one.
const (
	grid = 64
	scan = 1024
)

// Solve fails if a name is unknown, the bracket is empty or the solver refuses
// every value in it.
func (g Goal) Solve() (GoalResult, error) {
	s, err := g.prepare()
	if err != nil {
		return GoalResult{}, err
	}
	tried := s.tried()
	first, last := -1, -1
	for i := range tried {
		if tried[i].met {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return s.missed(tried)
	}
	answer, out := tried[first], GoalResult{Reached: true}
	switch {
	case first == 0 && last < len(tried)-1: // small values meet it
		answer, out.Beside = s.edge(tried[last], tried[last+1].x)
		out.Largest, out.BesideKnown = true, true
	case first > 0:
		answer, out.Beside = s.edge(tried[first], tried[first-1].x)
		out.Smallest, out.BesideKnown = true, true
	default:
		out.Smallest = true
	}
	return s.finish(out, answer), nil
}

// Run is Solve for labs: an error ends the cell.
func (g Goal) Run() GoalResult { return walls.Must(g.Solve()) }

// A seeker is a goal with its names resolved.
type seeker struct {
	*runner
	program Program
	goal    Goal
	knob    knob
	metric  metric
	gauge   gauge
	judge   judge
	sign    float64 // of metric - target wanted; 0 wants a crossing
	solved  int
}

// A probe is one value tried.
type probe struct {
	x, value      float64
	met, ok, fits bool
	err           error
}

func (g Goal) prepare() (*seeker, error) {
	p, err := ProgramOf(g.Solver)
	if err != nil {
		return nil, fmt.Errorf("goal: %w", err)
	}
	s := &seeker{program: p, goal: g, runner: p.runner()}
	if s.knob, err = p.numeric(g.Field); err != nil {
		return nil, fmt.Errorf("goal: %w", err)
	}
	if s.metric, err = p.metric(g.Metric); err != nil {
		return nil, fmt.Errorf("goal: %w", err)
	}
	s.gauge, s.judge = s.metric.on(s.out), p.judge(s.out)
	if g.Target-g.Target != 0 {
		return nil, describe.Refuse(p.name, "target of "+s.metric.path, g.Target, "a finite number")
	}
	switch s.metric.field.Better {
	case "lower":
		s.sign = -1
	case "higher":
		s.sign = 1
	}
	return s, s.bracket()
}

// bracket settles where to look.
func (s *seeker) bracket() error {
	g := &s.goal
	if g.Lo == 0 && g.Hi == 0 {
		now := s.knob.value(s.in)
		g.Lo, g.Hi = now/1e6, now*1e6
		if s.knob.whole() {
			g.Lo, g.Hi = 1, max(now, 1)*1e4
		}
	}
	if s.knob.whole() {
		g.Lo, g.Hi = math.Ceil(g.Lo), math.Floor(min(g.Hi, 1e9))
	}
	positive := g.Lo > 0 || s.knob.whole() && g.Lo == 0
	if !(g.Lo < g.Hi) || !positive || g.Hi > 1e30 {
		return describe.Refuse(s.program.name, "bracket of "+s.knob.path, fmt.Sprintf("%v to %v", g.Lo, g.Hi), "0 < Lo < Hi")
	}
	return nil
}

func (s *seeker) try(x float64) probe {
	s.knob.set(s.in, x)
	s.solved++
	p := probe{x: x}
	if p.err = s.solve(); p.err != nil {
		return p
	}
	p.value, p.ok = s.gauge.read()
	p.fits = s.judge.verdict() == fitting
	p.met = p.ok && p.fits && s.sign*(p.value-s.goal.Target) >= 0
	return p
}

// tried solves the grid. Without a better direction what counts is lying on the
// same side of the target as the last value, provided that the first does not.
func (s *seeker) tried() []probe {
	out := make([]probe, 0, grid+1)
	lo, hi := s.goal.Lo, s.goal.Hi
	if s.knob.whole() && hi-lo < scan {
		for x := lo; x <= hi; x++ {
			out = append(out, s.try(x))
		}
	} else {
		for i := range grid + 1 {
			x := s.between(lo, hi, float64(i)/grid)
			if i == 0 || x > out[len(out)-1].x {
				out = append(out, s.try(x))
			}
		}
	}
	if s.sign == 0 {
		s.crossing(out)
	}
	return out
}

// crossing wants the side of the last value that the solver knows, if the first
// one lies on the other.
func (s *seeker) crossing(tried []probe) {
	var known []probe
	for _, p := range tried {
		if p.ok {
			known = append(known, p)
		}
	}
	s.sign = 1
	if len(known) == 0 {
		return
	}
	first, last := known[0].value-s.goal.Target, known[len(known)-1].value-s.goal.Target
	if last < 0 || last == 0 && first > 0 {
		s.sign = -1
	}
	crossed := math.Min(first, last) <= 0 && math.Max(first, last) >= 0
	for i := range tried {
		p := &tried[i]
		p.met = crossed && p.ok && p.fits && s.sign*(p.value-s.goal.Target) >= 0
	}
}

func (s *seeker) between(lo, hi, share float64) float64 {
	switch share {
	case 0:
		return lo
	case 1:
		return hi
	}
	x := math.Max(lo, 0.5) + (hi-lo)*share
	if lo > 0 {
		x = math.Exp(math.Log(lo)*(1-share) + math.Log(hi)*share)
	}
	if s.knob.whole() {
		x = math.Round(x)
	}
	return math.Min(math.Max(x, lo), hi)
}

// edge bisects between a value that meets the target and one that does not; it
// returns both, moved next to each other.
func (s *seeker) edge(good probe, bad float64) (probe, float64) {
	for range 200 {
		lo, hi := math.Min(good.x, bad), math.Max(good.x, bad)
		mid := s.between(lo, hi, 0.5)
		if mid == lo || mid == hi {
			if !s.knob.whole() || hi-lo <= 1 {
				break
			}
			mid = lo + 1
		}
		if p := s.try(mid); p.met {
			good = p
		} else {
			bad = mid
		}
	}
	return good, bad
}

// missed is the result without an answer: the value that came nearest.
func (s *seeker) missed(tried []probe) (GoalResult, error) {
	var nearest probe
	for _, p := range tried {
		better := math.Abs(p.value-s.goal.Target) < math.Abs(nearest.value-s.goal.Target)
		if p.ok && (!nearest.ok || better) {
			nearest = p
		}
	}
	if nearest.ok {
		out := s.finish(GoalResult{}, nearest)
		out.Warnings |= walls.NotReached
		return out, nil
	}
	for _, p := range tried {
		if p.err != nil {
			return GoalResult{}, fmt.Errorf("goal: every %s from %v to %v is refused: %w", s.knob.path, s.goal.Lo, s.goal.Hi, p.err)
		}
	}
	return GoalResult{}, fmt.Errorf("goal: %s: %s is unknown", s.program.name, s.metric.path)
}

// finish runs the answer once more for its whole result.
func (s *seeker) finish(out GoalResult, p probe) GoalResult {
	s.try(p.x)
	out.X, out.Value, out.result = p.x, p.value, s.out.Interface()
	out.Solved, out.goal, out.knob, out.metric, out.sign = s.solved, s.goal, s.knob, s.metric, s.sign
	out.Margin = s.sign * (p.value - s.goal.Target)
	return out
}

// Solution is the solver's whole result at X.
func (r GoalResult) Solution() any { return r.result }
