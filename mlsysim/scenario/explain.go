package scenario

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives what the design does and then energy, emissions and cost.
func (s Scorecard) Explain() walls.Trace {
	t := s.work()
	t.Title = s.title()
	if s.PowerKnown {
		t.Steps = append(t.Steps, s.energySteps()...)
	}
	if s.CostKnown {
		t.Steps = append(t.Steps, s.costStep())
	}
	return t
}

// work derives what the design does.
func (s Scorecard) work() walls.Trace {
	switch s.Mode {
	case Train:
		return s.Step.Explain()
	case Serve:
		return s.Request.Explain()
	}
	return s.Pass.Explain()
}

func (s Scorecard) energySteps() []walls.Step {
	e := &s.in
	return []walls.Step{
		{
			Name: "energy of the facility", Symbol: "E_f", Formula: "P_mean * t_run * PUE", Value: s.Energy,
			Terms: []walls.Term{
				{Symbol: "P_mean", What: "mean power", Value: s.Power},
				{Symbol: "t_run", What: "duration", Value: e.Duration},
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
		Name: "total cost of ownership", Symbol: "TCO", Formula: "price * t_run / t_off + price * m_up * t_run / t_up + E_f * p_el", Value: s.TCO, Source: "Barroso 2018",
		Terms: []walls.Term{
			{Symbol: "price", What: "price of the devices", Value: e.Hardware.Price.Times(float64(s.Devices))},
			{Symbol: "t_run", What: "duration", Value: e.Duration},
			{Symbol: "t_off", What: "time to write it off", Value: e.Amortization},
			{Symbol: "m_up", What: "upkeep per period", Value: e.Upkeep},
			{Symbol: "t_up", What: "upkeep period", Value: e.UpkeepPeriod},
			{Symbol: "E_f", What: "energy of the facility", Value: s.Energy},
			{Symbol: "p_el", What: "electricity price", Value: s.Tariff},
		},
	}
}

// derivedBy names the step that ends in a metric: by the result field that it
// fills, or by its symbol.
var derivedBy = map[string][]string{
	"performance.latency": {"Latency", "Step", "Request"}, "performance.step_latency": {"Step"}, "performance.throughput": {"Throughput", "TokensPerSecond"},
	"performance.fleet_throughput": {"Throughput"}, "performance.mfu": {"MFU"}, "performance.scaling_efficiency": {"Scaling"},
	"performance.ttft": {"TTFT"}, "performance.itl": {"ITL"}, "feasibility.memory_used_gb": {"Footprint", "Memory"},
	"feasibility.memory_utilization": {"Footprint", "Memory"}, "macro.energy_kwh": {"E_f"}, "macro.carbon_footprint": {"CO2"}, "macro.tco_usd": {"TCO"},
}

// ExplainMetric derives one number: the step that gives it and those that lead
// there. A number without a step of its own has the whole derivation.
func (s Scorecard) ExplainMetric(metric string) (walls.Trace, error) {
	if _, err := metricOf(metric); err != nil {
		return walls.Trace{}, err
	}
	t := s.Explain()
	t.Title = metric + ": " + t.Title
	if last := ending(metric, t.Steps); last >= 0 {
		t.Steps = leading(t.Steps[:last+1])
	}
	return t, nil
}

// shownBy are the metrics that the rows of a card show.
var shownBy = map[string]string{
	"memory": "feasibility.memory_used_gb", "latency": "performance.latency", "step": "performance.latency", "request": "performance.latency",
	"TTFT": "performance.ttft", "ITL": "performance.itl", "throughput": "performance.throughput", "MFU": "performance.mfu",
	"cost": "macro.tco_usd", "energy": "macro.energy_kwh", "carbon": "macro.carbon_footprint",
}

// number points each row at the step that ends in it.
func number(rows []show.Row, steps []walls.Step) {
	for i := range rows {
		rows[i].Step = ending(shownBy[rows[i].Label], steps) + 1
	}
}

// ending finds the last step that ends in a metric, or -1.
func ending(metric string, steps []walls.Step) int {
	for _, name := range derivedBy[metric] { // the first that there is: Memory is a time where there is a Footprint
		for i, step := range slices.Backward(steps) {
			if step.Field == name || step.Symbol == name {
				return i
			}
		}
	}
	return -1
}

// leading keeps the last step and those whose symbols it needs.
func leading(steps []walls.Step) []walls.Step {
	wanted := map[string]bool{steps[len(steps)-1].Symbol: true}
	var kept []walls.Step
	for _, step := range slices.Backward(steps) {
		if !wanted[step.Symbol] {
			continue
		}
		kept = append(kept, step)
		for _, term := range step.Terms {
			wanted[term.Symbol] = true
		}
	}
	slices.Reverse(kept)
	return kept
}

// Explain derives the numbers of every workload.
func (r Report) Explain() walls.Trace {
	t := walls.Trace{Title: r.Plan}
	for _, c := range r.Cards {
		one := c.Explain()
		t.Steps = append(t.Steps, one.Steps...)
		t.Omitted = one.Omitted
	}
	return t
}
