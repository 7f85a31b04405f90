package storage

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var ingestionOmitted = [...]string{
	"bursts and latency of single reads, which prefetching hides",
	"stages whose rate is unknown: they are taken as fast enough",
}

// Explain derives the result step by step: stage by stage, then the verdict.
func (r IngestionResult) Explain() walls.Trace {
	i := &r.in
	t := walls.Trace{Title: r.title(), Omitted: ingestionOmitted[:]}
	t.Steps = append(t.Steps, walls.Step{
		Name: "demand of the node", Symbol: "D", Formula: "g * d", Field: "Demand",
		Terms: []walls.Term{{Symbol: "g", What: "accelerators", Value: i.Accelerators}, {Symbol: "d", What: "demand of one", Value: i.Demand}},
		Value: r.Demand,
	})
	slowest, terms := "", []walls.Term(nil)
	for _, s := range r.chain() {
		t.Steps = append(t.Steps, s)
		term := walls.Term{Symbol: s.Symbol, What: s.Name, Value: s.Value}
		if terms = append(terms, term); slowest == "" {
			slowest = s.Symbol
			continue
		}
		slowest = "min(" + slowest + ", " + s.Symbol + ")"
	}
	if r.Known {
		t.Steps = append(t.Steps, r.supplySteps(slowest, terms)...)
	}
	return t
}

func (r *IngestionResult) title() string {
	return fmt.Sprintf("supply of a node with %d accelerators", r.in.Accelerators)
}

// chain lists the stages that are known.
func (r *IngestionResult) chain() []walls.Step {
	i := &r.in
	hit := walls.Term{Symbol: "h", What: "share answered by the cache", Value: i.HitRatio}
	var out []walls.Step
	add := func(known bool, name, symbol, formula, field string, value units.ByteRate, terms ...walls.Term) {
		if known {
			out = append(out, walls.Step{Name: name, Symbol: symbol, Formula: formula, Field: field, Terms: terms, Value: value, Source: "Mohan 2021"})
		}
	}
	add(r.StorageKnown, "what the disks allow", "S_d", "B_d / (1 - h)", "FromStorage", r.FromStorage, walls.Term{Symbol: "B_d", What: "disks", Value: i.Storage}, hit)
	add(r.NetworkKnown, "what the network allows", "S_n", "B_n / (1 - h)", "FromNetwork", r.FromNetwork, walls.Term{Symbol: "B_n", What: "network", Value: i.Network}, hit)
	add(r.CacheKnown, "what the cache allows", "S_c", "B_c / h", "FromCache", r.FromCache, walls.Term{Symbol: "B_c", What: "memory cache", Value: i.Cache}, hit)
	add(r.DecodeKnown, "what decoding allows", "S_p", "B_p", "FromDecode", r.FromDecode, walls.Term{Symbol: "B_p", What: "host processors", Value: i.Decode})
	add(r.HostLinkKnown, "what the host links allow", "S_l", "g * B_l / x", "FromHostLink", r.FromHostLink,
		walls.Term{Symbol: "g", What: "accelerators", Value: i.Accelerators},
		walls.Term{Symbol: "B_l", What: "host link of one", Value: i.HostLink},
		walls.Term{Symbol: "x", What: "decoded bytes per stored byte", Value: i.Expansion})
	return out
}

// supplySteps takes the slowest stage and compares it with the demand.
func (r *IngestionResult) supplySteps(slowest string, stages []walls.Term) []walls.Step {
	pair := []walls.Term{{Symbol: "D", What: "demand", Value: r.Demand}, {Symbol: "S", What: "supply", Value: r.Supply}}
	return []walls.Step{
		{Name: "supply, the slowest stage", Symbol: "S", Formula: slowest, Field: "Supply", Terms: stages, Value: r.Supply},
		{Name: "demand per supply", Symbol: "rho", Formula: "D / S", Field: "Utilization", Terms: pair, Value: r.Utilization},
		{Name: "margin", Symbol: "M", Formula: "S - D", Field: "Margin", Terms: pair, Value: r.Margin},
	}
}

// View describes the result: fails if the accelerators wait.
func (r IngestionResult) View() show.View {
	v := show.View{Title: r.title(), Subtitle: "slowest stage: " + r.Binding.String(), Status: show.Pass, Data: r}
	switch {
	case !r.Known:
		v.Status = show.Unknown
	case r.Stalled:
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}

var transformationOmitted = [...]string{
	"reading the data from disk",
	"variation between samples and steps",
}

// Explain derives the result step by step.
func (r TransformationResult) Explain() walls.Trace {
	t := &r.in
	times := []walls.Term{{Symbol: "T", What: "time to prepare a batch", Value: r.Time}, {Symbol: "t", What: "time of the accelerator", Value: t.Step}}
	out := walls.Trace{Title: r.title(), Omitted: transformationOmitted[:], Steps: []walls.Step{
		{
			Name: "time to prepare a batch", Symbol: "T", Formula: "B * S / C", Field: "Time",
			Terms: []walls.Term{
				{Symbol: "B", What: "samples per step", Value: t.Batch},
				{Symbol: "S", What: "size of a sample", Value: t.Sample},
				{Symbol: "C", What: "rate of the host", Value: t.Rate},
			},
			Value: r.Time, Source: "Murray 2021",
		},
		{Name: "time of a step", Symbol: "T_s", Formula: "max(T, t)", Field: "StepTime", Terms: times, Value: r.StepTime},
	}}
	if r.Known {
		out.Steps = append(out.Steps,
			walls.Step{Name: "share of the time that the accelerator works", Symbol: "u", Formula: "t / max(T, t)", Field: "Utilization", Terms: times, Value: r.Utilization},
			walls.Step{Name: "slowdown", Symbol: "s", Formula: "max(T, t) / t", Field: "Slowdown", Terms: times, Value: r.Slowdown})
	}
	return out
}

func (r *TransformationResult) title() string {
	return fmt.Sprintf("%d samples of %s prepared at %s", r.in.Batch, r.in.Sample, r.in.Rate)
}

// View describes the result: fails if the accelerator waits.
func (r TransformationResult) View() show.View {
	v := show.View{Title: r.title(), Subtitle: "binds: " + r.Binding.String(), Status: show.Pass, Data: r}
	if r.Bottleneck {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
