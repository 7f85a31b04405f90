package search

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Needed inverts a solver that has a field Hardware (wall 22): the least device
// on which a time reaches its target.
//
//	M* = least memory that fits, BW* and P* = least rates with the other unlimited
//
// Where the solver adds the two times up instead of taking the longer, both
// rates are raised by one common factor; the answer is then run through the
// solver again. It leaves out that a faster device may need other software, and
// in Devices what it costs to split the work.
//
// Jouppi 2017 (sizing from a latency limit); Williams 2009.
type Needed struct {
	Solver any
	Metric string        // a time in the solver's result: Latency, ITL
	Target units.Seconds // at most this
}

// A NeededResult is the device that is wanted.
type NeededResult struct {
	Reached   bool           `help:"a device fast enough exists: fixed costs leave time for it"`
	Capacity  units.Bytes    `help:"least device memory" better:"lower"`
	Bandwidth units.ByteRate `help:"least memory bandwidth; 0 if it does not matter" better:"lower"`
	Rate      units.FLOPRate `help:"least arithmetic peak; 0 if it does not matter" better:"lower"`
	Devices   int            `help:"copies of the given device that together have all three" better:"lower"`
	Value     units.Seconds  `help:"the time on that device, by the solver itself" better:"lower"`
	Slack     units.Seconds  `help:"what the target leaves of it" better:"higher"`
	walls.Notes

	// For Explain: the question, the given device and the solver's result.
	needed Needed
	given  sizes
	metric metric
	result any
}

// The sizes of a device that are turned.
type sizes struct {
	memory, bandwidth, rate float64
}

// unlimited is a rate that takes no time; longest is the largest size that inputs
// may have.
const (
	unlimited               = 1e27
	longest   units.Seconds = 1e30
)

// Solve fails if the solver has no device or refuses the design.
func (n Needed) Solve() (NeededResult, error) {
	d, err := n.prepare()
	if err != nil {
		return NeededResult{}, err
	}
	out := NeededResult{needed: n, given: d.sizes(), metric: d.metric}
	if !d.size(float64(n.Target)) {
		out.Warnings |= walls.NotReached
		out.Capacity = units.Bytes(d.found.memory)
		return out, nil
	}
	return d.answer(out)
}

// Run is Solve for labs: an error ends the cell.
func (n Needed) Run() NeededResult { return walls.Must(n.Solve()) }

// A device is the three fields that are turned, and the time that they set.
type device struct {
	*runner
	memory, bandwidth, rate knob
	metric                  metric
	gauge                   gauge
	judge                   judge
	result                  reflect.Value // of the stage that has the device
	found                   sizes
}

func (n Needed) prepare() (*device, error) {
	p, err := ProgramOf(n.Solver)
	if err != nil {
		return nil, fmt.Errorf("needed: %w", err)
	}
	if !(n.Target > 0 && n.Target <= longest) {
		return nil, describe.Refuse(p.name, "target of "+n.Metric, n.Target, "a time above 0 s")
	}
	m, err := p.metric(n.Metric)
	if err != nil {
		return nil, fmt.Errorf("needed: want a time of the result: %w", err)
	}
	if m.field.Better != "lower" || m.field.Type != reflect.TypeFor[units.Seconds]() {
		return nil, fmt.Errorf("needed: %s: want a time of the result: %s is not a time that should be low", p.name, m.path)
	}
	d := &device{runner: p.runner(), metric: m}
	d.gauge, d.judge, d.result = m.on(d.out), p.judge(d.out), d.out
	if err := d.solve(); err != nil {
		return nil, fmt.Errorf("needed: %w", err)
	}
	return d, d.knobs(p)
}

