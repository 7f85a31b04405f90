package serving

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// weightStep derives the weights on one device.
func weightStep(symbol, what, field string, params units.Params, p physics.Precision, ranks int, value units.Bytes) walls.Step {
	return walls.Step{
		Name: what, Symbol: symbol, Formula: "N * b / t", Field: field,
		Terms: []walls.Term{
			{Symbol: "N", What: "parameters", Value: params},
			{Symbol: "b", What: "bytes per parameter at " + p.String(), Value: p.Size()},
			{Symbol: "t", What: "tensor-parallel devices", Value: ranks},
		},
		Value: value,
	}
}

// passStep derives the time of one pass from its work and the device's ceilings.
func passStep(symbol, what, field, source string, roof *physics.Roof, work *physics.Pass, network, overhead units.Seconds) walls.Step {
	return walls.Step{
		Name: what, Symbol: symbol, Field: field,
		Formula: "max(F / (P * eta) + A / (P * eta_a), Q / (BW * eta_m)) + T_n + O",
		Terms: []walls.Term{
			{Symbol: "F", What: "arithmetic outside attention", Value: work.Linear},
			{Symbol: "A", What: "arithmetic of attention", Value: work.Attention},
			{Symbol: "P", What: "peak rate", Value: roof.Peak},
			{Symbol: "eta", What: "share of the peak", Value: roof.Matmul},
			{Symbol: "eta_a", What: "share of the peak in attention", Value: roof.Attention},
			{Symbol: "Q", What: "weights and cache read", Value: work.Traffic},
			{Symbol: "BW", What: "bandwidth", Value: roof.Bandwidth},
			{Symbol: "eta_m", What: "share of the bandwidth", Value: roof.Stream},
			{Symbol: "T_n", What: "all-reduces between devices", Value: network},
			{Symbol: "O", What: "launches and host work", Value: overhead},
		},
		Value: max(roof.Compute(work), roof.Memory(work)) + network + overhead, Source: source,
	}
}

// Explain derives the result step by step: the requests that the cache holds,
// then one iteration.
func (r BatchingResult) Explain() walls.Trace {
	s := &r.in
	t := walls.Trace{Title: s.Model.Name + " batched on " + s.Hardware.Name, Omitted: batchingOmitted[:]}
	t.Steps = append(r.roomSteps(), r.pageSteps()...)
	if !r.RateKnown {
		return t
	}
	work := s.iteration(r.Active, s.perSlot()*float64(r.Active))
	step := passStep("ITL", "one iteration: every request a token, and prompts of their successors", "ITL", "Yu 2022; Agrawal 2024",
		&r.roof, &work, r.Communication, r.Overhead)
	t.Steps = append(t.Steps, step, rateStep("X", "output rate with pages", "TokensPerSecond", r.Active, r.ITL, r.TokensPerSecond))
	if r.StaticKnown {
		t.Steps = append(t.Steps, r.staticSteps()...)
	}
	if r.TTFTKnown {
		t.Steps = append(t.Steps, r.firstTokenSteps()...)
	}
	return t
}

var batchingOmitted = [...]string{
	"queueing before a request is admitted, and preemption",
	"shared prefixes, and cache reads of chunks after the first",
	"lengths that are not exponential",
}

// roomSteps derives the memory for the cache.
func (r *BatchingResult) roomSteps() []walls.Step {
	s := &r.in
	return []walls.Step{
		weightStep("W", "weights on each device", "Weights", s.Model.Params, s.Precision, s.TP, r.Weights),
		{
			Name: "room for the cache", Symbol: "R", Formula: "max(0, M - W)", Field: "Room",
			Terms: []walls.Term{{Symbol: "M", What: "memory", Value: s.Hardware.Writable()}, {Symbol: "W", What: "weights", Value: r.Weights}},
			Value: r.Room,
		},
		{
			Name: "cache of one token", Symbol: "k", Formula: "e * b_kv",
			Terms: []walls.Term{
				{Symbol: "e", What: "elements per token on each device: " + s.Model.CacheRule(), Value: s.Model.KVElements(s.TP)},
				{Symbol: "b_kv", What: "bytes per element at " + s.KVPrecision.String(), Value: s.KVPrecision.Size()},
			},
			Value: s.token(), Source: "Ainslie 2023, GQA",
		},
	}
}

