package power

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var omitted = [...]string{
	"buildings, shipping and the end of life of the devices",
	"hours of the day: the grid's mean intensity stands for all",
}

// Explain derives the result step by step: energy, emissions, water.
func (r SustainabilityResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: omitted[:]}
	if r.EmbodiedKnown {
		t.Steps = append(t.Steps, r.embodiedStep())
	}
	if !r.PowerKnown {
		if len(t.Steps) == 0 {
			t.Omitted = append([]string{"everything: neither the power nor the making of the device is known"}, omitted[:]...)
		}
		return t
	}
	t.Steps = append(t.Steps, r.energySteps()...)
	t.Steps = append(t.Steps, r.carbonSteps()...)
	if r.WaterKnown {
		t.Steps = append(t.Steps, r.waterStep())
	}
	return t
}

func (r *SustainabilityResult) title() string {
	return fmt.Sprintf("%d × %s over %s", r.in.Devices, r.in.Hardware.Name, r.in.Duration)
}

func (r *SustainabilityResult) embodiedStep() walls.Step {
	s := &r.in
	return walls.Step{
		Name: "emissions of making the devices", Symbol: "C_e", Formula: "c * N * D / L", Field: "Embodied",
		Terms: []walls.Term{
			{Symbol: "c", What: "emissions of making one device", Value: s.Hardware.Embodied},
			{Symbol: "N", What: "devices", Value: s.Devices},
			{Symbol: "D", What: "duration", Value: s.Duration},
			{Symbol: "L", What: "lifetime of a device", Value: s.Lifetime},
		},
		Value: r.Embodied, Source: "Gupta 2022, ACT",
	}
}

func (r *SustainabilityResult) energySteps() []walls.Step {
	s := &r.in
	return []walls.Step{
		{
			Name: "mean power of the machines", Symbol: "W_it", Formula: "(W_idle + (TDP - W_idle) * u) * N * f", Field: "Power",
			Terms: []walls.Term{
				{Symbol: "W_idle", What: "power of an idle device", Value: s.Hardware.Idle},
				{Symbol: "TDP", What: "thermal design power", Value: s.Hardware.TDP},
				{Symbol: "u", What: "utilisation", Value: s.Utilization},
				{Symbol: "N", What: "devices", Value: s.Devices},
				{Symbol: "f", What: "node power per accelerator power", Value: r.Factor},
			},
			Value: r.Power, Source: "Barroso, Hölzle 2007",
		},
		{
			Name: "energy of the machines", Symbol: "E_it", Formula: "W_it * D", Field: "ITEnergy",
			Terms: []walls.Term{{Symbol: "W_it", What: "mean power", Value: r.Power}, {Symbol: "D", What: "duration", Value: s.Duration}},
			Value: r.ITEnergy,
		},
		{
			Name: "energy of the facility", Symbol: "E_f", Formula: "E_it * PUE", Field: "Energy",
			Terms: []walls.Term{
				{Symbol: "E_it", What: "energy of the machines", Value: r.ITEnergy},
				{Symbol: "PUE", What: "facility energy per IT energy, " + s.Facility.Name, Value: r.PUE},
			},
			Value: r.Energy, Source: "The Green Grid",
		},
	}
}

func (r *SustainabilityResult) carbonSteps() []walls.Step {
	s := &r.in
	return []walls.Step{
		{
			Name: "emissions of the energy", Symbol: "C_o", Formula: "E_f * CI", Field: "Operational",
			Terms: []walls.Term{
				{Symbol: "E_f", What: "energy of the facility", Value: r.Energy},
				{Symbol: "CI", What: "carbon intensity, " + s.Region.Name, Value: s.Region.Carbon},
			},
			Value: r.Operational, Source: "Patterson 2022",
		},
		{
			Name: "market-based emissions", Symbol: "C_m", Formula: "C_o * (1 - g)", Field: "Market",
			Terms: []walls.Term{{Symbol: "C_o", What: "location-based", Value: r.Operational}, {Symbol: "g", What: "share under carbon-free contracts", Value: s.Clean}},
			Value: r.Market, Source: "GHG Protocol, Scope 2 guidance",
		},
		{
			Name: "emissions", Symbol: "C", Formula: "C_o + C_e", Field: "Carbon",
			Terms: []walls.Term{
				{Symbol: "C_o", What: "of the energy", Value: r.Operational},
				{Symbol: "C_e", What: "of making the devices, zero where unknown", Value: r.Embodied},
			},
			Value: r.Carbon,
		},
	}
}

func (r *SustainabilityResult) waterStep() walls.Step {
	s := &r.in
	return walls.Step{
		Name: "water", Symbol: "V", Formula: "E_it * WUE + E_f * EWIF", Field: "Water",
		Terms: []walls.Term{
			{Symbol: "E_it", What: "energy of the machines", Value: r.ITEnergy},
			{Symbol: "WUE", What: "water evaporated per IT energy", Value: s.Facility.WUE},
			{Symbol: "E_f", What: "energy of the facility", Value: r.Energy},
			{Symbol: "EWIF", What: "water of power plants per energy, zero where unknown", Value: s.OffSite},
		},
		Value: r.Water, Source: "Li 2023",
	}
}

// View describes the result: every field, with a bar for each kind of emission.
func (r SustainabilityResult) View() show.View {
	v := show.View{
		Title: r.title(), Status: show.Info, Data: r,
		Subtitle: fmt.Sprintf("%s, PUE %s, utilisation %s %%", r.Region, units.Number(r.PUE), units.Number(100*r.in.Utilization)),
	}
	block := show.Block{Rows: show.Rows(r), Notes: r.Warnings.Texts()}
	if r.PowerKnown && r.Carbon > 0 {
		block.Full = r.Carbon.String() + " in all"
		block.Bars = show.Waterfall([]show.Bar{
			{Label: "energy", Value: r.Operational.String(), Share: r.Operational.Ratio(r.Carbon)},
			{Label: "making", Value: r.Embodied.String(), Share: r.Embodied.Ratio(r.Carbon)},
		})
	}
	v.Blocks = []show.Block{block}
	return v
}
