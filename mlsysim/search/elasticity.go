package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Sensitivity ranks the fields of a design by what one percent of each is worth.
type Sensitivity struct {
	Solver  string
	Metric  string
	Value   float64 // of the metric, at the design
	Fits    bool
	Binding string // the field with the largest elasticity, none on ties, memory capacity if it does not fit
	Fields  []Elasticity
}

// An Elasticity is the percent by which a metric moves per percent of a field,
// on both sides: at a kink, such as the ridge of a roofline, they differ.
type Elasticity struct {
	Field      string
	At         float64 // value of the field
	Left       float64 // as the field shrinks
	Right      float64 // as it grows
	LeftKnown  bool
	RightKnown bool
	Kink       bool
	Why        string // why a side is unknown
}

// Magnitude is the larger of the two sides.
func (e Elasticity) Magnitude() float64 { return math.Max(math.Abs(e.Left), math.Abs(e.Right)) }

// equal is how near two elasticities have to be to count as the same.
const equal = 1e-6

// Elasticities differentiates any metric of any solver at a design (wall 21).
//
//	e = ∂ln metric / ∂ln field, from below and from above
//
// The slope is extrapolated from tiny steps in the logarithm (Richardson), each
// side on its own; a field of whole numbers takes a step of one. It leaves out
// what happens far from the design. Williams 2009 (the ridge).
func Elasticities(solver any, metric string, fields []string) (Sensitivity, error) {
	r, err := newRunner(solver)
	if err != nil {
		return Sensitivity{}, err
	}
	f, err := r.metric(metric)
	if err != nil {
		return Sensitivity{}, err
	}
	if len(fields) == 0 {
		return Sensitivity{}, fmt.Errorf("elasticities: %s: no fields", r.name())
	}
	result, err := r.run(r.start)
	if err != nil {
		return Sensitivity{}, err
	}
	s := Sensitivity{Solver: r.name(), Metric: f.Name, Fits: fits(result)}
	base, known := read(result, f)
	if !known || base == 0 {
		return s, fmt.Errorf("elasticities: %s: %s is zero or unknown here", r.name(), f.Name)
	}
	s.Value = base
	for _, path := range fields {
		k, err := r.numeric(path)
		if err != nil {
			return Sensitivity{}, err
		}
		s.Fields = append(s.Fields, slopes{r, k, f, base}.both())
	}
	s.Binding = binding(s.Fields)
	if !inMemory(result) {
		s.Binding = walls.MemoryCapacity.String()
	}
	return s, nil
}

// none is the binding of a tie.
const none = "none"

func binding(fields []Elasticity) string {
	best, name := 0.0, none
	for _, e := range fields {
		switch m := e.Magnitude(); {
		case m > best+equal:
			best, name = m, e.Field
		case m > best-equal:
			best, name = math.Max(m, best), none
		}
	}
	return name
}

type slopes struct {
	runner runner
	knob   knob
	metric describe.Field
	base   float64
}

func (s slopes) both() Elasticity {
	e := Elasticity{Field: s.knob.path, At: s.knob.value(s.runner.start)}
	if e.At <= 0 {
		e.Why = "the field is zero or negative"
		return e
	}
	var left, right error
	if s.knob.whole() {
		e.Left, left = s.chord(e.At, math.Log((e.At-1)/e.At))
		e.Right, right = s.chord(e.At, math.Log((e.At+1)/e.At))
	} else {
		e.Left, left = s.slope(e.At, -1)
		e.Right, right = s.slope(e.At, 1)
	}
	e.LeftKnown, e.RightKnown = left == nil, right == nil
	e.Kink = e.LeftKnown && e.RightKnown && math.Abs(e.Left-e.Right) > equal && !s.knob.whole()
	for _, err := range []error{left, right} {
		if err != nil {
			e.Why = err.Error()
		}
	}
	return e
}

// slope extrapolates chords of h, h/2, h/4 and h/8 to nothing; steps shrink
// until two orders agree, so that a kink nearby stays outside.
func (s slopes) slope(x, side float64) (float64, error) {
	var answer float64
	for h := 1e-3; h > 1e-6; h /= 10 {
		var d [4]float64
		for i := range d {
			c, err := s.chord(x, side*h/float64(int(1)<<i))
			if err != nil {
				return 0, err
			}
			d[i] = c
		}
		rough := 0.0
		for order := 1; order < len(d); order++ {
			rough = d[len(d)-1]
			for i := len(d) - 1; i >= order; i-- {
				d[i] += (d[i] - d[i-1]) / float64(int(1)<<order-1)
			}
		}
		answer = d[len(d)-1]
		if math.Abs(answer-rough) < 1e-9*math.Max(1, math.Abs(answer)) {
			break
		}
	}
	return answer, nil
}

// chord is the slope between the design and the field times e^h.
func (s slopes) chord(x, h float64) (float64, error) {
	at := x * math.Exp(h)
	if s.knob.whole() {
		at = math.Round(at)
	}
	if at == 0 {
		return 0, fmt.Errorf("%s cannot be smaller", s.knob.path)
	}
	in := s.runner.clone()
	s.knob.set(in, at)
	result, err := s.runner.run(in)
	if err != nil {
		return 0, err
	}
	v, known := read(result, s.metric)
	change := (v - s.base) / s.base
	if !known || !(change > -1) {
		return 0, fmt.Errorf("%s is zero or unknown beside the design", s.metric.Name)
	}
	return math.Log1p(change) / math.Log(at/x), nil
}

// View is a table, the largest first as a tornado has it, with bars.
func (s Sensitivity) View() show.View {
	t := &show.Table{Columns: []show.Column{
		{Name: "Field"},
		{Name: "Left", Right: true, Help: "percent per percent, as the field shrinks"},
		{Name: "Right", Right: true, Help: "percent per percent, as the field grows"},
		{Name: "Kink", Help: "the two sides differ"},
	}}
	block := show.Block{Heading: "binding: " + s.Binding, Table: t}
	for _, e := range s.ranked() {
		kink := ""
		if e.Kink {
			kink = "yes"
		}
		t.Cells = append(t.Cells, []string{e.Field, side(e.Left, e.LeftKnown), side(e.Right, e.RightKnown), kink})
		t.Muted = append(t.Muted, !e.LeftKnown && !e.RightKnown)
		block.Bars = append(block.Bars, show.Bar{Label: e.Field, Value: describe.Text(e.Magnitude()), Share: e.Magnitude()})
		if e.Why != "" {
			block.Notes = append(block.Notes, e.Field+": "+e.Why)
		}
	}
	return show.View{Title: "sensitivity of " + s.Metric + " of " + s.Solver, Blocks: []show.Block{block}, Data: s}
}

func side(v float64, known bool) string {
	if !known {
		return "unknown"
	}
	return describe.Text(v)
}

// ranked lists the fields by magnitude; equals stay in their order.
func (s Sensitivity) ranked() []Elasticity {
	out := slices.Clone(s.Fields)
	slices.SortStableFunc(out, func(a, b Elasticity) int { return cmp.Compare(b.Magnitude(), a.Magnitude()) })
	return out
}
