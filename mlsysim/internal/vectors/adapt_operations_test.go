package vectors

import (
	"encoding/json"
	"fmt"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

const (
	hour = float64(units.Hour)
	day  = float64(units.Day)
	year = float64(units.Year)
)

func objectOf(raw json.RawMessage) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	_ = json.Unmarshal(raw, &object) // known complains about what is no object
	return object
}

func fleetReliability(in *inputs) (answer, any, error) {
	f := in.cluster("fleet")
	parts := inputs{Case: golden.Case{Inputs: objectOf(in.Inputs["fleet"])}, read: map[string]bool{}}
	s := reliability.Fleet{Nodes: f.Count, Accelerators: f.AcceleratorsPerNode, Checkpoint: 60, Recovery: 300}
	parts.set(&s, "NICs", "nics_per_node", 1)
	parts.set(&s, "PSUs", "psus_per_node", 1)
	parts.set(&s, "SparePSUs", "psu_redundancy", 1)
	in.refuse(parts.refusal)
	in.set(&s, "Job", "job_duration_hours", hour)
	in.set(&s, "Checkpoint", "checkpoint_time_s", 1)
	in.setZero(&s, "Recovery", "avg_recovery_time_s", 1)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"fleet_mtbf": num(float64(r.MTBF)), "failure_probability": num(r.Probability), "expected_failures": num(r.Failures),
		"optimal_checkpoint_interval": num(float64(r.Optimal)), "goodput_ratio": num(r.Goodput),
	}, r, err
}

func checkpoint(in *inputs) (answer, any, error) {
	h := in.device("hardware")
	disks, err := in.StorageBandwidth("hardware")
	if err != nil {
		in.wrong("%v", err)
	}
	if disks == 0 {
		disks = units.GBps // solvers.md 2.8
	}
	s := reliability.Checkpoint{Model: in.model("model"), Storage: disks, Writers: 1}
	in.set(&s, "Writers", "n_writers", 1)
	in.set(&s, "Limit", "filesystem_limit_gbs", float64(units.GBps))
	in.set(&s, "Interval", "checkpoint_interval_hours", hour)
	in.name(&s, "optimizer", "optimizer", nil)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := answer{
		"checkpoint_size": num(float64(r.Size)), "write_time_seconds": field(r, "Write"), "storage_bottleneck": yes(r.Bottleneck),
		"mfu_penalty_pct": field(r, "StallShare"), "max_bandwidth_required": field(r, "Required"),
	}
	if !r.RequiredKnown {
		a["max_bandwidth_required"] = nothing("the case allows a write no time; theirs is the bandwidth of " + h.Name)
	}
	return a, r, err
}

// site is where the fleet of a case stands.
func (in *inputs) site() golden.Site {
	for _, key := range []string{"grid", "datacenter"} {
		if raw, ok := in.take(key); ok {
			in.known(key, raw, siteKeys)
		}
	}
	place, err := in.Site()
	if err != nil {
		in.wrong("%v", err)
	}
	return place
}

var siteKeys = []string{"name", "carbon_g_kwh", "pue", "wue_l_kwh"}

func sustainability(in *inputs) (answer, any, error) {
	f, place := in.cluster("fleet"), in.site()
	s := power.Sustainability{
		Hardware: f.Device, Devices: f.Count * f.AcceleratorsPerNode, Utilization: 1, Region: place.Grid, Facility: place.Facility,
		DryCooled: place.Facility.WUE == 0,
	}
	in.setZero(&s, "Duration", "duration_days", day)
	in.set(&s, "Utilization", "mfu", 1)
	in.set(&s.Hardware, "Embodied", "embodied_carbon_per_device", 1)
	in.holds("gpu-only") // NodeFactor 1
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return sustainabilityAnswer(r), r, err
}

func sustainabilityAnswer(r power.SustainabilityResult) answer {
	a := energyAnswer(r)
	a["embodied_carbon_kg"] = num(float64(r.Embodied)) // the case states it, zero too
	return a
}

// energyAnswer is what both results of a place have.
func energyAnswer(r any) answer {
	a := answer{"region_name": regionOf(r)}
	for theirs, ours := range map[string]string{
		"it_energy_kwh": "ITEnergy", "total_energy_kwh": "Energy", "carbon_footprint_kg": "Carbon", "water_usage_liters": "Water", "pue": "PUE",
	} {
		a[theirs] = field(r, ours)
	}
	return a
}

func regionOf(r any) value {
	switch r := r.(type) {
	case power.SustainabilityResult:
		return said(r.Region)
	case cost.OwnershipResult:
		return said(r.Region)
	}
	return value{}
}

