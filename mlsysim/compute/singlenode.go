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

// SingleNode is one pass of a batch on one device (walls 1 to 3).
//
//	T = max(F/(P·η), Q/(BW·η_m)) + O
//
// Arithmetic F and traffic Q are those of the phase: a decode step reads the
// touched weights and the whole cache, a prefill writes the cache, a sample
// reads weights and activations once, or once per denoising step, and a training
// step does three forward passes' work and reads and writes all that it holds.
// What does not fit crosses the host link once per pass. It leaves out queueing
// and everything between devices, the exchange of a sharded training step too.
//
// Williams, Waterman, Patterson 2009, "Roofline"; Korthikanti 2022 (training).
type SingleNode struct {
	Model            models.Model      `help:"network" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Phase            Phase             `help:"what one pass does"`
	Batch            int               `help:"sequences or samples per pass" min:"1"`
	Prompt           int               `help:"new tokens per sequence of a prefill; tokens of each sequence in training" min:"0"`
	Context          int               `help:"tokens already in the cache of each sequence" min:"0"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"software whose overheads the calibrated level adds"`

	Checkpointing physics.Recompute `help:"training: what the backward pass computes again"`
	Optimizer     physics.Optimizer `help:"training: update rule"`
	Trainable     float64           `help:"training: share of the parameters that are trained, as of low-rank adapters" above:"0" max:"1" default:"1"`
	ZeRO          int               `help:"training: sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	DP            int               `help:"training: replicas that share what is sharded" min:"1" max:"1000000" default:"1"`
}

// Result is the cost of one pass.
type Result struct {
	Latency  units.Seconds `help:"time of one pass, arithmetic and memory overlapped" better:"lower"`
	Serial   units.Seconds `help:"the same if arithmetic and memory did not overlap" better:"lower"`
	Compute  units.Seconds `help:"time of the arithmetic" better:"lower"`
	Memory   units.Seconds `help:"time of the memory traffic" better:"lower"`
	Overhead units.Seconds `help:"fixed cost of dispatch and launches" better:"lower"`

	Throughput units.SampleRate `help:"sequences, images or tokens per second" better:"higher"`
	Work       units.FLOP       `help:"arithmetic of the pass, with what is computed again"`
	Traffic    units.Bytes      `help:"bytes moved"`
	Intensity  units.Intensity  `help:"arithmetic per byte moved"`
	Ridge      units.Intensity  `help:"intensity at which this device turns from memory-bound to compute-bound"`
	MFU        float64          `help:"model FLOP utilisation: share of the peak used over the whole pass" better:"higher"`
	HFU        float64          `help:"hardware FLOP utilisation: the same with what is computed again" better:"higher"`

	Fits        bool        `help:"what is held fits into the device"`
	Short       units.Bytes `help:"what is missing if it does not" better:"lower"`
	Footprint   units.Bytes `help:"weights and cache, or all that training holds" better:"lower"`
	Weights     units.Bytes `help:"weights on the device"`
	Cache       units.Bytes `help:"key-value cache or state of the batch"`
	Gradients   units.Bytes `help:"gradients, in training" better:"lower"`
	Optimizer   units.Bytes `help:"optimizer state, in training" better:"lower"`
	Activations units.Bytes `help:"activations kept for the backward pass" better:"lower"`
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
	s.work(&r)
	s.time(&r, &roof)
	s.spend(&r)
	s.note(&r)
	r.in, r.roof = s, roof
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
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency, Training: s.Phase == Train,
	}.Roof()
	return roof, warnings, nil
}

// usual is the phase of a network that is asked for no other: an encoder reads a
// whole sequence.
func usual(m *models.Model) Phase {
	switch {
	case m.Generates():
		return Decode
	case m.Reads():
		return Prefill
	default:
		return Sample
	}
}

