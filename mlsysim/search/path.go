package search

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A knob is one field of an input, reached by a dotted path such as
// Hardware.Rates.FP16.
type knob struct {
	path  string
	field describe.Field
	index []int
}

// A metric is one number of a result, reached the same way.
type metric struct {
	knob
	known []int // the bool field that says whether it means something; empty for always
}

// A Place is a field inside a struct, reached by a dotted path.
type Place struct {
	Path  string // Hardware.Bandwidth
	Field describe.Field
	Index []int
	Known []int // index of the bool field that says whether it means something; empty for always
}

// Find follows a path of Go or JSON names through nested structs.
func Find(t reflect.Type, path string) (Place, error) {
	k, known, err := find(t, path)
	return Place{k.path, k.field, k.index, known}, err
}

// find follows a path through nested structs; known is the index of the field
// that says whether the last one means something.
func find(t reflect.Type, path string) (k knob, known []int, err error) {
	var names []string
	for _, part := range strings.Split(path, ".") {
		if t.Kind() != reflect.Struct {
			return knob{}, nil, fmt.Errorf("%s has no field %s", describe.TypeName(t), part)
		}
		f, err := field(t, part)
		if err != nil {
			return knob{}, nil, err
		}
		known = nil
		if f.Known != "" {
			flag, _ := t.FieldByName(f.Known)
			known = append(append(known, k.index...), flag.Index...)
		}
		names = append(names, f.Name)
		k.index = append(k.index, f.Index...)
		k.field, t = f, f.Type
	}
	k.path = strings.Join(names, ".")
	return k, known, nil
}

// field looks a name up; the stages of a composed solver have no type name to
// put into the message.
func field(t reflect.Type, name string) (describe.Field, error) {
	f, err := describe.Lookup(t, name)
	if err == nil || t.Name() != "" {
		return f, err
	}
	var stages []string
	for _, f := range describe.Fields(t) {
		stages = append(stages, f.Name)
	}
	return f, fmt.Errorf("no stage %s: want one of %s", name, strings.Join(stages, ", "))
}

// knob finds a field of the input that a search may turn.
func (p Program) knob(path string) (knob, error) {
	k, _, err := find(p.start.Type(), path)
	if err != nil {
		return k, err
	}
	for _, b := range p.bound {
		if within(k.path, b) {
			return k, fmt.Errorf("%s: %s is bound to the result of another stage: turn what that depends on", p.name, k.path)
		}
	}
	return k, nil
}

// within reports whether a path is another one or a part of it.
func within(path, whole string) bool {
	return path == whole || strings.HasPrefix(path, whole+".")
}

// numeric is a knob that holds a number.
func (p Program) numeric(path string) (knob, error) {
	k, err := p.knob(path)
	if err == nil && !k.field.IsNumber() {
		err = fmt.Errorf("%s: %s is not a number", p.name, k.path)
	}
	return k, err
}

// metric finds a number of the result before anything is solved.
func (p Program) metric(path string) (metric, error) {
	k, known, err := find(p.result, path)
	if err == nil && !k.field.IsNumber() {
		err = fmt.Errorf("%s: %s is not a number", describe.TypeName(p.result), k.path)
	}
	return metric{k, known}, err
}

func (k knob) whole() bool { return k.field.Type.Kind() == reflect.Int }

// value is what the input holds, the default where it holds nothing.
func (k knob) value(in reflect.Value) float64 {
	v := in.FieldByIndex(k.index)
	if v.IsZero() && k.field.Default != "" {
		if def, err := k.field.Parse(k.field.Default); err == nil {
			v = def
		}
	}
	return number(v)
}

func (k knob) set(in reflect.Value, x float64) { setNumber(in.FieldByIndex(k.index), x) }

// typed is a number as a value of the field, for printing.
func (k knob) typed(x float64) any {
	if k.whole() && x != math.Trunc(x) {
		return x
	}
	v := reflect.New(k.field.Type).Elem()
	setNumber(v, x)
	return v.Interface()
}

func number(v reflect.Value) float64 {
	if v.Kind() == reflect.Int {
		return float64(v.Int())
	}
	return v.Float()
}

func setNumber(v reflect.Value, x float64) {
	if v.Kind() == reflect.Int {
		v.SetInt(int64(x))
		return
	}
	v.SetFloat(x)
}

// A gauge reads one metric of one result that is solved again and again.
type gauge struct {
	value, known reflect.Value
	whole        bool
}

func (m metric) on(result reflect.Value) gauge {
	g := gauge{value: result.FieldByIndex(m.index), whole: m.whole()}
	if len(m.known) > 0 {
		g.known = result.FieldByIndex(m.known)
	}
	return g
}

// read returns the metric; false if the result does not know it.
func (g *gauge) read() (float64, bool) {
	if g.known.IsValid() && !g.known.Bool() {
		return 0, false
	}
	if g.whole {
		return float64(g.value.Int()), true
	}
	return g.value.Float(), true
}
