package laws_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// everywhere lists the laws that hold for every solver of the catalog.
func everywhere() []law {
	return []law{
		{
			id: "I-21", says: "other base units on the inputs give the outputs in these units", holds: rescales,
			mutants: []mutant{
				{"5 µs hidden in a formula", func(b *bench) { b.dimension = hideLaunch }},
				{"a threshold in bytes", func(b *bench) { b.dimension = hideThreshold }},
			},
		},
		{
			id: "I-23", says: "a refusal names solver, field, value and wanted range", holds: refusalsSpeak,
			mutants: []mutant{
				{"a bare error", func(b *bench) {
					retell(b, func(error) error { return errors.New("invalid input") })
				}},
				{"no range", func(b *bench) {
					retell(b, func(err error) error {
						var f *describe.FieldError
						errors.As(err, &f)
						return &describe.FieldError{Input: f.Input, Field: f.Field, Value: f.Value}
					})
				}},
				{"a field that is not there", func(b *bench) {
					retell(b, func(err error) error {
						var f *describe.FieldError
						errors.As(err, &f)
						return &describe.FieldError{Input: f.Input, Field: "inner " + f.Field, Value: f.Value, Want: f.Want}
					})
				}},
			},
		},
		{
			id: "I-26", says: "every input field changes some output, or is a label", holds: fieldsMatter, whole: true,
			mutants: []mutant{
				{"ports of a server (D-22)", ignores("training", "NICs")},
				{"measured time between failures (D-27)", ignores("reliability", "MTBF")},
				{"the privacy budget's delta (D-27)", ignores("privacy", "Delta")},
				{"size of the cluster (D-27)", ignores("orchestration", "Accelerators")},
				{"sequence length (D-04)", ignores("training", "Sequence")},
				{"the link to the host", ignores("streaming", "Hardware.HostLink")},
			},
		},
		{
			id: "I-27", says: "a calibrated time is no shorter than the ideal one at efficiency 1", holds: calibrated,
			mutants: []mutant{
				{"measured overheads replace the ideal ones and are none", func(b *bench) {
					right := b.any
					b.any = func(s catalog.Solver, in any) (any, error) {
						v := reflect.ValueOf(in).Elem()
						if level := v.FieldByName("Level"); level.IsValid() && level.Uint() == uint64(physics.Calibrated) {
							level.SetUint(uint64(physics.Ideal))
							h := v.FieldByName("Hardware").Addr().Interface().(*hardware.Device)
							h.Launch, h.Dispatch = 0, 0
						}
						return right(s, in)
					}
				}},
			},
		},
	}
}

// base draws an input of a solver, by its own draw where it has rules between
// fields, and points to it.
func base(c *trial, s catalog.Solver) any {
	in := reflect.New(reflect.TypeOf(s.Example))
	in.Elem().Set(reflect.ValueOf(drawOf(c, s.Example)))
	return in.Interface()
}

func drawOf(c *trial, example any) any {
	switch reflect.TypeOf(example).String() {
	case "compute.SingleNode":
		return drawNode(c)
	case "serving.Serving":
		return drawServing(c)
	case "serving.Speculation":
		return drawSpeculation(c)
	case "serving.Batching":
		return drawBatching(c)
	case "serving.Capacity":
		return drawCapacity(c)
	case "serving.Tuning":
		return drawTuning(c)
	case "cost.Placement":
		return drawPlacement(c)
	case "training.Memory":
		return drawMemory(c)
	case "parallel.Training":
		return drawStep(c)
	case "parallel.NetworkRoofline":
		return drawRoofline(c)
	case "parallel.Inference":
		return drawInference(c)
	case "parallel.Plan":
		return drawPlan(c)
	case "quality.Compression":
		return drawCompression(c)
	case "quality.Scaling":
		return drawScaling(c)
	case "parallel.MoERouting":
		return drawRouting(c)
	case "network.Topology":
		return drawTopology(c)
	}
	return varied(c, example)
}

