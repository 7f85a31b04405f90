// Package scenario judges a design through three lenses: does it fit
// (feasibility), is it fast enough (performance), and what does it cost money
// and planet (macro).
package scenario

import (
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Evaluation is a design to judge: a network on a device, how long it runs and
// where, and the limits it must keep. A limit of zero is no limit.
type Evaluation struct {
	Model            models.Model      `help:"network" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Phase            compute.Phase     `help:"what one pass does"`
	Batch            int               `help:"sequences or samples per pass" min:"1" default:"1"`
	Prompt           int               `help:"new tokens per sequence of a prefill; an encoder and a training step read the longest sequence unless given" min:"0"`
	Context          int               `help:"tokens in the cache of each sequence; at most what the network was built for unless given" min:"1" default:"2048"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"software whose overheads the calibrated level adds"`

	Region       infra.Grid        `help:"electricity grid; the United States unless given"`
	Facility     infra.Facility    `help:"building; the United States average unless given"`
	Duration     units.Seconds     `help:"time in operation" above:"0" default:"30 days"`
	Tariff       units.EnergyPrice `help:"electricity price; that of the region, or 0.12 USD/kWh where the registry has none" min:"0"`
	Amortization units.Seconds     `help:"time over which the device is written off" above:"0" default:"3 years"`
	Upkeep       float64           `help:"upkeep per upkeep period as a share of the price" min:"0" max:"1" default:"0.05"`
	UpkeepPeriod units.Seconds     `help:"period of the upkeep share" above:"0" default:"1 years"`

	MaxLatency units.Seconds `help:"limit on the time of one pass" min:"0"`
	MaxCost    units.USD     `help:"limit on the cost over the duration" min:"0"`
	MaxCarbon  units.KgCO2e  `help:"limit on the emissions over the duration" min:"0"`
	MaxPower   units.Watts   `help:"limit on the mean power of the device" min:"0"`
}

// Scorecard is the verdict with the numbers behind it.
type Scorecard struct {
	Feasibility show.Status    `help:"does it fit"`
	Performance show.Status    `help:"does it keep its latency limit"`
	Macro       show.Status    `help:"does it keep its limits on cost, carbon and power"`
	Pass        compute.Result `help:"one pass on the device"`

	ITEnergy    units.Joules      `help:"energy of the device over the duration" better:"lower" known:"PowerKnown"`
	Energy      units.Joules      `help:"energy of the facility for it" better:"lower" known:"PowerKnown"`
	Carbon      units.KgCO2e      `help:"emissions of that energy" better:"lower" known:"PowerKnown"`
	Water       units.Litres      `help:"water evaporated on site" better:"lower" known:"WaterKnown"`
	EnergyCost  units.USD         `help:"electricity" better:"lower" known:"PowerKnown"`
	CapEx       units.USD         `help:"share of the price written off over the duration" better:"lower" known:"PriceKnown"`
	Maintenance units.USD         `help:"upkeep over the duration" better:"lower" known:"PriceKnown"`
	TCO         units.USD         `help:"total cost of ownership over the duration" better:"lower" known:"CostKnown"`
	Tariff      units.EnergyPrice `help:"electricity price used"`
	PowerKnown  bool              `help:"the registry knows the device's power"`
	PriceKnown  bool              `help:"the registry knows the device's price"`
	CostKnown   bool              `help:"both are known"`
	WaterKnown  bool              `help:"power and the building's water use are known"`
	walls.Notes

	in Evaluation // for Explain and View
}

// Evaluate judges one device running one network with the usual defaults.
func Evaluate(m models.Model, h hardware.Device) (Scorecard, error) {
	return Evaluation{Model: m, Hardware: h}.Solve()
}

// Solve fails only if a field is out of range.
func (e Evaluation) Solve() (Scorecard, error) {
	if err := e.prepare(); err != nil {
		return Scorecard{}, err
	}
	pass, err := e.node().Solve()
	if err != nil {
		return Scorecard{}, err
	}
	s := Scorecard{Pass: pass, in: e}
	s.Notes = pass.Notes
	if err := e.operate(&s); err != nil {
		return Scorecard{}, err
	}
	e.judge(&s)
	return s, nil
}

// Run is Solve for labs: an error ends the cell.
func (e Evaluation) Run() Scorecard { return walls.Must(e.Solve()) }

// prepare checks the input and fills in the place and the usual lengths.
func (e *Evaluation) prepare() error {
	if e.Region.Name == "" {
		e.Region = infra.US_Avg
	}
	if e.Facility.Name == "" {
		e.Facility = infra.LBNL_US_2023
	}
	e.lengths()
	return describe.Check(e)
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

// node is the pass that the design runs over and over.
func (e *Evaluation) node() compute.SingleNode {
	s := compute.SingleNode{
		Model: e.Model, Hardware: e.Hardware, Phase: e.Phase, Batch: e.Batch, Prompt: e.Prompt,
		Precision: e.Precision, KVPrecision: e.KVPrecision, Efficiency: e.Efficiency,
		MemoryEfficiency: e.MemoryEfficiency, Level: e.Level, Stack: e.Stack,
	}
	if e.Model.Generates() && (e.Phase == compute.Auto || e.Phase == compute.Decode) {
		s.Context = e.Context
	}
	return s
}

// operate fills in energy, emissions and cost of running all the time.
func (e *Evaluation) operate(s *Scorecard) error {
	use, err := e.sustainability(s.Pass.HFU).Solve()
	if err != nil {
		return err
	}
	own, err := e.ownership(s.Pass.HFU).Solve()
	if err != nil {
		return err
	}
	s.ITEnergy, s.Energy = use.ITEnergy, use.Energy
	s.Carbon, s.Water = use.Operational, use.OnSiteWater
	s.EnergyCost, s.CapEx, s.Maintenance, s.TCO = own.EnergyCost, own.CapEx, own.Maintenance, own.TCO
	s.Tariff = own.Tariff
	s.PowerKnown, s.PriceKnown, s.CostKnown = use.PowerKnown, own.PriceKnown, own.CostKnown
	s.WaterKnown = use.WaterKnown
	s.Warnings |= use.Warnings | own.Warnings
	return nil
}

// sustainability is the one device, used as the pass uses it.
func (e *Evaluation) sustainability(mfu float64) power.Sustainability {
	return power.Sustainability{
		Hardware: e.Hardware, Duration: e.Duration, Utilization: mfu, Region: e.Region, Facility: e.Facility,
	}
}

// ownership is the price of the same.
func (e *Evaluation) ownership(mfu float64) cost.Ownership {
	return cost.Ownership{
		Hardware: e.Hardware, Duration: e.Duration, Utilization: mfu, Region: e.Region, Facility: e.Facility, Tariff: e.Tariff,
		Amortization: e.Amortization, Upkeep: e.Upkeep, Period: e.UpkeepPeriod,
	}
}

// judge sets the three statuses.
func (e *Evaluation) judge(s *Scorecard) {
	s.Feasibility, s.Performance, s.Macro = show.Pass, show.Info, show.Info
	if !s.Pass.Fits {
		s.Feasibility = show.Fail
	}
	if e.MaxLatency > 0 {
		s.Performance = verdict(s.Pass.Latency <= e.MaxLatency)
	}
	if e.MaxCost > 0 {
		s.Macro = worse(s.Macro, known(s.CostKnown, s.TCO <= e.MaxCost))
	}
	if e.MaxCarbon > 0 {
		s.Macro = worse(s.Macro, known(s.PowerKnown, s.Carbon <= e.MaxCarbon))
	}
	if e.MaxPower > 0 {
		s.Macro = worse(s.Macro, known(s.PowerKnown, s.Pass.Power <= e.MaxPower))
	}
}

func verdict(kept bool) show.Status {
	if kept {
		return show.Pass
	}
	return show.Fail
}

// known is Unknown where the number behind a limit is not known: never a pass.
func known(isKnown, kept bool) show.Status {
	if !isKnown {
		return show.Unknown
	}
	return verdict(kept)
}

// worse joins the verdicts on two limits.
func worse(a, b show.Status) show.Status {
	for _, s := range [...]show.Status{show.Fail, show.Unknown, show.Pass} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// Passed reports whether no lens failed or stayed unknown.
func (s Scorecard) Passed() bool {
	for _, status := range [...]show.Status{s.Feasibility, s.Performance, s.Macro} {
		if status == show.Fail || status == show.Unknown {
			return false
		}
	}
	return true
}
