package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step: what stays on the device, one layer,
// then the pipeline.
func (r StreamingResult) Explain() walls.Trace {
	s := &r.in
	t := walls.Trace{Title: s.Model.Name + " streamed through " + s.Hardware.Name, Omitted: streamingOmitted[:]}
	t.Steps = append(r.heldSteps(), r.layerStep())
	if r.RateKnown {
		t.Steps = append(t.Steps, r.pipelineSteps()...)
	}
	return t
}

var streamingOmitted = [...]string{
	"the device's own memory traffic",
	"experts that no token picks: all are streamed",
	"buffers for the layer in flight",
}

// heldSteps derives the memory that the pass needs.
func (r *StreamingResult) heldSteps() []walls.Step {
	s := &r.in
	batch := walls.Term{Symbol: "B", What: "sequences", Value: s.Batch}
	load := pass.Load{Model: &s.Model, Batch: s.Batch, Layout: s.layout()}
	return append(load.CacheSteps(float64(s.Tokens), "C", "cache of the batch", "Cache"), []walls.Step{
		{
			Name: "input and output of a layer", Symbol: "X_a", Formula: "2 * B * n * H * b", Field: "Activations",
			Terms: []walls.Term{
				batch,
				{Symbol: "n", What: "tokens per sequence in the pass", Value: s.perSequence()},
				{Symbol: "H", What: "width of the residual stream", Value: s.Model.Hidden},
				{Symbol: "b", What: "bytes per element at " + s.Precision.String(), Value: s.Precision.Size()},
			},
			Value: r.Activations,
		},
		{
			Name: "memory needed", Symbol: "M", Formula: "C + X_a", Field: "Memory",
			Terms: []walls.Term{{Symbol: "C", What: "cache", Value: r.Cache}, {Symbol: "X_a", What: "activations", Value: r.Activations}},
			Value: r.Memory,
		},
	}...)
}

func (r *StreamingResult) layerStep() walls.Step {
	s := &r.in
	work := s.work(s.Batch)
	return walls.Step{
		Name: "time to compute one layer", Symbol: "T_cmp", Formula: "(F / (P * eta) + A / (P * eta)) / L + O", Field: "LayerCompute",
		Terms: []walls.Term{
			{Symbol: "F", What: "arithmetic of all layers outside attention", Value: work.Linear},
			{Symbol: "A", What: "arithmetic of attention", Value: work.Attention},
			{Symbol: "P", What: "peak rate", Value: r.roof.Peak},
			{Symbol: "eta", What: "share of the peak", Value: r.roof.Matmul},
			{Symbol: "L", What: "layers", Value: s.Model.Layers},
			{Symbol: "O", What: "dispatch and launch of a layer", Value: r.roof.Overhead(1, 0)},
		},
		Value: r.LayerCompute, Source: "Lie 2022",
	}
}

// pipelineSteps derives the pace that injection allows.
func (r *StreamingResult) pipelineSteps() []walls.Step {
	s := &r.in
	layers := walls.Term{Symbol: "L", What: "layers", Value: s.Model.Layers}
	inject := walls.Term{Symbol: "T_inj", What: "injection of one layer", Value: r.LayerInjection}
	compute := walls.Term{Symbol: "T_cmp", What: "time to compute one layer", Value: r.LayerCompute}
	return []walls.Step{
		{
			Name: "time to stream one layer in", Symbol: "T_inj", Formula: "N * b / (L * beta)", Field: "LayerInjection",
			Terms: []walls.Term{
				{Symbol: "N", What: "parameters", Value: s.Model.Params},
				{Symbol: "b", What: "bytes per parameter at " + s.Precision.String(), Value: s.Precision.Size()},
				layers,
				{Symbol: "beta", What: "link that the weights stream over", Value: s.Injection},
			},
			Value: r.LayerInjection, Source: "Lie 2022",
		},
		{
			Name: "first pass", Symbol: "T_first", Formula: "T_inj + (L - 1) * max(T_inj, T_cmp) + T_cmp", Field: "FirstPass",
			Terms: []walls.Term{inject, layers, compute}, Value: r.FirstPass,
		},
		{
			Name: "a pass with the pipeline full", Symbol: "T_pass", Formula: "L * max(T_inj, T_cmp)", Field: "Pass",
			Terms: []walls.Term{layers, inject, compute}, Value: r.Pass,
		},
		{
			Name: "rate", Symbol: "X", Formula: "B * n / T_pass", Field: "TokensPerSecond",
			Terms: []walls.Term{
				{Symbol: "B", What: "sequences", Value: s.Batch},
				{Symbol: "n", What: "tokens per sequence in the pass", Value: units.Tokens(s.perSequence())},
				{Symbol: "T_pass", What: "a pass with the pipeline full", Value: r.Pass},
			},
			Value: r.TokensPerSecond,
		},
	}
}

// View describes the result.
func (r StreamingResult) View() show.View {
	return view(r, r.in.Model.Name+" streamed through "+r.in.Hardware.Name,
		fmt.Sprintf("%s, batch %d, %s, binds: %s", r.in.Phase, r.in.Batch, r.Precision, r.Binding), r.Fits, r.Warnings)
}
