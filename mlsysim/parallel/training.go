package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Training is one optimizer step of a network on a cluster (wall 14).
//
//	T = (T_node + T_tp + T_ep + bubble + T_pp + exposed T_dp)·straggler
//
// T_node is the device's own time with its launches; the bubble is
// (T_node + T_tp + T_ep)·(p−1)/(v·m). Tensor-parallel devices lie closest to one
// another, then experts, then stages, then replicas. It leaves out failures, data
// loading and the time of the optimizer's arithmetic.
//
// Shoeybi 2019; Narayanan 2021, "Megatron-LM"; Rajbhandari 2020, "ZeRO"; Li 2020.
type Training struct {
	Model            models.Model      `help:"network that is trained" required:"true"`
	Hardware         hardware.Device   `help:"device that trains it" required:"true"`
	Nodes            int               `help:"servers" min:"1" max:"1000000" default:"1"`
	PerNode          int               `help:"devices in a server; 8 as in an HGX server" min:"1" max:"100000" default:"8"`
	NICs             int               `help:"network ports of a server; 0 is one for each device" min:"0" max:"100000"`
	IntraLink        units.ByteRate    `help:"link of a device inside the server, one way; 0 is the device's own" min:"0"`
	IntraLatency     units.Seconds     `help:"latency of one step on it" min:"0" default:"0.5 us"`
	Fabric           units.ByteRate    `help:"rate of a network port, one way" min:"0"`
	FabricLatency    units.Seconds     `help:"latency of one step on it" min:"0" default:"5 us"`
	Oversubscription float64           `help:"ports below a switch over uplinks above" min:"1" default:"1"`
	Batch            int               `help:"sequences or samples per optimizer step, whole cluster" min:"1" max:"1000000000"`
	Sequence         int               `help:"tokens of each sequence" min:"1" max:"1000000000" default:"2048"`
	TP               int               `help:"tensor-parallel devices" min:"1" max:"100000" default:"1"`
	PP               int               `help:"pipeline stages" min:"1" max:"100000" default:"1"`
	EP               int               `help:"devices that the experts are spread over" min:"1" max:"100000" default:"1"`
	Parts            int               `help:"interleaved parts of each pipeline stage" min:"1" max:"1000000" default:"1"`
	Microbatches     int               `help:"microbatches that each accumulation step is cut into" min:"1" max:"1000000" default:"1"`
	Accumulation     int               `help:"gradient accumulation steps" min:"1" max:"1000000" default:"1"`
	ZeRO             int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	NoSP             bool              `help:"activations outside the tensor-parallel blocks stay whole on each device"`
	Checkpointing    physics.Recompute `help:"what the backward pass computes again"`
	Optimizer        physics.Optimizer `help:"update rule"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	Trainable        float64           `help:"share of the parameters that are trained" above:"0" max:"1" default:"1"`
	Buffers          float64           `help:"communication buffers over gradients (mlsysim 0.3.0)" min:"0" max:"1" default:"0.05"`
	Buckets          int               `help:"parts in which gradients are sent while the backward pass runs; 1 hides nothing" min:"1" max:"1000000" default:"1"`
	Imbalance        float64           `help:"tokens of the hottest expert over the mean" min:"1" max:"1000000" default:"1"`
	Congestion       float64           `help:"communication times over those of an idle network" min:"1" max:"1000000" default:"1"`
	Straggler        float64           `help:"step over that of a cluster without slow devices" min:"1" max:"1000000" default:"1"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	NodeSwitch       bool              `help:"switches inside the server can add (NVLink SHARP)"`
	FabricSwitch     bool              `help:"switches between the servers can add (InfiniBand SHARP)"`
	Algorithm        physics.Algorithm `help:"all-reduces; auto is the cheapest, a fixed one that the links do not allow is a ring"`
}

