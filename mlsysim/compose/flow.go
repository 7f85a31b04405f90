package compose

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/search"
)

// A flow is a pipeline with its names resolved: one struct type that holds the
// inputs of all stages, one that holds their results.
type flow struct {
	name   string
	stages []step
	pipes  []pipe
	start  reflect.Value
	result reflect.Type
}

// A step is one stage.
type step struct {
	name    string // as given
	field   string // its name in the two structs
	solver  any
	program search.Program
}

// A pipe is one bind.
type pipe struct {
	from, to port
	times    float64
}

// A port is an end of a pipe: a field of a result or of an input.
type port struct {
	stage int
	path  string // serve.Request, as messages have it
	place string // Serve.Request, as the structs have it
	field describe.Field
	index []int // inside the stage
	known []int // the flag that says whether it means something
}

func (p Pipeline) flow() (*flow, error) {
	f := &flow{name: p.Name}
	if f.name == "" {
		f.name = "pipeline"
	}
	if len(p.Stages) == 0 {
		return nil, fmt.Errorf("%s: no stages: want at least one", f.name)
	}
	for _, s := range p.Stages {
		if err := f.addStage(s); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	f.build()
	for _, b := range p.Binds {
		if err := f.addPipe(b); err != nil {
			return nil, fmt.Errorf("%s: bind %s to %s: %w", f.name, b.From, b.To, err)
		}
	}
	if err := f.missing(); err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return f, nil
}

func (f *flow) addStage(s Stage) error {
	field, err := exported(s.Name)
	if err != nil {
		return err
	}
	for _, other := range f.stages {
		if strings.EqualFold(other.field, field) {
			return fmt.Errorf("two stages are called %s: want a name for each", s.Name)
		}
	}
	program, err := search.ProgramOf(catalog.Compiled(s.Solver))
	if err != nil {
		return fmt.Errorf("stage %s: %w", s.Name, err)
	}
	f.stages = append(f.stages, step{s.Name, field, s.Solver, program})
	return nil
}

// exported is the name of a stage as that of a field: serve becomes Serve.
func exported(name string) (string, error) {
	for i, r := range name {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return "", fmt.Errorf("a stage is called %q: want letters and digits, such as serve2", name)
		}
	}
	if name == "" {
		return "", errors.New("a stage without a name: want letters and digits, such as serve")
	}
	return strings.ToUpper(name[:1]) + name[1:], nil
}

// build makes the two struct types and the input that the stages start from.
func (f *flow) build() {
	var in, out []reflect.StructField
	for _, s := range f.stages {
		help := reflect.StructTag(fmt.Sprintf("help:%q", "stage "+s.name+": "+s.program.Name()))
		in = append(in, reflect.StructField{Name: s.field, Type: s.program.Input(), Tag: help})
		out = append(out, reflect.StructField{Name: s.field, Type: s.program.Output(), Tag: help})
	}
	f.start, f.result = reflect.New(reflect.StructOf(in)).Elem(), reflect.StructOf(out)
	for i, s := range f.stages {
		f.start.Field(i).Set(reflect.ValueOf(s.program.Start()))
	}
}

func (f *flow) addPipe(b Bind) error {
	from, err := f.port(b.From, search.Program.Output)
	if err != nil {
		return err
	}
	to, err := f.port(b.To, search.Program.Input)
	if err != nil {
		return err
	}
	if from.stage >= to.stage {
		return fmt.Errorf("%s runs before %s has a result", f.stages[to.stage].name, f.stages[from.stage].name)
	}
	if err := compatible(from, to); err != nil {
		return err
	}
	for _, other := range f.pipes {
		if other.to.path == to.path {
			return fmt.Errorf("%s is bound twice", to.path)
		}
	}
	if v := f.start.Field(to.stage).FieldByIndex(to.index); !v.IsZero() {
		return fmt.Errorf("%s is given, too: %s", to.path, describe.Text(v.Interface()))
	}
	if b.Times == 0 {
		b.Times = 1
	}
	if b.Times-b.Times != 0 || b.Times != 1 && to.field.Type.Kind() != reflect.Float64 {
		return fmt.Errorf("times %v: want a finite number on a field that is no whole number", b.Times)
	}
	f.pipes = append(f.pipes, pipe{from, to, b.Times})
	return nil
}

