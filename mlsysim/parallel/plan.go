package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Plan finds how to spread a training run over a cluster (wall 14): the split
// into tensor, context, expert, pipeline and data parallelism, the microbatches,
// the interleaving of stages, the stage of ZeRO and what is computed again.
//
//	max MFU over tp·cp·ep·pp·dp = N that fit; of equals the smaller tp, then pp
//
// Microbatches are whole: their number divides the sequences of a replica, as
// that of parts divides the layers of a stage. Every candidate is a Training and
// costs what that says. All are tried where there are few enough; above that,
// splits are taken in the order of a bound on their step, and those that can
// neither be listed nor lie on the front are cut. A candidate that is out says
// why. It leaves out accumulation, which microbatches stand for, and whatever
// Training does.
//
// Narayanan 2021, "Megatron-LM"; Zheng 2022, "Alpa".
type Plan struct {
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
	MaxTP            int               `help:"most tensor-parallel devices; 0 is those of a server" min:"0" max:"100000"`
	MaxPP            int               `help:"most pipeline stages; 0 is no limit" min:"0" max:"100000"`
	MaxEP            int               `help:"most devices that experts are spread over; 0 is no limit" min:"0" max:"100000"`
	MaxCP            int               `help:"most devices that a sequence is cut over; 0 is no limit" min:"0" max:"100000"`
	NoSP             bool              `help:"activations outside the tensor-parallel blocks stay whole on each device"`
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
	Listed           int               `help:"best candidates that are listed" min:"1" max:"100" default:"5"`
	Exhaustive       int               `help:"most candidates that are all tried" min:"1" max:"1000000000" default:"1000000"`
}

// A Choice is one candidate.
type Choice struct {
	TP            int               `help:"tensor-parallel devices"`
	PP            int               `help:"pipeline stages"`
	CP            int               `help:"devices that each sequence is cut over"`
	EP            int               `help:"devices that the experts are spread over"`
	DP            int               `help:"data-parallel replicas"`
	Microbatches  int               `help:"microbatches of a step"`
	Parts         int               `help:"interleaved parts of each stage"`
	ZeRO          int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too"`
	Checkpointing physics.Recompute `help:"what the backward pass computes again"`
	Step          units.Seconds     `help:"time of one optimizer step" better:"lower"`
	MFU           float64           `help:"model FLOP utilisation of the step" better:"higher"`
	Memory        units.Bytes       `help:"what each device holds" better:"lower"`
}

// A Rejection is a reason and what it kept out.
type Rejection struct {
	Why        string      `help:"what the candidate would have to be"`
	Splits     int         `help:"ways to split the cluster that it keeps out"`
	Candidates int         `help:"candidates of allowed splits that it keeps out"`
	Short      units.Bytes `help:"least memory that is missing on a device"`
}

// PlanResult is the best candidate and what became of the others.
type PlanResult struct {
	Choice                      // the best one, or the one that lacks least
	Throughput units.SampleRate `help:"sequences or samples per second, whole cluster" better:"higher"`
	Fits       bool             `help:"some candidate fits"`
	Short      units.Bytes      `help:"what the one that needs least lacks on each device if none does" better:"lower"`
	Capacity   units.Bytes      `help:"memory of each device"`

	Devices    int         `help:"devices in all"`
	Splits     int         `help:"ways to split the cluster"`
	Candidates int         `help:"candidates that the allowed splits have"`
	Tried      int         `help:"candidates that were worked out"`
	Cut        int         `help:"candidates that the bound ruled out"`
	Rejected   []Rejection `help:"why others are out"`
	Top        []Choice    `help:"best candidates that fit"`
	Front      []Choice    `help:"candidates that no other beats in both MFU and memory"`

	Precision physics.Precision `help:"format it runs in"`
	walls.Notes

	in   Plan // with its defaults settled, for View
	best TrainingResult
}

const planName = "parallel.Plan"

// Solve fails only if a field is out of range.
func (s Plan) Solve() (PlanResult, error) {
	if err := describe.Check(&s); err != nil {
		return PlanResult{}, err
	}
	base := s.training()
	if err := base.prepare(); err != nil {
		return PlanResult{}, named(err, planName)
	}
	h := newHunt(&s, &base)
	h.run()
	return h.result()
}

// Run is Solve for labs: an error ends the cell.
func (s Plan) Run() PlanResult { return walls.Must(s.Solve()) }

// Training is the winning candidate as an input of its own.
func (r PlanResult) Training() Training { return r.of(r.in.training()) }

// training is the step that the candidates vary.
func (s *Plan) training() Training {
	return Training{
		Model: s.Model, Hardware: s.Hardware, Nodes: s.Nodes, PerNode: s.PerNode, NICs: s.NICs, IntraLink: s.IntraLink, IntraLatency: s.IntraLatency,
		Fabric: s.Fabric, FabricLatency: s.FabricLatency, Oversubscription: s.Oversubscription, Batch: s.Batch, Sequence: s.Sequence,
		NoSP: s.NoSP, Optimizer: s.Optimizer, Precision: s.Precision, Trainable: s.Trainable, LoRA: s.LoRA, Adapted: s.Adapted,
		Buffers: s.Buffers, Buckets: s.Buckets, Chunks: s.Chunks, Imbalance: s.Imbalance, Congestion: s.Congestion, Straggler: s.Straggler,
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency, Level: s.Level,
		NodeSwitch: s.NodeSwitch, FabricSwitch: s.FabricSwitch, Algorithm: s.Algorithm,
	}
}

// of puts the choice into a step.
func (c *Choice) of(t Training) Training {
	t.TP, t.PP, t.CP, t.EP = c.TP, c.PP, c.CP, c.EP
	t.Microbatches, t.Parts, t.ZeRO, t.Checkpointing = c.Microbatches, c.Parts, c.ZeRO, c.Checkpointing
	return t
}
