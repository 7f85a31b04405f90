package probe

import (
	"math"
	"strings"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Audit estimates one pass of a network on a measured machine, beside a device of
// the registry.
//
//	T = max(F/P, Q/BW), P and BW as measured
//
// It leaves out launches and the host's own work, and takes 16-bit weights to be
// widened at no cost while they are read.
//
// Williams, Waterman, Patterson 2009, "Roofline"; McCalpin 1995, "STREAM".
type Audit struct {
	Workload  models.Model      `help:"network that is estimated, Llama3_8B if none is named"`
	Hardware  hardware.Device   `help:"device to compare with; if none is named, this machine's own entry or the closest one"`
	Batch     int               `help:"sequences or samples per pass" min:"1" default:"1"`
	Context   int               `help:"tokens of each sequence" min:"1" default:"2048"`
	Precision physics.Precision `help:"format of the weights; auto is fp32, which was measured"`
}

// A Report is an audit of one machine.
type Report struct {
	Machine   Machine
	Benchmark Benchmark
	Pass      compute.Result // on this machine; an estimate
	Fits      bool           // means something where the fit is known
	FitKnown  bool           // the machine's memory is known

	Reference Peer
	Chosen    Choice
	H100      Peer
	in        Audit
	device    hardware.Device
}

// A Peer is a device of the registry running the same pass.
type Peer struct {
	Device hardware.Device
	Pass   compute.Result // means something where it is known
	Known  bool           // it can run the pass, and the pass fits
	Format physics.Precision
	Share  float64 // of its peak that is counted: measured where the registry has it, else 1
	Stream float64 // of its bandwidth
}

// Choice says why a device is the reference.
type Choice uint8

// The reasons.
const (
	Closest Choice = iota
	Named
	OwnAccelerator
	OwnProcessor
)

var choiceNames = [...]string{
	"closest by measured bandwidth and rate, not what this machine is", "named", "the accelerator of this machine", "this processor",
}

// String words the reason.
func (c Choice) String() string { return choiceNames[min(int(c), len(choiceNames)-1)] }

// Judge fails only if a field is out of range or the network does not run at the
// format.
func (a Audit) Judge(m Machine, b Benchmark) (Report, error) {
	if a.Workload.Name == "" {
		a.Workload = models.Llama3_8B
	}
	if a.Precision == physics.Auto {
		a.Precision = physics.FP32
	}
	if err := describe.Check(&a); err != nil {
		return Report{}, err
	}

	r := Report{Machine: m, Benchmark: b, in: a, device: device(m, b)}
	own := r.device
	if r.FitKnown = m.Memory > 0; !r.FitKnown {
		own.Memory = unlimited
	}
	pass, err := a.pass(own, a.Precision, 1, 1).Solve()
	if err != nil {
		return Report{}, err
	}
	pass.Warnings &^= walls.EfficiencyOptimistic | walls.PowerUnknown // the rates are measured, and no energy is shown
	if !r.FitKnown {
		pass.Capacity, pass.Utilization = 0, 0
	}
	r.Pass, r.Fits = pass, pass.Fits

	device, chosen := a.reference(m, b)
	r.Reference, r.Chosen = a.peer(device), chosen
	r.H100 = a.peer(hardware.H100)
	return r, nil
}

// unlimited stands in for a memory of unknown size while the times are computed.
const unlimited = units.PiB

// device is the machine as the registry would describe it.
func device(m Machine, b Benchmark) hardware.Device {
	return hardware.Device{
		Name: "this machine", Tier: hardware.Workstation, Memory: m.Memory, Bandwidth: b.Bandwidth,
		Rates: hardware.Rates{FP32: b.Rate, FP16: b.Rate, BF16: b.Rate},
	}
}

// pass is what one device runs.
func (a *Audit) pass(d hardware.Device, p physics.Precision, share, stream float64) compute.SingleNode {
	s := compute.SingleNode{Model: a.Workload, Hardware: d, Batch: a.Batch, Precision: p, Efficiency: share, MemoryEfficiency: stream}
	length := a.Context
	if built := a.Workload.Context; built > 0 {
		length = min(length, built)
	}
	switch {
	case a.Workload.Generates():
		s.Context = length
	case a.Workload.Reads():
		s.Prompt = length
	}
	return s
}

// peer runs the pass on a device at its usual format, by its measured ceilings
// where the registry has them.
func (a *Audit) peer(d hardware.Device) Peer {
	p := d.Best()
	roof, _ := d.Measure(d.Roof(p, 1, 1), p)
	out := Peer{Device: d, Format: p, Share: roof.Matmul, Stream: roof.Stream}
	pass, err := a.pass(d, p, roof.Matmul, roof.Stream).Solve()
	if err != nil {
		return out
	}
	out.Pass, out.Known = pass, pass.Fits
	return out
}

// reference is the device that was named, else the one that this machine is known
// as, else the closest.
func (a *Audit) reference(m Machine, b Benchmark) (hardware.Device, Choice) {
	if a.Hardware.Name != "" {
		return a.Hardware, Named
	}
	if d, err := hardware.Find(m.Accelerator); err == nil {
		return d, OwnAccelerator
	}
	if d, err := hardware.Find(m.Processor); err == nil {
		return d, OwnProcessor
	}
	return Nearest(b.Bandwidth, b.Rate), Closest
}

// Nearest is the device of the registry with the smallest distance in the
// logarithms of bandwidth and float32 rate. Devices that lack either are passed
// over, and those that are no defaults.
func Nearest(bandwidth units.ByteRate, rate units.FLOPRate) hardware.Device {
	best, least := hardware.Device{}, math.Inf(1)
	for _, e := range hardware.Entries() {
		d := e.Value
		if d.MainBandwidth() == 0 || d.Rates.FP32 == 0 || hardware.Doubt(&e) != "" {
			continue
		}
		distance := math.Hypot(math.Log(bandwidth.Ratio(d.MainBandwidth())), math.Log(rate.Ratio(d.Rates.FP32)))
		if distance < least {
			best, least = *d, distance
		}
	}
	return best
}

// Speed is the throughput here over that of an H100, and whether it is known.
func (r *Report) Speed() (float64, bool) {
	if !r.H100.Known || r.FitKnown && !r.Fits {
		return 0, false
	}
	return float64(r.Pass.Throughput) / float64(r.H100.Pass.Throughput), true
}

// Type is gpu where there is an accelerator, else cpu.
func (m *Machine) Type() string {
	if m.Accelerator != "" {
		return "gpu"
	}
	return "cpu"
}

// accelerators words what is known of them.
func (m *Machine) accelerators() string {
	switch {
	case m.Accelerator != "":
		return m.Accelerator
	case m.looked:
		return "none"
	default:
		return unknown
	}
}

const unknown = "unknown"

// or is the text, or that it is unknown.
func or(text string) string {
	if strings.TrimSpace(text) == "" {
		return unknown
	}
	return text
}
