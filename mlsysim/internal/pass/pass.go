// Package pass holds what every solver that times a forward pass shares: the
// ceilings of a device at either level of accuracy, and the derivation steps of
// weights, cache, arithmetic and traffic.
package pass

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Optimistic is the efficiency from which a result carries a warning.
const Optimistic = 0.6

// A Setup is what decides the ceilings of a pass.
type Setup struct {
	Hardware         *hardware.Device
	Stack            *systems.Stack
	Level            physics.Level
	Precision        physics.Precision
	Efficiency       float64
	MemoryEfficiency float64
}

// Roof returns the ceilings. At the calibrated level the measured shares replace
// the stated ones and the stack adds its overheads; an unnamed stack becomes
// vLLM. The warnings say what the reader should know about them.
func (s Setup) Roof() (physics.Roof, walls.Warnings) {
	roof := s.Hardware.Roof(s.Precision, s.Efficiency, s.MemoryEfficiency)
	if s.Level == physics.Ideal {
		if s.Efficiency > Optimistic {
			return roof, walls.EfficiencyOptimistic
		}
		return roof, 0
	}
	if s.Stack.Name == "" {
		*s.Stack = systems.VLLM
	}
	roof, complete := s.Hardware.Measure(roof, s.Precision)
	if !complete {
		return s.Stack.Load(roof), walls.MeasuredPartly
	}
	return s.Stack.Load(roof), 0
}

// Load describes the work that the steps of one pass derive.
type Load struct {
	Model  *models.Model
	Layout models.Layout
	Batch  int
	New    float64 // tokens per sequence that the pass computes; 0 for a network without tokens
	Cached float64 // tokens already there
	Decode bool
}

// WeightSteps derives the bytes of the weights on one device.
func (l Load) WeightSteps(field string) []walls.Step {
	m := l.Model
	return []walls.Step{{
		Name: "weights on each device", Symbol: "W", Formula: "N * b / t", Field: field,
		Terms: []walls.Term{
			{Symbol: "N", What: "parameters", Value: m.Params},
			{Symbol: "b", What: "bytes per parameter at " + l.Layout.Weights.String(), Value: l.Layout.Weights.Size()},
			{Symbol: "t", What: "tensor-parallel devices", Value: l.Layout.Ranks},
		},
		Value: m.Weights(l.Layout.Weights).Times(1 / float64(l.Layout.Ranks)),
	}}
}

// CacheSteps derives the key-value cache of the batch at a length in tokens.
func (l Load) CacheSteps(tokens float64, symbol, name, field string) []walls.Step {
	m := l.Model
	element := l.Layout.Cache.Size()
	return []walls.Step{{
		Name: name, Symbol: symbol, Formula: "B * s * e * b_kv", Field: field,
		Terms: []walls.Term{
			{Symbol: "B", What: "sequences", Value: l.Batch},
			{Symbol: "s", What: "tokens kept per sequence", Value: m.Attended(tokens)},
			{Symbol: "e", What: "elements per token on each device: " + m.CacheRule(), Value: m.KVElements(l.Layout.Ranks)},
			{Symbol: "b_kv", What: "bytes per element at " + l.Layout.Cache.String(), Value: element},
		},
		Value:  m.KVBytes(tokens, element, l.Layout.Ranks).Times(float64(l.Batch)),
		Source: "Ainslie 2023, GQA",
	}}
}

// WorkSteps derives the arithmetic and the traffic of a pass.
func (l Load) WorkSteps(p *physics.Pass) []walls.Step {
	ranks := walls.Term{Symbol: "t", What: "tensor-parallel devices", Value: l.Layout.Ranks}
	tokens := float64(l.Batch) * max(l.New, 1)
	steps := []walls.Step{{
		Name: "arithmetic outside attention", Symbol: "F_lin", Formula: "T * f / t",
		Terms: []walls.Term{
			{Symbol: "T", What: "tokens or samples in the pass", Value: tokens},
			{Symbol: "f", What: l.Model.LinearRule(), Value: l.Model.LinearOps()},
			ranks,
		},
		Value: p.Linear, Source: "Kaplan 2020, appendix B",
	}}
	if l.New > 0 {
		steps = append(steps, l.attentionStep(p, ranks))
	}
	return append(steps, l.trafficSteps(p, ranks, tokens)...)
}

