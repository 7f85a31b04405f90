package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// NetworkRoofline asks whether arithmetic or the network bounds a training step
// (wall 14): the operations of the whole batch on all devices, against one
// exchange of the gradients between the replicas.
//
//	T_c = F·B/(N·P·η), T_n = the exchange of Training, T ≥ max(T_c, T_n)
//	B* = T_n·N·P·η/F, the batch at which both are equal
//
// The exchange does not grow with the batch, so that the network binds below B*
// and arithmetic above. It is a bound: everything else that Training counts, and
// stages that idle, is left out.
//
// Williams 2009, "Roofline", with the network in place of the memory;
// McCandlish 2018, "An empirical model of large-batch training" says how large a
// batch may be.
type NetworkRoofline struct {
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
	Bisection        float64           `help:"share of a port that the topology carries across its middle (solver topology)" above:"0" max:"1" default:"1"`
	Batch            int               `help:"sequences or samples per optimizer step, whole cluster" min:"1" max:"1000000000"`
	Sequence         int               `help:"tokens of each sequence" min:"1" max:"1000000000" default:"2048"`
	TP               int               `help:"tensor-parallel devices" min:"1" max:"100000" default:"1"`
	PP               int               `help:"pipeline stages" min:"1" max:"100000" default:"1"`
	ZeRO             int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	Checkpointing    physics.Recompute `help:"what the backward pass computes again"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	Trainable        float64           `help:"share of the parameters that are trained" above:"0" max:"1" default:"1"`
	Congestion       float64           `help:"communication times over those of an idle network" min:"1" max:"1000000" default:"1"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	Level            physics.Level     `help:"textbook bound with this share, or the share measured on the device"`
	NodeSwitch       bool              `help:"switches inside the server can add (NVLink SHARP)"`
	FabricSwitch     bool              `help:"switches between the servers can add (InfiniBand SHARP)"`
	Algorithm        physics.Algorithm `help:"all-reduces; auto is the cheapest, a fixed one that the links do not allow is a ring"`
}

// NetworkRooflineResult is which of the two bounds the step.
type NetworkRooflineResult struct {
	Step     units.Seconds `help:"least time of a step: the longer of the two, if one hides the other" better:"lower"`
	Serial   units.Seconds `help:"their sum, if neither hides the other" better:"lower"`
	Compute  units.Seconds `help:"arithmetic of the batch on all devices" better:"lower"`
	Exchange units.Seconds `help:"exchange of the gradients between replicas" better:"lower"`

	BatchEqual units.Samples    `help:"batch at which both take equally long; the network binds below" better:"lower"`
	Throughput units.SampleRate `help:"most sequences or samples per second, whole cluster" better:"higher"`
	MFU        float64          `help:"model FLOP utilisation of the least step" better:"higher"`

	Gradients units.Bytes     `help:"gradients of a device" better:"lower"`
	Intensity units.Intensity `help:"operations of a device for each byte of them" better:"higher"`
	Ridge     units.Intensity `help:"intensity at which both take equally long" better:"lower"`

	Devices   int               `help:"devices in all"`
	DP        int               `help:"data-parallel replicas"`
	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	step Training // whose exchange it is, for Explain
}

const rooflineName = "parallel.NetworkRoofline"

// Solve fails only if a field is out of range.
func (s NetworkRoofline) Solve() (NetworkRooflineResult, error) {
	if err := describe.Check(&s); err != nil {
		return NetworkRooflineResult{}, err
	}
	step := s.training()
	if err := step.prepare(); err != nil {
		return NetworkRooflineResult{}, named(err, rooflineName, "TP·PP·EP·CP", "TP·PP")
	}
	r := NetworkRooflineResult{Devices: step.devices(), Precision: step.Precision, step: step}
	r.compare()
	r.note()
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s NetworkRoofline) Run() NetworkRooflineResult { return walls.Must(s.Solve()) }

// training is the step whose exchange is meant.
func (s *NetworkRoofline) training() Training {
	return Training{
		Model: s.Model, Hardware: s.Hardware, Nodes: s.Nodes, PerNode: s.PerNode, NICs: s.NICs, IntraLink: s.IntraLink, IntraLatency: s.IntraLatency,
		Fabric: s.Fabric.Times(s.Bisection), FabricLatency: s.FabricLatency, Oversubscription: s.Oversubscription, Batch: s.Batch, Sequence: s.Sequence,
		TP: s.TP, PP: s.PP, ZeRO: s.ZeRO, Checkpointing: s.Checkpointing, Precision: s.Precision, Trainable: s.Trainable,
		Congestion: s.Congestion, Efficiency: s.Efficiency, Level: s.Level,
		NodeSwitch: s.NodeSwitch, FabricSwitch: s.FabricSwitch, Algorithm: s.Algorithm,
	}
}

// compare fills in both times and where they meet.
func (r *NetworkRooflineResult) compare() {
	p := r.step.spread()
	linear, attention := p.ops()
	once := physics.Pass{Linear: linear, Attention: attention}
	one := p.roof.Compute(&once).Times(1 / float64(r.Devices)) // a sequence, on all devices
	batch := float64(p.Batch)
	x := p.exchange()
	r.DP = p.dp
	r.Compute, r.Exchange = one.Times(batch), p.sent(&x)
	r.BatchEqual = units.Sample.Times(r.Exchange.Ratio(one))
	r.Step, r.Serial = max(r.Compute, r.Exchange), r.Compute+r.Exchange
	r.Throughput = units.Samples(p.Batch).Per(r.Step)
	model := p.Model.ForwardOps(float64(p.Sequence)).Times(3 * batch)
	r.MFU = model.Per(r.Step).Ratio(p.roof.Peak.Times(float64(r.Devices)))

	r.Gradients = physics.GradientSize(p.Precision).Times(p.Trainable * p.params.Total())
	r.Intensity = once.Ops().Times(batch / float64(r.Devices)).PerByte(r.Gradients)
	r.Ridge = r.Intensity.Times(r.Exchange.Ratio(r.Compute))
}

// note fills in what binds.
func (r *NetworkRooflineResult) note() {
	r.Binding = walls.Compute
	if r.Exchange > r.Compute {
		r.Binding = walls.Network
	}
	_, r.Warnings = r.step.roof()
}
