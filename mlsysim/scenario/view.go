package scenario

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Flat is the scorecard as one level of JSON with stable names: sizes in GB
// (1e9 bytes), times in ms, carbon in tonnes, money in USD.
type Flat struct {
	Scenario          string         `json:"scenario" help:"what was judged"`
	Feasibility       show.Status    `json:"f_status" help:"does it fit"`
	Performance       show.Status    `json:"p_status" help:"does it keep its latency limit"`
	Macro             show.Status    `json:"m_status" help:"does it keep its limits on cost, carbon and power"`
	MemoryUsed        float64        `json:"f_memory_used_gb" help:"weights and cache, GB"`
	MemoryCapacity    float64        `json:"f_memory_capacity_gb" help:"memory of the device, GB"`
	MemoryUtilization float64        `json:"f_memory_utilization" help:"share of the memory used"`
	MemoryShort       float64        `json:"f_memory_short_gb" help:"what is missing, GB"`
	Latency           float64        `json:"p_latency" help:"time of one pass, ms"`
	Throughput        float64        `json:"p_throughput" help:"samples per second"`
	MFU               float64        `json:"p_mfu" help:"share of the peak used"`
	Bottleneck        string         `json:"p_bottleneck" help:"what binds"`
	TCO               float64        `json:"m_tco_usd" help:"total cost of ownership, USD" known:"CostKnown"`
	Carbon            float64        `json:"m_carbon_footprint" help:"emissions, t" known:"PowerKnown"`
	EnergyCost        float64        `json:"m_energy_cost" help:"electricity, USD" known:"PowerKnown"`
	CapEx             float64        `json:"m_capex" help:"price written off, USD" known:"PriceKnown"`
	PowerKnown        bool           `json:"m_power_known" help:"the registry knows the device's power"`
	PriceKnown        bool           `json:"m_price_known" help:"the registry knows the device's price"`
	CostKnown         bool           `json:"m_cost_known" help:"both are known"`
	Warnings          walls.Warnings `json:"warnings" help:"remarks"`
	Registry          string         `json:"registry" help:"version and hash of the registry"`
}

// Flat returns the scorecard with the names of the command line's JSON.
func (s Scorecard) Flat() Flat {
	return Flat{
		Scenario: s.title(), Feasibility: s.Feasibility, Performance: s.Performance, Macro: s.Macro,
		MemoryUsed: s.Pass.Footprint.Ratio(units.GB), MemoryCapacity: s.Pass.Capacity.Ratio(units.GB),
		MemoryUtilization: s.Pass.Utilization, MemoryShort: s.Pass.Short.Ratio(units.GB),
		Latency: s.Pass.Latency.Ratio(units.Millisecond), Throughput: float64(s.Pass.Throughput), MFU: s.Pass.MFU,
		Bottleneck: s.Pass.Binding.String(),
		TCO:        s.TCO.Ratio(units.Dollar), Carbon: s.Carbon.Ratio(units.Tonne),
		EnergyCost: s.EnergyCost.Ratio(units.Dollar), CapEx: s.CapEx.Ratio(units.Dollar),
		PowerKnown: s.PowerKnown, PriceKnown: s.PriceKnown, CostKnown: s.CostKnown,
		Warnings: s.Warnings, Registry: source.Stamp(),
	}
}

func (s Scorecard) title() string { return s.in.Model.Name + " on " + s.in.Hardware.Name }

// View describes the three lenses.
func (s Scorecard) View() show.View {
	status := show.Pass
	if !s.Passed() {
		status = worse(worse(s.Feasibility, s.Performance), s.Macro)
	}
	p := &s.Pass
	v := show.View{
		Title: s.title(), Status: status, Data: s.Flat(),
		Subtitle: fmt.Sprintf("%s, batch %d, %s, %s level", p.Phase, s.in.Batch, p.Precision, s.in.Level),
		Blocks:   []show.Block{s.feasibility(), s.performance(), s.macro()},
	}
	if texts := s.Warnings.Texts(); len(texts) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Remarks", Notes: texts})
	}
	return v
}

func (s Scorecard) feasibility() show.Block {
	p := &s.Pass
	b := show.Block{Heading: "Feasibility", Status: s.Feasibility, Bars: []show.Bar{{Label: "weights", Value: p.Weights.String(), Share: p.Weights.Ratio(p.Capacity)}}}
	if p.Cache > 0 {
		b.Bars = append(b.Bars, show.Bar{Label: "cache", Value: p.Cache.String(), Share: p.Cache.Ratio(p.Capacity)})
	}
	b.Rows = []show.Row{{Label: "memory", Value: p.Footprint.String(), Note: fmt.Sprintf("of %s, %s %%", p.Capacity, units.Number(100*p.Utilization)), Help: "weights and cache"}}
	if p.Short > 0 {
		b.Rows = append(b.Rows, show.Row{Label: "missing", Value: p.Short.String(), Help: "what does not fit into the device"})
	}
	return b
}

