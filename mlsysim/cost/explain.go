package cost

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var omitted = [...]string{
	"taxes, resale value and spares that idle",
	"discounts and commitments of cloud prices",
}

// Explain derives the result step by step: energy, capital, total, alternative.
func (r OwnershipResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: omitted[:]}
	if r.PowerKnown {
		t.Steps = append(t.Steps, r.energySteps()...)
	}
	if r.PriceKnown {
		t.Steps = append(t.Steps, r.capitalSteps()...)
	}
	if r.CostKnown {
		t.Steps = append(t.Steps, r.buildingStep(), r.totalStep(), r.breakEvenStep())
	}
	if r.TokenCostKnown {
		t.Steps = append(t.Steps, r.tokenStep())
	}
	if r.CloudKnown {
		t.Steps = append(t.Steps, r.cloudStep())
	}
	return t
}

func (r *OwnershipResult) title() string {
	return fmt.Sprintf("%d × %s over %s", r.in.Devices, r.in.Hardware.Name, r.in.Duration)
}

func (r *OwnershipResult) energySteps() []walls.Step {
	o := &r.in
	return []walls.Step{
		{
			Name: "energy of the facility", Symbol: "E_f", Formula: "(W_idle + (TDP - W_idle) * u) * N * f * D * PUE", Field: "Energy",
			Terms: []walls.Term{
				{Symbol: "W_idle", What: "power of an idle device", Value: o.Hardware.Idle},
				{Symbol: "TDP", What: "thermal design power", Value: o.Hardware.TDP},
				{Symbol: "u", What: "utilisation", Value: o.Utilization},
				{Symbol: "N", What: "devices", Value: o.Devices},
				{Symbol: "f", What: "node power per accelerator power", Value: o.NodeFactor},
				{Symbol: "D", What: "duration", Value: o.Duration},
				{Symbol: "PUE", What: "facility energy per IT energy, " + o.Facility.Name, Value: r.PUE},
			},
			Value: r.Energy, Source: "Barroso, Hölzle 2007",
		},
		{
			Name: "electricity", Symbol: "C_e", Formula: "E_f * p", Field: "EnergyCost",
			Terms: []walls.Term{{Symbol: "E_f", What: "energy of the facility", Value: r.Energy}, {Symbol: "p", What: "electricity price, " + r.Region, Value: r.Tariff}},
			Value: r.EnergyCost,
		},
	}
}

func (r *OwnershipResult) capitalSteps() []walls.Step {
	o := &r.in
	return []walls.Step{
		{
			Name: "price of the machines", Symbol: "K", Formula: "(c + s + n) * N * x", Field: "Capital",
			Terms: []walls.Term{
				{Symbol: "c", What: "price of a device", Value: o.Hardware.Price},
				{Symbol: "s", What: "server per device", Value: o.Server},
				{Symbol: "n", What: "network per device", Value: o.Network},
				{Symbol: "N", What: "devices", Value: o.Devices},
				{Symbol: "x", What: "multiplier", Value: o.Multiplier},
			},
			Value: r.Capital,
		},
		r.written("machines written off", "CapEx", "CapEx", walls.Term{Symbol: "K", What: "price of the machines", Value: r.Capital}, "A", o.Amortization, r.CapEx),
		{
			Name: "upkeep", Symbol: "C_m", Formula: "K * m * D / Y", Field: "Maintenance",
			Terms: []walls.Term{
				{Symbol: "K", What: "price of the machines", Value: r.Capital},
				{Symbol: "m", What: "upkeep per period", Value: o.Upkeep},
				{Symbol: "D", What: "duration", Value: o.Duration},
				{Symbol: "Y", What: "period", Value: o.Period},
			},
			Value: r.Maintenance,
		},
	}
}