// knobs finds the fields of the device; in a composed solver it is that of the
// stage that has the time.
func (d *device) knobs(p Program) error {
	prefix := ""
	for _, s := range stages(p.result) {
		if s.holds(d.metric.index) {
			prefix, d.result = s.prefix, d.out.FieldByIndex(s.index)
		}
	}
	peak := "FP16"
	if f := d.result.FieldByName("Precision"); f.IsValid() {
		peak = strings.ToUpper(fmt.Sprint(f.Interface()))
	}
	for _, k := range []struct {
		path string
		to   *knob
	}{{"Memory", &d.memory}, {"Bandwidth", &d.bandwidth}, {"Rates." + peak, &d.rate}} {
		var err error
		if *k.to, err = p.numeric(prefix + "Hardware." + k.path); err != nil {
			return fmt.Errorf("needed: %sHardware.%s is turned: %w", prefix, k.path, err)
		}
	}
	return nil
}

func (d *device) sizes() sizes {
	return sizes{d.memory.value(d.in), d.bandwidth.value(d.in), d.rate.value(d.in)}
}

// try solves a device of three sizes.
func (d *device) try(s sizes) error {
	d.memory.set(d.in, s.memory)
	d.bandwidth.set(d.in, s.bandwidth)
	d.rate.set(d.in, s.rate)
	return d.solve()
}

// size looks for the least memory that fits and then for the least rates that
// meet the target; false if there are none.
func (d *device) size(target float64) bool {
	met := func() bool {
		v, known := d.gauge.read()
		return known && v <= target
	}
	given := d.sizes()
	memory := least(1, 1e18, func(x float64) bool {
		return d.try(sizes{x, given.bandwidth, given.rate}) == nil && inMemory(d.result) && d.judge.verdict() != tooLarge
	})
	if memory == 0 {
		return false
	}
	d.found.memory = memory
	bandwidth := least(1, unlimited, func(x float64) bool { return d.try(sizes{memory, x, unlimited}) == nil && met() })
	rate := least(1, unlimited, func(x float64) bool { return d.try(sizes{memory, unlimited, x}) == nil && met() })
	if bandwidth == 0 || rate == 0 {
		return false
	}
	factor := least(1, 1e6, func(x float64) bool { return d.try(sizes{memory, bandwidth * x, rate * x}) == nil && met() })
	d.found.bandwidth, d.found.rate = bandwidth*factor, rate*factor
	return factor > 0
}

// answer runs the synthesised device.
func (d *device) answer(out NeededResult) (NeededResult, error) {
	if err := d.try(d.found); err != nil {
		return NeededResult{}, fmt.Errorf("needed: %w", err)
	}
	value, _ := d.gauge.read()
	out.Reached, out.Value, out.result = true, units.Seconds(value), d.out.Interface()
	out.Slack = out.needed.Target - out.Value
	out.Capacity = units.Bytes(d.found.memory)
	if d.found.bandwidth > 1 { // 1 is the least tried: it does not matter
		out.Bandwidth = units.ByteRate(d.found.bandwidth)
	}
	if d.found.rate > 1 {
		out.Rate = units.FLOPRate(d.found.rate)
	}
	if n := math.Ceil(out.share() * (1 - rounding)); n <= 1e9 {
		out.Devices = int(n)
	}
	return out, nil
}

// rounding forgives a share that is a whole number but for the last digits.
const rounding = 1e-12

// share is the largest of the three ratios to the given device; what that lacks
// altogether does not count.
func (r NeededResult) share() float64 {
	share := 0.0
	for _, k := range [...][2]float64{{float64(r.Capacity), r.given.memory}, {float64(r.Bandwidth), r.given.bandwidth}, {float64(r.Rate), r.given.rate}} {
		if k[1] > 0 {
			share = max(share, k[0]/k[1])
		}
	}
	return share
}

// least bisects, on a log scale, for the smallest value that passes; 0 means
// that none does.
func least(lo, hi float64, pass func(float64) bool) float64 {
	if pass(lo) {
		return lo
	}
	if !pass(hi) {
		return 0
	}
	for range 200 {
		mid := math.Sqrt(lo) * math.Sqrt(hi)
		if mid <= lo || mid >= hi {
			break
		}
		if pass(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
