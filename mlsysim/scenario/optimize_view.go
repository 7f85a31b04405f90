package scenario

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// mostPlaces is how many places a view lists; files have them all.
const mostPlaces = 12

// splitView keeps what the solver's view says of runners-up and rejections, and
// puts the winner in front.
func splitView(r *parallel.PlanResult, a BestSplit) show.View {
	v := r.View()
	rows := []show.Row{
		{Label: "split", Value: a.Config.String(), Help: "devices of each kind of parallelism, and what is sharded and computed again"},
		{Label: "step", Value: a.StepText, Help: "time of a training step"},
		{Label: "throughput", Value: a.ThroughputText, Help: "sequences or samples per second, whole cluster"},
		{Label: "MFU", Value: show.Percent(a.MFU), Help: "model FLOP utilisation: share of the peak used"},
		{Label: "memory", Value: r.Memory.String(), Note: fmt.Sprintf("of %s, %s", r.Capacity, show.Percent(r.Memory.Ratio(r.Capacity))), Help: "what each device holds"},
	}
	if !r.Fits {
		rows[0].Label = "lacks least"
		rows = append(rows, show.Row{Label: "missing", Value: r.Short.String(), Help: "memory that is missing on each device"})
	}
	v.Data = a
	v.Blocks[0] = show.Block{Rows: rows[1:], Notes: r.Warnings.Texts()}
	v.Blocks = slices.Insert(v.Blocks, 0, show.Block{Rows: rows[:1]}) // long: the notes below stand near their values
	for i := range v.Blocks {
		if v.Blocks[i].Heading == "Best candidates" {
			v.Blocks[i].Table = splitTable(a.Top)
		}
	}
	return v
}

// String lists the parts of the split that are not trivial.
func (c SplitConfig) String() string {
	text := fmt.Sprintf("tp %d · pp %d · dp %d", c.TP, c.PP, c.DP)
	for _, p := range [...]struct {
		name    string
		n, from int
	}{{"cp", c.CP, 2}, {"ep", c.EP, 2}, {"microbatches", c.Microbatches, 2}, {"parts", c.Parts, 2}, {"ZeRO", c.ZeRO, 1}} {
		if p.n >= p.from {
			text += fmt.Sprintf(" · %s %d", p.name, p.n)
		}
	}
	return text + " · recompute " + c.Recompute.String()
}

func splitTable(top []SplitCandidate) *show.Table {
	t := &show.Table{}
	for _, c := range [...]show.Column{
		{Name: "tp", Help: "tensor-parallel devices"},
		{Name: "pp", Help: "pipeline stages"},
		{Name: "cp", Help: "devices that a sequence is cut over"},
		{Name: "ep", Help: "devices that the experts are spread over"},
		{Name: "dp", Help: "data-parallel replicas"},
		{Name: "micro", Help: "microbatches of a step"},
		{Name: "parts", Help: "interleaved parts of each stage"},
		{Name: "ZeRO", Help: "what is sharded over replicas"},
		{Name: "recompute"},
		{Name: "step", Better: "lower"},
		{Name: "MFU", Better: "higher"},
		{Name: "memory", Help: "what each device holds", Better: "lower"},
	} {
		c.Right = c.Name != "recompute"
		t.Columns = append(t.Columns, c)
	}
	for _, c := range top {
		t.Cells = append(t.Cells, []string{
			strconv.Itoa(c.TP), strconv.Itoa(c.PP), strconv.Itoa(c.CP), strconv.Itoa(c.EP), strconv.Itoa(c.DP), strconv.Itoa(c.Microbatches),
			strconv.Itoa(c.Parts), strconv.Itoa(c.ZeRO), c.Recompute.String(), c.StepText, show.Percent(c.MFU), units.GB.Times(c.Memory).String(),
		})
	}
	return t
}

