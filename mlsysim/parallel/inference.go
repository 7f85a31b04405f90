package parallel

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

// Inference generates text on a cluster (walls 4 and 14): one batch of requests on
// each replica of a network that is spread over tp·cp·ep·pp devices.
//
//	t = max(T_c, T_m) + T_tp + T_cp + T_ep + O + T_pp, one stage and microbatch
//	ITL = max(p, m)·t, TTFT = (p + m − 1)·t of the prefill
//
// Tensor parallelism costs two all-reduces per layer, experts two all-to-alls,
// stages a message each. The ranks of an expert group share the requests outside
// the experts. The parts of a sequence hold their part of the cache; in a prefill
// they pass keys and values round behind attention, in a decode step each does
// the work of the weights and all add up what they attended to. Key-value heads
// are repeated where they are fewer than tensor-parallel devices. The largest
// stage sets the pace. It leaves out queueing, chunks of a prompt, and links that
// several kinds of messages share.
//
// At the calibrated level the device's and the engine's measured ceilings,
// overheads and all-reduces replace the ideal ones; other messages stay ideal.
//
// Pope 2023, "Efficiently scaling transformer inference"; Rajbhandari 2022,
// "DeepSpeed-MoE"; Yang 2024, "Context parallelism for scalable million-token
// inference".
type Inference struct {
	Model            models.Model      `help:"network that generates tokens" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Nodes            int               `help:"servers" min:"1" max:"1000000" default:"1"`
	PerNode          int               `help:"devices in a server; 8 as in an HGX server" min:"1" max:"100000" default:"8"`
	NICs             int               `help:"network ports of a server; 0 is one for each device" min:"0" max:"100000"`
	IntraLink        units.ByteRate    `help:"link of a device inside the server, one way; 0 is the device's own" min:"0"`
	IntraLatency     units.Seconds     `help:"latency of one step on it" min:"0" default:"0.5 us"`
	Fabric           units.ByteRate    `help:"rate of a network port, one way" min:"0"`
	FabricLatency    units.Seconds     `help:"latency of one step on it" min:"0" default:"5 us"`
	Oversubscription float64           `help:"ports below a switch over uplinks above" min:"1" default:"1"`
	Prompt           int               `help:"prompt tokens per request" min:"1" max:"1000000000"`
	Output           int               `help:"output tokens per request" min:"0" max:"1000000000"`
	Batch            int               `help:"requests served together by one replica" min:"1" max:"1000000000"`
	TP               int               `help:"tensor-parallel devices" min:"1" max:"100000" default:"1"`
	PP               int               `help:"pipeline stages" min:"1" max:"100000" default:"1"`
	EP               int               `help:"devices that the experts are spread over" min:"1" max:"100000" default:"1"`
	CP               int               `help:"devices that each sequence is cut over (context parallelism)" min:"1" max:"100000" default:"1"`
	Microbatches     int               `help:"parts of the batch that follow each other through the stages; 0 is one for each stage" min:"0" max:"1000000"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Imbalance        float64           `help:"tokens of the hottest expert over the mean" min:"1" max:"1000000" default:"1"`
	Congestion       float64           `help:"communication times over those of an idle network" min:"1" max:"1000000" default:"1"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
	NodeSwitch       bool              `help:"switches inside the server can add (NVLink SHARP)"`
	FabricSwitch     bool              `help:"switches between the servers can add (InfiniBand SHARP)"`
	Algorithm        physics.Algorithm `help:"all-reduces; auto is the cheapest, a fixed one that the links do not allow is a ring"`
}

// InferenceResult is what a request and its operator see.
type InferenceResult struct {
	TTFT     units.Seconds `help:"time to first token of the last microbatch: the whole prefill" better:"lower"`
	ITL      units.Seconds `help:"inter-token latency in the middle of the output" better:"lower"`
	ITLFirst units.Seconds `help:"inter-token latency of the first output token" better:"lower"`
	ITLLast  units.Seconds `help:"inter-token latency of the last output token" better:"lower"`
	Request  units.Seconds `help:"time of a whole request" better:"lower"`

	TokensPerSecond units.TokenRate `help:"output tokens per second while decoding, all replicas" better:"higher"`
	PerUser         units.TokenRate `help:"output tokens per second that one user sees" better:"higher"`
	MFU             float64         `help:"share of the peak used while decoding" better:"higher"`
	Idle            float64         `help:"share of the time in which a stage waits for microbatches" better:"lower"`

	Fits        bool        `help:"weights and the longest cache fit into each device"`
	Short       units.Bytes `help:"what is missing on each device if they do not" better:"lower"`
	Memory      units.Bytes `help:"weights and longest cache on each device" better:"lower"`
	Weights     units.Bytes `help:"weights on each device" better:"lower"`
	Cache       units.Bytes `help:"key-value cache at its longest, on each device" better:"lower"`
	Capacity    units.Bytes `help:"memory of each device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`

	Stage         units.Seconds `help:"one decode step of a microbatch in one stage" better:"lower"`
	DecodeCompute units.Seconds `help:"its arithmetic" better:"lower"`
	DecodeMemory  units.Seconds `help:"its memory traffic" better:"lower"`
	TensorPar     units.Seconds `help:"its all-reduces" better:"lower"`
	ContextPar    units.Seconds `help:"its sums over the parts of a sequence" better:"lower"`
	ExpertPar     units.Seconds `help:"its all-to-alls" better:"lower"`
	Hop           units.Seconds `help:"its message to the next stage" better:"lower"`
	Overhead      units.Seconds `help:"its launches and host work" better:"lower"`

	PrefillStage   units.Seconds  `help:"prefill of a microbatch in one stage" better:"lower"`
	PrefillCompute units.Seconds  `help:"its arithmetic" better:"lower"`
	PrefillMemory  units.Seconds  `help:"its memory traffic" better:"lower"`
	PrefillNetwork units.Seconds  `help:"its messages, as far as attention does not hide them" better:"lower"`
	PrefillBinding walls.Resource `help:"what binds the prefill"`

	Devices      int               `help:"devices in all"`
	Replicas     int               `help:"copies of the network"`
	Microbatches int               `help:"parts of the batch"`
	Precision    physics.Precision `help:"format it ran in"`
	walls.Notes

	in Inference // with its defaults settled, for Explain
}

