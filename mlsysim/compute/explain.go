package compute

import (
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step from the input.
func (r Result) Explain() walls.Trace {
	s := &r.in
	t := walls.Trace{Title: s.Model.Name + " on " + s.Hardware.Name + ", " + s.Phase.String(), Omitted: omitted[:]}
	if s.Phase == Train {
		split := s.split()
		trained := pass.State{Model: &s.Model, Split: &split, Held: r.held(), Sum: "Footprint"}
		t.Steps = append(trained.Steps(), trained.WorkSteps(&r.work)...)
		t.Steps = append(t.Steps, r.timeSteps()...)
		return t
	}
	load := pass.Load{
		Model: &s.Model, Batch: s.Batch, Cached: float64(s.Context), Decode: s.Phase == Decode,
		Layout: models.Layout{Weights: s.Precision, Cache: s.KVPrecision, Ranks: 1},
	}
	held := float64(s.Context)
	switch s.Phase {
	case Decode:
		load.New = 1
	case Prefill:
		load.New = float64(s.Prompt)
		held += load.New
	}
	t.Steps = load.WeightSteps("Weights")
	if s.Model.Generates() {
		t.Steps = append(t.Steps, load.CacheSteps(held, "C", "cache of the batch", "Cache")...)
	}
	t.Steps = append(t.Steps, r.footprintStep())
	t.Steps = append(t.Steps, load.WorkSteps(&r.work)...)
	t.Steps = append(t.Steps, r.timeSteps()...)
	return t
}

var omitted = [...]string{
	"queueing and the time of other requests",
	"activation traffic of transformers, which mostly stays on the chip",
	"temperature and power limits that lower the clock",
	"in training: data loading, the exchange between devices and the optimizer's arithmetic",
}

func (r *Result) footprintStep() walls.Step {
	return walls.Step{
		Name: "memory needed", Symbol: "M", Formula: "W + C", Field: "Footprint",
		Terms: []walls.Term{
			{Symbol: "W", What: "weights", Value: r.Weights},
			{Symbol: "C", What: "cache", Value: r.Cache},
		},
		Value: r.Footprint,
	}
}

// timeSteps derives the latency and what follows from it.
func (r *Result) timeSteps() []walls.Step {
	s := &r.in
	fields := [3]string{"Compute", "Memory", "Overhead"}
	spilled := r.Short > 0 && s.Hardware.HostLink > 0
	if spilled {
		fields[1] = ""
	}
	steps := pass.TimeSteps(&r.roof, &r.work, s.launches(), s.Batch, fields)
	if spilled {
		steps[1] = r.spillStep()
	}
	steps = append(steps,
		walls.Step{
			Name: "latency", Symbol: "T", Formula: "max(T_c, T_m) + O", Field: "Latency",
			Terms: []walls.Term{
				{Symbol: "T_c", What: "compute time", Value: r.Compute},
				{Symbol: "T_m", What: "memory time", Value: r.Memory},
				{Symbol: "O", What: "overhead", Value: r.Overhead},
			},
			Value: r.Latency, Source: "Williams 2009",
		},
		walls.Step{
			Name: "throughput", Symbol: "X", Formula: "B / T", Field: "Throughput",
			Terms: []walls.Term{{Symbol: "B", What: "samples per pass", Value: s.Batch}, {Symbol: "T", What: "latency", Value: r.Latency}},
			Value: r.Throughput,
		},
		r.utilisationStep("hardware FLOP utilisation", "HFU", "F", "all arithmetic", r.Work, r.HFU),
		r.utilisationStep("model FLOP utilisation", "MFU", "F_m", "arithmetic without what is computed again", s.useful(r), r.MFU))
	if r.PowerKnown {
		steps = append(steps, r.energyStep())
	}
	return steps
}

// utilisationStep derives the share of the peak that some arithmetic used.
func (r *Result) utilisationStep(name, symbol, work, what string, ops units.FLOP, value float64) walls.Step {
	return walls.Step{
		Name: name, Symbol: symbol, Formula: work + " / (T * P)", Field: symbol,
		Terms: []walls.Term{
			{Symbol: work, What: what, Value: ops},
			{Symbol: "T", What: "latency", Value: r.Latency},
			{Symbol: "P", What: "peak rate", Value: r.roof.Peak},
		},
		Value: value, Source: "Chowdhery 2022, appendix B",
	}
}

// spillStep replaces the memory time of a network that does not fit.
func (r *Result) spillStep() walls.Step {
	return walls.Step{
		Name: "memory time with what does not fit behind the host link", Symbol: "T_m",
		Formula: "max(D / H, Q / (BW * eta_m))", Field: "Memory",
		Terms: []walls.Term{
			{Symbol: "D", What: "what crosses the link", Value: r.in.crossing(r)},
			{Symbol: "H", What: "host link", Value: r.in.Hardware.HostLink},
			{Symbol: "Q", What: "memory traffic", Value: r.Traffic},
			{Symbol: "BW", What: "bandwidth", Value: r.roof.Bandwidth},
			{Symbol: "eta_m", What: "share of the bandwidth", Value: r.roof.Stream},
		},
		Value: r.Memory, Source: "Sheng 2023, FlexGen",
	}
}

func (r *Result) energyStep() walls.Step {
	return walls.Step{
		Name: "energy", Symbol: "E", Formula: "(P_idle + (TDP - P_idle) * HFU) * T", Field: "Energy",
		Terms: []walls.Term{
			{Symbol: "P_idle", What: "power when idle", Value: r.in.Hardware.Idle},
			{Symbol: "TDP", What: "thermal design power", Value: r.in.Hardware.TDP},
			{Symbol: "HFU", What: "utilisation", Value: r.HFU},
			{Symbol: "T", What: "latency", Value: r.Latency},
		},
		Value: r.Energy, Source: "Barroso, Hölzle 2007",
	}
}

// View describes the result: the numbers that decide, then every field.
func (r Result) View() show.View {
	v := show.View{
		Title:    r.in.Model.Name + " on " + r.in.Hardware.Name,
		Subtitle: r.Phase.String() + ", " + r.Precision.String() + ", " + r.in.Level.String() + ", binds: " + r.Binding.String(),
		Status:   show.Pass, Data: r,
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
