// Package compute bounds one pass of one network on one device: the roofline of
// arithmetic and memory, with the fixed costs that small batches really pay.
package compute

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// SingleNode is one forward pass of a batch on one device (walls 1 to 3).
//
//	T = max(F/(P·η), Q/(BW·η_m)) + O
//
// Arithmetic F and traffic Q are those of the phase: a decode step reads the
// touched weights and the whole cache, a prefill writes the cache, a sample
// reads weights and activations once. What does not fit crosses the host link
// once per pass. It leaves out training, queueing and everything between devices.
//
// Williams, Waterman, Patterson 2009, "Roofline".
type SingleNode struct {
	Model            models.Model      `help:"network" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Phase            Phase             `help:"what one pass does"`
	Batch            int               `help:"sequences or samples per pass" min:"1"`
	Prompt           int               `help:"new tokens per sequence of a prefill" min:"0"`
	Context          int               `help:"tokens already in the cache of each sequence" min:"0"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"software whose overheads the calibrated level adds"`
}

// Result is the cost of one pass.
type Result struct {
	Latency  units.Seconds `help:"time of one pass, arithmetic and memory overlapped" better:"lower"`
	Serial   units.Seconds `help:"the same if arithmetic and memory did not overlap" better:"lower"`
	Compute  units.Seconds `help:"time of the arithmetic" better:"lower"`
	Memory   units.Seconds `help:"time of the memory traffic" better:"lower"`
	Overhead units.Seconds `help:"fixed cost of dispatch and launches" better:"lower"`

	Throughput units.SampleRate `help:"sequences, images or tokens per second" better:"higher"`
	Work       units.FLOP       `help:"arithmetic of the pass"`
	Traffic    units.Bytes      `help:"bytes moved"`
	Intensity  units.Intensity  `help:"arithmetic per byte moved"`
	Ridge      units.Intensity  `help:"intensity at which this device turns from memory-bound to compute-bound"`
	MFU        float64          `help:"model FLOP utilisation: share of the peak used over the whole pass" better:"higher"`

	Fits        bool        `help:"weights and cache fit into the device"`
	Short       units.Bytes `help:"what is missing if they do not" better:"lower"`
	Footprint   units.Bytes `help:"weights and cache" better:"lower"`
	Weights     units.Bytes `help:"all weights"`
	Cache       units.Bytes `help:"key-value cache of the batch"`
	Capacity    units.Bytes `help:"memory of the device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`

	Energy     units.Joules `help:"energy of the pass" better:"lower" known:"PowerKnown"`
	Power      units.Watts  `help:"mean power during the pass" better:"lower" known:"PowerKnown"`
	PowerKnown bool         `help:"the registry knows the device's power"`

	Phase     Phase             `help:"what the pass did"`
	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, and what followed from it.
	in   SingleNode
	roof physics.Roof
	work physics.Pass
}

// Solve fails only if a field is out of range.
func (s SingleNode) Solve() (Result, error) {
	roof, warnings, err := s.prepare()
	if err != nil {
		return Result{}, err
	}
	r := Result{Phase: s.Phase, Precision: s.Precision}
	r.Warnings = warnings
	s.remember(&r)

	work := s.work()
	spilled := s.tier(&r, &roof)
	r.Compute = roof.Compute(&work)
	r.Memory = roof.Memory(&work)
	if spilled {
		near := physics.Pass{Traffic: max(work.Traffic-r.Short, 0)}
		r.Memory = max(physics.StreamTime(r.Short, s.Hardware.HostLink, 1), roof.Memory(&near))
	}
	r.Overhead = roof.Overhead(s.launches(), s.Batch)
	r.Latency = max(r.Compute, r.Memory) + r.Overhead
	r.Serial = r.Compute + r.Memory + r.Overhead

	r.Work, r.Traffic = work.Ops(), work.Traffic
	r.Intensity = r.Work.PerByte(r.Traffic)
	r.Ridge = roof.Peak.PerByteRate(roof.Bandwidth)
	r.Throughput = units.Samples(s.Batch).Per(r.Latency)
	r.MFU = r.Work.Per(r.Latency).Ratio(roof.Peak)
	s.spend(&r)
	s.note(&r)
	r.in, r.roof, r.work = s, roof, work
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s SingleNode) Run() Result { return walls.Must(s.Solve()) }

const name = "compute.SingleNode"

// prepare checks the input, settles what is automatic and builds the ceilings.
func (s *SingleNode) prepare() (physics.Roof, walls.Warnings, error) {
	if err := describe.Check(s); err != nil {
		return physics.Roof{}, 0, err
	}
	pass.Settle(&s.Hardware, &s.Precision, &s.KVPrecision)
	if s.Phase == Auto {
		s.Phase = usual(&s.Model)
	}
	if err := s.refuse(); err != nil {
		return physics.Roof{}, 0, err
	}
	roof, warnings := pass.Setup{
		Hardware: &s.Hardware, Stack: &s.Stack, Level: s.Level, Precision: s.Precision,
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency,
	}.Roof()
	return roof, warnings, nil
}

