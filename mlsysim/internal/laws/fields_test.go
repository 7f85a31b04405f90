package laws_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// labels are the fields of registry types that no solver reads, and why.
var labels = map[string]string{
	"models.Model.Name":                 "a name",
	"models.Model.Year":                 "a date",
	"models.Model.FFN":                  "gives the parameters, which the registry's own test counts",
	"models.Model.Gated":                "gives the parameters, which the registry's own test counts",
	"hardware.Device.Name":              "a name",
	"hardware.Device.Tier":              "a class for lists",
	"hardware.Device.Year":              "a date",
	"hardware.Device.SustainedFraction": "for a calibrated training step, which does not exist yet",
	"infra.Grid.Name":                   "a name",
	"infra.Grid.Year":                   "a date",
	"infra.Grid.Basis":                  "says what the carbon figure counts; figures are not converted",
	"infra.Facility.Name":               "a name",
	"infra.Facility.Year":               "a date",
	"systems.Stack.Name":                "a name; without one the usual engine stands in",
	"systems.Stack.ErrorPoints":         "number of measurements behind the error band",
}

// A few designs show the effect of most fields; rare ones get many.
const (
	fewTries  = 60
	manyTries = 1000
)

// A probe looks for effects of the fields of one solver.
type probe struct {
	solver  catalog.Solver
	outputs []describe.Field
	bench   *bench
}

// fieldsMatter looks at the own fields of every solver, and at the fields of
// registry entries in all solvers together: each has to change an output of some
// design.
func fieldsMatter(c *trial, b *bench) {
	users := map[string][]use{} // of a field of a registry type
	for _, s := range catalog.All() {
		p := probe{s, s.Outputs(), b}
		t := reflect.TypeOf(s.Example)
		for i := range t.NumField() {
			f := t.Field(i)
			if !isEntry(f.Type) {
				c.claim(p.matters([]int{i}, manyTries), "%s: no design in which %s changes an output", s.Name, f.Name)
				continue
			}
			for _, index := range leaves(f.Type, nil) {
				name := f.Type.String() + "." + pathOf(f.Type, index)
				users[name] = append(users[name], use{p, append([]int{i}, index...)})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(users)) {
		if labels[name] != "" || c.broken != "" {
			continue
		}
		c.claim(anyMatters(users[name]), "no solver in which %s changes an output", name)
	}
}

// A use is a registry field in one solver.
type use struct {
	probe
	index []int
}

func anyMatters(uses []use) bool {
	for _, tries := range []int{fewTries, manyTries} {
		for _, u := range uses {
			if u.matters(u.index, tries) {
				return true
			}
		}
	}
	return false
}

// isEntry reports whether a field holds a registry entry.
func isEntry(t reflect.Type) bool {
	switch t.String() {
	case "models.Model", "hardware.Device", "infra.Grid", "infra.Facility", "systems.Stack":
		return true
	}
	return false
}

// leaves lists the exported fields inside a registry type.
func leaves(t reflect.Type, prefix []int) [][]int {
	var out [][]int
	for i := range t.NumField() {
		index := append(append([]int{}, prefix...), i)
		if t.Field(i).Type.Kind() == reflect.Struct {
			out = append(out, leaves(t.Field(i).Type, index)...)
			continue
		}
		out = append(out, index)
	}
	return out
}

func pathOf(t reflect.Type, index []int) string {
	var names []string
	for _, i := range index {
		names = append(names, t.Field(i).Name)
		t = t.Field(i).Type
	}
	return strings.Join(names, ".")
}

// matters tries designs until one changes an output when the field alone changes.
func (p probe) matters(index []int, tries int) bool {
	for seed := 1; seed <= tries; seed++ {
		moved := rapid.Custom(func(t *rapid.T) bool {
			return p.moves(&trial{T: t, wild: seed%3 == 0}, index)
		}).Example(seed)
		if moved {
			return true
		}
	}
	return false
}

// moves changes the field of a design, inside its range. A refusal then comes from
// a rule that looks at the field.
func (p probe) moves(c *trial, index []int) bool {
	in := base(c, p.solver)
	aim(reflect.ValueOf(in).Elem(), index)
	before, err := p.bench.any(p.solver, in)
	if err != nil {
		return false
	}
	v := reflect.ValueOf(in).Elem()
	other := reflect.New(v.Type())
	other.Elem().Set(v)
	holder := other.Elem().FieldByIndex(index[:len(index)-1])
	last := index[len(index)-1]
	redraw(c, holder.Field(last), holder.Type().Field(last))
	after, err := p.bench.any(p.solver, other.Interface())
	return err != nil || !p.alike(before, after, v, other.Elem())
}

// aim makes a design compute in the format whose rate is about to change.
func aim(in reflect.Value, index []int) {
	rates, ok := in.FieldByIndex(index[:len(index)-1]).Addr().Interface().(*hardware.Rates)
	if !ok {
		return
	}
	name := reflect.TypeOf(*rates).Field(index[len(index)-1]).Name
	var format physics.Precision
	if err := format.UnmarshalText([]byte(name)); err != nil {
		panic(err)
	}
	for _, field := range []string{"Precision", "Baseline"} {
		if f := in.FieldByName(field); f.IsValid() {
			f.SetUint(uint64(format))
		}
	}
	h := in.FieldByName("Hardware").Addr().Interface().(*hardware.Device)
	for _, r := range []*hardware.Rates{&h.Rates, &h.Sparse} {
		reflect.ValueOf(r).Elem().FieldByName(name).SetFloat(1e13)
	}
}

// redraw gives a field another value; a text gets another text.
func redraw(c *trial, f reflect.Value, sf reflect.StructField) {
	switch f.Kind() {
	case reflect.String:
		f.SetString(f.String() + " too")
	case reflect.Bool:
		f.SetBool(!f.Bool())
	default:
		fillField(c, f, sf)
	}
}

// alike compares the numbers, flags and enums of two results, except those that
// only repeat an input.
func (p probe) alike(before, after any, first, second reflect.Value) bool {
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	for _, f := range p.outputs {
		x, y := a.FieldByIndex(f.Index), b.FieldByIndex(f.Index)
		if f.Type.Kind() == reflect.String || x.Equal(y) || echoes(f, x, first) && echoes(f, y, second) {
			continue
		}
		return false
	}
	return true
}

// echoes reports whether an output is the input of its name.
func echoes(f describe.Field, out, in reflect.Value) bool {
	given := in.FieldByName(f.Name)
	return given.IsValid() && given.Type() == out.Type() && given.Equal(out)
}

// ignores is a solver that does not look at one of its fields.
func ignores(solver, path string) func(*bench) {
	return func(b *bench) {
		right := b.any
		b.any = func(s catalog.Solver, in any) (any, error) {
			if s.Name != solver {
				return right(s, in)
			}
			blind := reflect.New(reflect.TypeOf(s.Example))
			blind.Elem().Set(reflect.ValueOf(in).Elem())
			fixed := reflect.ValueOf(s.Example)
			f := blind.Elem()
			for _, name := range strings.Split(path, ".") {
				f, fixed = f.FieldByName(name), fixed.FieldByName(name)
			}
			f.Set(fixed)
			return right(s, blind.Interface())
		}
	}
}
