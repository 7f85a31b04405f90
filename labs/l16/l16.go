// Package l16 is the lab "Carbon- and cost-aware placement": one training run,
// five sites, a price on emissions and a limit on the way to the data.
//
//	d := l16.Lab().Draw("s123")
//
// It leaves out hours of clean or cheap power, contracts for clean energy, and
// what moving the data costs.
package l16

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L16", Slug: "placement", Title: "Carbon- and cost-aware placement", Version: 1, Minutes: 40, Week: 12,
		Prerequisites: []string{"T1"},
		Objective:     "Rank five sites for one training run by money, carbon, water and distance.",
		Objectives: []string{
			"tell what the grid changes from what the building changes",
			"find the price of carbon at which a ranking flips",
			"choose the cheapest site within a limit, emissions priced",
			"split emissions into operating and making the devices",
			"name the sites that no other beats where two goals conflict",
		},
		Params: []spec.Param{
			{Name: "devices", Var: "fleet", Choices: []int{500, 700, 900, 1300, 1700}},
			{Name: "PUE at home", Var: "pue", Numbers: []float64{1.12, 1.19, 1.27, 1.36, 1.46, 1.58}},
			{Name: "tariff at home", Var: "tariff", Numbers: []float64{0.05, 0.06, 0.07, 0.08}, Unit: units.DollarPerKWh},
			{Name: "round trip limit", Var: "limit", Numbers: []float64{60, 90, 120}, Unit: units.Millisecond},
		},
		Setup: `home = Site{Region: US_Avg, Facility: Facility{Name: "our hall", PUE: pue, WUE: 0.5*LitrePerKWh}, Tariff: tariff, RoundTrip: 5*Millisecond}
	sites = []Site{home, {Region: France, Facility: AWS_2024, RoundTrip: 85*Millisecond}, {Region: Norway, Facility: Lefdal_Norway, RoundTrip: 105*Millisecond}, {Region: Germany, Facility: Microsoft_FY24, RoundTrip: 95*Millisecond}, {Region: India, Facility: LBNL_US_2023, RoundTrip: 200*Millisecond}}
	plan = Placement{Ownership: Ownership{Hardware: H100, Devices: fleet, Duration: 30*Day, Utilization: 0.4}, Sites: sites, CarbonPrice: 140*DollarPerTonne}
	hydro = Sustainability{Hardware: H100, Devices: fleet, Duration: 30*Day, Utilization: 0.4, Region: Norway, Facility: Lefdal_Norway}`,
		First:     "Show(Placement{Ownership: plan.Ownership, Sites: sites[:1]}.Run())",
		Text:      text,
		Questions: []spec.Question{ratio(), flip(), best(), made(), water()},
	}
}

// What every run has in common.
const (
	used   = 0.4 // share of the peak
	period = 30 * units.Day
	price  = 140 * units.DollarPerTonne
)

// sites are the five places, home first.
func sites(d spec.Draw) []cost.Site {
	hall := infra.Facility{Name: "our hall", PUE: d.Number("PUE at home"), WUE: 0.5 * units.LitrePerKWh}
	return []cost.Site{
		{Region: infra.US_Avg, Facility: hall, Tariff: units.EnergyPrice(d.Number("tariff at home")), RoundTrip: 5 * units.Millisecond},
		{Region: infra.France, Facility: infra.AWS_2024, RoundTrip: 85 * units.Millisecond},
		{Region: infra.Norway, Facility: infra.Lefdal_Norway, RoundTrip: 105 * units.Millisecond},
		{Region: infra.Germany, Facility: infra.Microsoft_FY24, RoundTrip: 95 * units.Millisecond},
		{Region: infra.India, Facility: infra.LBNL_US_2023, RoundTrip: 200 * units.Millisecond},
	}
}

// The places in the list of sites.
const (
	atHome = iota
	inFrance
	inNorway
)

// plan is the placement of the run among some sites.
func plan(d spec.Draw, among ...cost.Site) cost.Placement {
	return cost.Placement{
		Ownership: cost.Ownership{Hardware: hardware.H100, Devices: d.Int("devices"), Duration: period, Utilization: used},
		Sites:     among, CarbonPrice: price,
	}
}

// green is what the run costs the planet at a site.
func green(d spec.Draw, s cost.Site) power.Sustainability {
	return power.Sustainability{
		Hardware: hardware.H100, Devices: d.Int("devices"), Duration: period, Utilization: used, Region: s.Region, Facility: s.Facility,
	}
}

// planet is green at one of the five sites.
func planet(d spec.Draw, at int) power.SustainabilityResult { return green(d, sites(d)[at]).Run() }
