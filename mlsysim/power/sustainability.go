// Package power turns the work of a fleet into energy, emissions and water. It
// leaves out when within a day the energy is drawn.
//
//	r, err := power.Sustainability{Hardware: hardware.H100, Devices: 64, Utilization: 0.4, Region: infra.Quebec}.Solve()
package power

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Sustainability is what a fleet costs the planet over a duration (wall 18).
//
//	E_it = (W_idle + (TDP − W_idle)·u)·N·f·D,   E = E_it·PUE
//	C = E·CI + c·N·D/L
//	water = E_it·WUE + E·EWIF
//
// The region sets the carbon intensity, the building the PUE and WUE. It leaves
// out buildings, shipping and the end of life of the devices.
//
// Patterson 2022, "The carbon footprint of machine learning training will
// plateau, then shrink"; Li 2023, "Making AI less thirsty"; Gupta 2022, "ACT".
type Sustainability struct {
	Hardware    hardware.Device `help:"accelerator" required:"true"`
	Devices     int             `help:"accelerators" min:"1" default:"1"`
	Duration    units.Seconds   `help:"time in operation" above:"0" default:"30 days"`
	Utilization float64         `help:"MFU of the solver that ran; 0 is a fleet that idles" min:"0" max:"1" required:"true"`

	Region    infra.Grid           `help:"electricity grid; the United States unless given"`
	Facility  infra.Facility       `help:"building; the United States average unless given"`
	OffSite   units.WaterIntensity `help:"water that power plants use per energy (EWIF); 0 is that of the region, if known" min:"0"`
	DryCooled bool                 `help:"the building evaporates no water: a WUE of 0 is a figure, not a gap"`
	Clean     float64              `help:"share of the energy matched by carbon-free contracts; lowers the market-based figure only" min:"0" max:"1"`
	Lifetime  units.Seconds        `help:"time over which the emissions of making a device are spread; four years is usual in ACT (Gupta 2022)" above:"0" default:"4 years"`

	Level            physics.Level `help:"accelerators alone, or with the measured share of host and network"`
	NodeFactor       float64       `help:"power of a node per power of its accelerators; 1 counts accelerators only" min:"1" default:"1"`
	CalibratedFactor float64       `help:"least node factor of the calibrated level; a DGX H100 is rated 10.2 kW around eight 700 W accelerators" min:"1" default:"1.82"`
}

// SustainabilityResult is energy, emissions and water over the duration.
type SustainabilityResult struct {
	Power    units.Watts  `help:"mean power of the machines" better:"lower" known:"PowerKnown"`
	ITEnergy units.Joules `help:"energy of the machines" better:"lower" known:"PowerKnown"`
	Energy   units.Joules `help:"energy of the facility for them" better:"lower" known:"PowerKnown"`

	Carbon      units.KgCO2e `help:"emissions of the energy at the region's intensity, and of making the devices where known" better:"lower" known:"PowerKnown"`
	Operational units.KgCO2e `help:"emissions of the energy, location-based" better:"lower" known:"PowerKnown"`
	Market      units.KgCO2e `help:"emissions of the energy after carbon-free contracts, market-based" better:"lower" known:"PowerKnown"`
	Embodied    units.KgCO2e `help:"emissions of making the devices, share of their lifetime" better:"lower" known:"EmbodiedKnown"`

	Water        units.Litres `help:"water on site and, where known, in power plants" better:"lower" known:"WaterKnown"`
	OnSiteWater  units.Litres `help:"water evaporated on site" better:"lower" known:"WaterKnown"`
	OffSiteWater units.Litres `help:"water used in power plants" better:"lower" known:"OffSiteKnown"`

	PUE           float64 `help:"facility energy per energy of the machines" better:"lower"`
	Factor        float64 `help:"node factor used" better:"lower"`
	Region        string  `help:"grid used"`
	PowerKnown    bool    `help:"the device's power is known"`
	EmbodiedKnown bool    `help:"the emissions of making the device are known"`
	WaterKnown    bool    `help:"power and the building's water use are known"`
	OffSiteKnown  bool    `help:"power and the water use of power plants are known"`
	walls.Notes

	in Sustainability // for Explain
}

const name = "power.Sustainability"

// Solve fails only if a field is out of range.
func (s Sustainability) Solve() (SustainabilityResult, error) {
	if err := s.prepare(); err != nil {
		return SustainabilityResult{}, err
	}
	r := SustainabilityResult{PUE: s.Facility.PUE, Factor: s.NodeFactor, Region: s.Region.Name, in: s}
	s.embody(&r)
	s.operate(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Sustainability) Run() SustainabilityResult { return walls.Must(s.Solve()) }

// prepare checks the input and fills in the place and the node factor.
func (s *Sustainability) prepare() error {
	if s.Region == (infra.Grid{}) {
		s.Region = infra.US_Avg
	}
	if s.Facility == (infra.Facility{}) {
		s.Facility = infra.LBNL_US_2023
	}
	if err := describe.Check(s); err != nil {
		return err
	}
	if h := &s.Hardware; h.TDP > 0 && h.Idle > h.TDP {
		return describe.Refuse(name, "Hardware.Idle", h.Idle, "at most Hardware.TDP, "+h.TDP.String())
	}
	if s.OffSite == 0 {
		s.OffSite = s.Region.Water
	}
	if s.Level == physics.Calibrated {
		s.NodeFactor = max(s.NodeFactor, s.CalibratedFactor)
	}
	return nil
}

// embody fills in the emissions of making the devices; zero means unknown.
func (s *Sustainability) embody(r *SustainabilityResult) {
	r.EmbodiedKnown = s.Hardware.Embodied > 0
	r.Embodied = physics.EmbodiedShare(s.Hardware.Embodied, s.Devices, s.Duration, s.Lifetime)
}

// operate fills in what running the devices takes.
func (s *Sustainability) operate(r *SustainabilityResult) {
	r.PowerKnown = s.Hardware.TDP > 0
	if !r.PowerKnown {
		r.Warnings |= walls.PowerUnknown
		return
	}
	one := physics.Draw(s.Hardware.Idle, s.Hardware.TDP, s.Utilization)
	r.Power = physics.NodePower(one, s.Devices, s.NodeFactor)
	r.ITEnergy = r.Power.For(s.Duration)
	r.Energy = r.ITEnergy.Times(s.Facility.PUE)

	r.Operational = r.Energy.Carbon(s.Region.Carbon)
	r.Market = r.Operational.Times(1 - s.Clean)
	r.Carbon = r.Operational + r.Embodied

	r.WaterKnown = s.Facility.WUE > 0 || s.Facility.Dry || s.DryCooled
	r.OffSiteKnown = s.OffSite > 0
	r.OnSiteWater = r.ITEnergy.Water(s.Facility.WUE)
	r.OffSiteWater = r.Energy.Water(s.OffSite)
	if r.WaterKnown {
		r.Water = r.OnSiteWater + r.OffSiteWater
	}
}