func (s Scorecard) performance() show.Block {
	p := &s.Pass
	bar := func(label string, t units.Seconds) show.Bar {
		return show.Bar{Label: label, Value: t.String(), Share: t.Ratio(p.Latency)}
	}
	latency := show.Row{Label: "latency", Value: p.Latency.String(), Help: "the longer of compute and memory time, plus overhead"}
	if s.in.MaxLatency > 0 {
		latency.Note = "limit " + s.in.MaxLatency.String()
	}
	return show.Block{
		Heading: "Performance", Status: s.Performance,
		Bars: []show.Bar{bar("compute", p.Compute), bar("memory", p.Memory), bar("overhead", p.Overhead)},
		Rows: []show.Row{
			latency,
			{Label: "throughput", Value: throughput(p), Help: "tokens of a decode step, else images or sequences"},
			{Label: "binds", Value: p.Binding.String(), Help: "the resource to buy more of"},
			{Label: "MFU", Value: units.Number(100*p.MFU) + " %", Help: "model FLOP utilisation: share of the peak used", Note: fmt.Sprintf("intensity %s, ridge %s", p.Intensity, p.Ridge)},
		},
	}
}

// throughput counts a decode step in tokens, one per sequence.
func throughput(p *compute.Result) string {
	if p.Phase == compute.Decode {
		return units.TokenRate(p.Throughput).String() // dim: one token per sample
	}
	return p.Throughput.String()
}

func (s Scorecard) macro() show.Block {
	e := &s.in
	text := func(isKnown bool, v fmt.Stringer) string {
		if !isKnown {
			return "unknown"
		}
		return v.String()
	}
	row := func(label, value, note, help string) show.Row {
		return show.Row{Label: label, Value: value, Note: note, Help: help}
	}
	return show.Block{
		Heading: "Macro", Status: s.Macro,
		Rows: []show.Row{
			row("cost", text(s.CostKnown, s.TCO), fmt.Sprintf("over %s: price %s, upkeep %s, electricity %s", e.Duration, text(s.PriceKnown, s.CapEx), text(s.PriceKnown, s.Maintenance), text(s.PowerKnown, s.EnergyCost)), "total cost of ownership"),
			row("energy", text(s.PowerKnown, s.Energy), fmt.Sprintf("mean %s, PUE %s", text(s.PowerKnown, s.Pass.Power), units.Number(e.Facility.PUE)), "energy of the facility"),
			row("carbon", text(s.PowerKnown, s.Carbon), fmt.Sprintf("%s, %s", e.Region.Name, e.Region.Carbon), "emissions of that energy"),
			row("water", text(s.WaterKnown, s.Water), "", "water evaporated on site"),
		},
	}
}

// Explain derives the pass and then energy, emissions and cost.
func (s Scorecard) Explain() walls.Trace {
	t := s.Pass.Explain()
	t.Title = s.title()
	if s.PowerKnown {
		t.Steps = append(t.Steps, s.energySteps()...)
	}
	if s.CostKnown {
		t.Steps = append(t.Steps, s.costStep())
	}
	return t
}

func (s Scorecard) energySteps() []walls.Step {
	e := &s.in
	return []walls.Step{
		{
			Name: "energy of the facility", Symbol: "E_f", Formula: "P_mean * D * PUE", Value: s.Energy,
			Terms: []walls.Term{
				{Symbol: "P_mean", What: "mean power", Value: s.Pass.Power},
				{Symbol: "D", What: "duration", Value: e.Duration},
				{Symbol: "PUE", What: "facility energy per IT energy, " + e.Facility.Name, Value: e.Facility.PUE},
			},
		},
		{
			Name: "emissions", Symbol: "CO2", Formula: "E_f * CI", Value: s.Carbon, Source: "Patterson 2022",
			Terms: []walls.Term{
				{Symbol: "E_f", What: "energy of the facility", Value: s.Energy},
				{Symbol: "CI", What: "carbon intensity, " + e.Region.Name, Value: e.Region.Carbon},
			},
		},
	}
}

func (s Scorecard) costStep() walls.Step {
	e := &s.in
	return walls.Step{
		Name: "total cost of ownership", Symbol: "TCO", Formula: "price * D / A + price * m * D / Y + E_f * p", Value: s.TCO, Source: "Barroso 2018",
		Terms: []walls.Term{
			{Symbol: "price", What: "price of the device", Value: e.Hardware.Price},
			{Symbol: "D", What: "duration", Value: e.Duration},
			{Symbol: "A", What: "time to write it off", Value: e.Amortization},
			{Symbol: "m", What: "upkeep per period", Value: e.Upkeep},
			{Symbol: "Y", What: "upkeep period", Value: e.UpkeepPeriod},
			{Symbol: "E_f", What: "energy of the facility", Value: s.Energy},
			{Symbol: "p", What: "electricity price", Value: s.Tariff},
		},
	}
}