// varied changes some fields of an example.
func varied(c *trial, example any) any {
	in := reflect.New(reflect.TypeOf(example)).Elem()
	in.Set(reflect.ValueOf(example))
	for i := range in.NumField() {
		if rapid.IntRange(0, 3).Draw(c.T, "vary") == 0 {
			fillField(c, in.Field(i), in.Type().Field(i))
		}
	}
	return in.Interface()
}

// anySolver is a solver of the catalog.
func anySolver(c *trial) catalog.Solver {
	all := catalog.All()
	return all[int(c.even("solver")*float64(len(all)))]
}

func rescales(c *trial, b *bench) {
	c.wild = false // a change of units must not leave the range of a field
	s := anySolver(c)
	in := base(c, s)
	if _, err := b.any(s, in); err != nil {
		c.Skip(err)
	}
	if stack := reflect.ValueOf(in).Elem().FieldByName("Stack"); stack.IsValid() && stack.FieldByName("Name").String() == "" {
		stack.Set(reflect.ValueOf(systems.VLLM)) // the engine that stands for none has seconds, too
	}
	example := reflect.ValueOf(in).Elem().Interface()
	c.asked = append(c.asked, example)
	err := dimtest.Check(b.dimension(example), rulers(s)...)
	c.claim(err == nil, "%v", err)
}

// rulers are the rulers that the number formats of a network fix.
func rulers(s catalog.Solver) []units.Dim {
	for _, f := range s.Inputs() {
		if f.Type == reflect.TypeFor[physics.Precision]() {
			return []units.Dim{units.Bytes(1).Dim(), units.FLOP(1).Dim()}
		}
	}
	return nil
}

// A hiddenLaunch is a solver with a constant in its formula.
type hiddenLaunch compute.SingleNode

func (h hiddenLaunch) Solve() (compute.Result, error) {
	r, err := compute.SingleNode(h).Solve()
	r.Latency += 5e-6
	return r, err
}

func hideLaunch(example any) any {
	if s, ok := example.(compute.SingleNode); ok {
		return hiddenLaunch(s)
	}
	return example
}

// A hiddenThreshold is a solver that knows what a large device is.
type hiddenThreshold compute.SingleNode

func (h hiddenThreshold) Solve() (compute.Result, error) {
	r, err := compute.SingleNode(h).Solve()
	if r.Latency > 0.01 {
		r.Warnings = 0
	} else {
		r.Warnings = 1
	}
	return r, err
}

func hideThreshold(example any) any {
	if s, ok := example.(compute.SingleNode); ok {
		return hiddenThreshold(s)
	}
	return example
}

// retell makes every solver word its refusals otherwise.
func retell(b *bench, words func(error) error) {
	right := b.any
	b.any = func(s catalog.Solver, in any) (any, error) {
		r, err := right(s, in)
		if err != nil {
			return nil, words(err)
		}
		return r, nil
	}
}

func refusalsSpeak(c *trial, b *bench) {
	s := anySolver(c)
	in := base(c, s)
	paths := numbers(reflect.TypeOf(s.Example), nil)
	f := reflect.ValueOf(in).Elem().FieldByIndex(paths[int(c.even("field")*float64(len(paths)))])
	spoil(f, pick(c, "value", math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1.5, 5e-324, 1e300, 1e9+1))
	_, err := b.any(s, in)
	if err == nil {
		return
	}
	c.asked = append(c.asked, reflect.ValueOf(in).Elem().Interface())
	var refused *describe.FieldError
	if !errors.As(err, &refused) {
		c.claim(false, "%s: %v is not a refusal of a field", s.Name, err)
		return
	}
	c.claim(refused.Input == describe.TypeName(reflect.TypeOf(in)), "%s: %v does not name the solver", s.Name, err)
	c.claim(refused.Value != "" && refused.Want != "", "%s: %v lacks the value or the range", s.Name, err)
	for _, name := range strings.Split(refused.Field, "·") {
		c.claim(exists(reflect.TypeOf(s.Example), name), "%s: %v: there is no field %q", s.Name, err, name)
	}
	want := fmt.Sprintf("%s: %s = %s: want %s", refused.Input, refused.Field, refused.Value, refused.Want)
	c.claim(strings.Contains(err.Error(), want), "%v does not say %q", err, want)
}

