package search

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A runner solves changed copies of one input.
type runner struct {
	start  reflect.Value
	solve  reflect.Method
	result reflect.Type
}

func newRunner(solver any) (runner, error) {
	t := reflect.TypeOf(solver)
	if t == nil || t.Kind() != reflect.Struct {
		return runner{}, fmt.Errorf("search: want a solver struct, not %T", solver)
	}
	solve, ok := t.MethodByName("Solve")
	if !ok || solve.Type.NumIn() != 1 || solve.Type.NumOut() != 2 || solve.Type.Out(0).Kind() != reflect.Struct {
		return runner{}, fmt.Errorf("search: %s has no Solve method", describe.TypeName(t))
	}
	return runner{start: reflect.ValueOf(solver), solve: solve, result: solve.Type.Out(0)}, nil
}

func (r runner) name() string { return describe.TypeName(r.start.Type()) }

// metric finds a numeric result field before anything is solved.
func (r runner) metric(name string) (describe.Field, error) {
	_, f, err := describe.Number(reflect.Zero(r.result).Interface(), name)
	return f, err
}

// clone is a changeable copy of the input.
func (r runner) clone() reflect.Value {
	in := reflect.New(r.start.Type()).Elem()
	in.Set(r.start)
	return in
}

func (r runner) run(in reflect.Value) (reflect.Value, error) {
	out := r.solve.Func.Call([]reflect.Value{in})
	err, _ := out[1].Interface().(error)
	return out[0], err
}

// A knob is one field of an input, reached by a dotted path such as
// Hardware.Rates.FP16.
type knob struct {
	path  string
	field describe.Field
	index []int
}

func (r runner) knob(path string) (knob, error) {
	t := r.start.Type()
	k := knob{}
	var names []string
	for _, part := range strings.Split(path, ".") {
		f, err := child(t, part)
		if err != nil {
			return knob{}, err
		}
		names = append(names, f.Name)
		k.index, k.field, t = append(k.index, f.Index...), f, f.Type
	}
	k.path = strings.Join(names, ".")
	return k, nil
}

func child(t reflect.Type, name string) (describe.Field, error) {
	if t.Kind() != reflect.Struct {
		return describe.Field{}, fmt.Errorf("%s has no field %s", describe.TypeName(t), name)
	}
	for _, f := range describe.Fields(t) {
		if strings.EqualFold(f.Name, name) || f.Key == name {
			return f, nil
		}
	}
	_, _, err := describe.Number(reflect.Zero(t).Interface(), name) // words the suggestion
	return describe.Field{}, err
}

// numeric is a knob that holds a number.
func (r runner) numeric(path string) (knob, error) {
	k, err := r.knob(path)
	if err == nil && k.field.Type.Kind() != reflect.Int && k.field.Type.Kind() != reflect.Float64 {
		err = fmt.Errorf("%s: %s is not a number", r.name(), k.path)
	}
	return k, err
}

func (k knob) whole() bool { return k.field.Type.Kind() == reflect.Int }

// value is what the input holds, the default where it holds nothing.
func (k knob) value(in reflect.Value) float64 {
	v := in.FieldByIndex(k.index)
	if v.IsZero() && k.field.Default != "" {
		def := reflect.New(k.field.Type)
		if k.parse(def.Elem(), k.field.Default) == nil {
			v = def.Elem()
		}
	}
	if k.whole() {
		return float64(v.Int())
	}
	return v.Float()
}

func (k knob) set(in reflect.Value, x float64) {
	v := in.FieldByIndex(k.index)
	if k.whole() {
		v.SetInt(int64(x))
		return
	}
	v.SetFloat(x)
}

// parse stores a text: a unit value, a number, a name of an enum or a registry
// entry.
func (k knob) parse(v reflect.Value, text string) error {
	switch x := v.Addr().Interface().(type) {
	case interface{ Set(string) error }:
		return x.Set(text)
	case encoding.TextUnmarshaler:
		return x.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(text)
		v.SetInt(int64(n))
		return err
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		v.SetFloat(x)
		return err
	default:
		return fmt.Errorf("%s cannot be given as text", k.path)
	}
}

// fits reports a result's own verdict; one without a verdict fits.
func fits(result reflect.Value) bool {
	f := result.FieldByName("Fits")
	return !f.IsValid() || f.Kind() != reflect.Bool || f.Bool()
}

// inMemory reports whether a result does without the warning of too little memory.
func inMemory(result reflect.Value) bool {
	f := result.FieldByName("Warnings")
	if !f.IsValid() {
		return true
	}
	w, ok := f.Interface().(walls.Warnings)
	return !ok || !w.Has(walls.DoesNotFit)
}

// read takes a metric out of a result; false if the result does not know it.
func read(result reflect.Value, f describe.Field) (float64, bool) {
	v := result.FieldByIndex(f.Index)
	if !f.IsKnown(result) {
		return 0, false
	}
	if v.Kind() == reflect.Int {
		return float64(v.Int()), true
	}
	return v.Float(), true
}
