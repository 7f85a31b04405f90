// Package cost turns a fleet and its work into money: what owning costs, what
// renting would, and what a token comes to.
//
//	r, err := cost.Ownership{Hardware: hardware.H100, Devices: 64, Utilization: 0.4}.Solve()
package cost

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Ownership is the total cost of owning a fleet over a duration (wall 17).
//
//	K = N·(price + server + network)·x,   CapEx = K·D/A
//	TCO = CapEx + K·m·D/Y + E·p + building + staff
//
// With interest, D/A becomes the annuity of A/Y payments. A price or power that
// is not known leaves out what needs it; nothing is guessed. It leaves out
// taxes, resale and idle spares.
//
// Barroso, Hölzle, Ranganathan 2018, "The datacenter as a computer"; Hardy 2013.
type Ownership struct {
	Hardware    hardware.Device `help:"accelerator, with its price" required:"true"`
	Devices     int             `help:"accelerators" min:"1" default:"1"`
	Duration    units.Seconds   `help:"time in operation" above:"0" default:"30 days"`
	Utilization float64         `help:"MFU of the solver that ran; 0 is a fleet that idles" min:"0" max:"1" required:"true"`
	NodeFactor  float64         `help:"power of a node per power of its accelerators; 1 counts accelerators only" min:"1" default:"1"`

	Region      infra.Grid        `help:"electricity grid; the United States unless given"`
	Facility    infra.Facility    `help:"building; the United States average unless given"`
	DryCooled   bool              `help:"the building evaporates no water: a WUE of 0 is a figure, not a gap"`
	Tariff      units.EnergyPrice `help:"electricity price; 0 is that of the region" min:"0"`
	UsualTariff units.EnergyPrice `help:"electricity price where the region has none; mlsysim 0.3.0 uses it everywhere" above:"0" default:"0.12 USD/kWh"`

	Server     units.USD `help:"host, chassis and power supplies per accelerator" min:"0"`
	Network    units.USD `help:"switches, cables and optics per accelerator" min:"0"`
	Multiplier float64   `help:"capital cost per cost of accelerators, servers and network" above:"0" default:"1"`

	Amortization units.Seconds `help:"time over which the machines are written off" above:"0" default:"3 years"`
	Interest     float64       `help:"interest per period on the capital" min:"0" max:"1"`
	Upkeep       float64       `help:"upkeep per period as a share of the capital cost; mlsysim 0.3.0 takes 5 % a year" min:"0" max:"1" default:"0.05"`
	Period       units.Seconds `help:"period of interest and upkeep" above:"0" default:"1 years"`

	Building     units.USD     `help:"cost of building, power and cooling per unit of rated power" min:"0"`
	BuildingUnit units.Watts   `help:"unit of rated power that the building's cost refers to" above:"0" default:"1 kW"`
	BuildingLife units.Seconds `help:"time over which the building is written off; 10 to 20 years in Barroso 2018" above:"0" default:"15 years"`
	Staff        units.USDRate `help:"people who run the fleet" min:"0"`

	Rent      units.USDRate   `help:"cloud price of one accelerator, the alternative to owning; 0 is no offer" min:"0"`
	TokenRate units.TokenRate `help:"tokens per second of the whole fleet; 0 is unknown" min:"0"`
}

// OwnershipResult is the cost over the duration, part by part.
type OwnershipResult struct {
	TCO         units.USD `help:"total cost of ownership" better:"lower" known:"CostKnown"`
	Capital     units.USD `help:"price of the machines" better:"lower" known:"PriceKnown"`
	CapEx       units.USD `help:"share of the machines written off, with interest" better:"lower" known:"PriceKnown"`
	Maintenance units.USD `help:"upkeep of the machines" better:"lower" known:"PriceKnown"`
	EnergyCost  units.USD `help:"electricity" better:"lower" known:"PowerKnown"`
	Building    units.USD `help:"share of the building written off, with interest" better:"lower" known:"BuildingKnown"`
	Staff       units.USD `help:"people" better:"lower"`
	OpEx        units.USD `help:"electricity, upkeep and people" better:"lower" known:"CostKnown"`

	PerMillion units.USD     `help:"cost of a million tokens on owned machines" better:"lower" known:"TokenCostKnown"`
	Cloud      units.USD     `help:"rent of the same machines over the duration" better:"lower" known:"CloudKnown"`
	CloudToken units.USD     `help:"cost of a million tokens on rented machines" better:"lower" known:"CloudTokenKnown"`
	BreakEven  units.USDRate `help:"rent of one accelerator at which renting costs as much as owning" better:"lower" known:"CostKnown"`
	Saving     units.USD     `help:"what owning saves against renting; below zero renting is cheaper" better:"higher" known:"SavingKnown"`

	ITEnergy units.Joules      `help:"energy of the machines" better:"lower" known:"PowerKnown"`
	Energy   units.Joules      `help:"energy of the facility" better:"lower" known:"PowerKnown"`
	Carbon   units.KgCO2e      `help:"emissions of that energy" better:"lower" known:"PowerKnown"`
	Water    units.Litres      `help:"water evaporated on site" better:"lower" known:"WaterKnown"`
	Tariff   units.EnergyPrice `help:"electricity price used" better:"lower"`
	PUE      float64           `help:"facility energy per energy of the machines" better:"lower"`
	Region   string            `help:"grid used"`

	PriceKnown      bool `help:"the device's price is known"`
	PowerKnown      bool `help:"the device's power is known"`
	WaterKnown      bool `help:"power and the building's water use are known"`
	BuildingKnown   bool `help:"the building's cost is zero or the device's power is known"`
	CostKnown       bool `help:"price and power are known"`
	TokenCostKnown  bool `help:"cost and token rate are known"`
	CloudKnown      bool `help:"a cloud price is given"`
	CloudTokenKnown bool `help:"cloud price and token rate are given"`
	SavingKnown     bool `help:"both ways of getting the machines have a price"`
	walls.Notes

	in Ownership // for Explain
}

