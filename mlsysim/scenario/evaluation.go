// Package scenario judges a design through three lenses: does it fit
// (feasibility), is it fast enough (performance), and what does it cost money
// and planet (macro). A design is an Evaluation in Go or a Plan in a file.
package scenario

import (
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Evaluation is a design to judge: a network on one device or on a cluster, what
// it does all day, how long it runs and where, and the limits it must keep. A
// limit of zero is no limit.
type Evaluation struct {
	Model            models.Model      `help:"network" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Mode             Mode              `help:"what it does all day; auto trains on several devices and runs a pass on one"`
	Phase            compute.Phase     `help:"what one pass does"`
	Batch            int               `help:"sequences or samples of a pass, a training step or a serving replica" min:"1" default:"1"`
	Prompt           int               `help:"new tokens per sequence of a prefill; an encoder and a training step read the longest sequence unless given" min:"0"`
	Context          int               `help:"tokens in the cache of each sequence, of a training sequence or of a prompt; at most what the network was built for unless given" min:"1" default:"2048"`
	OutputTokens     int               `help:"tokens that a request generates" min:"1" default:"256"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"software whose overheads the calibrated level adds"`

	Nodes            int               `help:"servers; 0 is a single device" min:"0" max:"1000000"`
	PerNode          int               `help:"devices in a server; 0 is as many as usual for the device" min:"0" max:"100000"`
	NICs             int               `help:"network ports of a server; 0 is one for each device" min:"0" max:"100000"`
	IntraLink        units.ByteRate    `help:"link between the devices of a server, one way; 0 is the device's own" min:"0"`
	Fabric           units.ByteRate    `help:"network port of a server, one way; 400 Gbit/s InfiniBand unless given" above:"0" default:"50 GB/s"`
	Oversubscription float64           `help:"ports below a switch over uplinks above" min:"1" default:"1"`
	TP               int               `help:"tensor-parallel devices; a split of zeros is searched" min:"0" max:"100000"`
	PP               int               `help:"pipeline stages" min:"0" max:"100000"`
	EP               int               `help:"devices that the experts are spread over" min:"0" max:"100000"`
	CP               int               `help:"devices that a sequence is cut over" min:"0" max:"100000"`
	Microbatches     int               `help:"microbatches of a replica's step" min:"0" max:"1000000"`
	ZeRO             int               `help:"sharded over replicas in a given split: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	Checkpointing    physics.Recompute `help:"what the backward pass computes again in a given split"`
	Optimizer        physics.Optimizer `help:"update rule of training"`
	Tokens           units.Tokens      `help:"tokens of the whole training run; 0 leaves its length out" min:"0"`
	DataRate         units.ByteRate    `help:"stored data that each device consumes; 0 is none" min:"0"`
	Storage          units.ByteRate    `help:"disks that serve a server; 0 is unknown" min:"0"`
	Interval         units.Seconds     `help:"time from the start of one pass to that of the next; 0 is back to back" min:"0"`

	Region       infra.Grid        `help:"electricity grid; the United States unless given"`
	Facility     infra.Facility    `help:"building; the United States average for a device of the cloud, else none, unless given"`
	Duration     units.Seconds     `help:"time in operation" above:"0" default:"30 days"`
	Tariff       units.EnergyPrice `help:"electricity price; that of the region, or 0.12 USD/kWh where the registry has none" min:"0"`
	Amortization units.Seconds     `help:"time over which the devices are written off" above:"0" default:"3 years"`
	Upkeep       float64           `help:"upkeep per upkeep period as a share of the price" min:"0" max:"1" default:"0.05"`
	UpkeepPeriod units.Seconds     `help:"period of the upkeep share" above:"0" default:"1 years"`

	Arrivals      units.RequestRate `help:"requests or samples that arrive per second, at random" min:"0"`
	MaxLatency    units.Seconds     `help:"limit on the time of a pass, a training step or a request" min:"0"`
	MaxTTFT       units.Seconds     `help:"limit on the time to first token while serving" min:"0"`
	MaxITL        units.Seconds     `help:"limit on the inter-token latency while serving" min:"0"`
	MaxP99        units.Seconds     `help:"limit on the 99th percentile of a request or sample, waiting included" min:"0"`
	MaxRun        units.Seconds     `help:"limit on the time of the whole training run" min:"0"`
	MinThroughput units.SampleRate  `help:"least samples, sequences or generated tokens per second" min:"0"`
	MaxCost       units.USD         `help:"limit on the cost over the duration" min:"0"`
	MaxCarbon     units.KgCO2e      `help:"limit on the emissions over the duration" min:"0"`
	MaxPower      units.Watts       `help:"limit on the mean power of the devices" min:"0"`
	MaxWater      units.Litres      `help:"limit on the water evaporated over the duration" min:"0"`
}

const name = "scenario.Evaluation"

// Evaluate judges one device running one network with the usual defaults.
func Evaluate(m models.Model, h hardware.Device) (Scorecard, error) {
	return Evaluation{Model: m, Hardware: h}.Solve()
}

// Solve fails only if a field is out of range.
func (e Evaluation) Solve() (Scorecard, error) {
	if err := e.prepare(); err != nil {
		return Scorecard{}, err
	}
	s := Scorecard{Mode: e.Mode, Devices: e.devices(), Duty: 1, in: e}
	var err error
	switch e.Mode {
	case Train:
		err = e.train(&s)
	case Serve:
		err = e.serve(&s)
	default:
		err = e.pass(&s)
	}
	if err != nil {
		return Scorecard{}, retold(err)
	}
	if err := e.feed(&s); err != nil {
		return Scorecard{}, retold(err)
	}
	if err := e.operate(&s); err != nil {
		return Scorecard{}, retold(err)
	}
	e.judge(&s)
	return s, nil
}

// Run is Solve for labs: an error ends the cell.
func (e Evaluation) Run() Scorecard { return walls.Must(e.Solve()) }

// prepare checks the input and fills in the place, the machines and the usual
// lengths.
func (e *Evaluation) prepare() error {
	if e.Region.Name == "" {
		e.Region = infra.US_Avg
	}
	if e.Facility.Name == "" {
		e.Facility = building(e.Hardware.Tier)
	}
	e.lengths()
	if err := describe.Check(e); err != nil {
		return err
	}
	e.machines()
	return e.refuse()
}

// building is where a device of a tier usually stands: only those of the cloud
// stand in a data centre with its cooling.
func building(t hardware.Tier) infra.Facility {
	if t == hardware.Cloud {
		return infra.LBNL_US_2023
	}
	return infra.Facility{Name: "no data centre", PUE: 1}
}

// lengths fills in a context and, for an encoder or in training, a sequence that
// the network was built for.
func (e *Evaluation) lengths() {
	m := &e.Model
	if e.Context == 0 && m.Context > 0 && m.Context < usualContext {
		e.Context = m.Context
	}
	if e.Prompt == 0 && m.Reads() && (!m.Generates() || e.Phase == compute.Train) {
		e.Prompt = usualContext
		if m.Context > 0 {
			e.Prompt = min(m.Context, usualContext)
		}
	}
}

// usualContext is the context where none is given, as the tag of the field says.
const usualContext = 2048

// machines settles how many devices there are and what they do.
func (e *Evaluation) machines() {
	switch {
	case e.Nodes == 0 && e.PerNode == 0:
		e.Nodes, e.PerNode = 1, 1
	case e.Nodes == 0:
		e.Nodes = 1
	case e.PerNode == 0:
		e.PerNode = max(1, e.Hardware.NodeSize)
	}
	if e.Mode == Auto {
		e.Mode = Pass
		if e.devices() > 1 {
			e.Mode = Train
		}
	}
}

func (e *Evaluation) devices() int { return e.Nodes * e.PerNode }

// refuse applies the rules between fields.
func (e *Evaluation) refuse() error {
	switch {
	case e.Mode == Pass && e.devices() > 1:
		return describe.Refuse(name, "Mode", e.Mode, "train or serve on more than one device")
	case e.Mode == Train && e.Arrivals > 0:
		return describe.Refuse(name, "Arrivals", e.Arrivals, "0 in mode train")
	case e.Mode != Serve && (e.MaxTTFT > 0 || e.MaxITL > 0):
		return describe.Refuse(name, "Mode", e.Mode, "serve for a limit on TTFT or ITL")
	case e.Mode != Pass && e.Interval > 0:
		return describe.Refuse(name, "Interval", e.Interval, "0 unless the mode is pass")
	case e.Mode != Train && (e.Tokens > 0 || e.MaxRun > 0):
		return describe.Refuse(name, "Mode", e.Mode, "train for the tokens and the time of a training run")
	case e.MaxRun > 0 && e.Tokens == 0:
		return describe.Refuse(name, "Tokens", e.Tokens, "above 0 for a limit on the time of the run")
	case e.MaxP99 > 0 && e.Arrivals == 0:
		return describe.Refuse(name, "Arrivals", e.Arrivals, "above 0 for a limit on P99: without arrivals nobody waits")
	}
	return nil
}

// split reports whether how the network lies on the devices is given.
func (e *Evaluation) split() bool {
	return max(e.TP, e.PP, e.EP, e.CP, e.Microbatches, e.ZeRO) > 0 || e.Checkpointing != 0
}