// work fills in the arithmetic and traffic of the phase.
func (s *SingleNode) work(r *Result) {
	l := models.Layout{Weights: s.Precision, Cache: s.KVPrecision, Ranks: 1}
	switch s.Phase {
	case Decode:
		r.work = s.Model.DecodePass(s.Batch, float64(s.Context), l)
	case Prefill:
		r.work = s.Model.PrefillPass(s.Batch, float64(s.Prompt), float64(s.Context), l)
	case Train:
		split, held := s.split(), r.held()
		r.work = s.Model.TrainingPass(&split, &held)
	default:
		r.work = s.Model.SamplePass(s.Batch, s.Precision)
	}
	r.Work, r.Traffic = r.work.Ops(), r.work.Traffic
}

// time fills in the latency and the rates that follow from it.
func (s *SingleNode) time(r *Result, roof *physics.Roof) {
	spilled := s.tier(r, roof)
	r.Compute = roof.Compute(&r.work)
	r.Memory = roof.Memory(&r.work)
	if spilled { // what arrives over the link is still read from memory
		if over := physics.StreamTime(s.crossing(r), s.Hardware.HostLink, 1); over > r.Memory {
			r.Memory, r.Binding = over, walls.HostLink
		}
	}
	r.Overhead = roof.Overhead(s.launches(), s.Batch)
	r.Latency = max(r.Compute, r.Memory) + r.Overhead
	r.Serial = r.Compute + r.Memory + r.Overhead
	r.Intensity = r.Work.PerByte(r.Traffic)
	r.Ridge = roof.Peak.PerByteRate(roof.Bandwidth)
	r.Throughput = units.Samples(s.Batch).Per(r.Latency)
	r.HFU = r.Work.Per(r.Latency).Ratio(roof.Peak)
	r.MFU = s.useful(r).Per(r.Latency).Ratio(roof.Peak)
}

// useful is the arithmetic without what a training step computes again.
func (s *SingleNode) useful(r *Result) units.FLOP {
	if s.Phase != Train {
		return r.Work
	}
	return min(r.Work, s.Model.TrainingOps(float64(s.Prompt), physics.KeepAll).Times(float64(s.Batch)))
}

// crossing is what passes the host link: all that does not fit, or of embedding
// tables, which are read here and there, that share of the traffic.
func (s *SingleNode) crossing(r *Result) units.Bytes {
	if s.Model.Family == models.Recommendation {
		return r.Traffic.Times(r.Short.Ratio(r.Footprint))
	}
	return r.Short
}

// launches is the number of layers that are started; a network has at least one.
// A training step starts each for the forward pass and for the gradients of
// inputs and of weights.
func (s *SingleNode) launches() int {
	switch s.Phase {
	case Decode:
		return max(1, s.Model.Layers)
	case Train:
		return 3 * max(1, s.Model.Blocks())
	case Prefill:
		return max(1, s.Model.Blocks())
	default:
		return s.Model.Launches()
	}
}

// tier picks the memory that the pass reads: on-chip if the weights fit there,
// or all that training holds; else flash if the device runs from it, which
// training cannot; else main memory. It reports whether the shortfall crosses the
// host link.
func (s *SingleNode) tier(r *Result, roof *physics.Roof) (spilled bool) {
	h := &s.Hardware
	resident := r.Weights
	if s.Phase == Train {
		resident = r.Footprint
	}
	r.Binding = walls.MemoryBandwidth
	switch {
	case h.SRAMBandwidth > 0 && resident <= h.SRAM:
		roof.Bandwidth, r.Binding = h.SRAMBandwidth, walls.SRAMBandwidth
	case h.FlashBandwidth > 0 && s.Phase != Train:
		roof.Bandwidth, r.Binding = h.FlashBandwidth, walls.FlashBandwidth
	}
	if r.Fits {
		return false
	}
	if h.HostLink == 0 {
		r.Warnings |= walls.HostLinkUnknown
		return false
	}
	return true
}

// spend fills in power and energy.
func (s *SingleNode) spend(r *Result) {
	if r.PowerKnown = s.Hardware.TDP > 0; !r.PowerKnown {
		r.Warnings |= walls.PowerUnknown
		return
	}
	r.Power = physics.Draw(s.Hardware.Idle, s.Hardware.TDP, r.HFU)
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
	if s.Model.Context > 0 && s.Model.Reads() && s.Context+s.Prompt > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}