// batchView keeps what the solver's view says of the candidates.
func batchView(r *serving.TuningResult, a BestBatch, replica string) show.View {
	v := r.View()
	v.Data = a
	rows := []show.Row{{Label: "replicas", Value: replica}}
	switch {
	case !r.Fits:
		rows = append(rows, show.Row{Label: "missing", Value: r.Short.String(), Help: "what one request lacks on each device"})
	case r.Stable:
		rows = append(rows,
			show.Row{Label: "batch", Value: strconv.Itoa(r.Batch), Help: "requests that a replica runs together"},
			show.Row{Label: "P99", Value: r.P99.String(), Note: fmt.Sprintf("leaves %s of the limit", show.Percent(r.Headroom)), Help: "time of a request that 1 % exceed, waiting included"},
			show.Row{Label: "goodput", Value: r.Goodput.String(), Note: show.Percent(r.Attained) + " of the arrivals", Help: "requests that end within the limit"},
			show.Row{Label: "TTFT", Value: r.TTFT.String(), Help: "time to first token once admitted"},
			show.Row{Label: "ITL", Value: r.ITL.String(), Help: "inter-token latency of a full replica"},
			show.Row{Label: "slots busy", Value: show.Percent(r.Utilization)},
		)
		if r.Headroom < 0 {
			rows[2].Note = fmt.Sprintf("%s above the limit", show.Percent(-r.Headroom))
		}
	}
	rows = append(rows, show.Row{Label: "binds", Value: r.Binding.String(), Help: "the resource to buy more of"})
	v.Blocks[0].Bars, v.Blocks[0].Rows = nil, rows
	return v
}

// placeView lists the best places and counts why others are out.
func placeView(r *cost.PlacementResult, a BestPlace) show.View {
	v := r.View()
	v.Data = a
	v.Blocks = nil
	if r.Reached {
		rows := []show.Row{
			{Label: "region", Value: a.Region, Note: fmt.Sprintf("%s, PUE %s", r.Tariff, units.Number(r.PUE))},
			{Label: "objective", Value: r.Objective.String(), Note: "cost and price of the emissions"},
			{Label: "cost", Value: r.TCO.String(), Note: "electricity " + r.EnergyCost.String(), Help: "total cost of ownership"},
			{Label: "carbon", Value: r.Carbon.String(), Note: "costs " + r.CarbonCost.String()},
		}
		if r.SavingKnown {
			rows = append(rows, show.Row{Label: "saves", Value: r.Saving.String(), Note: "and " + r.Avoided.String() + " against the region of the plan"})
		}
		v.Blocks = append(v.Blocks, show.Block{Rows: rows})
	}
	v.Blocks = append(v.Blocks, placeTable(r, a))
	reasons := show.Block{Heading: "Why others are out"}
	for _, p := range [...]struct {
		why cost.Permit
		n   int
	}{{cost.CostUnknown, r.CostUnknown}, {cost.OtherBasis, r.OtherBasis}, {cost.TripUnknown, r.TripUnknown}, {cost.TooFar, r.TooFar}, {cost.TooMuchCarbon, r.TooMuchCarbon}} {
		if p.n > 0 {
			reasons.Rows = append(reasons.Rows, show.Row{Label: p.why.String(), Value: fmt.Sprintf("%d of %d places", p.n, r.Tried)})
		}
	}
	if len(reasons.Rows) > 0 {
		v.Blocks = append(v.Blocks, reasons)
	}
	if texts := r.Warnings.Texts(); len(texts) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Remarks", Notes: texts})
	}
	return v
}

func placeTable(r *cost.PlacementResult, a BestPlace) show.Block {
	t := &show.Table{Columns: []show.Column{
		{Name: "region"},
		{Name: "objective", Right: true, Better: "lower"},
		{Name: "cost", Right: true, Better: "lower"},
		{Name: "carbon", Right: true, Better: "lower"},
		{Name: "tariff", Unit: "USD/kWh", Right: true},
		{Name: "PUE", Right: true},
		{Name: "verdict"},
	}}
	b := show.Block{Heading: "Places", Table: t}
	for i, p := range r.Places {
		if i == mostPlaces {
			b.Notes = append(b.Notes, fmt.Sprintf("%d more places: json and csv list them all", len(r.Places)-i))
			break
		}
		text := func(known bool, v fmt.Stringer) string {
			if !known {
				return "–"
			}
			return v.String()
		}
		tariff := units.Number(a.Top[i].Tariff)
		if !p.TariffKnown {
			tariff = "~ " + tariff
		}
		t.Cells = append(t.Cells, []string{
			a.Top[i].Region, text(p.CostKnown, p.Objective), text(p.CostKnown, p.TCO), text(p.PowerKnown, p.Carbon), tariff, units.Number(p.PUE), p.Permit.String(),
		})
		t.Muted = append(t.Muted, p.Permit != cost.Allowed)
	}
	b.Notes = append(b.Notes, "~ the registry has no electricity price of the region: a usual one stands in")
	return b
}

// gridKey is the registry's key of a grid, which plans and flags accept.
func gridKey(name string) string {
	for _, e := range infra.Grids() {
		if e.Value.Name == name {
			return e.Key
		}
	}
	return name
}
