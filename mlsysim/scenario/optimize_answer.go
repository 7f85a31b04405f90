package scenario

import (
	"reflect"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// BestSplit is the answer of optimize parallelism as programs read it: times in
// ms, sizes in GB, and beside them the text that people read.
type BestSplit struct {
	Objective      float64          `json:"objective_value" help:"MFU of the best split"`
	Config         SplitConfig      `json:"best_config" help:"the best split"`
	Tried          int              `json:"total_searched" help:"candidates that were worked out"`
	MFU            float64          `json:"best_mfu" help:"share of the peak used"`
	Throughput     float64          `json:"best_throughput" help:"sequences or samples per second"`
	ThroughputText string           `json:"best_throughput_text" help:"the same with its unit"`
	Step           float64          `json:"best_step_time" help:"time of a training step, ms"`
	StepText       string           `json:"best_step_time_text" help:"the same with its unit"`
	Space          int              `json:"search_space_size" help:"candidates that the allowed splits have"`
	Top            []SplitCandidate `json:"top_candidates" help:"the best, the best first"`
	Feasible       bool             `json:"is_feasible" help:"some candidate fits"`
	Short          float64          `json:"memory_short_gb" help:"what the one that needs least lacks on each device, GB"`
	Rejected       []SplitRejection `json:"rejected" help:"why others are out"`
	Warnings       walls.Warnings   `json:"warnings" help:"remarks"`
	Registry       string           `json:"registry" help:"version and hash of the registry"`
}

// SplitConfig is how a network lies on the devices.
type SplitConfig struct {
	TP           int               `json:"tp" help:"tensor-parallel devices"`
	PP           int               `json:"pp" help:"pipeline stages"`
	DP           int               `json:"dp" help:"data-parallel replicas"`
	CP           int               `json:"cp" help:"devices that a sequence is cut over"`
	EP           int               `json:"ep" help:"devices that the experts are spread over"`
	Microbatches int               `json:"microbatches" help:"microbatches of a step"`
	Parts        int               `json:"parts" help:"interleaved parts of each stage"`
	ZeRO         int               `json:"zero" help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too"`
	Recompute    physics.Recompute `json:"recompute" help:"what the backward pass computes again"`
}

// SplitCandidate is one of the best splits.
type SplitCandidate struct {
	SplitConfig
	MFU        float64 `json:"mfu" help:"share of the peak used"`
	Throughput float64 `json:"throughput" help:"sequences or samples per second"`
	Step       float64 `json:"step_time" help:"ms"`
	StepText   string  `json:"step_time_text" help:"the same with its unit"`
	Memory     float64 `json:"memory_gb" help:"what each device holds, GB"`
}

// SplitRejection is a reason and what it kept out.
type SplitRejection struct {
	Why        string  `json:"want" help:"what the candidate would have to be"`
	Splits     int     `json:"splits" help:"ways to split the cluster"`
	Candidates int     `json:"candidates" help:"candidates of allowed splits"`
	Short      float64 `json:"least_short_gb" help:"least memory that is missing on a device, GB"`
}

// Records lists the best splits as rows.
func (a BestSplit) Records() ([][]string, error) { return records(a.Top), nil }

func splitAnswer(r *parallel.PlanResult) BestSplit {
	a := BestSplit{
		Objective: r.MFU, Config: splitConfig(&r.Choice), Tried: r.Tried, MFU: r.MFU, Throughput: float64(r.Throughput), ThroughputText: r.Throughput.String(),
		Step: r.Step.Ratio(units.Millisecond), StepText: r.Step.String(), Space: r.Candidates, Top: []SplitCandidate{}, Rejected: []SplitRejection{},
		Feasible: r.Fits, Short: r.Short.Ratio(units.GB), Warnings: r.Warnings, Registry: source.Stamp(),
	}
	work := r.Throughput.For(r.Step)
	for i := range r.Top {
		c := &r.Top[i]
		a.Top = append(a.Top, SplitCandidate{
			SplitConfig: splitConfig(c), MFU: c.MFU, Throughput: float64(work.Per(c.Step)), Step: c.Step.Ratio(units.Millisecond), StepText: c.Step.String(), Memory: c.Memory.Ratio(units.GB),
		})
	}
	for _, x := range r.Rejected {
		a.Rejected = append(a.Rejected, SplitRejection{x.Why, x.Splits, x.Candidates, x.Short.Ratio(units.GB)})
	}
	return a
}

func splitConfig(c *parallel.Choice) SplitConfig {
	return SplitConfig{c.TP, c.PP, c.DP, c.CP, c.EP, c.Microbatches, c.Parts, c.ZeRO, c.Checkpointing}
}

// BestBatch is the answer of optimize batching as programs read it.
type BestBatch struct {
	Objective  float64          `json:"objective_value" help:"requests per second that end within the limit" known:"Stable"`
	Config     BatchConfig      `json:"best_config" help:"the best combination" known:"Stable"`
	Tried      int              `json:"total_searched" help:"combinations tried"`
	Batch      int              `json:"best_batch_size" help:"requests that a replica runs together" known:"Stable"`
	Throughput float64          `json:"max_throughput" help:"output tokens per second of the requests that end within the limit" known:"Stable"`
	P99        float64          `json:"p99_latency" help:"time of a request that 1 % exceed, waiting included, ms" known:"Stable"`
	P99Text    string           `json:"p99_latency_text" help:"the same with its unit" known:"Stable"`
	Headroom   float64          `json:"slo_headroom_ratio" help:"share of the limit that the 99th percentile leaves; negative if it is missed" known:"Stable"`
	Feasible   bool             `json:"is_feasible" help:"some combination meets the limit"`
	Fits       bool             `json:"fits" help:"weights and one request fit into each device"`
	Short      float64          `json:"memory_short_gb" help:"what is missing on each device if they do not, GB"`
	Limit      float64          `json:"sla_ms" help:"limit on the 99th percentile, ms"`
	Attained   float64          `json:"attained" help:"share of the requests that end within the limit" known:"Stable"`
	TTFT       float64          `json:"ttft_ms" help:"time to first token once admitted, ms" known:"Stable"`
	ITL        float64          `json:"itl_ms" help:"inter-token latency of a full replica, ms" known:"Stable"`
	Top        []BatchCandidate `json:"top_candidates" help:"the best, the best first"`
	Stable     bool             `json:"stable" help:"some combination keeps up with the arrivals"`
	Warnings   walls.Warnings   `json:"warnings" help:"remarks"`
	Registry   string           `json:"registry" help:"version and hash of the registry"`
}

// BatchConfig is what was chosen.
type BatchConfig struct {
	Batch    int `json:"max_batch_size" help:"requests that a replica runs together"`
	Replicas int `json:"replicas" help:"replicas"`
	TP       int `json:"tp" help:"tensor-parallel devices of a replica"`
	Chunk    int `json:"prefill_chunk_tokens" help:"prefill tokens of one request per iteration; 0 is the whole prompt"`
}

// BatchCandidate is one of the best combinations.
type BatchCandidate struct {
	Batch       int             `json:"max_batch_size" help:"requests that a replica runs together"`
	Replicas    int             `json:"replicas" help:"replicas"`
	Verdict     serving.Verdict `json:"verdict" help:"whether it meets the limit, or why not"`
	Goodput     float64         `json:"goodput" help:"requests per second that end within the limit"`
	P99         float64         `json:"p99_latency" help:"ms"`
	Utilization float64         `json:"utilization" help:"share of the slots that are busy"`
}

// Records lists the best combinations as rows.
func (a BestBatch) Records() ([][]string, error) { return records(a.Top), nil }

func batchAnswer(r *serving.TuningResult, b serving.Batching, limit units.Seconds) BestBatch {
	ms := func(t units.Seconds) float64 { return t.Ratio(units.Millisecond) }
	a := BestBatch{
		Objective: float64(r.Goodput), Config: BatchConfig{r.Batch, r.Replicas, b.TP, r.Chunk}, Tried: r.Tried, Batch: r.Batch,
		Throughput: float64(r.Goodput) * float64(b.MeanOutput), P99: ms(r.P99), P99Text: r.P99.String(), Headroom: r.Headroom, // dim: tokens of each request
		Feasible: r.Reached, Fits: r.Fits, Short: r.Short.Ratio(units.GB), Limit: ms(limit), Attained: r.Attained, TTFT: ms(r.TTFT), ITL: ms(r.ITL),
		Top: []BatchCandidate{}, Stable: r.Stable, Warnings: r.Warnings, Registry: source.Stamp(),
	}
	for _, c := range r.Top {
		a.Top = append(a.Top, BatchCandidate{c.Batch, c.Replicas, c.Verdict, float64(c.Goodput), ms(c.P99), c.Utilization})
	}
	return a
}

// BestPlace is the answer of optimize placement as programs read it.
type BestPlace struct {
	Objective float64          `json:"objective_value" help:"total cost and price of the emissions, USD" known:"Reached"`
	Config    PlaceConfig      `json:"best_config" help:"the best place" known:"Reached"`
	Tried     int              `json:"total_searched" help:"places tried"`
	Region    string           `json:"best_region" help:"the best place" known:"Reached"`
	TCO       float64          `json:"lowest_tco" help:"total cost of ownership there, USD" known:"Reached"`
	TCOText   string           `json:"lowest_tco_text" help:"the same with its unit" known:"Reached"`
	Carbon    float64          `json:"carbon_footprint" help:"emissions there, t" known:"Reached"`
	PUE       float64          `json:"pue" help:"facility energy per energy of the machines" known:"Reached"`
	Top       []PlaceCandidate `json:"top_candidates" help:"all places, the best first"`
	Reached   bool             `json:"is_feasible" help:"some place is allowed and its cost is known"`
	Saving    float64          `json:"saving_usd" help:"objective there against that of the plan's region, USD" known:"Compared"`
	Avoided   float64          `json:"avoided_carbon" help:"emissions avoided against the plan's region, t" known:"Compared"`
	Compared  bool             `json:"compared" help:"the plan's region counts the same emissions"`
	Scenario  string           `json:"scenario" help:"what stands there"`
	Warnings  walls.Warnings   `json:"warnings" help:"remarks"`
	Registry  string           `json:"registry" help:"version and hash of the registry"`
}

// PlaceConfig is what was chosen.
type PlaceConfig struct {
	Region string `json:"region" help:"electricity grid"`
}

// PlaceCandidate is one place.
type PlaceCandidate struct {
	Region    string      `json:"region" help:"electricity grid"`
	Verdict   cost.Permit `json:"verdict" help:"whether the devices may stand there, or why not"`
	Objective float64     `json:"objective" help:"total cost and price of the emissions, USD" known:"Cost"`
	TCO       float64     `json:"tco" help:"total cost of ownership, USD" known:"Cost"`
	Carbon    float64     `json:"carbon_footprint" help:"emissions, t" known:"Power"`
	Tariff    float64     `json:"usd_per_kwh" help:"electricity price, USD per kWh"`
	PUE       float64     `json:"pue" help:"facility energy per energy of the machines"`
	Cost      bool        `json:"cost_known" help:"price and power of the device are known"`
	Power     bool        `json:"power_known" help:"power of the device is known"`
}

// Records lists the places as rows.
func (a BestPlace) Records() ([][]string, error) { return records(a.Top), nil }

func placeAnswer(r *cost.PlacementResult, scenario string) BestPlace {
	a := BestPlace{
		Objective: r.Objective.Ratio(units.Dollar), Config: PlaceConfig{gridKey(r.Region)}, Tried: r.Tried, Region: gridKey(r.Region), TCO: r.TCO.Ratio(units.Dollar), TCOText: r.TCO.String(),
		Carbon: r.Carbon.Ratio(units.Tonne), PUE: r.PUE, Top: []PlaceCandidate{}, Reached: r.Reached, Scenario: scenario,
		Saving: r.Saving.Ratio(units.Dollar), Avoided: r.Avoided.Ratio(units.Tonne), Compared: r.SavingKnown, Warnings: r.Warnings, Registry: source.Stamp(),
	}
	for i := range r.Places {
		p := &r.Places[i]
		a.Top = append(a.Top, PlaceCandidate{
			Region: gridKey(p.Region), Verdict: p.Permit, Objective: p.Objective.Ratio(units.Dollar), TCO: p.TCO.Ratio(units.Dollar), Carbon: p.Carbon.Ratio(units.Tonne),
			Tariff: p.Tariff.Ratio(units.DollarPerKWh), PUE: p.PUE, Cost: p.CostKnown, Power: p.PowerKnown,
		})
	}
	return a
}

// records turns a list of flat structs into rows: the keys, then one row each;
// what is unknown is empty.
func records[T any](list []T) [][]string {
	fields := describe.Fields(reflect.TypeFor[T]())
	rows := [][]string{make([]string, len(fields))}
	for i, f := range fields {
		rows[0][i] = f.Key
	}
	for k := range list {
		v := reflect.ValueOf(&list[k]).Elem()
		row := make([]string, len(fields))
		for i, f := range fields {
			switch x := v.FieldByIndex(f.Index).Interface().(type) {
			case float64:
				if f.IsKnown(v) {
					row[i] = strconv.FormatFloat(x, 'g', -1, 64)
				}
			default:
				row[i] = describe.Text(x)
			}
		}
		rows = append(rows, row)
	}
	return rows
}