const inferenceName = "parallel.Inference"

// Solve fails only if a field is out of range.
func (s Inference) Solve() (InferenceResult, error) {
	if err := s.prepare(); err != nil {
		return InferenceResult{}, err
	}
	p, warnings := s.serve()
	r := InferenceResult{Devices: s.Nodes * s.PerNode, Replicas: p.dp, Microbatches: s.Microbatches, Precision: s.Precision}
	r.Warnings = warnings
	p.remember(&r)
	p.prefill(&r)
	p.decode(&r)
	p.note(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Inference) Run() InferenceResult { return walls.Must(s.Solve()) }

// prepare checks the input and settles what is automatic.
func (s *Inference) prepare() error {
	if err := describe.Check(s); err != nil {
		return err
	}
	pass.Settle(&s.Hardware, &s.Precision, &s.KVPrecision)
	if s.IntraLink == 0 {
		s.IntraLink = s.Hardware.ScaleUp
	}
	if s.Microbatches == 0 {
		s.Microbatches = min(s.PP, s.Batch)
	}
	return s.refuse()
}

// refuse applies the rules between fields.
func (s *Inference) refuse() error {
	if err := pass.Refuse(inferenceName, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	devices := s.Nodes * s.PerNode
	needed := float64(s.TP) * float64(s.PP) * float64(s.EP) * float64(s.CP)
	switch {
	case !s.Model.Generates() || s.Model.Decodes():
		return describe.Refuse(inferenceName, "Model", s.Model.Name, "a decoder that generates tokens; solver serving takes one with an encoder, on one server")
	case s.Model.Hidden == 0:
		return describe.Refuse(inferenceName, "Model.Hidden", s.Model.Hidden, "at least 1")
	case s.Hardware.Memory == 0:
		return describe.Refuse(inferenceName, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case s.Hardware.MainBandwidth() == 0:
		return describe.Refuse(inferenceName, "Hardware.Bandwidth", s.Hardware.Bandwidth, "above 0 B/s")
	case s.Model.Heads%s.TP != 0:
		return describe.Refuse(inferenceName, "TP", s.TP, wantHeads)
	case s.PP > s.Model.Layers:
		return describe.Refuse(inferenceName, "PP", s.PP, wantLayers)
	case s.EP > 1 && (s.Model.Experts == 0 || s.Model.Experts%s.EP != 0):
		return describe.Refuse(inferenceName, "EP", s.EP, wantExperts)
	case s.CP > 1 && (!s.Model.Cuts() || s.CP > s.Prompt):
		return describe.Refuse(inferenceName, "CP", s.CP, "at most the tokens of the prompt, in a network whose every layer attends to them")
	case needed > float64(devices) || devices%(s.TP*s.PP*s.EP*s.CP) != 0:
		return describe.Refuse(inferenceName, "TP·PP·EP·CP", needed, "a divisor of the cluster's devices, Nodes·PerNode")
	case s.Microbatches > s.Batch:
		return describe.Refuse(inferenceName, "Microbatches", s.Microbatches, "at most the requests of a replica")
	case needed > 1 && s.PerNode > 1 && s.IntraLink == 0:
		return describe.Refuse(inferenceName, "IntraLink", s.IntraLink, "above 0 B/s: the registry knows no link between these devices")
	case needed > float64(s.PerNode) && s.Fabric == 0:
		return describe.Refuse(inferenceName, "Fabric", s.Fabric, "above 0 B/s: a replica spans servers")
	}
	return nil
}
