package laws_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// labels are the fields that no solver reads, and why. Texts are labels anyway.
var labels = map[string]string{
	"models.Model.Year":            "a date",
	"models.Model.Corpus":          "what it was trained on, not what one trains it on",
	"models.Model.SharedKV":        counted,
	"models.Model.Style":           counted,
	"models.Model.Patch":           counted,
	"models.Model.QRank":           counted,
	"models.Model.SharedExperts":   counted,
	"models.Model.DenseFFN":        counted,
	"hardware.Device.Tier":         "a class for lists",
	"hardware.Device.Year":         "a date",
	"hardware.Device.Status":       "a class for lists",
	"hardware.Device.Accelerators": "says what the entry of a rack adds up",
	"infra.Grid.Year":              "a date",
	"infra.Grid.LowCarbon":         "says what the carbon figure comes from",
	"infra.Grid.CarbonFree":        "an operator's claim, not the grid's intensity",
	"infra.Facility.Year":          "a date",
	"infra.Facility.Reference":     "a class for lists",
	"systems.Stack.ErrorPoints":    "number of measurements behind the error band",
	"placement.Rent":               "comes with the cost of ownership: a rent is the same everywhere",
	"placement.TokenRate":          "comes with the cost of ownership: a rate is the same everywhere",
	"placement.DryCooled":          "comes with the cost of ownership: a place is not judged by its water",
}

const counted = "gives the parameters, which the registry's own test counts"

// A few designs show the effect of most fields; rare ones get many.
const (
	fewTries  = 60
	manyTries = 600
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
	uses := usesOf(b)
	var dead []string
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if strings.HasPrefix(name, b.looksAt) && labels[name] == "" && !anyMatters(uses[name], fewTries, manyTries) {
			dead = append(dead, name)
		}
	}
	c.claim(len(dead) == 0, "no design in which these change an output: %s", strings.Join(dead, ", "))
}

func TestLabelsAreLabels(t *testing.T) {
	uses := usesOf(honest())
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		require.NotNil(t, uses[name], "%s is gone", name)
		require.False(t, anyMatters(uses[name], fewTries), "%s changes an output", name)
	}
}

// usesOf lists where each field is: one solver for its own, several for that of a
// registry type.
func usesOf(b *bench) map[string][]use {
	uses := map[string][]use{}
	for _, s := range b.solvers() {
		p := probe{s, s.Outputs(), b}
		for _, f := range s.Inputs() {
			if !isEntry(f.Type) {
				uses[s.Name+"."+f.Name] = []use{{p, f.Index}}
				continue
			}
			for _, index := range leaves(f.Type, nil) {
				name := f.Type.String() + "." + pathOf(f.Type, index)
				uses[name] = append(uses[name], use{p, slices.Concat(f.Index, index)})
			}
		}
	}
	return uses
}

// A use is a registry field in one solver.
type use struct {
	probe
	index []int
}

func anyMatters(uses []use, rounds ...int) bool {
	for _, tries := range rounds {
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

// leaves lists the fields inside a registry type, texts left out.
func leaves(t reflect.Type, prefix []int) [][]int {
	var out [][]int
	for i := range t.NumField() {
		index := append(append([]int{}, prefix...), i)
		switch t.Field(i).Type.Kind() {
		case reflect.Struct:
			out = append(out, leaves(t.Field(i).Type, index)...)
		case reflect.String:
		default:
			out = append(out, index)
		}
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

// redraw gives a field another value.
func redraw(c *trial, f reflect.Value, sf reflect.StructField) {
	switch f.Kind() {
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
		same := reflect.DeepEqual(x.Interface(), y.Interface())
		if f.Type.Kind() == reflect.String || same || echoes(f, x, first) && echoes(f, y, second) {
			continue
		}
		return false
	}
	return true
}

// echoes reports whether an output is the input of its name.
func echoes(f describe.Field, out, in reflect.Value) bool {
	given := in.FieldByName(f.Name)
	return given.IsValid() && given.Type() == out.Type() && reflect.DeepEqual(given.Interface(), out.Interface())
}

// ignores is a solver that does not look at one of its fields.
func ignores(solver, path string) func(*bench) {
	return func(b *bench) {
		b.solvers = func() []catalog.Solver { return []catalog.Solver{found(solver)} } // the others take time
		b.looksAt = solver + "." + path
		if strings.HasPrefix(path, "Hardware.") {
			b.looksAt = strings.Replace(path, "Hardware", "hardware.Device", 1)
		}
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

func found(solver string) catalog.Solver {
	s, err := catalog.Find(solver)
	if err != nil {
		panic(err)
	}
	return s
}