func economics(in *inputs) (answer, any, error) {
	f, place := in.cluster("fleet"), in.site()
	s := cost.Ownership{
		Hardware: f.Device, Devices: f.Count * f.AcceleratorsPerNode, Utilization: 1, Region: place.Grid, Facility: place.Facility,
		DryCooled: place.Facility.WUE == 0, Tariff: units.DollarPerKWh.Times(0.12),
	}
	in.setZero(&s, "Duration", "duration_days", day)
	in.set(&s, "Utilization", "mfu", 1)
	in.setZero(&s, "Tariff", "kwh_price", float64(units.DollarPerKWh))
	in.set(&s, "Amortization", "amortization_years", year)
	in.set(&s, "Multiplier", "infrastructure_multiplier", 1)
	in.holds("gpu-only") // no server, network, building or staff
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return ownershipAnswer(r), r, err
}

func ownershipAnswer(r cost.OwnershipResult) answer {
	a := energyAnswer(r)
	for theirs, ours := range map[string]string{
		"capex_usd": "CapEx", "opex_energy_usd": "EnergyCost", "opex_maintenance_usd": "Maintenance", "total_opex_usd": "OpEx", "tco_usd": "TCO",
	} {
		a[theirs] = field(r, ours)
	}
	return a
}

// placement takes its regions from the grids of the vectors; another name has to
// be one of our registry.
func placement(in *inputs) (answer, any, error) {
	f := in.cluster("fleet")
	p := cost.Placement{
		Ownership:   cost.Ownership{Hardware: f.Device, Devices: f.Count * f.AcceleratorsPerNode, Utilization: 1, Tariff: units.DollarPerKWh.Times(0.12)},
		CarbonPrice: units.DollarPerTonne.Times(100),
	}
	in.setZero(&p, "Duration", "duration_days", day)
	in.set(&p, "Utilization", "mfu", 1)
	in.set(&p, "CarbonPrice", "carbon_tax_per_ton", float64(units.DollarPerTonne))
	in.holds("gpu-only")
	regions := []string{"US_Avg", "Quebec", "Iowa"}
	if _, given := in.take("regions"); given {
		in.list("regions", &regions)
	}
	for _, key := range regions {
		at, err := golden.Grid(key)
		site := cost.Site{Region: at.Grid, Facility: at.Facility}
		if err != nil {
			in.refuse(describe.Decode(marshal(map[string][]string{"sites": {key}}), &p))
		}
		p.Sites = append(p.Sites, site)
	}
	if err := in.done(&p); err != nil {
		return nil, nil, err
	}
	r, err := p.Solve()
	return placementAnswer(r), r, err
}

func placementAnswer(r cost.PlacementResult) answer {
	tonnes := func(x units.KgCO2e) value { return num(x.Ratio(units.Tonne)) }
	a := answer{
		"objective_value": field(r, "Objective"), "best_region": said(r.Region), "best_config.region": said(r.Region),
		"total_searched": num(float64(r.Tried)), "lowest_tco": field(r, "TCO"), "carbon_footprint": tonnes(r.Carbon), "pue": field(r, "PUE"),
	}
	for i, p := range r.Places {
		a = merge(a, under(fmt.Sprintf("top_candidates.%d", i), answer{
			"region": said(p.Region), "tco": num(float64(p.TCO)), "carbon": tonnes(p.Carbon), "pue": num(p.PUE), "objective": num(float64(p.Objective)),
		}))
	}
	return a
}

// ingestion is a chain of storage and host link; an unknown rate stays unknown.
func ingestion(in *inputs) (answer, any, error) {
	h := in.device("hardware")
	disks, err := in.StorageBandwidth("hardware")
	if err != nil {
		in.wrong("%v", err)
	}
	s := storage.Ingestion{Storage: disks, HostLink: h.HostLink}
	in.set(&s, "Demand", "workload_data_rate", 1)
	in.holds("one-stage")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := answer{
		"utilization": field(r, "Utilization"), "demand_bw": num(float64(r.Demand)), "supply_bw": field(r, "Supply"), "margin": field(r, "Margin"),
		"is_stalled": yes(r.Stalled), "bottleneck": said(map[walls.Resource]string{walls.Storage: "Storage", walls.HostLink: "Interconnect"}[r.Binding]),
	}
	if !r.Known {
		a["is_stalled"], a["bottleneck"] = nothing("nothing is known about the supply"), nothing("nothing is known about the supply")
	}
	return a, r, err
}

func transformation(in *inputs) (answer, any, error) {
	s := storage.Transformation{}
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Sample", "sample_size_bytes", 1)
	in.set(&s, "Rate", "cpu_throughput", 1)
	in.set(&s, "Step", "accelerator_step_time", 1)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"transform_time": num(float64(r.Time)), "accelerator_step_time": num(float64(s.Step)), "is_bottleneck": yes(r.Bottleneck),
		"accelerator_utilization": field(r, "Utilization"), "slowdown_factor": field(r, "Slowdown"),
	}, r, err
}