// TrainingResult is the cost of a step.
type TrainingResult struct {
	Step       units.Seconds    `help:"time of one optimizer step" better:"lower"`
	Throughput units.SampleRate `help:"sequences or samples per second, whole cluster" better:"higher"`
	MFU        float64          `help:"model FLOP utilisation of the step" better:"higher"`
	Scaling    float64          `help:"share of the step in which devices work" better:"higher"`

	Node      units.Seconds `help:"a device's own time" better:"lower"`
	Compute   units.Seconds `help:"arithmetic of a device" better:"lower"`
	MemTime   units.Seconds `help:"memory traffic of a device, with what spills over the host link" better:"lower"`
	Overhead  units.Seconds `help:"dispatch and launches" better:"lower"`
	TensorPar units.Seconds `help:"all-reduces of tensor parallelism" better:"lower"`
	ExpertPar units.Seconds `help:"all-to-alls of expert parallelism" better:"lower"`
	DataPar   units.Seconds `help:"exchange of the gradients, hidden or not" better:"lower"`
	Exposed   units.Seconds `help:"part of it that the backward pass does not hide" better:"lower"`
	Bubble    units.Seconds `help:"idle time of the pipeline" better:"lower"`
	Stages    units.Seconds `help:"messages between pipeline stages" better:"lower"`
	BubblePct float64       `help:"share of the pipeline's time that is bubble" better:"lower"`

	Devices   int               `help:"devices in all"`
	DP        int               `help:"data-parallel replicas"`
	Local     int               `help:"sequences of the busiest replica" better:"lower"`
	Fits      bool              `help:"it fits into each device"`
	Short     units.Bytes       `help:"what is missing on each device if it does not" better:"lower"`
	Memory    units.Bytes       `help:"what each device holds" better:"lower"`
	Capacity  units.Bytes       `help:"memory of each device"`
	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	in Training // with its defaults settled, for Explain
}

const trainingName = "parallel.Training"

