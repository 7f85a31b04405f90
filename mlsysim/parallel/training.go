package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Training is one optimizer step of a network on a cluster (wall 14).
//
//	T = (T_node + T_tp + T_cp + T_ep + bubble + T_pp + T_dp)·straggler
//
// T_node is the device's own time with its launches; of the others what it does
// not hide, a moment of it hiding one message only. The bubble is (T_node + T_tp +
// T_cp + T_ep)·(p−1)/(v·m), more with fewer microbatches than stages; the largest
// stage sets the pace. Tensor-parallel devices lie closest to one another, then
// parts of a sequence, experts, stages and replicas. A sequence is cut so that
// every part costs the same in causal attention. It leaves out failures, data
// loading, the time of the optimizer's arithmetic, and communication that
// recomputing repeats.
//
// At the calibrated level the device's measured shares replace the efficiencies:
// what long training runs sustained of its peak, what a large read reaches of its
// bandwidth. Links keep the rates they are given.
//
// Shoeybi 2019; Narayanan 2021, "Megatron-LM"; Rajbhandari 2020, "ZeRO"; Li 2020;
// Liu 2023, "Ring attention"; Hu 2021, "LoRA".
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
	CP               int               `help:"devices that each sequence is cut over (context parallelism)" min:"1" max:"100000" default:"1"`
	Parts            int               `help:"interleaved parts of each pipeline stage" min:"1" max:"1000000" default:"1"`
	Microbatches     int               `help:"microbatches that each accumulation step is cut into" min:"1" max:"1000000" default:"1"`
	Accumulation     int               `help:"gradient accumulation steps" min:"1" max:"1000000" default:"1"`
	ZeRO             int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	KeepWeights      bool              `help:"ZeRO 3 holds the weights that it gathered for the first microbatch, instead of gathering them again for every other"`
	NoSP             bool              `help:"activations outside the tensor-parallel blocks stay whole on each device"`
	Checkpointing    physics.Recompute `help:"what the backward pass computes again"`
	Optimizer        physics.Optimizer `help:"update rule"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	Trainable        float64           `help:"share of the parameters that are trained" above:"0" max:"1" default:"1"`
	LoRA             int               `help:"rank of low-rank adapters that are trained instead; 0 is none" min:"0" max:"1000000"`
	Adapted          int               `help:"matrices of each layer that get an adapter" min:"1" max:"1000" default:"4"`
	Buffers          float64           `help:"communication buffers over gradients (mlsysim 0.3.0)" min:"0" max:"1" default:"0.05"`
	Buckets          int               `help:"parts in which gradients are sent while the backward pass runs; 1 hides nothing" min:"1" max:"1000000" default:"1"`
	Chunks           int               `help:"parts in which tensor-parallel blocks are sent while they compute; 1 hides nothing" min:"1" max:"1000000" default:"1"`
	Imbalance        float64           `help:"tokens of the hottest expert over the mean" min:"1" max:"1000000" default:"1"`
	Congestion       float64           `help:"communication times over those of an idle network" min:"1" max:"1000000" default:"1"`
	Straggler        float64           `help:"step over that of a cluster without slow devices" min:"1" max:"1000000" default:"1"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound with these shares, or the shares measured on the device"`
	NodeSwitch       bool              `help:"switches inside the server can add (NVLink SHARP)"`
	FabricSwitch     bool              `help:"switches between the servers can add (InfiniBand SHARP)"`
	Algorithm        physics.Algorithm `help:"all-reduces; auto is the cheapest, a fixed one that the links do not allow is a ring"`
}

