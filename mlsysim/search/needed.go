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
	walls.Notes
}

// unlimited is a rate that takes no time; longest is the largest size that inputs
// may have.
const (
	unlimited               = 1e27
	longest   units.Seconds = 1e30
)

// Solve fails if the solver has no device or refuses the design.
func (n Needed) Solve() (NeededResult, error) {
	r, err := newRunner(n.Solver)
	if err != nil {
		return NeededResult{}, err
	}
	if !(n.Target > 0 && n.Target <= longest) {
		return NeededResult{}, describe.Refuse(r.name(), "target of "+n.Metric, n.Target, "a time above 0 s")
	}
	if f, err := r.metric(n.Metric); err != nil || f.Better != "lower" || f.Unit != "s" {
		return NeededResult{}, fmt.Errorf("needed: %s: want a time of the result: %s: %w", r.name(), n.Metric, orNoTime(err))
	}
	base, err := r.run(r.start)
	if err != nil {
		return NeededResult{}, err
	}
	d, err := newDevice(r, base)
	if err != nil {
		return NeededResult{}, err
	}
	return n.size(d)
}

func orNoTime(err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("not a time that should be low")
}

// Run is Solve for labs: an error ends the cell.
func (n Needed) Run() NeededResult { return walls.Must(n.Solve()) }

// A device is the three fields that are turned.
type device struct {
	runner
	memory, bandwidth, rate knob
}

func newDevice(r runner, base reflect.Value) (device, error) {
	d := device{runner: r}
	peak := "FP16"
	if f := base.FieldByName("Precision"); f.IsValid() {
		peak = strings.ToUpper(fmt.Sprint(f.Interface()))
	}
	var err error
	for path, k := range map[string]*knob{"Hardware.Memory": &d.memory, "Hardware.Bandwidth": &d.bandwidth, "Hardware.Rates." + peak: &d.rate} {
		if *k, err = r.numeric(path); err != nil {
			return d, fmt.Errorf("needed: %s is turned: %w", path, err)
		}
	}
	return d, nil
}

func (n Needed) size(d device) (NeededResult, error) {
	out := NeededResult{}
	in := d.clone()
	capacity := d.least(in, []knob{d.memory}, 1, 1e18, func(res reflect.Value) bool { return inMemory(res) && fits(res) })
	if capacity == 0 {
		out.Warnings |= walls.NotReached
		return out, nil
	}
	out.Capacity = units.Bytes(capacity)
	d.memory.set(in, capacity)
	in0 := reflect.New(in.Type()).Elem()
	in0.Set(in)

	f, err := d.metric(n.Metric)
	if err != nil {
		return out, err
	}
	met := func(res reflect.Value) bool {
		v, known := read(res, f)
		return known && v <= float64(n.Target)
	}
	d.rate.set(in, unlimited)
	bandwidth := d.least(in, []knob{d.bandwidth}, 1, unlimited, met)
	d.bandwidth.set(in, unlimited)
	rate := d.least(in, []knob{d.rate}, 1, unlimited, met)
	if bandwidth == 0 || rate == 0 {
		out.Warnings |= walls.NotReached
		return out, nil
	}
	d.bandwidth.set(in0, bandwidth)
	d.rate.set(in0, rate)
	factor := d.least(in0, []knob{d.bandwidth, d.rate}, 1, 1e6, met)
	if factor == 0 {
		out.Warnings |= walls.NotReached
		return out, nil
	}
	d.bandwidth.set(in0, bandwidth*factor)
	d.rate.set(in0, rate*factor)
	return d.answer(out, in0, f, bandwidth*factor, rate*factor)
}

// answer runs the synthesised device.
func (d device) answer(out NeededResult, in reflect.Value, f describe.Field, bandwidth, rate float64) (NeededResult, error) {
	result, err := d.run(in)
	if err != nil {
		return NeededResult{}, err
	}
	value, _ := read(result, f)
	out.Reached, out.Value = true, units.Seconds(value)
	share := float64(out.Capacity) / d.memory.value(d.start)
	if bandwidth > 1 { // 1 is the least tried: it does not matter
		out.Bandwidth = units.ByteRate(bandwidth)
		share = math.Max(share, bandwidth/d.bandwidth.value(d.start))
	}
	if rate > 1 {
		out.Rate = units.FLOPRate(rate)
		share = math.Max(share, rate/d.rate.value(d.start))
	}
	if n := math.Ceil(share * (1 - 1e-12)); n <= 1e9 {
		out.Devices = int(n)
	}
	return out, nil
}

// least bisects, on a log scale, for the smallest value that passes; with
// several knobs the value is a factor on each. 0 means that none passes.
func (d device) least(from reflect.Value, knobs []knob, lo, hi float64, pass func(reflect.Value) bool) float64 {
	in := reflect.New(from.Type()).Elem()
	good := func(x float64) bool {
		in.Set(from)
		for _, k := range knobs {
			v := x
			if len(knobs) > 1 {
				v *= k.value(from)
			}
			k.set(in, v)
		}
		result, err := d.run(in)
		return err == nil && pass(result)
	}
	if good(lo) {
		return lo
	}
	if !good(hi) {
		return 0
	}
	for range 200 {
		mid := math.Sqrt(lo) * math.Sqrt(hi)
		if mid <= lo || mid >= hi {
			break
		}
		if good(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