// usual is the phase of a network that is asked for no other: an encoder reads a
// whole sequence.
func usual(m *models.Model) Phase {
	switch {
	case m.Generates():
		return Decode
	case m.Attends():
		return Prefill
	default:
		return Sample
	}
}

// refuse applies the rules between fields.
func (s *SingleNode) refuse() error {
	if err := pass.Refuse(name, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	attends := s.Model.Attends()
	switch {
	case s.Hardware.MainBandwidth() == 0:
		return describe.Refuse(name, "Hardware.Bandwidth", s.Hardware.Bandwidth, "above 0 B/s")
	case s.Hardware.Capacity() == 0:
		return describe.Refuse(name, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case s.Phase == Decode && !s.Model.Generates():
		return describe.Refuse(name, "Phase", s.Phase, "sample or prefill: "+s.Model.Name+" does not generate tokens")
	case s.Phase == Prefill && !attends:
		return describe.Refuse(name, "Phase", s.Phase, "sample: "+s.Model.Name+" has no attention layers with heads and a width")
	case s.Phase == Prefill && s.Prompt == 0:
		return describe.Refuse(name, "Prompt", s.Prompt, "at least 1 in a prefill")
	case s.Phase == Sample && attends:
		return describe.Refuse(name, "Phase", s.Phase, "decode or prefill: a pass of "+s.Model.Name+" is a number of tokens")
	case s.Phase == Sample && s.Context > 0:
		return describe.Refuse(name, "Context", s.Context, "0: "+s.Model.Name+" has no cache")
	case s.Phase == Sample && s.Model.FLOPs == 0 && s.Model.Family == models.CNN:
		return describe.Refuse(name, "Model.FLOPs", s.Model.FLOPs, "above 0: parameters do not give the arithmetic of a convolution")
	}
	return nil
}

// work is the arithmetic and traffic of the phase.
func (s *SingleNode) work() physics.Pass {
	l := models.Layout{Weights: s.Precision, Cache: s.KVPrecision, Ranks: 1}
	switch s.Phase {
	case Decode:
		return s.Model.DecodePass(s.Batch, float64(s.Context), l)
	case Prefill:
		return s.Model.PrefillPass(s.Batch, float64(s.Prompt), float64(s.Context), l)
	default:
		return s.Model.SamplePass(s.Batch, s.Precision)
	}
}

// launches is the number of layers that are started; a network has at least one.
func (s *SingleNode) launches() int { return max(1, s.Model.Layers) }

// remember fills in what must be held in memory.
func (s *SingleNode) remember(r *Result) {
	r.Weights = s.Model.Weights(s.Precision)
	if s.Model.Generates() {
		tokens := float64(s.Context)
		if s.Phase == Prefill {
			tokens += float64(s.Prompt)
		}
		r.Cache = s.Model.KVBytes(tokens, s.KVPrecision.Size(), 1).Times(float64(s.Batch))
	}
	r.Footprint = r.Weights + r.Cache
	r.Capacity = s.Hardware.Capacity()
	r.Fits, r.Short = physics.Fits(r.Footprint, r.Capacity)
	r.Utilization = r.Footprint.Ratio(r.Capacity)
}

// tier picks the memory that the pass reads: on-chip if the weights fit there,
// else flash if the device runs from it, else main memory. It reports whether
// the shortfall crosses the host link.
func (s *SingleNode) tier(r *Result, roof *physics.Roof) (spilled bool) {
	h := &s.Hardware
	r.Binding = walls.MemoryBandwidth
	switch {
	case h.SRAMBandwidth > 0 && r.Weights <= h.SRAM:
		roof.Bandwidth, r.Binding = h.SRAMBandwidth, walls.SRAMBandwidth
	case h.FlashBandwidth > 0:
		roof.Bandwidth, r.Binding = h.FlashBandwidth, walls.FlashBandwidth
	}
	if r.Fits {
		return false
	}
	if h.HostLink == 0 {
		r.Warnings |= walls.HostLinkUnknown
		return false
	}
	r.Binding = walls.HostLink
	return true
}

// spend fills in power and energy.
func (s *SingleNode) spend(r *Result) {
	if r.PowerKnown = s.Hardware.TDP > 0; !r.PowerKnown {
		r.Warnings |= walls.PowerUnknown
		return
	}
	r.Power = physics.Draw(s.Hardware.Idle, s.Hardware.TDP, r.MFU)
	r.Energy = r.Power.For(r.Latency)
}

// note fills in what binds and what a reader should know.
func (s *SingleNode) note(r *Result) {
	if r.Memory <= r.Compute {
		r.Binding = walls.Compute
	}
	if !r.Fits {
		r.Warnings |= walls.DoesNotFit
	}
	if r.Overhead > max(r.Compute, r.Memory) {
		r.Warnings |= walls.OverheadDominates
	}
	if s.Model.Context > 0 && s.Model.Attends() && s.Context+s.Prompt > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}
