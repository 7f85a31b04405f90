package search

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Program is a solver made ready to run many times: its input, and a way to
// solve a changed copy of it into a result that is there already. Every search
// takes one wherever it takes a solver. Package catalog has one for each of its
// solvers; any other is called by reflection, which takes microseconds more.
type Program struct {
	name   string
	start  reflect.Value
	result reflect.Type
	bound  []string // paths of the input that the program sets by itself
	bind   func(in, out any) func() error
}

// Compile makes a program of a solver whose type the compiler knows.
func Compile[S interface{ Solve() (R, error) }, R any](start S) Program {
	return Program{
		name: describe.TypeName(reflect.TypeFor[S]()), start: reflect.ValueOf(start), result: reflect.TypeFor[R](),
		bind: func(in, out any) func() error {
			s, r := in.(*S), out.(*R)
			return func() (err error) {
				*r, err = (*s).Solve()
				return err
			}
		},
	}
}

// Compose makes a program of several: input and result are structs of types
// without a name, with one field per stage. bind gets pointers to one of each and returns what fills the
// second from the first; it sets the bound paths of the input by itself.
func Compose(name string, start any, result reflect.Type, bound []string, bind func(in, out any) func() error) Program {
	return Program{name: name, start: reflect.ValueOf(start), result: result, bound: bound, bind: bind}
}

// Composed is a solver that is not a struct with a Solve method of its own.
type Composed interface{ Program() (Program, error) }

// ProgramOf returns the program of a solver: itself, what it composes, or its
// Solve method called by reflection.
func ProgramOf(solver any) (Program, error) {
	switch s := solver.(type) {
	case Program:
		if s.bind == nil {
			return Program{}, errors.New("search: an empty program: want one that Compile returned")
		}
		return s, nil
	case Composed:
		return s.Program()
	}
	t := reflect.TypeOf(solver)
	if t == nil || t.Kind() != reflect.Struct {
		return Program{}, fmt.Errorf("search: want a solver struct, not %T", solver)
	}
	solve, ok := t.MethodByName("Solve")
	if !ok || solve.Type.NumIn() != 1 || solve.Type.NumOut() != 2 || solve.Type.Out(0).Kind() != reflect.Struct {
		return Program{}, fmt.Errorf("search: %s has no Solve method", describe.TypeName(t))
	}
	return Program{
		name: describe.TypeName(t), start: reflect.ValueOf(solver), result: solve.Type.Out(0),
		bind: func(in, out any) func() error {
			call, r := reflect.ValueOf(in).Elem().Method(solve.Index), reflect.ValueOf(out).Elem()
			return func() error {
				got := call.Call(nil)
				r.Set(got[0])
				err, _ := got[1].Interface().(error)
				return err
			}
		},
	}, nil
}

// Input is the type of the program's input, Output that of its result.
func (p Program) Input() reflect.Type { return p.start.Type() }

// Output is the type of the program's result.
func (p Program) Output() reflect.Type { return p.result }

// Start is a copy of the input that the program starts from.
func (p Program) Start() any { return p.start.Interface() }

// Bound lists the paths of the input that the program sets by itself.
func (p Program) Bound() []string { return slices.Clone(p.bound) }

// Name is what messages call the solver.
func (p Program) Name() string { return p.name }

// From is the program with another input, or an error if that is of another
// type.
func (p Program) From(start any) (Program, error) {
	if reflect.TypeOf(start) != p.start.Type() {
		return p, fmt.Errorf("search: %T is not the input of %s", start, p.name)
	}
	p.start = reflect.ValueOf(start)
	return p, nil
}

// Verdict is what a result of the program says about itself: whether it fits, and
// why not.
func (p Program) Verdict(result any) (fits bool, why string) {
	j := p.judge(reflect.ValueOf(result))
	v := j.verdict()
	return v == fitting, j.why(v)
}

// Bind returns a function that solves the input into the result; in and out
// point to one of each.
func (p Program) Bind(in, out any) func() error { return p.bind(in, out) }

// A runner is one copy of the input and one result; one goroutine may use it.
type runner struct {
	in, out reflect.Value
	solve   func() error
}

// runner returns a copy of the input, ready to be changed and solved.
func (p Program) runner() *runner {
	in, out := reflect.New(p.start.Type()), reflect.New(p.result)
	in.Elem().Set(p.start)
	return &runner{in.Elem(), out.Elem(), p.bind(in.Interface(), out.Interface())}
}

// A stage is one result inside that of a composed solver; a plain solver has one
// stage without a name.
type stage struct {
	prefix string // Serve.
	index  []int
	result reflect.Type
}

// stages lists the results inside a type, composed ones in turn.
func stages(t reflect.Type) []stage {
	if t.Name() != "" {
		return []stage{{result: t}}
	}
	var out []stage
	for i := range t.NumField() {
		f := t.Field(i)
		for _, s := range stages(f.Type) {
			out = append(out, stage{f.Name + "." + s.prefix, append([]int{i}, s.index...), s.result})
		}
	}
	return out
}

// holds reports whether a path of fields leads into the stage.
func (s stage) holds(index []int) bool {
	return len(index) > len(s.index) && slices.Equal(index[:len(s.index)], s.index)
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