// TrainingResult is the cost of a step.
type TrainingResult struct {
	Step       units.Seconds    `help:"time of one optimizer step" better:"lower"`
	Throughput units.SampleRate `help:"sequences or samples per second, whole cluster" better:"higher"`
	MFU        float64          `help:"model FLOP utilisation of the step" better:"higher"`
	HFU        float64          `help:"hardware FLOP utilisation: what is computed again counts too" better:"higher"`
	Scaling    float64          `help:"share of the step in which devices work" better:"higher"`

	Node           units.Seconds `help:"a device's own time" better:"lower"`
	Compute        units.Seconds `help:"arithmetic of a device" better:"lower"`
	MemTime        units.Seconds `help:"memory traffic of a device, with what spills over the host link" better:"lower"`
	Overhead       units.Seconds `help:"dispatch and launches" better:"lower"`
	TensorPar      units.Seconds `help:"all-reduces of tensor parallelism, hidden or not" better:"lower"`
	TensorExposed  units.Seconds `help:"part of them that arithmetic does not hide" better:"lower"`
	ContextPar     units.Seconds `help:"keys and values passed round a sequence's devices, hidden or not" better:"lower"`
	ContextExposed units.Seconds `help:"part of it that attention does not hide" better:"lower"`
	ExpertPar      units.Seconds `help:"all-to-alls of expert parallelism" better:"lower"`
	DataPar        units.Seconds `help:"exchange of the gradients; under ZeRO 3 with the weights for one forward and one backward pass; hidden or not" better:"lower"`
	Gathers        units.Seconds `help:"weights that ZeRO 3 gathers again for every further microbatch" better:"lower"`
	Exposed        units.Seconds `help:"part of both that the passes do not hide" better:"lower"`
	Bubble         units.Seconds `help:"idle time of the pipeline" better:"lower"`
	Stages         units.Seconds `help:"messages between pipeline stages" better:"lower"`
	BubbleShare    float64       `help:"share of the pipeline's time that is bubble" better:"lower"`

	Devices     int         `help:"devices in all"`
	DP          int         `help:"data-parallel replicas"`
	Local       int         `help:"sequences of the busiest replica" better:"lower"`
	Fits        bool        `help:"it fits into each device"`
	Short       units.Bytes `help:"what is missing on each device if it does not" better:"lower"`
	Memory      units.Bytes `help:"what each device holds" better:"lower"`
	Weights     units.Bytes `help:"weights" better:"lower"`
	Gradients   units.Bytes `help:"gradients" better:"lower"`
	Optimizer   units.Bytes `help:"optimizer state" better:"lower"`
	Activations units.Bytes `help:"activations kept for the backward pass" better:"lower"`
	Buffers     units.Bytes `help:"communication buffers" better:"lower"`
	Capacity    units.Bytes `help:"memory of each device"`
	Traffic     units.Bytes `help:"bytes that a device reads and writes in its memory" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	in Training // with its defaults settled, for Explain
}

const trainingName = "parallel.Training"

// Solve fails only if a field is out of range.
func (s Training) Solve() (TrainingResult, error) {
	if err := s.prepare(); err != nil {
		return TrainingResult{}, err
	}
	p := s.spread()
	a := p.arithmetic()
	c := p.cut()
	x := p.exchange()
	split := p.split(c.most)
	var r TrainingResult
	p.hold(&split, &r)
	p.take(&a, &c, &x, &split, &r)
	p.rate(&r)
	p.note(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Training) Run() TrainingResult { return walls.Must(s.Solve()) }

// prepare checks the input and settles what is automatic.
func (s *Training) prepare() error {
	if err := describe.Check(s); err != nil {
		return err
	}
	s.Precision = s.Hardware.Resolve(s.Precision)
	if s.IntraLink == 0 {
		s.IntraLink = s.Hardware.ScaleUp
	}
	if err := s.refuse(); err != nil {
		return err
	}
	if s.LoRA > 0 {
		s.Trainable = s.Model.AdapterShare(s.LoRA, s.Adapted)
	}
	return nil
}

// rounds is the number of microbatches of a step.
func (s *Training) rounds() float64 { return float64(s.Microbatches) * float64(s.Accumulation) }

// links are those of the cluster.
func (s *Training) links() links {
	return links{
		server: s.PerNode, intra: s.IntraLink, intraLatency: s.IntraLatency,
		port: shared(s.Fabric, s.NICs, s.PerNode, s.Oversubscription), portLatency: s.FabricLatency,
		nodeSwitch: s.NodeSwitch, fabricSwitch: s.FabricSwitch, algorithm: s.Algorithm,
	}
}

// roof is what the device can do, and what a reader should know about it.
func (s *Training) roof() (physics.Roof, walls.Warnings) {
	return pass.Setup{
		Hardware: &s.Hardware, Level: s.Level, Precision: s.Precision, Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency, Training: true,
	}.Roof()
}
