package search

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
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
	Ridges  []Ridge

	metric metric
	design string
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

	knob   knob
	chords [2]chords
}

// A Ridge is how far a phase is from where arithmetic and memory take equally
// long: the logarithm of the ratio, above zero where arithmetic binds.
type Ridge struct {
	Phase    string // prefill, decode, or empty where there is one
	Compute  units.Seconds
	Memory   units.Seconds
	Distance float64
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
// side on its own; a field of whole numbers takes a step of one. Where the result
// has the times of arithmetic and memory, the distance to the ridge, ln(T_c/T_m),
// comes with it. Without fields it takes every number of the devices, or of the
// whole input where there is no device, and keeps those that matter. It leaves out
// what happens far from the design. Williams 2009 (the ridge).
func Elasticities(solver any, metric string, fields []string) (Sensitivity, error) {
	p, err := ProgramOf(solver)
	if err != nil {
		return Sensitivity{}, fmt.Errorf("elasticities: %w", err)
	}
	m, err := p.metric(metric)
	if err != nil {
		return Sensitivity{}, fmt.Errorf("elasticities: %w", err)
	}
	asked := len(fields) > 0
	if !asked {
		fields = levers(p.start, "")
	}
	knobs := make([]knob, len(fields))
	for i, path := range fields {
		if knobs[i], err = p.numeric(path); err != nil {
			return Sensitivity{}, fmt.Errorf("elasticities: %w", err)
		}
	}
	r := p.runner()
	if err := r.solve(); err != nil {
		return Sensitivity{}, fmt.Errorf("elasticities: %w", err)
	}
	judge, gauge := p.judge(r.out), m.on(r.out)
	s := Sensitivity{Solver: p.name, Metric: m.path, Fits: judge.verdict() == fitting, metric: m, design: p.design()}
	base, known := gauge.read()
	if !known || base == 0 {
		return s, fmt.Errorf("elasticities: %s: %s is zero or unknown here", p.name, m.path)
	}
	s.Value, s.Ridges = base, ridges(p, r.out)
	crowded := !inMemory(r.out)
	for _, k := range knobs {
		if e := (slopes{r, k, gauge, m.path, base}).both(); asked || e.Magnitude() > 0 {
			s.Fields = append(s.Fields, e)
		}
	}
	if s.Binding = binding(s.Fields); crowded {
		s.Binding = walls.MemoryCapacity.String()
	}
	return s, nil
}

// levers lists the numbers above zero of the devices of an input, or of all of it
// where there is none.
func levers(in reflect.Value, prefix string) []string {
	var devices, all []string
	for _, f := range describe.Fields(in.Type()) {
		v := in.FieldByIndex(f.Index)
		switch path := prefix + f.Name; {
		case f.Type == reflect.TypeFor[hardware.Device]():
			devices = append(devices, numbers(v, path+".")...)
		case f.Type.Kind() == reflect.Struct && f.Type.Name() == "": // stages of a composed solver
			devices = append(devices, levers(v, path+".")...)
		case f.IsNumber() && number(v) > 0:
			all = append(all, path)
		}
	}
	if len(devices) > 0 {
		return devices
	}
	return all
}

// numbers lists the numbers above zero inside a struct.
func numbers(in reflect.Value, prefix string) []string {
	var out []string
	for _, f := range describe.Fields(in.Type()) {
		switch v := in.FieldByIndex(f.Index); {
		case f.Type.Kind() == reflect.Struct:
			out = append(out, numbers(v, prefix+f.Name+".")...)
		case f.IsNumber() && number(v) > 0:
			out = append(out, prefix+f.Name)
		}
	}
	return out
}

// ridges finds the pairs of times of arithmetic and memory in a result.
func ridges(p Program, result reflect.Value) []Ridge {
	var out []Ridge
	for _, s := range stages(p.result) {
		r := result.FieldByIndex(s.index)
		for i := range s.result.NumField() {
			phase, ok := strings.CutSuffix(s.result.Field(i).Name, "Compute")
			compute, isTime := seconds(r.Field(i))
			memory, also := seconds(r.FieldByName(phase + "Memory"))
			if !also {
				memory, also = seconds(r.FieldByName(phase + "MemTime"))
			}
			if ok && isTime && also {
				name := strings.TrimSpace(strings.ReplaceAll(s.prefix, ".", " ") + strings.ToLower(phase))
				out = append(out, Ridge{name, compute, memory, math.Log(compute.Ratio(memory))})
			}
		}
	}
	return out
}

// seconds is a time above zero, or false.
func seconds(v reflect.Value) (units.Seconds, bool) {
	if !v.IsValid() || v.Type() != reflect.TypeFor[units.Seconds]() {
		return 0, false
	}
	return units.Seconds(v.Float()), v.Float() > 0
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

// slopes differentiates one metric by one field.
type slopes struct {
	*runner
	knob  knob
	gauge gauge
	name  string
	base  float64
}

// chords are what one side was extrapolated from: slopes to points at h, h/2,
// h/4 and h/8 in the logarithm of the field, or one to the next whole number.
type chords struct {
	h     float64
	slope [4]float64
}

func (s slopes) both() Elasticity {
	x := s.knob.value(s.in)
	e := Elasticity{Field: s.knob.path, At: x, knob: s.knob}
	if x <= 0 {
		e.Why = "the field is zero or negative"
		return e
	}
	var left, right error
	if s.knob.whole() {
		e.Left, e.chords[0], left = s.step(x, x-1)
		e.Right, e.chords[1], right = s.step(x, x+1)
	} else {
		e.Left, e.chords[0], left = s.slope(x, -1)
		e.Right, e.chords[1], right = s.slope(x, 1)
	}
	s.knob.set(s.in, x)
	e.LeftKnown, e.RightKnown = left == nil, right == nil
	e.Kink = e.LeftKnown && e.RightKnown && math.Abs(e.Left-e.Right) > equal && !s.knob.whole()
	for _, err := range []error{left, right} {
		if err != nil {
			e.Why = err.Error()
		}
	}
	return e
}

func (s slopes) step(x, to float64) (float64, chords, error) {
	v, err := s.chord(x, to)
	return v, chords{slope: [4]float64{v}}, err
}

// slope extrapolates chords of h, h/2, h/4 and h/8 to nothing; steps shrink
// until two orders agree, so that a kink nearby stays outside.
func (s slopes) slope(x, side float64) (answer float64, from chords, err error) {
	for h := 1e-3; h > 1e-6; h /= 10 {
		from.h = side * h
		for i := range from.slope {
			if from.slope[i], err = s.chord(x, x*math.Exp(from.h/float64(int(1)<<i))); err != nil {
				return 0, from, err
			}
		}
		d := from.slope
		rough := (8*d[3] - 6*d[2] + d[1]) / 3 // the same with one order less
		answer = (64*d[3] - 56*d[2] + 14*d[1] - d[0]) / 21
		if math.Abs(answer-rough) < 1e-9*math.Max(1, math.Abs(answer)) {
			break
		}
	}
	return answer, from, nil
}

// chord is the slope in logarithms between the design and another value.
func (s slopes) chord(x, to float64) (float64, error) {
	if to == 0 {
		return 0, fmt.Errorf("%s cannot be smaller", s.knob.path)
	}
	s.knob.set(s.in, to)
	if err := s.solve(); err != nil {
		return 0, err
	}
	v, known := s.gauge.read()
	change := (v - s.base) / s.base
	if !known || !(change > -1) {
		return 0, fmt.Errorf("%s is zero or unknown beside the design", s.name)
	}
	return math.Log1p(change) / math.Log(to/x), nil
}