// attentionStep derives the arithmetic of attention.
func (l Load) attentionStep(p *physics.Pass, ranks walls.Term) walls.Step {
	ops := l.Model.PrefillAttentionOps(l.New, l.Cached)
	what := "per sequence, over the tokens before each one"
	if l.Decode {
		ops, what = l.Model.DecodeAttentionOps(l.Cached), "per sequence, over the tokens in the cache"
	}
	return walls.Step{
		Name: "arithmetic of attention", Symbol: "F_att", Formula: "B * f_att / t",
		Terms: []walls.Term{
			{Symbol: "B", What: "sequences", Value: l.Batch},
			{Symbol: "f_att", What: what, Value: ops},
			ranks,
		},
		Value: p.Attention, Source: "Pope 2023; Dao 2022",
	}
}

// trafficSteps derives the bytes that the pass moves.
func (l Load) trafficSteps(p *physics.Pass, ranks walls.Term, tokens float64) []walls.Step {
	weights := l.Model.TouchedWeights(tokens, l.Layout.Weights)
	rest := p.Traffic - weights.Times(1/float64(l.Layout.Ranks))
	what := "cache read and written by each device"
	if l.New == 0 {
		what = "activations read and written"
	}
	touched := walls.Term{Symbol: "W_t", What: "weights that the pass reads", Value: weights}
	traffic := walls.Step{
		Name: "memory traffic", Symbol: "Q", Formula: "W_t / t + K",
		Terms: []walls.Term{touched, ranks, {Symbol: "K", What: what, Value: rest}},
		Value: p.Traffic, Source: "Williams 2009",
	}
	if l.Model.Experts == 0 {
		return []walls.Step{traffic}
	}
	return []walls.Step{l.expertStep(weights, tokens), traffic}
}

// expertStep derives the weights of the distinct experts that a batch touches.
func (l Load) expertStep(weights units.Bytes, tokens float64) walls.Step {
	expert, shared := l.Model.ExpertParams()
	return walls.Step{
		Name: "weights of the experts touched", Symbol: "W_t",
		Formula: "b * (P_s + p_e * E * (1 - pow(1 - k / E, T)))",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes per parameter", Value: l.Layout.Weights.Size()},
			{Symbol: "P_s", What: "parameters every token uses", Value: shared},
			{Symbol: "p_e", What: "parameters of one expert", Value: expert},
			{Symbol: "E", What: "experts", Value: l.Model.Experts},
			{Symbol: "k", What: "experts per token", Value: l.Model.TopK},
			{Symbol: "T", What: "tokens in the pass", Value: tokens},
		},
		Value: weights, Source: "Shazeer 2017",
	}
}

// TimeSteps derives the compute time, memory time and overhead of a pass; the
// fields name the result fields that hold them, or are empty.
func TimeSteps(r *physics.Roof, p *physics.Pass, layers, sequences int, fields [3]string) []walls.Step {
	return []walls.Step{
		{
			Name: "compute time", Symbol: "T_c", Formula: "F_lin / (P * eta) + F_att / (P * eta_a)", Field: fields[0],
			Terms: []walls.Term{
				{Symbol: "F_lin", What: "arithmetic outside attention", Value: p.Linear},
				{Symbol: "F_att", What: "arithmetic of attention", Value: p.Attention},
				{Symbol: "P", What: "peak rate", Value: r.Peak},
				{Symbol: "eta", What: "share of the peak", Value: r.Matmul},
				{Symbol: "eta_a", What: "share of the peak in attention", Value: r.Attention},
			},
			Value: r.Compute(p), Source: "Williams 2009",
		},
		{
			Name: "memory time", Symbol: "T_m", Formula: "Q / (BW * eta_m)", Field: fields[1],
			Terms: []walls.Term{
				{Symbol: "Q", What: "memory traffic", Value: p.Traffic},
				{Symbol: "BW", What: "bandwidth", Value: r.Bandwidth},
				{Symbol: "eta_m", What: "share of the bandwidth", Value: r.Stream},
			},
			Value: r.Memory(p), Source: "Williams 2009",
		},
		{
			Name: "overhead", Symbol: "O", Formula: "t_start + t_step + L * t_layer + B * t_seq", Field: fields[2],
			Terms: []walls.Term{
				{Symbol: "t_start", What: "dispatch of a pass", Value: r.Start},
				{Symbol: "t_step", What: "host scheduler", Value: r.PerStep},
				{Symbol: "L", What: "layers", Value: layers},
				{Symbol: "t_layer", What: "launches of a layer", Value: r.PerLayer},
				{Symbol: "B", What: "sequences", Value: sequences},
				{Symbol: "t_seq", What: "host time per sequence", Value: r.PerSequence},
			},
			Value: r.Overhead(layers, sequences),
		},
	}
}
