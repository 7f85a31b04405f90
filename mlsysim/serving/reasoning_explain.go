package serving

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step: the prefill, the tokens stretch by
// stretch, the memory at the end, and the energy.
func (r ReasoningResult) Explain() walls.Trace {
	s := &r.prefill.in
	t := walls.Trace{Title: s.Model.Name + " reasoning on " + s.Hardware.Name, Omitted: reasoningOmitted[:]}
	work := s.Model.PrefillPass(1, float64(s.Prompt), 0, s.layout())
	t.Steps = []walls.Step{
		passStep("TTFT", "prefill of the question", "TTFT", "Pope 2023", &r.prefill.roof, &work, s.prefillCommunication(s.Prompt), s.prefillOverhead(&r.prefill.roof)),
	}
	t.Steps = append(t.Steps, r.tokenSteps()...)
	t.Steps = append(t.Steps, r.reasoningMemorySteps()...)
	t.Steps = append(t.Steps, r.energySteps()...)
	return t
}

var reasoningOmitted = [...]string{
	"verifiers, pruned branches, and the quality that thinking buys",
	"one read of the shared question for all samples",
	"host, network and cooling power",
}

// tokenSteps derives the time of the tokens as arithmetic series.
func (r *ReasoningResult) tokenSteps() []walls.Step {
	sum := walls.Step{Name: "time of all reasoning tokens", Symbol: "T_gen", Formula: "0", Field: "Generation", Value: r.Generation, Source: "Snell 2024"}
	var steps []walls.Step
	var symbols []string
	for i := range r.nStretches {
		part := &r.stretches[i]
		symbol := fmt.Sprintf("T_%d", i+1)
		steps = append(steps, walls.Step{
			Name: fmt.Sprintf("tokens %d to %d", part.from+1, part.from+part.n), Symbol: symbol, Formula: "n * (t_first + t_last) / 2",
			Terms: []walls.Term{
				{Symbol: "n", What: "tokens over which the latency grows evenly", Value: part.n},
				{Symbol: "t_first", What: "latency of the first of them", Value: part.first},
				{Symbol: "t_last", What: "latency of the last of them", Value: part.last},
			},
			Value: part.time(),
		})
		symbols = append(symbols, symbol)
		sum.Terms = append(sum.Terms, walls.Term{Symbol: symbol, What: "stretch of tokens", Value: part.time()})
	}
	if len(symbols) > 0 {
		sum.Formula = strings.Join(symbols, " + ")
	}
	return append(steps, sum, walls.Step{
		Name: "time until the last token", Symbol: "T", Formula: "TTFT + T_gen", Field: "Time",
		Terms: []walls.Term{
			{Symbol: "TTFT", What: "prefill of the question", Value: r.TTFT},
			{Symbol: "T_gen", What: "time of all reasoning tokens", Value: r.Generation},
		},
		Value: r.Time,
	})
}

// reasoningMemorySteps derives the memory when the last token is done.
func (r *ReasoningResult) reasoningMemorySteps() []walls.Step {
	s := &r.prefill.in
	cache := walls.Step{
		Name: "cache at the end", Symbol: "C", Formula: "(s_q + N_s * s_t) * e * b_kv", Field: "Cache",
		Terms: []walls.Term{
			{Symbol: "s_q", What: "tokens kept of the question", Value: s.Model.Attended(float64(s.Prompt))},
			{Symbol: "N_s", What: "samples", Value: r.in.Samples},
			{Symbol: "s_t", What: "tokens kept of each sample", Value: s.Model.Attended(float64(r.in.tokens()))},
			{Symbol: "e", What: "elements per token on each device: " + s.Model.CacheRule(), Value: s.Model.KVElements(s.TP)},
			{Symbol: "b_kv", What: "bytes per element at " + s.KVPrecision.String(), Value: s.KVPrecision.Size()},
		},
		Value: r.Cache,
	}
	if state := s.Model.StateElements(s.TP); state > 0 {
		cache.Formula = "((s_q + N_s * s_t) * e + (1 + N_s) * n_s) * b_kv"
		cache.Terms = append(cache.Terms, walls.Term{Symbol: "n_s", What: "elements of state, after the question and of each sample", Value: state})
	}
	return []walls.Step{
		weightStep("W", "weights on each device", "Weights", s.Model.Params, s.Precision, s.TP, r.Weights),
		cache,
		{
			Name: "memory needed on each device", Symbol: "M", Formula: "W + C", Field: "Memory",
			Terms: []walls.Term{{Symbol: "W", What: "weights", Value: r.Weights}, {Symbol: "C", What: "cache", Value: r.Cache}},
			Value: r.Memory,
		},
	}
}

// energySteps derives the energy from the power curve.
func (r *ReasoningResult) energySteps() []walls.Step {
	h := &r.in.Hardware
	use := walls.Step{
		Name: "share of the peak used", Symbol: "u", Formula: "F_all / (T * P)", Field: "MFU",
		Terms: []walls.Term{
			{Symbol: "F_all", What: "operations on each device", Value: r.Work},
			{Symbol: "T", What: "time until the last token", Value: r.Time},
			{Symbol: "P", What: "peak rate", Value: r.prefill.roof.Peak},
		},
		Value: r.MFU,
	}
	if !r.PowerKnown {
		return []walls.Step{use}
	}
	return []walls.Step{use, {
		Name: "energy of the question", Symbol: "E", Formula: "(W_idle + (TDP - W_idle) * u) * t * T", Field: "Energy",
		Terms: []walls.Term{
			{Symbol: "W_idle", What: "power when idle", Value: h.Idle},
			{Symbol: "TDP", What: "thermal design power", Value: h.TDP},
			{Symbol: "u", What: "share of the peak used", Value: r.MFU},
			{Symbol: "t", What: "tensor-parallel devices", Value: r.in.TP},
			{Symbol: "T", What: "time until the last token", Value: r.Time},
		},
		Value: r.Energy, Source: "Barroso, Hölzle 2007",
	}}
}

// View describes the result.
func (r ReasoningResult) View() show.View {
	return view(r, r.in.Model.Name+" reasoning on "+r.in.Hardware.Name,
		fmt.Sprintf("%d steps of %d tokens, %d samples, %s, binds: %s", r.in.Steps, r.in.TokensPerStep, r.in.Samples, r.Precision, r.Binding), r.Fits, r.Warnings)
}
