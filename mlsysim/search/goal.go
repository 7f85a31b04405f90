package search

import (
	"fmt"
	"math"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
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
	Smallest bool    `help:"no smaller value in the bracket meets the target"`
	Largest  bool    `help:"no larger value in the bracket meets the target"`
	Solved   int     `help:"times the solver ran"`
	walls.Notes

	goal   Goal
	knob   knob
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
		answer, out.Largest = s.edge(tried[last], tried[last+1].x), true
	case first > 0:
		answer, out.Smallest = s.edge(tried[first], tried[first-1].x), true
	default:
		out.Smallest = true
	}
	return s.finish(out, answer), nil
}

// Run is Solve for labs: an error ends the cell.
func (g Goal) Run() GoalResult { return walls.Must(g.Solve()) }

// A seeker is a goal with its names resolved.
type seeker struct {
	runner
	goal   Goal
	knob   knob
	metric describe.Field
	in     reflect.Value
	sign   float64 // of metric - target wanted; 0 wants a crossing
	solved int
}

// A trial is one value tried.
type trial struct {
	x, value float64
	met, ok  bool
	err      error
	result   reflect.Value
}

func (g Goal) prepare() (*seeker, error) {
	r, err := newRunner(g.Solver)
	if err != nil {
		return nil, err
	}
	s := &seeker{runner: r, goal: g, in: r.clone()}
	if s.knob, err = r.numeric(g.Field); err != nil {
		return nil, err
	}
	if s.metric, err = r.metric(g.Metric); err != nil {
		return nil, err
	}
	if g.Target-g.Target != 0 {
		return nil, describe.Refuse(r.name(), "target of "+s.metric.Name, g.Target, "a finite number")
	}
	switch s.metric.Better {
	case "lower":
		s.sign = -1
	case "higher":
		s.sign = 1
	}
	if g.Lo == 0 && g.Hi == 0 {
		now := s.knob.value(r.start)
		s.goal.Lo, s.goal.Hi = now/1e6, now*1e6
		if s.knob.whole() {
			s.goal.Lo, s.goal.Hi = 1, math.Max(now, 1)*1e4
		}
	}
	if s.knob.whole() {
		s.goal.Lo, s.goal.Hi = math.Ceil(s.goal.Lo), math.Floor(math.Min(s.goal.Hi, 1e9))
	}
	if !(s.goal.Lo < s.goal.Hi) || !(s.goal.Lo > 0 || s.knob.whole() && s.goal.Lo == 0) || s.goal.Hi > 1e30 {
		return nil, describe.Refuse(r.name(), "bracket of "+s.knob.path, fmt.Sprintf("%v to %v", g.Lo, g.Hi), "0 < Lo < Hi")
	}
	return s, nil
}

func (s *seeker) try(x float64) trial {
	s.knob.set(s.in, x)
	s.solved++
	t := trial{x: x}
	if t.result, t.err = s.run(s.in); t.err != nil {
		return t
	}
	t.value, t.ok = read(t.result, s.metric)
	t.met = t.ok && fits(t.result) && s.sign*(t.value-s.goal.Target) >= 0
	return t
}

// tried solves the grid. Without a better direction what counts is lying on the
// same side of the target as the last value, provided that the first does not.
func (s *seeker) tried() []trial {
	out := make([]trial, 0, grid+1)
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

func (s *seeker) crossing(tried []trial) {
	first, last := tried[0].value-s.goal.Target, tried[len(tried)-1].value-s.goal.Target
	s.sign = 1
	if last < 0 {
		s.sign = -1
	}
	for i := range tried {
		t := &tried[i]
		crossed := first*last <= 0
		t.met = crossed && t.ok && fits(t.result) && s.sign*(t.value-s.goal.Target) >= 0
	}
}

func (s *seeker) between(lo, hi, share float64) float64 {
	switch {
	case share == 0:
		return lo
	case share == 1:
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

// edge bisects between a value that meets the target and one that does not.
func (s *seeker) edge(good trial, bad float64) trial {
	for range 200 {
		lo, hi := math.Min(good.x, bad), math.Max(good.x, bad)
		mid := s.between(lo, hi, 0.5)
		if mid == lo || mid == hi {
			if !s.knob.whole() || hi-lo <= 1 {
				break
			}
			mid = lo + 1
		}
		if t := s.try(mid); t.met {
			good = t
		} else {
			bad = mid
		}
	}
	return good
}

// missed is the result without an answer: the value that came nearest.
func (s *seeker) missed(tried []trial) (GoalResult, error) {
	var nearest trial
	for _, t := range tried {
		better := math.Abs(t.value-s.goal.Target) < math.Abs(nearest.value-s.goal.Target)
		if t.ok && (!nearest.ok || better) {
			nearest = t
		}
	}
	if !nearest.ok {
		for _, t := range tried {
			if t.err != nil {
				return GoalResult{}, fmt.Errorf("goal: every %s from %v to %v is refused: %w", s.knob.path, s.goal.Lo, s.goal.Hi, t.err)
			}
		}
		return GoalResult{}, fmt.Errorf("goal: %s: %s is unknown", s.name(), s.metric.Name)
	}
	out := s.finish(GoalResult{}, nearest)
	out.Warnings |= walls.NotReached
	return out, nil
}

func (s *seeker) finish(out GoalResult, t trial) GoalResult {
	out.X, out.Value, out.result = t.x, t.value, t.result.Interface()
	out.Solved, out.goal, out.knob = s.solved, s.goal, s.knob
	return out
}

// Solution is the solver's whole result at X.
func (r GoalResult) Solution() any { return r.result }

// View describes the answer.
func (r GoalResult) View() show.View {
	v := show.View{Title: "goal: " + r.goal.Metric + " = " + describe.Text(r.goal.Target), Status: show.Pass, Data: r}
	label := r.knob.path
	if !r.Reached {
		v.Status = show.Fail
		label = "nearest " + label
	}
	x := reflect.New(r.knob.field.Type).Elem()
	if r.knob.whole() {
		x.SetInt(int64(r.X))
	} else {
		x.SetFloat(r.X)
	}
	v.Blocks = []show.Block{{
		Rows: []show.Row{
			{Label: label, Value: describe.Text(x.Interface()), Help: r.knob.field.Help},
			{Label: r.goal.Metric, Value: describe.Text(r.Value), Note: "by the solver itself"},
		},
		Notes: r.Warnings.Texts(),
	}}
	return v
}
