package scenario

import (
	"github.com/mlsysim/golab/mlsysim/internal/datafile"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A Plan is an mlsys.yaml: a workload, the machines it runs on, where and for
// how long, and the limits it must keep. It says nothing that an Evaluation
// cannot say; Evaluations makes them.
type Plan struct {
	Version     string      `help:"version of this format" required:"true"`
	Name        string      `help:"what the plan is for" required:"true"`
	Description string      `help:"who decides what by it"`
	Include     []string    `help:"plans whose keys hold unless this file gives them"`
	Workload    Workload    `help:"what runs"`
	Workloads   []Workload  `help:"several workloads, each judged on all the machines"`
	Hardware    Machines    `help:"what it runs on"`
	Ops         Operation   `help:"where it runs and for how long"`
	Parallelism Split       `help:"how it lies on a cluster; what is left out is searched if all is, else 1"`
	SLA         SLA         `json:"sla" help:"limits on performance"`
	Budget      Budget      `help:"limits on money, carbon and power"`
	Constraints Constraints `help:"limits on any metric"`

	doc   *datafile.Reading // where each key stands; nil for a plan made in Go
	own   *zoo.Zoo          // entries of the user that names may be of; nil is none
	files bool              // it is a file and may name others
}

// A Workload is a network and what is asked of it.
type Workload struct {
	Name         string            `help:"model: a registry name, or a YAML file" required:"true"`
	Mode         Mode              `help:"train, serve, or one pass; auto trains on a cluster and runs a pass on a single device"`
	BatchSize    int               `help:"sequences or samples of a step, a pass or a replica" min:"1" max:"1000000000"`
	SeqLen       int               `help:"tokens: of a training sequence, of a prompt, or in the cache" min:"1" max:"1000000000"`
	OutputTokens int               `help:"tokens that a request generates" min:"1" max:"1000000000"`
	Optimizer    physics.Optimizer `help:"update rule of training"`
	Tokens       units.Tokens      `help:"tokens of the whole training run" above:"0"`
	Interval     units.Seconds     `help:"time from the start of one pass to that of the next" above:"0"`
	DataRate     units.ByteRate    `help:"stored data that each device consumes" above:"0"`
}

// Machines are the devices of a plan. Nodes are servers.
type Machines struct {
	Name                string            `help:"device: a registry name, or a YAML file" required:"true"`
	Nodes               int               `also:"node_count" help:"servers" min:"1" max:"1000000"`
	Accelerators        int               `help:"devices in all" min:"1" max:"1000000000"`
	AcceleratorsPerNode int               `help:"devices in a server; as many as the device's usual server unless given" min:"1" max:"100000"`
	IntraNodeBW         units.ByteRate    `json:"intra_node_bw" help:"link between the devices of a server, one way" above:"0"`
	FabricBandwidth     units.ByteRate    `help:"network port of a server, one way" above:"0"`
	NICsPerNode         int               `json:"nics_per_node" help:"network ports of a server" min:"1" max:"100000"`
	Storage             units.ByteRate    `help:"disks that serve a server" above:"0"`
	Oversubscription    float64           `help:"ports below a switch over uplinks above" min:"1"`
	Precision           physics.Precision `help:"format of weights and arithmetic"`
	KVPrecision         physics.Precision `help:"format of the cache"`
	Efficiency          float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1"`
	MemoryEfficiency    float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1"`
	Level               physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack               systems.Stack     `help:"software whose overheads the calibrated level adds"`
}

// Operation is where a plan runs and for how long.
type Operation struct {
	Region       string  `help:"electricity grid: a registry name"`
	Facility     string  `also:"datacenter" help:"building: a registry name"`
	DurationDays float64 `help:"days in operation" above:"0" max:"100000"`
	KWhPrice     float64 `json:"kwh_price" help:"electricity, USD per kWh" min:"0" max:"1000"`
}

// A Split is how a network lies on a cluster.
type Split struct {
	TP           int               `help:"tensor-parallel devices" min:"1" max:"100000"`
	PP           int               `help:"pipeline stages" min:"1" max:"100000"`
	EP           int               `help:"devices that the experts are spread over" min:"1" max:"100000"`
	CP           int               `help:"devices that a sequence is spread over" min:"1" max:"100000"`
	Microbatches int               `help:"microbatches of a replica's step" min:"1" max:"1000000"`
	Zero         int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	Recompute    physics.Recompute `help:"what the backward pass computes again"`
}

// SLA are the limits on performance; one that is left out is none.
type SLA struct {
	Latency    units.Seconds     `help:"most time of a pass, a training step or a request" above:"0"`
	TTFT       units.Seconds     `json:"ttft" help:"most time to first token" above:"0"`
	ITL        units.Seconds     `json:"itl" help:"most time between tokens" above:"0"`
	P99        units.Seconds     `json:"p99" help:"most time of the slowest percent of requests, waiting included" above:"0"`
	Throughput float64           `help:"least throughput, per second" above:"0"`
	QPS        units.RequestRate `json:"qps" help:"requests or samples that arrive, at random" above:"0"`
	Days       float64           `also:"training_days" help:"most days of the whole training run" above:"0"`
}

// Budget are the limits on what a plan costs money and planet.
type Budget struct {
	USD     float64 `json:"usd" help:"most total cost of ownership, USD" above:"0"`
	CarbonT float64 `help:"most emissions, t" above:"0"`
	PowerW  float64 `help:"most mean power of the devices, W" above:"0"`
	WaterL  float64 `help:"most water, L" above:"0"`
}

// Constraints are assertions on metrics.
type Constraints struct {
	Assert []Assertion `help:"limits on metrics, in the unit that JSON prints"`
}

// An Assertion bounds one metric, strictly: a value at the bound passes.
type Assertion struct {
	Metric string   `help:"performance.latency, macro.tco_usd ..." required:"true"`
	Max    *float64 `help:"most"`
	Min    *float64 `help:"least"`
}
