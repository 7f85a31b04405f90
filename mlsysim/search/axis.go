package search

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// An Axis is the values of one field: numbers, or texts such as the names of an
// enum, of a registry entry, or quantities with their units.
type Axis struct {
	Field  string // Batch, Precision, Hardware, Hardware.Bandwidth
	Values []float64
	Names  []string
}

// A ruler is an axis with its values parsed.
type ruler struct {
	knob
	size    int
	numbers []float64       // of a numeric field
	values  []reflect.Value // of any other
	texts   []string        // as given; of numbers that were given as such there are none
}

// parse checks an axis against the solver's input. A value out of range is no
// mistake of the axis: the solver refuses that candidate.
func (a Axis) parse(p Program) (ruler, error) {
	k, err := p.knob(a.Field)
	if err != nil {
		return ruler{}, fmt.Errorf("axis %s: %w", a.Field, err)
	}
	out := ruler{knob: k, size: len(a.Values) + len(a.Names), numbers: slices.Clone(a.Values), texts: slices.Clone(a.Names)}
	switch {
	case out.size == 0 || len(a.Values) > 0 && len(a.Names) > 0:
		return ruler{}, fmt.Errorf("%s: axis %s: want values or names", p.name, k.path)
	case out.size > mostSteps:
		return ruler{}, fmt.Errorf("%s: axis %s: want at most %d values", p.name, k.path, mostSteps)
	case len(a.Values) > 0 && !k.field.IsNumber():
		return ruler{}, fmt.Errorf("%s: axis %s is not a number: want names", p.name, k.path)
	}
	return out, steps(out.size, func(i int) error {
		if len(a.Names) > 0 {
			return out.name(p, a.Names[i])
		}
		if x := a.Values[i]; k.whole() && !(x == math.Trunc(x) && math.Abs(x) <= mostWhole) {
			return describe.Refuse(p.name, k.path, x, "a whole number")
		}
		return nil
	})
}

// name adds a value that is given as a text.
func (r *ruler) name(p Program, text string) error {
	v, err := r.field.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: axis %s: %w", p.name, r.path, err)
	case r.field.IsNumber():
		r.numbers = append(r.numbers, number(v))
	default:
		r.values = append(r.values, v)
	}
	return nil
}

// text is value i as it was given.
func (r *ruler) text(i int) string {
	if r.texts != nil {
		return r.texts[i]
	}
	return strconv.FormatFloat(r.numbers[i], 'g', -1, 64)
}

// mostWhole is the largest whole number that both an int and a float hold; solvers
// refuse smaller ones.
const mostWhole = 1 << 53

// A wheel is a ruler on one copy of the input: it holds the place where the
// value goes, so that turning it costs a store.
type wheel struct {
	*ruler
	place reflect.Value
	at    int
}

func (r *ruler) on(in reflect.Value) wheel {
	w := wheel{ruler: r, place: in.FieldByIndex(r.index)}
	w.turn(0)
	return w
}

func (w *wheel) turn(to int) {
	w.at = to
	switch w.place.Kind() {
	case reflect.Int:
		w.place.SetInt(int64(w.numbers[to]))
	case reflect.Float64:
		w.place.SetFloat(w.numbers[to])
	default:
		w.place.Set(w.values[to])
	}
}

// An odometer holds one wheel per axis; the last one runs fastest.
type odometer []wheel

// moveTo turns the wheels to combination i.
func (o odometer) moveTo(i int) {
	for j := len(o) - 1; j >= 0; j-- {
		n := o[j].size
		o[j].turn(i % n)
		i /= n
	}
}

// next turns to the following combination.
func (o odometer) next() {
	for j := len(o) - 1; j >= 0; j-- {
		if to := o[j].at + 1; to < o[j].size {
			o[j].turn(to)
			return
		}
		o[j].turn(0)
	}
}

// texts is where the wheels are.
func (o odometer) texts() []string {
	out := make([]string, len(o))
	for j := range o {
		out[j] = o[j].text(o[j].at)
	}
	return out
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
