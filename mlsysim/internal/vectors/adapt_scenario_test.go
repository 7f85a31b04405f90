package vectors

import (
	"encoding/json"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// What a verdict of ours has not.
const (
	noVerdict = "a lens of ours for which the case states no limit has no verdict (INFO)"
	noText    = "texts of theirs; ours are Scorecard.View, with the name of the design as its title"
)

// systemEvaluator judges one device, or a cluster that trains without a split.
func systemEvaluator(in *inputs) (answer, any, error) {
	e := in.design("model_obj", "fleet_obj", "hardware_obj")
	in.set(&e, "Batch", "batch_size", 1)
	in.set(&e, "Duration", "duration_days", day)
	in.precision(&e)
	in.efficiency(&e)
	if devices, ok := in.number("nodes"); ok && int(devices) != e.Nodes*e.PerNode {
		in.wrong("%v nodes of a fleet of %d devices", devices, e.Nodes*e.PerNode)
	}
	if e.Nodes > 0 {
		e.TP, e.PP = 1, 1 // theirs has no other split
		in.drop("a cluster says which device it has", "hardware_obj")
	}
	if in.setting("ctx0") {
		e.Context = 1
		in.dropped["ctx0"] = "a decode step of ours has one token in the cache at least, which moves a latency by less than a thousandth"
	}
	in.drop("ours is called after its network and machines", "scenario_name")
	if err := in.done(&e); err != nil {
		return nil, nil, err
	}
	s, err := e.Solve()
	return cardAnswer(&s), s, err
}

// design is a network on a device or on the machines of a fleet, at their place.
func (in *inputs) design(model string, systems ...string) scenario.Evaluation {
	e := scenario.Evaluation{Model: in.model(model), Batch: 1, Precision: fp16, Efficiency: 0.5, Tariff: units.DollarPerKWh.Times(0.12)}
	for _, key := range systems {
		raw, ok := in.take(key)
		if !ok {
			continue
		}
		if objectOf(raw)["accelerator"] == nil {
			e.Hardware = in.device(key)
		} else {
			in.machines(&e, in.cluster(key))
		}
		place, err := golden.Case{ID: in.ID, Inputs: map[string]json.RawMessage{"fleet": raw}}.Site()
		if err != nil {
			in.wrong("%v", err)
		}
		e.Region, e.Facility = place.Grid, place.Facility
		if e.Nodes > 0 {
			break
		}
	}
	if e.Hardware.HostLink == 0 && in.dataRate(model) == 0 { // else the supply is known
		e.Hardware.HostLink = hostLink
	}
	in.holds("gpu-only")
	return e
}

func (in *inputs) machines(e *scenario.Evaluation, f golden.Fleet) {
	e.Hardware, e.Nodes, e.PerNode, e.NICs = f.Device, f.Count, f.AcceleratorsPerNode, f.NicsPerNode
	e.IntraLink, e.Fabric, e.Oversubscription = units.ByteRate(f.IntraNodeBwBytesS), units.ByteRate(f.Fabric.Bandwidth), f.Fabric.Oversubscription
}

// dataRate is what a network of the vectors reads from a disk.
func (in *inputs) dataRate(model string) units.ByteRate {
	raw, ok := objectOf(in.Inputs[model])["data_rate"]
	if !ok {
		return 0
	}
	rate, _ := figure(raw)
	return units.ByteRate(rate)
}

// cardAnswer has the names of their flat form. Theirs counts the weights alone.
func cardAnswer(s *scenario.Scorecard) answer {
	flat := s.Flat()
	a := answer{"passed_all": yes(s.Passed()), "scorecard": notReported(noText), "summaries": notReported(noText), "dict.scenario": notReported(noText)}
	for theirs, ours := range map[string]string{
		"f_memory_used_gb": "MemoryUsed", "f_memory_capacity_gb": "MemoryCapacity", "f_memory_utilization": "MemoryUtilization",
		"p_latency": "Latency", "p_throughput": "Throughput", "p_mfu": "MFU", "p_step_latency": "StepLatency", "p_comm_overhead": "CommOverhead",
		"p_fleet_throughput": "FleetThroughput", "p_node_mfu": "NodeMFU", "p_scaling_efficiency": "ScalingEfficiency",
		"m_tco_usd": "TCO", "m_carbon_footprint": "Carbon", "m_energy_cost": "EnergyCost", "m_capex": "CapEx",
	} {
		a["dict."+theirs] = field(flat, ours)
	}
	for letter, status := range map[string]show.Status{"f": s.Feasibility, "p": s.Performance, "m": s.Macro} {
		a["dict."+letter+"_status"] = verdictOf(status)
	}
	if s.Mode == scenario.Pass {
		a["dict.f_memory_used_gb"] = num(s.Pass.Weights.Ratio(units.GB))
		a["dict.f_memory_utilization"] = num(s.Pass.Weights.Ratio(s.Capacity))
	}
	return a
}

func verdictOf(s show.Status) value {
	if s == show.Info {
		return notReported(noVerdict)
	}
	return said(s.String())
}

// lighthouse judges a year of a scenario of theirs: its network, machines and
// limits as the case has them. What trains by its name trains; others run one pass,
// which is what theirs limits.
func lighthouse(in *inputs) (answer, any, error) {
	e := in.design("workload", "system")
	e.Duration = units.Year
	in.set(&e, "Batch", "batch_size", 1)
	in.set(&e, "MaxLatency", "sla_latency", 1)
	in.set(&e, "MaxPower", "power_budget", 1)
	e.DataRate = in.dataRate("workload")
	e.Mode = in.does("scenario")
	if err := in.done(&e); err != nil {
		return nil, nil, err
	}
	s, err := e.Solve()
	if err != nil {
		return nil, nil, err
	}
	lenses := s.View().Blocks
	a := answer{"passed_all": yes(s.Passed())}
	for i, letter := range []string{"f", "p", "m"} {
		a[letter+".level_name"], a[letter+".summary"] = said(lenses[i].Heading), notReported(noText)
		a[letter+".status"] = verdictOf([]show.Status{s.Feasibility, s.Performance, s.Macro}[i])
	}
	return merge(a, numbersOf(&s, e.MaxLatency)), s, nil
}

// does is what a scenario of that name does; ours has all of theirs.
func (in *inputs) does(key string) scenario.Mode {
	raw, _ := in.take(key)
	var name string
	if json.Unmarshal(raw, &name) != nil {
		in.wrong("input %s is not a text: %s", key, raw)
	}
	if _, err := scenario.Find(name); err != nil {
		in.wrong("%v", err)
	}
	if name == "LocalTraining" || name == "FrontierTraining" {
		return scenario.Train
	}
	return scenario.Pass
}

// numbersOf is the metrics of the three lenses.
func numbersOf(s *scenario.Scorecard, limit units.Seconds) answer {
	flat := s.Flat()
	a := answer{
		"f.metrics.weight_size": num(float64(s.Pass.Weights)), "f.metrics.capacity": num(float64(s.Capacity)), "f.metrics.data_stalled": yes(s.Supply.Stalled),
		"p.metrics.latency": num(float64(s.Latency)), "p.metrics.throughput": num(float64(s.Throughput)), "p.metrics.sla_latency": num(float64(limit)),
		"p.metrics.mfu": num(s.MFU), "p.metrics.scaling_eff": field(flat, "ScalingEfficiency"), "p.metrics.node_mfu": field(flat, "NodeMFU"),
		"p.metrics.bottleneck": said(binds(s.Pass.Compute, s.Pass.Memory)), "m.metrics.carbon_kg": field(*s, "Carbon"), "m.metrics.tco_usd": field(*s, "TCO"),
	}
	if s.Mode == scenario.Train {
		a["f.metrics.weight_size"] = num(float64(s.Step.Weights))
		a["p.metrics.bottleneck"] = said(binds(s.Step.Compute, s.Step.MemTime))
	}
	if !s.CostKnown {
		a["m.metrics.tco_usd"] = nothing("the price of the device is not known")
	}
	if s.Warnings.Has(walls.SupplyUnknown) {
		a["f.metrics.data_stalled"] = nothing("nothing is known about the supply")
	}
	return a
}

// binds says which of the two takes longer, in their words.
func binds(compute, memory units.Seconds) string {
	if memory <= compute {
		return "Compute"
	}
	return "Memory"
}