// spoil stores a number as well as the field can hold it.
func spoil(f reflect.Value, x float64) {
	if f.Kind() == reflect.Float64 {
		f.SetFloat(x)
		return
	}
	if x != x {
		x = -1
	}
	f.SetInt(int64(math.Max(-1e18, math.Min(x, 1e18))))
}

// numbers lists every number inside a struct, nested ones included.
func numbers(t reflect.Type, prefix []int) [][]int {
	var out [][]int
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int{}, prefix...), i)
		switch {
		case !f.IsExported():
		case f.Type.Kind() == reflect.Struct:
			out = append(out, numbers(f.Type, index)...)
		case f.Type.Kind() == reflect.Float64 || f.Type.Kind() == reflect.Int:
			out = append(out, index)
		}
	}
	return out
}

// exists reports whether a dotted path leads to a field.
func exists(t reflect.Type, path string) bool {
	for _, name := range strings.Split(path, ".") {
		name, _, listed := strings.Cut(name, "[")
		if t.Kind() != reflect.Struct {
			return false
		}
		f, ok := t.FieldByName(name)
		if !ok {
			return false
		}
		if t = f.Type; listed {
			t = t.Elem()
		}
	}
	return true
}

// partly are the times that count what slower work does not hide.
var partly = map[string]bool{"Exposed": true, "PrefillNetwork": true, "TensorExposed": true, "ContextExposed": true, "Bubble": true}

func calibrated(c *trial, b *bench) {
	s := anySolver(c)
	ideal := base(c, s)
	v := reflect.ValueOf(ideal).Elem()
	level := v.FieldByName("Level")
	if !level.IsValid() {
		return
	}
	for _, share := range []string{"Efficiency", "MemoryEfficiency"} {
		if f := v.FieldByName(share); f.IsValid() {
			f.SetFloat(1)
		}
	}
	level.SetUint(uint64(physics.Ideal))
	measured := reflect.New(v.Type())
	measured.Elem().Set(v)
	measured.Elem().FieldByName("Level").SetUint(uint64(physics.Calibrated))
	c.asked = append(c.asked, v.Interface())

	first, err := b.any(s, ideal)
	if err != nil {
		c.Skip(err)
	}
	second, err := b.any(s, measured.Interface())
	c.claim(err == nil, "%s: refused when calibrated: %v", s.Name, err)
	if err != nil {
		return
	}
	fast, slow := reflect.ValueOf(first), reflect.ValueOf(second)
	if searched(c, first, second) {
		return
	}
	for _, f := range s.Outputs() {
		if f.Unit != "s" || f.Better != "lower" || partly[f.Name] || !f.IsKnown(fast) || !f.IsKnown(slow) {
			continue
		}
		atMost(c, s.Name+": ideal "+f.Name, fast.FieldByIndex(f.Index).Float(), slow.FieldByIndex(f.Index).Float())
	}
}

// searched compares what a search found at the two levels: its designs differ, so
// that their times say nothing.
func searched(c *trial, ideal, measured any) bool {
	switch i := ideal.(type) {
	case serving.CapacityResult:
		m := measured.(serving.CapacityResult)
		c.claim(i.Reached || !m.Reached, "capacity: a limit is met only when calibrated")
		if i.Reached && m.Reached {
			c.claim(i.Replicas <= m.Replicas, "capacity: %d replicas, but %d when calibrated", i.Replicas, m.Replicas)
		}
		atMost(c, "capacity: ideal time without waiting", i.Base, m.Base)
		return true
	case serving.TuningResult:
		m := measured.(serving.TuningResult)
		c.claim(i.Reached || !m.Reached, "batch-size: a limit is met only when calibrated")
		if i.Reached && m.Reached {
			atMost(c, "batch-size: calibrated goodput", m.EachGoodput, i.EachGoodput)
		}
		return true
	}
	return false
}
