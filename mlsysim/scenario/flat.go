package scenario

import (
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Flat is the scorecard as one level of JSON with stable names: sizes in GB
// (1e9 bytes), times in ms, carbon in tonnes, money in USD, power in W. What a
// design has not is null. A plan's assertions name the same numbers:
// performance.latency is p_latency.
type Flat struct {
	Scenario          string      `json:"scenario" help:"what was judged"`
	Feasibility       show.Status `json:"f_status" help:"does it fit"`
	Performance       show.Status `json:"p_status" help:"does it keep its limits on time and throughput"`
	Macro             show.Status `json:"m_status" help:"does it keep its limits on cost, carbon, power and water"`
	MemoryUsed        float64     `json:"f_memory_used_gb" help:"what each device holds, GB" better:"lower"`
	MemoryCapacity    float64     `json:"f_memory_capacity_gb" help:"memory of each device, GB"`
	MemoryUtilization float64     `json:"f_memory_utilization" help:"share of the memory used" better:"lower"`
	MemoryShort       float64     `json:"f_memory_short_gb" help:"what is missing on each device, GB" better:"lower"`
	Latency           float64     `json:"p_latency" help:"time of a pass, a training step or a request, ms" better:"lower"`
	Throughput        float64     `json:"p_throughput" help:"samples, sequences or generated tokens per second" better:"higher"`
	MFU               float64     `json:"p_mfu" help:"share of the peak used" better:"higher"`
	Bottleneck        string      `json:"p_bottleneck" help:"what binds"`
	StepLatency       float64     `json:"p_step_latency" help:"time of a training step, ms" better:"lower" known:"FleetKnown"`
	CommOverhead      float64     `json:"p_comm_overhead" help:"part of it in which devices wait for messages, ms" better:"lower" known:"FleetKnown"`
	FleetThroughput   float64     `json:"p_fleet_throughput" help:"sequences per second of the cluster" better:"higher" known:"FleetKnown"`
	NodeMFU           float64     `json:"p_node_mfu" help:"share of the peak used while a device works" better:"higher" known:"FleetKnown"`
	ScalingEfficiency float64     `json:"p_scaling_efficiency" help:"share of the step in which devices work" better:"higher" known:"FleetKnown"`
	TP                int         `json:"p_tp" help:"tensor-parallel devices" known:"FleetKnown"`
	PP                int         `json:"p_pp" help:"pipeline stages" known:"FleetKnown"`
	DP                int         `json:"p_dp" help:"data-parallel replicas" known:"FleetKnown"`
	TrainingDays      float64     `json:"p_training_days" help:"time of the whole training run, days" better:"lower" known:"RunKnown"`
	Duty              float64     `json:"p_duty" help:"share of the time in which the device works"`
	TTFT              float64     `json:"p_ttft" help:"time to first token, ms" better:"lower" known:"ServeKnown"`
	ITL               float64     `json:"p_itl" help:"inter-token latency, ms" better:"lower" known:"ServeKnown"`
	P99               float64     `json:"p_p99" help:"99th percentile of a request, waiting included, ms" better:"lower" known:"P99Known"`
	Replicas          int         `json:"p_replicas" help:"copies of the network that serve" known:"ServeKnown"`
	TCO               float64     `json:"m_tco_usd" help:"total cost of ownership, USD" better:"lower" known:"CostKnown"`
	Carbon            float64     `json:"m_carbon_footprint" help:"emissions, t" better:"lower" known:"PowerKnown"`
	EnergyCost        float64     `json:"m_energy_cost" help:"electricity, USD" better:"lower" known:"PowerKnown"`
	CapEx             float64     `json:"m_capex" help:"price written off, USD" better:"lower" known:"PriceKnown"`
	Energy            float64     `json:"m_energy_kwh" help:"energy of the facility, kWh" better:"lower" known:"PowerKnown"`
	Power             float64     `json:"m_power_w" help:"mean power of the devices, W" better:"lower" known:"PowerKnown"`
	Water             float64     `json:"m_water_l" help:"water evaporated on site, L" better:"lower" known:"WaterKnown"`
	FleetKnown        bool        `json:"p_fleet_known" help:"the design trains"`
	ServeKnown        bool        `json:"p_serve_known" help:"the design serves"`
	P99Known          bool        `json:"p_p99_known" help:"arrivals are given and the queue is stable"`
	RunKnown          bool        `json:"p_run_known" help:"the design trains, and the tokens of the run are given"`
	PowerKnown        bool        `json:"m_power_known" help:"the registry knows the device's power"`
	PriceKnown        bool        `json:"m_price_known" help:"the registry knows the device's price"`
	CostKnown         bool        `json:"m_cost_known" help:"both are known"`
	WaterKnown        bool        `json:"m_water_known" help:"power and the building's water use are known"`

	Warnings walls.Warnings `json:"warnings" help:"remarks"`
	Registry string         `json:"registry" help:"version and hash of the registry"`
}

// Flat returns the scorecard with the names of the command line's JSON.
func (s Scorecard) Flat() Flat {
	ms := func(t units.Seconds) float64 { return t.Ratio(units.Millisecond) }
	step, split := &s.Step, &s.Split
	f := Flat{
		Scenario: s.title(), Feasibility: s.Feasibility, Performance: s.Performance, Macro: s.Macro,
		MemoryUsed: s.Memory.Ratio(units.GB), MemoryCapacity: s.Capacity.Ratio(units.GB),
		MemoryUtilization: s.Memory.Ratio(s.Capacity), MemoryShort: s.Short.Ratio(units.GB),
		Latency: ms(s.Latency), Throughput: float64(s.Throughput), MFU: s.MFU, Bottleneck: s.Binding.String(),
		TCO: s.TCO.Ratio(units.Dollar), Carbon: s.Carbon.Ratio(units.Tonne), EnergyCost: s.EnergyCost.Ratio(units.Dollar),
		CapEx: s.CapEx.Ratio(units.Dollar), Energy: s.Energy.Ratio(units.KWh), Power: float64(s.Power), Water: float64(s.Water),
		TrainingDays: s.Run.Ratio(units.Day), RunKnown: s.RunKnown, Duty: s.Duty, P99: ms(s.Queue.P99),
		FleetKnown: s.Mode == Train, ServeKnown: s.Mode == Serve, P99Known: s.Queue.Stable,
		PowerKnown: s.PowerKnown, PriceKnown: s.PriceKnown, CostKnown: s.CostKnown, WaterKnown: s.WaterKnown,
		Warnings: s.Warnings, Registry: source.Stamp(),
	}
	if f.FleetKnown {
		f.StepLatency, f.FleetThroughput, f.ScalingEfficiency = ms(step.Step), float64(step.Throughput), step.Scaling
		f.CommOverhead = ms(step.Step - step.Node)
		f.NodeMFU = step.MFU / step.Scaling
		f.TP, f.PP, f.DP = max(1, split.TP), max(1, split.PP), step.DP
	}
	if f.ServeKnown {
		f.TTFT, f.ITL, f.Replicas = ms(s.Request.TTFT), ms(s.Request.ITL), s.Request.Replicas
	}
	return f
}