const name = "cost.Ownership"

// Solve fails only if a field is out of range.
func (o Ownership) Solve() (OwnershipResult, error) {
	if err := o.prepare(); err != nil {
		return OwnershipResult{}, err
	}
	r := OwnershipResult{Tariff: o.Tariff, PUE: o.Facility.PUE, Region: o.Region.Name, in: o}
	o.consume(&r)
	o.buy(&r)
	o.add(&r)
	o.rent(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (o Ownership) Run() OwnershipResult { return walls.Must(o.Solve()) }

// prepare checks the input and fills in place and tariff.
func (o *Ownership) prepare() error {
	if o.Region == (infra.Grid{}) {
		o.Region = infra.US_Avg
	}
	if o.Facility == (infra.Facility{}) {
		o.Facility = infra.LBNL_US_2023
	}
	if err := describe.Check(o); err != nil {
		return err
	}
	if h := &o.Hardware; h.TDP > 0 && h.Idle > h.TDP {
		return describe.Refuse(name, "Hardware.Idle", h.Idle, "at most Hardware.TDP, "+h.TDP.String())
	}
	for _, next := range [...]units.EnergyPrice{o.Region.Price, o.UsualTariff} {
		if o.Tariff == 0 {
			o.Tariff = next
		}
	}
	return nil
}

// consume fills in what running the devices takes.
func (o *Ownership) consume(r *OwnershipResult) {
	r.PowerKnown = o.Hardware.TDP > 0
	if !r.PowerKnown {
		r.Warnings |= walls.PowerUnknown
		return
	}
	one := physics.Draw(o.Hardware.Idle, o.Hardware.TDP, o.Utilization)
	r.ITEnergy = physics.NodePower(one, o.Devices, o.NodeFactor).For(o.Duration)
	r.Energy = r.ITEnergy.Times(o.Facility.PUE)
	r.Carbon = r.Energy.Carbon(o.Region.Carbon)
	r.WaterKnown = o.Facility.WUE > 0 || o.DryCooled
	r.Water = r.ITEnergy.Water(o.Facility.WUE)
	r.EnergyCost = r.Energy.Cost(o.Tariff)
}

// buy fills in what machines, building and people take.
func (o *Ownership) buy(r *OwnershipResult) {
	if r.PriceKnown = o.Hardware.Price > 0; r.PriceKnown {
		each := o.Hardware.Price + o.Server + o.Network
		r.Capital = each.Times(float64(o.Devices) * o.Multiplier)
		r.CapEx = physics.CapitalCost(r.Capital, o.Duration, o.Amortization, o.Interest, o.Period)
		r.Maintenance = r.Capital.Times(o.Upkeep * o.Duration.Ratio(o.Period))
	} else {
		r.Warnings |= walls.PriceUnknown
	}
	if r.BuildingKnown = o.Building == 0 || r.PowerKnown; r.BuildingKnown {
		r.Building = physics.CapitalCost(o.building(), o.Duration, o.BuildingLife, o.Interest, o.Period)
	}
	r.Staff = o.Staff.For(o.Duration)
}

// building is the capital that houses the machines at their rated power.
func (o *Ownership) building() units.USD {
	rated := physics.NodePower(o.Hardware.TDP, o.Devices, o.NodeFactor)
	return o.Building.Times(rated.Ratio(o.BuildingUnit))
}

// add joins the parts; cost is known only if all of them are.
func (o *Ownership) add(r *OwnershipResult) {
	if r.CostKnown = r.PriceKnown && r.PowerKnown; !r.CostKnown {
		return
	}
	r.OpEx = r.EnergyCost + r.Maintenance + r.Staff
	r.TCO = r.CapEx + r.Building + r.OpEx
	r.BreakEven = r.TCO.Per(o.Duration).Times(1 / float64(o.Devices))
	if r.TokenCostKnown = o.TokenRate > 0; r.TokenCostKnown {
		r.PerMillion = r.TCO.Times(o.shareOfMillion())
	}
}

// rent fills in the alternative.
func (o *Ownership) rent(r *OwnershipResult) {
	if r.CloudKnown = o.Rent > 0; !r.CloudKnown {
		return
	}
	r.Cloud = o.Rent.For(o.Duration).Times(float64(o.Devices))
	if r.CloudTokenKnown = o.TokenRate > 0; r.CloudTokenKnown {
		r.CloudToken = r.Cloud.Times(o.shareOfMillion())
	}
	if r.SavingKnown = r.CostKnown; r.SavingKnown {
		r.Saving = r.Cloud - r.TCO
	}
}

// million is the number of tokens that prices are quoted for.
const million units.Tokens = 1e6

// shareOfMillion is a million tokens over the tokens of the duration.
func (o *Ownership) shareOfMillion() float64 {
	return million.Ratio(o.TokenRate.For(o.Duration))
}