// Solve fails only if a field is out of range.
func (s Training) Solve() (TrainingResult, error) {
	if err := describe.Check(&s); err != nil {
		return TrainingResult{}, err
	}
	s.settle()
	r := TrainingResult{Devices: s.Nodes * s.PerNode, Precision: s.Precision}
	if err := s.refuse(r.Devices); err != nil {
		return TrainingResult{}, err
	}
	r.DP = r.Devices / (s.TP * s.PP * s.EP)
	r.Local = (s.Batch + r.DP - 1) / r.DP
	if s.Microbatches*s.Accumulation > r.Local {
		return TrainingResult{}, describe.Refuse(trainingName, "Microbatches", s.Microbatches, "with accumulation at most the sequences of a replica")
	}
	s.hold(&r)
	s.work(&r)
	s.send(&r)
	s.add(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Training) Run() TrainingResult { return walls.Must(s.Solve()) }

// settle replaces what is automatic.
func (s *Training) settle() {
	s.Precision = s.Hardware.Resolve(s.Precision)
	if s.NICs == 0 {
		s.NICs = s.PerNode
	}
	if s.IntraLink == 0 {
		s.IntraLink = s.Hardware.ScaleUp
	}
}

// port is the rate to other nodes of a device whose neighbours send too.
func (s *Training) port() units.ByteRate {
	return s.Fabric.Times(min(1, float64(s.NICs)/float64(s.PerNode)) / s.Oversubscription)
}

// hold fills in the memory.
func (s *Training) hold(r *TrainingResult) {
	split := s.split(r)
	held := s.Model.TrainingMemory(&split)
	r.Memory, r.Capacity = held.Total(), s.Hardware.Capacity()
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
}

func (s *Training) split(r *TrainingResult) models.Split {
	rounds := s.Microbatches * s.Accumulation
	return models.Split{
		TP: s.TP, PP: s.PP, DP: r.DP, EP: s.EP, Parts: s.Parts,
		Microbatch: float64((r.Local + rounds - 1) / rounds), Held: physics.InFlight(s.PP, s.Parts, s.Microbatches),
		Sequence: float64(s.Sequence), SequenceParallel: !s.NoSP, ZeRO: s.ZeRO, Recompute: s.Checkpointing,
		Optimizer: s.Optimizer, Precision: s.Precision, Trainable: s.Trainable, Buffers: s.Buffers,
	}
}

// work fills in the device's own time: weights are read forward and backward for
// each microbatch, gradients and optimizer state read and written once.
func (s *Training) work(r *TrainingResult) {
	split := s.split(r)
	held := s.Model.TrainingMemory(&split)
	rounds := float64(s.Microbatches * s.Accumulation)
	shard := s.Precision.Size().Times(s.Model.ShardParams(s.TP, s.PP, s.EP))
	kept := held.Activations.Times(2 * rounds / split.Held)
	pass := physics.Pass{
		Linear:  s.ops().Times(float64(r.Local) / float64(s.TP*s.PP*s.EP)),
		Traffic: shard.Times(2*rounds) + (held.Gradients + held.Optimizer).Times(2) + kept,
	}
	roof := s.Hardware.Roof(s.Precision, s.Efficiency, s.MemoryEfficiency)
	r.Compute, r.MemTime = roof.Compute(&pass), roof.Memory(&pass)
	if !r.Fits && s.Hardware.HostLink > 0 {
		r.MemTime = max(r.Short.Over(s.Hardware.HostLink), r.MemTime) // what arrives over the link is still read from memory
	}
	launches := float64(s.Model.StageLayers(s.PP)) * 3 * rounds // forward, and backward for inputs and weights
	r.Overhead = s.Hardware.Dispatch + s.Hardware.Launch.Times(launches)
	r.Node = max(r.Compute, r.MemTime) + r.Overhead
}

// ops is the arithmetic of a sequence; a hot expert slows the expert part.
func (s *Training) ops() units.FLOP {
	tokens := float64(s.Sequence)
	ops := s.Model.TrainingOps(tokens, s.Checkpointing)
	if s.Model.Experts == 0 || s.Imbalance == 1 {
		return ops
	}
	expert, _ := s.Model.ExpertParams()
	hot := min(float64(s.Model.Experts), float64(s.Model.TopK)*s.Imbalance) - float64(s.Model.TopK)
	passes := 3.0
	if s.Checkpointing == physics.Full {
		passes = 4
	}
	return ops + units.FLOP(2*expert*hot*tokens*passes)
}

// add fills in the step and its rates.
func (s *Training) add(r *TrainingResult) {
	busy := r.Node + r.TensorPar + r.ExpertPar
	ratio := physics.BubbleRatio(s.PP, s.Parts, s.Microbatches)
	r.Bubble = busy.Times(ratio)
	r.BubblePct = ratio / (1 + ratio)
	r.Exposed = physics.Exposed(r.DataPar, max(r.Compute, r.MemTime).Times(s.Checkpointing.BackwardShare()), s.Buckets)
	r.Step = (busy + r.Bubble + r.Stages + r.Exposed).Times(s.Straggler)
	r.Scaling = r.Node.Ratio(r.Step)
	r.Throughput = units.Samples(s.Batch).Per(r.Step)
	model := s.Model.ForwardOps(float64(s.Sequence)).Times(3 * float64(s.Batch))
	r.MFU = model.Per(r.Step).Ratio(s.Hardware.Rates.At(s.Precision).Times(float64(r.Devices)))
	network := r.TensorPar + r.ExpertPar + r.Stages + r.Exposed
	switch {
	case !r.Fits:
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
		if s.Hardware.HostLink == 0 {
			r.Warnings |= walls.HostLinkUnknown
		}
	case network > r.Node:
		r.Binding = walls.Network
	case r.MemTime > r.Compute:
		r.Binding = walls.MemoryBandwidth
	default:
		r.Binding = walls.Compute
	}
	if s.TP > s.PerNode {
		r.Warnings |= walls.CrossesNodes
	}
	if s.Efficiency > 0.6 {
		r.Warnings |= walls.EfficiencyOptimistic
	}
}