// port finds a field by stage and name.
func (f *flow) port(path string, side func(search.Program) reflect.Type) (port, error) {
	name, rest, found := strings.Cut(path, ".")
	for i, s := range f.stages {
		if !strings.EqualFold(s.field, name) || !found {
			continue
		}
		at, err := search.Find(side(s.program), rest)
		if err != nil {
			return port{}, fmt.Errorf("%s: %w", s.name, err)
		}
		return port{i, s.name + "." + at.Path, s.field + "." + at.Path, at.Field, at.Index, at.Known}, nil
	}
	var names []string
	for _, s := range f.stages {
		names = append(names, s.name)
	}
	return port{}, fmt.Errorf("%q: want one of the stages %s, a dot and a field", path, strings.Join(names, ", "))
}

// compatible refuses a quantity where another kind is wanted. A count may go
// where a plain number is wanted.
func compatible(from, to port) error {
	if from.field.Type == to.field.Type {
		return nil
	}
	count := from.field.Type.Kind() == reflect.Int && to.field.Type == reflect.TypeFor[float64]()
	if count {
		return nil
	}
	return fmt.Errorf("%s is %s, %s wants %s", from.path, kindOf(from.field), to.path, kindOf(to.field))
}

// kindOf words the type of a field: Seconds, a whole number, a plain number.
func kindOf(f describe.Field) string {
	switch {
	case f.Unit != "":
		return f.Type.Name()
	case f.Type.Kind() == reflect.Int:
		return "a whole number"
	case f.Type.Kind() == reflect.Float64:
		return "a plain number"
	default:
		return f.Type.String()
	}
}

// missing refuses the first input that neither is given nor bound, and the first
// that is given out of range.
func (f *flow) missing() error {
	bound := f.bound()
	for i, s := range f.stages {
		if err := check(s.name+".", s.field+".", f.start.Field(i), bound); err != nil {
			return err
		}
	}
	return nil
}

// bound lists the places that pipes fill, those inside a composed stage too.
func (f *flow) bound() []string {
	var out []string
	for _, p := range f.pipes {
		out = append(out, p.to.place)
	}
	for _, s := range f.stages {
		for _, inner := range s.program.Bound() {
			out = append(out, s.field+"."+inner)
		}
	}
	return out
}

func check(path, place string, v reflect.Value, bound []string) error {
	for _, field := range describe.Fields(v.Type()) {
		name, value := path+field.Name, v.FieldByIndex(field.Index)
		if slices.Contains(bound, place+field.Name) {
			continue
		}
		want := ""
		if field.IsNumber() && (field.Default == "" || !value.IsZero()) {
			want = field.Refuse(number(value))
		}
		switch {
		case value.IsZero() && !field.IsNumber() && field.Required():
			return fmt.Errorf("%s is missing: give it", name)
		case want != "" && value.IsZero():
			return fmt.Errorf("%s is missing: want %s; give it, or bind a result to it", name, want)
		case want != "":
			return fmt.Errorf("stage %w", describe.Refuse(strings.TrimSuffix(path, "."), field.Name, describe.Text(value.Interface()), want))
		case value.Kind() == reflect.Struct && !value.IsZero(): // one left out is the solver's own choice
			if err := check(name+".", place+field.Name+".", value, bound); err != nil {
				return err
			}
		}
	}
	return nil
}

func number(v reflect.Value) float64 {
	if v.Kind() == reflect.Int {
		return float64(v.Int())
	}
	return v.Float()
}