// pageSteps derives what a request takes in pages and how many are admitted.
func (r *BatchingResult) pageSteps() []walls.Step {
	s := &r.in
	longest := s.kept(units.Tokens(s.Longest))
	mean := s.kept(s.Mean)
	decay := physics.LengthDecay(mean, longest)
	length := walls.Term{Symbol: "S", What: "longest request", Value: longest}
	page := walls.Term{Symbol: "p", What: "tokens in a page", Value: s.Page}
	room := walls.Step{
		Name: "tokens its pages have room for", Symbol: "a_p", Formula: "p * ceil(S / p)", Field: "Allocated",
		Terms: []walls.Term{page, length}, Value: r.Allocated, Source: "Kwon 2023, PagedAttention",
	}
	if decay == 0 {
		return []walls.Step{room, r.admitStep(page)}
	}
	perPage := decay * float64(s.Page) / float64(longest)
	held := walls.Step{
		Name: "mean tokens a request holds, from the decay of its length", Symbol: "m", Formula: "S * g / d",
		Terms: []walls.Term{
			length,
			{Symbol: "d", What: "longest request over the scale of the lengths", Value: decay},
			{Symbol: "g", What: "share of requests that end before: 1 − exp(−d)", Value: -math.Expm1(-decay)},
		},
		Value: longest.Times(physics.LengthShare(decay)), Source: "Kwon 2023, PagedAttention",
	}
	room.Formula = "p * g_K / g_1"
	room.Terms = []walls.Term{
		page,
		{Symbol: "g_K", What: "share of requests that end within all pages: 1 − exp(−d·p/S·⌈S/p⌉)", Value: -math.Expm1(-perPage * math.Ceil(float64(longest)/float64(s.Page)))},
		{Symbol: "g_1", What: "share of requests that end within one page: 1 − exp(−d·p/S)", Value: -math.Expm1(-perPage)},
	}
	return []walls.Step{held, room, r.admitStep(page)}
}

// admitStep derives the requests that run together.
func (r *BatchingResult) admitStep(page walls.Term) walls.Step {
	return walls.Step{
		Name: "requests that run together", Symbol: "n", Formula: "min(floor(floor(R / k / p) * p / a_p + epsilon), B)", Field: "Active",
		Terms: []walls.Term{
			{Symbol: "R", What: "room for the cache", Value: r.Room},
			{Symbol: "k", What: "cache of one token", Value: r.in.token()},
			page,
			{Symbol: "a_p", What: "tokens its pages have room for", Value: r.Allocated},
			{Symbol: "epsilon", What: "slack for rounding", Value: admissionSlack},
			{Symbol: "B", What: "most requests allowed", Value: r.in.Batch},
		},
		Value: r.Active,
	}
}

// rateStep derives a rate from requests and a latency.
func rateStep(symbol, what, field string, requests int, itl units.Seconds, value units.TokenRate) walls.Step {
	return walls.Step{
		Name: what, Symbol: symbol, Formula: "N_r / T_i", Field: field,
		Terms: []walls.Term{
			{Symbol: "N_r", What: "requests that run together", Value: requests},
			{Symbol: "T_i", What: "inter-token latency", Value: itl},
		},
		Value: value,
	}
}

// staticSteps derives the rate with slots of the full length.
func (r *BatchingResult) staticSteps() []walls.Step {
	s := &r.in
	prompt := s.perSlot() * float64(r.StaticActive)
	work := s.iteration(r.StaticActive, prompt)
	overhead := r.roof.Overhead(s.Model.Layers, r.StaticActive)
	return []walls.Step{
		passStep("ITL_s", "one iteration with slots of the full length", "StaticITL", "Yu 2022", &r.roof, &work, s.network(r.StaticActive, prompt), overhead),
		rateStep("X_s", "output rate with slots", "StaticTokensPerSecond", r.StaticActive, r.StaticITL, r.StaticTokensPerSecond),
		{
			Name: "gain of pages", Symbol: "G", Formula: "X / X_s", Field: "Speedup",
			Terms: []walls.Term{
				{Symbol: "X", What: "output rate with pages", Value: r.TokensPerSecond},
				{Symbol: "X_s", What: "output rate with slots", Value: r.StaticTokensPerSecond},
			},
			Value: r.Speedup,
		},
	}
}

// firstTokenSteps derives the time to first token of an admitted request.
func (r *BatchingResult) firstTokenSteps() []walls.Step {
	s := &r.in
	tokens, passes := s.chunk()
	prompt := max(tokens, s.perSlot()*float64(r.Active))
	work := s.iteration(r.Active, prompt)
	return []walls.Step{
		passStep("T_chunk", "iteration that carries a chunk of the prompt", "Stall", "Agrawal 2024", &r.roof, &work, s.network(r.Active, prompt), r.Overhead),
		{
			Name: "time to first token", Symbol: "TTFT", Formula: "T_chunk * k_c", Field: "TTFT",
			Terms: []walls.Term{
				{Symbol: "T_chunk", What: "iteration that carries a chunk", Value: r.Stall},
				{Symbol: "k_c", What: "chunks of the prompt", Value: passes},
			},
			Value: r.TTFT,
		},
	}
}

// View describes the result.
func (r BatchingResult) View() show.View {
	return view(r, r.in.Model.Name+" batched on "+r.in.Hardware.Name,
		fmt.Sprintf("%d of at most %d requests, %s, binds: %s", r.Active, r.in.Batch, r.Precision, r.Binding), r.Fits, r.Warnings)
}

// view is the common form of the views of this room.
func view(result any, title, subtitle string, fits bool, warnings walls.Warnings) show.View {
	v := show.View{Title: title, Subtitle: subtitle, Status: show.Pass, Data: result}
	if !fits {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(result), Notes: warnings.Texts()}}
	return v
}