// written derives the part of a capital sum that the duration pays.
func (r *OwnershipResult) written(title, symbol, field string, sum walls.Term, life string, lifetime units.Seconds, value units.USD) walls.Step {
	o := &r.in
	step := walls.Step{
		Name: title, Symbol: symbol, Formula: sum.Symbol + " * D / " + life, Field: field,
		Terms: []walls.Term{
			sum,
			{Symbol: "D", What: "duration", Value: o.Duration},
			{Symbol: life, What: "time to write it off", Value: lifetime},
		},
		Value: value, Source: "Barroso 2018",
	}
	if o.Interest == 0 {
		return step
	}
	step.Formula = sum.Symbol + " * a_" + life + " * D / Y"
	step.Terms = []walls.Term{
		sum,
		{Symbol: "a_" + life, What: "annuity r / (1 − (1+r)^(−" + life + "/Y)), r = " + units.Number(o.Interest), Value: physics.Annuity(o.Interest, lifetime.Ratio(o.Period))},
		{Symbol: "D", What: "duration", Value: o.Duration},
		{Symbol: "Y", What: "period of the interest", Value: o.Period},
	}
	return step
}

func (r *OwnershipResult) buildingStep() walls.Step {
	o := &r.in
	sum := walls.Term{Symbol: "B", What: "cost of the building for the rated power", Value: o.building()}
	return r.written("building written off", "C_b", "Building", sum, "L_b", o.BuildingLife, r.Building)
}

func (r *OwnershipResult) totalStep() walls.Step {
	return walls.Step{
		Name: "total cost of ownership", Symbol: "TCO", Formula: "CapEx + C_m + C_e + C_b + C_s", Field: "TCO",
		Terms: []walls.Term{
			{Symbol: "CapEx", What: "machines written off", Value: r.CapEx},
			{Symbol: "C_m", What: "upkeep", Value: r.Maintenance},
			{Symbol: "C_e", What: "electricity", Value: r.EnergyCost},
			{Symbol: "C_b", What: "building written off", Value: r.Building},
			{Symbol: "C_s", What: "people", Value: r.Staff},
		},
		Value: r.TCO, Source: "Barroso 2018",
	}
}

func (r *OwnershipResult) breakEvenStep() walls.Step {
	o := &r.in
	return walls.Step{
		Name: "rent that costs as much", Symbol: "R_0", Formula: "TCO / (N * D)", Field: "BreakEven",
		Terms: []walls.Term{
			{Symbol: "TCO", What: "total cost of ownership", Value: r.TCO},
			{Symbol: "N", What: "devices", Value: o.Devices},
			{Symbol: "D", What: "duration", Value: o.Duration},
		},
		Value: r.BreakEven,
	}
}

func (r *OwnershipResult) tokenStep() walls.Step {
	o := &r.in
	return walls.Step{
		Name: "cost of a million tokens", Symbol: "C_M", Formula: "TCO * M / (X * D)", Field: "PerMillion",
		Terms: []walls.Term{
			{Symbol: "TCO", What: "total cost of ownership", Value: r.TCO},
			{Symbol: "M", What: "a million tokens", Value: million},
			{Symbol: "X", What: "token rate", Value: o.TokenRate},
			{Symbol: "D", What: "duration", Value: o.Duration},
		},
		Value: r.PerMillion,
	}
}

func (r *OwnershipResult) cloudStep() walls.Step {
	o := &r.in
	return walls.Step{
		Name: "rent of the same machines", Symbol: "C_r", Formula: "R * N * D", Field: "Cloud",
		Terms: []walls.Term{
			{Symbol: "R", What: "cloud price of one device", Value: o.Rent},
			{Symbol: "N", What: "devices", Value: o.Devices},
			{Symbol: "D", What: "duration", Value: o.Duration},
		},
		Value: r.Cloud,
	}
}

// View describes the result: the parts of the cost, then every field.
func (r OwnershipResult) View() show.View {
	v := show.View{
		Title: r.title(), Status: show.Info, Data: r,
		Subtitle: fmt.Sprintf("%s, %s, utilisation %s %%", r.Region, r.Tariff, units.Number(100*r.in.Utilization)),
	}
	block := show.Block{Rows: show.Rows(r), Notes: r.Warnings.Texts()}
	if r.CostKnown {
		for _, part := range [...]struct {
			label string
			value units.USD
		}{{"machines", r.CapEx}, {"upkeep", r.Maintenance}, {"electricity", r.EnergyCost}, {"building", r.Building}, {"people", r.Staff}} {
			block.Bars = append(block.Bars, show.Bar{Label: part.label, Value: part.value.String(), Share: part.value.Ratio(r.TCO)})
		}
		block.Bars, block.Full = show.MarkLongest(show.Waterfall(block.Bars)), r.TCO.String()+" in all"
	}
	v.Blocks = []show.Block{block}
	return v
}
